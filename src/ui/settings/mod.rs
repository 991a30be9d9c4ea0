//! Endpoints, networks, what the app found and what it keeps.

mod appearance;
mod contracts;
mod endpoints;
mod networks;
mod storage;

use leptos::prelude::*;

use super::{
    Cx,
    frame::run_list,
    kit::{icon, live},
};

/// The page of settings.
pub(crate) fn settings_page(cx: Cx) -> AnyView {
    crate::platform::set_title("Settings · Rota");
    let forgetful = live(move || {
        let warning = (!cx.shell.remembers.get()).then(|| {
            view! {
                <div class="banner warn">
                    {icon("warn", 16)}
                    <div><b>"This browser keeps nothing"</b><p>"It is full, or private. Settings last until the tab is closed, and a transaction is not found again after a reload."</p></div>
                </div>
            }
        });
        warning.into_any()
    });
    view! {
        <div class="pagehead"><div><h1>"Settings"</h1><p>"Kept in this browser only."</p></div></div>
        {forgetful}
        {run_list(cx)}
        <div class="cols">
            <div class="stack half">{endpoints::endpoints(cx)}{networks::networks(cx)}</div>
            <div class="stack half">
                {live(move || appearance::appearance(cx))}
                {storage::storage(cx)}
                {live(move || contracts::contracts(cx))}
            </div>
        </div>
    }
    .into_any()
}
