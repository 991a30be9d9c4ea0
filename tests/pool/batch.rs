//! Many calls in one request: complete, at one block, whatever the endpoint's limits are.

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_sol_types::{SolCall as _, SolValue as _};
use rota::{
    aztec::abi::{AttesterView, IGSE, IRollup, IStakingRegistry, KeyStore},
    chain::{
        Answers, Batch, BlockRef, Fault, Learned, MULTICALL3, Pool, PoolConfig, ReadError, RpcError, Slot,
        host::Link,
    },
};
use serde_json::{Value, json};

use crate::support::{
    Chain, Fork, HttpLink, Limits, Proxy, Reply, Rewriting, Script, devnet, endpoint, real_host,
};

fn pool_of(links: Vec<(&str, impl Link + 'static)>) -> Pool {
    let specs = links.into_iter().map(|(label, link)| endpoint(label, link)).collect();
    Pool::new(31_337, specs, real_host(), PoolConfig::default())
}

fn canonical() -> Address {
    devnet().facts.rollups.iter().find(|rollup| rollup.canonical).expect("one is").address
}

type Views = Vec<Slot<AttesterView>>;

/// The states of every sequencer of the network, and one call in the middle that reverts.
fn question() -> (Batch, Views, Slot<KeyStore>) {
    let facts = &devnet().facts;
    let mut batch = Batch::new();
    let (one, other) = facts.sequencers.split_at(20);
    let view = |attester| IRollup::getAttesterViewCall { attester };
    let mut views: Views = one.iter().map(|s| batch.add(canonical(), view(s.attester))).collect();
    let beyond = IStakingRegistry::getValueAtIndexInQueueCall { id: U256::from(1), index: 10_000 };
    let reverting = batch.add(facts.contract("stakingRegistry"), beyond);
    views.extend(other.iter().map(|s| batch.add(canonical(), view(s.attester))));
    (batch, views, reverting)
}

/// By the hash of what they are encoded to, to be compared.
type Read = Vec<Result<B256, ReadError>>;

async fn read(pool: &Pool, block: &BlockRef) -> (Read, Answers, Slot<KeyStore>) {
    let (batch, views, reverting) = question();
    let answers = batch.run(pool, block).await;
    let views = views.iter().map(|slot| Ok(keccak256(answers.value(*slot)?.abi_encode()))).collect();
    (views, answers, reverting)
}

/// Calls of the question: one for each sequencer, and one that reverts.
fn question_length() -> usize {
    devnet().facts.sequencers.len() + 1
}

/// What a single `eth_call` for each says.
async fn truth(chain: &Chain) -> Read {
    let mut views = Vec::new();
    for sequencer in &devnet().facts.sequencers {
        let call = IRollup::getAttesterViewCall { attester: sequencer.attester };
        views.push(Ok(keccak256(chain.read(canonical(), call).await.abi_encode())));
    }
    views
}

fn learn(pool: &Pool, calls: usize) {
    pool.recall(|_| Some(Learned { calls, ..Learned::default() }));
}

#[tokio::test]
async fn who_answered_all_parts_of_a_question_is_asked_more_at_once_again() {
    let pool = devnet().chain.pool();
    let calls = question_length() - 1;
    pool.recall(|_| Some(Learned { calls, ..Learned::default() }));
    let block = pool.latest().await.expect("read").block();
    let before = pool.requests();
    read(&pool, &block).await;
    assert_eq!(pool.requests() - before, 2, "two parts of one length");
    assert!(pool.capability().calls > calls, "{}", pool.capability().calls);
}

#[tokio::test]
async fn answers_are_those_of_single_calls_whatever_the_size_of_a_request() {
    let (block, truth) = (devnet().block().await, truth(&devnet().chain).await);
    for calls in [1, 2, 3, 7, 20, question_length() - 1, question_length(), 500] {
        let seen = Rewriting::watching(&devnet().chain.url);
        let pool = pool_of(vec![("node", seen.clone())]);
        learn(&pool, calls);
        let (views, answers, reverting) = read(&pool, &block).await;
        assert_eq!(views, truth, "{calls} calls in a request");
        assert_eq!(seen.asked("eth_call").len(), question_length().div_ceil(calls));
        // QueueIndexOutOfBounds()
        let Err(ReadError::Reverted(data)) = answers.value(reverting) else { panic!("it reverts") };
        let named = rota::aztec::abi::CATALOG.error(&data).map(|error| error.text());
        assert_eq!(
            named.as_deref(),
            Some("QueueIndexOutOfBounds()"),
            "one that fails leaves the others alone"
        );
    }
}

#[tokio::test]
async fn a_call_of_nothing_is_told_from_one_that_reverts() {
    let block = devnet().block().await;
    let mut batch = Batch::new();
    let nobody = batch.add(Address::repeat_byte(0x99), IGSE::totalSupplyCall {});
    let other_type = batch.add(devnet().facts.contract("token"), IGSE::getLatestRollupCall {});
    let supply = batch.add(devnet().facts.contract("gse"), IGSE::totalSupplyCall {});
    let answers = batch.run(&devnet().chain.pool(), &block).await;
    assert_eq!(answers.value(nobody), Err(ReadError::Empty));
    assert_eq!(answers.value(other_type), Err(ReadError::Reverted(Bytes::new())));
    assert_eq!(answers.value(supply), Ok(devnet().facts.total_staked));
}

#[tokio::test]
async fn a_low_gas_cap_halves_requests_until_they_fit_and_is_remembered() {
    let proxy = Proxy::start(&devnet().chain.url, Limits { call_gas: Some(700_000), ..Limits::default() });
    let pool = pool_of(vec![("proxy", HttpLink::new(&proxy.url))]);
    let (block, truth) = (devnet().block().await, truth(&devnet().chain).await);
    assert_eq!(read(&pool, &block).await.0, truth);
    let learned = pool.learned()[0].1.calls;
    assert!((1..question_length()).contains(&learned), "{learned} calls were found to fit");

    proxy.forget();
    assert_eq!(read(&pool, &block).await.0, truth);
    let asked = usize::try_from(proxy.count("eth_call")).expect("few");
    assert!(
        asked <= question_length().div_ceil(learned) + 2,
        "{asked} requests of {learned} calls, hardly any of them in vain"
    );

    // what one endpoint can do says nothing about another
    let both =
        pool_of(vec![("proxy", HttpLink::new(&proxy.url)), ("node", HttpLink::new(&devnet().chain.url))]);
    assert_eq!(read(&both, &block).await.0, truth);
    assert!(both.learned()[0].1.calls < 500 && both.learned()[1].1.calls == 1_200, "{:?}", both.learned());
}

/// The node, but no `eth_call` gets more gas than this.
fn capped(gas: u64) -> Rewriting {
    Rewriting::new(&devnet().chain.url, move |request| {
        if request["method"] == "eth_call" {
            request["params"][0]["gas"] = json!(format!("{gas:#x}"));
        }
    })
}

#[tokio::test]
async fn at_no_gas_cap_is_a_figure_said_to_revert_that_can_be_read() {
    let (block, truth) = (devnet().block().await, truth(&devnet().chain).await);
    // from where one call alone, with what its contracts pass on of its gas, has enough
    for gas in [80_000, 123_000, 200_000].into_iter().chain((300_000..3_000_000).step_by(170_000)) {
        let pool = pool_of(vec![("node", capped(gas))]);
        for (view, truth) in read(&pool, &block).await.0.iter().zip(&truth) {
            assert_eq!(view, truth, "with {gas} gas");
        }
    }
}

alloy_sol_types::sol! {
    struct Asked3 { address target; bool allowFailure; bytes callData; }
    struct Told3 { bool success; bytes returnData; }
    function aggregate3(Asked3[] calls) returns (Told3[]);
}

/// Answers every call with 7, and no more than so many: beyond, the gas is gone and the rest fails without a word.
fn runs_dry_after(most: usize, block: BlockRef) -> Script {
    Script::new(move |asked| {
        let data: Bytes = serde_json::from_value(asked.params[0]["data"].clone()).expect("calldata");
        let calls = aggregate3Call::abi_decode(&data).expect("Multicall3").calls;
        let proofs = [U256::from(block.number).into(), block.parent];
        let values = vec![B256::from(U256::from(7)); calls.len() - 2].into_iter().chain(proofs);
        let told = values.enumerate().map(|(place, value)| {
            let returned = if place < most { value.to_vec() } else { vec![] };
            Told3 { success: place < most, returnData: returned.into() }
        });
        Reply::Result(json!(Bytes::from(told.collect::<Vec<_>>().abi_encode())))
    })
}

#[tokio::test]
async fn what_failed_for_want_of_gas_is_asked_again_and_not_said_to_revert() {
    let block = devnet().block().await;
    for most in [3, 4, 10, 50, 51, 52] {
        let script = runs_dry_after(most, block);
        let mut batch = Batch::new();
        let slots: Vec<_> = (0..50).map(|_| batch.add(Address::ZERO, IGSE::totalSupplyCall {})).collect();
        let pool = pool_of(vec![("dry", script.clone())]);
        let answers = batch.run(&pool, &block).await;
        for slot in slots {
            assert_eq!(answers.value(slot), Ok(U256::from(7)), "{most} answers at most");
        }
        let fits = pool.learned()[0].1.calls;
        assert_eq!(fits < 50, most < 52, "{fits} of {most}: it is remembered, the two proofs included");
    }
}

#[tokio::test]
async fn an_endpoint_that_computes_at_another_block_is_found_out() {
    let (block, truth) = (devnet().block().await, truth(&devnet().chain).await);
    let late = |by: u64| {
        Rewriting::new(&devnet().chain.url, move |request| {
            if request["method"] == "eth_call" {
                request["params"][1] = json!(format!("{:#x}", devnet().height() - by));
            }
        })
    };
    for by in [1, 2, 100] {
        let alone = pool_of(vec![("late", late(by))]);
        for view in read(&alone, &block).await.0 {
            let Err(ReadError::Rpc(RpcError::AllFailed(faults))) = view else { panic!("{view:?}") };
            assert_eq!(faults[0].1, Fault::WrongBlock(block.number));
        }
        let pool = pool_of(vec![("late", late(by)), ("node", Rewriting::watching(&devnet().chain.url))]);
        assert_eq!(read(&pool, &block).await.0, truth, "the next endpoint is asked");
        assert_eq!(pool.health()[0].fault, Some(Fault::WrongBlock(block.number)));
    }
}

#[tokio::test]
async fn an_endpoint_on_another_branch_of_the_chain_is_found_out() {
    let (one, other) = (Fork::new().await, Fork::new().await);
    let now = one.latest().await.timestamp;
    for (fork, spacing) in [(&one, 12), (&other, 13)] {
        fork.warp_to(now + spacing).await;
        fork.warp_to(now + 2 * spacing).await;
    }
    let block = one.latest().await;
    assert_eq!(block.number, other.latest().await.number);
    let pool = pool_of(vec![("other", HttpLink::new(&other.url)), ("one", HttpLink::new(&one.url))]);
    let (views, ..) = read(&pool, &block).await;
    assert_eq!(views, truth(&one).await);
    assert_eq!(pool.health()[0].fault, Some(Fault::WrongBlock(block.number)));
}

#[tokio::test]
async fn without_multicall_every_call_goes_alone_and_says_the_same() {
    let fork = Fork::new().await;
    fork.rpc.must("anvil_setCode", json!([MULTICALL3, "0x"])).await;
    fork.mine(1).await;
    let block = fork.latest().await;
    let seen = Rewriting::watching(&fork.url);
    let (views, answers, reverting) = read(&pool_of(vec![("bare", seen.clone())]), &block).await;
    assert_eq!(views, truth(&devnet().chain).await);
    assert!(matches!(answers.value(reverting), Err(ReadError::Reverted(data)) if !data.is_empty()));
    assert_eq!(seen.asked("eth_call").len(), 1 + question_length());
}

#[tokio::test]
async fn a_contract_in_the_place_of_multicall_is_not_believed() {
    let fork = Fork::new().await;
    // returns one word, 7, whatever it is asked
    fork.rpc.must("anvil_setCode", json!([MULTICALL3, "0x60075f5260205ff3"])).await;
    fork.mine(1).await;
    let (views, ..) = read(&fork.pool().once(), &fork.latest().await).await;
    for view in views {
        let Err(ReadError::Rpc(RpcError::AllFailed(faults))) = view else { panic!("{view:?}") };
        assert!(matches!(&faults[0].1, Fault::Malformed(_)), "{faults:?}");
    }
}

#[tokio::test]
async fn an_endpoint_that_dies_takes_no_figure_with_it_but_says_why() {
    let proxy = Proxy::start(&devnet().chain.url, Limits::default());
    let pool = pool_of(vec![("proxy", HttpLink::new(&proxy.url))]).once();
    let block = pool.latest().await.expect("well").block();
    for (fault, expected) in [("unavailable", Fault::Http(503)), ("html", Fault::NotJson)] {
        proxy.break_by(json!({ "fault": fault, "methods": ["eth_call"] }));
        let (views, ..) = read(&pool, &block).await;
        assert_eq!(views.len(), question_length() - 1);
        for view in views {
            let Err(ReadError::Rpc(RpcError::AllFailed(faults))) = view else { panic!("{view:?}") };
            assert_eq!(faults.to_vec(), [("proxy".to_owned(), expected.clone())]);
        }
        proxy.repair();
    }
}

#[tokio::test]
async fn a_reading_keeps_what_was_sent_and_received() {
    let block = devnet().block().await;
    let mut batch = Batch::new();
    let slot = batch.add(devnet().facts.contract("gse"), IGSE::totalSupplyCall {});
    assert_eq!((batch.len(), batch.is_empty()), (1, false));
    let reading = batch.run(&devnet().chain.pool(), &block).await.get(slot);
    let rota::chain::Origin::Call { to, data, answer, block: height } = &*reading.source.0 else {
        panic!("a call")
    };
    assert_eq!((*to, *height), (devnet().facts.contract("gse"), block.number));
    let request = json!([{ "to": to, "data": data }, format!("{height:#x}")]);
    let again: Value = devnet().chain.rpc.must("eth_call", request).await;
    assert_eq!(json!(answer.as_ref().expect("read").bytes()), again);
}
