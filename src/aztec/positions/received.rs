use std::collections::BTreeMap;

use alloy_primitives::Address;

use super::{Gain, gains::gains};
use crate::aztec::{
    Deployment,
    events::Fact,
    history::History,
    model::Delegation,
    read::{Owed, Positions, ReceivedAsked},
};

/// A split that pays the address for a stake of somebody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receiver {
    /// The split.
    pub split: Address,
    /// The delegation; `None` of a split that somebody named, and that no event tells of.
    pub made: Option<Delegation>,
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

/// What to read to know what is owed to an address that may be nobody: every delegation, whoever may exit it. The splits
/// say whom they pay.
pub fn of_all(history: &History, account: Option<Address>) -> Owed {
    let splits = history.delegations.iter().map(|made| made.split).collect();
    let asked = |owner| ReceivedAsked { made: history.delegations.clone(), ..of_others(history, owner) };
    Owed { splits, account: account.map(asked) }
}

/// What pays an address besides the splits of its own stakes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Others {
    /// Delegations of others, in chain order.
    pub made: Vec<Delegation>,
    /// Splits that somebody named, and that no event tells of.
    pub named: Vec<Address>,
}

/// What the splits of others' stakes bring the address.
pub(super) fn receivers(contracts: &Deployment, others: &Others, read: &Positions) -> Vec<Receiver> {
    let one = |split: Address, made: Option<&Delegation>| Receiver {
        split,
        made: made.cloned(),
        gains: gains(contracts, read.rewards.splits.get(&split), read),
    };
    let made = others.made.iter().map(|made| one(made.split, Some(made)));
    made.chain(others.named.iter().map(|split| one(*split, None))).collect()
}
