//! Events as facts: of the network that all tests read, and of transactions sent for the purpose.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use alloy_primitives::{Address, B256, U256};
use rota::{
    aztec::{
        Deployment,
        events::{self, EVENTS, Fact},
        history::{AdminStep, History, KeyStep},
    },
    chain::{Pool, PoolConfig, logs, times},
    units::Bps,
};
use serde_json::{Value, json};

use crate::support::{
    Chain, ChangedBatches, Deeds, Fork, IStakingRegistry, devnet, endpoint, made_up_key, real_host,
};

/// Everything that was told on a chain from a block on.
pub(crate) async fn history_since(chain: &Chain, contracts: &Deployment, first: u64) -> History {
    let newest = chain.latest().await.number;
    let mut parts = Vec::new();
    logs::scan(&chain.pool(), &events::query(contracts), first..=newest, |part| parts.push(part))
        .await
        .expect("all");
    parts.sort_by_key(|part| *part.range.start());
    History::of(contracts, parts.iter().flat_map(|part| &part.entries))
}

pub(crate) async fn of_network() -> History {
    history_since(&devnet().chain, devnet().contracts().await, 0).await
}

fn bps(share: u16) -> Bps {
    Bps::new(share).expect("a share")
}

fn tx_of(receipt: &Value) -> B256 {
    serde_json::from_value(receipt["transactionHash"].clone()).expect("a hash")
}

#[tokio::test]
async fn nothing_that_the_contracts_emit_has_another_form_than_the_table_says() {
    let history = of_network().await;
    assert_eq!(history.unread(), 0);
    assert!(history.facts().count() > 140, "{} facts", history.facts().count());
    assert!(history.facts().is_sorted_by_key(|told| told.place.position()));
    let newest = history.facts().next_back().expect("one");
    let block = devnet().chain.pool().block(newest.place.block).await.expect("it is there").block();
    assert_eq!(newest.place.time, Some(block.timestamp), "anvil sends the time along");
}

#[tokio::test]
async fn every_event_of_the_published_contracts_is_told_on_this_network() {
    let asked = devnet().chain.rpc.must(
        "eth_getLogs",
        json!([{ "fromBlock": "0x0", "address": events::query(devnet().contracts().await).contracts }]),
    );
    let seen: Vec<B256> = asked
        .await
        .as_array()
        .expect("logs")
        .iter()
        .map(|log| serde_json::from_value(log["topics"][0].clone()).expect("a topic"))
        .collect();
    let missing: Vec<_> = EVENTS
        .iter()
        .filter(|event| !seen.contains(&alloy_primitives::keccak256(event.signature)))
        .map(rota::aztec::events::Event::name)
        .collect();
    // the others are emitted by the tests below, or by no contract of this generation
    let elsewhere = [
        "ProviderRewardsRecipientUpdated",
        "ProviderAdminUpdated",
        "ProviderQueueDripped",
        "WithdrawInitiatedByAttester",
        "RewardConfigUpdated",
    ];
    assert!(missing.iter().all(|name| elsewhere.contains(name)), "{missing:?}");
}

#[tokio::test]
async fn an_attesters_life_is_told_with_its_slashes() {
    let (facts, history) = (&devnet().facts, of_network().await);
    for sequencer in &facts.sequencers {
        let of_it = history.attester(sequencer.attester);
        // a key that somebody else staked before has two lives, and the slash may be of either
        let lives = facts.sequencers.iter().filter(|other| other.attester == sequencer.attester);
        let slashed = lives.fold(U256::ZERO, |sum, life| sum + life.slashed);
        assert_eq!(of_it.slashed(), slashed, "{sequencer:?}");
        let last = of_it
            .steps
            .iter()
            .rev()
            .find(|told| {
                !matches!(told.fact, Fact::Staked { .. } | Fact::KeyDripped { .. } | Fact::Slashed { .. })
            })
            .expect("one");
        let expected = match &last.fact {
            Fact::Queued { .. } => &["queued"][..],
            Fact::Deposited { withdrawer, .. } if *withdrawer != sequencer.withdrawer => &["failed"],
            // what a slash ejects tells of no exit
            Fact::Deposited { .. } => &["validating", "zombie"],
            // a used key is refunded to the second one while the first one validates
            Fact::Refunded { withdrawer, .. } if *withdrawer != sequencer.withdrawer => &["validating"],
            Fact::Refunded { .. } => &["failed"],
            Fact::ExitStarted { amount, recipient, .. } => {
                let exit = sequencer.exit.as_ref().expect("an exit");
                assert_eq!((*amount, Some(*recipient)), (exit.amount, exit.recipient));
                &["exiting"]
            }
            Fact::ExitFinished { .. } => &["finalised"],
            other => panic!("{other:?}"),
        };
        assert!(expected.contains(&sequencer.status.as_str()), "{sequencer:?} {last:?}");
    }
}

#[tokio::test]
async fn a_providers_life_is_told() {
    let (fork, facts) = (Fork::new().await, &devnet().facts);
    let (deeds, contracts) = (Deeds::on(&fork), fork.contracts().await);
    let first = devnet().height() + 1;
    let registry = contracts.staking_registry;
    let (admin, next) = (facts.account("delegator"), facts.account("voter"));
    let recipient = Address::repeat_byte(0x31);

    let call = IStakingRegistry::registerProviderCall { admin, takeRate: 800, recipient: admin };
    let registered = deeds.act(admin, registry, call).await;
    let id = fork.read(registry, IStakingRegistry::nextProviderIdentifierCall {}).await - U256::from(1);
    let provider: u64 = id.try_into().expect("small");
    deeds.set_take_rate(provider, 950).await;
    deeds.add_keys(provider, vec![made_up_key(1), made_up_key(2), made_up_key(3)]).await;
    deeds.drip(provider, 1).await;
    let call = IStakingRegistry::updateProviderRewardsRecipientCall { id, recipient };
    deeds.act(admin, registry, call).await;
    deeds.act(admin, registry, IStakingRegistry::updateProviderAdminCall { id, admin: next }).await;
    deeds.act(next, registry, IStakingRegistry::acceptProviderAdminCall { id }).await;

    let history = history_since(&fork, &contracts, first).await;
    assert_eq!(history.unread(), 0);
    let told = history.provider(provider);
    assert_eq!(told.registered.map(|place| place.tx), Some(tx_of(&registered)));
    let rates: Vec<_> = told.rates.iter().map(|(_, rate)| *rate).collect();
    assert_eq!(rates, [bps(800), bps(950)]);
    let recipients: Vec<_> = told.recipients.iter().map(|(_, who)| *who).collect();
    assert_eq!(recipients, [recipient]);
    let admins: Vec<_> = told.admins.iter().map(|(_, step)| *step).collect();
    assert_eq!(admins, [AdminStep::Registered(admin), AdminStep::Offered(next), AdminStep::Accepted(next)]);
    let keys: Vec<_> = told.keys.iter().map(|(_, step)| *step).collect();
    let added: Vec<_> = [1, 2, 3].map(Address::repeat_byte).to_vec();
    assert_eq!(keys, [KeyStep::Added(&added), KeyStep::Dripped(Address::repeat_byte(1))]);

    let whole = history_since(&fork, &contracts, 0).await;
    assert_eq!(whole.delegations, of_network().await.delegations, "the others' are as before");
    let pieces = [0..=99, 100..=first, first + 1..=fork.latest().await.number];
    let mut chunks = Vec::new();
    for piece in pieces {
        let entries: Vec<_> = {
            let mut found = Vec::new();
            logs::scan(&fork.pool(), &events::query(&contracts), piece, |part| found.push(part))
                .await
                .expect("all");
            found.into_iter().flat_map(|part| part.entries).collect()
        };
        chunks.push(std::sync::Arc::new(rota::aztec::history::Chunk::of(&contracts, &entries)));
    }
    let joined = History::from_chunks(chunks);
    assert_eq!((&joined.delegations, &joined.rates), (&whole.delegations, &whole.rates));
    assert!(joined.facts().eq(whole.facts()), "what was read in stretches says the same");
}

#[tokio::test]
async fn times_that_the_node_does_not_send_are_asked_for_three_at_a_time() {
    let (history, pool) = (of_network().await, devnet().chain.pool());
    let places: Vec<_> = history.facts().map(|told| told.place).collect();
    // what did not show its chain is not asked for several things at once
    pool.latest().await.expect("read");
    let before = pool.requests();
    let times = times::block_times(&pool, places.iter().map(|place| place.block).chain([1 << 40])).await;
    for place in &places {
        assert_eq!(times[&place.block].clone().ok(), place.time, "as anvil sends it");
    }
    assert!(times[&(1 << 40)].is_err(), "a block that does not exist has no time, and not 0");
    let blocks = times.len() as u64;
    // three in each request, and the block that does not exist six times more
    assert_eq!(pool.requests() - before, blocks.div_ceil(3) + 6, "{blocks} blocks");
}

/// Whether a batch asks for headers by their heights.
fn by_height(requests: &[Value]) -> bool {
    let height = |request: &Value| request["params"][0].as_str().is_some_and(|tag| tag.starts_with("0x"));
    requests.iter().all(height)
}

#[tokio::test]
async fn who_refuses_several_headers_is_asked_for_each() {
    let refused = Arc::new(AtomicU64::new(0));
    let count = refused.clone();
    let link = ChangedBatches::new(&devnet().chain.url, move |requests| {
        if by_height(requests) {
            count.fetch_add(1, Ordering::Relaxed);
            // no requests at all
            requests.fill(Value::Null);
        }
    });
    let pool = Pool::new(31_337, vec![endpoint("refusing", link)], real_host(), PoolConfig::default());
    let newest = pool.latest().await.expect("read").block().number;
    let blocks: Vec<u64> = (newest - 47..=newest).collect();
    let times = times::block_times(&pool, blocks.clone()).await;
    assert!(blocks.iter().all(|block| times[block].is_ok()));
    let refused = refused.load(Ordering::Relaxed);
    assert!((1..=4).contains(&refused), "no more than were under way at once, not {refused}");
}

#[tokio::test]
async fn the_header_of_another_block_is_no_answer() {
    let mixed = Arc::new(AtomicU64::new(0));
    let count = mixed.clone();
    let link = ChangedBatches::new(&devnet().chain.url, move |requests| {
        if by_height(requests) {
            count.fetch_add(1, Ordering::Relaxed);
            requests[0]["params"] = requests[1]["params"].clone();
        }
    });
    let pool = Pool::new(31_337, vec![endpoint("mixed", link)], real_host(), PoolConfig::default());
    let newest = pool.latest().await.expect("read").block().number;
    let blocks = [newest, newest - 1, newest - 2];
    let times = times::block_times(&pool, blocks).await;
    assert_eq!(mixed.load(Ordering::Relaxed), 1, "they were asked for together");
    for block in blocks {
        let header = devnet().chain.pool().block(block).await.expect("read").block();
        assert_eq!(times[&block], Ok(header.timestamp));
    }
}
