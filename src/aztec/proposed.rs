//! What proposing with a lock locks, and who gets it back: by the events of Governance, which are the same whether a wallet,
//! the GSE or the staker of a token vault asked for it.

use alloy_primitives::{Address, LogData};
use alloy_sol_types::SolCall as _;

use super::{
    Deployment,
    abi::{IGovernance, IStaker},
    locks::{self, Made},
};
use crate::{
    chain::{Pool, RpcError, logs::Log},
    tx::{
        Call, Explanation,
        simulate::{Event, rehearse},
    },
    units::format,
};

/// The payload that a call proposes with a lock, if it does. Governance and the GSE have the same function, which names who
/// gets the lock back; the one of a vault's staker does not.
fn payload_of(contracts: &Deployment, call: &Call) -> Option<Address> {
    if call.to == contracts.governance || call.to == contracts.gse {
        return IGovernance::proposeWithLockCall::abi_decode(&call.data).map(|asked| asked._payload).ok();
    }
    IStaker::proposeWithLockCall::abi_decode(&call.data).map(|asked| asked._payload).ok()
}

/// The proposal of this payload among all events of a transaction. With several of it, the one that something was locked
/// for: others, or other calls of a bundle, may bring more of them.
fn said(
    governance: Address,
    payload: Address,
    events: impl Iterator<Item = (Address, LogData)>,
) -> Option<Made> {
    let of_it = locks::made(governance, events).into_iter().filter(|made| made.payload == payload);
    of_it.min_by_key(|made| made.lock.is_none())
}

/// What a proposal with a lock brought about; `None` where the call is none. Only Governance's own events say that there is
/// a proposal.
pub(super) fn outcome(contracts: &Deployment, call: &Call, events: &[Log]) -> Option<String> {
    let payload = payload_of(contracts, call)?;
    let events = events.iter().map(|event| (event.address, event.data()));
    Some(match said(contracts.governance, payload, events) {
        Some(Made { id, lock: Some(lock), .. }) => format!(
            "Proposal {id} was made. {} are locked as withdrawal {} and return to {}.",
            contracts.token.amount(lock.amount),
            lock.withdrawal,
            format::short_address(lock.returns_to)
        ),
        Some(Made { id, lock: None, .. }) => {
            format!("Proposal {id} was made. What it locked is in no event: look at it.")
        }
        None => "Governance made no proposal of this payload. Look at the transaction.".to_owned(),
    })
}

/// What the simulation of such a call says that it locks, and who gets it back: of a staker only its code says who.
pub(super) fn deeds(contracts: &Deployment, call: &Call, events: &[Event]) -> Vec<String> {
    let Some(payload) = payload_of(contracts, call) else { return Vec::new() };
    let events = events.iter().map(|event| (event.address, event.data.clone()));
    let lock = said(contracts.governance, payload, events).and_then(|made| made.lock);
    let told = lock.map(|lock| {
        format!(
            "{} are locked, whatever becomes of the proposal, and return to {}",
            contracts.token.amount(lock.amount),
            format::short_address(lock.returns_to)
        )
    });
    told.into_iter().collect()
}

/// A payload that is no contract can never be executed: Governance takes it, and locks the tokens all the same. And a lock
/// that returns to nobody knows whom is not begun.
pub(super) async fn check(
    pool: &Pool,
    contracts: &Deployment,
    (from, calls): (Address, &[&Call]),
) -> Result<(), Explanation> {
    for payload in calls.iter().filter_map(|call| payload_of(contracts, call)) {
        let unread = |error: RpcError| {
            Explanation::new(
                "Whether the payload is a contract could not be checked.",
                "Nothing was signed. Try again.",
            )
            .with_raw(error.to_string())
        };
        let block = pool.latest().await.map_err(unread)?.block();
        if pool.code(payload, block.number).await.map_err(unread)?.is_empty() {
            return Err(Explanation::new(
                format!("There is no contract at {payload}: the proposal could never be executed."),
                "Nothing was signed. The tokens would have been locked all the same: look at the address again.",
            ));
        }
    }
    returns_to_somebody(pool, contracts, (from, calls)).await
}

/// To whom the staker of a vault lets the lock return is written in its code alone: nothing but a simulation shows it.
async fn returns_to_somebody(
    pool: &Pool,
    contracts: &Deployment,
    (from, calls): (Address, &[&Call]),
) -> Result<(), Explanation> {
    let fixed = [contracts.governance, contracts.gse];
    let by_staker = |call: &Call| payload_of(contracts, call).filter(|_| !fixed.contains(&call.to));
    if !calls.iter().any(|call| by_staker(call).is_some()) {
        return Ok(());
    }
    let unseen = |todo| Explanation::new("To whom this lock returns could not be seen.", todo);
    let unread = |error: RpcError| unseen("Nothing was signed. Try again.").with_raw(error.to_string());
    let block = pool.latest().await.map_err(unread)?.block();
    let all: Vec<Call> = calls.iter().copied().cloned().collect();
    let Some(ran) = rehearse(pool, from, &all, &block, None).await.map_err(unread)? else {
        return Err(unseen(
            "Nothing was signed. None of your endpoints can simulate what a transaction emits (eth_simulateV1): add one that can, in the settings.",
        ));
    };
    for (call, ran) in calls.iter().zip(&ran) {
        let Some(payload) = by_staker(call) else { continue };
        let events = ran.events.iter().map(|event| (event.address, event.data.clone()));
        if said(contracts.governance, payload, events).and_then(|made| made.lock).is_none() {
            return Err(unseen(
                "Nothing was signed. The vault’s staker may have other code than its own: look at it.",
            ));
        }
    }
    Ok(())
}
