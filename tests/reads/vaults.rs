//! Token vaults: found by their factory's events or by their address, and what is said of each.

use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};
use rota::aztec::vaults::{Ability, Kind, NotAVault, Vault, created, vaults};

use crate::support::devnet;

const NAMES: [&str; 3] = ["untouched", "without an exit", "not claimable"];

async fn read(registries: &[Address], addresses: &[Address]) -> Vec<(Address, Result<Vault, NotAVault>)> {
    let (pool, contracts, block) =
        (devnet().chain.pool(), devnet().contracts().await, devnet().block().await);
    let mut known = BTreeMap::new();
    vaults(&pool, contracts, registries, addresses, &mut known, block).await.value
}

fn registries() -> Vec<Address> {
    vec![devnet().facts.contract("vaultRegistry")]
}

async fn vault(name: &str) -> Vault {
    let at = devnet().facts.vault(name).address;
    read(&registries(), &[at]).await.remove(0).1.expect("a vault")
}

#[tokio::test]
async fn events_and_addresses_find_the_same_vaults() {
    let (pool, height) = (devnet().chain.pool(), devnet().height());
    let factories = [devnet().facts.contract("vaultFactory")];
    let beneficiary = devnet().facts.account("vested");
    let found = created(&pool, &factories, beneficiary, 0..=height).await.expect("read");
    let made: Vec<Address> = NAMES.map(|name| devnet().facts.vault(name).address).to_vec();
    assert_eq!(found, made);
    assert_eq!(created(&pool, &factories, devnet().facts.account("alice"), 0..=height).await, Ok(Vec::new()));
    // without a factory nothing is asked: an endpoint would take no address for any
    let before = pool.requests();
    assert_eq!(created(&pool, &[], beneficiary, 0..=height).await, Ok(Vec::new()));
    assert_eq!(pool.requests(), before);
}

#[tokio::test]
async fn each_vault_is_what_it_was_made_as() {
    let block = devnet().block().await;
    for (name, kind) in NAMES.into_iter().zip([Kind::Linear, Kind::Milestone, Kind::NonClaim]) {
        let (found, made) = (vault(name).await, devnet().facts.vault(name));
        assert_eq!((found.address, found.staker.address, found.kind), (made.address, made.staker, kind));
        assert_eq!(found.beneficiary, made.beneficiary, "{name}");
        assert_eq!(found.operator.value, Ok(made.operator.unwrap_or_default()), "{name}");
        assert_eq!(found.allocation.value, Ok(made.allocation), "{name}");
        assert_eq!(found.balance.value, Ok(made.allocation), "{name}");
        assert_eq!(found.staker.allowance.value, Ok(made.allowance), "{name}");
        assert_eq!(found.version(), Some(made.version), "{name}");
        assert_eq!((found.newest(), found.is_newest()), (Some(3), Some(made.version == 3)), "{name}");
        assert_eq!(
            found.milestone.as_ref().map(|met| met.value.clone()),
            (kind == Kind::Milestone).then_some(Ok(true))
        );
        assert_eq!(found.claimed.value, Ok(U256::ZERO));
        assert_eq!((found.read_at, found.unanswered()), (block.timestamp, None));
    }
}

#[tokio::test]
async fn what_is_unlocked_is_what_the_vault_would_pay() {
    for name in ["untouched", "without an exit"] {
        let found = vault(name).await;
        let unlocked = found.unlocked().value.expect("read");
        assert!(unlocked > U256::ZERO && unlocked < devnet().facts.vault(name).allocation);
        assert_eq!(found.to_claim().expect("a type that pays").value, Ok(unlocked), "{name}");
    }
    // it says that it could be claimed for, and would refuse
    let never = vault("not claimable").await;
    assert!(never.claimable.value.clone().expect("read") > U256::ZERO);
    assert_eq!(never.to_claim(), None);
}

#[tokio::test]
async fn what_a_staker_can_do_is_in_its_code() {
    for (name, able) in [
        ("untouched", &[][..]),
        (
            "without an exit",
            &[
                Ability::StakeWithProvider,
                Ability::Delegate,
                Ability::Deposit,
                Ability::Vote,
                Ability::Withdraw,
                Ability::Return,
            ],
        ),
    ] {
        let found = vault(name).await;
        for ability in [
            Ability::StakeWithProvider,
            Ability::Exit,
            Ability::Delegate,
            Ability::DelegateFollowing,
            Ability::Deposit,
            Ability::Vote,
            Ability::Withdraw,
            Ability::Return,
            Ability::Empty,
        ] {
            assert_eq!(found.can(ability), Ok(able.contains(&ability)), "{name}: {ability:?}");
            assert!(found.staker.newest_can.value.as_ref().is_ok_and(|can| can.has(ability)), "{ability:?}");
        }
        assert!(found.staker.has_staked.value.is_err(), "its code has no such function");
    }
    let newest = vault("not claimable").await;
    assert!(newest.can(Ability::Exit) == Ok(true) && newest.can(Ability::DelegateFollowing) == Ok(true));
    assert_eq!(newest.staker.has_staked.value, Ok(false));
}

#[tokio::test]
async fn what_is_no_vault_is_told_as_none() {
    let facts = &devnet().facts;
    let made = facts.vault("untouched");
    let others = [facts.contract("token"), facts.account("alice"), made.staker];
    for (at, found) in read(&registries(), &others).await {
        assert_eq!(found, Err(NotAVault::NoVault), "{at}");
    }
    let unlisted = read(&[facts.contract("registry")], &[made.address]).await.remove(0).1;
    assert_eq!(unlisted, Err(NotAVault::Unlisted(facts.contract("vaultRegistry"))));
}
