use alloy_primitives::Address;

use super::Stake;
use crate::{
    aztec::{
        history::Deposit,
        read::Stakes,
        rules::{Position, position},
    },
    chain::ReadError,
};

/// Decides where each stake of one withdrawer is, in their order; see [`position`]. `rollups` are the addresses that the
/// queues of `chain` belong to.
pub fn standings(stakes: &[Stake], rollups: &[Address], chain: &Stakes) -> Vec<Result<Position, ReadError>> {
    let deposit = |stake: &Stake| Deposit {
        attester: stake.attester,
        withdrawer: stake.withdrawer,
        rollup: stake.rollup,
        queued: stake.queued,
        fate: stake.fate,
    };
    let all: Vec<Deposit> = stakes.iter().map(deposit).collect();
    all.iter().map(|deposit| position(deposit, &all, rollups, chain)).collect()
}
