//! Splits that somebody named because they pay an address and are not found by themselves: looked at, and kept in this
//! browser once they turned out to.

use std::sync::Arc;

use alloy_primitives::Address;
use leptos::prelude::*;

use super::{
    Rhythm, Scope, Screen,
    remote::{self, whole},
    settings::PREFIX,
};
use crate::{
    aztec::{
        Deployment,
        positions::SplitTerms,
        read::{self, Named, NamedSplit, NotPaid},
    },
    platform::LocalStorage,
    tx::journal::Store as _,
    units,
};

/// How many are kept of one address.
const MOST: usize = 40;

/// A split pays the same for ever: what was found is looked at again only where nobody answered.
const PERIOD: u64 = 7_200;

/// Contracts, whose, and which.
type Key = (Arc<Deployment>, Address, Vec<NamedSplit>);

fn key(network: &str, owner: Address) -> String {
    format!("{PREFIX}splits.1/{network}/{}", owner.to_checksum(None))
}

fn parsed(text: &str) -> Vec<NamedSplit> {
    let one = |line: &str| {
        let (split, terms) = line.split_once(' ')?;
        Some(NamedSplit { split: units::address(split).ok()?, terms: Some(SplitTerms::parse(terms)?) })
    };
    text.lines().filter_map(one).take(MOST).collect()
}

fn written(kept: &[NamedSplit]) -> String {
    let line = |named: &NamedSplit| Some(format!("{} {}", named.split, named.terms.as_ref()?.to_hex()));
    kept.iter().filter_map(line).collect::<Vec<_>>().join("\n")
}

/// What is kept of an address in this browser.
fn kept(network: &str, owner: Address) -> Vec<NamedSplit> {
    LocalStorage.get(&key(network, owner)).map(|text| parsed(&text)).unwrap_or_default()
}

/// Keeps those that pay the address, the newest first.
fn keep(network: &str, owner: Address, found: &[Named]) {
    let before = kept(network, owner);
    let good = found.iter().filter_map(|(split, terms)| Some((*split, terms.as_ref().ok()?)));
    let new = good.filter(|(split, _)| before.iter().all(|known| known.split != *split));
    let mut all: Vec<_> =
        new.map(|(split, terms)| NamedSplit { split, terms: Some(terms.clone()) }).collect();
    if all.is_empty() {
        return;
    }
    all.extend(before);
    all.truncate(MOST);
    LocalStorage.put(&key(network, owner), &written(&all));
}

impl Scope {
    /// What came of the splits that were `named`, and of those that are kept of the address.
    pub(crate) fn named_splits(
        &self,
        owner: Memo<Option<Address>>,
        named: RwSignal<Vec<NamedSplit>>,
    ) -> Screen<Vec<Named>> {
        let scope = *self;
        let network = self.network.with_value(|network| network.id.clone());
        let known = network.clone();
        let key = move || {
            let (contracts, owner) = (scope.deployment()?, owner.get()?);
            let mut all = named.get();
            let mut more = kept(&known, owner);
            more.retain(|kept| all.iter().all(|named| named.split != kept.split));
            all.extend(more);
            (!all.is_empty()).then_some((contracts, owner, all))
        };
        let rhythm: Rhythm<Key> = Rhythm { period: PERIOD, same_screen: |before, now| before.1 == now.1 };
        remote::read(self.head, rhythm, key, move |(contracts, owner, named): Key, block| {
            let (pool, network) = (scope.pool.get_value(), network.clone());
            Box::pin(async move {
                let found = read::named_splits(&pool, &contracts, owner, &named, block).await;
                keep(&network, owner, &found.value);
                let unanswered = found.value.iter().find_map(|(_, terms)| match terms {
                    Err(NotPaid::NotRead(error)) => Some(error.clone()),
                    _ => None,
                });
                whole(found, unanswered)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Bps;

    #[test]
    fn what_is_kept_survives_and_anything_else_is_left_out() {
        let one = |n: u8| {
            let [split, provider, owner] = [n, n + 1, n + 2].map(Address::repeat_byte);
            let terms = SplitTerms::of_delegation(provider, owner, Bps::new(500).expect("a share"));
            NamedSplit { split, terms: Some(terms) }
        };
        let all: Vec<_> = (1..60).map(one).collect();
        assert_eq!(parsed(&written(&all)), all[..MOST]);
        assert_eq!(parsed("0x12 0x34\nnonsense\n"), []);
        assert_ne!(key("a", Address::ZERO), key("b", Address::ZERO));
        assert!(key("a", Address::ZERO).starts_with(PREFIX), "forgotten with the rest");
    }
}
