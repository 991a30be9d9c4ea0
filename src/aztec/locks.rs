//! The proposals that a transaction made, and what each locked: by the events of Governance, which are the same whether a
//! wallet, the GSE or the staker of a token vault asked for it.

use alloy_primitives::{Address, LogData, U256};
use alloy_sol_types::SolEvent as _;

use super::abi::IGovernance;

/// A proposal that a transaction made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Made {
    /// Its number.
    pub(super) id: U256,
    /// What it would execute.
    pub(super) payload: Address,
    /// What was locked for it; `None` where it came by signals.
    pub(super) lock: Option<Lock>,
    /// Its place among the events of the transaction.
    pub(super) at: usize,
}

/// What proposing with tokens locks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lock {
    /// Governance's number of it.
    pub(super) withdrawal: U256,
    /// In units of the staking token.
    pub(super) amount: U256,
    /// Who gets it back.
    pub(super) returns_to: Address,
}

/// The proposals, by all events of the transaction in order.
///
/// Governance begins the withdrawal of what is locked and makes the proposal, with nothing in between. Others may do as
/// much in the same transaction as they like, so no other withdrawal is taken for the lock.
pub(super) fn made(governance: Address, events: impl Iterator<Item = (Address, LogData)>) -> Vec<Made> {
    let (mut all, mut before) = (Vec::new(), None);
    for (at, (by, data)) in events.enumerate() {
        let lock = before.take();
        if by != governance {
            continue;
        }
        if let Ok(begun) = IGovernance::WithdrawInitiated::decode_log_data(&data) {
            let (withdrawal, amount, returns_to) = (begun.withdrawalId, begun.amount, begun.recipient);
            before = Some(Lock { withdrawal, amount, returns_to });
        } else if let Ok(proposed) = IGovernance::Proposed::decode_log_data(&data) {
            all.push(Made { id: proposed.proposalId, payload: proposed.proposal, lock, at });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_withdrawal_right_before_a_proposal_is_its_lock() {
        let [governance, other, payload, me, them] = [1, 2, 3, 4, 5].map(Address::repeat_byte);
        let exit = |number: u64, recipient| {
            let [withdrawal, amount] = [number, number * 10].map(U256::from);
            IGovernance::WithdrawInitiated { withdrawalId: withdrawal, recipient, amount }.encode_log_data()
        };
        let propose = |number: u64, proposal| {
            IGovernance::Proposed { proposalId: U256::from(number), proposal }.encode_log_data()
        };
        let own = [
            (governance, exit(1, them)),
            (governance, propose(7, them)),
            // a fee of whoever bundles
            (governance, exit(2, me)),
            (other, exit(3, them)),
            (governance, propose(8, payload)),
            (other, propose(9, payload)),
            (governance, exit(4, them)),
        ];
        let found: Vec<_> = made(governance, own.into_iter())
            .iter()
            .map(|made| {
                (made.id, made.payload, made.lock.map(|lock| (lock.withdrawal, lock.returns_to)), made.at)
            })
            .collect();
        let [one, seven, eight] = [1, 7, 8].map(U256::from);
        assert_eq!(found, [(seven, them, Some((one, them)), 1), (eight, payload, None, 4)]);
    }
}
