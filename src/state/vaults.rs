//! Token vaults of somebody: found by events, or named by a person and kept in this browser.

use std::{collections::BTreeMap, sync::Arc};

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
        vaults::{NotAVault, Vault, created, vaults},
    },
    chain::{At, ReadError},
    platform::LocalStorage,
    tx::journal::Store as _,
    units,
};

/// How many vaults are kept for one network. Nobody has so many; whoever watches more has the others found by events.
const MOST: usize = 40;

/// The vaults of an address.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Holdings {
    /// Whose they are.
    pub(crate) owner: Address,
    /// Those of which the address is beneficiary or operator.
    pub(crate) vaults: Vec<Vault>,
    /// Those that somebody named here and that are none of this address, with the reason.
    pub(crate) others: Vec<(Address, Other)>,
    /// Whether the factories' events were read.
    pub(crate) events: Result<(), ReadError>,
    /// Those that nobody answered for: made for the address, named for it or kept in this browser. One may be theirs.
    pub(crate) unread: usize,
}

impl Holdings {
    /// Whether these are all vaults of the address.
    pub(crate) const fn is_whole(&self) -> bool {
        self.events.is_ok() && self.unread == 0
    }

    /// Those that nobody answered for and of which nothing is said by itself.
    pub(crate) fn missing(&self) -> usize {
        let told = |(_, other): &&(Address, Other)| matches!(other, Other::Not(NotAVault::NotRead(_)));
        self.unread.saturating_sub(self.others.iter().filter(told).count())
    }
}

/// Why an address that somebody named is not shown as a vault of theirs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Other {
    /// It is no vault.
    Not(NotAVault),
    /// It is somebody else's: beneficiary.
    Of(Address),
}

fn key(network: &str) -> String {
    format!("{PREFIX}vaults.1/{network}")
}

fn parsed(text: &str) -> Vec<(Address, Address)> {
    let pair = |line: &str| {
        let (vault, staker) = line.split_once(' ')?;
        Some((units::address(vault).ok()?, units::address(staker).ok()?))
    };
    text.lines().filter_map(pair).take(MOST).collect()
}

fn written(vaults: &[(Address, Address)]) -> String {
    let lines: Vec<_> = vaults.iter().map(|(vault, staker)| format!("{vault} {staker}")).collect();
    lines.join("\n")
}

/// The vaults of a network that were read in this browser, each with its staker: what is said of transactions with them
/// needs their names, also after the page was loaded again.
pub(super) fn known_vaults(network: &str) -> Arc<Vec<(Address, Address)>> {
    Arc::new(LocalStorage.get(&key(network)).map(|text| parsed(&text)).unwrap_or_default())
}

/// Keeps vaults that turned out to be some, the newest first.
fn keep(network: &str, found: &[(Address, Address)]) {
    let known = known_vaults(network);
    let mut all: Vec<_> = found.iter().filter(|vault| !known.contains(vault)).copied().collect();
    if all.is_empty() {
        return;
    }
    all.extend(known.iter().filter(|(vault, _)| found.iter().all(|(other, _)| other != vault)));
    all.truncate(MOST);
    LocalStorage.put(&key(network), &written(&all));
}

/// Contracts, whose vaults, and what else to look at.
type Key = (Arc<Deployment>, Address, Vec<Address>);

impl Scope {
    /// The vaults that were read in this browser, each with its staker.
    pub(crate) fn known_vaults(&self) -> Arc<Vec<(Address, Address)>> {
        self.network.with_value(|network| known_vaults(&network.id))
    }

    /// The vaults of an address; `named` are others to look at, as somebody named them.
    pub(crate) fn vaults(
        &self,
        owner: impl Fn() -> Option<Address> + Send + Sync + 'static,
        named: RwSignal<Vec<Address>>,
    ) -> Screen<Holdings> {
        /// The newest blocks may be undone: they are read again.
        const TAIL: u64 = 64;
        /// Blocks between two looks at new ones: a vault is not made often.
        const LOOK: u64 = 25;
        let scope = *self;
        let abilities = StoredValue::new(BTreeMap::new());
        let made: StoredValue<Option<(Address, u64, Vec<Address>)>> = StoredValue::new(None);
        let (network, registries, factories) = self.network.with_value(|network| {
            (network.id.clone(), network.atp_registries.clone(), network.atp_factories.clone())
        });
        let (registries, factories) = (Arc::new(registries), Arc::new(factories));
        let key = move || Some((scope.deployment()?, owner()?, named.get()));
        let rhythm: Rhythm<Key> = Rhythm { period: 1, same_screen: |before, now| before.1 == now.1 };
        remote::read(self.head, rhythm, key, move |(contracts, owner, named): Key, block| {
            let (pool, network) = (scope.pool.get_value(), network.clone());
            let (registries, factories) = (registries.clone(), factories.clone());
            Box::pin(async move {
                let first = contracts.from_block.block();
                let known = made.try_get_value().flatten();
                let known = known.filter(|(of, until, _)| *of == owner && *until <= block.number);
                let (from, is_old, mut own) = match known {
                    Some((_, until, found)) => {
                        (until.saturating_sub(TAIL).max(first), block.number >= until + LOOK, found)
                    }
                    None => (first, true, Vec::new()),
                };
                let events = if is_old {
                    created(&pool, &factories, owner, from..=block.number).await.map(Some)
                } else {
                    Ok(None)
                };
                let events = match events {
                    Ok(None) => Ok(()),
                    Ok(Some(found)) => {
                        own.extend(found);
                        own.sort_unstable();
                        own.dedup();
                        made.try_set_value(Some((owner, block.number, own.clone())));
                        Ok(())
                    }
                    Err(error) => Err(error),
                };
                let mut asked = own;
                asked.extend(known_vaults(&network).iter().map(|(vault, _)| *vault));
                asked.extend(&named);
                asked.sort_unstable();
                asked.dedup();
                let mut codes = abilities.try_get_value().unwrap_or_default();
                let read = vaults(&pool, &contracts, &registries, &asked, &mut codes, block).await;
                abilities.try_set_value(codes);
                let (holdings, unanswered) = sorted(owner, &named, read.value, events);
                let pairs: Vec<_> =
                    holdings.vaults.iter().map(|vault| (vault.address, vault.staker.address)).collect();
                keep(&network, &pairs);
                whole(At { block, value: holdings }, unanswered)
            })
        })
    }
}

/// Whose each of them is, and whether nobody answered about one.
fn sorted(
    owner: Address,
    named: &[Address],
    read: Vec<(Address, Result<Vault, NotAVault>)>,
    events: Result<(), ReadError>,
) -> (Holdings, Option<ReadError>) {
    let mut holdings = Holdings { owner, vaults: Vec::new(), others: Vec::new(), events, unread: 0 };
    let mut unanswered = None;
    for (address, vault) in read {
        let other = match vault {
            Ok(vault) if vault.beneficiary == owner || vault.operator.get() == Some(&owner) => {
                unanswered = unanswered.or_else(|| vault.unanswered());
                holdings.vaults.push(vault);
                continue;
            }
            Ok(vault) => Other::Of(vault.beneficiary),
            Err(NotAVault::NotRead(error)) => {
                unanswered = unanswered.or_else(|| Some(error.clone()));
                // whose it is was not said either: it is told of without saying which
                holdings.unread += 1;
                Other::Not(NotAVault::NotRead(error))
            }
            Err(error) => Other::Not(error),
        };
        // what is kept of others is nobody's business here
        if named.contains(&address) {
            holdings.others.push((address, other));
        }
    }
    (holdings, unanswered)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::RpcError;

    #[test]
    fn what_is_kept_survives_and_anything_else_is_left_out() {
        let pairs: Vec<_> =
            (1..4).map(|n| (Address::repeat_byte(n), Address::repeat_byte(n + 100))).collect();
        assert_eq!(parsed(&written(&pairs)), pairs);
        assert_eq!(parsed(""), []);
        assert_eq!(parsed("0x12 0x34\nnonsense\n"), []);
        let many: Vec<_> = (0..100).map(|n| (Address::repeat_byte(n), Address::repeat_byte(1))).collect();
        assert_eq!(parsed(&written(&many)).len(), MOST);
    }

    #[test]
    fn only_what_somebody_named_is_said_not_to_be_theirs() {
        let [owner, named, kept] = [1, 2, 3].map(Address::repeat_byte);
        let read = vec![(named, Err(NotAVault::NoVault)), (kept, Err(NotAVault::NoVault))];
        let (holdings, unanswered) = sorted(owner, &[named], read, Ok(()));
        assert_eq!(holdings.others, [(named, Other::Not(NotAVault::NoVault))]);
        assert!(holdings.vaults.is_empty() && unanswered.is_none() && holdings.is_whole());
    }

    #[test]
    fn a_vault_that_nobody_answered_for_is_counted_whoever_named_it() {
        let [owner, named, kept] = [1, 2, 3].map(Address::repeat_byte);
        let unread = || Err(NotAVault::NotRead(RpcError::NoEndpoint.into()));
        let (holdings, unanswered) =
            sorted(owner, &[named], vec![(named, unread()), (kept, unread())], Ok(()));
        assert!(unanswered.is_some() && !holdings.is_whole());
        assert_eq!(
            (holdings.unread, holdings.missing()),
            (2, 1),
            "of the one that was named it is said by itself"
        );
        let (holdings, _) = sorted(owner, &[], Vec::new(), Err(RpcError::NoEndpoint.into()));
        assert!(!holdings.is_whole() && holdings.missing() == 0);
    }
}
