//! Which providers stand side by side: a part of the address, like the rest of the view.

use leptos::prelude::*;

use crate::{
    state::{Page, ProvidersView},
    ui::Cx,
};

/// Puts a provider beside the others, or takes it away.
pub(super) fn toggle(cx: Cx, provider_id: u64) {
    let Page::Providers(view) = cx.shell.route.get_untracked().page else { return };
    let mut chosen = view.compare;
    if chosen.contains(&provider_id) {
        chosen.retain(|one| *one != provider_id);
    } else if chosen.len() < ProvidersView::SIDE_BY_SIDE {
        chosen.push(provider_id);
    }
    choose(cx, chosen);
}

/// Puts these side by side.
pub(super) fn choose(cx: Cx, compare: Vec<u64>) {
    let route = cx.shell.route.get_untracked();
    if let Page::Providers(view) = route.page.clone() {
        cx.shell.adjust(route.with(Page::Providers(ProvidersView { compare, ..view })));
    }
}
