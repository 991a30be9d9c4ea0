use leptos::prelude::*;

use super::Desk;
use crate::{
    state::Page,
    ui::kit::{Field, Kind, field, icon, live, press, submitted},
    units,
};

/// Before anybody is looked at: connect, or name an address.
pub(super) fn first(desk: Desk) -> AnyView {
    let connect = press(move || desk.cx.picker.set(true));
    view! {
        <section class="panel">
            <header><h2>"Whose positions?"</h2><p>"Any address can be looked at; only its wallet can move anything"</p></header>
            {live(move || form(desk))}
            <footer class="row apart">
                <span class="muted small">"Or show those of your own account."</span>
                <button type="button" class="btn" on:click=connect>{icon("wallet", 16)}"Connect wallet"</button>
            </footer>
        </section>
    }
    .into_any()
}

/// Beside somebody's positions: look at another address.
pub(super) fn another(desk: Desk) -> AnyView {
    view! {
        <section class="panel">
            <header><h2>"Another address"</h2></header>
            {live(move || form(desk))}
        </section>
    }
    .into_any()
}

fn form(desk: Desk) -> AnyView {
    let parsed = units::address(&desk.typed.get());
    let ready = parsed.is_ok();
    let go = submitted(move || {
        if let Ok(address) = units::address(&desk.typed.get_untracked()) {
            desk.typed.set(String::new());
            let route = desk.cx.shell.route.get_untracked();
            desk.cx.shell.adjust(route.with(Page::Positions(Some(address))));
        }
    });
    let input = field(Field {
        label: "Address",
        text: desk.typed,
        error: parsed.err().map(|error| error.to_string()),
        hint: "of a wallet, a Safe or a vault’s staker: whoever may exit".to_owned(),
        kind: Kind::Code("0x…"),
    });
    view! {
        <form class="body stack" on:submit=go>
            {input}
            <button type="submit" class="btn primary" disabled=!ready>"Show positions"</button>
        </form>
    }
    .into_any()
}
