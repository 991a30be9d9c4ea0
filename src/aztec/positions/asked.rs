use alloy_primitives::Address;

use super::Stake;
use crate::aztec::{
    history::History,
    read::{Asked, SplitAsked},
};

/// What to read for the stakes of an address, with what the events know about the terms of their splits.
pub fn asked(history: &History, owner: Address, stakes: &[Stake]) -> Asked {
    let mut attesters: Vec<_> = stakes.iter().map(|stake| stake.attester).collect();
    attesters.sort_unstable();
    attesters.dedup();
    let split = |stake: &Stake| {
        let made = stake.delegation.as_ref()?;
        let past = history.provider(made.provider_id);
        Some(SplitAsked {
            split: made.split,
            block: made.block,
            provider_id: Some(made.provider_id),
            take_rate: made.take_rate,
            providers: past.recipients.into_iter().map(|(_, recipient)| recipient).collect(),
            // a vault's staker earns nothing itself: its beneficiary does, unless somebody said otherwise
            delegators: if stake.withdrawer == owner { vec![owner] } else { vec![owner, stake.withdrawer] },
            terms: None,
        })
    };
    Asked { owner, attesters, splits: stakes.iter().filter_map(split).collect() }
}
