//! Wallets that do something else than they were asked to, or say something else than they did. Nothing is said to be
//! done that was not shown, and nothing is followed that is not theirs.

use std::sync::Arc;

use alloy_primitives::{Address, B256};
use rota::tx::{
    machine::{Event, Pause, Phase, StepState},
    track::{self, Sent, Sighting, Trace},
};
use serde_json::{Value, json};

use crate::{
    scene::{Page, Scene, hashes},
    support::{Answer, IToken, Rewriting, devnet, endpoint, real_host},
};

/// A recipient that nobody saw, in the place of the delegator's.
fn other_recipient(request: &mut Value) {
    let data = request["data"].as_str().expect("calldata").to_owned();
    let own = request["from"].as_str().expect("a sender").trim_start_matches("0x").to_lowercase();
    assert!(data.contains(&own));
    let changed = data.replace(&own, &"66".repeat(20));
    request["data"] = json!(changed);
}

fn other_target(request: &mut Value) {
    request["to"] = json!("0x6666666666666666666666666666666666666666");
}

fn ether_along(request: &mut Value) {
    request["value"] = json!("0x1");
}

/// An account that runs the bytes and keeps the ether, and all of the sender's for that matter.
fn target_and_ether(request: &mut Value) {
    other_target(request);
    request["value"] = json!("0xde0b6b3a7640000");
}

type Change = fn(&mut Value);

#[tokio::test]
async fn a_wallet_that_signs_something_else_is_found_out() {
    let changes: [Change; 4] = [other_recipient, other_target, ether_along, target_and_ether];
    for (number, change) in changes.into_iter().enumerate() {
        for waits in [true, false] {
            let scene = Scene::with_allowance("delegator", 2).await;
            scene.fork.set_automine(!waits).await;
            scene.wallet.will(Answer::SendChanged(Box::new(change)));
            let plan = scene.stake(1, 2).await;
            let mut shown = json!(plan.steps[0].call.request(scene.from));
            shown["chainId"] = json!("0x7a69");
            let mut page = scene.propose(plan);
            page.confirm().await;
            let (step, pause) = page.paused().await;
            let Pause::Replaced { by: Some(by) } = pause else { panic!("change {number}: {pause:?}") };
            assert_eq!(
                (step, page.run().confirmed()),
                (0, 0),
                "nothing is said to be done that was not shown"
            );
            assert_eq!(
                scene.wallet.asked_to_send(),
                std::slice::from_ref(&shown),
                "and the next step is not asked for"
            );
            let real = scene.fork.rpc.must("eth_getTransactionByHash", json!([by])).await;
            let same = ["to", "input", "value"].map(|field| real[field] == shown[field]);
            assert!(same.contains(&false), "this is what it signed: {real}");
            assert_eq!(real["blockNumber"].is_null(), waits, "told as soon as it is seen");
        }
    }
}

#[tokio::test]
async fn something_else_is_found_out_where_an_endpoint_tells_of_it_only_when_it_is_mined() {
    // the endpoint that is asked for the transaction is a moment behind the one that is asked for its receipt
    let scene = Scene::with_allowance("delegator", 1).await;
    let late = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let counted = late.clone();
    let behind = Rewriting::new(&scene.fork.url, move |request| {
        if request["method"] == "eth_getTransactionByHash"
            && counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst) < 2
        {
            request["params"][0] = json!(B256::ZERO);
        }
    });
    let specs = vec![endpoint("behind", behind)];
    let pool = rota::chain::Pool::new(31_337, specs, real_host(), rota::chain::PoolConfig::default());
    scene.wallet.will(Answer::SendChanged(Box::new(other_recipient)));
    let run = rota::tx::machine::Run::new(7, scene.stake(1, 1).await);
    let mut page = Page::open(scene.context_over(pool), run, false);
    page.confirm().await;
    assert!(matches!(page.paused().await, (0, Pause::Replaced { by: Some(_) })), "{:?}", page.run().steps);
    assert!(late.load(std::sync::atomic::Ordering::SeqCst) > 2);
}

#[tokio::test]
async fn a_wallet_that_names_another_hash_is_followed_by_what_it_did() {
    let scene = Scene::of("delegator").await;
    scene.wallet.will(Answer::SendUnder(B256::repeat_byte(7)));
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.confirm().await;
    let run = page.done().await;
    let StepState::Confirmed(outcome) = &run.steps[0] else { panic!("{:?}", run.steps) };
    assert_eq!(json!(outcome.hash), scene.fork.sent_by(scene.from).await[0]["hash"]);
    assert_eq!(scene.stakes_made().await, 1);
}

/// A transaction of somebody else that does what the first step of a plan does, for themselves.
async fn same_of_another(scene: &Scene) -> B256 {
    let one = devnet().facts.parameters.activation_threshold;
    let approve = IToken::approveCall { spender: scene.staking_registry(), value: one };
    let receipt = scene.deeds.act(devnet().facts.account("whale"), scene.token(), approve).await;
    serde_json::from_value(receipt["transactionHash"].clone()).expect("a hash")
}

#[tokio::test]
async fn a_transaction_of_somebody_else_is_not_taken_for_the_persons() {
    let scene = Scene::of("delegator").await;
    let plan = scene.stake(1, 1).await;
    let hash = same_of_another(&scene).await;
    scene.wallet.will(Answer::Lie(hash));
    let mut page = scene.propose(plan);
    page.confirm().await;
    let nonce = scene.fork.nonce(scene.from).await;
    let (_, pause) = page.paused().await;
    assert!(
        matches!(pause, Pause::Dropped { nonce: place, .. } if place == nonce),
        "nothing of theirs is known"
    );
    assert_eq!((page.run().confirmed(), scene.wallet.asked_to_send().len()), (0, 1));

    page.send_again_later(&scene).await;
    let run = page.until(|run| run.phase == Phase::Done).await;
    assert_eq!(hashes(&run).len(), scene.fork.sent_by(scene.from).await.len());
    assert_eq!(scene.stakes_made().await, 1);
}

#[tokio::test]
async fn a_transaction_that_was_sent_for_another_step_is_not_taken_for_this_one() {
    // two stakes with one provider are the same bytes
    let scene = Scene::with_allowance("delegator", 2).await;
    let plan = scene.stake(1, 2).await;
    assert_eq!(plan.steps[0].call, plan.steps[1].call);
    scene.wallet.will(Answer::Send);
    let wallet = scene.wallet.clone();
    let mut page = scene.propose(plan);
    page.reviewed().await;
    scene.fork.set_automine(false).await;
    page.send(Event::Confirm);
    let first = page.waiting(0).await;
    wallet.will(Answer::Lie(first.hash));
    scene.fork.mine(1).await;
    assert!(matches!(page.paused().await, (1, Pause::Dropped { .. })), "{:?}", page.run().steps);
    assert_eq!((page.run().confirmed(), scene.stakes_made().await), (1, 1));

    scene.fork.set_automine(true).await;
    page.send_again_later(&scene).await;
    page.until(|run| run.phase == Phase::Done).await;
    assert_eq!(scene.stakes_made().await, 2);
}

/// What is seen of a transaction that another account sent for one with this code.
async fn relayed(code: &str, by_contract: bool) -> Sighting {
    let scene = Scene::of("delegator").await;
    let hash = same_of_another(&scene).await;
    scene.fork.rpc.must("anvil_setCode", json!([scene.from, code])).await;
    scene.fork.mine(1).await;
    let call = scene.stake(1, 1).await.steps[0].call.clone();
    let nonce = scene.fork.nonce(scene.from).await;
    let since_block = devnet().height();
    let trace = Trace::Shown;
    let proposal = None;
    let sent =
        Sent { hash, from: scene.from, call, nonce, used: nonce, since_block, trace, by_contract, proposal };
    track::look(&scene.fork.pool(), &sent).await.expect("seen")
}

#[tokio::test]
async fn others_may_send_for_an_account_with_code() {
    let delegated = format!("0xef0100{}", hex(Address::repeat_byte(0x44)));
    // a Safe's owner, a relay for an account that delegated its code
    assert!(matches!(relayed("0x00", true).await, Sighting::Mined(_)));
    assert!(matches!(relayed(&delegated, false).await, Sighting::Mined(_)));
    assert!(matches!(relayed("0x", false).await, Sighting::Missing { .. }));
}

fn hex(address: Address) -> String {
    address.to_string().trim_start_matches("0x").to_owned()
}
