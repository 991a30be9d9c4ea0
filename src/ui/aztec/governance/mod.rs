//! Governance: signalling rounds, proposals, and one proposal.

mod actions;
mod dates;
mod list;
mod lock;
mod operators;
mod origin;
mod people;
mod power;
mod proposal;
mod rehearsal;
mod round;
mod section;
mod settings;
mod signallers;
mod slashing;
mod stages;
mod stakes;
mod tally;
mod upgrades;
mod vaults;
mod vote;
mod voters;
mod words;

pub(crate) use proposal::proposal_page;

use leptos::prelude::*;

use crate::{
    aztec::read::{Proposals, Signalling},
    platform,
    state::Screen,
    ui::{
        Cx,
        frame::run_list,
        kit::{Figure, Written, icon, live},
        text,
    },
};

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Desk {
    cx: Cx,
    proposals: Screen<Proposals>,
    signalling: Screen<Signalling>,
}

/// The page of all proposals.
pub(crate) fn governance_page(cx: Cx) -> AnyView {
    platform::set_title("Governance · Rota");
    let scope = cx.scope;
    let proposals = scope.proposals();
    let desk = Desk { cx, proposals, signalling: scope.signalling(proposals) };
    let power = live(move || {
        let contracts = scope.deployment();
        let power = Figure::at(&desk.proposals.get(), |at| {
            Figure::of(&at.value.power, |raw| match &contracts {
                Some(contracts) => Written::amount(&contracts.token, *raw),
                None => Written::Text(raw.to_string()),
            })
        });
        view! { "All voting power: "{cx.sources.fig("All voting power", power, "w8")} }.into_any()
    });
    let all_signallers = RwSignal::new(false);
    let signal_for = RwSignal::new(String::new());
    let failed = live(move || {
        let said = desk.proposals.with(|found| found.failure().map(text::read_error));
        said.map(|said| {
            view! { <div class="banner bad" role="alert">{icon("warn", 16)}<div><b>{said.what}</b><p>{said.todo}</p></div></div> }
        })
        .into_any()
    });
    view! {
        <div class="pagehead"><div><h1>"Governance"</h1><p>{power}</p></div></div>
        {run_list(cx)}
        {failed}
        <div class="pagebody">
            {live(move || round::rounds(desk))}
            {live(move || signallers::signallers(desk, all_signallers))}
            {live(move || list::list(desk))}
            {live(move || signallers::earlier(desk))}
            <div class="cols withside prop">
                <div class="stack main">{live(move || stages::rules(desk))}{lock::lock(cx, proposals)}{live(move || operators::operators(desk, signal_for))}{slashing::slashing(cx)}{upgrades::upgrades(cx)}</div>
                <div class="side stack"><div class="second">{power::power(cx)}</div></div>
            </div>
        </div>
    }
    .into_any()
}
