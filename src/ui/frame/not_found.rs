use leptos::prelude::*;

use crate::{
    state::Route,
    ui::{Cx, kit::empty},
};

/// The address leads nowhere.
pub(crate) fn not_found(cx: Cx) -> AnyView {
    crate::platform::set_title("Nothing here · Rota");
    let home = cx.link(Route::home("").page);
    let next = view! { <a class="btn primary" href=home>"Browse providers"</a> }.into_any();
    let said = empty(
        "search",
        "This address leads nowhere",
        "It may be mistyped, or from a newer version of Rota.",
        Some(next),
    );
    view! { <div class="pagehead"><h1>"Nothing here"</h1></div><section class="panel">{said}</section> }
        .into_any()
}
