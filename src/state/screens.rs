//! What each page reads, kept up to date with the head.

use std::{collections::BTreeSet, sync::Arc};

use alloy_primitives::{Address, U256};
use leptos::prelude::*;

use super::{Remote, Rhythm, Scope, remote};
use crate::{
    aztec::{
        Deployment,
        read::{self, Funds, KeyVerdict, ProviderPage, Providers},
        summary::Stakes,
    },
    chain::At,
    tx::{
        Plan,
        simulate::{Simulated, simulate},
    },
    units::format,
};

/// Stakes change by slashes, exits and entries. New delegations are known from their events at once; for the rest
/// five minutes of 12 s blocks are soon enough for a list.
const STAKES_PERIOD: u64 = 25;

impl Scope {
    /// All providers.
    pub(crate) fn providers(&self) -> ReadSignal<Remote<At<Providers>>> {
        let scope = *self;
        let known = StoredValue::new(32);
        remote::read(
            self.head,
            Rhythm::every_block(),
            move || scope.deployment(),
            move |contracts, block| {
                let pool = scope.pool.get_value();
                async move {
                    let expected = known.try_get_value().unwrap_or(0);
                    let answer = read::providers(&pool, &contracts, expected, block).await?;
                    known.try_set_value(answer.value.rows.len() as u64);
                    Ok(answer)
                }
            },
        )
    }

    /// Attesters and entry queues, of all delegations or of one provider's.
    pub(crate) fn stakes(&self, provider_id: Option<u64>) -> ReadSignal<Remote<At<Stakes>>> {
        let scope = *self;
        let attesters = Memo::new(move |_| {
            let ledger = scope.ledger.get()?;
            let all = ledger.history.delegations.iter();
            let wanted = all.filter(|delegation| provider_id.is_none_or(|id| id == delegation.provider_id));
            let attesters: BTreeSet<Address> = wanted.map(|delegation| delegation.attester).collect();
            Some(Arc::new(attesters))
        });
        let rhythm = Rhythm {
            period: if provider_id.is_some() { 1 } else { STAKES_PERIOD },
            same_screen: |_, _| true,
        };
        let key = move || Some((scope.deployment()?, attesters.get()?));
        remote::read(
            self.head,
            rhythm,
            key,
            move |(contracts, attesters): (Arc<Deployment>, Arc<BTreeSet<Address>>), block| {
                let pool = scope.pool.get_value();
                async move {
                    let list: Vec<_> = attesters.iter().copied().collect();
                    let (states, queues) = futures::join!(
                        read::attester_states(&pool, &contracts, &list, block),
                        read::entry_queues(&pool, &contracts, block)
                    );
                    Ok(states.map(|states| Stakes { states, queues: queues.value }))
                }
            },
        )
    }

    /// One provider and the terms of staking with it.
    pub(crate) fn provider(&self, provider_id: u64) -> ReadSignal<Remote<At<ProviderPage>>> {
        let scope = *self;
        remote::read(
            self.head,
            Rhythm::every_block(),
            move || scope.deployment(),
            move |contracts, block| {
                let pool = scope.pool.get_value();
                async move { Ok(read::provider(&pool, &contracts, provider_id, block).await) }
            },
        )
    }

    /// What an account holds.
    pub(crate) fn funds(&self, account: Signal<Option<Address>>) -> ReadSignal<Remote<At<Funds>>> {
        let scope = *self;
        let key = move || Some((scope.deployment()?, account.get()?));
        remote::read(
            self.head,
            Rhythm::every_block(),
            key,
            move |(contracts, account): (Arc<Deployment>, Address), block| {
                let pool = scope.pool.get_value();
                async move { Ok(read::funds(&pool, &contracts, account, block).await) }
            },
        )
    }

    /// The keys that the next stakes with a provider would take, checked.
    pub(crate) fn next_keys(
        &self,
        provider_id: u64,
        count: Signal<u64>,
    ) -> ReadSignal<Remote<At<Vec<KeyVerdict>>>> {
        let scope = *self;
        let rhythm = Rhythm::every_block();
        let key = move || Some((scope.deployment()?, count.get()));
        remote::read(self.head, rhythm, key, move |(contracts, count): (Arc<Deployment>, u64), block| {
            let pool = scope.pool.get_value();
            async move { read::next_keys(&pool, &contracts, provider_id, count, block).await }
        })
    }

    /// What a plan costs, as a phrase; `None` without a plan. Simulated now and then, not signed.
    pub(crate) fn gas(&self, plan: Signal<Option<Plan>>) -> Signal<Option<String>> {
        let scope = *self;
        let calls = Memo::new(move |_| {
            plan.with(|plan| {
                plan.as_ref().map(|plan| {
                    (plan.from, plan.steps.iter().map(|step| step.call.clone()).collect::<Vec<_>>())
                })
            })
        });
        let rhythm = Rhythm { period: 5, same_screen: PartialEq::eq };
        let cost = remote::read(
            self.head,
            rhythm,
            move || calls.get(),
            move |(from, calls), _| {
                let pool = scope.pool.get_value();
                async move {
                    let simulation = simulate(&pool, from, &calls).await?;
                    let fees = pool.fees().await?;
                    let gas: Option<u64> = simulation.calls.iter().map(Simulated::gas).sum();
                    Ok((gas, fees))
                }
            },
        );
        Signal::derive(move || {
            calls.with(Option::is_some).then(|| {
                cost.with(|cost| match cost {
                    Remote::Ready((Some(gas), fees)) | Remote::Stale((Some(gas), fees), _) => {
                        let fee = U256::from(*gas) * U256::from(fees.price());
                        format!(
                            "about {} ETH at {}",
                            format::amount_up(fee, 18, 5),
                            format::gwei(fees.price())
                        )
                    }
                    Remote::Ready((None, _)) | Remote::Stale((None, _), _) => {
                        "known before each step is signed".to_owned()
                    }
                    Remote::Loading => "being simulated".to_owned(),
                    Remote::Failed(_) => "not read".to_owned(),
                })
            })
        })
    }
}
