//! What really comes over HTTP when a public endpoint is out of order.

use std::time::Duration;

use rota::chain::{Fault, NodeErrorKind, Pool, PoolConfig};
use serde_json::{Value, json};

use crate::support::{HttpLink, Limits, Proxy, devnet, endpoint, real_host};

const IMPATIENT: PoolConfig =
    PoolConfig { timeout: Duration::from_millis(400), parallel: 4, rounds: 1, rounds_behind: 2 };

/// The proxy first, then the node itself.
fn pool_behind(proxy: HttpLink) -> Pool {
    let node = HttpLink::new(&devnet().chain.url);
    Pool::new(31_337, vec![endpoint("proxy", proxy), endpoint("node", node)], real_host(), IMPATIENT)
}

#[tokio::test]
async fn every_fault_of_a_public_endpoint_is_told_apart_and_survived() {
    let proxy = Proxy::start(&devnet().chain.url, Limits::default());
    let limited = |seconds| Fault::RateLimited { retry_after: Some(Duration::from_secs(seconds)) };
    for (fault, name) in [
        (json!({ "fault": "rateLimit", "retryAfter": 7, "exposed": true }), limited(7)),
        (json!({ "fault": "rateLimit" }), Fault::RateLimited { retry_after: None }),
        (
            json!({ "fault": "rateLimit", "retryAfter": "Wed, 21 Oct 2026 07:28:00 GMT" }),
            Fault::RateLimited { retry_after: None },
        ),
        (json!({ "fault": "unavailable" }), Fault::Http(503)),
        (json!({ "fault": "html" }), Fault::NotJson),
        (json!({ "fault": "truncated" }), Fault::NotJson),
        (json!({ "fault": "wrongId" }), Fault::WrongId),
        (json!({ "fault": "wrongChain" }), Fault::WrongChain { expected: 31_337, got: 1 }),
        (json!({ "fault": "hang" }), Fault::TimedOut(IMPATIENT.timeout)),
        (json!({ "fault": "slow", "ms": 5_000 }), Fault::TimedOut(IMPATIENT.timeout)),
    ] {
        proxy.repair();
        proxy.break_by(fault.clone());
        let pool = pool_behind(HttpLink::new(&proxy.url));
        let block = pool.block(devnet().height()).await.expect("the node is well").block();
        assert_eq!(block, devnet().block().await, "{fault}");
        assert_eq!(pool.health()[0].fault, Some(name), "{fault}");
    }
}

#[tokio::test]
async fn an_endpoint_that_is_gone_or_says_too_much_is_passed_over() {
    let gone = Proxy::start(&devnet().chain.url, Limits::default()).url.clone();
    let pool = pool_behind(HttpLink::new(&gone));
    pool.latest().await.expect("the node is well");
    assert_eq!(pool.health()[0].fault, Some(Fault::Unreachable));

    let pool = pool_behind(HttpLink::new(&devnet().chain.url).reading(200));
    pool.latest().await.expect("the node is well");
    assert_eq!(pool.health()[0].fault, Some(Fault::TooLarge(200)), "a block is longer than its chain id");
}

#[tokio::test]
async fn faults_of_one_method_leave_the_others_alone() {
    let proxy = Proxy::start(&devnet().chain.url, Limits::default());
    proxy.break_by(json!({ "fault": "missingMethod", "methods": ["eth_simulateV1"] }));
    let pool = pool_behind(HttpLink::new(&proxy.url));
    let params = json!([{ "blockStateCalls": [{ "calls": [] }] }, "latest"]);
    pool.ask::<Value>("eth_simulateV1", params.clone()).await.expect("the node has it");
    assert_eq!(pool.health()[0].fault, None);
    pool.latest().await.expect("the proxy has it");
    assert_eq!(proxy.count("eth_getBlockByNumber"), 2, "and the final one was asked for with the chain");

    let error = pool.each()[0].ask::<Value>("eth_simulateV1", params).await.expect_err("the proxy lacks it");
    assert_eq!(error.node().map(|node| node.kind), Some(NodeErrorKind::NoMethod));
}

#[tokio::test]
async fn a_fault_that_ends_is_forgiven() {
    let proxy = Proxy::start(&devnet().chain.url, Limits::default());
    proxy.break_by(json!({ "fault": "unavailable", "times": 1 }));
    let spec = endpoint("proxy", HttpLink::new(&proxy.url));
    let pool = Pool::new(31_337, vec![spec], real_host(), PoolConfig::default());
    pool.latest().await.expect("well in the second round");
    let health = &pool.health()[0];
    assert_eq!((health.fault.clone(), health.resting), (None, None));
    assert_eq!(health.requests, 3, "one in vain, then the chain and the block");
}

#[tokio::test]
async fn a_real_revert_keeps_its_data() {
    use alloy_primitives::{Address, U256};
    use alloy_sol_types::SolCall as _;

    let data =
        crate::support::IStakingRegistry::updateProviderTakeRateCall { id: U256::from(1), takeRate: 7 }
            .abi_encode();
    let request = rota::chain::CallRequest {
        from: Some(Address::repeat_byte(7)),
        ..rota::chain::CallRequest::read(devnet().facts.contract("stakingRegistry"), data.into())
    };
    let pool = pool_behind(HttpLink::new(&devnet().chain.url));
    let error = pool.call(&request, devnet().height()).await.expect_err("not the admin");
    let node = error.node().expect("a refusal");
    assert_eq!(node.kind, NodeErrorKind::Reverted);
    let named = rota::aztec::abi::CATALOG.error(node.data.as_ref().expect("data"));
    assert_eq!(named.map(|error| error.text()), Some("StakingRegistry__NotProviderAdmin()".to_owned()));
}
