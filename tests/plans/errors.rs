//! What cannot become a plan, and what is said about it.

use alloy_primitives::{Address, U256};
use rota::{
    aztec::{
        Claim, Deployment, Mismatch, Severity,
        plan::{self, PlanError, ProviderChange, Setting, StakeFigures, StakeIntent},
        read::{KeyProblem, KeyVerdict, ProviderConfig, Rewards},
    },
    chain::{BlockRef, ReadError},
    units::Bps,
};

use crate::support::{Planner, devnet};

pub(crate) fn block() -> BlockRef {
    BlockRef { number: 7, hash: [1; 32].into(), parent: [2; 32].into(), timestamp: 9 }
}

fn setting(contracts: &Deployment, from: Address) -> Setting<'_> {
    Setting { network: "aztec-local", contracts, from, read_at: block() }
}

fn disagreeing(contracts: &Deployment) -> Deployment {
    let claim = |value: &str| Claim { contract: "A".to_owned(), function: "b", value: Ok(value.to_owned()) };
    let mismatch = Mismatch { severity: Severity::Blocks, claim: claim("1"), against: claim("2") };
    Deployment { mismatches: vec![mismatch], ..contracts.clone() }
}

fn key(number: u8, problem: Result<Option<KeyProblem>, ReadError>) -> KeyVerdict {
    KeyVerdict { index: number.into(), attester: Address::repeat_byte(number), problem }
}

#[tokio::test]
async fn stakes_that_would_fail_are_not_planned() {
    let contracts = devnet().contracts().await.clone();
    let one = U256::from(200_000);
    let intent = StakeIntent {
        provider_id: 1,
        provider: "Steady".to_owned(),
        sequencers: 2,
        withdrawer: Address::repeat_byte(1),
        rewards_recipient: Address::repeat_byte(2),
        follow_upgrades: true,
        take_rate: Bps::new(500).expect("legal"),
    };
    let good = || StakeFigures {
        open_slots: 3,
        activation_threshold: one,
        tokens: one * U256::from(2),
        allowance: U256::ZERO,
        keys: vec![key(1, Ok(None)), key(2, Ok(None)), key(3, Ok(Some(KeyProblem::Empty)))],
    };
    let figures = |change: fn(&mut StakeFigures)| {
        let mut figures = good();
        change(&mut figures);
        figures
    };
    let choosing = |change: fn(&mut StakeIntent)| {
        let mut intent = intent.clone();
        change(&mut intent);
        intent
    };
    let stuck = |latest_rollup| Deployment { latest_rollup, ..contracts.clone() };
    let warned = {
        let mut contracts = disagreeing(&contracts);
        contracts.mismatches[0].severity = Severity::Warns;
        contracts
    };
    let bad = |problem| PlanError::BadKey { place: 1, attester: Address::repeat_byte(2), problem };
    let no_tokens =
        |held: u64| PlanError::NotEnoughTokens { needed: U256::from(400_000), held: U256::from(held) };
    let keys = "the provider's next keys";
    for (contracts, intent, figures, expected) in [
        (contracts.clone(), intent.clone(), good(), None),
        (warned, intent.clone(), good(), None),
        (disagreeing(&contracts), intent.clone(), good(), Some(PlanError::ContractsDisagree)),
        (contracts.clone(), choosing(|i| i.sequencers = 0), good(), Some(PlanError::NothingChosen)),
        (contracts.clone(), choosing(|i| i.sequencers = 4), good(), Some(PlanError::NotEnoughKeys(3))),
        (contracts.clone(), intent.clone(), figures(|f| f.open_slots = 0), Some(PlanError::NotEnoughKeys(0))),
        (stuck(None), intent.clone(), good(), Some(PlanError::CannotFollow)),
        (stuck(Some(Address::ZERO)), intent.clone(), good(), Some(PlanError::CannotFollow)),
        (stuck(None), choosing(|i| i.follow_upgrades = false), good(), None),
        (
            contracts.clone(),
            intent.clone(),
            figures(|f| f.tokens = U256::from(399_999)),
            Some(no_tokens(399_999)),
        ),
        (contracts.clone(), intent.clone(), figures(|f| f.tokens = U256::ZERO), Some(no_tokens(0))),
        (
            contracts.clone(),
            intent.clone(),
            figures(|f| f.keys[1].problem = Ok(Some(KeyProblem::Empty))),
            Some(bad(KeyProblem::Empty)),
        ),
        (
            contracts.clone(),
            intent.clone(),
            figures(|f| f.keys[1].problem = Err(ReadError::Decode)),
            Some(PlanError::NotRead(keys)),
        ),
        (contracts.clone(), intent.clone(), figures(|f| f.keys.truncate(1)), Some(PlanError::NotRead(keys))),
        (contracts.clone(), intent.clone(), figures(|f| f.keys.clear()), Some(PlanError::NotRead(keys))),
        // the third key is bad, and only two are wanted
        (contracts.clone(), choosing(|i| i.sequencers = 1), good(), None),
    ] {
        let made = plan::stake(&setting(&contracts, Address::repeat_byte(9)), &intent, &figures);
        assert_eq!(made.err(), expected, "{intent:?} {figures:?}");
    }
}

#[tokio::test]
async fn real_people_meet_real_refusals() {
    let (chain, facts) = (&devnet().chain, &devnet().facts);
    let book = chain.book().await;
    let held = facts.purses["poor"];
    let needed = facts.parameters.activation_threshold;
    let dud = facts.provider(6).queue[0];
    let user = facts.account("solo2");
    for (name, provider, sequencers, expected) in [
        ("poor", 1, 1, PlanError::NotEnoughTokens { needed, held }),
        ("fresh", 1, 1, PlanError::NotEnoughTokens { needed, held: U256::ZERO }),
        ("delegator", 5, 1, PlanError::NotEnoughKeys(0)),
        ("whale", 1, 9, PlanError::NotEnoughKeys(8)),
        ("whale", 6, 1, PlanError::BadKey { place: 0, attester: dud, problem: KeyProblem::Used(user) }),
    ] {
        let planner = Planner { chain, book: &book, from: facts.account(name) };
        let intent = planner.intent(provider, sequencers).await;
        assert_eq!(planner.stake_as(&intent).await.err(), Some(expected), "{name}");
    }
}

#[tokio::test]
async fn only_changes_by_the_admin_are_planned() {
    let contracts = devnet().contracts().await;
    let (admin, recipient, other) =
        (Address::repeat_byte(1), Address::repeat_byte(2), Address::repeat_byte(3));
    let rate = |bps| Bps::new(bps).expect("legal");
    let config = ProviderConfig { admin, take_rate: rate(500), rewards_recipient: recipient };
    let nobody = ProviderConfig { admin: Address::ZERO, ..config };
    let to_rate = |bps| ProviderChange::TakeRate(rate(bps));
    for (from, config, change, expected) in [
        (admin, config, to_rate(501), None),
        (admin, config, to_rate(0), None),
        (admin, config, ProviderChange::RewardsRecipient(other), None),
        (admin, config, to_rate(500), Some(PlanError::SameValue)),
        (admin, config, ProviderChange::RewardsRecipient(recipient), Some(PlanError::SameValue)),
        (other, config, to_rate(501), Some(PlanError::NotAdmin(admin))),
        // the recipient may not either
        (recipient, config, to_rate(501), Some(PlanError::NotAdmin(admin))),
        (admin, nobody, to_rate(501), Some(PlanError::NoSuchProvider)),
        (Address::ZERO, nobody, to_rate(501), Some(PlanError::NoSuchProvider)),
    ] {
        let made = plan::change_provider(&setting(contracts, from), 1, &config, change);
        assert_eq!(made.err(), expected, "{change:?} by {from}");
    }
    let wrong = disagreeing(contracts);
    let change = plan::change_provider(&setting(&wrong, admin), 1, &config, to_rate(501));
    let register = plan::register(&setting(&wrong, admin), admin, rate(1), recipient);
    assert_eq!(
        (change.err(), register.err()),
        (Some(PlanError::ContractsDisagree), Some(PlanError::ContractsDisagree))
    );
    let rollup = wrong.canonical();
    let start = plan::start_exit(&setting(&wrong, admin), rollup, other, admin, recipient);
    let claim = plan::claim(&setting(&wrong, admin), &Rewards::default(), &[], None, &|_| U256::ZERO);
    assert_eq!(
        (start.err(), claim.err()),
        (Some(PlanError::ContractsDisagree), Some(PlanError::ContractsDisagree))
    );
    let nothing =
        plan::claim(&setting(contracts, admin), &Rewards::default(), &[other], None, &|_| U256::ZERO);
    assert_eq!(nothing.err(), Some(PlanError::NotRead("the rewards")), "which is not the same as nothing");
    let nothing = plan::claim(&setting(contracts, admin), &Rewards::default(), &[], None, &|_| U256::ZERO);
    assert_eq!(nothing.err(), Some(PlanError::NothingToClaim(vec![])));
    // taking a permission back is right on any network
    assert_eq!(plan::return_allowance(&setting(&wrong, admin)).steps.len(), 1);
}

#[test]
fn every_refusal_is_a_sentence_without_a_full_stop() {
    for (error, text) in [
        (PlanError::NotRead("the balance"), "the balance was not read"),
        (PlanError::NotEnoughKeys(3), "the provider has 3 keys left"),
        (PlanError::SameValue, "nothing changes"),
    ] {
        assert_eq!(error.to_string(), text);
    }
}
