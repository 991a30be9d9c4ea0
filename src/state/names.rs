use std::sync::Arc;

use leptos::prelude::*;

use super::Shell;
use crate::{aztec::Names, chain::Network};

/// The provider names of a network, as soon as their file is there.
pub(super) fn names(shell: Shell, network: &Network) -> Memo<Arc<Names>> {
    let (chain_id, registry) = (network.chain_id, network.staking_registry);
    Memo::new(move |_| Arc::new(shell.names.with(|json| Names::from_json(json, chain_id, registry))))
}
