//! What is never put before the wallet, or not signed in it.

use std::sync::Arc;

use alloy_primitives::{Address, U256};
use rota::tx::{
    Explanation, Refusal, WalletError,
    driver::Context,
    machine::{Event, Pause, Phase, Run},
};

use crate::{
    scene::{Page, Scene},
    support::{Answer, devnet, key_of},
};

async fn nothing_was_signed(scene: &Scene) {
    assert_eq!(scene.wallet.asked_to_send(), Vec::<serde_json::Value>::new(), "the wallet was not asked");
    assert_eq!(scene.stakes_made().await, 0);
}

fn reverts(pause: Pause) -> Explanation {
    match pause {
        Pause::Refused(Refusal::Reverts { because, data }) => {
            assert!(!data.is_empty());
            because
        }
        other => panic!("{other:?}"),
    }
}

fn unwise(pause: Pause) -> Explanation {
    match pause {
        Pause::Refused(Refusal::Unwise(because)) => because,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_commission_that_changed_since_the_review_stops_before_the_wallet() {
    let scene = Scene::with_allowance("delegator", 1).await;
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.reviewed().await;
    scene.deeds.set_take_rate(1, 650).await;
    page.send(Event::Confirm);
    let (step, pause) = page.paused().await;
    let because = reverts(pause);
    assert_eq!(step, 0);
    assert_eq!(because.what, "Provider 1 changed its commission from 5.00 % to 6.50 %.");
    assert_eq!(because.todo, "Nothing was staked. Decide again at the new commission.");
    assert_eq!(because.raw.as_deref(), Some("StakingRegistry__UnexpectedTakeRate(500, 650)"));
    nothing_was_signed(&scene).await;

    // when it is as it was, the person may go on
    scene.deeds.set_take_rate(1, 500).await;
    page.send(Event::Again);
    page.until(|run| run.phase == Phase::Done).await;
    assert_eq!((scene.stakes_made().await, scene.wallet.asked_to_send().len()), (1, 1));
}

#[tokio::test]
async fn a_commission_that_changed_before_the_review_blocks_it() {
    let scene = Scene::of("delegator").await;
    let plan = scene.stake(1, 2).await;
    scene.deeds.set_take_rate(1, 501).await;
    let mut page = scene.propose(plan);
    let run = page.until(|run| matches!(run.phase, Phase::Blocked(..))).await;
    let Phase::Blocked(0, Refusal::Reverts { because, .. }) = run.phase else { panic!("{:?}", run.phase) };
    assert_eq!(because.what, "Provider 1 changed its commission from 5.00 % to 5.01 %.");
    page.send(Event::Confirm);
    scene.deeds.set_take_rate(1, 500).await;
    page.send(Event::Refresh);
    page.until(|run| matches!(run.phase, Phase::Review(_))).await;
    nothing_was_signed(&scene).await;
}

#[tokio::test]
async fn a_commission_that_changed_between_two_steps_stops_the_second() {
    let scene = Scene::of("delegator").await;
    let deeds = scene.deeds.clone();
    // while the wallet is open for the approval
    scene.wallet.will(Answer::SendAfter(Box::pin(async move { deeds.set_take_rate(1, 650).await })));
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.confirm().await;
    let (step, pause) = page.paused().await;
    assert_eq!(
        (step, reverts(pause).what),
        (1, "Provider 1 changed its commission from 5.00 % to 6.50 %.".to_owned())
    );
    assert_eq!((scene.stakes_made().await, scene.wallet.asked_to_send().len()), (0, 1));
}

#[tokio::test]
async fn a_used_key_at_the_head_of_the_queue_stops_before_the_wallet() {
    let scene = Scene::with_allowance("delegator", 1).await;
    let good = key_of(&scene.fork, 1, 0).await;
    scene.deeds.add_keys(5, vec![good.clone()]).await;
    let mut page = scene.propose(scene.stake(5, 1).await);
    page.reviewed().await;

    // a stake with it would be mined, wait for days and be refunded
    let holder = devnet().facts.sequencers.iter().find(|s| s.status == "validating").expect("there is one");
    let mut used = good;
    used.attester = holder.attester;
    scene.deeds.drip(5, 1).await;
    scene.deeds.add_keys(5, vec![used]).await;
    page.send(Event::Confirm);
    let (_, pause) = page.paused().await;
    let because = unwise(pause);
    let (key, by) = (
        rota::units::format::short_address(holder.attester),
        rota::units::format::short_address(holder.withdrawer),
    );
    assert!(
        because.what.starts_with(&format!("The provider's next key {key} was staked with before, by {by}.")),
        "{because:?}"
    );
    nothing_was_signed(&scene).await;
}

#[tokio::test]
async fn a_key_that_becomes_bad_behind_good_ones_blocks_the_review() {
    let scene = Scene::of("whale").await;
    let keys = [key_of(&scene.fork, 1, 0).await, key_of(&scene.fork, 1, 1).await];
    scene.deeds.add_keys(5, keys.to_vec()).await;
    let plan = scene.stake(5, 2).await;
    scene.deeds.drip(5, 2).await;
    scene.deeds.add_keys(5, vec![keys[0].clone(), keys[0].clone()]).await;
    let mut page = scene.propose(plan);
    let run = page.until(|run| matches!(run.phase, Phase::Blocked(..))).await;
    let Phase::Blocked(_, Refusal::Unwise(because)) = run.phase else { panic!("{:?}", run.phase) };
    assert!(because.what.contains("stands in the queue twice"), "{because:?}");
    nothing_was_signed(&scene).await;
}

#[tokio::test]
async fn a_person_who_says_no_in_the_wallet_may_be_asked_again() {
    let scene = Scene::of("delegator").await;
    for (code, error) in [
        (4001, WalletError::Rejected),
        (4100, WalletError::Unauthorized),
        (4200, WalletError::Unsupported),
        (4902, WalletError::UnknownChain),
        (-32002, WalletError::Busy),
    ] {
        scene.wallet.will(Answer::Refuse(code));
        let mut page = scene.propose(scene.stake(1, 1).await);
        page.confirm().await;
        assert_eq!(page.paused().await, (0, Pause::Wallet(error)));
        assert!(scene.locks.held().is_empty(), "another tab may go on now");
        page.send(Event::Close);
        page.until(|run| run.phase == Phase::Closed).await;
    }
    assert_eq!(scene.fork.sent_by(scene.from).await, Vec::<serde_json::Value>::new());

    scene.wallet.will(Answer::Refuse(4001));
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.confirm().await;
    page.paused().await;
    page.send(Event::Again);
    page.until(|run| run.phase == Phase::Done).await;
    assert_eq!((scene.stakes_made().await, scene.allowance().await), (1, U256::ZERO));
}

#[tokio::test]
async fn a_wallet_that_moves_right_before_it_is_asked_is_not_asked() {
    let scene = Scene::of("delegator").await;
    let other = devnet().facts.account("whale");
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.reviewed().await;
    // the check sees the right account, the last look before the request another one
    scene.wallet.select_after(1, other);
    page.send(Event::Confirm);
    let refusal = Refusal::OtherAccount { expected: scene.from, found: Some(other) };
    assert_eq!(page.paused().await, (0, Pause::Refused(refusal)));
    assert_eq!(page.run().steps[0], rota::tx::machine::StepState::Planned);
    nothing_was_signed(&scene).await;
}

#[tokio::test]
async fn the_wallet_is_told_the_chain() {
    let scene = Scene::of("delegator").await;
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.confirm().await;
    page.done().await;
    for request in scene.wallet.asked_to_send() {
        assert_eq!(request["chainId"], "0x7a69");
    }
}

#[tokio::test]
async fn a_wallet_on_another_account_or_chain_is_not_asked() {
    let scene = Scene::of("delegator").await;
    let other = devnet().facts.account("whale");
    let expected = scene.from;
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.reviewed().await;
    scene.wallet.select(Some(other));
    page.send(Event::Confirm);
    let refusal = Refusal::OtherAccount { expected, found: Some(other) };
    assert_eq!(page.paused().await, (0, Pause::Refused(refusal)));

    scene.wallet.select(None);
    page.send(Event::Again);
    let refusal = Refusal::OtherAccount { expected, found: None };
    page.until(|run| run.phase == Phase::Paused(0, Pause::Refused(refusal.clone()))).await;

    scene.wallet.select(Some(expected));
    scene.wallet.move_to(1);
    page.send(Event::Again);
    let refusal = Refusal::OtherChain { expected: 31_337, found: 1 };
    page.until(|run| run.phase == Phase::Paused(0, Pause::Refused(refusal.clone()))).await;
    nothing_was_signed(&scene).await;

    scene.wallet.move_to(31_337);
    page.send(Event::Again);
    page.until(|run| run.phase == Phase::Done).await;
}

#[tokio::test]
async fn an_account_without_ether_is_told_before() {
    let scene = Scene::of("penniless").await;
    let mut page = scene.propose(scene.stake(1, 1).await);
    let run = page.until(|run| matches!(run.phase, Phase::Blocked(..))).await;
    let Phase::Blocked(0, Refusal::NoEther { needed, held }) = run.phase else { panic!("{:?}", run.phase) };
    assert_eq!(held, U256::ZERO);
    // two transactions of a few hundred thousand gas at about a gwei
    assert!(
        needed > U256::from(100_000_000_000_000u64) && needed < U256::from(10_000_000_000_000_000u64),
        "{needed}"
    );

    scene.fork.set_ether(scene.from, needed - U256::from(1)).await;
    page.send(Event::Refresh);
    page.until(
        |run| matches!(&run.phase, Phase::Blocked(0, Refusal::NoEther { held, .. }) if !held.is_zero()),
    )
    .await;
    scene.fork.set_ether(scene.from, needed * U256::from(2)).await;
    page.send(Event::Refresh);
    page.until(|run| matches!(run.phase, Phase::Review(_))).await;
    nothing_was_signed(&scene).await;
}

#[tokio::test]
async fn nothing_is_signed_while_there_is_a_reason_to_hold() {
    let scene = Scene::of("delegator").await;
    let reason = Explanation::new("The endpoints disagree.", "Nothing was signed.");
    let hold = reason.clone();
    let context = Context { hold: Arc::new(move || Some(hold.clone())), ..scene.context() };
    let mut page = Page::open(context, Run::new(7, scene.stake(1, 1).await), false);
    page.confirm().await;
    assert_eq!(unwise(page.paused().await.1), reason);
    nothing_was_signed(&scene).await;
}

#[tokio::test]
async fn a_chain_that_cannot_be_read_signs_nothing() {
    let scene = Scene::of("delegator").await;
    let plan = scene.stake(1, 1).await;
    let gone = crate::support::endpoint("gone", crate::support::HttpLink::new("http://127.0.0.1:9"));
    let pool = rota::chain::Pool::new(
        31_337,
        vec![gone],
        crate::support::real_host(),
        rota::chain::PoolConfig::default(),
    );
    let mut page = Page::open(scene.context_over(pool.once()), Run::new(7, plan), false);
    let run = page.until(|run| matches!(run.phase, Phase::Blocked(..))).await;
    let Phase::Blocked(0, Refusal::NotReadable(raw)) = run.phase else { panic!("{:?}", run.phase) };
    assert_eq!(raw, "no endpoint answered: gone: no connection");
    nothing_was_signed(&scene).await;
}

#[tokio::test]
async fn a_change_of_the_session_during_the_review_blocks_it() {
    let scene = Scene::of("delegator").await;
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.reviewed().await;
    let refusal = Refusal::OtherAccount { expected: scene.from, found: Some(Address::ZERO) };
    page.send(Event::SessionChanged(refusal.clone()));
    page.until(|run| run.phase == Phase::Blocked(0, refusal.clone())).await;
    page.send(Event::Confirm);
    page.send(Event::Refresh);
    page.until(|run| matches!(run.phase, Phase::Review(_))).await;
    nothing_was_signed(&scene).await;
}

#[tokio::test]
async fn a_stake_that_takes_another_key_than_was_shown_is_shown_again() {
    let scene = Scene::with_allowance("delegator", 1).await;
    let mut page = scene.propose(scene.stake(1, 1).await);
    let shown = page.reviewed().await.simulated[0].clone();
    scene.deeds.drip(1, 1).await;
    page.send(Event::Confirm);
    let run = page.until(|run| run.changed.is_some() && matches!(run.phase, Phase::Review(0))).await;
    let changed = run.changed.expect("said").what;
    assert!(changed.contains("Now: Provider 1 stakes with key 0x"), "{changed}");
    assert!(changed.contains("No longer: Provider 1 stakes with key 0x"), "{changed}");
    assert_ne!(run.simulated[0], shown, "what is shown is what would happen now");
    nothing_was_signed(&scene).await;

    page.send(Event::Confirm);
    assert_eq!(page.done().await.changed, None);
    assert_eq!((scene.stakes_made().await, scene.wallet.asked_to_send().len()), (1, 1));
}

#[tokio::test]
async fn more_gas_than_a_transaction_may_use_is_told_before() {
    let scene = Scene::of("delegator").await;
    let target = Address::repeat_byte(0x98);
    // counts down from 673,077, at 26 gas each
    scene
        .fork
        .rpc
        .must("anvil_setCode", serde_json::json!([target, "0x620a45355b60019003806004570000"]))
        .await;
    scene.fork.mine(1).await;
    let mut plan = scene.return_allowance().await;
    plan.steps[0].call = rota::tx::Call::new(target, Vec::new());
    let mut page = scene.propose(plan);
    let run = page.until(|run| matches!(run.phase, Phase::Blocked(..))).await;
    let Phase::Blocked(0, Refusal::TooMuchGas { gas, cap }) = run.phase else { panic!("{:?}", run.phase) };
    assert!(gas > 17_400_000 && cap == 16_777_216, "{gas}");
    nothing_was_signed(&scene).await;
}
