//! What a delegation of votes brought about, by what the GSE emitted: with an instance where the stake is not, the call
//! succeeds and moves nothing.

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall as _, SolEvent as _};

use super::{Deployment, abi::IGSE};
use crate::{chain::logs::Log, tx::Call, units::format};

/// In words; `None` when the call is no delegation. Only a `DelegateVotesChanged` says that power moved: `DelegateChanged`
/// alone is emitted for stake that is not there too.
pub(super) fn outcome(contracts: &Deployment, call: &Call, events: &[Log]) -> Option<String> {
    let asked =
        (call.to == contracts.gse).then(|| IGSE::delegateCall::abi_decode(&call.data).ok()).flatten()?;
    let changes = events.iter().filter(|event| event.address == contracts.gse);
    let mut changes =
        changes.filter_map(|event| IGSE::DelegateVotesChanged::decode_log_data(&event.data()).ok());
    let moved = |change: IGSE::DelegateVotesChanged| power_moved(asked._delegatee, &change);
    Some(match changes.find_map(moved) {
        Some(power) if asked._delegatee.is_zero() => {
            format!("{} of power are with nobody now.", contracts.token.amount(power))
        }
        Some(power) => format!(
            "{} of power moved to {}.",
            contracts.token.amount(power),
            format::short_address(asked._delegatee)
        ),
        None => "No power moved: the stake is not where its vote was delegated. Look at it again.".to_owned(),
    })
}

/// The power that a change gives to the delegatee, or takes from somebody where it was delegated to nobody.
fn power_moved(delegatee: Address, change: &IGSE::DelegateVotesChanged) -> Option<U256> {
    let (before, after) = (change.oldValue, change.newValue);
    let moved = if delegatee.is_zero() {
        before.checked_sub(after)
    } else {
        after.checked_sub(before).filter(|_| change.delegatee == delegatee)
    };
    moved.filter(|moved| !moved.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_power_that_arrives_has_moved() {
        let [me, other] = [1, 2].map(Address::repeat_byte);
        let change = |delegatee, before: u64, after: u64| IGSE::DelegateVotesChanged {
            delegatee,
            oldValue: U256::from(before),
            newValue: U256::from(after),
        };
        for (to, change, expected) in [
            (me, change(me, 2, 5), Some(3)),
            (me, change(me, 5, 2), None),
            (me, change(other, 2, 5), None),
            (me, change(me, 5, 5), None),
            (Address::ZERO, change(other, 5, 2), Some(3)),
            (Address::ZERO, change(other, 2, 5), None),
        ] {
            assert_eq!(power_moved(to, &change), expected.map(U256::from));
        }
    }
}
