use leptos::prelude::*;

use super::{Desk, exports::exports, notify};
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
    let exports = desk.owner.get().map(|owner| {
        view! { <div class="row">{notify::permission(desk)}{exports(desk, owner)}</div> }
    });
    view! { <div class="pagehead"><div><h1>"Positions"</h1><p>{said}</p></div>{exports}</div> }.into_any()
}

/// Who has to sign what, where that is not the connected account.
pub(super) fn watching(desk: Desk) -> AnyView {
    let (owner, own) = (desk.owner.get(), desk.is_own());
    let Some(owner) = owner.filter(|_| !own) else { return ().into_any() };
    view! {
        <div class="banner">
            {icon("eye", 16)}
            <div><b>"Watching "{desk.cx.addr(owner)}</b><p>"Everything can be seen and taken along. Only this address can start an exit or say who votes: those calls can be taken to it. Anybody may claim for it, or finalise an exit whose time has come."</p></div>
        </div>
    }
    .into_any()
}
