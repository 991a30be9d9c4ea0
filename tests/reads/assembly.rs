//! Stretches of blocks put together: in any order, again, after a reorganisation; and how long that takes.

use std::{io::Write as _, sync::Arc, time::Instant};

use rota::{
    aztec::{assembly::Assembly, events, history::History},
    chain::logs::{self, LogEntry},
};

use crate::support::devnet;

async fn all_entries() -> Vec<LogEntry> {
    let contracts = devnet().contracts().await;
    let mut entries = Vec::new();
    let take = |part: logs::Part| entries.extend(part.entries);
    logs::scan(&devnet().chain.pool(), &events::query(contracts), 0..=devnet().height(), take)
        .await
        .expect("all");
    entries.sort_by_key(LogEntry::position);
    entries
}

fn within(entries: &[LogEntry], first: u64, last: u64) -> Vec<LogEntry> {
    entries.iter().filter(|entry| (first..=last).contains(&entry.block)).cloned().collect()
}

async fn empty() -> Assembly {
    Assembly::new(Arc::new(devnet().contracts().await.clone()))
}

fn same(found: &History, expected: &History) {
    assert_eq!((&found.delegations, &found.rates), (&expected.delegations, &expected.rates));
    assert!(found.facts().eq(expected.facts()));
}

#[tokio::test]
async fn the_order_of_the_stretches_is_no_difference() {
    let (entries, height) = (all_entries().await, devnet().height());
    let expected = History::of(devnet().contracts().await, &entries);
    let bounds: Vec<u64> = vec![0, 1, 40, 41, 90, 160, 161, 200, 240, 270, 300, height + 1];
    for stride in [1, 2, 3, 5, 7] {
        let mut assembly = empty().await;
        for place in 0..bounds.len() - 1 {
            let place = (place * stride + stride) % (bounds.len() - 1); // a prime number of stretches: each comes once
            let (first, last) = (bounds[place], bounds[place + 1] - 1);
            assembly.take(first..=last, &within(&entries, first, last));
            // only what has no gap above the oldest of it counts
            let top = assembly.top().expect("covered");
            let known = within(&entries, *top.start(), *top.end());
            assert_eq!(
                assembly.history().facts().count(),
                History::of(devnet().contracts().await, &known).facts().count()
            );
        }
        assert_eq!(assembly.missing(height), None, "stride {stride}");
        same(&assembly.history(), &expected);
        // overlapping, and the same again
        let before = assembly.history();
        assembly.take(30..=250, &within(&entries, 30, 250));
        assert!(Arc::ptr_eq(&before, &assembly.history()), "nothing changed: nothing is computed again");
    }
}

#[tokio::test]
async fn a_reorganisation_heals() {
    let (entries, height) = (all_entries().await, devnet().height());
    let mut assembly = empty().await;
    assembly.take(0..=height, &entries);
    let whole = assembly.history();
    // the other branch has nothing in these blocks
    assembly.take(height - 64..=height, &[]);
    same(&assembly.history(), &History::of(devnet().contracts().await, &within(&entries, 0, height - 65)));
    assembly.take(height - 64..=height + 1, &within(&entries, height - 64, height));
    same(&assembly.history(), &whole);
    assembly.end_at(100);
    assert_eq!((assembly.top(), assembly.missing(120)), (Some(0..=100), Some(101..=120)));
    same(&assembly.history(), &History::of(devnet().contracts().await, &within(&entries, 0, 100)));
}

/// As many events as wanted: those of the network again and again, higher up.
fn many(entries: &[LogEntry], wanted: usize) -> Vec<LogEntry> {
    let rounds = wanted.div_ceil(entries.len()) as u64;
    let copies = (0..rounds).flat_map(|round| {
        entries.iter().map(move |entry| LogEntry { block: entry.block + round * 1_000, ..entry.clone() })
    });
    copies.take(wanted).collect()
}

#[tokio::test]
async fn large_histories_are_put_together_without_stopping_the_page() {
    let entries = all_entries().await;
    for wanted in [30_000, 120_000] {
        let entries = many(&entries, wanted);
        let mut assembly = empty().await;
        let begun = Instant::now();
        let mut longest = 0;
        for piece in entries.chunk_by(|a, b| a.block / 10_000 == b.block / 10_000).rev() {
            let begun = Instant::now();
            let first = piece[0].block / 10_000 * 10_000;
            assembly.take(first..=first + 9_999, piece);
            longest = longest.max(begun.elapsed().as_micros());
        }
        let taken = begun.elapsed();
        let begun = Instant::now();
        let history = assembly.history();
        let put = begun.elapsed();
        let newest = entries.last().expect("one").block;
        let begun = Instant::now();
        assembly.take(newest + 1..=newest + 64, &[LogEntry { block: newest + 1, ..entries[0].clone() }]);
        let more = assembly.history();
        let one = begun.elapsed();
        let begun = Instant::now();
        assembly.take(newest + 1..=newest + 65, &[LogEntry { block: newest + 1, ..entries[0].clone() }]);
        assert!(Arc::ptr_eq(&more, &assembly.history()));
        let none = begun.elapsed();
        let said = format!(
            "{wanted} events, {} delegations: understood in {taken:?} (longest step {longest} us), put together in \
             {put:?}; one more {one:?}, none more {none:?}\n",
            history.delegations.len()
        );
        std::io::stderr().write_all(said.as_bytes()).ok();
        // unoptimised code on a busy machine; the page has an optimised one
        assert!(none.as_millis() < 50, "{said}");
    }
}
