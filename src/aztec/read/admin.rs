use alloy_primitives::{Address, U256};

use crate::{
    aztec::{
        Deployment,
        abi::{ISafe, IStakingRegistry},
    },
    chain::{At, Batch, BlockRef, Pool, ReadError},
};

/// What kind of account somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// One key, also where it delegated its code (EIP-7702).
    Key,
    /// A contract that answers as a Safe: so many of these have to sign.
    Safe {
        /// `getThreshold()`.
        threshold: u64,
        /// `getOwners()`.
        owners: Vec<Address>,
    },
    /// Another contract.
    Contract,
}

/// Asks who an account is: by its code, and by the two questions that every Safe answers.
pub async fn holder(pool: &Pool, account: Address, block: BlockRef) -> Result<At<Holder>, ReadError> {
    let is_contract = pool.is_contract(account, block.number).await?;
    if !is_contract {
        return Ok(At { block, value: Holder::Key });
    }
    let mut batch = Batch::new();
    let threshold = batch.add(account, ISafe::getThresholdCall {});
    let owners = batch.add(account, ISafe::getOwnersCall {});
    let answers = batch.run_whole(pool, &block).await?;
    let value = match (answers.value(threshold), answers.value(owners)) {
        (Ok(threshold), Ok(owners))
            if !threshold.is_zero() && threshold <= U256::from(owners.len()) && owners.len() <= 1_000 =>
        {
            Holder::Safe { threshold: threshold.to(), owners }
        }
        _ => Holder::Contract,
    };
    Ok(At { block, value })
}

/// Who is proposed as a provider's admin and has not accepted; zero is nobody.
pub async fn pending_admin(
    pool: &Pool,
    contracts: &Deployment,
    provider_id: u64,
    block: BlockRef,
) -> Result<At<Address>, ReadError> {
    let mut batch = Batch::new();
    let call = IStakingRegistry::pendingProviderAdminsCall { id: U256::from(provider_id) };
    let pending = batch.add(contracts.staking_registry, call);
    Ok(At { block, value: batch.run(pool, &block).await.value(pending)? })
}
