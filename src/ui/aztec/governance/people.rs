//! Whose sequencers attesters are.

use std::collections::BTreeMap;

use alloy_primitives::Address;
use leptos::prelude::*;

use crate::{
    aztec::activity,
    state::{Ledger, Page},
    ui::Cx,
};

/// Providers and own stakes by attester, as far as events tell.
pub(super) struct People {
    providers: BTreeMap<Address, u64>,
    own: Vec<Address>,
    /// Whether all events were read.
    pub(super) complete: bool,
}

impl People {
    /// As of now. The newest delegation of a key is the one that counts.
    pub(super) fn of(cx: Cx) -> Self {
        cx.scope.ledger.with(|ledger| {
            let history = ledger.as_ref().map(|ledger| ledger.history.clone());
            let delegations = history.iter().flat_map(|history| &history.delegations);
            let providers =
                delegations.map(|delegation| (delegation.attester, delegation.provider_id)).collect();
            let own = cx.account().zip(history.as_ref());
            Self {
                providers,
                own: own.map_or_else(Vec::new, |(account, history)| activity::staked_by(history, account)),
                complete: ledger.as_ref().is_some_and(Ledger::is_complete),
            }
        })
    }

    /// The provider behind a sequencer; `None` for one that runs itself, or while events are missing.
    pub(super) fn provider(&self, attester: Address) -> Option<u64> {
        self.providers.get(&attester).copied()
    }

    /// The provider behind a sequencer, as a link.
    pub(super) fn provider_of(&self, cx: Cx, attester: Address) -> AnyView {
        provider(cx, self.provider(attester), self.complete)
    }

    /// Whether it is the account's own stake.
    pub(super) fn is_own(&self, attester: Address) -> bool {
        self.own.contains(&attester)
    }

    /// All of the account's own.
    pub(super) fn own(&self) -> &[Address] {
        &self.own
    }
}

/// A provider by name and number, as a link. Before all events are read (`complete`), one that is not known may still be.
pub(super) fn provider(cx: Cx, provider_id: Option<u64>, complete: bool) -> AnyView {
    match provider_id {
        Some(provider_id) => {
            let page = cx.link(Page::Provider { provider_id, standing: None });
            view! { <a class="n" href=page>{cx.scope.label(provider_id)}</a><span class="sub">{format!("No. {provider_id}")}</span> }.into_any()
        }
        None if complete => "Without a provider".into_any(),
        None => view! { <span class="muted">"Not known yet"</span> }.into_any(),
    }
}
