//! What becomes of a transaction that the wallet sent: mined as it is, reverted, sped up, cancelled, replaced. Blocks
//! come when the test says so.

use alloy_primitives::{B256, U256};
use rota::tx::{
    machine::{Event, Pause, Phase, StepState},
    track::Sent,
};
use serde_json::{Value, json};

use crate::{
    scene::{Page, Scene, eventually},
    support::{IStakingRegistry, devnet},
};

/// Fees that a block takes first.
fn high_fees() -> Value {
    json!({ "maxFeePerGas": "0x2540be400", "maxPriorityFeePerGas": "0x2540be400" })
}

/// A stake that waits in the pool.
async fn stake_that_waits(scene: &Scene) -> (Page, Sent) {
    scene.fork.set_automine(false).await;
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.confirm().await;
    let sent = page.waiting(0).await;
    assert_eq!(page.run().phase, Phase::Waiting(0));
    (page, sent)
}

/// Sends another transaction with the nonce of one that waits.
async fn in_its_place(scene: &Scene, sent: &Sent, to: alloy_primitives::Address, data: &[u8]) -> B256 {
    let mut fields = high_fees();
    fields["nonce"] = json!(format!("{:#x}", sent.nonce));
    scene.deeds.post_with(scene.from, to, data, fields).await
}

#[tokio::test]
async fn a_stake_that_reverts_in_its_block_is_told_with_its_reason() {
    let scene = Scene::with_allowance("delegator", 1).await;
    let (mut page, sent) = stake_that_waits(&scene).await;
    // the provider is faster: its change comes first in the same block
    let call = IStakingRegistry::updateProviderTakeRateCall { id: U256::from(1), takeRate: 900 };
    let data = alloy_sol_types::SolCall::abi_encode(&call);
    scene
        .deeds
        .post_with(devnet().facts.provider(1).admin, scene.staking_registry(), &data, high_fees())
        .await;
    scene.fork.mine(1).await;

    assert_eq!(page.paused().await, (0, Pause::Reverted));
    let run = page.run();
    let StepState::Reverted { outcome, because: Some(because) } = &run.steps[0] else {
        panic!("{:?}", run.steps)
    };
    assert_eq!(because.what, "Provider 1 changed its commission from 5.00 % to 9.00 %.");
    assert_eq!(because.raw.as_deref(), Some("StakingRegistry__UnexpectedTakeRate(500, 900)"));
    assert_eq!((outcome.hash, &outcome.says, run.confirmed()), (sent.hash, &None, 0));
    assert!(outcome.gas_used > 21_000, "it cost its gas");
    assert_eq!((scene.stakes_made().await, scene.wallet.asked_to_send().len()), (0, 1));

    // trying again meets the same reason before the wallet
    scene.fork.set_automine(true).await;
    page.send(Event::Again);
    page.until(|run| matches!(&run.phase, Phase::Paused(0, Pause::Refused(_)))).await;
    assert_eq!(scene.wallet.asked_to_send().len(), 1);
}

#[tokio::test]
async fn a_stake_that_is_sped_up_is_followed() {
    let scene = Scene::with_allowance("delegator", 1).await;
    let (mut page, sent) = stake_that_waits(&scene).await;
    let faster = in_its_place(&scene, &sent, sent.call.to, &sent.call.data).await;
    assert_ne!(faster, sent.hash);
    scene.fork.mine(1).await;
    let run = page.done().await;
    let StepState::Confirmed(outcome) = &run.steps[0] else { panic!("{:?}", run.steps) };
    assert_eq!((outcome.hash, scene.stakes_made().await), (faster, 1));
    assert!(outcome.says.as_ref().is_some_and(|said| said.contains("waits in the entry queue")));
}

#[tokio::test]
async fn a_stake_that_is_cancelled_is_not_done_and_can_be_tried_again() {
    let scene = Scene::with_allowance("delegator", 1).await;
    let (mut page, sent) = stake_that_waits(&scene).await;
    let by = in_its_place(&scene, &sent, scene.from, &[]).await;
    scene.fork.mine(1).await;
    assert_eq!(page.paused().await, (0, Pause::Cancelled { by }));
    assert_eq!((scene.stakes_made().await, page.run().confirmed()), (0, 0));

    scene.fork.set_automine(true).await;
    page.send(Event::Again);
    page.until(|run| run.phase == Phase::Done).await;
    assert_eq!(scene.stakes_made().await, 1);
    assert_eq!(scene.wallet.asked_to_send()[1]["nonce"], Value::Null, "its old place is taken");
}

#[tokio::test]
async fn a_stake_whose_place_goes_to_something_else_is_not_done() {
    let scene = Scene::with_allowance("delegator", 1).await;
    let (mut page, sent) = stake_that_waits(&scene).await;
    let other =
        IStakingRegistry::registerProviderCall { admin: scene.from, takeRate: 1, recipient: scene.from };
    let data = alloy_sol_types::SolCall::abi_encode(&other);
    let by = in_its_place(&scene, &sent, scene.staking_registry(), &data).await;
    scene.fork.mine(1).await;
    assert_eq!(page.paused().await, (0, Pause::Replaced { by: Some(by) }));
    assert_eq!((scene.stakes_made().await, page.run().confirmed()), (0, 0));
}

#[tokio::test]
async fn what_others_of_the_account_wait_for_does_not_confuse() {
    let scene = Scene::with_allowance("delegator", 1).await;
    scene.fork.set_automine(false).await;
    // something else of the same account waits before it
    let before =
        IStakingRegistry::registerProviderCall { admin: scene.from, takeRate: 1, recipient: scene.from };
    scene.deeds.post(scene.from, scene.staking_registry(), before).await;
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.confirm().await;
    let sent = page.waiting(0).await;
    assert_eq!(sent.nonce, scene.fork.nonce(scene.from).await + 1, "behind it");
    eventually("both wait", || async { scene.fork.waiting().await.len() == 2 }).await;
    scene.fork.mine(1).await;
    page.done().await;
    assert_eq!(scene.stakes_made().await, 1);
}
