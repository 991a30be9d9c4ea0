use leptos::prelude::*;

use crate::{
    chain::Network,
    state::{Page, Route},
    ui::{
        Cx,
        kit::{Menu, icon, menu},
    },
};

/// The name of the open network, and the way to the others.
pub(super) fn network_menu(cx: Cx) -> AnyView {
    let (id, name) = cx.scope.network.with_value(|network| (network.id.clone(), network.name.clone()));
    let look = Menu {
        id: "menu-network",
        label: format!("Network: {name}"),
        names_button: true,
        class: "btn quiet",
        place: "pop menupop start",
    };
    // "Aztec Mainnet" is a system and a network of it
    let (system, rest) = match name.split_once(' ') {
        Some((system, rest)) => (system.to_owned(), rest.to_owned()),
        None => (name, String::new()),
    };
    let button =
        view! { <b>{system}</b>" "<span class="muted sm-hide">{rest}</span>{icon("cd", 14)} }.into_any();
    menu(look, button, move || {
        let networks = cx.shell.networks().and_then(Result::ok).unwrap_or_default();
        let page = cx.shell.route.with(|route| route.page.elsewhere());
        let lines = networks.into_iter().map(|network| {
            let current = network.id == id;
            line(cx, network, page.clone(), current)
        });
        view! { <ul class="menu">{lines.collect::<Vec<_>>()}</ul> }.into_any()
    })
}

fn line(cx: Cx, network: Network, page: Page, current: bool) -> AnyView {
    let href = format!("#{}", Route { network: network.id, page, watch: cx.watched.get() });
    let mark = if current { icon("check", 16) } else { view! { <span class="gap16"></span> }.into_any() };
    view! {
        <li>
            <a href=href aria-current=current.then_some("true")>
                {mark}
                <span class="grow">{network.name}</span>
                <span class="muted xs">{network.chain_id}</span>
            </a>
        </li>
    }
    .into_any()
}
