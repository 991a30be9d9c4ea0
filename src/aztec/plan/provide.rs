use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;

use super::{PlanError, Setting};
use crate::{
    aztec::{abi::IStakingRegistry, read::ProviderConfig},
    tx::{Call, Plan},
    units::Bps,
};

fn plan(setting: &Setting<'_>, title: String, data: Vec<u8>) -> Result<Plan, PlanError> {
    let contracts = setting.contracts;
    if contracts.blocking().next().is_some() {
        return Err(PlanError::ContractsDisagree);
    }
    Ok(setting.one(title, Call::new(contracts.staking_registry, data)))
}

/// Registers a provider (`StakingRegistry.registerProvider`). Anybody may; the signer gets no role by it. The
/// number is given by the contract and stands in the receipt.
pub fn register(
    setting: &Setting<'_>,
    admin: Address,
    take_rate: Bps,
    rewards_recipient: Address,
) -> Result<Plan, PlanError> {
    let call = IStakingRegistry::registerProviderCall {
        _providerAdmin: admin,
        _providerTakeRate: take_rate.get(),
        _providerRewardsRecipient: rewards_recipient,
    };
    plan(setting, "Register a provider".to_owned(), call.abi_encode())
}

/// A change of a provider by its admin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderChange {
    /// Commission on new delegations.
    TakeRate(Bps),
    /// Receiver of the commission on new delegations.
    RewardsRecipient(Address),
}

/// Changes a provider. Takes effect in its block, for delegations made after it.
pub fn change_provider(
    setting: &Setting<'_>,
    provider_id: u64,
    config: &ProviderConfig,
    change: ProviderChange,
) -> Result<Plan, PlanError> {
    if config.admin.is_zero() {
        return Err(PlanError::NoSuchProvider);
    }
    if config.admin != setting.from {
        return Err(PlanError::NotAdmin(config.admin));
    }
    let id = U256::from(provider_id);
    match change {
        ProviderChange::TakeRate(rate) if rate == config.take_rate => Err(PlanError::SameValue),
        ProviderChange::RewardsRecipient(recipient) if recipient == config.rewards_recipient => {
            Err(PlanError::SameValue)
        }
        ProviderChange::TakeRate(rate) => {
            let call = IStakingRegistry::updateProviderTakeRateCall {
                _providerIdentifier: id,
                _newTakeRate: rate.get(),
            };
            plan(setting, format!("Set the commission to {rate}"), call.abi_encode())
        }
        ProviderChange::RewardsRecipient(recipient) => {
            let call = IStakingRegistry::updateProviderRewardsRecipientCall {
                _providerIdentifier: id,
                _newRewardsRecipient: recipient,
            };
            plan(setting, "Change the rewards recipient".to_owned(), call.abi_encode())
        }
    }
}
