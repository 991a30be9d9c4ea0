//! Events into facts.

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
    /// Every commission in chain order, with the provider whose it is.
    pub rates: Vec<(u64, RateStep)>,
}

/// A deposit of the transaction whose events are being read.
struct Queued {
    tx: B256,
    attester: Address,
    withdrawer: Address,
}

impl History {
    /// Understands events, which must be in chain order and without gaps from the oldest on for the frozen
    /// commissions to be known. Events of other contracts than these are ignored.
    pub fn of<'a>(contracts: &Deployment, entries: impl IntoIterator<Item = &'a LogEntry>) -> Self {
        let mut history = Self::default();
        let mut queued = Vec::new();
        for entry in entries {
            if entry.address == contracts.staking_registry {
                history.registry_event(entry, &mut queued);
            } else if contracts.rollup(entry.address).is_some()
                && let Ok(event) = ValidatorQueued::decode_log_data(&entry.data)
            {
                queued.push(Queued { tx: entry.tx, attester: event.attester, withdrawer: event.withdrawer });
            }
        }
        history
    }

    fn registry_event(&mut self, entry: &LogEntry, queued: &mut Vec<Queued>) {
        let step = |bps| {
            Bps::new(bps).map(|take_rate| RateStep { block: entry.block, index: entry.index, take_rate })
        };
        if let Ok(event) = StakedWithProvider::decode_log_data(&entry.data) {
            let Ok(provider_id) = u64::try_from(event.providerIdentifier) else { return };
            // several stakes of one transaction come in order, each right before its own event
            queued.retain(|deposit| deposit.tx == entry.tx);
            let place = queued.iter().position(|deposit| deposit.attester == event.attester);
            let withdrawer = place.map(|place| queued.remove(place).withdrawer);
            let of_provider = self.rates.iter().rev().find(|(id, _)| *id == provider_id);
            let take_rate = of_provider.map(|(_, step)| step.take_rate);
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
                self.rates.push((id, step));
            }
        } else if let Ok(event) = ProviderRegistered::decode_log_data(&entry.data)
            && let (Ok(id), Some(step)) = (event.providerIdentifier.try_into(), step(event.providerTakeRate))
        {
            self.rates.push((id, step));
        }
    }

    /// The delegations of one provider.
    pub fn of_provider(&self, provider_id: u64) -> impl Iterator<Item = &Delegation> {
        self.delegations.iter().filter(move |delegation| delegation.provider_id == provider_id)
    }
}
