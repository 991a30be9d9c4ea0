use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;

use super::{PlanError, Setting};
use crate::{
    aztec::{
        abi::{IStakingRegistry, KeyStore},
        read::ProviderConfig,
    },
    tx::{Call, Plan, Step},
    units::format,
};

/// Gas that a transaction of keys takes at most, by estimate; the protocol's cap is 16,777,216 (EIP-7825).
const MOST_GAS: u64 = 15_000_000;
/// Of one key: nine storage slots, its event and its calldata, measured on the real contract as 206,134.
const GAS_OF_KEY: u64 = 207_000;
/// Of a transaction with none.
const GAS_OF_BATCH: u64 = 60_000;

/// Keys that one transaction adds.
pub const KEYS_AT_ONCE: usize = ((MOST_GAS - GAS_OF_BATCH) / GAS_OF_KEY) as usize;

/// What every change of a provider by its admin begins with.
pub(super) fn of_admin(setting: &Setting<'_>, config: &ProviderConfig) -> Result<(), PlanError> {
    if setting.contracts.blocking().next().is_some() {
        return Err(PlanError::ContractsDisagree);
    }
    if config.admin.is_zero() {
        return Err(PlanError::NoSuchProvider);
    }
    if config.admin != setting.from {
        return Err(PlanError::NotAdmin(config.admin));
    }
    Ok(())
}

/// Puts keys at the end of a provider's queue (`addKeysToProvider`), in as few transactions as their gas allows.
///
/// The contract checks none of them: they have to be judged before ([`crate::aztec::keys::judge`]).
pub fn add_keys(
    setting: &Setting<'_>,
    provider_id: u64,
    config: &ProviderConfig,
    keys: &[KeyStore],
) -> Result<Plan, PlanError> {
    of_admin(setting, config)?;
    if keys.is_empty() {
        return Err(PlanError::NoKeys);
    }
    let title = format!("Add {}", format::plural(keys.len() as u64, "key"));
    let batches = keys.len().div_ceil(KEYS_AT_ONCE);
    let steps = keys.chunks(KEYS_AT_ONCE).zip(1..).map(|(chunk, number)| {
        let call = IStakingRegistry::addKeysToProviderCall {
            _providerIdentifier: U256::from(provider_id),
            _keyStores: chunk.to_vec(),
        };
        let title = match batches {
            1 => title.clone(),
            _ => format!("Add {}, {number} of {batches}", format::plural(chunk.len() as u64, "key")),
        };
        Step { title, call: Call::new(setting.contracts.staking_registry, call.abi_encode()) }
    });
    let steps = steps.collect();
    Ok(setting.plan(title, steps))
}

/// Takes keys out of the front of a provider's queue unused (`dripProviderQueue`). `queued` is how many there are.
///
/// The calldata only counts them. The guard lets it be signed as long as the front of the queue is where it was at the
/// block of the setting: that has to be the one at which the keys were read that the person saw.
pub fn drip(
    setting: &Setting<'_>,
    provider_id: u64,
    config: &ProviderConfig,
    count: u64,
    queued: u64,
) -> Result<Plan, PlanError> {
    of_admin(setting, config)?;
    if count == 0 {
        return Err(PlanError::NoKeys);
    }
    if count > queued {
        return Err(PlanError::NotEnoughKeys(queued));
    }
    let call = IStakingRegistry::dripProviderQueueCall {
        _providerIdentifier: U256::from(provider_id),
        _numberOfKeysToDrip: U256::from(count),
    };
    let title = format!("Remove {} from the front", format::plural(count, "key"));
    Ok(one(setting, title, call.abi_encode()))
}

/// Offers the provider to another admin (`updateProviderAdmin`), who has to accept. Offered again, it replaces the offer;
/// it cannot be taken back otherwise.
pub fn offer_admin(
    setting: &Setting<'_>,
    provider_id: u64,
    config: &ProviderConfig,
    pending: Address,
    admin: Address,
) -> Result<Plan, PlanError> {
    of_admin(setting, config)?;
    if admin == config.admin || admin == pending {
        return Err(PlanError::SameValue);
    }
    let call = IStakingRegistry::updateProviderAdminCall {
        _providerIdentifier: U256::from(provider_id),
        _newAdmin: admin,
    };
    Ok(one(setting, "Propose a new admin".to_owned(), call.abi_encode()))
}

/// Accepts to be a provider's admin (`acceptProviderAdmin`), as `pending`, to whom it was offered.
pub fn accept_admin(setting: &Setting<'_>, provider_id: u64, pending: Address) -> Result<Plan, PlanError> {
    if setting.contracts.blocking().next().is_some() {
        return Err(PlanError::ContractsDisagree);
    }
    if pending.is_zero() || pending != setting.from {
        return Err(PlanError::NotOffered(pending));
    }
    let call = IStakingRegistry::acceptProviderAdminCall { _providerIdentifier: U256::from(provider_id) };
    Ok(one(setting, format!("Become the admin of provider {provider_id}"), call.abi_encode()))
}

fn one(setting: &Setting<'_>, title: String, data: Vec<u8>) -> Plan {
    setting.one(title, Call::new(setting.contracts.staking_registry, data))
}
