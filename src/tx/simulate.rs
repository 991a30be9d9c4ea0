//! Runs calls without sending them.

use alloy_primitives::{Address, B256, Bytes, LogData, U64};
use serde::Deserialize;
use serde_json::json;

use super::Call;
use crate::chain::{BlockRef, NodeErrorKind, Pool, RpcError};

/// What one call came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Simulated {
    /// It succeeds.
    Succeeds {
        /// Gas it uses; `None` where the endpoint does not say.
        gas: Option<u64>,
        /// What it emits, in order; `None` where the endpoint does not say.
        events: Option<Vec<Event>>,
    },
    /// It reverts with this data.
    Reverts(Bytes),
    /// The endpoint cannot run it after the calls before it.
    NotSimulated,
}

impl Simulated {
    /// Gas it uses, where that is known.
    pub fn gas(&self) -> Option<u64> {
        match self {
            Self::Succeeds { gas, .. } => *gas,
            Self::Reverts(_) | Self::NotSimulated => None,
        }
    }
}

/// An emitted event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Emitting contract.
    pub address: Address,
    /// Topics and data.
    pub data: LogData,
}

/// A run of calls, one after the other, on one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulation {
    /// On which block.
    pub block: BlockRef,
    /// By call, in order.
    pub calls: Vec<Simulated>,
}

/// Runs `calls` in order, each on the state the one before leaves (`eth_simulateV1`), on the newest block of an endpoint
/// that has block `least`.
///
/// Where no endpoint has that method the first call is run alone (`eth_call`) and the others are
/// [`Simulated::NotSimulated`], unless there is only one.
pub async fn simulate(
    pool: &Pool,
    from: Address,
    calls: &[Call],
    least: u64,
) -> Result<Simulation, RpcError> {
    let block = pool.latest_from(least).await?.block();
    if pool.capability().simulates != Some(false) {
        match all_at_once(pool, from, calls, &block).await {
            Ok(results) => return Ok(Simulation { block, calls: results }),
            // the pool remembers which endpoints do not have it
            Err(RpcError::Node(error)) if error.kind == NodeErrorKind::NoMethod => {}
            Err(error) => return Err(error),
        }
    }
    let mut results = vec![Simulated::NotSimulated; calls.len()];
    if let (Some(first), Some(call)) = (results.first_mut(), calls.first()) {
        *first = alone(pool, from, call, &block).await?;
    }
    Ok(Simulation { block, calls: results })
}

#[derive(Deserialize)]
struct SimulatedBlock {
    calls: Vec<SimulatedCall>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SimulatedCall {
    status: U64,
    gas_used: U64,
    #[serde(default)]
    return_data: Bytes,
    #[serde(default)]
    logs: Vec<SimulatedLog>,
    #[serde(default)]
    error: Option<SimulatedError>,
}

#[derive(Deserialize)]
struct SimulatedLog {
    address: Address,
    topics: Vec<B256>,
    data: Bytes,
}

#[derive(Deserialize)]
struct SimulatedError {
    #[serde(default)]
    data: Option<Bytes>,
}

/// What one call of a rehearsal came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsed {
    /// What it returned, or its revert data.
    pub returned: Result<Bytes, Bytes>,
    /// Gas it used.
    pub gas: u64,
    /// What it emitted, in order.
    pub events: Vec<Event>,
}

/// Runs `calls` in order on a block as if it were another time (`eth_simulateV1` with a `time` later than the block's),
/// and tells what each returned. `None` where no endpoint can.
pub async fn rehearse(
    pool: &Pool,
    from: Address,
    calls: &[Call],
    block: &BlockRef,
    time: Option<u64>,
) -> Result<Option<Vec<Rehearsed>>, RpcError> {
    if pool.capability().simulates == Some(false) {
        return Ok(None);
    }
    match run(pool, from, calls, block, time).await {
        Ok(results) => Ok(Some(results.into_iter().map(rehearsed).collect())),
        Err(RpcError::Node(error)) if error.kind == NodeErrorKind::NoMethod => Ok(None),
        Err(error) => Err(error),
    }
}

async fn all_at_once(
    pool: &Pool,
    from: Address,
    calls: &[Call],
    block: &BlockRef,
) -> Result<Vec<Simulated>, RpcError> {
    Ok(run(pool, from, calls, block, None).await?.into_iter().map(result).collect())
}

async fn run(
    pool: &Pool,
    from: Address,
    calls: &[Call],
    block: &BlockRef,
    time: Option<u64>,
) -> Result<Vec<SimulatedCall>, RpcError> {
    let requests: Vec<_> = calls.iter().map(|call| call.request(from)).collect();
    let mut state_calls = json!({ "calls": requests });
    if let Some(time) = time {
        state_calls["blockOverrides"] = json!({ "time": format!("{time:#x}") });
    }
    let params = json!([
        { "blockStateCalls": [state_calls], "validation": false, "traceTransfers": false },
        format!("{:#x}", block.number),
    ]);
    let check = |_: &_, blocks: &Vec<SimulatedBlock>| match blocks.as_slice() {
        [one] if one.calls.len() == calls.len() => Ok(()),
        _ => Err(crate::chain::Fault::Malformed(
            "eth_simulateV1: one block with all calls expected".to_owned(),
        )),
    };
    let mut answer = pool.ask_checked::<Vec<SimulatedBlock>>("eth_simulateV1", params, check).await?;
    Ok(answer.value.pop().map_or_else(Vec::new, |block| block.calls))
}

fn rehearsed(call: SimulatedCall) -> Rehearsed {
    let gas = call.gas_used.to();
    let returned = call.return_data.clone();
    match result(call) {
        Simulated::Succeeds { events, .. } => {
            Rehearsed { returned: Ok(returned), gas, events: events.unwrap_or_default() }
        }
        Simulated::Reverts(data) => Rehearsed { returned: Err(data), gas, events: Vec::new() },
        Simulated::NotSimulated => Rehearsed { returned: Err(Bytes::new()), gas, events: Vec::new() },
    }
}

fn result(call: SimulatedCall) -> Simulated {
    if call.status == U64::from(1) {
        let events = call
            .logs
            .into_iter()
            .map(|log| Event { address: log.address, data: LogData::new_unchecked(log.topics, log.data) });
        return Simulated::Succeeds { gas: Some(call.gas_used.to()), events: Some(events.collect()) };
    }
    // clients put the revert data in one place or the other
    let in_error = call.error.and_then(|error| error.data).filter(|data| !data.is_empty());
    Simulated::Reverts(in_error.unwrap_or(call.return_data))
}

async fn alone(pool: &Pool, from: Address, call: &Call, block: &BlockRef) -> Result<Simulated, RpcError> {
    let request = call.request(from);
    match pool.call(&request, block.number).await {
        Ok(_) => {
            let gas = pool.ask::<U64>("eth_estimateGas", (&request, format!("{:#x}", block.number))).await;
            Ok(Simulated::Succeeds { gas: gas.ok().map(|answer| answer.value.to()), events: None })
        }
        Err(RpcError::Node(error)) if error.kind == NodeErrorKind::Reverted => {
            Ok(Simulated::Reverts(error.data.unwrap_or_default()))
        }
        Err(error) => Err(error),
    }
}
