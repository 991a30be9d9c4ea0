use alloy_primitives::Address;
use leptos::prelude::*;

use super::{Scope, settings::PREFIX};
use crate::{platform::LocalStorage, tx::journal::Store as _};

/// Where it is kept how far somebody's history was seen.
fn key(network: &str, owner: Address) -> String {
    format!("{PREFIX}seen.1/{network}/{}", owner.to_checksum(None))
}

impl Scope {
    /// The block up to which the history of an address was seen in this browser at an earlier visit.
    pub(crate) fn seen_until(&self, owner: Address) -> Option<u64> {
        let key = self.network.with_value(|network| key(&network.id, owner));
        LocalStorage.get(&key)?.parse().ok()
    }

    /// Keeps it. Where the browser forbids that, the next visit knows of no earlier one.
    pub(crate) fn mark_seen(&self, owner: Address, block: u64) {
        let key = self.network.with_value(|network| key(&network.id, owner));
        LocalStorage.put(&key, &block.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_kept_apart_by_network_and_address_and_forgotten_with_the_rest() {
        let [one, other] = [1, 2].map(Address::repeat_byte);
        assert_ne!(key("a", one), key("a", other));
        assert_ne!(key("a", one), key("b", one));
        assert!(key("a", one).starts_with(PREFIX));
    }
}
