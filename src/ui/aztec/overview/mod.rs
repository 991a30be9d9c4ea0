//! How the network is doing, on one page.

mod clock;
mod feed;
mod figures;
mod joining;
mod leaving;
mod spread;

use leptos::prelude::*;

use crate::{
    aztec::read::{Providers, Pulse, Stakes, States},
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
    leaving: Screen<States>,
}

/// The overview of a network.
pub(crate) fn overview_page(cx: Cx) -> AnyView {
    platform::set_title("Overview · Rota");
    let scope = cx.scope;
    let desk = Desk {
        cx,
        pulse: scope.pulse(),
        providers: scope.providers(),
        stakes: scope.stakes(None),
        leaving: scope.leaving(),
    };
    let (spread, joining) = (Looking::new(), Looking::new());
    let kind = RwSignal::new(feed::Kind::All);
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
            <div class="cols withside after">
                <div class="stack main">
                    <section class="panel">
                        <header><h2>"Stake across providers"</h2><div class="end">{spread.toggle()}</div></header>
                        <div class="body">{live(move || spread::spread(desk, spread))}</div>
                    </section>
                    {feed::feed(desk, kind)}
                </div>
                <div class="side">
                    <section class="panel">
                        <header><h2>"Joining and leaving"</h2><span class="muted small">"Sequencers per day, UTC"</span><div class="end">{joining.toggle()}</div></header>
                        <div class="body stack">{live(move || joining::joining(desk, joining))}</div>
                    </section>
                </div>
            </div>
        </div>
    }
    .into_any()
}
