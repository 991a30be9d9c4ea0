use leptos::prelude::*;

use super::{Desk, exports::exports};
use crate::ui::kit::icon;

/// Whose positions these are, and whether one may move them.
pub(super) fn heading(desk: Desk) -> AnyView {
    let said = match desk.owner.get() {
        Some(owner) => {
            let watched = (!desk.is_own()).then(|| {
                view! { " "<span class="badge">{icon("eye", 14)}"Watch-only"</span> }
            });
            view! { {desk.cx.addr(owner)}{watched} }.into_any()
        }
        None => "What an address has staked, what it earned, and when it comes back.".into_any(),
    };
    let exports = desk.owner.get().map(|owner| exports(desk, owner));
    view! { <div class="pagehead"><div><h1>"Positions"</h1><p>{said}</p></div>{exports}</div> }.into_any()
}
