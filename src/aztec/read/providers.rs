use alloy_primitives::{Address, U256};

use crate::{
    aztec::{Deployment, abi::IStakingRegistry},
    chain::{At, Batch, BlockRef, Pool, ReadError, Reading, Source},
    units::Bps,
};

/// What a provider is registered with: `StakingRegistry.providerConfigurations(id)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProviderConfig {
    /// Who may change it.
    pub admin: Address,
    /// Its commission on new delegations.
    pub take_rate: Bps,
    /// Who receives the commission of new delegations.
    pub rewards_recipient: Address,
}

/// One provider, as far as getters tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderRow {
    /// On-chain number, from 1.
    pub provider_id: u64,
    /// Its registration.
    pub config: Reading<ProviderConfig>,
    /// Keys left in its queue: `getProviderQueueLength(id)`.
    pub open_slots: Reading<u64>,
}

/// All providers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Providers {
    /// How many there are: `nextProviderIdentifier() − 1`.
    pub count: Reading<u64>,
    /// By number.
    pub rows: Vec<ProviderRow>,
}

impl Providers {
    /// Why it is not complete, when it is that nobody answered.
    pub fn unanswered(&self) -> Option<ReadError> {
        let row = |row: &ProviderRow| row.config.unanswered().or_else(|| row.open_slots.unanswered());
        self.rows.iter().find_map(row)
    }
}

pub(super) fn config(
    answer: IStakingRegistry::providerConfigurationsReturn,
) -> Result<ProviderConfig, ReadError> {
    Ok(ProviderConfig {
        admin: answer.providerAdmin,
        take_rate: Bps::new(answer.providerTakeRate).ok_or(ReadError::Decode)?,
        rewards_recipient: answer.providerRewardsRecipient,
    })
}

/// Providers at most: ten times as many as sequencers of today.
const MOST: u64 = 40_000;

/// Reads every provider. As many as there were when the contracts were found come with one request, others with one
/// more.
///
/// Fails only when the number of providers cannot be read.
pub async fn providers(
    pool: &Pool,
    contracts: &Deployment,
    block: BlockRef,
) -> Result<At<Providers>, ReadError> {
    let registry = contracts.staking_registry;
    // the number after the last one's: a new provider is there before the guess is made anew
    let expected = contracts.providers.get();
    let ask = |batch: &mut Batch, id: u64| {
        let id_word = U256::from(id);
        (
            id,
            batch.add(registry, IStakingRegistry::providerConfigurationsCall { id: id_word }),
            batch.add(registry, IStakingRegistry::getProviderQueueLengthCall { id: id_word }),
        )
    };
    let mut batch = Batch::new();
    let next = batch.add(registry, IStakingRegistry::nextProviderIdentifierCall {});
    let guessed: Vec<_> = (1..=expected).map(|id| ask(&mut batch, id)).collect();
    let answers = batch.run(pool, &block).await;

    let next = answers.get(next).and_then(|next| u64::try_from(next).map_err(|_error| ReadError::Decode));
    let source = Source::derived("next number − 1", [("next number", next.source)]);
    let count = next.value?.saturating_sub(1);
    // each is two calls: no endpoint is asked as often as another one says
    if count > MOST {
        return Err(ReadError::Decode);
    }
    let row = |answers: &crate::chain::Answers, (provider_id, config_slot, length)| ProviderRow {
        provider_id,
        config: answers.get(config_slot).and_then(config),
        open_slots: answers.get(length).and_then(|n: U256| n.try_into().map_err(|_error| ReadError::Decode)),
    };
    let mut rows: Vec<_> =
        guessed.into_iter().filter(|(id, ..)| *id <= count).map(|slots| row(&answers, slots)).collect();
    if count > expected {
        let mut batch = Batch::new();
        let rest: Vec<_> = (expected + 1..=count).map(|id| ask(&mut batch, id)).collect();
        let answers = batch.run(pool, &block).await;
        rows.extend(rest.into_iter().map(|slots| row(&answers, slots)));
    }
    Ok(At { block, value: Providers { count: Reading::new(count, source), rows } })
}
