//! Every contract of the network from two addresses, and contracts that contradict each other.

use std::sync::atomic::{AtomicU32, Ordering};

use alloy_primitives::{Address, B256, Bytes, U256, hex, keccak256};
use alloy_sol_types::SolEvent;
use rota::{
    aztec::{Deployment, FromBlock, Mismatch, Severity, read},
    chain::{Learned, Network, Pool, PoolConfig, ReadError},
    tx::Lexicon,
};
use serde_json::{Value, json};

use crate::support::{Chain, Deeds, Fork, IRollup, Rewriting, devnet, endpoint, real_host};

async fn discover(chain: &Chain, network: &Network) -> Result<Deployment, ReadError> {
    let block = chain.latest().await;
    read::deployment(&chain.pool(), network, block).await.map(|at| at.value)
}

#[tokio::test]
async fn the_contracts_are_those_of_the_network() {
    let facts = &devnet().facts;
    let pool = devnet().chain.pool();
    let found =
        read::deployment(&pool, &devnet().chain.network(), devnet().block().await).await.expect("found");
    assert_eq!(pool.requests(), 4, "three, and one for the chain id");
    let found = found.value;

    assert_eq!(found.chain_id, 31_337);
    for (address, name) in [
        (found.registry, "registry"),
        (found.staking_registry, "stakingRegistry"),
        (found.governance, "governance"),
        (found.governance_proposer.expect("read"), "governanceProposer"),
        (found.gse, "gse"),
        (found.split_factory.expect("read"), "splitFactory"),
        (found.token.address, "token"),
    ] {
        assert_eq!(address, facts.contract(name), "{name}");
    }
    assert_eq!((found.token.symbol.as_str(), found.token.decimals), ("AZTEC", 18));

    let rollups: Vec<_> = found.rollups.iter().map(|rollup| (rollup.version, rollup.address)).collect();
    let expected: Vec<_> =
        facts.rollups.iter().map(|rollup| (U256::from(rollup.version), rollup.address)).collect();
    assert_eq!(rollups, expected, "oldest first, version 0 among them");
    assert!(facts.rollups[found.canonical].canonical);
    assert_eq!(found.latest_rollup, Some(found.canonical().address));
    assert_eq!((found.can_follow(), found.mismatches.as_slice()), (Some(true), [].as_slice()));
    assert_eq!(found.from_block, FromBlock::Given(0));
}

#[tokio::test]
async fn every_rollup_says_its_own_rules() {
    let parameters = &devnet().facts.parameters;
    for rollup in &devnet().contracts().await.rollups {
        assert_eq!(rollup.activation_threshold.value, Ok(parameters.activation_threshold));
        assert_eq!(rollup.ejection_threshold.value, Ok(parameters.ejection_threshold));
        assert_eq!(rollup.local_ejection_threshold.value, Ok(parameters.local_ejection_threshold));
        let clock = rollup.clock.value.clone().expect("read");
        assert_eq!((clock.slot, clock.epoch), (parameters.slot_seconds, parameters.epoch_slots));
        // its genesis is the block that made it
        let block = rollup.genesis_block.expect("read");
        for (height, is_there) in [(block - 1, false), (block, true)] {
            let code =
                devnet().chain.rpc.must("eth_getCode", json!([rollup.address, format!("{height:#x}")])).await;
            assert_eq!(code != "0x", is_there, "at block {height}");
        }
    }
}

#[tokio::test]
async fn logs_begin_where_the_entry_says_or_a_margin_before_the_first_rollup() {
    let lowest = devnet()
        .contracts()
        .await
        .rollups
        .iter()
        .filter_map(|rollup| rollup.genesis_block)
        .min()
        .expect("read");
    let entry = |from_block: Value| {
        let mut entry = devnet().facts.network.clone();
        entry["fromBlock"] = from_block;
        Network::from_json(&entry).expect("a good entry")
    };
    for (given, expected) in [
        (json!(7), FromBlock::Given(7)),
        (json!(null), FromBlock::Computed(lowest.saturating_sub(FromBlock::MARGIN))),
    ] {
        assert_eq!(discover(&devnet().chain, &entry(given)).await.expect("found").from_block, expected);
    }
}

fn described(mismatch: &Mismatch) -> String {
    format!("{}.{}", mismatch.claim.contract, mismatch.claim.function)
}

fn entry_with(registry: Address, staking_registry: Address) -> Network {
    let mut entry = devnet().facts.network.clone();
    entry["registry"] = json!(registry);
    entry["stakingRegistry"] = json!(staking_registry);
    Network::from_json(&entry).expect("a good entry")
}

#[tokio::test]
async fn without_a_registry_there_is_nothing_to_show() {
    let facts = &devnet().facts;
    let staking = facts.contract("stakingRegistry");
    for (registry, error) in [
        (facts.contract("token"), ReadError::Reverted(Bytes::new())),
        (facts.account("whale"), ReadError::Empty),
    ] {
        assert_eq!(discover(&devnet().chain, &entry_with(registry, staking)).await, Err(error));
    }
}

#[tokio::test]
async fn a_wrong_staking_registry_blocks() {
    let facts = &devnet().facts;
    for staking in [facts.account("whale"), facts.contract("token"), facts.contract("registry")] {
        let found =
            discover(&devnet().chain, &entry_with(facts.contract("registry"), staking)).await.expect("found");
        let blocking: Vec<_> = found.blocking().map(described).collect();
        assert_eq!(
            blocking,
            [
                "StakingRegistry.ROLLUP_REGISTRY",
                "StakingRegistry.STAKING_ASSET",
                "StakingRegistry.PULL_SPLIT_FACTORY"
            ]
        );
        assert!(
            found.blocking().all(|mismatch| mismatch.claim.value.is_err()),
            "not read is not in agreement"
        );
        assert_eq!(found.token.address, facts.contract("token"), "the token is known from the rollup");
    }
}

/// A part of a contract that names another address, and where it is kept.
enum Place {
    /// An immutable in its code.
    Code,
    /// This word of its storage.
    Slot(U256),
}

fn slot_of(name: &str, offset: u8) -> Place {
    Place::Slot(U256::from_be_bytes(keccak256(name).0) + U256::from(offset))
}

/// Makes a contract name `new` where it named `old`.
async fn rewrite(fork: &Fork, contract: Address, place: &Place, old: &[u8], new: &[u8]) {
    let change = |text: Value| {
        let text = text.as_str().expect("hexadecimal").to_owned();
        let changed = text.replace(&hex::encode(old), &hex::encode(new));
        assert_ne!(text, changed, "{contract} names it");
        changed
    };
    match place {
        Place::Code => {
            let code = fork.rpc.must("eth_getCode", json!([contract, "latest"])).await;
            fork.rpc.must("anvil_setCode", json!([contract, change(code)])).await;
        }
        Place::Slot(slot) => {
            let word = fork.rpc.must("eth_getStorageAt", json!([contract, slot, "latest"])).await;
            let slot = B256::from(*slot);
            fork.rpc.must("anvil_setStorageAt", json!([contract, slot, change(word)])).await;
        }
    }
}

#[tokio::test]
async fn contracts_that_contradict_each_other_are_found() {
    use Severity::{Blocks, Warns};
    let facts = &devnet().facts;
    let other = facts.contract("warehouse");
    let (old, new) = (facts.rollups[0].address, facts.rollups[1].address);
    let (token, registry, gse) = (facts.contract("token"), facts.contract("registry"), facts.contract("gse"));
    let (staking, governance) = (facts.contract("stakingRegistry"), facts.contract("governance"));
    let proposer = facts.contract("governanceProposer");
    let storage = "aztec.core.staking.storage";
    let fork = Fork::new().await;
    for (contract, place, named, severity, claim) in [
        (staking, Place::Code, registry, Blocks, "StakingRegistry.ROLLUP_REGISTRY"),
        (staking, Place::Code, token, Blocks, "StakingRegistry.STAKING_ASSET"),
        (governance, Place::Code, token, Blocks, "Governance.ASSET"),
        (gse, Place::Code, token, Blocks, "Rollup 4248422647.getStakingAsset"),
        (gse, Place::Slot(U256::from(8)), governance, Blocks, "GSE.getGovernance"),
        (registry, Place::Slot(U256::ZERO), governance, Blocks, "GSE.getGovernance"),
        (governance, Place::Slot(U256::ZERO), proposer, Blocks, "GovernanceProposer.REGISTRY"),
        (proposer, Place::Code, registry, Blocks, "GovernanceProposer.REGISTRY"),
        (proposer, Place::Code, gse, Blocks, "GovernanceProposer.GSE"),
        (new, slot_of(storage, 0), token, Blocks, "Rollup 4248422647.getStakingAsset"),
        (new, slot_of(storage, 2), gse, Blocks, "GSE.isRollupRegistered"),
        (old, slot_of(storage, 0), token, Warns, "Rollup 0.getStakingAsset"),
        (old, slot_of(storage, 2), gse, Warns, "Rollup 0.getGSE"),
    ] {
        let snapshot = fork.rpc.must("evm_snapshot", json!([])).await;
        rewrite(&fork, contract, &place, named.as_slice(), other.as_slice()).await;
        fork.mine(1).await;
        match discover(&fork, &fork.network()).await {
            Ok(found) => {
                let all: Vec<_> = found.mismatches.iter().map(|m| (m.severity, described(m))).collect();
                assert!(all.contains(&(severity, claim.to_owned())), "{claim} is missing in {all:?}");
                assert_eq!(found.blocking().next().is_some(), severity == Blocks, "{all:?}");
            }
            Err(error) => assert!(severity == Blocks, "{claim}: {error}"),
        }
        fork.rpc.must("evm_revert", json!([snapshot])).await;
    }
}

#[tokio::test]
async fn a_rollup_that_names_another_version_is_found() {
    let fork = Fork::new().await;
    let rollup = devnet().facts.rollups[1].address;
    let version = 4_248_422_647u32.to_be_bytes();
    rewrite(&fork, rollup, &slot_of("aztec.stf.storage", 5), &version, &7u32.to_be_bytes()).await;
    fork.mine(1).await;
    let found = discover(&fork, &fork.network()).await.expect("found");
    let Some(Mismatch { claim, against, .. }) = found.blocking().next() else { panic!("it blocks") };
    assert_eq!((claim.value.as_deref(), against.value.as_deref()), (Ok("7"), Ok("4248422647")));
}

alloy_sol_types::sol! {
    function addRollup(address rollup) external;
}

#[tokio::test]
async fn stake_cannot_follow_upgrades_while_registry_and_gse_disagree() {
    let facts = &devnet().facts;
    let fork = Fork::new().await;
    assert_eq!(fork.contracts().await.can_follow(), Some(true));

    // governance tells the GSE of a new rollup, and the registry not yet
    let governance = facts.contract("governance");
    fork.rpc.must("anvil_impersonateAccount", json!([governance])).await;
    fork.set_ether(governance, U256::from(10).pow(U256::from(18))).await;
    let deeds = Deeds::on(&fork);
    deeds.act(governance, facts.contract("gse"), addRollupCall { rollup: facts.contract("warehouse") }).await;
    let found = fork.contracts().await;
    assert_eq!((found.latest_rollup, found.can_follow()), (Some(facts.contract("warehouse")), Some(false)));
    assert_eq!(found.mismatches, [], "it is no contradiction, only a moment");

    // what the app says about it is so: a deposit that was to follow is refunded
    let receipt = deeds.flush(found.canonical().address).await;
    let failed = <IRollup::FailedDeposit as SolEvent>::SIGNATURE_HASH;
    let logs = receipt["logs"].as_array().expect("logs").iter();
    assert!(logs.filter(|log| log["topics"][0] == json!(failed)).count() > 0, "{receipt}");
}

#[tokio::test]
async fn a_request_without_an_answer_is_no_contradiction_of_the_contracts() {
    let block = devnet().block().await;
    for broken in 0..30 {
        let asked = AtomicU32::new(0);
        let link = Rewriting::new(&devnet().chain.url, move |request| {
            if request["method"] == "eth_call" && asked.fetch_add(1, Ordering::SeqCst) == broken {
                request["method"] = json!("eth_isOutOfOrder");
            }
        });
        let pool = Pool::new(31_337, vec![endpoint("node", link)], real_host(), PoolConfig::default());
        // small requests, so that one of many fails
        pool.recall(|_| Some(Learned { calls: 4, ..Learned::default() }));
        match read::deployment(&pool, &devnet().chain.network(), block).await {
            Ok(found) => assert_eq!(found.value.mismatches, [], "request {broken}"),
            Err(error) => assert!(matches!(error, ReadError::Rpc(_)), "{error}"),
        }
    }
}

#[tokio::test]
async fn what_a_contract_does_not_say_has_no_address() {
    let fork = Fork::new().await;
    let governance = devnet().facts.contract("governance");
    fork.rpc.must("anvil_setCode", json!([governance, "0x"])).await;
    fork.mine(1).await;
    let contracts = fork.book().await.contracts;
    assert_eq!(contracts.governance_proposer, None);
    assert_ne!(contracts.split_factory, None);
    assert!(contracts.blocking().next().is_some());
    // and nobody is called by a name for it
    let name = Lexicon::name(&fork.book().await, Address::ZERO);
    assert_eq!(name, None);
}
