use alloy_primitives::{Address, U256};

use super::{
    providers::{ProviderConfig, config},
    queues::EntryQueue,
    stakes::entry_queues,
};
use crate::{
    aztec::{
        Deployment, RollupClock,
        abi::{IGovernance, IRollup, IStakingRegistry},
        rules::{ExitTerms, QueueState},
    },
    chain::{At, Batch, BlockRef, Pool, ReadError, Reading, Source},
};

/// One provider with the terms of staking on the canonical rollup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderPage {
    /// Its registration. An admin of zero means: no such provider.
    pub config: Reading<ProviderConfig>,
    /// Who may become admin; zero when nobody was proposed.
    pub pending_admin: Reading<Address>,
    /// Keys left.
    pub open_slots: Reading<u64>,
    /// What one sequencer stakes, read now: a delegation is exactly this much.
    pub activation_threshold: Reading<U256>,
    /// How long an exit started now would take.
    pub exit_terms: Reading<ExitTerms>,
    /// Entry queues in the order of [`Deployment::rollups`].
    pub queues: Vec<EntryQueue>,
    /// The canonical rollup's queue rules, for [`crate::aztec::rules::join_time`].
    pub queue: Result<QueueState, ReadError>,
    /// Epochs after joining until the committee can include a sequencer: `getLagInEpochsForValidatorSet()`.
    pub duty_lag_epochs: Reading<u64>,
}

impl ProviderPage {
    /// Why it is not complete, when it is that nobody answered.
    pub fn unanswered(&self) -> Option<ReadError> {
        let figures = [
            self.config.unanswered(),
            self.pending_admin.unanswered(),
            self.open_slots.unanswered(),
            self.activation_threshold.unanswered(),
            self.exit_terms.unanswered(),
            self.duty_lag_epochs.unanswered(),
        ];
        let queues = self.queues.iter().filter_map(EntryQueue::unanswered);
        figures.into_iter().flatten().chain(queues).next()
    }
}

/// Reads a provider and what a delegator needs to know before staking with it.
///
/// Two requests: figures, then the entries of the entry queues.
pub async fn provider(
    pool: &Pool,
    contracts: &Deployment,
    provider_id: u64,
    block: BlockRef,
) -> At<ProviderPage> {
    let (registry, id) = (contracts.staking_registry, U256::from(provider_id));
    let rollup = contracts.canonical();
    let mut batch = Batch::new();
    let configuration = batch.add(registry, IStakingRegistry::providerConfigurationsCall { id });
    let pending_admin = batch.add(registry, IStakingRegistry::pendingProviderAdminsCall { id });
    let open_slots = batch.add(registry, IStakingRegistry::getProviderQueueLengthCall { id });
    let activation = batch.add(rollup.address, IRollup::getActivationThresholdCall {});
    let exit_delay = batch.add(rollup.address, IRollup::getExitDelayCall {});
    let governance = batch.add(contracts.governance, IGovernance::getConfigurationCall {});
    let lag = batch.add(rollup.address, IRollup::getLagInEpochsForValidatorSetCall {});
    let (answers, queues) = futures::join!(batch.run(pool, &block), entry_queues(pool, contracts, block));

    let small = |n: U256| u64::try_from(n).map_err(|_error| ReadError::Decode);
    let (exit_delay, governance) = (answers.get(exit_delay).and_then(small), answers.get(governance));
    let terms = || -> Result<ExitTerms, ReadError> {
        let governance = governance.as_ref().need()?;
        Ok(ExitTerms {
            exit_delay: exit_delay.need()?,
            voting_delay: small(governance.votingDelay)?,
            voting_duration: small(governance.votingDuration)?,
            execution_delay: small(governance.executionDelay)?,
        })
    };
    let exit_terms = Reading {
        value: terms(),
        source: Source::derived(
            "the longer of: exit delay; votingDelay / 5 + votingDuration + executionDelay",
            [("exit delay", exit_delay.source.clone()), ("configuration", governance.source.clone())],
        ),
    };
    let queue = queue_state(&queues.value[contracts.canonical], rollup.clock.value.clone(), block.timestamp);
    let value = ProviderPage {
        config: answers.get(configuration).and_then(config),
        pending_admin: answers.get(pending_admin),
        open_slots: answers.get(open_slots).and_then(small),
        activation_threshold: answers.get(activation),
        exit_terms,
        queues: queues.value,
        queue,
        duty_lag_epochs: answers.get(lag).and_then(small),
    };
    At { block, value }
}

fn queue_state(
    queue: &EntryQueue,
    clock: Result<RollupClock, ReadError>,
    now: u64,
) -> Result<QueueState, ReadError> {
    let clock = clock?;
    Ok(QueueState {
        available: queue.available.need()?,
        flush_size: queue.flush_size.need()?,
        epoch: clock.epoch_at(now),
        clock,
    })
}
