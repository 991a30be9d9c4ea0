//! What a change of a stake's vote brought about: the call succeeds on every instance, also where the stake is not.

use alloy_primitives::U256;
use alloy_sol_types::{SolCall as _, SolEvent as _};

use super::{Deployment, abi::IGSE};
use crate::{chain::logs::Log, tx::Call, units::format};

/// In words, by the power that the GSE says has moved; `None` when the call is no such change.
pub(super) fn outcome(contracts: &Deployment, call: &Call, events: &[Log]) -> Option<String> {
    let asked = IGSE::delegateCall::abi_decode(&call.data).ok().filter(|_| call.to == contracts.gse)?;
    let of_gse = events.iter().filter(|event| event.address == contracts.gse);
    let moved = of_gse.filter_map(|event| IGSE::DelegateVotesChanged::decode_log_data(&event.data()).ok());
    let gained = moved
        .filter(|change| change.delegatee == asked._delegatee)
        .fold(U256::ZERO, |sum, change| sum.saturating_add(change.newVotes.saturating_sub(change.oldVotes)));
    Some(if !gained.is_zero() {
        let whom = format::short_address(asked._delegatee);
        format!("{} of voting power moved to {whom}.", contracts.token.amount(gained))
    } else if asked._delegatee.is_zero() {
        "The stake votes for nobody.".to_owned()
    } else {
        "No voting power moved: the stake is not where this was said.".to_owned()
    })
}
