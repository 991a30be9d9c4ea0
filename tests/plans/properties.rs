//! What holds for every plan, whatever is chosen and whatever the chain says.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall as _;
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use rota::{
    aztec::{
        Deployment,
        plan::{self, Setting, StakeFigures, StakeIntent, staked_with},
        read::{KeyProblem, KeyVerdict},
    },
    chain::ReadError,
    tx::{Allowance, Call, Plan},
    units::Bps,
};

use super::errors::block;
use crate::support::{IStakingRegistry, IToken, devnet};

fn address() -> impl Strategy<Value = Address> {
    any::<[u8; 20]>().prop_map(Address::from)
}

fn amount() -> impl Strategy<Value = U256> {
    prop_oneof![
        4 => (0u64..3_000_000).prop_map(U256::from),
        1 => any::<[u64; 4]>().prop_map(U256::from_limbs),
        1 => Just(U256::MAX),
        1 => Just(U256::ZERO),
    ]
}

fn problem() -> impl Strategy<Value = Result<Option<KeyProblem>, ReadError>> {
    prop_oneof![
        20 => Just(Ok(None)),
        1 => address().prop_map(|by| Ok(Some(KeyProblem::Used(by)))),
        1 => Just(Ok(Some(KeyProblem::Repeated))),
        1 => Just(Err(ReadError::Incomplete)),
    ]
}

fn keys() -> impl Strategy<Value = Vec<KeyVerdict>> {
    vec((address(), problem()), 0..8).prop_map(|keys| {
        let verdict = |(index, (attester, problem))| KeyVerdict { index, attester, problem };
        (1u128..).zip(keys).map(verdict).collect()
    })
}

fn figures() -> impl Strategy<Value = StakeFigures> {
    (0u64..8, amount(), amount(), amount(), keys()).prop_map(
        |(open_slots, threshold, tokens, allowance, keys)| StakeFigures {
            open_slots,
            activation_threshold: threshold,
            tokens,
            allowance,
            keys,
        },
    )
}

prop_compose! {
    fn intent()(
        provider_id: u64, sequencers in 0u64..8, withdrawer in address(), rewards_recipient in address(),
        follow_upgrades: bool, bps in 0u16..=10_000,
    ) -> StakeIntent {
        let take_rate = Bps::new(bps).expect("legal");
        StakeIntent { provider_id, provider: "x".to_owned(), sequencers, withdrawer, rewards_recipient, follow_upgrades, take_rate }
    }
}

/// Whether the stake may be planned, said again in other words.
fn is_possible(contracts: &Deployment, intent: &StakeIntent, figures: &StakeFigures) -> bool {
    let wanted = usize::try_from(intent.sequencers).expect("few");
    let good = figures.keys.iter().take_while(|key| key.problem == Ok(None)).count();
    let needed = figures.activation_threshold.checked_mul(U256::from(wanted));
    wanted > 0
        && intent.sequencers <= figures.open_slots
        && wanted <= good
        && (!intent.follow_upgrades || contracts.latest_rollup == Some(contracts.canonical().address))
        && needed.is_some_and(|needed| needed <= figures.tokens)
}

fn check_plan(
    contracts: &Deployment,
    intent: &StakeIntent,
    figures: &StakeFigures,
    plan: &Plan,
) -> Result<(), TestCaseError> {
    let registry = contracts.staking_registry;
    let needed = figures.activation_threshold * U256::from(intent.sequencers);
    let (stakes, others): (Vec<_>, Vec<_>) = plan.steps.iter().partition(|step| step.call.to == registry);

    let mut approved = Vec::new();
    for step in others {
        prop_assert_eq!(step.call.to, contracts.token.address);
        let approve = IToken::approveCall::abi_decode_validate(&step.call.data)
            .map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert_eq!(approve.spender, registry);
        approved.push(approve.value);
    }
    let expected = if figures.allowance < needed { vec![needed] } else { vec![] };
    prop_assert_eq!(approved, expected, "exactly as much as is staked, and only where it is needed");
    prop_assert!(
        plan.steps[..plan.steps.len() - stakes.len()].iter().all(|step| step.call.to != registry),
        "approval first"
    );

    prop_assert_eq!(u64::try_from(stakes.len()).expect("few"), intent.sequencers);
    for step in stakes {
        let stake = IStakingRegistry::stakeCall::abi_decode_validate(&step.call.data)
            .map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert_eq!(stake.abi_encode(), step.call.data.to_vec(), "nothing behind the arguments");
        prop_assert_eq!(stake.id, U256::from(intent.provider_id));
        prop_assert_eq!(stake.version, contracts.canonical().version);
        prop_assert_eq!((stake.withdrawer, stake.recipient), (intent.withdrawer, intent.rewards_recipient));
        prop_assert_eq!((stake.takeRate, stake.r#move), (intent.take_rate.get(), intent.follow_upgrades));
        prop_assert_eq!(staked_with(contracts, &step.call), Some(intent.provider_id));
        let elsewhere = Call { to: Address::ZERO, ..step.call.clone() };
        prop_assert_eq!(staked_with(contracts, &elsewhere), None);
    }
    prop_assert!(plan.steps.iter().all(|step| step.call.value.is_zero() && !step.title.is_empty()));
    prop_assert_eq!(plan.allowance, Some(Allowance { token: contracts.token.address, spender: registry }));
    let kept: Plan = serde_json::from_str(&serde_json::to_string(plan).expect("JSON")).expect("the same");
    prop_assert_eq!(&kept, plan, "the journal keeps it");
    Ok(())
}

#[tokio::test]
async fn a_stake_is_planned_if_and_only_if_it_can_succeed_and_does_what_was_chosen() {
    let contracts = devnet().contracts().await;
    let mut runner = TestRunner::new(Config { cases: 4_000, failure_persistence: None, ..Config::default() });
    let (mut made, mut refused) = (0, 0);
    let latest =
        prop_oneof![4 => Just(contracts.latest_rollup), 1 => Just(None), 1 => address().prop_map(Some)];
    // the same things are done with every case, so the counts are of all of them
    let counts = std::cell::RefCell::new((&mut made, &mut refused));
    let result =
        runner.run(&(intent(), figures(), latest, address()), |(intent, figures, latest_rollup, from)| {
            let contracts = Deployment { latest_rollup, ..contracts.clone() };
            let setting = Setting { network: "aztec-local", contracts: &contracts, from, read_at: block() };
            let plan = plan::stake(&setting, &intent, &figures);
            prop_assert_eq!(plan.is_ok(), is_possible(&contracts, &intent, &figures), "{:?}", plan);
            let mut counts = counts.borrow_mut();
            if let Ok(plan) = plan {
                *counts.0 += 1;
                prop_assert_eq!(
                    (plan.from, plan.chain_id, plan.read_at),
                    (from, contracts.chain_id, block())
                );
                check_plan(&contracts, &intent, &figures, &plan)?;
            } else {
                *counts.1 += 1;
            }
            Ok(())
        });
    assert_eq!(result, Ok(()));
    assert!(made > 200 && refused > 200, "{made} plans and {refused} refusals: both were tried");
}
