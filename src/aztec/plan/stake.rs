use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;

use super::{PlanError, Setting};
use crate::{
    aztec::{
        Deployment,
        abi::{IERC20, IStaker, IStakingRegistry},
        read::KeyVerdict,
    },
    tx::{Allowance, Call, Plan, Step},
    units::{Bps, format},
};

/// What a delegator chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StakeIntent {
    /// With whom.
    pub provider_id: u64,
    /// The name to show for them.
    pub provider: String,
    /// How many; each stakes the activation threshold.
    pub sequencers: u64,
    /// Who may exit and vote, for ever.
    pub withdrawer: Address,
    /// Who receives the rewards, for ever.
    pub rewards_recipient: Address,
    /// Whether the stake moves to the next rollup when governance adopts one.
    pub follow_upgrades: bool,
    /// The commission the person saw. The stake reverts at any other, lower ones included.
    pub take_rate: Bps,
}

/// What the chain said when the person chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StakeFigures {
    /// Keys left in the provider's queue.
    pub open_slots: u64,
    /// What one sequencer stakes, in token units.
    pub activation_threshold: U256,
    /// Tokens of the signer, in token units.
    pub tokens: U256,
    /// What the `StakingRegistry` may take of them already, in token units.
    pub allowance: U256,
    /// The provider's next keys, at least as many as sequencers are wanted.
    pub keys: Vec<KeyVerdict>,
}

/// Stakes with a provider: an exact approval where the allowance is too small, then one `stake` per sequencer.
///
/// `StakingRegistry.stake` takes the tokens from the signer, one activation threshold per call, and one key from
/// the head of the provider's queue.
pub fn stake(setting: &Setting<'_>, intent: &StakeIntent, figures: &StakeFigures) -> Result<Plan, PlanError> {
    let contracts = setting.contracts;
    if contracts.blocking().next().is_some() {
        return Err(PlanError::ContractsDisagree);
    }
    let count = intent.sequencers;
    if count == 0 {
        return Err(PlanError::NothingChosen);
    }
    if count > figures.open_slots {
        return Err(PlanError::NotEnoughKeys(figures.open_slots));
    }
    if intent.follow_upgrades && contracts.can_follow() != Some(true) {
        return Err(PlanError::CannotFollow);
    }
    let held = figures.tokens;
    let too_much = |needed| PlanError::NotEnoughTokens { needed, held };
    let needed = figures.activation_threshold.checked_mul(U256::from(count));
    let needed = needed.ok_or_else(|| too_much(U256::MAX))?;
    if held < needed {
        return Err(too_much(needed));
    }
    check_keys(&figures.keys, count)?;

    let amount = contracts.token.amount(needed);
    let mut steps = Vec::new();
    if figures.allowance < needed {
        let data = IERC20::approveCall { spender: contracts.staking_registry, value: needed }.abi_encode();
        steps.push(Step {
            title: format!("Approve {amount}"),
            call: Call::new(contracts.token.address, data),
        });
    }
    let data = IStakingRegistry::stakeCall {
        _providerIdentifier: U256::from(intent.provider_id),
        _rollupVersion: contracts.canonical().version,
        _withdrawalAddress: intent.withdrawer,
        _expectedProviderTakeRate: intent.take_rate.get(),
        _userRewardsRecipient: intent.rewards_recipient,
        _moveWithLatestRollup: intent.follow_upgrades,
    }
    .abi_encode();
    for number in 1..=count {
        let title = match count {
            1 => "Stake".to_owned(),
            _ => format!("Stake, sequencer {} of {}", format::count(number), format::count(count)),
        };
        steps.push(Step { title, call: Call::new(contracts.staking_registry, data.clone()) });
    }
    Ok(Plan {
        title: format!("Delegate {amount} to {}", intent.provider),
        network: setting.network.to_owned(),
        chain_id: contracts.chain_id,
        from: setting.from,
        read_at: setting.read_at,
        steps,
        allowance: Some(Allowance { token: contracts.token.address, spender: contracts.staking_registry }),
    })
}

/// That the keys which would be used are good.
pub(super) fn check_keys(keys: &[KeyVerdict], count: u64) -> Result<(), PlanError> {
    let mut checked = 0;
    for (place, key) in keys.iter().enumerate().take(usize::try_from(count).unwrap_or(usize::MAX)) {
        match &key.problem {
            Ok(None) => checked += 1,
            Ok(Some(problem)) => {
                return Err(PlanError::BadKey { place, attester: key.attester, problem: problem.clone() });
            }
            Err(_) => return Err(PlanError::NotRead("the provider's next keys")),
        }
    }
    if checked < count { Err(PlanError::NotRead("the provider's next keys")) } else { Ok(()) }
}

/// Takes a leftover allowance of the `StakingRegistry` back.
pub fn return_allowance(setting: &Setting<'_>) -> Plan {
    return_allowance_of(setting, setting.contracts.staking_registry)
}

/// Takes a leftover allowance of any spender back.
pub fn return_allowance_of(setting: &Setting<'_>, spender: Address) -> Plan {
    let contracts = setting.contracts;
    let data = IERC20::approveCall { spender, value: U256::ZERO }.abi_encode();
    Plan {
        title: "Take the allowance back".to_owned(),
        network: setting.network.to_owned(),
        chain_id: contracts.chain_id,
        from: setting.from,
        read_at: setting.read_at,
        steps: vec![Step {
            title: "Set the allowance to 0".to_owned(),
            call: Call::new(contracts.token.address, data),
        }],
        allowance: None,
    }
}

/// What a call stakes, by its bytes.
pub(in crate::aztec) fn stake_of(contracts: &Deployment, call: &Call) -> Option<IStakingRegistry::stakeCall> {
    if call.to == contracts.staking_registry {
        return IStakingRegistry::stakeCall::abi_decode(&call.data).ok();
    }
    // through the staker of a vault, whichever that is
    let inner = IStaker::stakeWithProviderCall::abi_decode(&call.data).ok()?;
    Some(IStakingRegistry::stakeCall {
        _providerIdentifier: inner._providerIdentifier,
        _rollupVersion: inner._rollupVersion,
        _withdrawalAddress: call.to,
        _expectedProviderTakeRate: inner._expectedProviderTakeRate,
        _userRewardsRecipient: inner._userRewardsRecipient,
        _moveWithLatestRollup: inner._moveWithLatestRollup,
    })
}

/// The provider that a call stakes with, by its bytes.
pub fn staked_with(contracts: &Deployment, call: &Call) -> Option<u64> {
    stake_of(contracts, call)?._providerIdentifier.try_into().ok()
}
