//! Events into facts.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolEvent;

use super::{
    Deployment,
    abi::{
        IRollup::ValidatorQueued,
        IStakingRegistry::{ProviderRegistered, ProviderTakeRateUpdated, StakedWithProvider},
    },
    model::Delegation,
};
use crate::{
    chain::logs::{LogEntry, LogQuery},
    units::Bps,
};

/// The events that the pages of today are computed from.
pub fn query(contracts: &Deployment) -> LogQuery {
    let rollups = contracts.rollups.iter().map(|rollup| rollup.address);
    LogQuery {
        contracts: std::iter::once(contracts.staking_registry).chain(rollups).collect(),
        events: vec![
            ProviderRegistered::SIGNATURE_HASH,
            ProviderTakeRateUpdated::SIGNATURE_HASH,
            StakedWithProvider::SIGNATURE_HASH,
            ValidatorQueued::SIGNATURE_HASH,
        ],
    }
}

/// A commission at the moment it was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateStep {
    /// Height.
    pub block: u64,
    /// Position among the block's logs.
    pub index: u64,
    /// The commission from then on.
    pub take_rate: Bps,
}

/// What the events tell, as far back as they were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Every delegation in chain order.
    pub delegations: Vec<Delegation>,
    /// Every commission of each provider in chain order.
    pub rates: BTreeMap<u64, Vec<RateStep>>,
}

impl History {
    /// Understands events, which must be in chain order and without gaps from the oldest on for the frozen
    /// commissions to be known. Events of other contracts than these are ignored.
    pub fn of<'a>(contracts: &Deployment, entries: impl IntoIterator<Item = &'a LogEntry>) -> Self {
        let mut history = Self::default();
        let mut queued: BTreeMap<(B256, Address), Vec<Address>> = BTreeMap::new();
        for entry in entries {
            if entry.address == contracts.staking_registry {
                history.registry_event(entry, &mut queued);
            } else if contracts.rollup(entry.address).is_some()
                && let Ok(event) = ValidatorQueued::decode_log_data(&entry.data)
            {
                queued.entry((entry.tx, event.attester)).or_default().push(event.withdrawer);
            }
        }
        history
    }

    fn registry_event(&mut self, entry: &LogEntry, queued: &mut BTreeMap<(B256, Address), Vec<Address>>) {
        let step = |bps| {
            Bps::new(bps).map(|take_rate| RateStep { block: entry.block, index: entry.index, take_rate })
        };
        if let Ok(event) = StakedWithProvider::decode_log_data(&entry.data) {
            let Ok(provider_id) = u64::try_from(event.providerIdentifier) else { return };
            // several stakes of one transaction come in order, each right before its own event
            let withdrawer = queued
                .get_mut(&(entry.tx, event.attester))
                .filter(|list| !list.is_empty())
                .map(|list| list.remove(0));
            let take_rate =
                self.rates.get(&provider_id).and_then(|steps| steps.last()).map(|step| step.take_rate);
            self.delegations.push(Delegation {
                provider_id,
                rollup: event.rollupAddress,
                attester: event.attester,
                split: event.coinbaseSplitContractAddress,
                withdrawer,
                take_rate,
                block: entry.block,
                index: entry.index,
                tx: entry.tx,
            });
        } else if let Ok(event) = ProviderTakeRateUpdated::decode_log_data(&entry.data) {
            if let (Ok(id), Some(step)) = (event.providerIdentifier.try_into(), step(event.newTakeRate)) {
                self.rates.entry(id).or_default().push(step);
            }
        } else if let Ok(event) = ProviderRegistered::decode_log_data(&entry.data)
            && let (Ok(id), Some(step)) = (event.providerIdentifier.try_into(), step(event.providerTakeRate))
        {
            self.rates.entry(id).or_default().push(step);
        }
    }

    /// The delegations of one provider.
    pub fn of_provider(&self, provider_id: u64) -> impl Iterator<Item = &Delegation> {
        self.delegations.iter().filter(move |delegation| delegation.provider_id == provider_id)
    }
}
