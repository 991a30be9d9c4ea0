use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use alloy_primitives::Address;
use leptos::prelude::*;

use super::{
    Remote, Rhythm, Scope, Screen,
    remote::{self, whole},
};
use crate::{
    aztec::{
        Deployment,
        history::History,
        positions::{self, Others, Stake},
        read::{
            self, Asked, Move, MovesAsked, Named, Positions, Received, ReceivedAsked, Seen, SplitAsked,
            StakeVotes,
        },
    },
    chain::{At, Reading},
};

/// What the events say so far about somebody's stakes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    /// Whose.
    pub(crate) owner: Address,
    /// In chain order.
    pub(crate) stakes: Arc<Vec<Stake>>,
    /// What pays them besides, as far as that was asked.
    pub(crate) others: Arc<Others>,
    /// What to read for all of them.
    asked: Arc<Asked>,
    /// Whether it was asked, with or without success, which stakes of others those are.
    settled: bool,
    /// Whether there are no others.
    pub(crate) complete: bool,
}

impl Told {
    /// Whether nothing more is on its way: all events are read, and it was asked for the stakes of others.
    pub(crate) const fn is_settled(&self) -> bool {
        self.complete && self.settled
    }
}

/// Adds splits that somebody named and that turned out to pay the address. Those that events tell of are the delegations
/// that they are of; those that are there already stay as they are.
fn add_named(history: &History, found: &[Named], asked: &mut Asked, others: &mut Others) {
    for (split, terms) in found {
        let Ok(terms) = terms else { continue };
        if asked.splits.iter().any(|asked| asked.split == *split) {
            continue;
        }
        let made = history.delegations.iter().find(|made| made.split == *split);
        asked.splits.push(SplitAsked {
            split: *split,
            block: made.map_or(0, |made| made.block),
            provider_id: made.map(|made| made.provider_id),
            take_rate: made.and_then(|made| made.take_rate),
            providers: Vec::new(),
            delegators: Vec::new(),
            terms: Some(terms.clone()),
        });
        match made {
            Some(made) => others.made.push(made.clone()),
            None => others.named.push(*split),
        }
    }
}

/// Contracts, and whose moves.
type AskedMoves = (Arc<Deployment>, MovesAsked);

/// Contracts, whose positions, and what to read for them.
type Key = (Arc<Deployment>, Address, Arc<Asked>);

impl Scope {
    /// The stakes of an address and of the stakers of its vaults, as far as the events are read.
    pub(crate) fn told(
        &self,
        owner: Memo<Option<Address>>,
        stakers: Memo<Vec<Address>>,
        received: Screen<Received>,
        named: Screen<Vec<Named>>,
    ) -> Memo<Option<Told>> {
        let scope = *self;
        Memo::new(move |_| {
            let owner = owner.get()?;
            scope.ledger.with(|ledger| {
                let ledger = ledger.as_ref()?;
                let withdrawers: Vec<Address> = std::iter::once(owner).chain(stakers.get()).collect();
                let made = positions::stakes_of(&ledger.history, &withdrawers);
                let mut asked = positions::asked(&ledger.history, owner, &made);
                let (others, settled) = received.with(|read| {
                    let of_it = read.last().map(|at| at.value.clone()).unwrap_or_default();
                    (of_it, !matches!(read, Remote::Loading))
                });
                // those of its vaults' stakes are its own although another withdraws
                let own: BTreeSet<Address> = asked.splits.iter().map(|asked| asked.split).collect();
                asked.splits.extend(others.splits.into_iter().filter(|other| !own.contains(&other.split)));
                let of_others = others.made.into_iter().filter(|made| !own.contains(&made.split));
                let mut others = Others { made: of_others.collect(), named: Vec::new() };
                named.with(|read| {
                    let found = read.last().map(|at| at.value.as_slice()).unwrap_or_default();
                    add_named(&ledger.history, found, &mut asked, &mut others);
                });
                Some(Told {
                    owner,
                    stakes: Arc::new(made),
                    others: Arc::new(others),
                    asked: Arc::new(asked),
                    complete: ledger.is_complete(),
                    settled,
                })
            })
        })
    }

    /// The stakes of others whose rewards an address receives, once all events are read. Not before its own positions
    /// are `ready`: those come first.
    pub(crate) fn received(&self, owner: Memo<Option<Address>>, ready: RwSignal<bool>) -> Screen<Received> {
        /// A split pays the same for ever: only new ones matter, and they change the question.
        const PERIOD: u64 = 7_200;
        type Key = (Arc<Deployment>, Arc<ReceivedAsked>);
        let scope = *self;
        let asked = Memo::new(move |_| {
            let owner = owner.get().filter(|_| ready.get())?;
            scope.ledger.with(|ledger| {
                let ledger = ledger.as_ref().filter(|ledger| ledger.is_complete())?;
                Some(Arc::new(positions::of_others(&ledger.history, owner)))
            })
        });
        let key = move || Some((scope.deployment()?, asked.get()?));
        let rhythm =
            Rhythm { period: PERIOD, same_screen: |before: &Key, now: &Key| before.1.owner == now.1.owner };
        remote::read(self.head, rhythm, key, move |(contracts, asked): Key, block| {
            let pool = scope.pool.get_value();
            Box::pin(async move { Ok(read::received(&pool, &contracts, &asked, block).await?) })
        })
    }

    /// What the chain says about them. Nothing is asked while there are none.
    pub(crate) fn positions(&self, told: Memo<Option<Told>>) -> Screen<Positions> {
        let scope = *self;
        let terms = StoredValue::new(BTreeMap::new());
        let key = move || {
            let (contracts, told) = (scope.deployment()?, told.get()?);
            (told.complete || !told.asked.splits.is_empty() || !told.stakes.is_empty())
                .then_some((contracts, told.owner, told.asked))
        };
        // stakes that are found while older events are read join those on the screen
        let rhythm: Rhythm<Key> = Rhythm { period: 1, same_screen: |before, now| before.1 == now.1 };
        remote::read(self.head, rhythm, key, move |(contracts, _, asked): Key, block| {
            let pool = scope.pool.get_value();
            Box::pin(async move {
                let known = terms.try_get_value().unwrap_or_default();
                let found = read::positions(&pool, &contracts, &asked, &known, block).await;
                let splits = found.value.rewards.splits.iter();
                let read = splits.filter_map(|(at, split)| Some((*at, split.terms.clone().ok()?)));
                terms.try_update_value(|terms| terms.extend(read));
                let unanswered = found.value.unanswered();
                whole(found, unanswered)
            })
        })
    }

    /// What was done with somebody's rewards and votes, once it is known which splits are theirs.
    pub(crate) fn moves(
        &self,
        told: Memo<Option<Told>>,
        positions: Screen<Positions>,
        vaults: Memo<Vec<(Address, Address)>>,
    ) -> Screen<Arc<Vec<Move>>> {
        /// Blocks between two looks at what is new.
        const PERIOD: u64 = 5;
        /// The newest blocks may be undone: they are read again.
        const TAIL: u64 = 64;
        type Kept = Option<(MovesAsked, u64, Vec<Move>)>;
        let scope = *self;
        let kept: StoredValue<Kept> = StoredValue::new(None);
        let asked = Memo::new(move |_| {
            let told = told.get().filter(Told::is_settled)?;
            let mut splits: Vec<Address> = told.asked.splits.iter().map(|asked| asked.split).collect();
            splits.sort_unstable();
            splits.dedup();
            positions.with(|read| {
                // of a part of an answer tokens and warehouses would be missing, and what moved through them
                if matches!(read, Remote::Partial(..)) {
                    return None;
                }
                let rewards = &read.last()?.value.rewards;
                let mut warehouses: Vec<Address> =
                    rewards.purses.iter().map(|purse| purse.warehouse).collect();
                warehouses.retain(|warehouse| !warehouse.is_zero());
                warehouses.sort_unstable();
                warehouses.dedup();
                let tokens = rewards.tokens.keys().copied().collect();
                Some(MovesAsked { owner: told.owner, splits, tokens, warehouses, vaults: vaults.get() })
            })
        });
        let key = move || Some((scope.deployment()?, asked.get()?));
        let rhythm = Rhythm { period: PERIOD, same_screen: |a: &AskedMoves, b| a.1.owner == b.1.owner };
        remote::read(self.head, rhythm, key, move |(contracts, asked): AskedMoves, block| {
            let pool = scope.pool.get_value();
            Box::pin(async move {
                let first = contracts.from_block.block();
                // kept where it is: a reading that fails does not lose what was read before
                let known = kept.try_get_value().flatten();
                let known = known.filter(|(of, until, _)| *of == asked && *until <= block.number);
                let (from, mut all) = match known {
                    Some((_, until, found)) => (until.saturating_sub(TAIL).max(first), found),
                    None => (first, Vec::new()),
                };
                all.retain(|moved: &Move| moved.place.block < from);
                all.extend(read::moves(&pool, &contracts, &asked, from..=block.number).await?);
                kept.try_set_value(Some((asked, block.number, all.clone())));
                Ok(At { block, value: Arc::new(all) })
            })
        })
    }

    /// What an address voted with stake that was delegated to it, once its positions are `ready`.
    pub(crate) fn stake_votes(
        &self,
        owner: Memo<Option<Address>>,
        ready: RwSignal<bool>,
    ) -> Screen<StakeVotes> {
        /// As often as the rest of the history.
        const PERIOD: u64 = 5;
        type Key = (Arc<Deployment>, Address);
        let scope = *self;
        let before: StoredValue<Option<(Address, StakeVotes)>> = StoredValue::new(None);
        let key = move || Some((scope.deployment()?, owner.get().filter(|_| ready.get())?));
        let rhythm: Rhythm<Key> = Rhythm { period: PERIOD, same_screen: |a, b| a.1 == b.1 };
        remote::read(self.head, rhythm, key, move |(contracts, owner): Key, block| {
            let pool = scope.pool.get_value();
            Box::pin(async move {
                let known = before.try_get_value().flatten().filter(|(of, _)| *of == owner);
                let known = known.as_ref().map(|(_, votes)| votes);
                let value = read::stake_votes(&pool, &contracts, owner, known, block).await?;
                before.try_set_value(Some((owner, value.clone())));
                Ok(At { block, value })
            })
        })
    }

    /// The same stakes without any event: only while reading those does not get on.
    pub(crate) fn seen(
        &self,
        owner: Memo<Option<Address>>,
        stakers: Memo<Vec<Address>>,
    ) -> Screen<Vec<Seen>> {
        /// It asks for every attester there is.
        const PERIOD: u64 = 25;
        let scope = *self;
        let troubled = Memo::new(move |_| {
            scope.events_in_trouble()
                && scope.ledger.with(|ledger| ledger.as_ref().is_some_and(|ledger| !ledger.is_complete()))
        });
        let key = move || {
            let withdrawers: Vec<Address> = std::iter::once(owner.get()?).chain(stakers.get()).collect();
            let key = (scope.deployment()?, withdrawers);
            troubled.get().then_some(key)
        };
        let rhythm = Rhythm { period: PERIOD, same_screen: PartialEq::eq };
        remote::read(
            self.head,
            rhythm,
            key,
            move |(contracts, withdrawers): (Arc<Deployment>, Vec<Address>), block| {
                let pool = scope.pool.get_value();
                Box::pin(async move {
                    let seen = read::seen(&pool, &contracts, &withdrawers, block).await?;
                    let unanswered = seen.value.iter().find_map(|seen| Reading::unanswered(&seen.position));
                    whole(seen, unanswered)
                })
            },
        )
    }
}
