//! Dates that the app promises, kept by the contracts: a chain is taken there, and the deed tried just before and then.

use alloy_primitives::U256;
use rota::aztec::{
    RollupClock,
    model::Standing,
    read,
    rules::{JoinTime, QueueState, join_time},
};

use crate::support::{Deeds, Fork, IRollup, devnet};

#[tokio::test]
async fn an_exit_ends_exactly_when_it_was_said_to() {
    let facts = &devnet().facts;
    let fork = Fork::new().await;
    let (deeds, contracts) = (Deeds::on(&fork), fork.contracts().await);
    let rollup = contracts.canonical().address;
    let leaving = facts.sequencers.iter().find(|s| s.status == "validating").expect("there is one").attester;
    let terms = read::provider(&fork.pool(), &contracts, 1, fork.latest().await)
        .await
        .value
        .exit_terms
        .value
        .expect("read");
    let started = deeds.start_exit(rollup, leaving).await;
    let promised = started + terms.duration();

    let states = read::attester_states(&fork.pool(), &contracts, &[leaving], fork.latest().await).await.value;
    let Standing::Exiting { exit, .. } = states[&leaving].value.clone().expect("read").standing else {
        panic!("it leaves")
    };
    assert_eq!(exit.ends_at(), Ok(promised));
    assert!(exit.exitable_at < promised, "the rollup alone would let go earlier");

    let nobody = facts.account("fresh");
    for (at, succeeds) in [(exit.exitable_at, false), (promised - 1, false), (promised, true)] {
        fork.set_next_time(at).await;
        let done = deeds.succeeds(nobody, rollup, IRollup::finalizeWithdrawCall { attester: leaving }).await;
        assert_eq!(done, succeeds, "{} s from the promised time", at.abs_diff(promised));
    }
}

#[tokio::test]
async fn exits_of_the_network_end_when_they_are_said_to() {
    let facts = &devnet().facts;
    let fork = Fork::new().await;
    let (deeds, contracts) = (Deeds::on(&fork), fork.contracts().await);
    let mut exits: Vec<_> = facts.sequencers.iter().filter(|s| s.status == "exiting").collect();
    exits.sort_by_key(|s| s.exit.as_ref().map(|exit| exit.finalisable_at));
    let attesters: Vec<_> = exits.iter().map(|s| s.attester).collect();
    let states = read::attester_states(&fork.pool(), &contracts, &attesters, fork.latest().await).await.value;
    let now = fork.latest().await.timestamp;
    for attester in attesters {
        let Standing::Exiting { rollup, exit } = states[&attester].value.clone().expect("read").standing
        else {
            panic!("it leaves")
        };
        let (ends_at, rollup) = (exit.ends_at().expect("read"), contracts.rollups[rollup].address);
        let finalise = || IRollup::finalizeWithdrawCall { attester };
        if ends_at > now {
            fork.set_next_time(ends_at - 1).await;
            assert!(!deeds.succeeds(facts.account("fresh"), rollup, finalise()).await, "one second early");
            fork.set_next_time(ends_at).await;
        }
        assert!(deeds.succeeds(facts.account("fresh"), rollup, finalise()).await, "{ends_at}, it is {now}");
    }
}

async fn queue_state(fork: &Fork) -> (QueueState, Vec<u64>) {
    let contracts = fork.contracts().await;
    let page = read::provider(&fork.pool(), &contracts, 1, fork.latest().await).await.value;
    let length = page.queues[contracts.canonical].length.value.clone().expect("read");
    (page.queue.expect("read"), (0..length).collect())
}

async fn waiting(fork: &Fork) -> u64 {
    let rollup = fork.contracts().await.canonical().address;
    fork.read(rollup, IRollup::getEntryQueueLengthCall {}).await.to()
}

#[tokio::test]
async fn a_queued_deposit_joins_when_it_was_said_to_if_every_epoch_is_flushed() {
    let fork = Fork::new().await;
    let (deeds, rollup) = (Deeds::on(&fork), fork.contracts().await.canonical().address);
    let (queue, places) = queue_state(&fork).await;
    let clock: RollupClock = queue.clock;
    assert_eq!(U256::from(queue.epoch), fork.read(rollup, IRollup::getCurrentEpochCall {}).await);
    let promised: Vec<_> = places.iter().map(|place| join_time(*place, queue)).collect();
    assert_eq!(promised.len(), 5);

    // at the time of the facts, and then one second before and in the first second of each epoch
    let mut joined = Vec::new();
    deeds.flush(rollup).await;
    joined.extend((waiting(&fork).await..5).map(|_| JoinTime::Now));
    for epoch in queue.epoch + 1.. {
        let (start, before) = (clock.epoch_start(epoch), waiting(&fork).await);
        if before == 0 {
            break;
        }
        fork.set_next_time(start - 1).await;
        deeds.flush(rollup).await;
        assert_eq!(waiting(&fork).await, before, "nobody joins one second before epoch {epoch}");
        fork.set_next_time(start).await;
        deeds.flush(rollup).await;
        joined.extend((waiting(&fork).await..before).map(|_| JoinTime::At(start)));
    }
    assert_eq!(joined, promised);
    let epochs = promised.chunk_by(|one, next| one == next).count();
    assert!(epochs >= 3, "in several epochs: {promised:?}");
}

#[tokio::test]
async fn an_epoch_that_nobody_flushes_is_lost() {
    let fork = Fork::new().await;
    let (deeds, rollup) = (Deeds::on(&fork), fork.contracts().await.canonical().address);
    let (queue, places) = queue_state(&fork).await;
    let last = *places.last().expect("somebody waits");
    let JoinTime::At(promised) = join_time(last, queue) else { panic!("not now") };
    // two epochs without a flush; then the same question again
    fork.warp_to(queue.clock.epoch_start(queue.epoch + 2)).await;
    let (later, _) = queue_state(&fork).await;
    assert_eq!(later.available, later.flush_size, "what was not used is not saved up");
    let JoinTime::At(new) = join_time(last, later) else { panic!("not now") };
    assert!(new > promised, "the promise is the earliest time, not a date");
    deeds.flush(rollup).await;
    assert_eq!(waiting(&fork).await, last + 1 - later.flush_size);
}
