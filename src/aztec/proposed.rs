//! What proposing with a lock locks, and who gets it back: by the events of Governance, which are the same whether a wallet,
//! the GSE or the staker of a token vault asked for it.

use alloy_primitives::{Address, LogData, U256};
use alloy_sol_types::{SolCall as _, SolEvent as _};

use super::{
    Deployment,
    abi::{IGovernance, IStaker},
};
use crate::{
    chain::{Pool, RpcError, logs::Log},
    tx::{Call, Explanation, simulate::Event},
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

/// What Governance said: the proposal's number, and the lock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Said {
    proposal: Option<U256>,
    lock: Option<Lock>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Lock {
    withdrawal: U256,
    amount: U256,
    returns_to: Address,
}

fn said(governance: Address, payload: Address, events: impl Iterator<Item = (Address, LogData)>) -> Said {
    let mut said = Said::default();
    for (_, data) in events.filter(|(by, _)| *by == governance) {
        if let Ok(made) = IGovernance::Proposed::decode_log_data(&data) {
            said.proposal = Some(made.proposalId).filter(|_| made.proposal == payload);
        } else if let Ok(lock) = IGovernance::WithdrawInitiated::decode_log_data(&data) {
            let (withdrawal, amount, returns_to) = (lock.withdrawalId, lock.amount, lock.recipient);
            said.lock = Some(Lock { withdrawal, amount, returns_to });
        }
    }
    said
}

/// What a proposal with a lock brought about; `None` where the call is none. Only Governance's own events say that there is
/// a proposal.
pub(super) fn outcome(contracts: &Deployment, call: &Call, events: &[Log]) -> Option<String> {
    let payload = payload_of(contracts, call)?;
    let events = events.iter().map(|event| (event.address, event.data()));
    Some(match said(contracts.governance, payload, events) {
        Said { proposal: Some(id), lock: Some(lock) } => format!(
            "Proposal {id} was made. {} are locked as withdrawal {} and return to {}.",
            contracts.token.amount(lock.amount),
            lock.withdrawal,
            format::short_address(lock.returns_to)
        ),
        Said { proposal: Some(id), lock: None } => {
            format!("Proposal {id} was made. What it locked is in no event: look at it.")
        }
        Said { proposal: None, .. } => {
            "Governance made no proposal of this payload. Look at the transaction.".to_owned()
        }
    })
}

/// What the simulation of such a call says that it locks, and who gets it back: of a staker only its code says who.
pub(super) fn deeds(contracts: &Deployment, call: &Call, events: &[Event]) -> Vec<String> {
    let Some(payload) = payload_of(contracts, call) else { return Vec::new() };
    let events = events.iter().map(|event| (event.address, event.data.clone()));
    let lock = said(contracts.governance, payload, events).lock;
    let told = lock.map(|lock| {
        format!(
            "{} are locked, whatever becomes of the proposal, and return to {}",
            contracts.token.amount(lock.amount),
            format::short_address(lock.returns_to)
        )
    });
    told.into_iter().collect()
}

/// A payload that is no contract can never be executed: Governance takes it, and locks the tokens all the same.
pub(super) async fn check(pool: &Pool, contracts: &Deployment, calls: &[&Call]) -> Result<(), Explanation> {
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
    Ok(())
}
