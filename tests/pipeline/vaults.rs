//! Token vaults: staked from in one run, left, emptied, by whoever may.

use std::{collections::BTreeMap, sync::Arc};

use alloy_primitives::{Address, U256, keccak256};
use alloy_sol_types::{SolCall as _, sol};
use rota::{
    aztec::{
        plan::{self, PlanError, Setting, VaultError},
        read::{self, Backing, Deed, MovesAsked},
        vaults::{Abilities, Vault, vaults},
    },
    chain::{BlockRef, ReadError},
    tx::{Lexicon as _, Plan, machine::StepState},
    units::format,
};
use serde_json::json;

use crate::{
    scene::Scene,
    support::{Chain, IToken, Limits, Planner, Proxy, devnet},
};

sol! {
    interface IVaultRegistry {
        function getRevoker() external view returns (address);
        function setExecuteAllowedAt(uint256 time) external;
        function setUnlockStartTime(uint256 time) external;
        function setMilestoneStatus(uint96 id, uint8 status) external;
    }
    interface ISlashed {
        function getSlasher() external view returns (address);
        function slash(address attester, uint256 amount) external returns (bool);
    }
    interface IProposes {
        function proposeWithLock(address payload) external returns (uint256);
    }
    interface IMint {
        function mint(address to, uint256 amount) external;
    }
    interface IVotes {
        function getVotingPower(address delegatee) external view returns (uint256);
        function getBonusInstanceAddress() external view returns (address);
        function powerNow(address owner) external view returns (uint256);
    }
}

fn units(tokens: u64) -> U256 {
    U256::from(tokens) * U256::from(10).pow(U256::from(18))
}

fn says(step: &StepState) -> String {
    let StepState::Confirmed(outcome) = step else { panic!("{step:?}") };
    outcome.says.clone().unwrap_or_default()
}

/// A person with a chain and a wallet, whose app knows the vaults of the network.
async fn scene(person: &str) -> Scene {
    let mut scene = Scene::of(person).await;
    let known = devnet().facts.vaults.iter().map(|vault| (vault.address, vault.staker)).collect();
    scene.book.vaults = Arc::new(known);
    scene
}

async fn vault(scene: &Scene, name: &str) -> Vault {
    let (pool, block) = (scene.fork.pool(), scene.fork.latest().await);
    let registries = [devnet().facts.contract("vaultRegistry")];
    let at = [devnet().facts.vault(name).address];
    let read = vaults(&pool, &scene.book.contracts, &registries, &at, &mut BTreeMap::new(), block).await;
    read.value.into_iter().next().expect("one").1.expect("a vault")
}

fn setting(scene: &Scene, from: Address, read_at: BlockRef) -> Setting<'_> {
    Setting { network: "aztec-local", contracts: &scene.book.contracts, from, read_at }
}

/// The plan of somebody for a delegation of the vault to provider 1.
async fn delegation(
    scene: &Scene,
    vault: &Vault,
    from: Address,
    sequencers: u64,
    take_over: bool,
) -> Result<Plan, PlanError> {
    let planner = Planner { chain: &scene.fork, book: &scene.book, from };
    let (intent, figures) = (planner.intent(1, sequencers).await, planner.figures(1, sequencers).await);
    plan::vault_stake(&planner.setting().await, vault, &intent, &figures, take_over)
}

async fn done(scene: &Scene, plan: Plan) -> Vec<String> {
    let mut page = scene.propose(plan);
    page.confirm().await;
    let run = page.done().await;
    page.close().await;
    run.steps.iter().map(says).collect()
}

/// Sends a call in the name of any contract or account.
async fn acting(scene: &Scene, who: Address, to: Address, call: impl alloy_sol_types::SolCall) {
    scene.fork.rpc.must("anvil_impersonateAccount", serde_json::json!([who])).await;
    scene.fork.set_ether(who, units(1)).await;
    scene.deeds.act(who, to, call).await;
}

/// Somebody else signs a plan of one step.
async fn signed(scene: &Scene, from: Address, plan: &Plan) {
    let call = &plan.steps[0].call;
    let hash = scene.deeds.post_with(from, call.to, &call.data, serde_json::json!({})).await;
    assert_eq!(scene.fork.mined(hash).await["status"], "0x1");
}

/// Epochs pass until nobody waits.
async fn drain(scene: &Scene) {
    let epoch = devnet().facts.parameters.slot_seconds * devnet().facts.parameters.epoch_slots;
    while !scene.entry_queue().await.is_empty() {
        scene.fork.warp_to(scene.fork.latest().await.timestamp + epoch).await;
        scene.deeds.flush(scene.rollup()).await;
    }
}

/// A delegation of the vault that validates: its key.
async fn validating(scene: &Scene, name: &str) -> Address {
    let made = delegation(scene, &vault(scene, name).await, scene.from, 1, false).await.expect("a plan");
    done(scene, made).await;
    let staker = devnet().facts.vault(name).staker;
    let waiting = scene.entry_queue().await;
    let attester = waiting.iter().find(|(_, withdrawer)| *withdrawer == staker).expect("it waits").0;
    drain(scene).await;
    attester
}

#[tokio::test]
async fn a_vault_is_staked_from_in_one_run_and_only_what_is_missing_is_done() {
    let scene = scene("vested").await;
    let made = devnet().facts.vault("untouched").clone();
    let plan =
        delegation(&scene, &vault(&scene, "untouched").await, scene.from, 2, false).await.expect("a plan");
    let titles: Vec<_> = plan.steps.iter().map(|step| step.title.as_str()).collect();
    let expected = [
        "Upgrade the staker to version 3",
        "Become the vault’s operator",
        "Approve 400,000 AZTEC for the vault’s staker",
        "Stake, sequencer 1 of 2",
        "Stake, sequencer 2 of 2",
    ];
    assert_eq!(titles, expected);
    let said = done(&scene, plan).await;
    assert!(said[4].contains("waits in the entry queue"), "{said:?}");
    let waiting = scene.entry_queue().await;
    assert_eq!(waiting.iter().filter(|(_, withdrawer)| *withdrawer == made.staker).count(), 2);
    assert_eq!(scene.tokens_of(made.address).await, made.allocation - units(400_000));
    assert_eq!(scene.tokens_of(scene.from).await, U256::ZERO, "nothing of it is the wallet's");

    let again =
        delegation(&scene, &vault(&scene, "untouched").await, scene.from, 1, false).await.expect("a plan");
    let titles: Vec<_> = again.steps.iter().map(|step| step.title.as_str()).collect();
    assert_eq!(titles, ["Approve 200,000 AZTEC for the vault’s staker", "Stake from the vault"]);
    // more than is in it
    let vault = vault(&scene, "untouched").await;
    let much = delegation(&scene, &vault, scene.from, 4, false).await.err();
    let (held, needed) = (units(600_000), units(800_000));
    assert_eq!(much, Some(VaultError::HoldsOnly { held, needed }.into()));
}

#[tokio::test]
async fn what_is_staked_from_a_vault_is_among_the_positions_of_its_beneficiary() {
    let scene = scene("vested").await;
    let attester = validating(&scene, "not claimable").await;
    let staker = devnet().facts.vault("not claimable").staker;
    let sheet = scene.planner().sheet_with(scene.from, &[staker]).await;
    assert_eq!(sheet.lines.len(), 1);
    let line = &sheet.lines[0];
    assert_eq!((line.stake.attester, line.stake.withdrawer), (attester, staker));
    assert_eq!(line.amount.value, Ok(units(200_000)));
    assert_eq!(line.recipient, Some(scene.from), "the beneficiary, unless somebody says otherwise");
    assert_eq!(sheet.staked.value, Ok(units(200_000)));
    let (pool, block) = (scene.fork.pool(), scene.fork.latest().await);
    let seen =
        read::seen(&pool, &scene.book.contracts, &[scene.from, staker], block).await.expect("read").value;
    let seen: Vec<_> = seen.iter().map(|seen| (seen.attester, seen.withdrawer)).collect();
    assert_eq!(seen, [(attester, staker)], "without events too");
}

#[tokio::test]
async fn each_role_signs_its_own() {
    let scene = scene("vaultOperator").await;
    let (beneficiary, operator) = (devnet().facts.account("vested"), scene.from);
    let found = vault(&scene, "without an exit").await;
    // all is prepared for one: nothing is left for the beneficiary, unless it takes over
    let by_beneficiary = delegation(&scene, &found, beneficiary, 1, false).await.err();
    assert_eq!(by_beneficiary, Some(VaultError::NotOperator(operator).into()));
    let prepared = delegation(&scene, &found, beneficiary, 2, false).await.expect("a plan");
    assert_eq!(prepared.title, "Prepare to stake 400,000 AZTEC from the vault");
    assert_eq!(prepared.steps.len(), 1);
    let taken = delegation(&scene, &found, beneficiary, 1, true).await.expect("a plan");
    let titles: Vec<_> = taken.steps.iter().map(|step| step.title.as_str()).collect();
    assert_eq!(titles, ["Become the vault’s operator", "Stake from the vault"]);
    // the operator stakes what was approved, and no more
    let more = delegation(&scene, &found, operator, 2, false).await.err();
    assert_eq!(more, Some(VaultError::NeedsApproval(beneficiary).into()));
    let stranger = delegation(&scene, &found, devnet().facts.account("alice"), 1, false).await.err();
    assert_eq!(stranger, Some(VaultError::NotBeneficiary(beneficiary).into()));
    // what it takes more than is approved, the beneficiary approves, and no more
    let by = |from, amount| {
        let latest = scene.fork.latest();
        let (scene, found) = (&scene, &found);
        async move { plan::vault_deposit(&setting(scene, from, latest.await), found, amount) }
    };
    let approves = by(beneficiary, units(300_000)).await.expect("a plan");
    assert_eq!(
        (approves.title.as_str(), approves.steps.len()),
        ("Approve 300,000 AZTEC for the vault’s staker", 1)
    );
    assert_eq!(by(operator, units(300_000)).await.err(), Some(VaultError::NeedsApproval(beneficiary).into()));
    assert_eq!(by(operator, units(100_000)).await.expect("a plan").steps.len(), 1);
    assert_eq!(by(beneficiary, units(100_000)).await.err(), Some(VaultError::NotOperator(operator).into()));
    let one = delegation(&scene, &found, operator, 1, false).await.expect("a plan");
    assert_eq!(one.steps.len(), 1);
    done(&scene, one).await;
    let now = setting(&scene, operator, scene.fork.latest().await);
    assert_eq!(plan::vault_claim(&now, &found).err(), Some(VaultError::NotBeneficiary(beneficiary).into()));
    assert_eq!(plan::vault_upgrade(&now, &found).err(), Some(VaultError::NotBeneficiary(beneficiary).into()));
}

#[tokio::test]
async fn a_stake_without_an_exit_leaves_after_an_upgrade() {
    let scene = scene("vaultOperator").await;
    let attester = validating(&scene, "without an exit").await;
    let made = devnet().facts.vault("without an exit").clone();
    let contracts = scene.book.contracts.clone();
    let before = vault(&scene, "without an exit").await;
    let latest = scene.fork.latest().await;
    let refused =
        plan::vault_exit(&setting(&scene, scene.from, latest), contracts.canonical(), &before, attester);
    assert_eq!(refused.err(), Some(VaultError::NeedsUpgrade(made.beneficiary).into()));
    let prepared = plan::vault_exit(
        &setting(&scene, made.beneficiary, latest),
        contracts.canonical(),
        &before,
        attester,
    );
    let prepared = prepared.expect("a plan");
    assert_eq!(prepared.title, "Upgrade the staker to version 3");
    signed(&scene, made.beneficiary, &prepared).await;

    let upgraded = vault(&scene, "without an exit").await;
    assert_eq!(upgraded.is_newest(), Some(true));
    let latest = scene.fork.latest().await;
    let leaving =
        plan::vault_exit(&setting(&scene, scene.from, latest), contracts.canonical(), &upgraded, attester);
    let said = done(&scene, leaving.expect("a plan")).await;
    assert!(said[0].starts_with("200,000 AZTEC will go to"), "{said:?}");
    let exit = scene.planner().exit(attester).await;
    assert_eq!(exit.recipient, Some(made.address), "to the vault, never to a wallet");
    let end = exit.ends_at().expect("read");
    scene.fork.warp_to(end + 60).await;
    let latest = scene.fork.latest().await;
    let finish =
        plan::finish_exit(&setting(&scene, scene.from, latest), contracts.canonical(), attester, &exit);
    done(&scene, finish.expect("a plan")).await;
    assert_eq!(scene.tokens_of(made.address).await, made.allocation);
}

#[tokio::test]
async fn a_vault_that_is_never_claimable_pays_out_through_its_staker() {
    let scene = scene("vested").await;
    let made = devnet().facts.vault("not claimable").clone();
    let before = vault(&scene, "not claimable").await;
    let now = setting(&scene, scene.from, scene.fork.latest().await);
    assert_eq!(plan::vault_claim(&now, &before).err(), Some(VaultError::NeverClaimable.into()));
    assert_eq!(plan::vault_empty(&now, &before).err(), Some(VaultError::NeverStaked.into()));
    let stake = delegation(&scene, &before, scene.from, 1, false).await.expect("a plan");
    assert_eq!(stake.steps.len(), 1, "all is prepared");
    done(&scene, stake).await;

    let staked = vault(&scene, "not claimable").await;
    let now = setting(&scene, scene.from, scene.fork.latest().await);
    let empty = plan::vault_empty(&now, &staked).expect("a plan");
    let titles: Vec<_> = empty.steps.iter().map(|step| step.title.as_str()).collect();
    assert_eq!(
        titles,
        ["Approve 300,000 AZTEC for the vault’s staker", "Withdraw 300,000 AZTEC from the vault"]
    );
    done(&scene, empty).await;
    assert_eq!(scene.tokens_of(scene.from).await, units(300_000));
    assert_eq!(scene.tokens_of(made.address).await, U256::ZERO);
}

#[tokio::test]
async fn what_is_unlocked_is_claimed_and_what_is_locked_is_not() {
    let scene = scene("vested").await;
    let found = vault(&scene, "untouched").await;
    let registry = devnet().facts.contract("vaultRegistry");
    let owner = scene.fork.read(registry, IVaultRegistry::getRevokerCall {}).await;
    let now = setting(&scene, scene.from, scene.fork.latest().await);
    let claim = plan::vault_claim(&now, &found).expect("a plan");
    let said = done(&scene, claim).await;
    assert!(said[0].ends_with("AZTEC left the vault."), "{said:?}");
    let came = scene.tokens_of(scene.from).await;
    assert!(came >= found.claimable.value.clone().expect("read") && came > units(400_000), "{came}");

    // nothing is unlocked before its time, and nothing is staked
    let later = U256::from(scene.fork.latest().await.timestamp + 1_000_000);
    acting(&scene, owner, registry, IVaultRegistry::setUnlockStartTimeCall { time: later }).await;
    acting(&scene, owner, registry, IVaultRegistry::setExecuteAllowedAtCall { time: later }).await;
    let locked = vault(&scene, "without an exit").await;
    let now = setting(&scene, scene.from, scene.fork.latest().await);
    assert_eq!(plan::vault_claim(&now, &locked).err(), Some(VaultError::NothingUnlocked.into()));
    let untouched = vault(&scene, "untouched").await;
    let early = delegation(&scene, &untouched, scene.from, 1, false).await.err();
    assert_eq!(early, Some(VaultError::NotApprovableBefore(later.to()).into()));
}

#[tokio::test]
async fn a_vote_of_a_vault_moves_only_by_a_staker_that_finds_the_stake() {
    let scene = scene("vaultOperator").await;
    let attester = validating(&scene, "without an exit").await;
    let made = devnet().facts.vault("without an exit").clone();
    let contracts = scene.book.contracts.clone();
    let bonus = scene.fork.read(contracts.gse, IVotes::getBonusInstanceAddressCall {}).await;
    let (balance, delegatee) = (units(200_000), bonus);
    let stake = Backing { attester, instance: Some(bonus), balance, delegatee };
    let voter = devnet().facts.account("fresh");
    let give = |vault: &Vault, from, to, latest| {
        plan::vault_voter(&setting(&scene, from, latest), vault, contracts.canonical(), &stake, to)
    };
    let blind = vault(&scene, "without an exit").await;
    let latest = scene.fork.latest().await;
    let refused = give(&blind, scene.from, voter, latest).err();
    assert_eq!(refused, Some(VaultError::NeedsUpgrade(made.beneficiary).into()));
    assert_eq!(
        give(&blind, scene.from, made.staker, latest).err(),
        Some(VaultError::StakerCannotVote.into())
    );
    let upgrade = plan::vault_upgrade(&setting(&scene, made.beneficiary, latest), &blind).expect("a plan");
    signed(&scene, made.beneficiary, &upgrade).await;

    let looks = vault(&scene, "without an exit").await;
    let plan = give(&looks, scene.from, voter, scene.fork.latest().await).expect("a plan");
    let said = done(&scene, plan).await;
    assert!(said[0].starts_with("200,000 AZTEC of power moved to"), "{said:?}");
    let power = scene.fork.read(contracts.gse, IVotes::getVotingPowerCall { delegatee: voter }).await;
    assert_eq!(power, units(200_000));
}

#[tokio::test]
async fn tokens_of_a_vault_become_power_of_its_staker_and_come_back() {
    let scene = scene("vested").await;
    let found = vault(&scene, "not claimable").await;
    let governance = scene.book.contracts.governance;
    let now = setting(&scene, scene.from, scene.fork.latest().await);
    assert_eq!(plan::vault_deposit(&now, &found, U256::ZERO).err(), Some(PlanError::NoAmount));
    let deposit = plan::vault_deposit(&now, &found, units(50_000)).expect("a plan");
    done(&scene, deposit).await;
    let owner = found.staker.address;
    assert_eq!(scene.fork.read(governance, IVotes::powerNowCall { owner }).await, units(50_000));
    let found = vault(&scene, "not claimable").await;
    let now = setting(&scene, scene.from, scene.fork.latest().await);
    let much = plan::vault_back(&now, &found, units(50_001)).err();
    assert!(matches!(much, Some(PlanError::NotEnoughPower { .. })), "{much:?}");
    done(&scene, plan::vault_back(&now, &found, units(50_000)).expect("a plan")).await;
    assert_eq!(scene.fork.read(governance, IVotes::powerNowCall { owner }).await, U256::ZERO);
}

#[tokio::test]
async fn a_vault_votes_with_what_its_staker_deposited() {
    let scene = scene("vested").await;
    let found = vault(&scene, "not claimable").await;
    let now = setting(&scene, scene.from, scene.fork.latest().await);
    done(&scene, plan::vault_deposit(&now, &found, units(50_000)).expect("a plan")).await;
    let pending = devnet().facts.proposals.iter().rev().find(|proposal| proposal.state == "pending");
    let id = pending.expect("one that nobody can vote on yet").id;
    let (pool, contracts) = (scene.fork.pool(), scene.book.contracts.clone());
    let block = scene.fork.latest().await;
    let proposals = read::proposals(&pool, &contracts, block).await.value;
    let row = proposals.rows.into_iter().find(|row| row.id == id).expect("it is there");
    let snapshot = row.proposal.value.expect("read").standing.phases.pending;
    let staker = found.staker.address;
    let usable = |block| {
        let (pool, contracts) = (scene.fork.pool(), contracts.clone());
        async move {
            let power = read::proposal_power(&pool, &contracts, staker, (id, snapshot), block).await;
            power.value.deposited.value.expect("read")
        }
    };
    let now = setting(&scene, scene.from, block);
    let early = plan::vault_vote(&now, &found, id, &usable(block).await, units(1), true).err();
    assert_eq!(early, Some(PlanError::NotVotingYet));
    scene.fork.warp_to(snapshot + 60).await;
    let block = scene.fork.latest().await;
    let now = setting(&scene, scene.from, block);
    let power = usable(block).await;
    assert_eq!(power.left(), units(50_000));
    let much = plan::vault_vote(&now, &found, id, &power, units(50_001), false).err();
    assert!(matches!(much, Some(PlanError::NotEnoughPower { .. })), "{much:?}");
    let nay = plan::vault_vote(&now, &found, id, &power, units(20_000), false).expect("a plan");
    done(&scene, nay).await;
    let newest = scene.fork.latest().await;
    assert_eq!(usable(newest).await.left(), units(30_000));
    let asked =
        MovesAsked { owner: scene.from, vaults: vec![(found.address, staker)], ..MovesAsked::default() };
    let moves = read::moves(&pool, &contracts, &asked, 0..=newest.number).await.expect("read");
    let voted = Deed::Voted { by: staker, proposal: id, support: false, amount: units(20_000) };
    assert!(moves.iter().any(|moved| moved.deed == voted), "{moves:?}");
}

#[tokio::test]
async fn what_a_failed_deposit_left_at_the_staker_returns_to_the_vault() {
    let scene = scene("vested").await;
    let made = devnet().facts.vault("not claimable").clone();
    let before = vault(&scene, "not claimable").await;
    let now = setting(&scene, scene.from, scene.fork.latest().await);
    assert_eq!(plan::vault_return(&now, &before).err(), Some(VaultError::NothingToReturn.into()));
    let whale = devnet().facts.account("whale");
    let refund = IToken::transferCall { to: made.staker, value: units(200_000) };
    scene.deeds.act(whale, scene.token(), refund).await;
    let found = vault(&scene, "not claimable").await;
    let now = setting(&scene, scene.from, scene.fork.latest().await);
    done(&scene, plan::vault_return(&now, &found).expect("a plan")).await;
    assert_eq!(scene.tokens_of(made.address).await, made.allocation + units(200_000));
    assert_eq!(scene.tokens_of(made.staker).await, U256::ZERO);
}

#[tokio::test]
async fn a_revoked_vault_belongs_to_its_revoker() {
    let scene = scene("vested").await;
    let registry = devnet().facts.contract("vaultRegistry");
    let owner = scene.fork.read(registry, IVaultRegistry::getRevokerCall {}).await;
    acting(
        &scene,
        owner,
        registry,
        IVaultRegistry::setMilestoneStatusCall { id: 7.try_into().expect("small"), status: 1 },
    )
    .await;
    let found = vault(&scene, "without an exit").await;
    assert_eq!(found.beneficiary, owner);
    assert_eq!(found.milestone.expect("it has one").value, Ok(false));
}

#[tokio::test]
async fn a_vault_proposes_with_a_lock_that_returns_to_it() {
    let scene = scene("vested").await;
    let made = devnet().facts.vault("not claimable").clone();
    let block = scene.fork.latest().await;
    let rules = read::proposals(&scene.fork.pool(), &scene.book.contracts, block).await.value.rules;
    let amount = rules.value.expect("read").lock_amount;
    let payload = devnet().facts.hostile_payloads["many"];
    let propose = |found: &Vault, latest| {
        plan::vault_propose(&setting(&scene, scene.from, latest), found, payload, amount)
    };
    let few = propose(&vault(&scene, "not claimable").await, block).err();
    let held = made.allocation;
    assert_eq!(few, Some(VaultError::HoldsOnly { held, needed: amount }.into()));

    let owner = Address::from_word(keccak256("rota local network, deployer"));
    acting(&scene, owner, scene.token(), IMint::mintCall { to: made.address, amount }).await;
    let found = vault(&scene, "not claimable").await;
    let plan = propose(&found, scene.fork.latest().await).expect("a plan");
    let titles: Vec<_> = plan.steps.iter().map(|step| step.title.as_str()).collect();
    let last =
        format!("Propose {} with 258,750,000 AZTEC of the vault locked", format::short_address(payload));
    let expected = [
        "Approve 258,750,000 AZTEC for the vault’s staker",
        "Deposit 258,750,000 AZTEC of the vault into Governance",
        last.as_str(),
    ];
    assert_eq!(titles, expected);
    // to whom it returns only a simulation shows: without one it is not signed
    let proxy = Proxy::start(&scene.fork.url, Limits::default());
    proxy.break_by(json!({ "fault": "missingMethod", "methods": ["eth_simulateV1"] }));
    let why = scene.book.guard(Chain::at(&proxy.url).pool(), plan.clone()).await.expect_err("unseen");
    assert_eq!(why.what, "To whom this lock returns could not be seen.");
    assert_eq!(scene.book.guard(scene.fork.pool(), plan.clone()).await, Ok(()));
    let said = done(&scene, plan).await;
    let back = format!("return to {}.", format::short_address(made.address));
    assert!(said[2].starts_with("Proposal ") && said[2].ends_with(&back), "{said:?}");
    assert_eq!(scene.tokens_of(made.address).await, held, "what was not locked is there");
    // all of it is in the history of the beneficiary
    let asked =
        MovesAsked { owner: scene.from, vaults: vec![(made.address, made.staker)], ..MovesAsked::default() };
    let range = block.number..=scene.fork.latest().await.number;
    let moves = read::moves(&scene.fork.pool(), &scene.book.contracts, &asked, range).await.expect("read");
    let deeds: Vec<_> = moves.iter().map(|moved| moved.deed).collect();
    let count = read::proposals(&scene.fork.pool(), &scene.book.contracts, scene.fork.latest().await).await;
    let proposal = count.value.count.value.expect("read") - 1;
    let by = made.staker;
    let expected =
        [Deed::Deposited { of: by, amount }, Deed::Proposed { by, proposal, payload, locked: Some(amount) }];
    assert_eq!(deeds, expected);

    // a staker that cannot is upgraded first; power that is there is not deposited again
    let mut rich = vault(&scene, "untouched").await;
    rich.staker.power.value = Ok(amount);
    let plan = propose(&rich, scene.fork.latest().await).expect("a plan");
    let titles: Vec<_> = plan.steps.iter().map(|step| step.title.as_str()).collect();
    assert_eq!(titles, ["Upgrade the staker to version 3", "Become the vault’s operator", &last]);
    // what was not read is not said to be impossible
    let poor = |power: U256| {
        let mut poor = rich.clone();
        poor.staker.power.value = Ok(power);
        poor.balance.value = Ok(amount);
        poor
    };
    let mut unread = poor(U256::ZERO);
    unread.staker.newest_can.value = Err(ReadError::Incomplete);
    let why = propose(&unread, scene.fork.latest().await).err();
    assert_eq!(why, Some(PlanError::NotRead("what the newest staker can do")));
    // one that proposes and cannot deposit is upgraded, for what it lacks
    let code = IProposes::proposeWithLockCall::SELECTOR.to_vec();
    let mut half = poor(U256::ZERO);
    half.staker.can.value = Ok(Abilities::of_code(&code.into()));
    half.stakeable.value = Ok(amount);
    let plan = propose(&half, scene.fork.latest().await).expect("a plan");
    assert_eq!(plan.steps[0].title, "Upgrade the staker to version 3");
    half.staker.newest_can.value = half.staker.can.value.clone();
    let never = propose(&half, scene.fork.latest().await).err();
    assert_eq!(never, Some(VaultError::NoFunction.into()));
    rich.staker.newest_can.value = Ok(Abilities::default());
    let never = propose(&rich, scene.fork.latest().await).err();
    assert_eq!(never, Some(VaultError::NoFunction.into()), "its code is asked, not its number");
}

/// A sequencer of the vault that the scenario staked from.
fn staking() -> Address {
    let staker = devnet().facts.vault("staking").staker;
    let own = devnet().facts.sequencers.iter().find(|stake| stake.withdrawer == staker);
    own.expect("the scenario staked from it").attester
}

#[tokio::test]
async fn what_a_slash_ejected_of_a_vault_is_taken_back_to_the_vault() {
    let scene = scene("grantee").await;
    let made = devnet().facts.vault("staking").clone();
    let (attester, rollup) = (staking(), scene.rollup());
    let slasher = scene.fork.read(rollup, ISlashed::getSlasherCall {}).await;
    acting(&scene, slasher, rollup, ISlashed::slashCall { attester, amount: units(12_000) }).await;
    assert_eq!(scene.planner().exit(attester).await.recipient, None, "nobody said where it goes");
    let found = vault(&scene, "staking").await;
    let contracts = scene.book.contracts.clone();
    let latest = scene.fork.latest().await;
    let back =
        |from| plan::vault_exit(&setting(&scene, from, latest), contracts.canonical(), &found, attester);
    let stranger = back(devnet().facts.account("alice")).err();
    assert_eq!(stranger, Some(VaultError::NotOperator(scene.from).into()));
    let said = done(&scene, back(scene.from).expect("a plan")).await;
    assert!(said[0].starts_with("188,000 AZTEC will go to"), "{said:?}");
    let exit = scene.planner().exit(attester).await;
    assert_eq!(exit.recipient, Some(made.address), "to the vault, never to a wallet");
    scene.fork.warp_to(exit.ends_at().expect("read") + 60).await;
    let before = scene.tokens_of(made.address).await;
    let latest = scene.fork.latest().await;
    let finish =
        plan::finish_exit(&setting(&scene, scene.from, latest), contracts.canonical(), attester, &exit);
    done(&scene, finish.expect("a plan")).await;
    assert_eq!(scene.tokens_of(made.address).await - before, units(188_000));
}

#[tokio::test]
async fn another_operator_acts_and_the_one_before_does_not() {
    let scene = scene("grantee").await;
    let (owner, next) = (scene.from, devnet().facts.account("vaultOperator"));
    let found = vault(&scene, "staking").await;
    let latest = scene.fork.latest().await;
    let name = |from, to| plan::vault_operator(&setting(&scene, from, latest), &found, to);
    assert_eq!(name(owner, owner).err(), Some(PlanError::SameValue));
    assert_eq!(name(next, next).err(), Some(VaultError::NotBeneficiary(owner).into()));
    done(&scene, name(owner, next).expect("a plan")).await;
    let after = vault(&scene, "staking").await;
    assert_eq!(after.operator.value, Ok(next));
    let contracts = scene.book.contracts.clone();
    let latest = scene.fork.latest().await;
    let leave =
        |from| plan::vault_exit(&setting(&scene, from, latest), contracts.canonical(), &after, staking());
    assert_eq!(leave(owner).err(), Some(VaultError::NotOperator(next).into()), "not any more");
    let by_next = leave(next).expect("a plan");
    signed(&scene, next, &by_next).await;
    let recipient = scene.planner().exit(staking()).await.recipient;
    assert_eq!(recipient, Some(found.address), "whoever operates it, it goes to the vault");
}
