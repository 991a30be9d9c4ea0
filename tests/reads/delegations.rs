//! What became of every delegation of the network: history, attesters and queues put together.

use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};
use rota::{
    aztec::{
        events,
        history::History,
        model::ExitView,
        read::{self, Stakes},
        rules::{Position, positions},
        summary::{Summary, by_frozen_rate, rest, summarise},
    },
    chain::{ReadError, logs},
    units::Bps,
};

use crate::support::{Sequencer, devnet};

async fn history() -> History {
    let contracts = devnet().contracts().await;
    let mut parts = Vec::new();
    let range = contracts.from_block.block()..=devnet().height();
    logs::scan(&devnet().chain.pool(), &events::query(contracts), range, |part| parts.push(part))
        .await
        .expect("all");
    parts.sort_by_key(|part| *part.range.start());
    History::of(contracts, parts.iter().flat_map(|part| &part.entries))
}

async fn stakes(history: &History) -> Stakes {
    let (pool, contracts, block) =
        (devnet().chain.pool(), devnet().contracts().await, devnet().block().await);
    let attesters: Vec<Address> = history.delegations.iter().map(|delegation| delegation.attester).collect();
    let found = read::stakes(&pool, contracts, &attesters, block).await.value;
    assert!(pool.requests() <= 4, "chain id, twice all of it, exits of an older rollup");
    assert_eq!(found.states, read::attester_states(&pool, contracts, &attesters, block).await.value);
    assert_eq!(found.queues, read::entry_queues(&pool, contracts, block).await.value);
    assert_eq!(found.total.value, Ok(devnet().facts.total_staked));
    found
}

/// What the facts say about a stake, in the app's words.
pub(crate) fn expected(sequencer: &Sequencer) -> Position {
    let facts = &devnet().facts;
    let rollup = facts.rollup_index(sequencer.rollup);
    let exit = || {
        let exit = sequencer.exit.as_ref().expect("an exit");
        (exit.amount, exit.exitable_at, exit.unlocks_at, exit.recipient)
    };
    // the number of the governance withdrawal is not among the facts
    let view = || {
        let (amount, exitable_at, unlocks_at, recipient) = exit();
        ExitView { amount, exitable_at, withdrawal_id: U256::ZERO, unlocks_at: Ok(unlocks_at), recipient }
    };
    match sequencer.status.as_str() {
        "queued" => {
            let waiting = facts.entry_queue.iter().find(|entry| entry.attester == sequencer.attester);
            Position::Queued { rollup, ahead: waiting.expect("it waits").place }
        }
        "validating" => Position::Validating { rollup, balance: sequencer.balance },
        "exiting" => Position::Exiting { rollup, exit: view() },
        "zombie" => Position::Zombie { rollup, exit: view() },
        "finalised" => Position::Finished,
        "failed" => Position::Refunded,
        other => panic!("the facts have a new status: {other}"),
    }
}

pub(crate) fn without_number(position: Position) -> Position {
    let plain = |exit: ExitView| ExitView { withdrawal_id: U256::ZERO, ..exit };
    match position {
        Position::Exiting { rollup, exit } => Position::Exiting { rollup, exit: plain(exit) },
        Position::Zombie { rollup, exit } => Position::Zombie { rollup, exit: plain(exit) },
        other => other,
    }
}

fn delegations() -> Vec<&'static Sequencer> {
    let mut made: Vec<_> =
        devnet().facts.sequencers.iter().filter(|sequencer| sequencer.provider.is_some()).collect();
    made.sort_by_key(|sequencer| sequencer.staked.block);
    made
}

#[tokio::test]
async fn history_tells_every_delegation_with_its_terms() {
    let history = history().await;
    let told: Vec<_> = history
        .delegations
        .iter()
        .map(|d| (d.provider_id, d.attester, d.split, d.withdrawer, d.take_rate, d.block, d.tx))
        .collect();
    let facts = delegations().into_iter().map(|sequencer| {
        let split = sequencer.split.as_ref().expect("a delegation has a split");
        let rate = Bps::new(split.allocations[0]);
        let (provider, moment) = (sequencer.provider.expect("a delegation"), &sequencer.staked);
        (
            provider,
            sequencer.attester,
            split.address,
            Some(sequencer.withdrawer),
            rate,
            moment.block,
            moment.transaction,
        )
    });
    assert_eq!(told, facts.collect::<Vec<_>>());
    assert!(told.len() > 25, "{} delegations", told.len());
}

#[tokio::test]
async fn every_delegation_stands_where_the_facts_say() {
    let history = history().await;
    let stakes = stakes(&history).await;
    let mut seen = BTreeMap::<&str, u32>::new();
    let all: Vec<_> = history.delegations.iter().collect();
    let found = positions(devnet().contracts().await, &history, &all, &stakes);
    assert_eq!(found.len(), delegations().len());
    for (position, sequencer) in found.into_iter().zip(delegations()) {
        assert_eq!(position.map(without_number), Ok(expected(sequencer)), "{sequencer:?}");
        *seen.entry(&sequencer.status).or_default() += 1;
        if let Some(exit) = &sequencer.exit
            && sequencer.status != "finalised"
        {
            let state = stakes.states[&sequencer.attester].value.clone().expect("read");
            let (rota::aztec::model::Standing::Exiting { exit: view, .. }
            | rota::aztec::model::Standing::Zombie { exit: view, .. }) = state.standing
            else {
                panic!("{:?}", state.standing)
            };
            assert_eq!(view.ends_at(), Ok(exit.finalisable_at));
        }
    }
    let seen: Vec<_> = seen.into_keys().collect();
    assert_eq!(
        seen,
        ["exiting", "failed", "finalised", "queued", "validating", "zombie"],
        "the network has one of each"
    );
}

#[tokio::test]
async fn a_delegation_with_a_used_key_is_refunded_although_the_key_validates() {
    let history = history().await;
    let failed =
        delegations().into_iter().find(|s| s.failure.as_deref() == Some("key already used")).expect("one is");
    let stakes = stakes(&history).await;
    let state = stakes.states[&failed.attester].value.clone().expect("read");
    assert!(matches!(state.standing, rota::aztec::model::Standing::Validating { .. }), "{state:?}");
    assert_ne!(state.withdrawer, Some(failed.withdrawer), "for somebody else");
    let delegation = history.delegations.iter().find(|d| d.attester == failed.attester).expect("told");
    assert_eq!(
        positions(devnet().contracts().await, &history, &[delegation], &stakes),
        [Ok(Position::Refunded)]
    );
}

fn count(provider: u64, statuses: &[&str]) -> u64 {
    let counted = devnet().facts.delegations(provider).filter(|s| statuses.contains(&s.status.as_str()));
    u64::try_from(counted.count()).expect("few")
}

#[tokio::test]
async fn a_providers_sums_are_those_of_its_delegations() {
    let (facts, contracts, history) = (&devnet().facts, devnet().contracts().await, history().await);
    let stakes = stakes(&history).await;
    let covered = 0..=devnet().height();
    for provider in &facts.providers {
        let id = provider.id;
        let sum = summarise(contracts, &history, Some(&covered), Ok(&stakes), id);
        assert_eq!(sum.validating.value, Ok(count(id, &["validating"])), "provider {id}");
        assert_eq!(sum.queued, count(id, &["queued"]), "provider {id}");
        assert_eq!(sum.leaving, count(id, &["exiting", "zombie"]), "provider {id}");
        let balances = facts.delegations(id).filter(|s| s.status == "validating").map(|s| s.balance);
        assert_eq!(
            sum.stake.value,
            Ok(balances.fold(U256::ZERO, |sum, balance| sum + balance)),
            "provider {id}"
        );

        let mut rates = BTreeMap::new();
        for live in facts.delegations(id).filter(|s| !["failed", "finalised"].contains(&s.status.as_str())) {
            *rates.entry(Bps::new(live.split.as_ref().expect("a split").allocations[0])).or_insert(0) += 1;
        }
        assert_eq!(by_frozen_rate(contracts, &history, &stakes, id), Ok(rates), "provider {id}");
    }
    let cheaper = by_frozen_rate(contracts, &history, &stakes, 2).expect("read");
    assert_eq!(cheaper.len(), 2, "provider 2 has delegations at two commissions: {cheaper:?}");
}

#[tokio::test]
async fn sums_are_not_told_before_all_is_read() {
    let (contracts, history) = (devnet().contracts().await, history().await);
    let stakes = stakes(&history).await;
    let part = 100..=devnet().height();
    let whole = 0..=devnet().height();
    for (covered, stakes, error) in [
        (None, Ok(&stakes), ReadError::LogsMissing),
        // from_block is 0
        (Some(&part), Ok(&stakes), ReadError::LogsMissing),
        (Some(&whole), Err(&ReadError::Decode), ReadError::Decode),
    ] {
        let sum = summarise(contracts, &history, covered, stakes, 1);
        assert_eq!((sum.validating.value, sum.stake.value), (Err(error.clone()), Err(error)));
    }
    let nothing = Stakes { states: BTreeMap::new(), ..stakes };
    let sum = summarise(contracts, &history, Some(&whole), Ok(&nothing), 1);
    assert_eq!(sum.stake.value, Err(ReadError::Incomplete));
}

#[tokio::test]
async fn what_no_provider_runs_is_all_the_rest() {
    let (facts, contracts) = (&devnet().facts, devnet().contracts().await);
    let history = history().await;
    let stakes = stakes(&history).await;
    let whole = contracts.from_block.block()..=devnet().height();
    let of = |id| summarise(contracts, &history, Some(&whole), Ok(&stakes), id);
    let summaries: Vec<_> = facts.providers.iter().map(|provider| of(provider.id)).collect();
    let found = rest(&stakes, summaries.iter());
    let own = || facts.sequencers.iter().filter(|s| s.provider.is_none() && s.status == "validating");
    assert!(own().count() > 0, "somebody runs their own");
    assert_eq!(found.validating.value, Ok(own().count() as u64));
    assert_eq!(found.stake.value, Ok(own().fold(U256::ZERO, |sum, s| sum + s.balance)));

    let unread = Summary {
        validating: summaries[0].validating.clone().and_then(|_| Err(ReadError::LogsMissing)),
        ..summaries[0].clone()
    };
    assert_eq!(rest(&stakes, [unread].iter()).validating.value, Err(ReadError::Incomplete), "not all of it");
    let twice = summaries.iter().chain(&summaries).chain(&summaries);
    assert_eq!(
        rest(&stakes, twice).stake.value,
        Err(ReadError::Incomplete),
        "parts that contradict the whole"
    );
}

#[tokio::test]
async fn an_attester_nobody_knows_stands_nowhere() {
    let (contracts, block) = (devnet().contracts().await, devnet().block().await);
    let stranger = Address::repeat_byte(0x77);
    let states = read::attester_states(&devnet().chain.pool(), contracts, &[stranger], block).await.value;
    let state = states[&stranger].value.clone().expect("read");
    assert_eq!((state.standing, state.withdrawer), (rota::aztec::model::Standing::None, None));
    assert!(read::attester_states(&devnet().chain.pool(), contracts, &[], block).await.value.is_empty());
}
