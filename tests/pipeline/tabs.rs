//! Two tabs of one browser: one store, one set of locks, one wallet.

use rota::tx::{
    Refusal, WalletError,
    machine::{Event, Pause, Phase, Run, StepState},
};

use crate::{
    scene::{Page, Scene, eventually},
    support::{Answer, Memory, Mutexes, TestWallet, devnet},
};

fn journal(store: &Memory) -> Run {
    let texts = store.texts();
    assert_eq!(texts.len(), 1);
    serde_json::from_str(texts.values().next().expect("one")).expect("a run")
}

#[tokio::test]
async fn while_one_tab_signs_no_other_goes_on_for_the_account() {
    let scene = Scene::of("whale").await;
    let mut first = scene.propose(scene.stake(1, 1).await);
    first.reviewed().await;
    scene.wallet.will(Answer::Silence);
    first.send(Event::Confirm);
    eventually("the wallet is open", || async { !scene.wallet.asked_to_send().is_empty() }).await;
    assert_eq!(scene.locks.held().len(), 1);

    // another plan of the same account
    let mut second = Page::open(scene.context(), Run::new(8, scene.stake(2, 1).await), false);
    second.confirm().await;
    assert_eq!(second.paused().await, (0, Pause::Refused(Refusal::Elsewhere)));
    assert_eq!(scene.wallet.asked_to_send().len(), 1);

    // another account is not concerned
    let mut other = Scene::of("delegator").await;
    other.locks = scene.locks.clone();
    let mut page = other.propose(other.stake(1, 1).await);
    page.confirm().await;
    page.done().await;
    assert_eq!(other.stakes_made().await, 1);

    // a tab that is gone holds no lock
    first.close().await;
    second.send(Event::Again);
    second.until(|run| run.phase == Phase::Done).await;
}

#[tokio::test]
async fn the_same_run_in_a_second_tab_waits_for_the_first_and_spoils_nothing() {
    let scene = Scene::of("whale").await;
    scene.wallet.will(Answer::Silence);
    let mut first = scene.propose(scene.stake(1, 1).await);
    first.confirm().await;
    eventually("the wallet is open", || async { !scene.wallet.asked_to_send().is_empty() }).await;
    let before = journal(&scene.store);
    assert!(matches!(before.steps[0], StepState::Asked { .. }));

    let mut second = scene.reload();
    assert_eq!(second.paused().await, (0, Pause::Uncertain));
    second.send(Event::Again);
    second.confirm().await;
    second.until(|run| run.phase == Phase::Paused(0, Pause::Refused(Refusal::Elsewhere))).await;
    assert_eq!(scene.wallet.asked_to_send().len(), 1);
    assert_eq!(journal(&scene.store).steps, before.steps, "what the first one wrote is still there");
    drop(first);
}

#[tokio::test]
async fn a_tab_that_fell_behind_takes_over_what_the_other_one_did() {
    let scene = Scene::of("whale").await;
    scene.wallet.will(Answer::Refuse(4001));
    let mut first = scene.propose(scene.stake(1, 2).await);
    first.confirm().await;
    assert_eq!(first.paused().await, (0, Pause::Wallet(WalletError::Rejected)));
    let mut second = scene.reload();
    assert_eq!(second.paused().await, (0, Pause::Wallet(WalletError::Rejected)));

    // the first one does two steps and stops
    first.send(Event::Again);
    first.until(|run| matches!(run.phase, Phase::Asking(1) | Phase::Waiting(1))).await;
    first.send(Event::Stop);
    assert_eq!(first.paused().await, (2, Pause::Stopped));
    assert_eq!(scene.stakes_made().await, 1);

    // the second one does not know, and finds out before it signs
    assert_eq!(second.run().confirmed(), 0);
    second.send(Event::Again);
    let run = second.until(|run| run.confirmed() == 2).await;
    assert_eq!(run.phase, Phase::Paused(2, Pause::Stopped), "and asks the person again");
    assert_eq!(scene.wallet.asked_to_send().len(), 3);
    second.send(Event::Again);
    second.confirm().await;
    second.done().await;
    assert_eq!((scene.stakes_made().await, scene.fork.sent_by(scene.from).await.len()), (2, 3));

    // now it is the first one that fell behind
    first.send(Event::Again);
    first.until(|run| run.phase == Phase::Done).await;
    assert_eq!((scene.stakes_made().await, scene.fork.sent_by(scene.from).await.len()), (2, 3));
}

#[tokio::test]
async fn a_tab_that_fell_behind_does_not_write_over_the_other_one() {
    let scene = Scene::of("whale").await;
    scene.fork.set_automine(false).await;
    let mut first = scene.propose(scene.stake(1, 2).await);
    first.confirm().await;
    first.waiting(0).await;
    // both follow the approval; only the first one was confirmed and goes on
    let mut second = scene.reload();
    second.until(|run| run.phase == Phase::Waiting(0)).await;
    scene.wallet.will(Answer::Silence);
    scene.fork.mine(1).await;
    first.until(|run| run.phase == Phase::Asking(1)).await;
    eventually("the wallet is open", || async { scene.wallet.asked_to_send().len() == 2 }).await;
    assert_eq!(second.paused().await, (1, Pause::Reloaded));
    let kept = journal(&scene.store);
    assert!(
        matches!(kept.steps[1], StepState::Asked { .. }),
        "a crash now must not forget it: {:?}",
        kept.steps
    );

    // nor does it put away what is under way
    second.send(Event::Close);
    second.until(|run| run.phase == Phase::Closed).await;
    assert!(matches!(journal(&scene.store).steps[1], StepState::Asked { .. }));
    drop(first);
}

#[tokio::test]
async fn a_run_that_was_put_away_in_another_tab_is_not_carried_on() {
    let scene = Scene::of("whale").await;
    scene.wallet.will(Answer::Refuse(4001));
    let mut first = scene.propose(scene.stake(1, 1).await);
    first.confirm().await;
    first.paused().await;
    let mut second = scene.reload();
    second.paused().await;
    first.send(Event::Close);
    first.until(|run| run.phase == Phase::Closed).await;
    second.send(Event::Again);
    second.until(|run| run.phase == Phase::Blocked(0, Refusal::PutAway)).await;
    assert_eq!(scene.wallet.asked_to_send().len(), 1);
}

#[tokio::test]
async fn accounts_have_locks_of_their_own() {
    let scene = Scene::of("whale").await;
    let other = devnet().facts.account("alice");
    let locks: Mutexes = scene.locks.clone();
    scene.wallet.will(Answer::Silence);
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.confirm().await;
    eventually("the lock is taken", || async { !locks.held().is_empty() }).await;
    let name = locks.held().into_iter().next().expect("one");
    assert!(
        name.contains(&scene.from.to_string())
            && name.contains("31337")
            && !name.contains(&other.to_string()),
        "{name}"
    );
    assert_ne!(TestWallet::new(&scene.fork, other).asked_to_send().len(), 1);
}
