//! A sequencer of one's own is staked with: by what the rollup emits, never by the transaction's status alone.

use alloy_primitives::U256;
use rota::{
    aztec::{
        abi::KeyStore,
        keys,
        plan::{self, OwnFigures, OwnIntent, PlanError},
        read,
    },
    tx::machine::StepState,
};
use serde_json::{Value, json};

use crate::{
    scene::Scene,
    support::{IToken, NodeTool, devnet},
};

/// Keys as the node's tool writes them.
fn made(seeds: &[&str]) -> Vec<KeyStore> {
    let out = NodeTool::run("tools/staker-output.mjs", &json!({ "seeds": seeds }).to_string());
    let out: Value = serde_json::from_str(&out).expect("JSON");
    let lines = keys::parse(&out["keys"].to_string()).expect("a key file");
    lines.into_iter().map(|line| line.key.expect("whole")).collect()
}

async fn figures(scene: &Scene) -> OwnFigures {
    let contracts = &scene.book.contracts;
    let (pool, block) = (scene.fork.pool(), scene.fork.latest().await);
    let funds = read::funds_for(&pool, contracts, scene.from, scene.rollup(), block).await.value;
    OwnFigures {
        activation_threshold: contracts.canonical().activation_threshold.value.clone().expect("read"),
        tokens: funds.tokens.value.expect("read"),
        allowance: funds.allowance.value.expect("read"),
    }
}

fn says(step: &StepState) -> String {
    let StepState::Confirmed(outcome) = step else { panic!("{step:?}") };
    outcome.says.clone().unwrap_or_default()
}

#[tokio::test]
async fn own_sequencers_wait_in_the_queue_and_nothing_is_left_allowed() {
    let scene = Scene::of("whale").await;
    let cold = devnet().facts.account("coldWallet");
    let keys = made(&["own 1", "own 2"]);
    let intent = OwnIntent { keys: keys.clone(), withdrawer: cold, follow_upgrades: true };
    let figures = figures(&scene).await;
    let made = plan::stake_own(&scene.planner().setting().await, &intent, &figures).expect("a plan");
    assert_eq!(made.steps.len(), 3, "an approval of exactly both, and two deposits");
    let before = (scene.tokens_of(scene.from).await, scene.entry_queue().await.len());
    let mut page = scene.propose(made);
    for _ in 0..3 {
        page.confirm().await;
    }
    let run = page.done().await;
    for (step, key) in run.steps[1..].iter().zip(&keys) {
        let said = says(step);
        assert!(said.starts_with("Sequencer 0x") && said.contains("waits in the entry queue"), "{said}");
        assert!(said.contains(&rota::units::format::short_address(key.attester)), "{said}");
    }
    let staked = figures.activation_threshold * U256::from(2);
    assert_eq!(before.0 - scene.tokens_of(scene.from).await, staked);
    let queue = scene.entry_queue().await;
    assert_eq!(queue[before.1..], [(keys[0].attester, cold), (keys[1].attester, cold)]);
    let allowed = IToken::allowanceCall { owner: scene.from, spender: scene.rollup() };
    assert_eq!(scene.fork.read(scene.token(), allowed).await, U256::ZERO);
    page.close().await;
}

#[tokio::test]
async fn a_key_that_would_be_paid_back_is_not_signed_for() {
    let scene = Scene::of("whale").await;
    let used = devnet().facts.sequencers.iter().find(|s| s.status == "validating").expect("one").attester;
    let [mut key, other]: [KeyStore; 2] = made(&["own 3", "own 4"]).try_into().expect("two");
    let figures = figures(&scene).await;
    let (good, before) = (key.clone(), scene.entry_queue().await.len());
    key.proofOfPossession = other.proofOfPossession;
    for bad in [key, KeyStore { attester: used, ..good }] {
        // as if it had been judged before somebody else used it
        let intent = OwnIntent { keys: vec![bad], withdrawer: scene.from, follow_upgrades: true };
        let made = plan::stake_own(&scene.planner().setting().await, &intent, &figures).expect("a plan");
        let refused = rota::tx::Lexicon::guard(&scene.book, scene.fork.pool(), made).await;
        let said = refused.expect_err("refused").what;
        assert!(said.contains("cannot be staked with any more"), "{said}");
    }
    assert_eq!(scene.entry_queue().await.len(), before);
}

#[tokio::test]
async fn what_cannot_be_staked_is_refused_with_its_reason() {
    let scene = Scene::of("whale").await;
    let keys = made(&["own 5"]);
    let intent = OwnIntent { keys, withdrawer: scene.from, follow_upgrades: true };
    let figures = figures(&scene).await;
    let planner = scene.planner();
    let setting = planner.setting().await;
    let none = OwnIntent { keys: Vec::new(), ..intent.clone() };
    assert_eq!(plan::stake_own(&setting, &none, &figures), Err(PlanError::NoKeys));
    let poor = OwnFigures { tokens: figures.activation_threshold - U256::ONE, ..figures };
    let needed = figures.activation_threshold;
    let refusal = PlanError::NotEnoughTokens { needed, held: poor.tokens };
    assert_eq!(plan::stake_own(&setting, &intent, &poor), Err(refusal));
    let allowed = OwnFigures { allowance: figures.activation_threshold, ..figures };
    let made = plan::stake_own(&setting, &intent, &allowed).expect("a plan");
    assert_eq!(made.steps.len(), 1, "what is allowed already is used");
    let mut contracts = (*scene.book.contracts).clone();
    contracts.latest_rollup = None;
    let setting = plan::Setting { contracts: &contracts, ..setting };
    assert_eq!(plan::stake_own(&setting, &intent, &figures), Err(PlanError::CannotFollow));
    let pinned = OwnIntent { follow_upgrades: false, ..intent };
    assert!(plan::stake_own(&setting, &pinned, &figures).is_ok());
}
