use leptos::prelude::*;

use super::{
    connection::Connection, nav::Links, network_menu::NetworkMenu, strip::EpochStrip, wallet::WalletButton,
};
use crate::{
    platform::Theme,
    state::{Route, Shell},
    ui::kit::Icon,
};

/// Brand, network, pages, connection, theme, wallet.
#[component]
pub(crate) fn TopBar() -> impl IntoView {
    let shell = expect_context::<Shell>();
    let theme = move || shell.settings.with(|settings| settings.theme);
    let name = move || match theme() {
        Theme::System => "Theme: as the system",
        Theme::Light => "Theme: light",
        Theme::Dark => "Theme: dark",
    };
    let next = move |_| {
        shell.settings.update(|settings| {
            settings.theme = match settings.theme {
                Theme::System => Theme::Light,
                Theme::Light => Theme::Dark,
                Theme::Dark => Theme::System,
            };
        });
    };
    view! {
        <header class="topbar">
            <div class="in">
                <a class="brand" href=move || format!("#{}", Route::home(&shell.route.with(|route| route.network.clone())))>
                    <svg class="mark" aria-hidden="true"><use href="#i-mark"/></svg>
                    "Rota"
                </a>
                <NetworkMenu/>
                <nav class="nav" aria-label="Primary"><Links/></nav>
                <span class="gap sm-only"></span>
                <Connection/>
                <button type="button" class="btn quiet icon sm-hide" aria-label=name title=name on:click=next><Icon name="theme"/></button>
                <WalletButton/>
            </div>
            <EpochStrip/>
        </header>
    }
}
