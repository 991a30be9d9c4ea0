use leptos::prelude::*;

use crate::{
    state::{Choice, Route},
    ui::{
        Cx,
        kit::{Field, Kind, field, icon, live, press, spinner, submitted},
        text,
    },
    units,
};

/// What is in the dialog that connects a wallet, or watches an address without one.
pub(crate) fn picker(cx: Cx) -> AnyView {
    cx.scope.network.with_value(|network| cx.shell.session.offer_local(network));
    let typed = RwSignal::new(String::new());
    let wallets = live(move || wallets(cx));
    // a connected account is what the pages are about
    let watching =
        live(
            move || {
                if cx.shell.session.account().is_some() { ().into_any() } else { watch_form(cx, typed) }
            },
        );
    view! { <div class="body">{wallets}{watching}</div> }.into_any()
}

fn wallets(cx: Cx) -> AnyView {
    let session = cx.shell.session;
    let choices = session.choices();
    let found = match choices.len() {
        0 => "None found in this browser".to_owned(),
        n => format!("{n} found in this browser"),
    };
    let none = choices.is_empty().then(|| {
        view! {
            <p class="muted small">"Rota talks to wallets in your browser. Install one, or read everything without: watch an address."</p>
        }
    });
    let error = session.error.get().map(|error| {
        let said = text::wallet_error(&error);
        view! {
            <div class="banner bad" role="alert">{icon("warn", 16)}<div><b>{said.what}</b><p>{said.todo}</p></div></div>
        }
    });
    let lines: Vec<_> = choices.into_iter().map(|choice| line(cx, choice)).collect();
    view! {
        <p class="muted small">{found}</p>
        <ul class="menu">{lines}</ul>
        {none}
        {error}
        <p class="muted xs">"Names and pictures come from the extensions themselves."</p>
    }
    .into_any()
}

fn line(cx: Cx, choice: Choice) -> AnyView {
    let session = cx.shell.session;
    let last = cx.shell.settings.with(|settings| settings.last_wallet.as_ref() == Some(&choice.key));
    let connected =
        session.wallet.with(|wallet| wallet.as_ref().is_some_and(|wallet| wallet.key == choice.key));
    let asked = session.asked.with(|asked| asked.as_ref() == Some(&choice.key));
    // it may wait for an answer in a window that nobody sees: whoever wants another wallet chooses it
    let mark = match () {
        () if asked => Some("Asked"),
        () if connected => Some("Connected"),
        () => last.then_some("Last used"),
    };
    let picture = match choice.icon.clone() {
        Some(picture) => view! { <img class="wl" src=picture alt="" width="32" height="32"/> }.into_any(),
        None => {
            view! { <span class="wl">{choice.name.chars().take(1).collect::<String>()}</span> }.into_any()
        }
    };
    let (name, detail) = (choice.name.clone(), choice.detail.clone());
    let connect = press(move || {
        session.connect(&choice);
        if connected {
            cx.picker.set(false);
        }
    });
    view! {
        <li>
            <button type="button" on:click=connect>
                {picture}
                <span class="grow clip"><b>{name}</b><br/><span class="xs muted mono">{detail}</span></span>
                {mark.map(|mark| view! { <span class="badge">{mark}</span> })}
                {if asked { spinner(14) } else { icon("cr", 14) }}
            </button>
        </li>
    }
    .into_any()
}

fn watch_form(cx: Cx, typed: RwSignal<String>) -> AnyView {
    let parsed = units::address(&typed.get());
    let ready = parsed.is_ok();
    let show = move |watch| {
        cx.shell.adjust(Route { watch, ..cx.shell.route.get_untracked() });
        cx.picker.set(false);
    };
    let input = field(Field {
        label: "Watch an address",
        text: typed,
        error: parsed.as_ref().err().map(ToString::to_string),
        hint: "Shows what it can do; nothing can be signed.".to_owned(),
        kind: Kind::Code("0x…"),
    });
    let stop = cx.watched.get().map(|_| {
        view! { <button type="button" class="btn quiet" on:click=press(move || show(None))>"Stop watching"</button> }
    });
    let submit = submitted(move || {
        if let Ok(address) = &parsed {
            show(Some(*address));
        }
    });
    view! {
        <form class="stack tight watch" on:submit=submit>
            {input}
            <div class="row">
                <button type="submit" class="btn" disabled=!ready>{icon("eye", 16)}"Watch"</button>
                {stop}
            </div>
        </form>
    }
    .into_any()
}
