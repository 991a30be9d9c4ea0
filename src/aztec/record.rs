//! What a provider's past says about it: nothing but events, put side by side.

use std::collections::HashSet;

use alloy_primitives::{Address, U256};

use super::{
    events::{Fact, Place},
    history::{AdminStep, History, KeyStep},
};
use crate::units::Bps;

/// A change of who runs a provider or receives its commission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Offered to this account, which has not accepted at that time.
    AdminOffered(Address),
    /// This account accepted.
    AdminSet(Address),
    /// Commission of new delegations goes here.
    RecipientSet(Address),
}

/// Stake taken from one of its sequencers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slash {
    /// Where.
    pub place: Place,
    /// Whose.
    pub attester: Address,
    /// In token units.
    pub amount: U256,
}

/// The past of one provider, each list in chain order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// When it came to be.
    pub registered: Option<Place>,
    /// Its commissions, the first one included.
    pub rates: Vec<(Place, Bps)>,
    /// Who ran it and who was paid.
    pub changes: Vec<(Place, Change)>,
    /// Its admins, each from a place on, the first one included.
    pub admins: Vec<(Place, Address)>,
    /// Keys in its queue after each change of it.
    pub keys: Vec<(Place, u64)>,
    /// Deposits with its keys that could not join and were paid back.
    pub failed: u64,
    /// Slashes of its sequencers.
    pub slashes: Vec<Slash>,
}

impl Record {
    /// Puts it together. Complete only when all events are.
    pub fn of(history: &History, provider_id: u64) -> Self {
        let past = history.provider(provider_id);
        let stakes: HashSet<(Address, Option<Address>)> =
            past.delegations.iter().map(|stake| (stake.attester, stake.withdrawer)).collect();
        let attesters: HashSet<Address> = past.delegations.iter().map(|stake| stake.attester).collect();
        let mut record = Self { registered: past.registered, rates: past.rates, ..Self::default() };
        for (place, step) in past.admins {
            match step {
                AdminStep::Registered(admin) => record.admins.push((place, admin)),
                AdminStep::Offered(admin) => record.changes.push((place, Change::AdminOffered(admin))),
                AdminStep::Accepted(admin) => {
                    record.admins.push((place, admin));
                    record.changes.push((place, Change::AdminSet(admin)));
                }
            }
        }
        record
            .changes
            .extend(past.recipients.into_iter().map(|(place, to)| (place, Change::RecipientSet(to))));
        record.changes.sort_by_key(|(place, _)| place.position());
        let mut left = 0u64;
        for (place, step) in past.keys {
            match step {
                KeyStep::Added(keys) => left += keys.len() as u64,
                KeyStep::Dripped(_) | KeyStep::Staked(_) => left = left.saturating_sub(1),
            }
            record.keys.push((place, left));
        }
        for told in history.facts() {
            match told.fact {
                // by key and withdrawer: somebody else may have queued the same key
                Fact::Refunded { attester, withdrawer } if stakes.contains(&(attester, Some(withdrawer))) => {
                    record.failed += 1;
                }
                Fact::Slashed { attester, amount } if attesters.contains(&attester) => {
                    record.slashes.push(Slash { place: told.place, attester, amount });
                }
                _ => {}
            }
        }
        record
    }

    /// Whose act a change at this place was: only the admin of that moment can, and only the next one can accept.
    /// `None` while the events before it are not read.
    pub fn admin_at(&self, place: &Place) -> Option<Address> {
        let until = |(since, _): &&(Place, Address)| since.position() <= place.position();
        self.admins.iter().rev().find(until).map(|(_, admin)| *admin)
    }

    /// What all slashes took, token units.
    pub fn slashed(&self) -> U256 {
        self.slashes.iter().fold(U256::ZERO, |sum, slash| sum.saturating_add(slash.amount))
    }

    /// Changes of the commission that raised it.
    pub fn raises(&self) -> usize {
        self.rates.windows(2).filter(|pair| pair[1].1 > pair[0].1).count()
    }
}

/// The same in short, for a list of all providers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brief {
    /// When it came to be.
    pub registered: Option<Place>,
    /// Its commissions in chain order, the first one included.
    pub rates: Vec<(Place, Bps)>,
    /// What was taken from its sequencers, token units.
    pub slashed: U256,
    /// How often.
    pub slashes: u64,
    /// Deposits with its keys that could not join and were paid back.
    pub failed: u64,
}

impl Brief {
    /// Those of all providers that events speak of, at the place of their numbers, in one pass. Complete only when all
    /// events are.
    pub fn all(history: &History) -> Vec<Self> {
        let mut all = Vec::new();
        for told in history.facts() {
            match &told.fact {
                Fact::Registered { provider, take_rate, .. } => {
                    if let Some(brief) = Self::at(&mut all, *provider) {
                        brief.registered = Some(told.place);
                        brief.rates.push((told.place, *take_rate));
                    }
                }
                Fact::TakeRateSet { provider, take_rate } => {
                    if let Some(brief) = Self::at(&mut all, *provider) {
                        brief.rates.push((told.place, *take_rate));
                    }
                }
                Fact::Refunded { attester, withdrawer } => {
                    for provider in of(history, *attester, Some(*withdrawer)) {
                        if let Some(brief) = Self::at(&mut all, provider) {
                            brief.failed += 1;
                        }
                    }
                }
                Fact::Slashed { attester, amount } => {
                    for provider in of(history, *attester, None) {
                        if let Some(brief) = Self::at(&mut all, provider) {
                            brief.slashes += 1;
                            brief.slashed = brief.slashed.saturating_add(*amount);
                        }
                    }
                }
                _ => {}
            }
        }
        all
    }

    /// The one of a provider, made if it is not there. No chain has as many providers as a number that is passed over.
    fn at(all: &mut Vec<Self>, provider_id: u64) -> Option<&mut Self> {
        let place = usize::try_from(provider_id).ok().filter(|place| *place < 100_000)?;
        if all.len() <= place {
            all.resize(place + 1, Self::default());
        }
        all.get_mut(place)
    }
}

/// The providers with a delegation of this key, by this withdrawer if one is named. Slashes and refunds are rare: looking
/// through all delegations costs less than an index of them.
fn of(history: &History, attester: Address, by: Option<Address>) -> Vec<u64> {
    let mut found = Vec::new();
    for stake in &history.delegations {
        let same = stake.attester == attester && (by.is_none() || stake.withdrawer == by);
        if same && !found.contains(&stake.provider_id) {
            found.push(stake.provider_id);
        }
    }
    found
}
