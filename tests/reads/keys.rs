//! Whether the next keys of a provider can be staked with: what the app says beforehand, and what the contracts do.

use alloy_primitives::{Address, U256};
use rota::{
    aztec::{
        abi::CATALOG,
        read::{self, KeyProblem, KeyVerdict},
    },
    units::Bps,
};
use serde_json::Value;

use crate::support::{
    Deeds, Fork, IRollup, IStakingRegistry, IToken, Sequencer, devnet, key_of, made_up_key,
};

/// The one without keys.
const SOLD_OUT: u64 = 5;

async fn verdicts(fork: &Fork, provider: u64, count: u64) -> Vec<KeyVerdict> {
    let contracts = fork.contracts().await;
    read::next_keys(&fork.pool(), &contracts, provider, count, fork.latest().await).await.expect("read").value
}

#[tokio::test]
async fn good_keys_are_good_and_a_used_one_is_named() {
    let (facts, contracts, block) = (&devnet().facts, devnet().contracts().await, devnet().block().await);
    for provider in &facts.providers {
        let keys = read::next_keys(&devnet().chain.pool(), contracts, provider.id, 100, block)
            .await
            .expect("read")
            .value;
        let attesters: Vec<_> = keys.iter().map(|key| (key.index, key.attester)).collect();
        let expected = (provider.first_index..).zip(provider.queue.iter().copied());
        assert_eq!(attesters, expected.collect::<Vec<_>>(), "provider {}", provider.id);
        let bad: Vec<_> = keys.iter().filter(|key| key.problem != Ok(None)).collect();
        if provider.name == "dud-first" {
            let user =
                facts.sequencers.iter().find(|s| s.attester == provider.queue[0]).expect("in use").withdrawer;
            assert_eq!(user, facts.account("solo2"));
            assert_eq!(bad, [&KeyVerdict { problem: Ok(Some(KeyProblem::Used(user))), ..keys[0].clone() }]);
        } else {
            assert!(bad.is_empty(), "{bad:?}");
        }
    }
}

#[tokio::test]
async fn no_more_keys_are_looked_at_than_asked_for() {
    let (contracts, block) = (devnet().contracts().await, devnet().block().await);
    for (wanted, found) in [(0, 0), (1, 1), (3, 3), (8, 8), (9, 8)] {
        let keys =
            read::next_keys(&devnet().chain.pool(), contracts, 1, wanted, block).await.expect("read").value;
        assert_eq!(keys.len(), found);
    }
}

fn sequencer(wanted: impl Fn(&Sequencer) -> bool) -> &'static Sequencer {
    devnet().facts.sequencers.iter().find(|sequencer| wanted(sequencer)).expect("there is one")
}

#[tokio::test]
async fn every_bad_key_is_told_with_its_reason() {
    let facts = &devnet().facts;
    let fork = Fork::new().await;
    let deeds = Deeds::on(&fork);
    let (old, new) = (facts.rollups[0].address, facts.rollups[1].address);
    let version = |index: usize| U256::from(facts.rollups[index].version);

    // one that leaves the old rollup, which nobody does in the facts
    let pinned = sequencer(|s| s.rollup == facts.rollups[0].version && s.status == "validating");
    deeds.start_exit(old, pinned.attester).await;

    let queued = fork.read(new, IRollup::getEntryQueueAtCall { index: U256::ZERO }).await;
    let validating = sequencer(|s| s.status == "validating" && s.provider == Some(1));
    let point_of_validating =
        fork.read(new, IRollup::getAttesterViewCall { attester: validating.attester }).await.publicKey;
    let exiting = sequencer(|s| s.status == "exiting");
    let zombie = sequencer(|s| s.status == "zombie");
    let finalised = sequencer(|s| s.status == "finalised");
    let failed = sequencer(|s| s.failure.as_deref() == Some("bad proof of possession"));

    let fresh = |number| made_up_key(number);
    let with_attester = |number, attester| {
        let mut key = made_up_key(number);
        key.attester = attester;
        key
    };
    let mut same_point = fresh(2);
    same_point.publicKeyG1 = fresh(1).publicKeyG1;
    let mut point_in_queue = fresh(3);
    point_in_queue.publicKeyG1 = queued.publicKeyInG1.clone();
    let mut point_in_use = fresh(4);
    point_in_use.publicKeyG1 = point_of_validating;

    let table = [
        (fresh(1), None),
        (fresh(1), Some(KeyProblem::Repeated)),
        (with_attester(5, fresh(1).attester), Some(KeyProblem::Repeated)),
        (same_point, Some(KeyProblem::Repeated)),
        (with_attester(6, queued.attester), Some(KeyProblem::Queued { version: version(1) })),
        (point_in_queue, Some(KeyProblem::Queued { version: version(1) })),
        (with_attester(7, exiting.attester), Some(KeyProblem::Exiting { version: version(1) })),
        (with_attester(8, zombie.attester), Some(KeyProblem::Exiting { version: version(1) })),
        // its exit record is on another rollup: `stake` does not look there
        (with_attester(9, pinned.attester), Some(KeyProblem::Used(pinned.withdrawer))),
        (with_attester(10, validating.attester), Some(KeyProblem::Used(validating.withdrawer))),
        (with_attester(11, finalised.attester), Some(KeyProblem::Used(finalised.withdrawer))),
        (point_in_use, Some(KeyProblem::PublicKeyUsed)),
        (with_attester(12, Address::ZERO), Some(KeyProblem::Empty)),
        // a deposit that failed for its proof leaves no trace: with a right proof the key is good
        (with_attester(13, failed.attester), None),
    ];
    let (keys, expected): (Vec<_>, Vec<_>) = table.into_iter().unzip();
    deeds.add_keys(SOLD_OUT, keys.clone()).await;
    let told: Vec<_> =
        verdicts(&fork, SOLD_OUT, 100).await.into_iter().map(|key| (key.attester, key.problem)).collect();
    let expected: Vec<_> =
        keys.iter().zip(expected).map(|(key, problem)| (key.attester, Ok(problem))).collect();
    assert_eq!(told, expected);
}

/// Stakes with the provider's next key as it would happen now; gives the contract's error.
async fn stake_once(fork: &Fork, from: Address) -> Result<(), String> {
    let facts = &devnet().facts;
    let call = IStakingRegistry::stakeCall {
        id: U256::from(SOLD_OUT),
        version: U256::from(facts.rollups[1].version),
        withdrawer: from,
        takeRate: facts.provider(SOLD_OUT).take_rate,
        recipient: from,
        r#move: true,
    };
    let outcome = fork.try_call(from, facts.contract("stakingRegistry"), call).await;
    outcome
        .map(drop)
        .map_err(|data| CATALOG.error(&data).map_or_else(|| data.to_string(), |error| error.name))
}

#[tokio::test]
async fn a_stake_with_a_bad_key_does_what_its_reason_says() {
    let facts = &devnet().facts;
    let fork = Fork::new().await;
    let deeds = Deeds::on(&fork);
    let whale = facts.account("whale");
    let pinned = sequencer(|s| s.rollup == facts.rollups[0].version && s.status == "validating");
    deeds.start_exit(facts.rollups[0].address, pinned.attester).await;
    let approve = IToken::approveCall { spender: facts.contract("stakingRegistry"), value: U256::MAX };
    deeds.act(whale, facts.contract("token"), approve).await;

    let good = key_of(&fork, 1, 0).await;
    let with = |attester| {
        let mut key = good.clone();
        key.attester = attester;
        key
    };
    let keys = [
        good.clone(),
        with(sequencer(|s| s.status == "exiting").attester),
        with(sequencer(|s| s.status == "zombie").attester),
        with(Address::ZERO),
        with(pinned.attester),
        with(sequencer(|s| s.status == "validating").attester),
    ];
    deeds.add_keys(SOLD_OUT, keys.to_vec()).await;
    for key in &keys {
        let problem = verdicts(&fork, SOLD_OUT, 1).await[0].problem.clone().expect("checked");
        let real = stake_once(&fork, whale).await;
        let told = match problem {
            // it would wait in the queue and fail there, or be accepted
            None | Some(KeyProblem::Used(_)) => Ok(()),
            Some(KeyProblem::Exiting { .. }) => Err("Staking__AlreadyExiting".to_owned()),
            Some(KeyProblem::Empty) => Err("Staking__InvalidDeposit".to_owned()),
            other => panic!("{other:?}"),
        };
        assert_eq!(real, told, "{}", key.attester);
        deeds.drip(SOLD_OUT, 1).await;
    }
}

#[tokio::test]
async fn a_used_key_is_refunded_when_the_queue_is_flushed() {
    let facts = &devnet().facts;
    let fork = Fork::new().await;
    let deeds = Deeds::on(&fork);
    let (whale, rollup) = (facts.account("whale"), facts.rollups[1].address);
    let used = sequencer(|s| s.status == "validating" && s.provider == Some(1)).attester;
    let mut key = key_of(&fork, 1, 0).await;
    key.attester = used;
    deeds.add_keys(SOLD_OUT, vec![key]).await;
    let rate = Bps::new(facts.provider(SOLD_OUT).take_rate).expect("legal").get();
    let approve = IToken::approveCall { spender: facts.contract("stakingRegistry"), value: U256::MAX };
    deeds.act(whale, facts.contract("token"), approve).await;
    let stake = IStakingRegistry::stakeCall {
        id: U256::from(SOLD_OUT),
        version: U256::from(facts.rollups[1].version),
        withdrawer: whale,
        takeRate: rate,
        recipient: whale,
        r#move: true,
    };
    deeds.act(whale, facts.contract("stakingRegistry"), stake).await;

    let failed = <IRollup::FailedDeposit as alloy_sol_types::SolEvent>::SIGNATURE_HASH;
    let mut failures: Vec<Value> = Vec::new();
    let clock = fork.contracts().await.canonical().clock.value.clone().expect("read");
    while fork.read(rollup, IRollup::getEntryQueueLengthCall {}).await > U256::ZERO {
        fork.set_next_time(clock.epoch_start(clock.epoch_at(fork.latest().await.timestamp) + 1)).await;
        let receipt = deeds.flush(rollup).await;
        let logs = receipt["logs"].as_array().expect("logs").clone();
        failures.extend(logs.into_iter().filter(|log| log["topics"][0] == serde_json::json!(failed)));
    }
    let attester = format!("{:?}", failures[0]["topics"][1]).to_lowercase();
    assert!(failures.len() == 1 && attester.contains(&format!("{used:x}")), "{failures:?}");
    let balance = fork.read(facts.contract("token"), IToken::balanceOfCall { account: whale }).await;
    assert_eq!(balance, facts.purses["whale"], "the money came back");
}
