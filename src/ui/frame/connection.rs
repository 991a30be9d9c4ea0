use leptos::prelude::*;

use crate::{
    chain::{EndpointHealth, Pool},
    state::{Page, Scope},
    ui::{
        Cx,
        kit::{Menu, icon, live, menu, press},
        text,
    },
    units::format,
};

/// Colour and word for how well the chain can be read.
fn condition(scope: Scope) -> (&'static str, &'static str) {
    // asked again whenever the clock ticks
    scope.head.ticks.track();
    let health = scope.pool.with_value(Pool::health);
    let failing = health.iter().any(|health| health.fault.is_some());
    let unread = scope.head.block.with(Option::is_none) && scope.head.error.with(Option::is_some);
    match () {
        () if unread || scope.is_disputed() => ("dot bad", "not usable"),
        () if failing || scope.head.stale.get() => ("dot warn", "look closer"),
        () => ("dot ok", "healthy"),
    }
}

/// Block height and age, and each endpoint behind it.
pub(super) fn connection(cx: Cx) -> AnyView {
    let scope = cx.scope;
    let found = Memo::new(move |_| condition(scope));
    let age = live(move || {
        let block = scope.head.block.with(Option::is_some);
        block.then(|| format::age(scope.head.age() / 1000)).into_any()
    });
    let button = live(move || {
        let (dot, word) = found.get();
        let height = scope.head.block.with(|block| block.map(|block| format::count(block.number)));
        let height = height.unwrap_or_else(|| "no block".to_owned());
        // for those who do not see the dot; without the age, which would be read out every second
        let said = format!("Connection {word}, block ");
        view! { <span class=dot></span><span class="vh">{said}</span><span class="sm-hide inkc height">{height}</span> }
            .into_any()
    });
    let look = Menu {
        id: "menu-connection",
        label: "Connection".to_owned(),
        names_button: false,
        class: "btn quiet",
        place: "pop menupop end",
    };
    let button = view! { {button}<span class="muted age">{age}</span> }.into_any();
    menu(look, button, move || details(cx))
}

fn details(cx: Cx) -> AnyView {
    cx.scope.head.ticks.track();
    let health = cx.scope.pool.with_value(Pool::health);
    let disagree = cx.scope.comparison.get().disagreement.map(|found| {
        let said = format!("They give different blocks {}.", format::count(found.block));
        view! { <p class="bad small">{said}</p> }
    });
    view! {
        <div class="row apart"><b>"Connection"</b><span class="muted xs">"asked in this order"</span></div>
        <ul class="rpc">{health.into_iter().map(line).collect::<Vec<_>>()}</ul>
        {disagree}
        <div class="row">
            <button type="button" class="btn sm" on:click=press(move || cx.scope.head.refresh())>{icon("refresh", 14)}"Read now"</button>
            <a class="btn sm" href=cx.link(Page::Settings)>"Endpoints"</a>
        </div>
    }
    .into_any()
}

fn line(health: EndpointHealth) -> AnyView {
    let (dot, tone, said) = match &health.fault {
        None if health.last_millis.is_some() => ("dot ok", "muted", "answers".to_owned()),
        None => ("dot", "muted", "not asked yet".to_owned()),
        Some(fault) => ("dot bad", "bad", text::fault(fault)),
    };
    let took = health.last_millis.map(|millis| format!("{} ms", format::count(millis)));
    view! {
        <li>
            <span class=dot></span>
            <span class="clip">{health.label}</span>
            <span class=tone>{said}</span>
            <span class="right">{took}</span>
        </li>
    }
    .into_any()
}
