//! Transactions that are lost sight of: dropped from every pool, shown to nobody, or never sent. Whatever became of them,
//! nothing happens twice.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use alloy_primitives::{B256, Bytes};
use rota::{
    chain::{Pool, PoolConfig},
    tx::{
        Refusal, WalletError,
        machine::{Event, Pause, Phase, Run, StepState},
        track::Sent,
    },
};
use serde_json::{Value, json};

use crate::{
    scene::{Page, Scene},
    support::{Answer, Rewriting, endpoint, real_host},
};

/// A stake that no pool holds any more, and its bytes as a private relay has them.
async fn dropped_stake(scene: &Scene) -> (Page, Sent, Bytes) {
    scene.fork.set_automine(false).await;
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.confirm().await;
    let sent = page.waiting(0).await;
    let raw = scene.fork.rpc.must("eth_getRawTransactionByHash", json!([sent.hash])).await;
    scene.fork.rpc.must("anvil_dropTransaction", json!([sent.hash])).await;
    let (step, pause) = page.paused().await;
    assert!(
        matches!(pause, Pause::Dropped { nonce, again: false, .. } if step == 0 && nonce == sent.nonce),
        "{pause:?}"
    );
    (page, sent, serde_json::from_value(raw).expect("bytes"))
}

async fn relay(scene: &Scene, raw: &Bytes) {
    scene.fork.rpc.must("eth_sendRawTransaction", json!([raw])).await;
    scene.fork.mine(1).await;
}

#[tokio::test]
async fn a_dropped_stake_is_sent_again_in_the_same_place() {
    let scene = Scene::with_allowance("delegator", 1).await;
    let (mut page, sent, _) = dropped_stake(&scene).await;
    // not at once: it may be on its way where no endpoint sees it
    page.send(Event::Again);
    scene.fork.mine(49).await;
    page.send(Event::Again);
    assert_eq!(scene.wallet.asked_to_send().len(), 1);
    scene.fork.set_automine(true).await;
    page.send_again_later(&scene).await;
    page.until(|run| run.phase == Phase::Done).await;
    assert_eq!(scene.stakes_made().await, 1);
    let asked = scene.wallet.asked_to_send();
    let nonces: Vec<_> = asked.iter().map(|request| request["nonce"].clone()).collect();
    assert_eq!(nonces, [Value::Null, json!(format!("{:#x}", sent.nonce))]);
    assert_eq!(asked[0]["data"], asked[1]["data"]);
}

#[tokio::test]
async fn a_dropped_stake_that_was_mined_after_all_is_not_sent_again() {
    let scene = Scene::with_allowance("delegator", 2).await;
    let (mut page, sent, raw) = dropped_stake(&scene).await;
    // nobody does anything: it is still looked for
    relay(&scene, &raw).await;
    let run = page.until(|run| run.phase == Phase::Done).await;
    let StepState::Confirmed(outcome) = &run.steps[0] else { panic!("{:?}", run.steps) };
    assert_eq!(outcome.hash, sent.hash);
    assert_eq!((scene.stakes_made().await, scene.wallet.asked_to_send().len()), (1, 1));
}

#[tokio::test]
async fn a_wallets_no_to_a_second_attempt_does_not_forget_the_first() {
    let scene = Scene::with_allowance("delegator", 2).await;
    let (mut page, _, raw) = dropped_stake(&scene).await;
    scene.wallet.will(Answer::Refuse(4001));
    page.send_again_later(&scene).await;
    page.until(|run| run.phase == Phase::Paused(0, Pause::Wallet(WalletError::Rejected))).await;
    scene.fork.set_automine(true).await;
    relay(&scene, &raw).await;
    page.until(|run| run.phase == Phase::Done).await;
    assert_eq!((scene.stakes_made().await, scene.wallet.asked_to_send().len()), (1, 2));
}

#[tokio::test]
async fn a_first_attempt_that_is_mined_while_the_wallet_is_open_for_the_second_is_the_only_one() {
    let scene = Scene::with_allowance("delegator", 2).await;
    let (mut page, _, raw) = dropped_stake(&scene).await;
    let (fork, relayed) = (scene.fork.rpc.clone(), raw.clone());
    scene.wallet.will(Answer::SendAfter(Box::pin(async move {
        fork.must("eth_sendRawTransaction", json!([relayed])).await;
        fork.must("anvil_mine", json!(["0x1"])).await;
    })));
    page.send_again_later(&scene).await;
    // the node refuses the second: its place is used, and the first is found
    page.until(|run| run.phase == Phase::Done).await;
    assert_eq!(scene.stakes_made().await, 1);
    assert_eq!(scene.fork.sent_by(scene.from).await.len(), 2, "the approval of the scene, and one stake");
}

#[tokio::test]
async fn a_hash_of_nothing_is_given_up_after_some_looks() {
    let scene = Scene::with_allowance("delegator", 1).await;
    scene.wallet.will(Answer::Lie(B256::repeat_byte(9)));
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.confirm().await;
    let nonce = scene.fork.nonce(scene.from).await;
    let (_, pause) = page.paused().await;
    assert!(matches!(pause, Pause::Dropped { nonce: place, .. } if place == nonce), "{pause:?}");
    page.send_again_later(&scene).await;
    page.until(|run| run.phase == Phase::Done).await;
    assert_eq!(scene.stakes_made().await, 1);
}

#[tokio::test]
async fn a_dropped_stake_whose_place_was_used_otherwise_is_looked_at_before_another_is_signed() {
    let scene = Scene::with_allowance("delegator", 1).await;
    let (mut page, sent, _) = dropped_stake(&scene).await;
    scene.fork.set_automine(true).await;
    let by = scene.deeds.post_with(scene.from, scene.from, &[], json!({})).await;
    scene.fork.mined(by).await;
    page.until(|run| run.phase == Phase::Paused(0, Pause::Cancelled { by })).await;
    assert_eq!(scene.wallet.asked_to_send().len(), 1, "not before the person knows");
    assert_eq!(scene.fork.nonce(scene.from).await, sent.nonce + 1);
    page.send(Event::Again);
    page.until(|run| run.phase == Phase::Done).await;
    assert_eq!(scene.stakes_made().await, 1);
}

#[tokio::test]
async fn a_wallet_that_fails_after_it_sent_is_not_asked_a_second_time() {
    for code in [4900, -32603, -32000] {
        let scene = Scene::with_allowance("delegator", 2).await;
        scene.fork.set_automine(false).await;
        scene.wallet.will(Answer::SendAndFail(code));
        let mut page = scene.propose(scene.stake(1, 1).await);
        page.confirm().await;
        let (_, pause) = page.paused().await;
        assert!(matches!(pause, Pause::Unclear(_)), "{pause:?}");
        page.send(Event::Again);
        page.until(|run| run.phase == Phase::Paused(0, Pause::Uncertain)).await;
        scene.fork.mine(1).await;
        page.until(|run| run.phase == Phase::Done).await;
        assert_eq!((scene.stakes_made().await, scene.wallet.asked_to_send().len()), (1, 1));
    }
}

#[tokio::test]
async fn a_wallet_that_failed_before_it_sent_is_asked_for_the_same_place() {
    let scene = Scene::with_allowance("delegator", 2).await;
    scene.wallet.will(Answer::Refuse(4900));
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.confirm().await;
    assert_eq!(page.paused().await, (0, Pause::Unclear(WalletError::Disconnected)));
    let nonce = scene.fork.nonce(scene.from).await;
    page.send(Event::Again);
    page.until(|run| run.phase == Phase::Done).await;
    assert_eq!(scene.wallet.asked_to_send()[1]["nonce"], json!(format!("{nonce:#x}")));
    assert_eq!(scene.stakes_made().await, 1);
}

/// A stake that the wallet made without telling, long before the page looks for it, with other transactions behind it.
async fn made_long_ago(scene: &Scene) -> Page {
    scene.wallet.will(Answer::SendSilently);
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.reviewed().await;
    scene.fork.set_automine(false).await;
    page.send(Event::Confirm);
    crate::scene::eventually("it is sent", || async { scene.fork.waiting().await.len() == 1 }).await;
    page.close().await;
    // asked for long before it is mined
    let raw = raw_of_the_waiting(scene).await;
    scene.fork.mine(400).await;
    relay(scene, &raw).await;
    scene.fork.set_automine(true).await;
    for _ in 0..2 {
        let by = scene.deeds.post_with(scene.from, scene.from, &[], json!({})).await;
        scene.fork.mined(by).await;
        scene.fork.mine(300).await;
    }
    scene.reload()
}

/// Takes the one transaction out of the pool, as a relay that keeps it back.
async fn raw_of_the_waiting(scene: &Scene) -> Bytes {
    let hash = scene.fork.waiting().await[0]["hash"].clone();
    let raw = scene.fork.rpc.must("eth_getRawTransactionByHash", json!([hash])).await;
    scene.fork.rpc.must("anvil_dropTransaction", json!([hash])).await;
    serde_json::from_value(raw).expect("bytes")
}

#[tokio::test]
async fn a_stake_that_was_mined_long_after_it_was_asked_for_is_found() {
    let scene = Scene::with_allowance("delegator", 2).await;
    let mut page = made_long_ago(&scene).await;
    let run = page.until(|run| run.phase == Phase::Done).await;
    assert_eq!(run.confirmed(), 1);
    assert_eq!((scene.stakes_made().await, scene.wallet.asked_to_send().len()), (1, 1));
}

#[tokio::test]
async fn where_no_endpoint_has_the_states_nothing_is_signed_on_a_guess() {
    let scene = Scene::with_allowance("delegator", 2).await;
    let page = made_long_ago(&scene).await;
    page.close().await;
    let forgetful = scene.forgetful(128).await;
    let mut page = Page::open(forgetful, scene.kept(), true);
    assert_eq!(page.paused().await, (0, Pause::Uncertain));
    page.send(Event::Again);
    page.confirm().await;
    page.until(|run| run.phase == Phase::Paused(0, Pause::Refused(Refusal::TooFarBack))).await;
    assert_eq!((scene.stakes_made().await, scene.wallet.asked_to_send().len()), (1, 1));
}

#[tokio::test]
async fn an_endpoint_that_is_behind_the_one_that_counts_does_not_make_a_stake_undone() {
    let scene = Scene::with_allowance("delegator", 2).await;
    let (old, told) = (scene.fork.latest().await.number, Arc::new(AtomicU64::new(0)));
    let counted = told.clone();
    // the head goes back and forth for a while; how often the account sent is always told as it is
    let wavering = Rewriting::new(&scene.fork.url, move |request| {
        if request["method"] == "eth_getBlockByNumber"
            && request["params"][0] == "latest"
            && counted.fetch_add(1, Ordering::SeqCst) < 40
        {
            request["params"][0] = json!(format!("{old:#x}"));
        }
    });
    let pool = Pool::new(31_337, vec![endpoint("wavering", wavering)], real_host(), PoolConfig::default());
    // known under another name: it has to be found by what it does
    scene.wallet.will(Answer::SendUnder(B256::repeat_byte(7)));
    let run = Run::new(7, scene.stake(1, 1).await);
    let mut page = Page::open(scene.context_over(pool), run, false);
    page.confirm().await;
    let run = page.until(|run| matches!(run.phase, Phase::Done | Phase::Paused(..))).await;
    assert_eq!((run.phase, scene.stakes_made().await), (Phase::Done, 1));
    assert!(told.load(Ordering::SeqCst) > 40, "it wavered while the page looked");
}

#[tokio::test]
async fn an_endpoint_that_serves_another_chain_by_now_signs_nothing() {
    let scene = Scene::of("delegator").await;
    let moved = Arc::new(AtomicU64::new(0));
    let now = moved.clone();
    let wandering = Rewriting::new(&scene.fork.url, move |request| {
        if request["method"] == "eth_chainId" && now.load(Ordering::SeqCst) > 0 {
            // any number that is not the chain's
            request["method"] = json!("eth_blockNumber");
        }
    });
    let config = PoolConfig { rounds: 1, ..PoolConfig::default() };
    let pool = Pool::new(31_337, vec![endpoint("wandering", wandering)], real_host(), config);
    let mut page = Page::open(scene.context_over(pool), Run::new(7, scene.stake(1, 1).await), false);
    page.reviewed().await;
    moved.store(1, Ordering::SeqCst);
    page.send(Event::Confirm);
    assert!(matches!(page.paused().await, (0, Pause::Refused(Refusal::NotReadable(_)))));
    assert!(scene.wallet.asked_to_send().is_empty());
}
