//! Endpoints, networks, what the app found and what it keeps.

mod appearance;
mod contracts;
mod endpoints;
mod networks;
mod storage;

use leptos::prelude::*;

use self::{
    appearance::Appearance, contracts::Contracts, endpoints::Endpoints, networks::Networks, storage::Storage,
};
use crate::ui::{kit::Icon, tx::RunList};

/// The page of settings.
#[component]
pub(crate) fn SettingsPage() -> impl IntoView {
    let shell = expect_context::<crate::state::Shell>();
    crate::platform::set_title("Settings · Rota");
    view! {
        <div class="pagehead"><div><h1>"Settings"</h1><p>"Kept in this browser only."</p></div></div>
        <Show when=move || !shell.remembers.get()>
            <div class="banner warn">
                <Icon name="warn"/>
                <div><b>"This browser keeps nothing"</b><p>"It is full, or private. Settings last until the tab is closed, and a transaction is not found again after a reload."</p></div>
            </div>
        </Show>
        <RunList/>
        <div class="cols">
            <div class="stack half"><Endpoints/><Networks/></div>
            <div class="stack half"><Contracts/><Appearance/><Storage/></div>
        </div>
    }
}
