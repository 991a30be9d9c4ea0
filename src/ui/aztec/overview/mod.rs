//! How the network is doing, on one page.

mod clock;
mod figures;
mod spread;

use leptos::prelude::*;

use crate::{
    aztec::{
        read::{Providers, Pulse},
        summary::Stakes,
    },
    platform,
    state::Screen,
    ui::{
        Cx,
        frame::run_list,
        kit::{chart::Looking, live},
    },
};

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Desk {
    cx: Cx,
    pulse: Screen<Pulse>,
    providers: Screen<Providers>,
    stakes: Screen<Stakes>,
}

/// The overview of a network.
pub(crate) fn overview_page(cx: Cx) -> AnyView {
    platform::set_title("Overview · Rota");
    let scope = cx.scope;
    let desk = Desk { cx, pulse: scope.pulse(), providers: scope.providers(), stakes: scope.stakes(None) };
    let spread = Looking::new();
    let version = live(move || {
        let name = cx.scope.network.with_value(|network| network.name.clone());
        let version =
            cx.scope.deployment().map(|contracts| format!(", rollup {}", contracts.canonical().version));
        format!("{name}{}", version.unwrap_or_default()).into_any()
    });
    view! {
        <div class="pagehead"><div><h1>"Overview"</h1><p>{version}</p></div></div>
        {run_list(cx)}
        <div class="pagebody">
            <section class="panel" aria-label="Network pulse">
                {live(move || clock::clock(desk))}
                {live(move || figures::figures(desk))}
            </section>
            <section class="panel">
                <header><h2>"Stake across providers"</h2><div class="end">{spread.toggle()}</div></header>
                <div class="body">{live(move || spread::spread(desk, spread))}</div>
            </section>
        </div>
    }
    .into_any()
}
