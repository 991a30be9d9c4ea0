//! The activity of the network, from its real events.

use alloy_primitives::{Address, B256, U256};
use rota::{
    aztec::{
        activity::{self, Deed},
        events::{Fact, Place, Told},
        history::{Chunk, History},
    },
    units::Bps,
};

use crate::{history::of_network, support::devnet};

#[tokio::test]
async fn the_newest_come_first_and_one_transaction_is_one_line() {
    let history = of_network().await;
    let lines = activity::latest(&history, 1_000, |_| true);
    assert!(lines.is_sorted_by(|a, b| a.place.position() >= b.place.position()));
    let sum = |count: fn(&Deed) -> u64| lines.iter().map(|line| count(&line.deed)).sum::<u64>();
    let facts = |wanted: fn(&Fact) -> bool| history.facts().filter(|told| wanted(&told.fact)).count() as u64;
    let joined = sum(|deed| if let Deed::Joined { sequencers, .. } = deed { *sequencers } else { 0 });
    assert_eq!(joined, facts(|fact| matches!(fact, Fact::Deposited { .. })));
    let staked = sum(|deed| if let Deed::Delegated { sequencers, .. } = deed { *sequencers } else { 0 });
    assert_eq!(staked, history.delegations.len() as u64);
    let keys = sum(|deed| if let Deed::KeysAdded { keys, .. } = deed { *keys } else { 0 });
    let left: u64 = devnet().facts.providers.iter().map(|provider| provider.keys_left).sum();
    assert!(keys >= left + staked, "every key was added before it was used");
    let some = activity::latest(&history, 3, Deed::is_stake);
    let expected: Vec<_> = lines.iter().filter(|line| line.deed.is_stake()).take(3).cloned().collect();
    assert_eq!(some, expected);
}

#[tokio::test]
async fn those_that_leave_are_among_those_that_may() {
    let history = of_network().await;
    let may = activity::may_be_leaving(&history);
    for sequencer in &devnet().facts.sequencers {
        if ["exiting", "zombie"].contains(&sequencer.status.as_str()) {
            assert!(may.contains(&sequencer.attester), "{sequencer:?}");
        }
    }
}

fn told(time: Option<u64>, block: u64, fact: Fact) -> Told {
    let place = Place { block, index: 0, tx: B256::with_last_byte(u8::try_from(block).expect("few")), time };
    Told { place, by: Address::ZERO, fact }
}

fn history(facts: Vec<Told>) -> History {
    History::from_chunks(vec![facts.into_iter().map(std::sync::Arc::new).collect::<Chunk>().into()])
}

#[test]
fn slashes_are_counted_by_time_event_and_sequencer() {
    let slash = |time, block, who: u8| {
        told(time, block, Fact::Slashed { attester: Address::repeat_byte(who), amount: U256::from(10) })
    };
    let known = history(vec![
        slash(Some(5), 1, 1),
        slash(Some(10), 2, 1),
        slash(Some(11), 3, 2),
        slash(Some(12), 4, 1),
    ]);
    let found = activity::slashed_since(&known, 10, |place| place.time).expect("all times are known");
    assert_eq!((found.amount, found.events, found.sequencers), (U256::from(30), 3, 2));
    assert_eq!(
        activity::slashed_since(&history(vec![slash(None, 1, 1)]), 10, |place| place.time),
        None,
        "unread is not zero"
    );
}

#[test]
fn days_are_utc_and_the_last_one_is_today() {
    const DAY: u64 = 86_400;
    let join = |time, block| {
        told(
            Some(time),
            block,
            Fact::Deposited { attester: Address::ZERO, withdrawer: Address::ZERO, amount: U256::ONE },
        )
    };
    let exit = told(
        Some(10 * DAY + 5),
        4,
        Fact::ExitStarted { attester: Address::ZERO, recipient: Address::ZERO, amount: U256::ONE },
    );
    let known = history(vec![join(7 * DAY, 1), join(8 * DAY, 2), join(9 * DAY - 1, 3), exit]);
    let days = activity::days(&known, 10 * DAY + 100, 3, |place| place.time).expect("all times are known");
    let found: Vec<_> = days.iter().map(|day| (day.begins / DAY, day.joined, day.left)).collect();
    assert_eq!(found, [(8, 2, 0), (9, 0, 0), (10, 0, 1)]);
}

#[test]
fn a_changed_commission_says_what_it_was() {
    let bps = |share| Bps::new(share).expect("a share");
    let known = history(vec![
        told(None, 1, Fact::Registered { provider: 1, admin: Address::ZERO, take_rate: bps(500) }),
        told(None, 2, Fact::TakeRateSet { provider: 1, take_rate: bps(700) }),
        told(None, 3, Fact::TakeRateSet { provider: 2, take_rate: bps(900) }),
    ]);
    let deeds: Vec<_> = activity::latest(&known, 9, |_| true).into_iter().map(|line| line.deed).collect();
    assert_eq!(
        deeds,
        [
            Deed::Rate { provider: 2, from: None, to: bps(900) },
            Deed::Rate { provider: 1, from: Some(bps(500)), to: bps(700) },
            Deed::Registered { provider: 1, take_rate: bps(500) },
        ]
    );
}
