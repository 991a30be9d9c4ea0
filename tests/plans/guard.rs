//! What is looked at again right before each signature, on a chain that went on after the plan was made.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolValue as _;
use rota::{
    aztec::{keys, plan, read},
    tx::{Lexicon as _, Plan},
};
use serde_json::{Value, json};

use crate::support::{Deeds, Fork, Key, NodeTool, Planner, devnet};

alloy_sol_types::sol! {
    function addRollup(address rollup) external;
}

/// Whether a plan may still be signed, and if not, why.
async fn refusal(planner: &Planner<'_>, plan: &Plan) -> Option<String> {
    let calls = plan.steps.iter().map(|step| step.call.clone()).collect();
    planner.book.guard(planner.chain.pool(), calls).await.err().map(|why| why.what)
}

/// Governance tells a contract of a new rollup.
async fn announce(fork: &Fork, to: &str) {
    let facts = &devnet().facts;
    let (governance, rollup) = (facts.contract("governance"), Address::repeat_byte(0x99));
    // says that its version is 7, whatever it is asked
    fork.rpc.must("anvil_setCode", json!([rollup, "0x60075f5260205ff3"])).await;
    fork.rpc.must("anvil_impersonateAccount", json!([governance])).await;
    fork.set_ether(governance, U256::from(10).pow(U256::from(18))).await;
    Deeds::on(fork).act(governance, facts.contract(to), addRollupCall { rollup }).await;
}

#[tokio::test]
async fn a_stake_that_could_not_follow_any_more_is_not_signed() {
    let fork = Fork::new().await;
    let book = fork.book().await;
    let planner = Planner { chain: &fork, book: &book, from: devnet().facts.account("whale") };
    let follows = planner.stake(1, 2).await;
    let mut intent = planner.intent(1, 2).await;
    intent.follow_upgrades = false;
    let stays = planner.stake_as(&intent).await.expect("a plan");
    assert_eq!((refusal(&planner, &follows).await, refusal(&planner, &stays).await), (None, None));

    announce(&fork, "gse").await;
    let said = "A stake that follows upgrades is not possible at present: the GSE knows a newer rollup than the Registry.";
    assert_eq!(refusal(&planner, &follows).await.as_deref(), Some(said));
    assert_eq!(refusal(&planner, &stays).await, None);

    announce(&fork, "registry").await;
    let said = "Governance has replaced the rollup that this would stake with.";
    for plan in [&follows, &stays] {
        assert_eq!(refusal(&planner, plan).await.as_deref(), Some(said));
    }
}

#[tokio::test]
async fn what_cannot_be_checked_is_not_signed() {
    let fork = Fork::new().await;
    let book = fork.book().await;
    let planner = Planner { chain: &fork, book: &book, from: devnet().facts.account("whale") };
    let plan = planner.stake(1, 1).await;
    fork.rpc.must("anvil_setCode", json!([devnet().facts.contract("registry"), "0x"])).await;
    fork.mine(1).await;
    let said = "The rollup that this would stake with could not be checked.";
    assert_eq!(refusal(&planner, &plan).await.as_deref(), Some(said));
}

#[tokio::test]
async fn claims_that_would_all_fail_are_not_signed() {
    let fork = Fork::new().await;
    let book = fork.book().await;
    let planner = Planner { chain: &fork, book: &book, from: devnet().facts.account("alice") };
    let (splits, rewards) = planner.rewards(planner.from).await;
    let claim =
        rota::aztec::plan::claim(&planner.setting().await, &rewards, &splits[..1], None, &|_| U256::ZERO);
    let plan = claim.expect("a plan").plan;
    assert_eq!(refusal(&planner, &plan).await, None);

    let stop = |of: Address| fork.rpc.must("anvil_setCode", json!([of, "0xfe"]));
    for rollup in &book.contracts.rollups {
        stop(rollup.address).await;
    }
    fork.mine(1).await;
    assert_eq!(refusal(&planner, &plan).await, None, "what the split has can still be shared out");
    stop(splits[0]).await;
    fork.mine(1).await;
    let said = "None of these claims would succeed any more.";
    assert_eq!(refusal(&planner, &plan).await.as_deref(), Some(said));
}

#[tokio::test]
async fn keys_are_asked_of_the_contract_again_before_they_are_signed() {
    const PROVIDER: u64 = 1;
    const OTHER: u64 = 2;
    let fork = Fork::new().await;
    let book = fork.book().await;
    let page = read::provider(&fork.pool(), &book.contracts, PROVIDER, fork.latest().await).await.value;
    let config = page.config.value.expect("read");
    let planner = Planner { chain: &fork, book: &book, from: config.admin };
    let out =
        NodeTool::run("tools/staker-output.mjs", &json!({ "seeds": ["guard 1", "guard 2"] }).to_string());
    let out: Value = serde_json::from_str(&out).expect("JSON");
    let lines = keys::parse(&out["keys"].to_string()).expect("a key file");
    let made: Vec<_> = lines.into_iter().map(|line| line.key.expect("whole")).collect();
    let setting = planner.setting().await;
    let add = |keys: &[_]| plan::add_keys(&setting, PROVIDER, &config, keys).expect("a plan");
    assert_eq!(refusal(&planner, &add(&made)).await, None);

    // a proof of another key: the registry would take it
    let mut bad = made.clone();
    bad[1].proofOfPossession = made[0].proofOfPossession.clone();
    let said = refusal(&planner, &add(&bad)).await.expect("a reason");
    assert!(said.starts_with("The GSE refuses key 0x"), "{said}");

    // somebody else was faster with the same key
    let theirs = Key::abi_decode(&made[0].abi_encode()).expect("the same form");
    Deeds::on(&fork).add_keys(OTHER, vec![theirs]).await;
    let said = refusal(&planner, &add(&made)).await.expect("a reason");
    assert!(said.ends_with("waits in the queue of provider 2 by now."), "{said}");
}
