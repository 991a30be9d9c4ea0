//! What a provider should look at, from what the chain says about it.

use alloy_primitives::{Address, U256};

use super::{
    events::{Fact, Place},
    history::History,
    read::{KeyProblem, KeyVerdict},
    rules::Position,
};

/// One thing to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alert {
    /// The key at the head of the queue stops every delegation, or wastes the next one.
    BadHead {
        /// Its address.
        attester: Address,
        /// What is wrong with it.
        problem: KeyProblem,
        /// Bad keys at the head: exactly so many have to leave.
        leave: u64,
    },
    /// No keys are left: nobody can delegate.
    NoKeys,
    /// Few keys are left.
    FewKeys {
        /// How many.
        left: u64,
        /// Days that they last at the present pace; `None` when there is none.
        days: Option<u64>,
    },
    /// Somebody may accept to be the admin at any time.
    PendingAdmin(Address),
    /// Stake was taken from a sequencer.
    Slashed {
        /// Its address.
        attester: Address,
        /// In token units.
        amount: U256,
        /// Where it was told.
        place: Place,
    },
    /// A sequencer's newest checkpoint paid somebody else than its delegation's split.
    WrongCoinbase {
        /// Its address.
        attester: Address,
        /// Whom.
        to: Address,
    },
    /// A sequencer was ejected, or ended by its own key, and waits for its withdrawer.
    Zombie(Address),
    /// A sequencer's own key started its exit.
    ExitByKey {
        /// Its address.
        attester: Address,
        /// Where it was told.
        place: Place,
    },
    /// An account that pays for the nodes' transactions holds little.
    PoorPublisher {
        /// The account.
        account: Address,
        /// What it holds, in wei.
        wei: U256,
    },
}

impl Alert {
    /// What makes it another alert than one before: a balance that sinks further, or one key less, is no news; a second
    /// slash of the same sequencer is.
    pub fn identity(&self) -> String {
        match self {
            Self::BadHead { attester, .. } => format!("head-{attester}"),
            Self::NoKeys => "no-keys".to_owned(),
            Self::FewKeys { .. } => "few-keys".to_owned(),
            Self::PendingAdmin(admin) => format!("admin-{admin}"),
            Self::Slashed { place, .. } => format!("slashed-{}-{}", place.tx, place.index),
            Self::WrongCoinbase { attester, to } => format!("coinbase-{attester}-{to}"),
            Self::Zombie(attester) => format!("zombie-{attester}"),
            Self::ExitByKey { place, .. } => format!("exit-{}-{}", place.tx, place.index),
            Self::PoorPublisher { account, .. } => format!("poor-{account}"),
        }
    }

    /// Where it was told, if an event tells it.
    pub const fn place(&self) -> Option<&Place> {
        match self {
            Self::Slashed { place, .. } | Self::ExitByKey { place, .. } => Some(place),
            _ => None,
        }
    }

    /// Whether it is about a sequencer of a delegation, which events name.
    pub const fn is_of_a_delegation(&self) -> bool {
        matches!(
            self,
            Self::Slashed { .. } | Self::ExitByKey { .. } | Self::WrongCoinbase { .. } | Self::Zombie(_)
        )
    }
}

/// Below so many keys the queue is low, whatever the pace.
const FEW: u64 = 3;
/// Below so many days at the present pace it is low, whatever their number.
const SOON: u64 = 14;

/// What is known about a provider; what is not read yet raises no alert and hides none.
#[derive(Clone, Debug, Default)]
pub struct Known<'a> {
    /// Its next keys, checked.
    pub keys: &'a [KeyVerdict],
    /// Keys left.
    pub open: Option<u64>,
    /// Keys used over so many days.
    pub pace: Option<(u64, u64)>,
    /// Who is proposed as admin; zero is nobody.
    pub pending: Option<Address>,
    /// Its sequencers and what became of them.
    pub sequencers: &'a [(Address, Position)],
    /// Sequencers whose newest checkpoint paid somebody else, and whom.
    pub astray: &'a [(Address, Address)],
    /// Accounts that pay for its nodes' transactions, and what they hold, in wei.
    pub publishers: &'a [(Address, U256)],
    /// Below so many wei an account is poor.
    pub poor: U256,
}

/// Days that keys last at a pace of `used` in `days`.
pub fn days_left(open: u64, (used, days): (u64, u64)) -> Option<u64> {
    open.checked_mul(days)?.checked_div(used)
}

/// Bad keys at the head: how many have to leave until the next good one.
pub fn bad_head(keys: &[KeyVerdict]) -> usize {
    keys.iter().take_while(|key| matches!(key.problem, Ok(Some(_)))).count()
}

/// What to look at, the most urgent first. `recent` are events of the provider's sequencers not older than what counts.
pub fn alerts(known: &Known<'_>, recent: Vec<Alert>) -> Vec<Alert> {
    let mut all = Vec::new();
    if let Some(KeyVerdict { attester, problem: Ok(Some(problem)), .. }) = known.keys.first() {
        let leave = bad_head(known.keys) as u64;
        all.push(Alert::BadHead { attester: *attester, problem: problem.clone(), leave });
    }
    let astray = known.astray.iter();
    all.extend(astray.map(|(attester, to)| Alert::WrongCoinbase { attester: *attester, to: *to }));
    let zombies = known.sequencers.iter().filter(|(_, position)| matches!(position, Position::Zombie { .. }));
    all.extend(zombies.map(|(attester, _)| Alert::Zombie(*attester)));
    all.extend(recent);
    let poor = known.publishers.iter().filter(|(_, wei)| *wei < known.poor);
    all.extend(poor.map(|(account, wei)| Alert::PoorPublisher { account: *account, wei: *wei }));
    match known.open {
        Some(0) => all.push(Alert::NoKeys),
        Some(left) => {
            let days = known.pace.and_then(|pace| days_left(left, pace));
            if left <= FEW || days.is_some_and(|days| days < SOON) {
                all.push(Alert::FewKeys { left, days });
            }
        }
        None => {}
    }
    if let Some(admin) = known.pending.filter(|admin| !admin.is_zero()) {
        all.push(Alert::PendingAdmin(admin));
    }
    all
}

/// Slashes of a provider's sequencers and exits that their keys started, of places that `counts`, newest first.
pub fn recent(history: &History, own: &[Address], counts: impl Fn(&Place) -> bool) -> Vec<Alert> {
    let of_own = history.facts().rev().filter_map(|told| match told.fact {
        Fact::Slashed { attester, amount } if own.contains(&attester) => {
            Some((told.place, Alert::Slashed { attester, amount, place: told.place }))
        }
        Fact::ExitStartedByKey { attester, .. } if own.contains(&attester) => {
            Some((told.place, Alert::ExitByKey { attester, place: told.place }))
        }
        _ => None,
    });
    of_own.filter(|(place, _)| counts(place)).map(|(_, alert)| alert).collect()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, sync::Arc};

    use alloy_primitives::B256;

    use super::*;
    use crate::{
        aztec::{events::Told, history::Chunk, model::ExitView, rules::Position},
        chain::ReadError,
    };

    fn key(problem: Result<Option<KeyProblem>, ReadError>) -> KeyVerdict {
        KeyVerdict { index: 1, attester: Address::ZERO, problem }
    }

    #[test]
    fn as_many_leave_as_are_bad_at_the_head() {
        let (good, bad) = (|| key(Ok(None)), || key(Ok(Some(KeyProblem::PublicKeyUsed))));
        assert_eq!(bad_head(&[]), 0);
        assert_eq!(bad_head(&[good(), bad()]), 0);
        assert_eq!(bad_head(&[bad(), bad(), good(), bad()]), 2);
        // what was not read is not removed on a guess
        assert_eq!(bad_head(&[bad(), key(Err(ReadError::Decode)), bad()]), 1);
    }

    #[test]
    fn a_queue_is_low_by_number_or_by_pace() {
        let told = |open, pace| alerts(&Known { open: Some(open), pace, ..Known::default() }, Vec::new());
        let low = |left, days| vec![Alert::FewKeys { left, days }];
        assert_eq!(told(0, None), [Alert::NoKeys]);
        assert_eq!(told(3, None), low(3, None));
        assert_eq!(told(4, None), []);
        assert_eq!(told(4, Some((0, 14))), []);
        assert_eq!(told(100, Some((140, 14))), low(100, Some(10)));
        assert_eq!(told(100, Some((14, 14))), []);
        assert_eq!(days_left(12, (20, 14)), Some(8));
    }

    #[test]
    fn what_is_not_known_raises_nothing() {
        assert_eq!(alerts(&Known::default(), Vec::new()), []);
        let unread = [key(Err(ReadError::Decode))];
        assert_eq!(alerts(&Known { keys: &unread, ..Known::default() }, Vec::new()), []);
    }

    #[test]
    fn the_most_urgent_comes_first() {
        let keys = [key(Ok(Some(KeyProblem::Empty))), key(Ok(None))];
        let rich = (Address::repeat_byte(1), U256::from(100));
        let poor = (Address::repeat_byte(2), U256::from(99));
        let known = Known {
            keys: &keys,
            open: Some(2),
            pending: Some(Address::repeat_byte(3)),
            astray: &[(Address::repeat_byte(4), Address::repeat_byte(5))],
            publishers: &[rich, poor],
            poor: U256::from(100),
            ..Known::default()
        };
        let told = alerts(&known, Vec::new());
        assert!(matches!(
            told.as_slice(),
            [
                Alert::BadHead { leave: 1, problem: KeyProblem::Empty, .. },
                Alert::WrongCoinbase { .. },
                Alert::PoorPublisher { account, .. },
                Alert::FewKeys { left: 2, days: None },
                Alert::PendingAdmin(_),
            ] if *account == poor.0
        ));
    }

    fn told(block: u64, fact: Fact) -> Arc<Told> {
        let place = Place { block, index: block % 7, tx: B256::from(U256::from(block)), time: Some(block) };
        Arc::new(Told { place, by: Address::ZERO, fact })
    }

    #[test]
    fn slashes_and_exits_by_key_of_own_sequencers_are_told_newest_first() {
        let (own, other) = (Address::repeat_byte(7), Address::repeat_byte(8));
        let slashed = |attester| Fact::Slashed { attester, amount: U256::from(5) };
        let by_key = |attester| Fact::ExitStartedByKey { attester, withdrawer: own, amount: U256::from(9) };
        let facts =
            [(1, slashed(own)), (2, slashed(own)), (3, slashed(other)), (4, by_key(own)), (5, by_key(other))];
        let chunk: Chunk = facts.into_iter().map(|(block, fact)| told(block, fact)).collect();
        let history = History::from_chunks(vec![Arc::new(chunk)]);
        let found = recent(&history, &[own], |place| place.block > 1);
        assert!(
            matches!(
                found.as_slice(),
                [
                    Alert::ExitByKey { attester: a, place: Place { block: 4, .. } },
                    Alert::Slashed { attester: b, place: Place { block: 2, .. }, .. },
                ] if (*a, *b) == (own, own)
            ),
            "{found:?}"
        );
        assert_eq!(recent(&history, &[own], |_| true).len(), 3);
        assert_eq!(recent(&history, &[], |_| true), []);
        // with the rest they stand before what can wait
        let all = alerts(&Known { open: Some(1), ..Known::default() }, found.clone());
        assert_eq!(all[..2], found);
    }

    #[test]
    fn a_zombie_is_told_and_who_validates_or_leaves_is_not() {
        let at = Address::repeat_byte;
        let exit = ExitView {
            amount: U256::ONE,
            exitable_at: 1,
            withdrawal_id: U256::ONE,
            unlocks_at: Ok(1),
            recipient: None,
        };
        let leaving = ExitView { recipient: Some(at(5)), ..exit.clone() };
        let sequencers = [
            (at(1), Position::Zombie { rollup: 0, exit }),
            (at(2), Position::Exiting { rollup: 0, exit: leaving }),
            (at(3), Position::Validating { rollup: 0, balance: U256::ONE }),
            (at(4), Position::Refunded),
        ];
        let told = alerts(&Known { sequencers: &sequencers, ..Known::default() }, Vec::new());
        assert_eq!(told, [Alert::Zombie(at(1))]);
    }

    #[test]
    fn news_is_told_apart_from_more_of_the_same() {
        let at = Address::repeat_byte;
        let place = |block| told(block, Fact::Unread { event: "" }).place;
        let slash = |block| Alert::Slashed { attester: at(1), amount: U256::ONE, place: place(block) };
        let head = |one| Alert::BadHead { attester: at(one), problem: KeyProblem::Empty, leave: 1 };
        let all = [
            slash(1),
            slash(2),
            Alert::ExitByKey { attester: at(1), place: place(3) },
            head(1),
            head(2),
            Alert::NoKeys,
            Alert::FewKeys { left: 1, days: None },
            Alert::PendingAdmin(at(1)),
            Alert::PendingAdmin(at(2)),
            Alert::Zombie(at(1)),
            Alert::WrongCoinbase { attester: at(1), to: at(2) },
            Alert::WrongCoinbase { attester: at(1), to: at(3) },
            Alert::PoorPublisher { account: at(1), wei: U256::ONE },
        ];
        let names: BTreeSet<String> = all.iter().map(Alert::identity).collect();
        assert_eq!(names.len(), all.len(), "{names:?}");
        let same = |a: &Alert, b: &Alert| assert_eq!(a.identity(), b.identity());
        same(&Alert::FewKeys { left: 3, days: Some(2) }, &Alert::FewKeys { left: 2, days: None });
        let poor = |wei: u64| Alert::PoorPublisher { account: at(1), wei: U256::from(wei) };
        same(&poor(4), &poor(5));
    }
}
