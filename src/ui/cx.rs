use std::ops::Deref;

use alloy_primitives::{Address, B256};
use leptos::prelude::*;

use super::{
    kit::{self, Sources, Toasts},
    rest::Loader,
};
use crate::{
    aztec::events::Place,
    state::{Page, Route, Scope, Shell},
    units::format,
};

/// What every view may need: handed down, so that a signature says so. A pointer, because every closure of every view
/// holds one; what it points to stays for as long as the tab is open, a few hundred bytes for each network that was.
#[derive(Clone, Copy)]
pub(crate) struct Cx(&'static Parts);

impl Deref for Cx {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        self.0
    }
}

/// See [`Cx`].
pub(crate) struct Parts {
    /// Settings, networks, wallet.
    pub(crate) shell: Shell,
    /// The open network.
    pub(crate) scope: Scope,
    /// Where the figures on the page come from.
    pub(crate) sources: Sources,
    /// Code that is loaded when it is needed.
    pub(crate) rest: Loader,
    /// Short messages.
    pub(crate) toasts: Toasts,
    /// Whether the dialog that connects a wallet is open.
    pub(crate) picker: RwSignal<bool>,
    /// Whether the dialog that finds things is open.
    pub(crate) finder: RwSignal<bool>,
    /// Whether the list of keys is open.
    pub(crate) keys: RwSignal<bool>,
    /// The address that is looked at without its wallet.
    pub(crate) watched: Memo<Option<Address>>,
}

impl Cx {
    /// For one open network.
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Box::leak(Box::new(parts)))
    }

    /// The link to a page of the open network.
    pub(crate) fn link(self, page: Page) -> String {
        let network = self.scope.network.with_value(|network| network.id.clone());
        format!("#{}", Route { network, page, watch: self.watched.get() })
    }

    /// Whose account the page is about: the connected one, or else the one that is watched.
    pub(crate) fn account(self) -> Option<Address> {
        self.shell.session.account().or_else(|| self.watched.get())
    }

    /// When something happened; its block while its time is not known.
    pub(crate) fn when(self, place: &Place) -> String {
        match self.scope.dates.of(place).zip(self.scope.head.now()) {
            Some((time, now)) => format::date_time(time, now),
            None => format!("block {}", format::count(place.block)),
        }
    }

    /// An address of the open network.
    pub(crate) fn addr(self, address: Address) -> AnyView {
        kit::addr(address, self.scope.explorer(address))
    }

    /// A transaction of the open network.
    pub(crate) fn hash(self, hash: B256) -> AnyView {
        kit::hash_link(hash, self.scope.explorer_tx(hash))
    }
}
