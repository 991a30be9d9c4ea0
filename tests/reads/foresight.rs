//! A second visit asks at once what the first one asked in rounds, and finds out the same.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use alloy_primitives::{Address, bytes};
use rota::{
    aztec::{Deployment, read},
    chain::{
        BlockRef, Learned, Pool, PoolConfig,
        foresight::{self, Question},
    },
};
use serde_json::json;

use crate::support::{ChangedBatches, Rewriting, devnet, endpoint, real_host};

/// What a list of providers reads.
async fn visit(pool: &Pool, block: BlockRef) -> (Deployment, read::Providers, read::Stakes) {
    let found = read::deployment(pool, &devnet().chain.network(), block).await.expect("found").value;
    let providers = read::providers(pool, &found, block).await.expect("read").value;
    let attesters: Vec<Address> = devnet().facts.sequencers.iter().map(|made| made.attester).collect();
    let stakes = read::stakes(pool, &found, &attesters, block).await.value;
    (found, providers, stakes)
}

/// A visit, and what it asked.
async fn first_visit() -> ((Deployment, read::Providers, read::Stakes), u64, Vec<Question>) {
    let pool = devnet().chain.pool();
    let seen = first(&pool).await;
    let asked = pool.take_asked();
    (seen, pool.requests(), foresight::from_bytes(&foresight::to_bytes(&asked)))
}

async fn first(pool: &Pool) -> (Deployment, read::Providers, read::Stakes) {
    tokio::spawn(pool.foresee(Box::pin(async { Vec::new() })));
    visit(pool, devnet().block().await).await
}

fn second(pool: &Pool, asked: Vec<Question>) {
    tokio::spawn(pool.foresee(Box::pin(async { asked })));
}

#[tokio::test]
async fn all_is_asked_in_one_request() {
    let (seen, requests, asked) = first_visit().await;
    assert_eq!(
        requests, 7,
        "three rounds for the contracts, one for the providers, two for the stakes, the chain id"
    );
    let pool = devnet().chain.pool();
    second(&pool, asked.clone());
    assert_eq!(visit(&pool, devnet().block().await).await, seen);
    assert_eq!(pool.requests(), 1, "and the answers prove of which block they are");
    assert_eq!(pool.take_asked(), asked, "and the third visit asks the same");
}

#[tokio::test]
async fn what_is_new_is_asked_and_what_is_not_needed_does_no_harm() {
    let (seen, _, mut asked) = first_visit().await;
    let half: Vec<_> = asked.iter().step_by(2).cloned().collect();
    let pool = devnet().chain.pool();
    second(&pool, half);
    assert_eq!(visit(&pool, devnet().block().await).await, seen);

    // calls that revert, of nobody's contract, that come first and last
    let strange = (devnet().facts.contract("registry"), bytes!("deadbeef"));
    asked.insert(0, strange.clone());
    asked.push((Address::repeat_byte(7), bytes!("")));
    let pool = devnet().chain.pool();
    second(&pool, asked);
    assert_eq!(visit(&pool, devnet().block().await).await, seen);
    assert_eq!(pool.requests(), 1);
    assert!(!pool.take_asked().contains(&strange), "and it is forgotten");
}

#[tokio::test]
async fn another_block_is_read_anew() {
    let (seen, requests, asked) = first_visit().await;
    let newest = devnet().block().await;
    let older = devnet().chain.pool().block(newest.number / 2).await.expect("read").block();
    let then = visit(&devnet().chain.pool(), older).await;
    let slots = |seen: &read::Providers| -> Vec<_> {
        seen.rows.iter().map(|row| row.open_slots.value.clone()).collect()
    };
    assert_ne!(slots(&then.1), slots(&seen.1), "the figures were others");
    let pool = devnet().chain.pool();
    second(&pool, asked);
    assert_eq!(visit(&pool, older).await, then, "what was guessed is of the newest block");
    let before = pool.requests();
    assert_eq!(visit(&pool, newest).await, seen);
    assert_eq!(pool.requests() - before, requests - 1);
}

#[tokio::test]
async fn what_fails_is_asked_again_by_whoever_needs_it() {
    let (seen, _, asked) = first_visit().await;
    let broken = Arc::new(AtomicBool::new(true));
    let link = Rewriting::new(&devnet().chain.url, move |request| {
        if request["method"] == "eth_call" && broken.swap(false, Ordering::Relaxed) {
            request["params"] = json!("nonsense");
        }
    });
    let pool = Pool::new(31_337, vec![endpoint("flaky", link)], real_host(), PoolConfig::default());
    second(&pool, asked);
    assert_eq!(visit(&pool, devnet().block().await).await, seen);
}

#[tokio::test]
async fn nobody_waits_for_what_will_never_come() {
    let (seen, _, asked) = first_visit().await;
    let block = devnet().block().await;
    let pool = devnet().chain.pool();
    drop(pool.foresee(Box::pin(async { asked })));
    assert_eq!(visit(&pool, block).await, seen, "it was given up before it began");

    let pool = devnet().chain.pool();
    let task = tokio::spawn(pool.foresee(Box::pin(std::future::pending())));
    let reading = visit(&pool, block);
    let (found, ()) = tokio::join!(reading, async {
        tokio::task::yield_now().await;
        task.abort();
    });
    assert_eq!(found, seen, "and while it was loaded");
}

#[tokio::test]
async fn who_takes_no_batch_is_asked_at_the_block_and_not_bothered_again() {
    let (seen, _, asked) = first_visit().await;
    let plain = || {
        let link = Rewriting::watching(&devnet().chain.url);
        Pool::new(31_337, vec![endpoint("plain", link)], real_host(), PoolConfig::default())
    };
    let (pool, introduced, later) = (plain(), plain(), plain());
    second(&pool, asked.clone());
    assert_eq!(visit(&pool, devnet().block().await).await, seen);
    assert_eq!(pool.requests(), 3, "in vain, the chain id, and all the rest");
    assert!(pool.capability().batches, "one that fails proves nothing");
    introduced.latest().await.expect("read");
    let learned = introduced.capability();
    assert!(!learned.batches);
    later.recall(|_| Some(learned));
    second(&later, asked);
    assert_eq!(visit(&later, devnet().block().await).await, seen);
    assert_eq!(later.requests(), 2);
}

/// So that what is asked takes so many multicalls.
fn in_parts(pool: &Pool, asked: &[Question], parts: usize) {
    let calls = asked.len().div_ceil(parts);
    pool.recall(|_| Some(Learned { calls, ..Learned::default() }));
}

#[tokio::test]
async fn more_than_fits_in_one_call_is_guessed_three_to_a_request() {
    let (seen, _, asked) = first_visit().await;
    for (parts, requests) in [(3, 1), (5, 2), (7, 3)] {
        let pool = devnet().chain.pool();
        in_parts(&pool, &asked, parts);
        second(&pool, asked.clone());
        assert_eq!(visit(&pool, devnet().block().await).await, seen);
        assert_eq!(pool.requests(), requests, "{parts} parts");
    }
}

#[tokio::test]
async fn what_was_guessed_at_another_block_is_asked_again_and_the_rest_is_not() {
    let (seen, _, asked) = first_visit().await;
    let block = devnet().block().await;
    let late = Arc::new(AtomicBool::new(true));
    let link = ChangedBatches::new(&devnet().chain.url, move |requests| {
        if requests[0]["method"] == "eth_call" && late.swap(false, Ordering::Relaxed) {
            // one of several, as where a block came in between
            requests[1]["params"][1] = json!(format!("{:#x}", block.number - 1));
        }
    });
    let pool = Pool::new(31_337, vec![endpoint("late", link)], real_host(), PoolConfig::default());
    pool.latest().await.expect("read");
    let before = pool.requests();
    in_parts(&pool, &asked, 6);
    second(&pool, asked);
    assert_eq!(visit(&pool, block).await, seen);
    assert_eq!(pool.requests() - before, 2 + 3, "both, and the three parts of one of them");
}
