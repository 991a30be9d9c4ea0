//! Events that are kept between visits: found again, of the right chain only, and never in the way.

use std::{ops::RangeInclusive, sync::Arc};

use alloy_primitives::B256;
use rota::{
    aztec::events,
    chain::{
        BlockRef, Pool,
        archive::{Archive, Found},
        host::NotKept,
        logs::{LogEntry, LogQuery, Part, scan},
    },
};

use crate::support::{Shelf, devnet, endpoint};

async fn query() -> LogQuery {
    events::query(devnet().contracts().await)
}

async fn read(range: RangeInclusive<u64>) -> Part {
    let mut entries: Vec<LogEntry> = Vec::new();
    scan(&devnet().chain.pool(), &query().await, range.clone(), |part| entries.extend(part.entries))
        .await
        .expect("all");
    entries.sort_by_key(LogEntry::position);
    Part { range, entries }
}

async fn open_as(shelf: &Shelf, network: &str, query: &LogQuery) -> Archive {
    let found = Found::read(&devnet().chain.pool(), Arc::new(shelf.clone()), network).await;
    Archive::open(found, query).await
}

async fn open(shelf: &Shelf) -> Archive {
    open_as(shelf, "here", &query().await).await
}

/// Everything that is handed out, newest first.
async fn all(mut archive: Archive) -> Vec<Part> {
    let mut parts = Vec::new();
    while let Some(part) = archive.next().await {
        parts.push(part);
    }
    parts
}

async fn block(number: u64) -> BlockRef {
    devnet().chain.pool().block(number).await.expect("it is there").block()
}

#[tokio::test]
async fn what_was_kept_is_found_again() {
    let shelf = Shelf::default();
    let mut archive = open(&shelf).await;
    assert_eq!(archive.next().await, None);
    assert_eq!(archive.kept().blocks, None);
    let (old, new, far, seal) =
        (read(0..=99).await, read(100..=199).await, read(220..=240).await, block(250).await);
    for part in [&new, &old, &far] {
        archive.save(part.clone(), &seal).await;
    }
    let events = old.entries.len() + new.entries.len() + far.entries.len();
    let kept = archive.kept();
    assert_eq!((kept.entries, kept.blocks.clone(), kept.problem), (events, Some(0..=240), None));
    let raw: usize = shelf.records().values().map(Vec::len).sum();
    assert_eq!(kept.bytes, raw);

    let again = open(&shelf).await;
    assert_eq!(again.kept(), kept);
    assert_eq!(all(again).await, [far, read(0..=199).await], "what touches comes as one");
}

#[tokio::test]
async fn what_another_chain_wrote_is_dropped() {
    let shelf = Shelf::default();
    let (part, seal) = (read(0..=99).await, block(150).await);
    let mut archive = open(&shelf).await;
    archive.save(part.clone(), &BlockRef { hash: B256::repeat_byte(7), ..seal }).await;
    archive.save(read(100..=120).await, &seal).await;
    // more than the seal vouches for
    archive.save(read(121..=160).await, &seal).await;
    assert_eq!(shelf.records().len(), 3);
    assert_eq!(all(open(&shelf).await).await, [read(100..=120).await]);
    assert_eq!(shelf.records().len(), 1, "the others are gone");
}

#[tokio::test]
async fn what_answers_another_question_is_dropped_and_other_networks_are_not() {
    let (shelf, seal) = (Shelf::default(), block(150).await);
    for network in ["here", "here2"] {
        open_as(&shelf, network, &query().await).await.save(read(0..=9).await, &seal).await;
    }
    let mut more = query().await;
    more.events.push(B256::ZERO);
    assert!(all(open_as(&shelf, "here", &more).await).await.is_empty());
    assert_eq!(shelf.records().len(), 1);
    assert_eq!(all(open_as(&shelf, "here2", &query().await).await).await.len(), 1);
}

#[tokio::test]
async fn an_endpoint_that_is_away_costs_the_use_and_not_the_data() {
    let (shelf, seal) = (Shelf::default(), block(150).await);
    open(&shelf).await.save(read(0..=99).await, &seal).await;
    let host = crate::support::real_host();
    let away = endpoint("away", crate::support::HttpLink::new("http://127.0.0.1:9"));
    let pool =
        Pool::new(devnet().chain.pool().chain_id(), vec![away], host, rota::chain::PoolConfig::default());
    let found = Found::read(&pool, Arc::new(shelf.clone()), "here").await;
    let archive = Archive::open(found, &query().await).await;
    assert!(all(archive).await.is_empty());
    assert_eq!(all(open(&shelf).await).await.len(), 1);
}

#[tokio::test]
async fn broken_records_are_dropped() {
    let (shelf, seal) = (Shelf::default(), block(150).await);
    let mut archive = open(&shelf).await;
    for range in [0..=9, 50..=99, 120..=129] {
        archive.save(read(range).await, &seal).await;
    }
    let keys: Vec<String> = shelf.records().keys().cloned().collect();
    shelf.records().get_mut(&keys[0]).expect("it").truncate(3);
    *shelf.records().get_mut(&keys[1]).expect("it").last_mut().expect("bytes") ^= 1;
    let mut archive = open(&shelf).await;
    assert_eq!(archive.next().await, Some(read(120..=129).await));
    assert_eq!(archive.next().await, None);
    assert_eq!(archive.kept().blocks, Some(120..=129));
    assert_eq!(shelf.records().keys().collect::<Vec<_>>(), [&keys[2]]);
}

#[tokio::test]
async fn a_store_that_refuses_is_said_and_changes_nothing_else() {
    let seal = block(150).await;
    for why in [NotKept::Forbidden, NotKept::Full] {
        let mut archive = open(&Shelf::refusing(why)).await;
        archive.save(read(0..=99).await, &seal).await;
        archive.extend(read(100..=110).await, &seal).await;
        let kept = archive.kept();
        assert_eq!((kept.problem, kept.entries, kept.bytes, kept.blocks), (Some(why), 0, 0, None));
    }
}

#[tokio::test]
async fn two_tabs_may_write_what_they_like() {
    let (shelf, seal) = (Shelf::default(), block(250).await);
    let (mut one, mut other) = (open(&shelf).await, open(&shelf).await);
    one.save(read(0..=120).await, &seal).await;
    other.save(read(60..=200).await, &seal).await;
    one.extend(read(201..=210).await, &seal).await;
    other.extend(read(201..=220).await, &seal).await;
    one.extend(read(211..=240).await, &seal).await;
    assert_eq!(all(open(&shelf).await).await, [read(0..=240).await], "nothing twice, nothing missing");
}

#[tokio::test]
async fn many_small_records_become_few() {
    let (shelf, seal) = (Shelf::default(), block(250).await);
    let mut archive = open(&shelf).await;
    for first in (0..200).step_by(5) {
        archive.save(read(first..=first + 4).await, &seal).await;
    }
    for first in 200..=230 {
        archive.extend(read(first..=first).await, &seal).await;
    }
    assert_eq!(shelf.records().len(), 41, "the end of the chain is one record");
    assert_eq!(all(open(&shelf).await).await, [read(0..=230).await]);
    assert_eq!(shelf.records().len(), 1);
    let mut archive = open(&shelf).await;
    assert_eq!(archive.kept().entries, read(0..=230).await.entries.len());
    archive.forget().await;
    assert!(shelf.records().is_empty());
    assert_eq!(archive.kept().bytes, 0);
}
