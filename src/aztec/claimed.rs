//! What a bundle of claims brought about, by what its contracts emitted: the transaction succeeds even where some of
//! its calls do not.

use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall as _, SolEvent as _};

use super::{
    Deployment,
    abi::{IERC20, IPullSplit, IRollup, ISplitsWarehouse},
};
use crate::{
    chain::{MULTICALL3, logs::Log, unbundle},
    tx::Call,
    units::{Token, format},
};

/// What is said of a claim that brought nobody anything.
const NOTHING: &str = "Nothing arrived.";

/// Whether bytes call a function of splits or their warehouse.
pub(super) fn is_of_splits(data: &[u8]) -> bool {
    let known = [IPullSplit::distributeCall::SELECTOR, ISplitsWarehouse::withdrawCall::SELECTOR];
    known.iter().any(|selector| data.starts_with(selector))
}

/// What was asked for, by its bytes.
#[derive(Default)]
struct Asked {
    /// Rollup and split.
    claims: Vec<(Address, Address)>,
    /// Splits.
    shared: Vec<Address>,
    /// Warehouse, owner and token.
    withdrawals: Vec<(Address, Address, Address)>,
}

impl Asked {
    fn of(contracts: &Deployment, calls: Vec<(Address, alloy_primitives::Bytes)>) -> Self {
        let mut asked = Self::default();
        for (to, data) in calls {
            if let Ok(claim) = IRollup::claimSequencerRewardsCall::abi_decode(&data)
                && contracts.rollup(to).is_some()
            {
                asked.claims.push((to, claim._coinbase));
            } else if data.starts_with(&IPullSplit::distributeCall::SELECTOR) {
                asked.shared.push(to);
            } else if let Ok(withdrawal) = ISplitsWarehouse::withdrawCall::abi_decode(&data) {
                asked.withdrawals.push((to, withdrawal._owner, withdrawal._token));
            }
        }
        asked
    }
}

/// In words, with the tokens that are known by name; `None` when the call is no such bundle.
///
/// A token that is not known by name is told by its address and in its own units: its symbol would be a guess, and
/// silence would say that nothing came.
pub(super) fn outcome(
    contracts: &Deployment,
    token: &dyn Fn(Address) -> Option<Token>,
    call: &Call,
    events: &[Log],
) -> Option<String> {
    let calls = match unbundle(&call.data) {
        Some(calls) if call.to == MULTICALL3 => calls,
        // where only the owner may withdraw it calls the warehouse itself
        _ if call.data.starts_with(&ISplitsWarehouse::withdrawCall::SELECTOR) => {
            vec![(call.to, call.data.clone())]
        }
        _ => return None,
    };
    let asked = Asked::of(contracts, calls);
    let (mut claims, mut shared) = (0, 0);
    let mut arrived: BTreeMap<(Address, Address), U256> = BTreeMap::new();
    for event in events {
        let data = event.data();
        if let Ok(transfer) = IERC20::Transfer::decode_log_data(&data) {
            if asked.claims.contains(&(transfer.from, transfer.to)) {
                claims += 1;
            }
            if asked.withdrawals.contains(&(transfer.from, transfer.to, event.address)) {
                let sum = arrived.entry((transfer.to, event.address)).or_default();
                *sum = sum.saturating_add(transfer.value);
            }
        } else if asked.shared.contains(&event.address)
            && data.topics().first() == Some(&IPullSplit::SplitDistributed::SIGNATURE_HASH)
        {
            shared += 1;
        }
    }
    let mut said: Vec<String> = arrived
        .into_iter()
        .map(|((to, of), amount)| {
            let amount = match token(of) {
                Some(token) => token.amount(amount),
                None => format!("{amount} units of token {of}"),
            };
            format!("{amount} arrived at {}.", format::short_address(to))
        })
        .collect();
    if said.is_empty() && asked.withdrawals.is_empty() && shared > 0 {
        said.push(format!("{} shared out into the warehouse.", format::plural(shared as u64, "split")));
    } else if said.is_empty() {
        said.push(NOTHING.to_owned());
    }
    let missing = [(claims, asked.claims.len(), "claims"), (shared, asked.shared.len(), "splits shared out")];
    for (done, all, what) in missing {
        if done < all {
            said.push(format!("{done} of {all} {what}: the others failed alone."));
        }
    }
    Some(said.join(" "))
}
