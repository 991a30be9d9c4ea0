use leptos::prelude::*;

use crate::{
    state::{Scope, Shell},
    ui::kit::{Dialog, Icon},
};

/// Forgets everything the app keeps in this browser.
#[component]
pub(super) fn Storage() -> impl IntoView {
    let shell = expect_context::<Shell>();
    let scope = expect_context::<Scope>();
    let open = RwSignal::new(false);
    let running = move || scope.transactions.all().iter().any(|view| view.run.in_flight());
    view! {
        <section class="panel" aria-label="Storage">
            <header>
                <h2>"Storage"</h2>
                <p>"Settings, own networks, transactions that wait"</p>
                <div class="end"><button type="button" class="btn danger sm" on:click=move |_| open.set(true)>"Clear…"</button></div>
            </header>
        </section>
        <Dialog title="Clear what Rota keeps here?" open=open>
            <div class="body stack tight">
                <p class="oneway"><Icon name="oneway"/>"Cannot be undone"</p>
                <dl class="facts end">
                    <dt>"Settings and own networks"</dt><dd>"forgotten; export the networks first if you need them"</dd>
                    <dt>"Transactions"</dt><dd>"already sent ones go on; Rota no longer follows them"</dd>
                    <dt>"Stake, rewards, wallet"</dt><dd>"not touched"</dd>
                </dl>
                <Show when=running><p class="status bad wrap"><Icon name="warn" size=14/>"A transaction is under way right now."</p></Show>
            </div>
            <footer>
                <button type="button" class="btn" autofocus on:click=move |_| open.set(false)>"Keep everything"</button>
                <button type="button" class="btn danger solid" on:click=move |_| shell.clear()>"Clear"</button>
            </footer>
        </Dialog>
    }
}
