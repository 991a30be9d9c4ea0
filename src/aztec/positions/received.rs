use std::collections::BTreeMap;

use alloy_primitives::Address;

use super::{Gain, gains::gains};
use crate::aztec::{
    Deployment,
    events::Fact,
    history::History,
    model::Delegation,
    read::{Positions, ReceivedAsked},
};

/// A split that pays the address for a stake of somebody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receiver {
    /// The delegation.
    pub made: Delegation,
    /// What it brings, by token.
    pub gains: Vec<Gain>,
}

/// What to read to find them: every delegation that somebody else may exit.
pub fn of_others(history: &History, owner: Address) -> ReceivedAsked {
    let mut recipients: BTreeMap<u64, Vec<_>> = BTreeMap::new();
    for told in history.facts() {
        if let Fact::RecipientSet { provider, recipient } = told.fact {
            recipients.entry(provider).or_default().push((told.place.position(), recipient));
        }
    }
    let others = history.delegations.iter().filter(|made| made.withdrawer != Some(owner));
    ReceivedAsked { owner, made: others.cloned().collect(), recipients }
}

/// What the splits of others' stakes bring the address.
pub(super) fn receivers(contracts: &Deployment, made: &[Delegation], read: &Positions) -> Vec<Receiver> {
    let one = |made: &Delegation| Receiver {
        made: made.clone(),
        gains: gains(contracts, read.rewards.splits.get(&made.split), read),
    };
    made.iter().map(one).collect()
}
