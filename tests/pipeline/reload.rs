//! Pages that are closed at every point of a run, and what the next one makes of the journal. Nothing is sent twice.

use rota::tx::{
    journal::{self, Store as _},
    machine::{Event, Pause, Phase, StepState},
};
use serde_json::json;

use crate::{
    scene::{Page, Scene, eventually},
    support::{Answer, IStakingRegistry},
};

/// Confirms again after a reload, and waits for the end.
async fn go_on(page: &mut Page) {
    page.send(Event::Again);
    page.confirm().await;
    page.done().await;
}

/// One approval and one stake, and not a transaction more.
async fn everything_happened_once(scene: &Scene) {
    assert_eq!(scene.stakes_made().await, 1);
    assert_eq!(scene.fork.sent_by(scene.from).await.len(), 2);
}

#[tokio::test]
async fn a_plan_that_nobody_confirmed_leaves_nothing() {
    let scene = Scene::of("delegator").await;
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.reviewed().await;
    page.close().await;
    assert!(scene.store.texts().is_empty());
}

#[tokio::test]
async fn closed_while_a_step_is_checked() {
    let scene = Scene::of("delegator").await;
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.reviewed().await;
    scene.wallet.freeze(true);
    page.send(Event::Confirm);
    page.until(|run| run.phase == Phase::Checking(0)).await;
    eventually("it is written down", || async { !scene.store.texts().is_empty() }).await;
    page.close().await;
    scene.wallet.freeze(false);

    let mut page = scene.reload();
    assert_eq!(page.paused().await, (0, Pause::Reloaded));
    assert!(scene.wallet.asked_to_send().is_empty());
    go_on(&mut page).await;
    everything_happened_once(&scene).await;
}

#[tokio::test]
async fn closed_while_the_wallet_is_open_and_nothing_was_signed() {
    let scene = Scene::of("delegator").await;
    scene.wallet.will(Answer::Silence);
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.confirm().await;
    page.until(|run| run.phase == Phase::Asking(0)).await;
    eventually("the wallet is open", || async { !scene.wallet.asked_to_send().is_empty() }).await;
    page.close().await;

    let mut page = scene.reload();
    assert_eq!(page.paused().await, (0, Pause::Uncertain));
    let nonce = scene.fork.nonce(scene.from).await;
    go_on(&mut page).await;
    everything_happened_once(&scene).await;
    let asked = scene.wallet.asked_to_send();
    assert_eq!(asked[1]["nonce"], json!(format!("{nonce:#x}")), "in the same place: never both can be mined");
}

/// A page that was closed after the wallet sent a step and before it could say so.
async fn sent_and_closed(scene: &Scene, step: usize) {
    for _ in 0..step {
        scene.wallet.will(Answer::Send);
    }
    scene.wallet.will(Answer::SendSilently);
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.confirm().await;
    page.until(|run| run.phase == Phase::Asking(step)).await;
    let count = u64::try_from(step + 1).expect("few");
    eventually("it is sent", || async {
        let waiting = u64::try_from(scene.fork.waiting().await.len()).expect("few");
        waiting + u64::try_from(scene.fork.sent_by(scene.from).await.len()).expect("few") == count
    })
    .await;
    page.close().await;
}

#[tokio::test]
async fn closed_after_the_wallet_signed_and_it_was_mined() {
    for step in [0, 1] {
        let scene = Scene::of("delegator").await;
        sent_and_closed(&scene, step).await;
        let mut page = scene.reload();
        let run = page.until(|run| run.confirmed() == step + 1).await;
        let StepState::Confirmed(outcome) = &run.steps[step] else { panic!("{:?}", run.steps) };
        assert_eq!(
            json!(outcome.hash),
            scene.fork.sent_by(scene.from).await[step]["hash"],
            "found by what it does"
        );
        if step == 0 {
            assert_eq!(page.paused().await, (1, Pause::Reloaded), "this page was not told to go on");
            go_on(&mut page).await;
        }
        page.done().await;
        everything_happened_once(&scene).await;
    }
}

#[tokio::test]
async fn closed_after_the_wallet_signed_and_it_waits() {
    let scene = Scene::of("delegator").await;
    scene.fork.set_automine(false).await;
    sent_and_closed(&scene, 0).await;
    let mut page = scene.reload();
    assert_eq!(page.paused().await, (0, Pause::Uncertain));
    // the person is wrong: they did sign
    page.send(Event::Again);
    page.confirm().await;
    page.until(|run| run.phase == Phase::Paused(0, Pause::Uncertain)).await;
    assert_eq!(scene.wallet.asked_to_send().len(), 1, "what waits may be it");
    scene.fork.mine(1).await;
    page.until(|run| run.confirmed() == 1).await;
    scene.fork.set_automine(true).await;
    page.until(|run| run.phase == Phase::Done).await;
    everything_happened_once(&scene).await;
}

#[tokio::test]
async fn closed_after_the_wallet_signed_and_mined_while_the_next_page_is_confirmed() {
    let scene = Scene::with_allowance("delegator", 2).await;
    scene.fork.set_automine(false).await;
    scene.wallet.will(Answer::SendSilently);
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.confirm().await;
    eventually("it is sent", || async { scene.fork.waiting().await.len() == 1 }).await;
    page.close().await;

    let mut page = scene.reload();
    assert_eq!(page.paused().await, (0, Pause::Uncertain));
    page.send(Event::Again);
    page.reviewed().await;
    scene.fork.mine(1).await;
    page.send(Event::Confirm);
    page.done().await;
    assert_eq!((scene.stakes_made().await, scene.wallet.asked_to_send().len()), (1, 1));
}

#[tokio::test]
async fn a_lost_transaction_is_found_in_another_place_than_expected() {
    let scene = Scene::with_allowance("delegator", 2).await;
    // while the wallet is open the person sends something else
    let (deeds, from, registry) = (scene.deeds.clone(), scene.from, scene.staking_registry());
    let rpc = scene.fork.rpc.clone();
    scene.wallet.will(Answer::SendAfter(Box::pin(async move {
        let other = IStakingRegistry::registerProviderCall { admin: from, takeRate: 1, recipient: from };
        deeds.act(from, registry, other).await;
        rpc.must("evm_setAutomine", json!([false])).await;
    })));
    let plan = scene.stake(1, 1).await;
    let stake = json!(plan.steps[0].call.data);
    let mut page = scene.propose(plan);
    page.confirm().await;
    // not the other one, which waits for a moment too
    eventually("it waits", || async { scene.fork.waiting().await.iter().any(|tx| tx["input"] == stake) })
        .await;
    page.close().await;
    // the journal holds what it held while the wallet was open
    let (key, text) = scene.store.texts().into_iter().next().expect("one run");
    let mut run: rota::tx::machine::Run = serde_json::from_str(&text).expect("a run");
    if let StepState::Sent(sent) = &run.steps[0] {
        let (nonce, since_block) = (sent.nonce, sent.since_block);
        run.steps[0] = StepState::Asked { nonce, used: nonce, since_block, again: false, by_contract: false };
        run.phase = Phase::Asking(0);
    }
    scene.store.put(&key, &serde_json::to_string(&run).expect("JSON"));

    scene.fork.mine(1).await;
    let mut page = scene.reload();
    page.until(|run| run.phase == Phase::Done).await;
    assert_eq!((scene.stakes_made().await, scene.wallet.asked_to_send().len()), (1, 1));
}

#[tokio::test]
async fn closed_while_it_waits_and_mined_before_the_next_page() {
    let scene = Scene::of("delegator").await;
    scene.fork.set_automine(false).await;
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.confirm().await;
    let sent = page.waiting(0).await;
    page.close().await;
    scene.fork.mine(1).await;
    scene.fork.set_automine(true).await;

    let mut page = scene.reload();
    assert_eq!(page.paused().await, (1, Pause::Reloaded));
    let StepState::Confirmed(outcome) = &page.run().steps[0] else { panic!("mined") };
    assert_eq!(outcome.hash, sent.hash);
    go_on(&mut page).await;
    everything_happened_once(&scene).await;
}

#[tokio::test]
async fn closed_while_it_waits_and_still_waiting() {
    let scene = Scene::of("delegator").await;
    scene.fork.set_automine(false).await;
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.confirm().await;
    page.waiting(0).await;
    page.close().await;
    let mut page = scene.reload();
    page.until(|run| run.phase == Phase::Waiting(0)).await;
    scene.fork.mine(1).await;
    scene.fork.set_automine(true).await;
    assert_eq!(page.paused().await, (1, Pause::Reloaded));
    go_on(&mut page).await;
    everything_happened_once(&scene).await;
}

#[tokio::test]
async fn closed_while_it_waits_and_replaced_before_the_next_page() {
    let scene = Scene::with_allowance("delegator", 1).await;
    scene.fork.set_automine(false).await;
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.confirm().await;
    let sent = page.waiting(0).await;
    page.close().await;
    let fees = json!({ "nonce": format!("{:#x}", sent.nonce), "maxFeePerGas": "0x2540be400", "maxPriorityFeePerGas": "0x2540be400" });
    let by = scene.deeds.post_with(scene.from, scene.from, &[], fees).await;
    scene.fork.mine(3).await;
    let mut page = scene.reload();
    assert_eq!(page.paused().await, (0, Pause::Cancelled { by }));
    assert_eq!(scene.stakes_made().await, 0);
}

#[tokio::test]
async fn closed_after_the_end() {
    let scene = Scene::of("delegator").await;
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.confirm().await;
    let done = page.done().await;
    page.close().await;
    let mut page = scene.reload();
    let again = page.done().await;
    assert_eq!(again.steps, done.steps);
    page.send(Event::Close);
    page.until(|run| run.phase == Phase::Closed).await;
    assert!(journal::load(&scene.store, "aztec-local").is_empty());
    everything_happened_once(&scene).await;
}

#[tokio::test]
async fn a_journal_that_somebody_else_wrote_signs_nothing_by_itself() {
    let scene = Scene::of("delegator").await;
    let mut run = rota::tx::machine::Run::new(9, scene.stake(1, 1).await);
    run.phase = Phase::Checking(0);
    let mut text = serde_json::to_value(&run).expect("JSON");
    text["reviewed"] = json!(true);
    scene.store.put("rota.run.1.0000000000000009", &text.to_string());
    scene.store.put("rota.run.1.000000000000000a", "{\"nonsense\":");
    scene.store.put("rota.run.1.000000000000000b", "{}");
    scene.store.put("rota.run.0.000000000000000c", &text.to_string());
    assert!(journal::load(&scene.store, "aztec-mainnet").is_empty(), "runs belong to their network");
    let mut page = scene.reload();
    assert_eq!(page.paused().await, (0, Pause::Reloaded));
    page.send(Event::Again);
    page.reviewed().await;
    assert!(scene.wallet.asked_to_send().is_empty(), "not without the person");
}
