//! Events in ranges that the endpoint accepts: newest first, complete, without asking in vain more than needed.

use std::ops::RangeInclusive;

use alloy_primitives::{Address, B256};
use rota::{
    aztec::events,
    chain::{
        Learned, Pool, PoolConfig,
        host::{Link, LinkError},
        logs::{self, LogEntry, LogQuery, Reach},
    },
};
use serde_json::{Value, json};

use crate::support::{Asked, HttpLink, Limits, Proxy, Reply, Rewriting, Script, devnet, endpoint, real_host};

fn pool_of(link: impl Link + 'static) -> Pool {
    Pool::new(31_337, vec![endpoint("node", link)], real_host(), PoolConfig::default())
}

async fn query() -> LogQuery {
    events::query(devnet().contracts().await)
}

async fn scan(pool: &Pool, range: RangeInclusive<u64>) -> Vec<logs::Part> {
    let mut parts = Vec::new();
    logs::scan(pool, &query().await, range, |part| parts.push(part)).await.expect("all of it");
    parts
}

/// Everything, in chain order, with nothing missing and nothing twice.
fn joined(mut parts: Vec<logs::Part>, range: &RangeInclusive<u64>) -> Vec<LogEntry> {
    parts.sort_by_key(|part| *part.range.start());
    let mut next = *range.start();
    for part in &parts {
        assert_eq!(*part.range.start(), next, "no gap, no overlap");
        assert!(part.entries.iter().all(|entry| part.range.contains(&entry.block)));
        next = part.range.end() + 1;
    }
    assert_eq!(next, range.end() + 1);
    // the proxy takes the time away, as many providers do
    parts.into_iter().flat_map(|part| part.entries).map(|entry| LogEntry { time: None, ..entry }).collect()
}

/// What one request without any limit says.
async fn truth(range: &RangeInclusive<u64>) -> Vec<LogEntry> {
    let LogQuery { contracts, events } = query().await;
    let filter = json!([{
        "address": contracts, "topics": [events],
        "fromBlock": format!("{:#x}", range.start()), "toBlock": format!("{:#x}", range.end()),
    }]);
    let found = devnet().chain.rpc.must("eth_getLogs", filter).await;
    let found: Vec<rota::chain::logs::Log> = serde_json::from_value(found).expect("logs");
    let found = found.into_iter().map(|log| LogEntry::from_rpc(log).expect("in a block"));
    found.map(|entry| LogEntry { time: None, ..entry }).collect()
}

fn asked_range(asked: &Asked) -> (u64, u64) {
    let number = |field: &str| {
        let text = asked.params[0][field].as_str().expect("a quantity");
        u64::from_str_radix(&text[2..], 16).expect("hexadecimal")
    };
    (number("fromBlock"), number("toBlock"))
}

#[tokio::test]
async fn all_events_are_found_whatever_the_limits_are() {
    let newest = devnet().height();
    for (from, log_blocks, log_results) in [
        (0, 10_000, 10_000),
        (0, 100, 10_000),
        (0, 37, 10_000),
        (newest - 40, 1, 10_000),
        (0, 10_000, 40),
        (40, 50, 30),
        // a block that admits many from a queue has more than 20 events: its receipts have them
        (0, 10_000, 3),
    ] {
        let range = from..=newest;
        let limits =
            Limits { log_blocks: Some(log_blocks), log_results: Some(log_results), ..Limits::default() };
        let proxy = Proxy::start(&devnet().chain.url, limits);
        let parts = scan(&pool_of(HttpLink::new(&proxy.url)), range.clone()).await;
        let (found, truth) = (joined(parts, &range), truth(&range).await);
        assert_eq!(found, truth, "{log_blocks} blocks, {log_results} results");
        assert!(from > 40 || truth.len() > 70, "{} events", truth.len());
    }
}

#[tokio::test]
async fn a_part_of_the_chain_can_be_read() {
    for range in [100..=100, 100..=101, 0..=0, 250..=devnet().height()] {
        let pool = pool_of(HttpLink::new(&devnet().chain.url));
        pool.recall(|_| Some(Learned { log_blocks: 13, ..Learned::default() }));
        assert_eq!(joined(scan(&pool, range.clone()).await, &range), truth(&range).await, "{range:?}");
    }
}

#[tokio::test]
async fn the_newest_blocks_are_asked_for_first() {
    let seen = Rewriting::watching(&devnet().chain.url);
    let pool = pool_of(seen.clone());
    pool.recall(|_| Some(Learned { log_blocks: 25, ..Learned::default() }));
    let range = 10..=devnet().height();
    // the app has seen the head of the chain before it reads any events
    pool.latest().await.expect("the node answers");
    scan(&pool, range.clone()).await;
    let asked: Vec<_> = seen.asked("eth_getLogs").iter().map(asked_range).collect();
    let mut downwards = asked.clone();
    downwards.sort_by_key(|(first, _)| std::cmp::Reverse(*first));
    for (place, range) in asked.iter().enumerate() {
        let due = downwards.iter().position(|other| other == range).expect("the same");
        assert!(place.abs_diff(due) < 3, "three are under way at once, in no order: {asked:?}");
    }
}

#[tokio::test]
async fn a_limit_is_met_once_and_not_again() {
    let limits = Limits { log_blocks: Some(20), ..Limits::default() };
    let proxy = Proxy::start(&devnet().chain.url, limits);
    let seen = Rewriting::watching(&proxy.url);
    let pool = pool_of(seen.clone());
    let range = 0..=devnet().height();
    scan(&pool, range.clone()).await;
    let refused = |from: usize| {
        let asked = seen.asked("eth_getLogs");
        asked[from..].iter().map(asked_range).filter(|(first, last)| last - first + 1 > 20).count()
    };
    let width = pool.learned()[0].1.log_blocks;
    assert!((10..=20).contains(&width), "{width} blocks were found to fit");
    let first = seen.asked("eth_getLogs").len();
    // 311 blocks are halved to 20 or less along each branch; three requests run at once
    assert!(refused(0) <= 31, "{} of {first} requests were refused", refused(0));

    scan(&pool, range).await;
    let second = seen.asked("eth_getLogs").len() - first;
    // trying once more whether the endpoint can do more by now is fair
    assert!(
        refused(first) <= 3,
        "{} of {second} requests were refused at the second reading",
        refused(first)
    );
}

#[tokio::test]
async fn an_endpoint_that_can_do_more_is_asked_for_more() {
    let seen = Rewriting::watching(&devnet().chain.url);
    let pool = pool_of(seen.clone());
    pool.recall(|_| Some(Learned { log_blocks: 2, ..Learned::default() }));
    scan(&pool, 0..=devnet().height()).await;
    assert!(pool.learned()[0].1.log_blocks > 100, "{:?}", pool.learned());
    assert!(seen.asked("eth_getLogs").len() < 30, "{} requests", seen.asked("eth_getLogs").len());
}

#[tokio::test]
async fn where_events_are_dense_less_is_asked_at_once() {
    // five events in each of the last 5,000 blocks, none before
    let LogQuery { contracts, events } = query().await;
    let node = Script::new(move |asked| {
        if asked.method == "eth_getBlockByNumber" {
            let head = json!({ "number": "0x1869f", "timestamp": "0x1", "hash": B256::ZERO, "parentHash": B256::ZERO });
            return Reply::Result(head);
        }
        let (from, to) = asked_range(asked);
        let of = |block: u64| {
            let (address, topic) = (contracts[0], events[0]);
            (0..5).map(move |index| {
                json!({
                    "address": address, "topics": [topic], "data": "0x", "removed": false,
                    "blockNumber": format!("{block:#x}"), "logIndex": format!("{index:#x}"),
                    "transactionHash": B256::ZERO,
                })
            })
        };
        Reply::Result(json!((from.max(95_000)..=to).flat_map(of).collect::<Vec<_>>()))
    });
    let pool = pool_of(node.clone());
    pool.recall(|_| Some(Learned { log_blocks: 1_000, ..Learned::default() }));
    let parts = scan(&pool, 0..=99_999).await;
    assert_eq!(joined(parts.clone(), &(0..=99_999)).len(), 25_000);
    // those that were under way before anything was known may bring more
    let much = parts.iter().filter(|part| part.entries.len() > 2_000).count();
    assert!(much <= 3, "{much} answers with more than 2,000");
    // and where there is nothing, more is asked again
    let empty = parts.iter().filter(|part| part.entries.is_empty());
    assert!(empty.clone().any(|part| part.range.end() - part.range.start() > 10_000));
    assert!(node.count() < 40, "{} requests", node.count());
}

#[tokio::test]
async fn blocks_of_which_nothing_is_known_are_asked_for_in_pieces() {
    let range = 0..=devnet().height();
    let reach = Reach { range: range.clone(), pieces: 16 };
    let pool = pool_of(HttpLink::new(&devnet().chain.url));
    let mut parts = Vec::new();
    logs::scan_all(&pool, &query().await, &[], reach, &mut |part| parts.push(part)).await.expect("all of it");
    assert!(parts.len() >= 15, "{} parts", parts.len());
    assert_eq!(joined(parts, &range), truth(&range).await);
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_asked_for_in_smaller_ranges() {
    let node = HttpLink::new(&devnet().chain.url).reading(40_000);
    let pool = pool_of(node);
    let range = 0..=devnet().height();
    let parts = scan(&pool, range.clone()).await;
    assert!(parts.len() > 3, "{} parts", parts.len());
    let found = joined(parts, &range);
    assert_eq!(found, truth(&range).await);
    assert_eq!(pool.health()[0].fault, None, "the endpoint did nothing wrong");
}

#[tokio::test]
async fn who_accepts_no_width_is_soon_known() {
    let node = Script::new(|asked| match asked.method.as_str() {
        "eth_getLogs" => Reply::Fails(LinkError::TooLarge(1)),
        _ => Reply::Error(json!({ "code": -32601, "message": "the method does not exist" })),
    });
    let pool = pool_of(node.clone());
    logs::scan(&pool, &query().await, 0..=9_999, |_| panic!("there is no part"))
        .await
        .expect_err("never enough");
    assert!((14..60).contains(&node.count()), "{} requests", node.count());
}

#[tokio::test]
async fn a_single_block_that_is_refused_ends_the_reading_with_the_reason() {
    let refusing = Script::new(|_| {
        Reply::Error(json!({ "code": -32005, "message": "query returned more than 10 results" }))
    });
    let pool = pool_of(refusing.clone());
    let error = logs::scan(&pool, &query().await, 0..=7, |_| panic!("there is no part"))
        .await
        .expect_err("never enough");
    assert!(error.to_string().contains("query returned more than 10 results"), "{error}");
    assert!(refusing.count() < 20);

    let broken = Script::new(|_| Reply::Http(500, "x"));
    let error = logs::scan(&pool_of(broken), &query().await, 0..=7, |_| panic!("there is no part")).await;
    assert!(error.is_err(), "what is not about size is not halved");
}

#[tokio::test]
async fn removed_pending_and_foreign_events_are_not_taken() {
    let log = |removed: bool, block: Value| {
        json!({
            "address": format!("0x{:040x}", 1), "topics": [format!("0x{:064x}", 2)], "data": "0x0102",
            "blockNumber": block, "logIndex": "0x3", "transactionHash": format!("0x{:064x}", 4),
            "blockHash": format!("0x{:064x}", 5), "transactionIndex": "0x0", "removed": removed,
            "blockTimestamp": if block == json!("0x7") { json!("0x65") } else { json!("soon") },
        })
    };
    let mut foreign = log(false, json!("0x6"));
    foreign["address"] = json!(format!("0x{:040x}", 9));
    let logs = json!([
        foreign,
        log(false, json!("0x7")),
        log(true, json!("0x7")),
        log(false, json!(null)),
        log(false, json!("0x6"))
    ]);
    let pool = pool_of(Script::new(move |_| Reply::Result(logs.clone())));
    let query =
        LogQuery { contracts: vec![Address::with_last_byte(1)], events: vec![B256::with_last_byte(2)] };
    let mut parts = Vec::new();
    logs::scan(&pool, &query, 5..=8, |part| parts.push(part)).await.expect("all of it");
    let positions: Vec<_> =
        parts.iter().flat_map(|part| part.entries.iter().map(LogEntry::position)).collect();
    assert_eq!(positions, [(6, 3), (7, 3)], "in chain order");
    let times: Vec<_> = parts[0].entries.iter().map(|entry| entry.time).collect();
    assert_eq!(times, [None, Some(0x65)], "a time that cannot be read is no reason to lose the event");
    assert_eq!(parts[0].entries[0].event().map(|event| event.0[31]), Some(2));
    assert_eq!(parts[0].entries[0].bytes().to_vec(), [1, 2]);
}

#[tokio::test]
async fn a_width_is_learned_about_the_endpoint_that_answered() {
    let limits = Limits { log_blocks: Some(20), ..Limits::default() };
    let proxy = Proxy::start(&devnet().chain.url, limits);
    let broken = Script::new(|_| Reply::Http(500, "x"));
    let specs = vec![endpoint("broken", broken), endpoint("narrow", HttpLink::new(&proxy.url))];
    let pool = Pool::new(31_337, specs, real_host(), PoolConfig::default());
    let range = 0..=devnet().height();
    assert_eq!(joined(scan(&pool, range.clone()).await, &range), truth(&range).await);
    let widths: Vec<_> = pool.learned().iter().map(|(_, learned)| learned.log_blocks).collect();
    assert_eq!(widths[0], Learned::default().log_blocks, "nothing is known about the broken one");
    assert!((10..=20).contains(&widths[1]), "{widths:?}");
}

#[tokio::test]
async fn an_endpoint_that_does_not_have_the_blocks_is_not_believed_that_they_are_empty() {
    let behind = Script::new(|asked| match asked.method.as_str() {
        "eth_chainId" => Reply::Result(json!("0x7a69")),
        "eth_getBlockByNumber" => Reply::Result(json!(null)),
        _ => Reply::Result(json!([])),
    });
    let specs =
        vec![endpoint("behind", behind.clone()), endpoint("node", HttpLink::new(&devnet().chain.url))];
    let pool = Pool::new(31_337, specs, real_host(), PoolConfig::default());
    let range = 0..=devnet().height();
    assert_eq!(joined(scan(&pool, range.clone()).await, &range), truth(&range).await);

    let alone = Pool::new(31_337, vec![endpoint("behind", behind)], real_host(), PoolConfig::default());
    let error = logs::scan(&alone, &query().await, range, |part| panic!("{part:?}")).await;
    assert!(error.expect_err("nobody has the blocks").to_string().contains("is behind"));
}
