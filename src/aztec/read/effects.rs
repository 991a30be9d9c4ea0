use std::collections::{BTreeMap, BTreeSet};

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::{Address, B256, Bytes, keccak256};
use alloy_sol_types::SolCall as _;

use super::payload::Action;
use crate::{
    aztec::{
        Deployment,
        abi::IPayload,
        effects::{Setting, Unit, Watched, change, told, watched},
    },
    chain::{At, Batch, BlockRef, CallRequest, Origin, Pool, ReadError, Reading, Slot, abi::DecodedCall},
    tx::{
        Call,
        simulate::{Event, Rehearsed, rehearse},
    },
};

/// What a proposal would do, beyond its calls.
#[derive(Clone, Debug, PartialEq)]
pub struct Effects {
    /// The settings that each call changes, by the call's place.
    pub settings: BTreeMap<usize, Vec<SettingChange>>,
    /// Code of the payload that was written, and of every target that is none of the network's contracts.
    pub codes: BTreeMap<Address, Reading<Code>>,
    /// Whether the payload answers alike whoever asks, and as it did a while ago.
    pub steadiness: Result<Steadiness, ReadError>,
    /// What running the calls came to. `None` where it was not tried.
    pub rehearsal: Option<Result<Rehearsal, NoRehearsal>>,
}

impl Effects {
    /// Why it is not complete, when it is that nobody answered.
    pub fn unanswered(&self) -> Option<ReadError> {
        let now = |change: &SettingChange| change.now.as_ref().and_then(Reading::unanswered);
        let settings = self.settings.values().flatten().find_map(now);
        settings.or_else(|| self.codes.values().find_map(Reading::unanswered))
    }
}

/// A setting before and after a call.
#[derive(Clone, Debug, PartialEq)]
pub struct SettingChange {
    /// What it is and will be.
    pub setting: Setting,
    /// What it is at the block, or what an earlier call of the same proposal makes it. `None` where the contract has no
    /// function that tells.
    pub now: Option<Reading<DynSolValue>>,
    /// Whether `now` is what an earlier call of the proposal makes it.
    pub by_earlier: bool,
}

/// The code at an address: `eth_getCode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// Keccak-256 of it.
    pub hash: B256,
    /// Its bytes; 0 where there is no contract.
    pub size: usize,
}

/// How a payload answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Steadiness {
    /// As it answered Rota, it answers Governance, and did some blocks ago.
    Steady {
        /// The earlier block. `None` where no endpoint has its state.
        since: Option<u64>,
    },
    /// Governance, which asks when it is executed, gets another answer.
    ByCaller,
    /// It answered otherwise at this earlier block.
    OverTime(u64),
}

/// What the calls do when Governance makes them.
#[derive(Clone, Debug, PartialEq)]
pub struct Rehearsal {
    /// The block whose state it begins from.
    pub block: BlockRef,
    /// Unix seconds that the calls were told it is.
    pub time: u64,
    /// The first call that reverts, by its place, with its data: then the proposal cannot be executed.
    pub failed: Option<(usize, Bytes)>,
    /// Settings of the contracts that are called, and of those that govern, where they are others afterwards.
    pub moved: Vec<Moved>,
    /// What the calls emit, in order.
    pub events: Vec<Event>,
    /// Gas of all calls.
    pub gas: u64,
}

/// A setting that is another one afterwards.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// Whose.
    pub of: Address,
    /// What it is.
    pub label: &'static str,
    /// How it is written.
    pub unit: Unit,
    /// Before.
    pub before: DynSolValue,
    /// Afterwards.
    pub after: DynSolValue,
}

/// Why there is no rehearsal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoRehearsal {
    /// No endpoint has `eth_simulateV1`.
    NoEndpoint,
    /// More calls or more bytes than an endpoint would run.
    TooLarge,
    /// It was asked for and did not come.
    Failed(ReadError),
}

/// Of what a proposal would do.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent {
    /// The payload that Governance will ask.
    pub payload: Address,
    /// The payload that was written, where the other is a wrapper.
    pub original: Option<Address>,
    /// What it answered.
    pub actions: Vec<Action>,
    /// Each as a known call of a known contract.
    pub decoded: Vec<Option<DecodedCall>>,
    /// From when on it may be executed, in Unix seconds. `None` when it never will be.
    pub executable_from: Option<u64>,
}

/// Distinct contracts whose code is looked at.
const MOST_CODES: usize = 20;
/// Calls that are rehearsed.
const MOST_CALLS: usize = 200;
/// Bytes of calldata that are rehearsed.
const MOST_BYTES: usize = 200_000;
/// How long ago the payload is asked once more: most endpoints keep the states of 128 blocks.
const EARLIER: u64 = 100;

/// Reads them: the settings in one request, each code and each comparison in one more, the rehearsal in one.
///
/// Never fails as a whole.
pub async fn effects(pool: &Pool, contracts: &Deployment, intent: &Intent, block: BlockRef) -> At<Effects> {
    let (settings, codes, steadiness, rehearsal) = futures::join!(
        settings(pool, contracts, intent, block),
        codes(pool, contracts, intent, block),
        steadiness(pool, contracts, intent, block),
        rehearsal(pool, contracts, intent, block)
    );
    At { block, value: Effects { settings, codes, steadiness, rehearsal } }
}

async fn settings(
    pool: &Pool,
    contracts: &Deployment,
    intent: &Intent,
    block: BlockRef,
) -> BTreeMap<usize, Vec<SettingChange>> {
    let calls = intent.actions.iter().zip(&intent.decoded).enumerate();
    let changes: Vec<_> = calls
        .filter_map(|(place, (action, decoded))| {
            let call = Call::new(action.target, action.data.clone());
            Some((place, action.target, change(contracts, &call, decoded.as_ref()?)?))
        })
        .collect();
    let mut batch = Batch::new();
    let mut asked: BTreeMap<(Address, Bytes), Slot<Bytes>> = BTreeMap::new();
    for (_, target, change) in &changes {
        if let Some(getter) = &change.getter {
            let key = (*target, getter.clone());
            asked.entry(key).or_insert_with(|| batch.add_raw(*target, getter.clone()));
        }
    }
    let answers = batch.run(pool, &block).await;
    // what earlier calls of the same proposal make of a setting
    let mut made: BTreeMap<(Address, Bytes), Vec<DynSolValue>> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for (place, target, change) in changes {
        let key = change.getter.clone().map(|getter| (target, getter));
        let reading = key.as_ref().and_then(|key| Some((&key.1, answers.get(*asked.get(key)?))));
        let earlier = key.as_ref().and_then(|key| made.get(key)).cloned();
        let now = |field: usize| {
            let (getter, reading) = reading.clone()?;
            Some(reading.and_then(|bytes| {
                let values = earlier.clone().or_else(|| told(getter, &bytes)).ok_or(ReadError::Decode)?;
                values.get(field).cloned().ok_or(ReadError::Decode)
            }))
        };
        let by_earlier = earlier.is_some();
        let after: Vec<_> = change.settings.iter().map(|setting| setting.after.clone()).collect();
        let lines = change.settings.into_iter().enumerate();
        let lines = lines.map(|(field, setting)| SettingChange { now: now(field), setting, by_earlier });
        found.insert(place, lines.collect());
        if let Some(key) = key {
            made.insert(key, after);
        }
    }
    found
}

async fn codes(
    pool: &Pool,
    contracts: &Deployment,
    intent: &Intent,
    block: BlockRef,
) -> BTreeMap<Address, Reading<Code>> {
    let known = |address: &Address| {
        let own = [contracts.registry, contracts.gse, contracts.governance, contracts.token.address];
        own.contains(address) || contracts.rollup(*address).is_some() || *address == intent.payload
    };
    let targets: BTreeSet<Address> =
        intent.actions.iter().map(|action| action.target).filter(|target| !known(target)).collect();
    let written = std::iter::once(intent.original.unwrap_or(intent.payload));
    let wanted = written.chain(targets).take(MOST_CODES);
    let read = |address| async move {
        let source = |answer| Origin::Node { method: "eth_getCode", answer, block: block.number }.into();
        let reading = match pool.code(address, block.number).await {
            Ok(code) => {
                let found = Code { hash: keccak256(&code), size: code.len() };
                Reading::new(found, source(format!("{} bytes, keccak256 {}", found.size, found.hash)))
            }
            Err(error) => Reading { value: Err(error.into()), source: source(String::new()) },
        };
        (address, reading)
    };
    futures::future::join_all(wanted.map(read)).await.into_iter().collect()
}

/// Asks the payload again as Governance, and as of some blocks ago.
async fn steadiness(
    pool: &Pool,
    contracts: &Deployment,
    intent: &Intent,
    block: BlockRef,
) -> Result<Steadiness, ReadError> {
    let data = Bytes::from(IPayload::getActionsCall {}.abi_encode());
    let request = CallRequest { from: Some(contracts.governance), ..CallRequest::read(intent.payload, data) };
    let same = |returned: &Bytes| {
        IPayload::getActionsCall::abi_decode_returns(returned).is_ok_and(|actions| {
            let pairs = actions.iter().zip(&intent.actions);
            actions.len() == intent.actions.len()
                && pairs.into_iter().all(|(a, b)| a.target == b.target && a.data == b.data)
        })
    };
    if !same(&pool.call(&request, block.number).await.map_err(ReadError::from)?) {
        return Ok(Steadiness::ByCaller);
    }
    let earlier = block.number.saturating_sub(EARLIER);
    Ok(match pool.once().call(&request, earlier).await {
        // it need not have been there then
        Ok(returned) if returned.is_empty() => Steadiness::Steady { since: None },
        Ok(returned) if same(&returned) => Steadiness::Steady { since: Some(earlier) },
        Ok(_) => Steadiness::OverTime(earlier),
        Err(_) => Steadiness::Steady { since: None },
    })
}

/// Makes the calls as Governance, one after the other, and looks at the settings before and after.
async fn rehearsal(
    pool: &Pool,
    contracts: &Deployment,
    intent: &Intent,
    block: BlockRef,
) -> Option<Result<Rehearsal, NoRehearsal>> {
    let from = intent.executable_from?;
    let bytes: usize = intent.actions.iter().map(|action| action.data.len()).sum();
    if intent.actions.len() > MOST_CALLS || bytes > MOST_BYTES {
        return Some(Err(NoRehearsal::TooLarge));
    }
    let targets = intent.actions.iter().map(|action| action.target);
    let governing = [contracts.registry, contracts.gse, contracts.governance, contracts.canonical().address];
    let looked: BTreeSet<Address> = targets.chain(governing).collect();
    let looked: Vec<Watched> = looked.into_iter().flat_map(|of| watched(contracts, of)).collect();
    let look = || looked.iter().map(|watched| Call::new(watched.of, watched.getter.clone()));
    let acts = intent.actions.iter().map(|action| Call::new(action.target, action.data.clone()));
    let calls: Vec<_> = look().chain(acts).chain(look()).collect();
    // later than the block in any case
    let time = from.max(block.timestamp.saturating_add(12));
    Some(match rehearse(pool, contracts.governance, &calls, &block, Some(time)).await {
        Ok(Some(results)) => Ok(understood(contracts, intent, &looked, &results, (block, time))),
        Ok(None) => Err(NoRehearsal::NoEndpoint),
        Err(error) => Err(NoRehearsal::Failed(error.into())),
    })
}

fn understood(
    contracts: &Deployment,
    intent: &Intent,
    looked: &[Watched],
    results: &[Rehearsed],
    (block, time): (BlockRef, u64),
) -> Rehearsal {
    let (before, rest) = results.split_at(looked.len());
    let (acts, after) = rest.split_at(intent.actions.len());
    // Governance refuses calls of its token, which would succeed here
    let refused = intent.actions.iter().position(|action| action.target == contracts.token.address);
    let reverts = acts.iter().enumerate().find_map(|(place, act)| Some((place, act.returned.clone().err()?)));
    let failed = match (refused, reverts) {
        (Some(refused), Some((place, data))) if place < refused => Some((place, data)),
        (Some(refused), _) => Some((refused, Bytes::new())),
        (None, reverts) => reverts,
    };
    let mut moved = Vec::new();
    for (watched, (before, after)) in looked.iter().zip(before.iter().zip(after)) {
        let read = |result: &Rehearsed| told(&watched.getter, result.returned.as_ref().ok()?);
        let (Some(before), Some(after)) = (read(before), read(after)) else { continue };
        for ((before, after), &(label, unit)) in before.into_iter().zip(after).zip(watched.fields) {
            if before != after {
                moved.push(Moved { of: watched.of, label, unit, before, after });
            }
        }
    }
    let events = acts.iter().flat_map(|act| act.events.iter().cloned()).collect();
    let gas = acts.iter().map(|act| act.gas).fold(0, u64::saturating_add);
    Rehearsal { block, time, failed, moved, events, gas }
}
