//! Rewards are claimed and stake comes back, to the last unit.

use alloy_primitives::{Address, U256};
use rota::{
    aztec::{
        Learned,
        plan::{self, LeftOut, PlanError, Setting},
        read::Rewards,
    },
    chain::unbundle,
    tx::{
        Lexicon as _,
        machine::{Event, Phase, StepState},
        simulate::{Simulated, simulate},
    },
};

use crate::{
    scene::Scene,
    support::{IRollup, IToken, Sequencer, devnet},
};

fn says(step: &StepState) -> String {
    let StepState::Confirmed(outcome) = step else { panic!("{step:?}") };
    outcome.says.clone().expect("what came of it")
}

async fn claim_of(scene: &Scene, person: &str, dust: U256) -> (plan::Claim, Rewards) {
    let planner = scene.planner();
    let (splits, rewards) = planner.rewards(devnet().facts.account(person)).await;
    (plan::claim(&planner.setting().await, &rewards, &splits, None, &|_| dust).expect("a plan"), rewards)
}

#[tokio::test]
async fn claiming_all_brings_exactly_what_was_said() {
    for (person, signer) in [("alice", "alice"), ("bob", "fresh"), ("dave", "dave")] {
        let scene = Scene::of(signer).await;
        let (claim, _) = claim_of(&scene, person, U256::ZERO).await;
        assert_eq!(claim.plan.steps.len(), 1);
        let mut before = Vec::new();
        for arrival in &claim.arrivals {
            before.push(scene.tokens_of(arrival.recipient).await);
        }
        let mut page = scene.propose(claim.plan.clone());
        page.confirm().await;
        let run = page.done().await;
        for (arrival, before) in claim.arrivals.iter().zip(before) {
            assert!(arrival.amount > U256::from(1_000));
            assert_eq!(scene.tokens_of(arrival.recipient).await, before + arrival.amount, "{person}");
        }
        let StepState::Confirmed(outcome) = &run.steps[0] else { panic!("confirmed") };
        let calls = unbundle(&claim.plan.steps[0].call.data).expect("a bundle").len() as u64;
        assert!(outcome.gas_used < 40_000 + calls * 85_000, "{} gas for {calls} calls", outcome.gas_used);
        let said = says(&run.steps[0]);
        assert!(said.contains("AZTEC arrived at 0x") && !said.contains("failed"), "{said}");
        page.close().await;

        // one unit of every balance stays, and that is dust
        let planner = scene.planner();
        let (splits, rewards) = planner.rewards(devnet().facts.account(person)).await;
        let again = plan::claim(&planner.setting().await, &rewards, &splits, None, &|_| U256::from(10));
        let Err(PlanError::NothingToClaim(left)) = again else { panic!("{person}: {again:?}") };
        assert!(left.iter().all(|left| matches!(left, LeftOut::Dust { .. })), "{person}: {left:?}");
    }
}

#[tokio::test]
async fn the_shares_of_others_go_to_them() {
    let scene = Scene::of("dave").await;
    let (claim, _) = claim_of(&scene, "dave", U256::ZERO).await;
    let recipients: Vec<Address> = claim.arrivals.iter().map(|arrival| arrival.recipient).collect();
    let facts = &devnet().facts;
    assert!(recipients.contains(&facts.account("dave")) && recipients.contains(&facts.account("coldWallet")));
}

#[tokio::test]
async fn who_was_faster_spoils_nothing() {
    let scene = Scene::of("alice").await;
    let (claim, rewards) = claim_of(&scene, "alice", U256::ZERO).await;
    // somebody claims for one of the splits in between
    let taken = rewards.splits.iter().find(|(_, split)| {
        split.accrued.iter().any(|accrued| accrued.get().is_some_and(|amount| !amount.is_zero()))
    });
    let (taken, before) = (*taken.expect("one").0, scene.tokens_of(scene.from).await);
    let call = ISequencerRewards::claimSequencerRewardsCall { coinbase: taken };
    scene.deeds.act(devnet().facts.account("voter"), scene.rollup(), call).await;
    let mut page = scene.propose(claim.plan.clone());
    page.confirm().await;
    page.done().await;
    assert_eq!(scene.tokens_of(scene.from).await, before + claim.arrivals[0].amount, "all of it arrived");
    page.close().await;
}

#[tokio::test]
async fn a_claim_that_brings_less_than_was_shown_is_shown_again() {
    let scene = Scene::of("alice").await;
    let planner = scene.planner();
    let (splits, rewards) = planner.rewards(scene.from).await;
    let setting = planner.setting().await;
    let claim = plan::claim(&setting, &rewards, &splits, None, &|_| U256::ZERO).expect("a plan");
    let part = plan::claim(&setting, &rewards, &splits[..1], None, &|_| U256::ZERO).expect("a plan");
    let mut page = scene.propose(claim.plan.clone());
    page.reviewed().await;
    // somebody brings a part of it to her in between
    let call = &part.plan.steps[0].call;
    let stranger = devnet().facts.account("voter");
    let hash = scene.deeds.post_with(stranger, call.to, &call.data, serde_json::json!({})).await;
    assert_eq!(scene.fork.mined(hash).await["status"], "0x1");
    page.send(Event::Confirm);
    let run = page.until(|run| run.changed.is_some() && matches!(run.phase, Phase::Review(0))).await;
    let changed = run.changed.expect("said").what;
    let all = scene.book.contracts.token.amount(claim.arrivals[0].amount);
    assert!(changed.contains("You: +") && changed.contains(&format!("before +{all}.")), "{changed}");
    assert_eq!(scene.wallet.asked_to_send(), Vec::<serde_json::Value>::new());
    let before = scene.tokens_of(scene.from).await;
    page.send(Event::Confirm);
    page.done().await;
    let left = claim.arrivals[0].amount - part.arrivals[0].amount;
    assert_eq!(scene.tokens_of(scene.from).await, before + left);
    page.close().await;
}

/// Sends a call as an account that no wallet holds.
async fn as_contract(scene: &Scene, who: Address, to: Address, call: impl alloy_sol_types::SolCall) {
    scene.fork.rpc.must("anvil_impersonateAccount", serde_json::json!([who])).await;
    scene.fork.set_ether(who, U256::from(10).pow(U256::from(18))).await;
    scene.deeds.act(who, to, call).await;
}

#[tokio::test]
async fn what_a_rollup_holds_back_stays_and_is_named() {
    let scene = Scene::of("alice").await;
    let before = claim_of(&scene, "alice", U256::ZERO).await.0;
    let old = devnet().facts.rollups[0].address;
    let call = ISequencerRewards::setRewardsClaimableCall { claimable: false };
    as_contract(&scene, devnet().facts.contract("governance"), old, call).await;
    let after = claim_of(&scene, "alice", U256::ZERO).await.0;
    let held: Vec<_> = after
        .left_out
        .iter()
        .filter_map(|left| match left {
            LeftOut::HeldBack { amount, .. } => Some(*amount),
            _ => None,
        })
        .collect();
    let token = U256::from(10).pow(U256::from(18));
    assert_eq!(held, [U256::from(1_234) * token], "one delegation has some left on the first rollup");
    // 5 % is the provider's
    let own = U256::from(1_234) * token * U256::from(95) / U256::from(100);
    assert_eq!(after.arrivals[0].amount + own, before.arrivals[0].amount);
    let mut page = scene.propose(after.plan);
    page.confirm().await;
    assert!(!says(&page.done().await.steps[0]).contains("failed"), "nothing is called that would fail");
    page.close().await;
}

#[tokio::test]
async fn who_withdraws_only_for_itself_gets_it_only_by_itself() {
    let scene = Scene::of("fresh").await;
    let bob = devnet().facts.account("bob");
    let call = ISequencerRewards::setWithdrawConfigCall { config: Config { incentive: 0, paused: true } };
    scene.deeds.act(bob, devnet().facts.contract("warehouse"), call).await;
    let (claim, _) = claim_of(&scene, "bob", U256::ZERO).await;
    assert_eq!((claim.arrivals, claim.left_out), (vec![], vec![LeftOut::OnlyItself { recipient: bob }]));

    let scene = Scene::of("bob").await;
    let call = ISequencerRewards::setWithdrawConfigCall { config: Config { incentive: 0, paused: true } };
    scene.deeds.act(bob, devnet().facts.contract("warehouse"), call).await;
    let (claim, _) = claim_of(&scene, "bob", U256::ZERO).await;
    let before = scene.tokens_of(bob).await;
    let mut page = scene.propose(claim.plan);
    page.confirm().await;
    page.done().await;
    assert_eq!(scene.tokens_of(bob).await, before + claim.arrivals[0].amount);
    page.close().await;
}

alloy_sol_types::sol! {
    struct Config { uint16 incentive; bool paused; }

    interface ISequencerRewards {
        function setRewardsClaimable(bool claimable) external;
        function setWithdrawConfig(Config config) external;
        function claimSequencerRewards(address coinbase) external returns (uint256);
    }
}

#[tokio::test]
async fn dust_stays_and_is_named() {
    let scene = Scene::of("alice").await;
    let planner = scene.planner();
    let (splits, rewards) = planner.rewards(scene.from).await;
    let all =
        plan::claim(&planner.setting().await, &rewards, &splits, None, &|_| U256::ZERO).expect("a plan");
    let high = U256::from(5_000) * U256::from(10).pow(U256::from(18));
    let most = plan::claim(&planner.setting().await, &rewards, &splits, None, &|_| high).expect("a plan");
    let dust: Vec<_> = most
        .left_out
        .iter()
        .filter_map(|left| match left {
            LeftOut::Dust { share, .. } => Some(*share),
            _ => None,
        })
        .collect();
    assert!(!dust.is_empty() && dust.iter().all(|share| *share <= high));
    let left: U256 = dust.into_iter().sum();
    assert_eq!(most.arrivals[0].amount + left, all.arrivals[0].amount, "the parts add up");
}

#[tokio::test]
async fn many_claims_are_cut_by_their_gas() {
    let scene = Scene::of("alice").await;
    let planner = scene.planner();
    let (splits, rewards) = planner.rewards(scene.from).await;
    // as if every split were there twenty times
    let many: Vec<Address> = splits.iter().copied().cycle().take(splits.len() * 20).collect();
    let claim =
        plan::claim(&planner.setting().await, &rewards, &many, None, &|_| U256::ZERO).expect("a plan");
    assert!(claim.plan.steps.len() > 1, "{} transactions", claim.plan.steps.len());
    assert_eq!(claim.plan.steps[0].title, format!("Claim all rewards, 1 of {}", claim.plan.steps.len()));
    // each as full as it may be: below the most, and no more transactions than it takes
    let calls: Vec<_> = claim.plan.steps.iter().map(|step| step.call.clone()).collect();
    let simulated = simulate(&scene.fork.pool(), scene.from, &calls, 0).await.expect("simulated");
    let gas: Vec<_> = simulated.calls.iter().map(|call| Simulated::gas(call).expect("it succeeds")).collect();
    assert!(gas.iter().all(|gas| *gas <= 12_000_000), "{gas:?}");
    assert!(gas[0] > 2_000_000, "{gas:?}");
    let counts: Vec<_> = calls.iter().map(|call| unbundle(&call.data).expect("a bundle").len()).collect();
    let (last, full) = counts.split_last().expect("some");
    assert!(full.iter().all(|count| count >= last && *count > 100), "{counts:?}");
}

fn own(person: &str, status: &str) -> &'static Sequencer {
    let facts = &devnet().facts;
    let of = |s: &&Sequencer| s.withdrawer == facts.account(person) && s.status == status;
    facts.sequencers.iter().find(of).expect("one")
}

#[tokio::test]
async fn an_exit_is_started_waits_for_the_later_date_and_is_paid() {
    let scene = Scene::of("alice").await;
    let facts = &devnet().facts;
    let staked = own("alice", "validating");
    let contracts = scene.book.contracts.clone();
    let rollup = &contracts.rollups[facts.rollup_index(staked.rollup)];
    let planner = scene.planner();
    let to = facts.account("coldWallet");
    let start = |setting: &Setting<'_>, who| plan::start_exit(setting, rollup, staked.attester, who, to);
    let other = facts.account("bob");
    assert_eq!(start(&planner.setting().await, other).err(), Some(PlanError::NotWithdrawer(other)));
    let mut page = scene.propose(start(&planner.setting().await, scene.from).expect("a plan"));
    page.confirm().await;
    let run = page.done().await;
    assert!(says(&run.steps[0]).starts_with("200,000 AZTEC will go to 0x8626"), "{}", says(&run.steps[0]));
    page.close().await;

    let begun = scene.fork.latest().await.timestamp;
    let exit = planner.exit(staked.attester).await;
    let parameters = &facts.parameters;
    assert_eq!(exit.exitable_at, begun + parameters.exit_delay);
    let end = exit.ends_at().expect("read");
    assert_eq!(end, begun + parameters.exit_delay.max(parameters.governance_withdrawal_delay));

    let finish = |setting: &Setting<'_>| plan::finish_exit(setting, rollup, staked.attester, &exit);
    let call = IRollup::finalizeWithdrawCall { attester: staked.attester };
    scene.fork.set_next_time(end - 1).await;
    assert!(
        !scene.deeds.succeeds(facts.account("voter"), rollup.address, call).await,
        "nor do the contracts"
    );
    assert_eq!(finish(&planner.setting().await).err(), Some(PlanError::NotYet(end)));
    scene.fork.warp_to(end + 60).await;
    let before = scene.tokens_of(to).await;
    let mut page = scene.propose(finish(&planner.setting().await).expect("a plan"));
    page.confirm().await;
    let run = page.done().await;
    assert_eq!(scene.tokens_of(to).await, before + staked.balance);
    assert!(says(&run.steps[0]).starts_with("200,000 AZTEC went to 0x8626"), "{}", says(&run.steps[0]));
    page.close().await;
}

#[tokio::test]
async fn a_zombie_needs_a_recipient_first() {
    let scene = Scene::of("dave").await;
    let zombie = own("dave", "zombie");
    let contracts = scene.book.contracts.clone();
    let rollup = &contracts.rollups[devnet().facts.rollup_index(zombie.rollup)];
    let planner = scene.planner();
    let exit = planner.exit(zombie.attester).await;
    let finish = plan::finish_exit(&planner.setting().await, rollup, zombie.attester, &exit);
    assert_eq!(finish.err(), Some(PlanError::NoRecipient));
    let start =
        plan::start_exit(&planner.setting().await, rollup, zombie.attester, zombie.withdrawer, scene.from);
    let mut page = scene.propose(start.expect("a plan"));
    page.confirm().await;
    page.done().await;
    page.close().await;
    let named = planner.exit(zombie.attester).await;
    assert_eq!(named.recipient, Some(scene.from));
    assert_eq!(named.ends_at(), exit.ends_at(), "the clock is not started again");
}

alloy_sol_types::sol! {
    interface IFees {
        function getFeeAsset() external view returns (address);
        function mint(address to, uint256 amount) external;
    }
}

/// Makes a rollup pay in another token: the word in which it keeps the address of its fee asset is found by the slots
/// that its getter reads.
async fn pay_in(scene: &Scene, rollup: Address, token: Address) {
    let call =
        alloy_primitives::Bytes::from(alloy_sol_types::SolCall::abi_encode(&IFees::getFeeAssetCall {}));
    let request = serde_json::json!([{ "from": scene.from, "to": rollup, "data": call }, "latest"]);
    let list = scene.fork.rpc.must("eth_createAccessList", request).await;
    let old = format!("{:x}", scene.token());
    for entry in list["accessList"].as_array().expect("a list") {
        for slot in entry["storageKeys"].as_array().expect("slots") {
            let at = serde_json::json!([rollup, slot, "latest"]);
            let word = scene.fork.rpc.must("eth_getStorageAt", at).await;
            let word = word.as_str().expect("a word").replace(&old, &format!("{token:x}"));
            let change = serde_json::json!([rollup, slot, word]);
            scene.fork.rpc.must("anvil_setStorageAt", change).await;
        }
    }
}

#[tokio::test]
async fn rewards_in_another_token_than_the_staked_one_are_told_in_it_and_arrive() {
    let mut scene = Scene::of("bob").await;
    let (facts, bob) = (&devnet().facts, scene.from);
    let fees = facts.contract("feeAsset");
    let canonical = scene.rollup();
    pay_in(&scene, canonical, fees).await;
    scene
        .deeds
        .act(bob, fees, IFees::mintCall { to: canonical, amount: U256::from(10).pow(U256::from(30)) })
        .await;

    let (claim, rewards) = claim_of(&scene, "bob", U256::ZERO).await;
    let token = rewards.tokens[&fees].value.clone().expect("read");
    assert_eq!((token.symbol.as_str(), token.decimals), ("FEE", 6));
    let told = claim.arrivals.iter().find(|arrival| arrival.token == fees && arrival.recipient == bob);
    let told = told.expect("something in fees").amount;
    let planner = scene.planner();
    let sheet = planner.sheet(bob).await;
    let total = sheet.total(fees).expect("one of its tokens");
    let owed = facts.rewards.accrued.iter().filter(|entry| {
        let mine = |s: &&Sequencer| s.split.as_ref().is_some_and(|split| split.address == entry.coinbase);
        let of_bob = facts.sequencers.iter().find(mine).is_some_and(|s| s.withdrawer == bob);
        of_bob && facts.rollups.iter().any(|r| r.version == entry.rollup && r.address == canonical)
    });
    let owed: U256 = owed.map(|entry| entry.amount).sum();
    assert!(!told.is_zero() && told < owed, "net of commission");
    let unclaimed = total.unclaimed.value.clone().expect("read");
    assert!(unclaimed - told < U256::from(10), "all but what splits and warehouse keep: {unclaimed}, {told}");
    // what is in the staking token stays in it
    let staked = sheet.total(scene.token()).expect("the other token");
    assert_ne!(staked.unclaimed.value, total.unclaimed.value);

    let before = scene.fork.read(fees, IToken::balanceOfCall { account: bob }).await;
    scene.book.learned = Learned { tokens: vec![token.clone()], ..Learned::default() }.into();
    let mut page = scene.propose(claim.plan);
    page.confirm().await;
    let run = page.done().await;
    let after = scene.fork.read(fees, IToken::balanceOfCall { account: bob }).await;
    assert_eq!(after - before, told);
    let said = says(&run.steps[0]);
    assert!(said.contains(&format!("{} arrived at", token.amount(told))), "{said}");
    page.close().await;
}

#[tokio::test]
async fn a_token_without_a_known_name_did_arrive_too() {
    let scene = Scene::of("bob").await;
    let fees = devnet().facts.contract("feeAsset");
    pay_in(&scene, scene.rollup(), fees).await;
    let purse = U256::from(10).pow(U256::from(30));
    scene.deeds.act(scene.from, fees, IFees::mintCall { to: scene.rollup(), amount: purse }).await;
    let (claim, _) = claim_of(&scene, "bob", U256::ZERO).await;
    let told = claim.arrivals.iter().find(|arrival| arrival.token == fees).expect("one").amount;
    let mut page = scene.propose(claim.plan);
    page.confirm().await;
    let said = says(&page.done().await.steps[0]);
    assert!(said.contains(&format!("{told} units of token {fees} arrived at")), "{said}");
    page.close().await;
}

#[tokio::test]
async fn a_vote_moves_where_the_stake_is_and_says_so() {
    let scene = Scene::of("alice").await;
    let planner = scene.planner();
    let sheet = planner.sheet(scene.from).await;
    let line = sheet.lines.iter().find(|line| line.backing.is_some()).expect("one validates");
    let stake = line.backing.clone().expect("one").value.expect("read");
    let friend = devnet().facts.account("bob");
    let plan = plan::delegate_vote(&planner.setting().await, &stake, friend).expect("a plan");
    let mut page = scene.propose(plan);
    page.confirm().await;
    let said = says(&page.done().await.steps[0]);
    assert!(said.starts_with("200,000 AZTEC of power moved to 0x"), "{said}");
    page.close().await;
    let sheet = planner.sheet(scene.from).await;
    let line = sheet.lines.iter().find(|line| line.stake.attester == stake.attester).expect("it");
    assert_eq!(line.backing.clone().expect("one").value.expect("read").delegatee, friend);

    // where the power is not told to have moved, that it did is not said
    let plan = plan::delegate_vote(&planner.setting().await, &stake, friend).expect("a plan");
    let said = scene.book.outcome(&plan.steps[0].call, &[]).expect("words");
    assert!(said.starts_with("No power moved"), "{said}");
}
