//! Keys that somebody is about to put into a queue. The providers' contract takes any; only the GSE judges them, days
//! later, at a delegator's cost.

use alloy_primitives::Address;
use alloy_sol_types::SolCall as _;

use super::unread;
use crate::{
    aztec::{
        Deployment,
        abi::{IStakingRegistry, KeyStore},
        keys::Oracle,
        read::{KeyStanding, key_standings},
    },
    chain::Pool,
    tx::{Call, Explanation},
    units::format,
};

/// The keys that a call adds.
fn added(contracts: &Deployment, call: &Call) -> Option<Vec<KeyStore>> {
    let asked = IStakingRegistry::addKeysToProviderCall::abi_decode(&call.data).ok()?;
    (call.to == contracts.staking_registry).then_some(asked._keyStores)
}

/// Whether the chain still has nothing against any key: asked again, and of the GSE itself.
pub(super) async fn are_good(
    pool: &Pool,
    contracts: &Deployment,
    calls: &[&Call],
) -> Result<(), Explanation> {
    let keys: Vec<KeyStore> = calls.iter().filter_map(|call| added(contracts, call)).flatten().collect();
    if keys.is_empty() {
        return Ok(());
    }
    let block = pool.latest().await.map_err(|_error| unread("The newest block could not be read."))?.block();
    let found = key_standings(pool, contracts, &keys, block).await.value;
    for (key, standing) in keys.iter().zip(&found.keys) {
        is_good(key.attester, standing)?;
    }
    Ok(())
}

fn is_good(attester: Address, standing: &KeyStanding) -> Result<(), Explanation> {
    let short = format::short_address(attester);
    let refused = |what: String| {
        Explanation::new(what, "Nothing was signed. Load the page and choose the files again.")
    };
    match (&standing.offered_by, &standing.problem, &standing.oracle) {
        (Ok(Some(provider)), ..) => {
            Err(refused(format!("Key {short} waits in the queue of provider {provider} by now.")))
        }
        (_, Ok(Some(_)), _) => Err(refused(format!("Key {short} is in use by now."))),
        (.., Ok(Oracle::Refuses(error))) => {
            Err(Explanation { raw: Some(error.clone()), ..refused(format!("The GSE refuses key {short}.")) })
        }
        (Ok(None), Ok(None), Ok(Oracle::Accepts)) => Ok(()),
        _ => Err(unread("The keys could not be checked again.")),
    }
}
