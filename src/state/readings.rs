//! What the rollups pay, and what this browser read of it at earlier visits.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use alloy_primitives::{Address, B256, U256};
use leptos::prelude::*;

use super::{
    Rhythm, Scope, Screen,
    remote::{self, whole},
    settings::PREFIX,
};
use crate::{
    aztec::{
        Deployment,
        positions::KeptReading,
        read::{self, Proofs, ReadProofs},
        rules::RewardTerms,
    },
    chain::{ReadError, Reading},
    platform::LocalStorage,
    tx::journal::Store as _,
};

/// Seconds between two readings that are kept: a week.
const APART: u64 = 7 * 86_400;
/// Seconds after which one is forgotten.
const OLD: u64 = 200 * 86_400;
/// Splits of an address beyond which none is kept: browsers give a site five million characters.
const MOST: usize = 400;

fn key(network: &str, owner: Address) -> String {
    format!("{PREFIX}owed.1/{network}/{}", owner.to_checksum(None))
}

/// What is kept after one more reading; `None` where nothing changes.
fn after(mut kept: Vec<KeptReading>, new: KeptReading) -> Option<Vec<KeptReading>> {
    if new.owed.is_empty() || new.owed.len() > MOST {
        return None;
    }
    // later ones are of another chain under the same name, or of one that was undone
    kept.retain(|kept| kept.time <= new.time && kept.block <= new.block && kept.time + OLD >= new.time);
    let due = kept.last().is_none_or(|last| last.time + APART <= new.time);
    due.then(|| {
        kept.push(new);
        kept
    })
}

impl Scope {
    /// What each rollup pays, in their order, while that is looked at. It changes with governance and with the number of
    /// sequencers.
    pub(crate) fn reward_terms(
        &self,
        wanted: impl Fn() -> bool + 'static,
    ) -> Screen<Vec<Reading<RewardTerms>>> {
        const PERIOD: u64 = 25;
        let scope = *self;
        let rhythm = Rhythm { period: PERIOD, same_screen: PartialEq::eq };
        let key = move || scope.deployment().filter(|_| wanted());
        remote::read(self.head, rhythm, key, move |contracts: Arc<Deployment>, block| {
            let pool = scope.pool.get_value();
            Box::pin(async move {
                let found = read::reward_terms(&pool, &contracts, block).await;
                let unanswered = found.value.iter().find_map(Reading::unanswered);
                whole(found, unanswered)
            })
        })
    }

    /// What an account paid for transactions, in wei; see [`read::fees`].
    pub(crate) async fn fees(
        self,
        account: Address,
        transactions: impl IntoIterator<Item = B256>,
    ) -> BTreeMap<B256, Option<U256>> {
        let pool = self.pool.get_value();
        read::fees(&pool, account, transactions).await
    }

    /// What the proofs of the last so many seconds credited to these, once; see [`read::proofs`].
    pub(crate) async fn proofs(
        self,
        (coinbases, seconds): (&BTreeSet<Address>, u64),
        before: &ReadProofs,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Proofs, ReadError> {
        let pool = self.pool.get_value();
        let contracts = untrack(|| self.deployment()).ok_or(ReadError::Incomplete)?;
        let block = self.head.block.get_untracked().ok_or(ReadError::Incomplete)?;
        read::proofs(&pool, &contracts, (coinbases, seconds), before, progress, block).await
    }

    /// What was owed to somebody's splits when this browser looked, oldest first.
    pub(crate) fn kept_readings(&self, owner: Address) -> Vec<KeptReading> {
        let kept = LocalStorage.get(&self.network.with_value(|network| key(&network.id, owner)));
        kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    /// Keeps a reading, one a week. Where the browser forbids that, claims alone tell what came in.
    pub(crate) fn keep_reading(&self, owner: Address, new: KeptReading) {
        let kept = after(self.kept_readings(owner), new);
        if let Some(text) = kept.and_then(|kept| serde_json::to_string(&kept).ok()) {
            LocalStorage.put(&self.network.with_value(|network| key(&network.id, owner)), &text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(days: u64) -> KeptReading {
        let owed = BTreeMap::from([(Address::repeat_byte(1), U256::from(7))]);
        KeptReading { block: days * 7_200, time: days * 86_400, owed }
    }

    #[test]
    fn one_a_week_is_kept_for_two_hundred_days() {
        let mut kept = Vec::new();
        for day in 0..300 {
            kept = after(kept.clone(), reading(day)).unwrap_or(kept);
        }
        let days: Vec<_> = kept.iter().map(|kept| kept.time / 86_400).collect();
        assert!(days.windows(2).all(|pair| pair[1] - pair[0] == 7), "{days:?}");
        assert!(days.len() == 29 && days[0] >= 294 - 200, "{days:?}");
    }

    #[test]
    fn a_chain_that_begins_anew_has_no_past() {
        let kept = after(vec![reading(1), reading(10)], reading(8)).expect("a week after the first");
        assert_eq!(kept, [reading(1), reading(8)]);
    }

    #[test]
    fn too_many_or_none_are_not_kept() {
        let many = |n: u64| KeptReading {
            owed: (0..n).map(|n| (Address::left_padding_from(&n.to_be_bytes()), U256::ONE)).collect(),
            ..reading(1)
        };
        assert!(after(Vec::new(), many(0)).is_none() && after(Vec::new(), many(401)).is_none());
        let kept = after(Vec::new(), many(400)).expect("kept");
        let text = serde_json::to_string(&kept).expect("text");
        assert_eq!(serde_json::from_str::<Vec<KeptReading>>(&text).expect("itself"), kept);
    }
}
