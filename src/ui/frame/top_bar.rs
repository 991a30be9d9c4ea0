use leptos::prelude::*;

use super::{
    connection::connection,
    nav::links,
    network_menu::network_menu,
    strip::epoch_strip,
    wallet::{wallet_button, wallet_dialog},
};
use crate::{
    platform::Theme,
    state::Route,
    ui::{
        Cx,
        kit::{icon, live, press},
    },
};

/// Brand, network, pages, connection, theme, wallet.
pub(crate) fn top_bar(cx: Cx) -> AnyView {
    view! {
        <header class="topbar">
            <div class="in">
                {live(move || brand(Some(cx.link(Route::home("").page))))}
                {network_menu(cx)}
                <nav class="nav" aria-label="Primary">{links(cx, false)}</nav>
                <span class="gap sm-only"></span>
                {search_button(cx)}
                {connection(cx)}
                {live(move || theme_button(cx))}
                {live(move || wallet_button(cx))}
            </div>
            {epoch_strip(cx)}
        </header>
        {wallet_dialog(cx)}
    }
    .into_any()
}

/// Mark and name, as a link home where there is one.
pub(super) fn brand(home: Option<String>) -> AnyView {
    let mark = view! { <svg class="mark" aria-hidden="true"><use href="#i-mark"/></svg>"Rota" };
    match home {
        Some(home) => view! { <a class="brand" href=home>{mark}</a> }.into_any(),
        None => view! { <span class="brand">{mark}</span> }.into_any(),
    }
}

fn search_button(cx: Cx) -> AnyView {
    let open = press(move || cx.finder.set(true));
    view! {
        <button type="button" class="btn quiet icon" aria-label="Find (Ctrl K)" title="Find (Ctrl K)" on:click=open>{icon("search", 16)}</button>
    }
    .into_any()
}

fn theme_button(cx: Cx) -> AnyView {
    let theme = cx.shell.settings.with(|settings| settings.theme);
    let (name, next) = match theme {
        Theme::System => ("Theme: as the system", Theme::Light),
        Theme::Light => ("Theme: light", Theme::Dark),
        Theme::Dark => ("Theme: dark", Theme::System),
    };
    let turn = press(move || cx.shell.settings.update(|settings| settings.theme = next));
    view! {
        <button type="button" class="btn quiet icon sm-hide" aria-label=name title=name on:click=turn>{icon("theme", 16)}</button>
    }
    .into_any()
}
