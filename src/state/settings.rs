//! What the user chose, kept in the browser.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    chain::{Learned, Network},
    platform::{LocalStorage, Theme},
    tx::journal::Store as _,
};

/// A way to the chain that the user chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum EndpointChoice {
    /// An address.
    Url(String),
    /// The connected wallet's own connection.
    Wallet,
}

/// All settings. Everything has a default: an unreadable store is an empty one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Settings {
    /// Colours.
    pub(crate) theme: Theme,
    /// The user's own networks, as [`Network::from_json`] takes them.
    pub(crate) networks: Vec<Value>,
    /// Endpoints by network id, in order; a network without an entry uses its own.
    pub(crate) endpoints: BTreeMap<String, Vec<EndpointChoice>>,
    /// Keys without Ctrl do nothing.
    pub(crate) no_single_keys: bool,
    /// Where the app opens.
    pub(crate) last_network: Option<String>,
    /// The wallet that is connected again after a reload.
    pub(crate) last_wallet: Option<String>,
}

/// Everything the app keeps begins with this.
pub(crate) const PREFIX: &str = "rota.";
const KEY: &str = "rota.settings.1";
/// What was learned about endpoints has a place of its own: each tab adds to it, and no tab's settings change by it.
const LEARNED: &str = "rota.learned.1";

fn stored<T: DeserializeOwned>(key: &str) -> Option<T> {
    LocalStorage.get(key).and_then(|text| serde_json::from_str(&text).ok())
}

/// What was learned about endpoints, by address.
pub(super) fn learned() -> BTreeMap<String, Learned> {
    stored(LEARNED).unwrap_or_default()
}

/// Keeps what was learned about some endpoints beside what is known of others.
pub(super) fn keep_learned(news: Vec<(String, Learned)>) {
    let mut all = learned();
    all.extend(news);
    if let Ok(text) = serde_json::to_string(&all) {
        // where nothing can be kept it is learned again
        LocalStorage.put(LEARNED, &text);
    }
}

impl Settings {
    /// What was kept.
    pub(crate) fn load() -> Self {
        Self::stored().unwrap_or_default()
    }

    /// What is kept now, if it can be read.
    pub(super) fn stored() -> Option<Self> {
        stored(KEY)
    }

    /// Whether there are any in the browser.
    pub(crate) fn are_kept() -> bool {
        LocalStorage.get(KEY).is_some()
    }

    /// Keeps it. `false` where the browser forbids it.
    pub(crate) fn save(&self) -> bool {
        serde_json::to_string(self).is_ok_and(|text| LocalStorage.put(KEY, &text))
    }

    /// The user's own networks that can be read.
    pub(crate) fn own_networks(&self) -> Vec<Network> {
        self.networks.iter().filter_map(|value| Network::from_json(value).ok()).collect()
    }

    /// The endpoints of a network in the order they are asked.
    pub(crate) fn endpoints_of(&self, network: &Network) -> Vec<EndpointChoice> {
        let own = || network.rpc.iter().cloned().map(EndpointChoice::Url).collect();
        self.endpoints.get(&network.id).filter(|list| !list.is_empty()).cloned().unwrap_or_else(own)
    }
}

fn export_key(network: &str, provider_id: u64) -> String {
    format!("{PREFIX}coinbase.1.{network}.{provider_id}")
}

/// The block at which a provider's coinbase map was exported last from this browser.
pub(crate) fn exported(network: &str, provider_id: u64) -> Option<u64> {
    LocalStorage.get(&export_key(network, provider_id))?.parse().ok()
}

/// Remembers it. A private window forgets it, which only means that all delegations count as new.
pub(crate) fn remember_export(network: &str, provider_id: u64, block: u64) {
    LocalStorage.put(&export_key(network, provider_id), &block.to_string());
}

fn publishers_key(network: &str, provider_id: u64) -> String {
    format!("{PREFIX}publishers.1.{network}.{provider_id}")
}

/// The accounts that a provider's nodes pay with, as typed, and below how many ether to warn.
pub(crate) fn publishers(network: &str, provider_id: u64) -> (String, String) {
    let kept = LocalStorage.get(&publishers_key(network, provider_id));
    kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// Keeps them in this browser.
pub(crate) fn keep_publishers(network: &str, provider_id: u64, accounts: &str, threshold: &str) {
    if let Ok(text) = serde_json::to_string(&(accounts, threshold)) {
        LocalStorage.put(&publishers_key(network, provider_id), &text);
    }
}
