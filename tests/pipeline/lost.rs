//! Transactions that are lost sight of: dropped from every pool, shown to nobody, or never sent. Whatever became of them,
//! nothing happens twice.

use alloy_primitives::{B256, Bytes};
use rota::tx::{
    WalletError,
    machine::{Event, Pause, Phase, StepState},
    track::Sent,
};
use serde_json::{Value, json};

use crate::{
    scene::{Page, Scene},
    support::Answer,
};

/// A stake that no pool holds any more, and its bytes as a private relay has them.
async fn dropped_stake(scene: &Scene) -> (Page, Sent, Bytes) {
    scene.fork.set_automine(false).await;
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.confirm().await;
    let sent = page.waiting(0).await;
    let raw = scene.fork.rpc.must("eth_getRawTransactionByHash", json!([sent.hash])).await;
    scene.fork.rpc.must("anvil_dropTransaction", json!([sent.hash])).await;
    assert_eq!(page.paused().await, (0, Pause::Dropped { nonce: sent.nonce }));
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
    scene.fork.set_automine(true).await;
    page.send(Event::Again);
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
    relay(&scene, &raw).await;
    page.send(Event::Again);
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
    page.send(Event::Again);
    page.until(|run| run.phase == Phase::Paused(0, Pause::Wallet(WalletError::Rejected))).await;
    relay(&scene, &raw).await;
    scene.fork.set_automine(true).await;
    page.send(Event::Again);
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
    page.send(Event::Again);
    // the node refuses the second: its place is used
    let run = page.until(|run| matches!(run.phase, Phase::Paused(0, Pause::Wallet(_)) | Phase::Done)).await;
    if run.phase != Phase::Done {
        page.send(Event::Again);
        page.until(|run| run.phase == Phase::Done).await;
    }
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
    assert_eq!(page.paused().await, (0, Pause::Dropped { nonce }));
    page.send(Event::Again);
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
    page.send(Event::Again);
    page.until(|run| run.phase == Phase::Paused(0, Pause::Cancelled { by })).await;
    assert_eq!(scene.wallet.asked_to_send().len(), 1, "not before the person knows");
    assert_eq!(scene.fork.nonce(scene.from).await, sent.nonce + 1);
    page.send(Event::Again);
    page.until(|run| run.phase == Phase::Done).await;
    assert_eq!(scene.stakes_made().await, 1);
}
