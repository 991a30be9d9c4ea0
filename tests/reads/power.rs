//! What an account can vote with.

use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};
use rota::aztec::{
    read,
    rules::{Backer, DefaultVote, backer},
};

use crate::support::devnet;

fn million(n: u64) -> U256 {
    U256::from(n) * U256::from(10).pow(U256::from(24))
}

fn id_of(state: &str) -> u64 {
    devnet().facts.proposals.iter().find(|proposal| proposal.state == state).expect("there").id
}

#[tokio::test]
async fn power_of_a_proposal_is_that_of_its_snapshot() {
    let (facts, contracts, block) = (&devnet().facts, devnet().contracts().await, devnet().block().await);
    let (pool, voter) = (devnet().chain.pool(), facts.account("voter"));
    let power = read::power(&pool, contracts, voter, &[], block).await.value;
    assert_eq!(power.deposited.value, Ok(million(150)));
    assert_eq!(power.delegated.value, Ok(U256::ZERO));
    let rows = read::proposals(&pool, contracts, block).await.value.rows;
    for (state, used, is_forecast) in [("active", 25, false), ("pending", 0, true)] {
        let id = id_of(state);
        let row = rows.iter().find(|row| row.id == id).expect("there");
        let snapshot = row.proposal.value.clone().expect("read").standing.phases.pending;
        let own = read::proposal_power(&pool, contracts, voter, (id, snapshot), block).await.value;
        let usable = own.deposited.value.expect("read");
        assert_eq!((usable.power, usable.used), (million(150), million(used)), "{state}");
        assert_eq!(usable.is_forecast, is_forecast);
        assert_eq!(own.delegated.value.expect("read").left(), U256::ZERO);
        assert_eq!(own.latest.value, Ok(contracts.canonical().address));
    }
}

#[tokio::test]
async fn own_stake_is_found_on_the_instance_that_holds_it() {
    let (facts, contracts, block) = (&devnet().facts, devnet().contracts().await, devnet().block().await);
    let pool = devnet().chain.pool();
    let account = facts.account("dave");
    let own: BTreeMap<Address, _> = facts
        .sequencers
        .iter()
        .filter(|sequencer| sequencer.withdrawer == account && sequencer.status == "validating")
        .map(|sequencer| (sequencer.attester, sequencer))
        .collect();
    let attesters: Vec<Address> = own.keys().copied().collect();
    let power = read::power(&pool, contracts, account, &attesters, block).await.value;
    let bonus = power.bonus.value.expect("read");
    let mut kinds = BTreeMap::new();
    for stake in power.stakes {
        let stake = stake.value.expect("read");
        let made = own[&stake.attester];
        assert_eq!(stake.balance, made.balance, "{}", stake.attester);
        let instance = stake.instance.expect("registered");
        // on the first rollup only what does not follow upgrades
        let pinned = made.rollup == facts.rollups[0].version;
        assert_eq!(instance, if pinned { facts.rollups[0].address } else { bonus });
        assert_eq!(backer(instance, stake.delegatee, account), Backer::Default);
        *kinds.entry(pinned).or_insert(0) += 1;
        let vote = DefaultVote {
            canonical: contracts.canonical().address,
            bonus,
            latest: contracts.canonical().address,
            signalled_by: Some(contracts.canonical().address),
        };
        assert_eq!(vote.covers(instance), !pinned);
    }
    assert_eq!(kinds.len(), 2, "some that follow and some that do not");

    // who never staked: not registered anywhere
    let nobody = [Address::repeat_byte(5)];
    let power = read::power(&pool, contracts, account, &nobody, block).await.value;
    assert_eq!(power.stakes[0].value.clone().expect("read").instance, None);
}
