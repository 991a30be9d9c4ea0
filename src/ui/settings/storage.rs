use leptos::prelude::*;

use crate::{
    state::Shell,
    ui::{
        Cx,
        kit::{dialog, icon, live, press},
    },
    units::format,
};

/// What is kept of the network's events, and why not more. As high before it is known as afterwards.
fn events(cx: Cx) -> AnyView {
    let kept = cx.scope.events.kept.get();
    let problem = kept.as_ref().and_then(|kept| kept.problem).map(|problem| {
        let said = format!("Events are read anew at each visit: {problem}.");
        view! { <p class="status warn wrap">{icon("warn", 14)}{said}</p> }
    });
    let blocks = kept.as_ref().and_then(|kept| kept.blocks.clone());
    let nothing = blocks.is_none();
    let said = match (kept, blocks) {
        (Some(kept), Some(blocks)) => format!(
            "{}, blocks {} to {}, {} kB",
            format::plural(kept.entries as u64, "event"),
            format::count(*blocks.start()),
            format::count(*blocks.end()),
            format::count(kept.bytes.div_ceil(1000) as u64),
        ),
        (Some(_), None) => "none kept".to_owned(),
        (None, _) => "not known yet".to_owned(),
    };
    let forget = press(move || {
        cx.scope.events.forget();
        cx.scope.dates.forget();
        cx.scope.forget_audits();
    });
    view! {
        {problem}
        <dl class="facts"><dt>"Events of this network"</dt><dd>{said}</dd></dl>
        <div><button type="button" class="btn sm" disabled=nothing on:click=forget>"Forget events"</button></div>
    }
    .into_any()
}

/// Forgets everything the app keeps in this browser.
pub(super) fn storage(cx: Cx) -> AnyView {
    let open = RwSignal::new(false);
    let running = live(move || {
        let running = cx.scope.transactions.all().iter().any(|view| view.run.in_flight());
        let warning = running.then(|| {
            view! { <p class="status bad wrap">{icon("warn", 14)}"A transaction is under way right now."</p> }
        });
        warning.into_any()
    });
    let body = view! {
        <div class="body stack tight">
            <p class="oneway">{icon("oneway", 16)}"Cannot be undone"</p>
            <dl class="facts end">
                <dt>"Settings and own networks"</dt><dd>"forgotten; export the networks first if you need them"</dd>
                <dt>"Events"</dt><dd>"read anew at the next visit"</dd>
                <dt>"Visits"</dt><dd>"how far you have seen whose history is forgotten"</dd>
                <dt>"Transactions"</dt><dd>"already sent ones go on; Rota no longer follows them"</dd>
                <dt>"Stake, rewards, wallet"</dt><dd>"not touched"</dd>
            </dl>
            {running}
        </div>
        <footer>
            <button type="button" class="btn" autofocus on:click=press(move || open.set(false))>"Keep everything"</button>
            <button type="button" class="btn danger solid" on:click=press(Shell::clear)>"Clear"</button>
        </footer>
    };
    view! {
        <section class="panel" aria-label="Storage">
            <header>
                <h2>"Storage"</h2>
                <p>"Settings, own networks, transactions that wait, events that are final"</p>
                <div class="end"><button type="button" class="btn danger sm" on:click=press(move || open.set(true))>"Clear…"</button></div>
            </header>
            <div class="body stack tight" role="status" aria-label="Events">{live(move || events(cx))}</div>
        </section>
        {dialog("clear", "Clear what Rota keeps here?", ().into_any(), open, body.into_any())}
    }
    .into_any()
}
