use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use alloy_primitives::Address;
use leptos::prelude::*;

use super::{
    Gap, Gaps, Holdings, Looked, Rhythm, Scope, Screen,
    remote::{self, whole},
};
use crate::{
    aztec::{
        Deployment,
        history::History,
        positions::{self, Others, Stake},
        read::{self, Asked, Named, Positions, Received, ReceivedAsked, Seen, SplitAsked, StakeVotes},
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
    pub(super) asked: Arc<Asked>,
    /// Whether all events of staking are read.
    pub(crate) complete: bool,
    /// What may be missing all the same.
    pub(crate) gaps: Gaps,
}

impl Told {
    /// Whether nothing more is on its way, with or without success.
    pub(crate) fn is_settled(&self) -> bool {
        self.complete && self.gaps.of_all() != Gap::Awaited
    }

    /// Whether there are no others: no stakes, and no splits that pay the address.
    pub(crate) fn is_whole(&self) -> bool {
        self.complete && self.gaps.of_all() == Gap::None
    }

    /// Whether all of it was read from the chain. What was just found is not in the answer on the screen yet.
    pub(crate) fn is_read_in(&self, read: &Positions) -> bool {
        read.owner == self.owner
            && self.asked.attesters.iter().all(|attester| read.stakes.states.contains_key(attester))
            && self.asked.splits.iter().all(|asked| read.rewards.splits.contains_key(&asked.split))
    }

    /// The block up to which everything was seen that happened to an address, where the rest was read at `read_at`. Where
    /// something is missing, or all of it is about another address for a moment, nothing is kept as seen.
    pub(crate) fn seen_until(&self, owner: Address, read_at: u64) -> Option<u64> {
        (self.owner == owner && self.is_whole()).then_some(read_at)
    }

    /// Whether what is owed now may be kept for later visits to an address: it is about that one, and nothing of it is on
    /// its way any more.
    pub(crate) fn is_kept(&self, owner: Address, read: &Positions) -> bool {
        self.owner == owner && self.is_settled() && self.is_read_in(read)
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

/// Contracts, whose positions, and what to read for them.
type Key = (Arc<Deployment>, Address, Arc<Asked>);

impl Scope {
    /// The stakes of an address and of the stakers of its vaults, as far as the events are read.
    pub(crate) fn told(
        &self,
        owner: Memo<Option<Address>>,
        (vaults, stakers): (Screen<Holdings>, Memo<Vec<Address>>),
        received: Screen<Received>,
        named: Screen<Looked>,
    ) -> Memo<Option<Told>> {
        let scope = *self;
        let gaps = Memo::new(move |_| {
            let owner = owner.get()?;
            Some(vaults.with(|vaults| {
                received.with(|received| named.with(|named| Gaps::of(owner, vaults, received, named)))
            }))
        });
        // these are told anew at every block, and hardly ever say anything else
        let found = Memo::new(move |_| {
            let of = |whose: Address| Some(whose) == owner.get();
            let received = received.with(|read| read.last().map(|at| at.value.clone()));
            let named = named.with(|read| read.last().map(|at| at.value.clone()));
            (
                received.filter(|found| of(found.owner)).unwrap_or_default(),
                named.filter(|looked| of(looked.owner)).map(|looked| looked.found).unwrap_or_default(),
            )
        });
        Memo::new(move |_| {
            let (owner, gaps) = (owner.get()?, gaps.get()?);
            let (others, named) = found.get();
            scope.ledger.with(|ledger| {
                let ledger = ledger.as_ref()?;
                let withdrawers: Vec<Address> = std::iter::once(owner).chain(stakers.get()).collect();
                let made = positions::stakes_of(&ledger.history, &withdrawers);
                let mut asked = positions::asked(&ledger.history, owner, &made);
                // those of its vaults' stakes are its own although another withdraws
                let own: BTreeSet<Address> = asked.splits.iter().map(|asked| asked.split).collect();
                asked.splits.extend(others.splits.into_iter().filter(|other| !own.contains(&other.split)));
                let of_others = others.made.into_iter().filter(|made| !own.contains(&made.split));
                let mut others = Others { made: of_others.collect(), named: Vec::new() };
                add_named(&ledger.history, &named, &mut asked, &mut others);
                Some(Told {
                    owner,
                    stakes: Arc::new(made),
                    others: Arc::new(others),
                    asked: Arc::new(asked),
                    complete: ledger.is_complete(),
                    gaps,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        aztec::read::{Rewards, Stakes},
        chain::{ReadError, Source},
    };

    const OWNER: Address = Address::repeat_byte(1);
    const OTHER: Address = Address::repeat_byte(2);

    fn told(gaps: Gaps) -> Told {
        Told {
            owner: OWNER,
            stakes: Arc::default(),
            others: Arc::default(),
            asked: Arc::new(Asked { owner: OWNER, ..Asked::default() }),
            complete: true,
            gaps,
        }
    }

    fn read(owner: Address) -> Positions {
        let total = Reading { value: Err(ReadError::Incomplete), source: Source::derived("no sum", []) };
        Positions {
            owner,
            stakes: Stakes { states: BTreeMap::new(), queues: Vec::new(), total, active: Vec::new() },
            queues: Vec::new(),
            follows: BTreeMap::new(),
            delegatees: BTreeMap::new(),
            bonus: Err(ReadError::Incomplete),
            exit_terms: Vec::new(),
            rewards: Rewards::default(),
        }
    }

    #[test]
    fn nothing_of_one_address_is_kept_for_another() {
        let told = told(Gaps::default());
        assert_eq!(told.seen_until(OWNER, 9), Some(9));
        assert_eq!(told.seen_until(OTHER, 9), None);
        assert!(told.is_kept(OWNER, &read(OWNER)));
        // the one that was just chosen, the one of before, and either answer
        assert!(!told.is_kept(OTHER, &read(OTHER)));
        assert!(!told.is_kept(OWNER, &read(OTHER)));
        assert!(!told.is_kept(OTHER, &read(OWNER)));
    }

    #[test]
    fn what_may_lack_something_is_not_kept_as_seen() {
        for gap in [Gap::Awaited, Gap::Unread] {
            for gaps in [
                Gaps { vaults: gap, ..Gaps::default() },
                Gaps { received: gap, ..Gaps::default() },
                Gaps { named: gap, ..Gaps::default() },
            ] {
                let told = told(gaps);
                assert_eq!(told.seen_until(OWNER, 9), None);
                // what nobody answers for is owed all the same, and not waited for
                assert_eq!(told.is_kept(OWNER, &read(OWNER)), gap == Gap::Unread);
            }
        }
        let begun = Told { complete: false, ..told(Gaps::default()) };
        assert!(!begun.is_whole() && !begun.is_settled());
    }

    #[test]
    fn a_stake_that_was_just_found_is_in_no_answer_yet() {
        let asked = Asked { owner: OWNER, attesters: vec![OTHER], splits: Vec::new() };
        let told = Told { asked: Arc::new(asked), ..told(Gaps::default()) };
        let mut answer = read(OWNER);
        assert!(!told.is_read_in(&answer));
        // an answer that failed for it is one
        let failed = Reading { value: Err(ReadError::Incomplete), source: Source::derived("none", []) };
        answer.stakes.states.insert(OTHER, failed);
        assert!(told.is_read_in(&answer));
    }
}
