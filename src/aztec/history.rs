//! What the events tell, put together: delegations with their terms, and the facts of providers and attesters.
//!
//! Events are read newest first and in stretches, so a [`History`] is made of [`Chunk`]s. A chunk is understood once,
//! when it arrives; putting chunks together copies delegations and commissions only, and shares the rest.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use alloy_primitives::{Address, U256};

use super::{
    Deployment,
    events::{self, Fact, Place, Told},
    model::Delegation,
};
use crate::{chain::logs::LogEntry, units::Bps};

/// A commission at the moment it was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateStep {
    /// Height.
    pub block: u64,
    /// Position among the block's logs.
    pub index: u64,
    /// The commission from then on.
    pub take_rate: Bps,
}

/// What became of a deposit in the entry queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nothing yet.
    Waiting,
    /// It joined.
    Joined(Place),
    /// It could not join and was paid back to the withdrawer in that transaction.
    Refunded(Place),
}

/// A deposit into an entry queue: one `ValidatorQueued` event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deposit {
    /// The key.
    pub attester: Address,
    /// Who may exit.
    pub withdrawer: Address,
    /// In the queue of which rollup.
    pub rollup: Address,
    /// When.
    pub queued: Place,
    /// What became of it.
    pub fate: Fate,
}

impl Deposit {
    /// Whether it is with the same key, for the same withdrawer, on the same rollup.
    pub fn is_like(&self, other: &Self) -> bool {
        self.attester == other.attester && self.withdrawer == other.withdrawer && self.rollup == other.rollup
    }
}

/// The facts of a stretch of blocks, in chain order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chunk {
    facts: Vec<Arc<Told>>,
    /// Which of the facts are delegations, with who may exit each. Their commissions may have been set before this stretch.
    delegations: Vec<(usize, Option<Address>)>,
    rates: Vec<(u64, RateStep)>,
}

impl Chunk {
    /// Understands events in chain order. A stretch holds whole blocks: an event and what belongs to it are of one
    /// transaction.
    pub fn of<'a>(contracts: &Deployment, entries: impl IntoIterator<Item = &'a LogEntry>) -> Self {
        entries.into_iter().filter_map(|entry| events::tell(contracts, entry).map(Arc::new)).collect()
    }

    /// The facts.
    pub fn facts(&self) -> &[Arc<Told>] {
        &self.facts
    }

    /// Height of the first fact.
    pub fn first_block(&self) -> Option<u64> {
        Some(self.facts.first()?.place.block)
    }
}

impl FromIterator<Arc<Told>> for Chunk {
    fn from_iter<I: IntoIterator<Item = Arc<Told>>>(facts: I) -> Self {
        Self::from_facts(facts.into_iter().collect())
    }
}

impl Chunk {
    fn from_facts(facts: Vec<Arc<Told>>) -> Self {
        let mut chunk = Self { facts, ..Self::default() };
        // attester and withdrawer of the deposits of the transaction at hand
        let mut queued: Vec<(Address, Address)> = Vec::new();
        let mut tx = None;
        for (here, told) in chunk.facts.iter().enumerate() {
            let Told { place, fact, .. } = &**told;
            if tx != Some(place.tx) {
                queued.clear();
                tx = Some(place.tx);
            }
            match fact {
                Fact::Queued { attester, withdrawer } => queued.push((*attester, *withdrawer)),
                Fact::Staked { attester, .. } => {
                    // several stakes of one transaction come in order, each right before its own event
                    let before = queued.iter().position(|(queued, _)| queued == attester);
                    let withdrawer = before.map(|before| queued.remove(before).1);
                    chunk.delegations.push((here, withdrawer));
                }
                Fact::Registered { provider, take_rate, .. } | Fact::TakeRateSet { provider, take_rate } => {
                    let step = RateStep { block: place.block, index: place.index, take_rate: *take_rate };
                    chunk.rates.push((*provider, step));
                }
                _ => {}
            }
        }
        chunk
    }

    /// The delegations without their commissions.
    fn delegations(&self) -> impl Iterator<Item = Delegation> {
        self.delegations.iter().filter_map(|(here, withdrawer)| {
            let Told { place, fact, .. } = &**self.facts.get(*here)?;
            let Fact::Staked { provider, rollup, attester, split, .. } = fact else { return None };
            Some(Delegation {
                provider_id: *provider,
                rollup: *rollup,
                attester: *attester,
                split: *split,
                withdrawer: *withdrawer,
                take_rate: None,
                block: place.block,
                index: place.index,
                tx: place.tx,
                time: place.time,
            })
        })
    }
}

/// What the events tell, as far back as they were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Every delegation in chain order.
    pub delegations: Vec<Delegation>,
    /// Every commission in chain order, with the provider whose it is.
    pub rates: Vec<(u64, RateStep)>,
    chunks: Vec<Arc<Chunk>>,
    /// Put together when they are first asked for.
    deposits: Computed,
}

/// What follows from the rest: two histories are the same whether it was computed or not.
#[derive(Clone, Debug, Default)]
struct Computed(OnceLock<Vec<Deposit>>);

impl PartialEq for Computed {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Computed {}

impl History {
    /// Understands events, which must be in chain order and without gaps from the oldest on for the frozen
    /// commissions to be known. Events of other contracts than these are ignored.
    pub fn of<'a>(contracts: &Deployment, entries: impl IntoIterator<Item = &'a LogEntry>) -> Self {
        Self::from_chunks(vec![Arc::new(Chunk::of(contracts, entries))])
    }

    /// Puts chunks together, which must be in chain order.
    pub fn from_chunks(chunks: Vec<Arc<Chunk>>) -> Self {
        // as many as there are: they stay for as long as the page does
        let count = chunks.iter().map(|chunk| chunk.delegations.len()).sum();
        let mut history = Self { chunks, delegations: Vec::with_capacity(count), ..Self::default() };
        // of each provider; there are a hundred
        let mut in_force: Vec<(u64, Bps)> = Vec::new();
        let set = |in_force: &mut Vec<(u64, Bps)>, id: u64, rate: Bps| match rate_of(in_force, id) {
            Some(known) => *known = rate,
            None => in_force.push((id, rate)),
        };
        for chunk in &history.chunks {
            let mut rates = chunk.rates.iter().peekable();
            for delegation in chunk.delegations() {
                let place = (delegation.block, delegation.index);
                while let Some((id, step)) = rates.next_if(|(_, step)| (step.block, step.index) < place) {
                    set(&mut in_force, *id, step.take_rate);
                }
                let take_rate = rate_of(&mut in_force, delegation.provider_id).copied();
                history.delegations.push(Delegation { take_rate, ..delegation });
            }
            for (id, step) in rates {
                set(&mut in_force, *id, step.take_rate);
            }
            history.rates.extend_from_slice(&chunk.rates);
        }
        history
    }

    /// The delegations of one provider.
    pub fn of_provider(&self, provider_id: u64) -> impl Iterator<Item = &Delegation> {
        self.delegations.iter().filter(move |delegation| delegation.provider_id == provider_id)
    }

    /// Every deposit in chain order, with what became of it. Complete only when all events are.
    ///
    /// A rollup's entry queue is first in, first out: of several deposits of one withdrawer with the same key the n-th
    /// `ValidatorQueued` belongs to the n-th `Deposit` or `FailedDeposit`.
    pub fn deposits(&self) -> &[Deposit] {
        self.deposits.0.get_or_init(|| {
            let mut all: Vec<Deposit> = Vec::new();
            // by attester, those that wait, in their order
            let mut waiting: BTreeMap<Address, Vec<usize>> = BTreeMap::new();
            for Told { place, by, fact } in self.facts() {
                let new = |attester: Address, withdrawer: Address, fate| Deposit {
                    attester,
                    withdrawer,
                    rollup: *by,
                    queued: *place,
                    fate,
                };
                let seen = match *fact {
                    Fact::Queued { attester, withdrawer } => {
                        waiting.entry(attester).or_default().push(all.len());
                        all.push(new(attester, withdrawer, Fate::Waiting));
                        continue;
                    }
                    Fact::Deposited { attester, withdrawer, .. } => {
                        new(attester, withdrawer, Fate::Joined(*place))
                    }
                    Fact::Refunded { attester, withdrawer } => {
                        new(attester, withdrawer, Fate::Refunded(*place))
                    }
                    _ => continue,
                };
                let Some(places) = waiting.get_mut(&seen.attester) else { continue };
                if let Some(first) = places.iter().position(|place| all[*place].is_like(&seen)) {
                    all[places.remove(first)].fate = seen.fate;
                }
            }
            all
        })
    }

    /// The deposit that a delegation made: the last one with its key before it in its transaction.
    pub fn deposit(&self, made: &Delegation) -> Option<&Deposit> {
        let deposits = self.deposits();
        let end = deposits.partition_point(|deposit| deposit.queued.position() < (made.block, made.index));
        let before = deposits.get(..end)?.iter().rev();
        let mut same = before.take_while(|deposit| deposit.queued.tx == made.tx);
        same.find(|deposit| deposit.attester == made.attester)
    }

    /// Every fact in chain order. In reverse it is the activity feed.
    pub fn facts(&self) -> impl DoubleEndedIterator<Item = &Told> {
        self.chunks.iter().flat_map(|chunk| chunk.facts()).map(|told| &**told)
    }

    /// What a provider did, and what was done with it.
    pub fn provider(&self, provider_id: u64) -> ProviderHistory<'_> {
        let mut found = ProviderHistory::default();
        for told in self.facts().filter(|told| told.fact.provider() == Some(provider_id)) {
            found.add(told);
        }
        found.delegations = self.of_provider(provider_id).collect();
        found
    }

    /// What happened to an attester, on any rollup, in chain order. The same key may have been staked more than once:
    /// each [`Fact::Queued`] begins a stake.
    pub fn attester(&self, attester: Address) -> AttesterHistory<'_> {
        let of_it = self.facts().filter(|told| told.fact.attester() == Some(attester));
        AttesterHistory { steps: of_it.collect() }
    }

    /// Events that are known by name and had another form than is known: what they say is missing here.
    pub fn unread(&self) -> usize {
        self.facts().filter(|told| matches!(told.fact, Fact::Unread { .. })).count()
    }
}

fn rate_of(in_force: &mut [(u64, Bps)], provider_id: u64) -> Option<&mut Bps> {
    in_force.iter_mut().find(|(id, _)| *id == provider_id).map(|(_, rate)| rate)
}

/// A step in the life of a provider's administration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdminStep {
    /// With the first one.
    Registered(Address),
    /// To this account, which has not accepted.
    Offered(Address),
    /// By this account.
    Accepted(Address),
}

/// A change of a provider's key queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStep<'a> {
    /// Put at its end.
    Added(&'a [Address]),
    /// Taken out unused.
    Dripped(Address),
    /// Taken by a stake.
    Staked(Address),
}

/// What the events tell about a provider, each in chain order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderHistory<'a> {
    /// When it came to be. `None` while events that far back are not read.
    pub registered: Option<Place>,
    /// Its commissions, from the first one on.
    pub rates: Vec<(Place, Bps)>,
    /// Who received its commission; the one it registered with is in no event.
    pub recipients: Vec<(Place, Address)>,
    /// Who administered it.
    pub admins: Vec<(Place, AdminStep)>,
    /// What was done with its keys.
    pub keys: Vec<(Place, KeyStep<'a>)>,
    /// Stakes made with it, with their frozen commissions.
    pub delegations: Vec<&'a Delegation>,
}

impl<'a> ProviderHistory<'a> {
    fn add(&mut self, told: &'a Told) {
        let place = told.place;
        match &told.fact {
            Fact::Registered { admin, take_rate, .. } => {
                self.registered = Some(place);
                self.rates.push((place, *take_rate));
                self.admins.push((place, AdminStep::Registered(*admin)));
            }
            Fact::TakeRateSet { take_rate, .. } => self.rates.push((place, *take_rate)),
            Fact::RecipientSet { recipient, .. } => self.recipients.push((place, *recipient)),
            Fact::AdminOffered { admin, .. } => self.admins.push((place, AdminStep::Offered(*admin))),
            Fact::AdminSet { admin, .. } => self.admins.push((place, AdminStep::Accepted(*admin))),
            Fact::KeysAdded { attesters, .. } => self.keys.push((place, KeyStep::Added(attesters))),
            Fact::KeyDripped { attester, .. } => self.keys.push((place, KeyStep::Dripped(*attester))),
            Fact::Staked { attester, .. } => self.keys.push((place, KeyStep::Staked(*attester))),
            _ => {}
        }
    }
}

/// What the events tell about an attester.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttesterHistory<'a> {
    /// In chain order.
    pub steps: Vec<&'a Told>,
}

impl AttesterHistory<'_> {
    /// All that slashes took, in token units. A lower bound while events are missing.
    pub fn slashed(&self) -> U256 {
        let amounts = self.steps.iter().filter_map(|told| match told.fact {
            Fact::Slashed { amount, .. } => Some(amount),
            _ => None,
        });
        amounts.fold(U256::ZERO, U256::saturating_add)
    }
}
