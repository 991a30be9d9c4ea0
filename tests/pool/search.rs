//! Order, fail-over, rest, rounds, limits: with scripted endpoints, most of them in virtual time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use rota::chain::{
    Fault, NodeErrorKind, Pool, PoolConfig, RpcError,
    host::{Host, Link, LinkError},
};
use serde_json::{Value, json};

use crate::support::{Asked, Reply, Script, VirtualTime, endpoint, real_host};

/// An endpoint that answers everything with `0x1`.
fn good() -> Script {
    Script::new(|_| Reply::Result(json!("0x1")))
}

/// An endpoint that answers everything with `reply`.
fn always(reply: Reply) -> Script {
    Script::new(move |_| reply.clone())
}

/// An endpoint that plays the replies in order and is good afterwards.
fn first(replies: Vec<Reply>) -> Script {
    let left = std::sync::Mutex::new(replies.into_iter());
    Script::new(move |_| {
        left.lock().expect("not poisoned").next().unwrap_or_else(|| Reply::Result(json!("0x1")))
    })
}

const LABELS: [&str; 4] = ["first", "second", "third", "fourth"];

fn pool_of(host: Host, scripts: &[&Script]) -> Pool {
    let specs = LABELS.iter().zip(scripts).map(|(label, script)| endpoint(label, (*script).clone()));
    Pool::new(31_337, specs.collect(), host, PoolConfig::default())
}

async fn ask(pool: &Pool) -> Result<(String, Value), RpcError> {
    let answer = pool.ask::<Value>("eth_blockNumber", json!([])).await?;
    // an endpoint tells its name to nobody but Debug
    let by = format!("{:?}", answer.by);
    let label = by.split('"').nth(1).expect("a label in quotes");
    Ok((label.to_owned(), answer.value))
}

fn faults_of(error: &RpcError) -> Vec<(String, Fault)> {
    match error {
        RpcError::AllFailed(faults) => faults.to_vec(),
        other => panic!("{other:?}"),
    }
}

fn millis(durations: &[Duration]) -> Vec<u128> {
    durations.iter().map(Duration::as_millis).collect()
}

/// What an endpoint can do wrong, and what it is called.
fn wrongs() -> Vec<(Script, Fault)> {
    let with = |reply, fault| (always(reply), fault);
    let limit = PoolConfig::default().timeout;
    vec![
        with(Reply::Fails(LinkError::Unreachable), Fault::Unreachable),
        with(Reply::Fails(LinkError::NotAllowed), Fault::NotAllowed),
        with(Reply::Fails(LinkError::TooLarge(7)), Fault::TooLarge(7)),
        with(Reply::Silence, Fault::TimedOut(limit)),
        with(Reply::RateLimited(None), Fault::RateLimited { retry_after: None }),
        with(Reply::RateLimited(Some(9)), Fault::RateLimited { retry_after: Some(Duration::from_secs(9)) }),
        with(Reply::Http(503, "Service Unavailable"), Fault::Http(503)),
        with(Reply::Http(502, "{}"), Fault::Http(502)),
        with(Reply::Http(200, "<!doctype html><title>Sign in</title>"), Fault::NotJson),
        with(Reply::Http(200, ""), Fault::NotJson),
        with(Reply::Http(200, r#"{"jsonrpc":"2.0","id":1,"resu"#), Fault::NotJson),
        with(Reply::ResultFor(json!(4_000_000), json!("0x1")), Fault::WrongId),
        with(Reply::ResultFor(Value::Null, json!("0x1")), Fault::WrongId),
        with(
            Reply::Error(json!({ "code": -32603, "message": "Internal error" })),
            Fault::Internal("Internal error".to_owned()),
        ),
        with(
            Reply::Error(json!({ "code": -32005, "message": "request rate limited" })),
            Fault::RateLimited { retry_after: None },
        ),
        with(
            Reply::ErrorWithStatus(429, json!({ "code": 1, "message": "x" })),
            Fault::RateLimited { retry_after: None },
        ),
        with(Reply::Error(json!({ "code": -32000, "message": "header not found" })), Fault::NoBlock(0)),
        (good().of_chain(1), Fault::WrongChain { expected: 31_337, got: 1 }),
        (good().playing_its_chain(), Fault::WrongChain { expected: 31_337, got: 1 }),
    ]
}

#[tokio::test]
async fn a_fault_of_one_endpoint_leads_to_the_next_one_at_once() {
    for (wrong, fault) in wrongs() {
        let (time, right) = (VirtualTime::default(), good());
        let pool = pool_of(time.host(), &[&wrong, &right]);
        assert_eq!(
            ask(&pool).await.expect("the second one is good"),
            ("second".to_owned(), json!("0x1")),
            "{fault}"
        );
        let health = pool.health();
        assert_eq!(health[0].fault, Some(fault.clone()));
        assert!(health[0].resting.is_some(), "{fault} earns a rest");
        assert_eq!((health[1].fault.as_ref(), health[1].resting, right.count()), (None, None, 1), "{fault}");
        let waited =
            if fault == Fault::TimedOut(PoolConfig::default().timeout) { vec![12_000] } else { vec![] };
        assert_eq!(millis(&time.slept()), waited, "{fault} costs no other wait");
    }
}

#[tokio::test]
async fn every_fault_is_named_when_all_endpoints_fail() {
    for (wrong, fault) in wrongs() {
        let pool = pool_of(VirtualTime::default().host(), &[&wrong, &always(Reply::Http(500, "x"))]);
        let error = ask(&pool).await.expect_err("none is good");
        assert_eq!(faults_of(&error), [("first".to_owned(), fault), ("second".to_owned(), Fault::Http(500))]);
        assert!(error.to_string().starts_with("no endpoint answered: first: "), "{error}");
    }
}

#[tokio::test]
async fn without_endpoints_nothing_is_asked() {
    assert_eq!(ask(&pool_of(real_host(), &[])).await, Err(RpcError::NoEndpoint));
}

#[tokio::test]
async fn the_first_endpoint_that_is_not_resting_is_asked() {
    let time = VirtualTime::default();
    let (a, b) = (first(vec![Reply::Fails(LinkError::Unreachable)]), good());
    let pool = pool_of(time.host(), &[&a, &b]);
    for (wait, by) in [(0, "second"), (1_999, "second"), (1, "first"), (0, "first")] {
        time.pass(Duration::from_millis(wait));
        assert_eq!(ask(&pool).await.map(|(by, _)| by), Ok(by.to_owned()));
    }
    assert_eq!((a.count(), b.count()), (3, 2));
    assert_eq!(pool.health()[0].fault, None, "an answer wipes the slate");
    assert_eq!(
        pool.requests(),
        9,
        "one batch in vain and one question for the chain each, and five requests"
    );
}

#[tokio::test]
async fn rest_grows_with_each_failure_up_to_a_minute_and_fits_the_fault() {
    let unreachable = Reply::Fails(LinkError::Unreachable);
    for (reply, rests) in [
        (unreachable, vec![2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]),
        (Reply::RateLimited(Some(5)), vec![5_000, 5_000]),
        (Reply::RateLimited(Some(500)), vec![60_000]),
        (Reply::RateLimited(None), vec![2_000, 4_000]),
        (Reply::Fails(LinkError::NotAllowed), vec![60_000]),
        (Reply::Error(json!({ "code": -32000, "message": "unknown block" })), vec![1_000, 1_000]),
    ] {
        let time = VirtualTime::default();
        let wrong = always(reply.clone());
        let pool = pool_of(time.host(), &[&wrong, &good()]);
        for rest in rests {
            ask(&pool).await.expect("the second one is good");
            assert_eq!(pool.health()[0].resting, Some(rest), "{reply:?}");
            time.pass(Duration::from_millis(rest));
        }
    }
}

#[tokio::test]
async fn when_all_fail_they_are_asked_again_after_growing_pauses() {
    let time = VirtualTime::default();
    let wrong = [always(Reply::Http(503, "x")), always(Reply::Fails(LinkError::Unreachable))];
    let pool = pool_of(time.host(), &[&wrong[0], &wrong[1]]);
    let error = ask(&pool).await.expect_err("none is good");
    assert_eq!(faults_of(&error).len(), 2, "the faults of the last round");
    assert_eq!((wrong[0].count(), wrong[1].count()), (3, 3));
    let slept = millis(&time.slept());
    assert!(matches!(slept[..], [400..=600, 800..=1_200]), "{slept:?}");
    let again = pool_of(VirtualTime::default().host(), &[&wrong[0]]);
    ask(&again).await.expect_err("still");
    assert_ne!(slept[0] % 100, 0, "with jitter, so that pages do not come back together");
}

#[tokio::test]
async fn an_endpoint_that_recovers_in_time_saves_the_request() {
    let time = VirtualTime::default();
    let busy = first(vec![Reply::Http(503, "x"), Reply::Http(503, "x")]);
    let pool = pool_of(time.host(), &[&busy]);
    assert!(ask(&pool).await.is_ok());
    assert_eq!(time.slept().len(), 2);
    let once = pool_of(time.host(), &[&first(vec![Reply::Http(503, "x")])]).once();
    assert_eq!(faults_of(&ask(&once).await.expect_err("one round only")).len(), 1);
}

#[tokio::test]
async fn the_pause_is_what_the_server_asked_for_if_it_can_be_read() {
    for (replies, pause) in [
        (vec![Reply::RateLimited(Some(3))], 3_000..=3_000),
        (vec![Reply::RateLimited(Some(0))], 0..=0),
        // nobody waits longer than that for one figure
        (vec![Reply::RateLimited(Some(600))], 10_000..=10_000),
        (vec![Reply::RateLimited(None)], 400..=600),
        // what another endpoint said does not count
        (vec![Reply::Http(503, "x")], 400..=600),
    ] {
        let time = VirtualTime::default();
        let pool = pool_of(time.host(), &[&first(replies.clone())]);
        ask(&pool).await.expect("good the second time");
        let slept = millis(&time.slept());
        assert!(slept.len() == 1 && pause.contains(&slept[0]), "{replies:?}: {slept:?}");
    }
}

#[tokio::test]
async fn an_endpoint_of_another_chain_is_asked_nothing_else() {
    let stranger = good().of_chain(1);
    let pool = pool_of(VirtualTime::default().host(), &[&stranger]);
    let error = ask(&pool).await.expect_err("it serves mainnet");
    assert_eq!(faults_of(&error)[0].1, Fault::WrongChain { expected: 31_337, got: 1 });
    assert_eq!(stranger.methods(), ["eth_chainId"; 3]);

    let own = good();
    let pool = pool_of(VirtualTime::default().host(), &[&own]);
    for _ in 0..3 {
        ask(&pool).await.expect("good");
    }
    let methods = own.methods();
    assert_eq!(
        methods.iter().filter(|method| *method == "eth_chainId").count(),
        1,
        "asked once, before anything else"
    );
    assert_eq!(methods[0], "eth_chainId");
}

#[tokio::test]
async fn the_chain_and_the_first_question_are_one_request_where_batches_are_taken() {
    let endpoint = good().taking_batches();
    let pool = pool_of(VirtualTime::default().host(), &[&endpoint]);
    for asked in 1..=2 {
        ask(&pool).await.expect("good");
        assert_eq!(pool.requests(), asked, "the chain is asked with the first");
    }
    assert!(pool.capability().batches);

    let stranger = good().of_chain(1).taking_batches();
    let pool = pool_of(VirtualTime::default().host(), &[&stranger]);
    let error = ask(&pool).await.expect_err("it serves mainnet");
    assert_eq!(faults_of(&error)[0].1, Fault::WrongChain { expected: 31_337, got: 1 });
    assert!(pool.capability().batches, "that is not what was wrong with it");
}

#[tokio::test]
async fn what_is_final_is_told_with_the_chain() {
    let block = |number: u64| json!({ "number": format!("{number:#x}"), "hash": format!("0x{number:064}"), "parentHash": format!("0x{:064}", 4), "timestamp": "0x9" });
    let tells = move |asked: &Asked| match asked.params[0].as_str() {
        Some("finalized") => Reply::Result(block(5)),
        _ => Reply::Result(block(9)),
    };
    let pool = pool_of(VirtualTime::default().host(), &[&Script::new(tells).taking_batches()]);
    assert_eq!(pool.latest().await.expect("it has one").block().number, 9);
    for requests in [1, 2] {
        assert_eq!(pool.finalized().await.expect("it tells").block().number, 5);
        assert_eq!(pool.requests(), requests, "what it said once grows old");
    }

    // one that does not tell is asked again, and the rest of what it said counts
    let refuses = move |asked: &Asked| match asked.params[0].as_str() {
        Some("finalized") => Reply::Error(json!({ "code": -32602, "message": "unknown block tag" })),
        _ => Reply::Result(block(9)),
    };
    let pool = pool_of(VirtualTime::default().host(), &[&Script::new(refuses).taking_batches()]);
    assert_eq!(pool.latest().await.expect("it has one").block().number, 9);
    pool.finalized().await.expect_err("it has no such tag");
    assert_eq!(pool.requests(), 2);
}

#[tokio::test]
async fn an_endpoint_that_takes_no_batches_is_sent_none_again() {
    let endpoint = good();
    let pool = pool_of(VirtualTime::default().host(), &[&endpoint]);
    ask(&pool).await.expect("good");
    assert_eq!(
        (pool.requests(), endpoint.methods().len()),
        (3, 2),
        "refused, then asked one after the other"
    );
    pool.check_chain_again();
    ask(&pool).await.expect("good");
    assert_eq!((pool.requests(), endpoint.methods().len()), (5, 4));

    // what fails altogether says nothing about batches
    let broken = always(Reply::Http(503, "x")).playing_its_chain();
    let pool = pool_of(VirtualTime::default().host(), &[&broken]);
    ask(&pool).await.expect_err("broken");
    assert!(pool.capability().batches);
}

#[tokio::test]
async fn an_endpoint_that_does_not_say_its_chain_is_not_believed() {
    for reply in [json!("mainnet"), json!(null), json!({})] {
        let odd = Script::new(move |_| Reply::Result(reply.clone())).playing_its_chain();
        let pool = pool_of(VirtualTime::default().host(), &[&odd]);
        let error = ask(&pool).await.expect_err("no chain id");
        assert!(matches!(faults_of(&error)[0].1, Fault::Malformed(_)), "{error}");
    }
}

#[tokio::test]
async fn a_refusal_of_the_request_is_an_answer_and_keeps_its_data() {
    let data = json!("0x63c36549");
    for reply in [
        Reply::Error(json!({ "code": 3, "message": "execution reverted", "data": data })),
        Reply::Error(json!({ "code": 3, "message": "execution reverted", "data": { "data": data } })),
        Reply::ErrorWithStatus(400, json!({ "code": 3, "message": "execution reverted", "data": data })),
        Reply::ErrorWithStatus(500, json!({ "code": 3, "message": "execution reverted", "data": data })),
    ] {
        let (time, refusing, other) = (VirtualTime::default(), always(reply), good());
        let pool = pool_of(time.host(), &[&refusing, &other]);
        let error = ask(&pool).await.expect_err("refused");
        let node = error.node().expect("a refusal");
        assert_eq!((node.code, node.kind), (3, NodeErrorKind::Reverted));
        assert_eq!(node.data.as_ref().map(ToString::to_string), Some("0x63c36549".to_owned()));
        assert_eq!((refusing.count(), other.count(), time.slept().len()), (1, 0, 0), "nobody else is asked");
        assert_eq!(
            (pool.health()[0].fault.clone(), pool.health()[0].resting),
            (None, None),
            "it is no fault"
        );
    }
}

#[tokio::test]
async fn a_missing_method_is_looked_for_at_the_next_endpoint() {
    let missing = || {
        always(Reply::Error(
            json!({ "code": -32601, "message": "the method does not exist/is not available" }),
        ))
    };
    let (without, with) = (missing(), good());
    let pool = pool_of(VirtualTime::default().host(), &[&without, &with]);
    assert_eq!(ask(&pool).await.map(|(by, _)| by), Ok("second".to_owned()));
    assert_eq!(pool.health()[0].fault, None, "it is no fault");

    let time = VirtualTime::default();
    let both = [missing(), missing()];
    let error = ask(&pool_of(time.host(), &[&both[0], &both[1]])).await.expect_err("nobody has it");
    assert_eq!(error.node().map(|node| node.kind), Some(NodeErrorKind::NoMethod));
    assert_eq!(
        (both[0].count(), both[1].count(), time.slept().len()),
        (1, 1, 0),
        "asking again would not help"
    );
}

#[tokio::test]
async fn an_answer_of_another_shape_is_a_fault() {
    let odd = always(Reply::Result(json!({ "number": 7 })));
    let pool = pool_of(VirtualTime::default().host(), &[&odd, &good()]);
    let answer = pool.ask::<String>("eth_blockNumber", json!([])).await.expect("the second one is good");
    assert_eq!(answer.value, "0x1");
    assert!(matches!(pool.health()[0].fault, Some(Fault::Malformed(_))));
}

#[tokio::test]
async fn a_block_that_one_endpoint_lacks_is_asked_of_the_next() {
    let block = json!({ "number": "0x5", "hash": format!("0x{:064}", 5), "parentHash": format!("0x{:064}", 4), "timestamp": "0x9" });
    let behind = always(Reply::Result(Value::Null));
    let pool = pool_of(VirtualTime::default().host(), &[&behind, &always(Reply::Result(block))]);
    let header = pool.block(5).await.expect("the second one has it");
    assert_eq!((header.block().number, header.block().timestamp, header.base_fee()), (5, 9, None));
    assert_eq!(pool.health()[0].fault, Some(Fault::NoBlock(5)));
    assert_eq!(
        pool.receipt([7; 32].into()).await.map_err(|e| e.to_string()).map(|r| r.is_some()),
        Ok(false),
        "a receipt may be absent"
    );
}

#[tokio::test]
async fn endpoints_that_are_only_behind_are_given_more_time() {
    let time = VirtualTime::default();
    let behind = always(Reply::Error(json!({ "code": -32000, "message": "header not found" })));
    ask(&pool_of(time.host(), &[&behind])).await.expect_err("never");
    assert_eq!(behind.count(), 6);
    let slept = millis(&time.slept());
    assert!(matches!(slept[..], [0, 800..=1_200, 0, 800..=1_200, 0]), "{slept:?}");

    let behind = always(Reply::Error(json!({ "code": -32000, "message": "header not found" })));
    ask(&pool_of(VirtualTime::default().host(), &[&behind]).once()).await.expect_err("still");
    assert_eq!(behind.count(), 6, "asking for less would not help");
}

fn mined(nonce: u8) -> Value {
    json!({
        "hash": format!("0x{:064x}", 7), "from": format!("0x{:040x}", 1), "to": null, "nonce": format!("{nonce:#x}"),
        "input": "0x", "value": "0x0", "blockNumber": "0x5",
    })
}

#[tokio::test]
async fn what_one_endpoint_does_not_know_of_is_asked_of_the_others() {
    let hash = [7; 32].into();
    let (silent, knows) = (always(Reply::Result(Value::Null)), always(Reply::Result(mined(3))));
    let down = always(Reply::Http(503, "x"));
    let pool = pool_of(VirtualTime::default().host(), &[&down, &silent, &knows]);
    let found = pool.transaction(hash).await.expect("two answer").expect("one knows it");
    assert_eq!(found.nonce(), 3);
    let pool = pool_of(VirtualTime::default().host(), &[&knows, &silent]);
    pool.transaction(hash).await.expect("an answer").expect("known");
    assert_eq!(silent.count(), 1, "nobody else is asked once one knows it");

    let pool = pool_of(VirtualTime::default().host(), &[&silent, &down]);
    assert_eq!(pool.transaction(hash).await.expect("one answers"), None);
    let pool = pool_of(VirtualTime::default().host(), &[&down, &down]);
    let error = pool.transaction(hash).await.expect_err("nobody answers: not the same as unknown");
    assert_eq!(faults_of(&error).len(), 2);
}

#[tokio::test]
async fn counts_and_heads_are_the_highest_that_any_endpoint_gives() {
    let (old, new, down) = (
        always(Reply::Result(json!("0x4"))),
        always(Reply::Result(json!("0x6"))),
        always(Reply::Http(503, "x")),
    );
    let account = [1; 20].into();
    for scripts in [[&old, &new, &down], [&new, &old, &down], [&down, &new, &old]] {
        let pool = pool_of(VirtualTime::default().host(), &scripts);
        assert_eq!(pool.nonce(account).await.expect("two answer"), 6);
        assert_eq!(pool.pending_nonce(account).await.expect("two answer"), 6);
    }
    pool_of(VirtualTime::default().host(), &[&down]).nonce(account).await.expect_err("not zero");

    let head = |number: u8| {
        let (number, hash) = (format!("{number:#x}"), format!("0x{number:064x}"));
        always(Reply::Result(
            json!({ "number": number, "hash": hash, "parentHash": hash, "timestamp": "0x9" }),
        ))
    };
    let pool = pool_of(VirtualTime::default().host(), &[&head(5), &head(8), &head(7)]);
    assert_eq!(pool.newest().await.expect("a head").block().number, 8);
}

#[tokio::test]
async fn no_endpoint_gets_more_requests_at_once_than_allowed() {
    let busy = good().dawdling();
    let link: Arc<dyn Link> = Arc::new(busy.clone());
    let spec = rota::chain::EndpointSpec { key: "k".to_owned(), label: "busy".to_owned(), link };
    let pool =
        Pool::new(31_337, vec![spec], real_host(), PoolConfig { parallel: 3, ..PoolConfig::default() });
    // the limit is the endpoint's: views of the pool share it
    let views = [pool.clone(), pool.once(), pool.each().remove(0)];
    let requests = (0..30).map(|i| ask(&views[i % 3]));
    let answers = join_all(requests).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(busy.most_open(), 3, "the limit is used and kept");
}

#[tokio::test]
async fn each_endpoint_can_be_asked_alone() {
    let numbered = |n: u8| always(Reply::Result(json!(format!("{n:#x}"))));
    let silent = always(Reply::Fails(LinkError::Unreachable));
    let pool = pool_of(VirtualTime::default().host(), &[&numbered(1), &silent, &numbered(3)]);
    let answers = join_all(
        pool.each().iter().map(|alone| async move { ask(alone).await.ok().map(|(_, value)| value) }),
    )
    .await;
    assert_eq!(answers, [Some(json!("0x1")), None, Some(json!("0x3"))]);
    assert_eq!(silent.count(), 1, "one round");
}

#[tokio::test]
async fn requests_say_what_json_rpc_asks_for() {
    let seen = good();
    let pool = pool_of(VirtualTime::default().host(), &[&seen]);
    let block = "0x10";
    pool.ask::<Value>("eth_call", (json!({ "to": "0x00" }), block)).await.expect("good");
    let Asked { id, method, params } = seen.asked().pop().expect("asked");
    assert_eq!((method.as_str(), params), ("eth_call", json!([{ "to": "0x00" }, "0x10"])));
    assert!(id.is_number() && seen.asked()[0].id != id, "every request has its own id");
}

#[tokio::test]
async fn a_wallet_that_was_switched_to_another_chain_is_not_believed_any_more() {
    let chain = Arc::new(AtomicU64::new(31_337));
    let (said, switched) = (chain.clone(), chain.clone());
    let wallet = Script::new(move |asked| match asked.method.as_str() {
        "eth_chainId" => Reply::Result(json!(format!("{:#x}", said.load(Ordering::SeqCst)))),
        // somebody switches it while it computes
        "eth_getBalance" => {
            switched.store(1, Ordering::SeqCst);
            Reply::Result(json!("0x7"))
        }
        "eth_call" => Reply::Error(json!({ "code": 3, "message": "execution reverted" })),
        _ => Reply::Result(json!("0x7")),
    })
    .wandering();
    let wrong = Fault::WrongChain { expected: 31_337, got: 1 };
    let pool = pool_of(real_host(), &[&wallet]).once();
    assert_eq!(ask(&pool).await.expect("on the right chain").1, json!("0x7"));
    for method in ["eth_getBalance", "eth_blockNumber", "eth_call"] {
        let error = pool.ask::<Value>(method, json!([])).await.expect_err("of another chain");
        assert_eq!(faults_of(&error)[0].1, wrong, "{method}");
    }
    // a refusal by another chain's contracts is no answer either
    chain.store(31_337, Ordering::SeqCst);
    ask(&pool).await.expect("on the right chain again");
    chain.store(1, Ordering::SeqCst);
    assert_eq!(faults_of(&pool.ask::<Value>("eth_call", json!([])).await.expect_err("other"))[0].1, wrong);
}

/// An endpoint whose newest block has this height.
fn at(height: u64) -> Script {
    let hash = alloy_primitives::B256::ZERO;
    always(Reply::Result(json!({
        "number": format!("{height:#x}"), "hash": hash, "parentHash": hash, "timestamp": "0x1"
    })))
}

#[tokio::test]
async fn an_endpoint_that_is_behind_is_passed_over() {
    let pool = pool_of(real_host(), &[&at(90), &at(101)]).once();
    assert_eq!(pool.latest().await.expect("both answer").block().number, 90);
    assert_eq!(pool.latest_from(100).await.expect("the second has it").block().number, 101);
    assert_eq!(pool.health()[0].fault, Some(Fault::NoBlock(100)));
    let error = pool.latest_from(102).await.expect_err("nobody has it");
    assert_eq!(faults_of(&error).last().expect("both").1, Fault::NoBlock(102));
}

#[tokio::test]
async fn what_an_endpoint_can_simulate_is_learned_from_its_own_answers() {
    let missing = || always(Reply::Error(json!({ "code": -32601, "message": "the method does not exist" })));
    let simulate = |pool: Pool| async move { pool.ask::<Value>("eth_simulateV1", json!([])).await };
    let simulates =
        |pool: &Pool| -> Vec<_> { pool.learned().iter().map(|(_, known)| known.simulates).collect() };

    let (lacking, able) = (missing(), good());
    let pool = pool_of(real_host(), &[&lacking, &able]);
    assert_eq!(pool.capability().simulates, None);
    simulate(pool.clone()).await.expect("the second has it");
    assert_eq!(simulates(&pool), [Some(false), Some(true)]);
    assert_eq!(pool.capability().simulates, Some(true));
    simulate(pool.clone()).await.expect("the second has it");
    assert_eq!((lacking.count(), able.count()), (1, 2), "the first is not asked in vain again");
    // what somebody concludes from the outcome says nothing about the first one
    pool.learn(|known| known.simulates = Some(true));
    assert_eq!(simulates(&pool), [Some(false), Some(true)]);

    let pool = pool_of(real_host(), &[&missing(), &missing()]);
    simulate(pool.clone()).await.expect_err("nobody has it");
    assert_eq!(pool.capability().simulates, Some(false));
}
