//! What a provider's delegations earn, and who is paid for them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use alloy_primitives::Address;
use leptos::prelude::*;

use super::{
    Rhythm, Scope, Screen,
    remote::{self, whole},
    tasks::spawn,
};
use crate::{
    aztec::{
        Deployment,
        coinbase::{self, Audit},
        commission,
        read::{self, Rewards, SplitAsked, SplitPast, SplitPastAsked},
    },
    chain::{
        At,
        host::{LogStore as _, timeout},
    },
    platform::{Browser, IndexedDb},
};

/// Five minutes of 12 s blocks: a sequencer has a turn every few days.
const PERIOD: u64 = 25;

/// A store that does not answer must not hold up the page.
const PATIENCE: Duration = Duration::from_secs(4);

/// Contracts, provider, and its sequencers.
type Audited = (Arc<Deployment>, u64, Arc<BTreeSet<Address>>);

/// Contracts, provider, its splits, and who received its commission.
type Earned = (Arc<Deployment>, u64, Arc<(Vec<SplitAsked>, Vec<Address>)>);

/// Contracts and a split.
type PastOf = (Arc<Deployment>, Arc<SplitPastAsked>);

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
        // up to which block an earlier audit is kept in this browser; outer: whether that was looked for
        let kept = StoredValue::new(None::<Option<u64>>);
        // what that visit found about other providers stays kept
        let others = StoredValue::new(None::<Audit>);
        let network = self.network.with_value(|network| network.id.clone());
        remote::read(self.head, rhythm, key, move |(contracts, _, own): Audited, block| {
            let (pool, network) = (scope.pool.get_value(), network.clone());
            Box::pin(async move {
                if kept.try_get_value().flatten().is_none() {
                    let store = timeout(
                        &Browser,
                        PATIENCE,
                        read::kept_audit(&pool, &IndexedDb, &network, &contracts),
                    );
                    let found = store.await.flatten().filter(|audit| audit.blocks.1 <= block.number);
                    kept.try_set_value(Some(found.as_ref().map(|audit| audit.blocks.1)));
                    others.try_set_value(found.clone());
                    before.try_set_value(found);
                }
                let known = before.try_get_value().flatten();
                let found = read::coinbases(&pool, &contracts, &own, known.as_ref(), block).await?;
                before.try_set_value(Some(found.value.clone()));
                let audit = found.value.clone();
                spawn(async move {
                    let last = kept.try_get_value().flatten().flatten();
                    let others = others.try_get_value().flatten();
                    let (of, found) = ((network.as_str(), &*contracts), (&audit, others.as_ref()));
                    // what cannot be kept is read anew at the next visit
                    if let Ok(until) = read::keep_audit(&pool, &IndexedDb, of, found, last).await {
                        kept.try_set_value(Some(Some(until)));
                    }
                });
                let unanswered = found.value.unanswered();
                whole(found, unanswered)
            })
        })
    }

    /// Forgets what is kept of audits of this network.
    pub(crate) fn forget_audits(&self) {
        let network = self.network.with_value(|network| network.id.clone());
        spawn(async move {
            // what the browser does not let us keep is not there either
            IndexedDb.write(Vec::new(), vec![read::audits_of(&network)]).await.ok();
        });
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

    /// What the events tell about one split, read when somebody asks.
    pub(crate) fn split_past(
        &self,
        asked: impl Fn() -> Option<SplitPastAsked> + 'static,
    ) -> Screen<SplitPast> {
        let scope = *self;
        let key = move || Some((scope.deployment()?, Arc::new(asked()?)));
        let rhythm = Rhythm { period: PERIOD, same_screen: |a: &PastOf, b: &PastOf| a.1 == b.1 };
        remote::read(self.head, rhythm, key, move |(contracts, asked): PastOf, block| {
            let pool = scope.pool.get_value();
            Box::pin(async move {
                let range = asked.since..=block.number.max(asked.since);
                let value = read::split_past(&pool, &contracts, &asked, range).await?;
                Ok(At { block, value })
            })
        })
    }
}
