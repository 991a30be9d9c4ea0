use alloy_primitives::{Address, U256};

use crate::{
    aztec::read::{Rewards, SplitRewards},
    chain::ReadError,
};

/// What lies on its way to the recipients of one split, in one token's units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// Owed by rollups that pay.
    pub accrued: U256,
    /// Owed by rollups that do not let rewards go at present.
    pub held_back: U256,
    /// At the split: its tokens and its own balance in the warehouse.
    pub at_split: U256,
    /// What `distribute` would share out once the rollups that pay have paid.
    pub to_share: U256,
}

/// What is due from a split in a token. An error when any part of it was not read: a sum with a hole is too small.
pub fn due(rewards: &Rewards, split: &SplitRewards, token: Address) -> Result<Due, ReadError> {
    let mut due = Due::default();
    for (rollup, accrued) in rewards.rollups.iter().zip(&split.accrued) {
        let accrued = accrued.need()?;
        if accrued.is_zero() || rollup.fee_asset.need()? != token {
            continue;
        }
        let sum = if rollup.claimable.need()? { &mut due.accrued } else { &mut due.held_back };
        *sum = sum.checked_add(accrued).ok_or(ReadError::Decode)?;
    }
    let balance = split.balances.get(&token).ok_or(ReadError::Incomplete)?;
    let (held, stored) = (balance.held.need()?, balance.stored.need()?);
    due.at_split = held.checked_add(stored).ok_or(ReadError::Decode)?;
    let held = held.checked_add(due.accrued).ok_or(ReadError::Decode)?;
    due.to_share = all_but_one(held).checked_add(all_but_one(stored)).ok_or(ReadError::Decode)?;
    Ok(due)
}

/// Splits and warehouse keep one unit of every balance they empty: a slot that is not cleared is cheaper to write.
pub const fn all_but_one(balance: U256) -> U256 {
    balance.saturating_sub(U256::ONE)
}
