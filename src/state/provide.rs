//! What a provider's delegations earn, and who is paid for them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use alloy_primitives::Address;
use leptos::prelude::*;

use super::{
    Rhythm, Scope, Screen,
    remote::{self, whole},
};
use crate::aztec::{
    Deployment,
    coinbase::{self, Audit},
    commission,
    read::{self, Rewards, SplitAsked},
};

/// Five minutes of 12 s blocks: a sequencer has a turn every few days.
const PERIOD: u64 = 25;

/// Contracts, provider, and its sequencers.
type Audited = (Arc<Deployment>, u64, Arc<BTreeSet<Address>>);

/// Contracts, provider, its splits, and who received its commission.
type Earned = (Arc<Deployment>, u64, Arc<(Vec<SplitAsked>, Vec<Address>)>);

impl Scope {
    /// Whom a provider's sequencers named as receivers of their rewards; not before all events are read.
    pub(crate) fn coinbases(&self, provider_id: impl Fn() -> Option<u64> + 'static) -> Screen<Audit> {
        let scope = *self;
        let key = move || {
            let id = provider_id()?;
            let own = scope.ledger.with(|ledger| {
                let ledger = ledger.as_ref().filter(|ledger| ledger.is_complete())?;
                let payees = coinbase::payees(&ledger.history, id);
                Some(payees.into_iter().map(|payee| payee.attester).collect())
            })?;
            Some((scope.deployment()?, id, Arc::new(own)))
        };
        let rhythm = Rhythm { period: PERIOD, same_screen: |a: &Audited, b: &Audited| a.1 == b.1 };
        let before = StoredValue::new(None::<Audit>);
        remote::read(self.head, rhythm, key, move |(contracts, _, own): Audited, block| {
            let pool = scope.pool.get_value();
            Box::pin(async move {
                let known = before.try_get_value().flatten();
                let found = read::coinbases(&pool, &contracts, &own, known.as_ref(), block).await?;
                before.try_set_value(Some(found.value.clone()));
                let unanswered = found.value.unanswered();
                whole(found, unanswered)
            })
        })
    }

    /// The rewards of a provider's splits, and what waits for its recipients; not before all events are read.
    pub(crate) fn commission(&self, provider_id: impl Fn() -> Option<u64> + 'static) -> Screen<Rewards> {
        let scope = *self;
        let key = move || {
            let id = provider_id()?;
            let asked = scope.ledger.with(|ledger| {
                let ledger = ledger.as_ref().filter(|ledger| ledger.is_complete())?;
                Some(Arc::new(commission::asked(&ledger.history, id)))
            })?;
            Some((scope.deployment()?, id, asked))
        };
        let rhythm = Rhythm { period: PERIOD, same_screen: |a: &Earned, b: &Earned| a.1 == b.1 };
        let terms = StoredValue::new(BTreeMap::new());
        remote::read(self.head, rhythm, key, move |(contracts, _, asked): Earned, block| {
            let pool = scope.pool.get_value();
            Box::pin(async move {
                let known = terms.try_get_value().unwrap_or_default();
                let asked = (asked.0.as_slice(), asked.1.as_slice());
                let found = read::commission(&pool, &contracts, asked, &known, block).await;
                let read = found.value.splits.iter();
                let read: BTreeMap<_, _> =
                    read.filter_map(|(at, split)| Some((*at, split.terms.clone().ok()?))).collect();
                terms.try_set_value(read);
                let unanswered = found.value.unanswered();
                whole(found, unanswered)
            })
        })
    }
}
