use leptos::prelude::*;

use crate::{
    state::Shell,
    ui::{
        Cx,
        kit::{dialog, icon, live, press},
    },
};

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
                <p>"Settings, own networks, transactions that wait"</p>
                <div class="end"><button type="button" class="btn danger sm" on:click=press(move || open.set(true))>"Clear…"</button></div>
            </header>
        </section>
        {dialog("clear", "Clear what Rota keeps here?", ().into_any(), open, body.into_any())}
    }
    .into_any()
}
