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
    function claimSequencerRewards(address coinbase) external returns (uint256);
}

/// Whether a plan may still be signed, and if not, why.
async fn refusal(planner: &Planner<'_>, plan: &Plan) -> Option<String> {
    planner.book.guard(planner.chain.pool(), plan.clone()).await.err().map(|why| why.what)
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
    let (_, rewards) = planner.rewards(planner.from).await;
    // somebody brings what a rollup owes to a split: it has something of its own then
    let owed = rewards.splits.iter().find_map(|(split, found)| {
        let owes = |accrued: &rota::chain::Reading<U256>| accrued.get().is_some_and(|owed| !owed.is_zero());
        Some((*split, found.accrued.iter().position(owes)?))
    });
    let (split, place) = owed.expect("one is owed something");
    let voter = devnet().facts.account("voter");
    let rollup = book.contracts.rollups[place].address;
    Deeds::on(&fork).act(voter, rollup, claimSequencerRewardsCall { coinbase: split }).await;
    let (_, rewards) = planner.rewards(planner.from).await;
    let claim = rota::aztec::plan::claim(&planner.setting().await, &rewards, &[split], None, &|_| U256::ZERO);
    let plan = claim.expect("a plan").plan;
    assert_eq!(refusal(&planner, &plan).await, None);

    let stop = |of: Address| fork.rpc.must("anvil_setCode", json!([of, "0xfe"]));
    for rollup in &book.contracts.rollups {
        stop(rollup.address).await;
    }
    fork.mine(1).await;
    assert_eq!(refusal(&planner, &plan).await, None, "what the split has can still be shared out");
    stop(split).await;
    fork.mine(1).await;
    stop(devnet().facts.contract("warehouse")).await;
    fork.mine(1).await;
    let said = "None of these claims would bring anything any more.";
    assert_eq!(refusal(&planner, &plan).await.as_deref(), Some(said));
}

#[tokio::test]
async fn claims_that_somebody_made_before_are_not_signed() {
    let fork = Fork::new().await;
    let book = fork.book().await;
    let planner = Planner { chain: &fork, book: &book, from: devnet().facts.account("alice") };
    let (splits, rewards) = planner.rewards(planner.from).await;
    let setting = planner.setting().await;
    let claim = rota::aztec::plan::claim(&setting, &rewards, &splits, None, &|_| U256::ZERO).expect("a plan");
    assert_eq!(refusal(&planner, &claim.plan).await, None);
    // every call of the bundle succeeds again, with nothing in it
    let stranger = devnet().facts.account("voter");
    for step in &claim.plan.steps {
        let hash = Deeds::on(&fork).post_with(stranger, step.call.to, &step.call.data, json!({})).await;
        assert_eq!(fork.mined(hash).await["status"], "0x1");
    }
    let said = "None of these claims would bring anything any more.";
    assert_eq!(refusal(&planner, &claim.plan).await.as_deref(), Some(said));
}

#[tokio::test]
async fn only_the_keys_that_were_shown_leave_a_queue() {
    let fork = Fork::new().await;
    let book = fork.book().await;
    let (pool, block) = (fork.pool(), fork.latest().await);
    let page = rota::aztec::read::provider(&pool, &book.contracts, 1, block).await.value;
    let config = page.config.value.expect("read");
    let planner = Planner { chain: &fork, book: &book, from: config.admin };
    let made = rota::aztec::plan::drip(&planner.setting().await, 1, &config, 1, 8).expect("a plan");
    assert_eq!(refusal(&planner, &made).await, None);
    // somebody else's change of another queue is none of its business
    Deeds::on(&fork).drip(2, 1).await;
    assert_eq!(refusal(&planner, &made).await, None);
    Deeds::on(&fork).drip(1, 1).await;
    let said = "The front of the queue is another one than when this was made: other keys would leave.";
    assert_eq!(refusal(&planner, &made).await.as_deref(), Some(said));
    let again = rota::aztec::plan::drip(&planner.setting().await, 1, &config, 1, 7).expect("a plan");
    assert_eq!(refusal(&planner, &again).await, None);
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
