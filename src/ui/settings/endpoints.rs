use leptos::prelude::*;

use crate::{
    chain::{EndpointHealth, NetworkError, Pool, check_endpoint},
    state::{EndpointChoice, spawn},
    ui::{
        Cx,
        kit::{Field, Kind, field, icon, live, press, spinner, submitted},
        text,
    },
    units::format,
};

/// The endpoints of the open network.
fn list(cx: Cx) -> Vec<EndpointChoice> {
    cx.scope.network.with_value(|network| cx.shell.endpoints(network))
}

fn change(cx: Cx, edit: impl FnOnce(&mut Vec<EndpointChoice>)) {
    cx.scope.network.with_value(|network| {
        cx.shell.settings.update(|settings| {
            let mut list = settings.endpoints_of(network);
            edit(&mut list);
            settings.endpoints.insert(network.id.clone(), list);
        });
    });
}

/// The endpoints of the open network in the order they are asked, and how each is doing.
pub(super) fn endpoints(cx: Cx) -> AnyView {
    let busy = RwSignal::new(false);
    let typed = RwSignal::new(String::new());
    let name = cx.scope.network.with_value(|network| format!("{}, asked in this order", network.name));
    view! {
        <section class="panel" aria-label="Endpoints">
            <header>
                <h2>"Endpoints"</h2>
                <p>{name}</p>
                <div class="end">{live(move || test_button(cx, busy))}</div>
            </header>
            {live(move || lines(cx))}
            <div class="rule stack tight">
                {live(move || add(cx, typed))}
                {live(move || more(cx))}
                <p class="muted xs">"Rota sends requests to these and to nobody else. Whoever runs an endpoint sees your address and what you look at."</p>
            </div>
        </section>
    }
    .into_any()
}

fn test_button(cx: Cx, busy: RwSignal<bool>) -> AnyView {
    let running = busy.get();
    let test = press(move || {
        busy.set(true);
        let each = cx.scope.pool.with_value(Pool::each);
        spawn(async move {
            for endpoint in each {
                // how it did shows in its health
                endpoint.latest().await.ok();
            }
            busy.try_set(false);
        });
    });
    let mark = if running { spinner(14) } else { icon("refresh", 14) };
    view! { <button type="button" class="btn sm" disabled=running on:click=test>{mark}"Test all"</button> }
        .into_any()
}

fn lines(cx: Cx) -> AnyView {
    // requests and rests are counted all the time
    cx.scope.head.ticks.track();
    let health = cx.scope.pool.with_value(Pool::health);
    let all = list(cx);
    let last = all.len().saturating_sub(1);
    let lines = all.into_iter().enumerate().map(|(index, choice)| line(cx, &health, &choice, index, last));
    view! { <ol class="endpoints">{lines.collect::<Vec<_>>()}</ol> }.into_any()
}

fn line(cx: Cx, health: &[EndpointHealth], choice: &EndpointChoice, index: usize, last: usize) -> AnyView {
    let (key, name) = match choice {
        EndpointChoice::Url(url) => (url.as_str(), url.as_str()),
        EndpointChoice::Wallet => ("wallet", "The wallet’s own connection"),
    };
    let button = |label: String, mark: &str, disabled: bool, act: Box<dyn FnMut(leptos::ev::MouseEvent)>| {
        view! {
            <button type="button" class="btn quiet icon sm" aria-label=label disabled=disabled on:click=act>{icon(mark, 14)}</button>
        }
        .into_any()
    };
    let swap = move |other: usize| press(move || change(cx, |list| list.swap(index, other)));
    let remove = press(move || change(cx, |list| drop(list.remove(index))));
    let earlier = button(format!("Ask {name} earlier"), "asc", index == 0, swap(index.saturating_sub(1)));
    let later = button(format!("Ask {name} later"), "desc", index == last, swap(last.min(index + 1)));
    let remove = button(format!("Remove {name}"), "x", last == 0, remove);
    view! {
        <li>
            <div class="min0 grow">
                <div class="clip mono small" title=name.to_owned()>{name.to_owned()}</div>
                <div class="xs" role="status">{condition(health.iter().find(|health| health.key == key))}</div>
            </div>
            <div class="row fix">{earlier}{later}{remove}</div>
        </li>
    }
    .into_any()
}

fn condition(health: Option<&EndpointHealth>) -> AnyView {
    let Some(health) = health else {
        return view! { <span class="muted">"Not in use: no wallet is connected"</span> }.into_any();
    };
    let requests = format::plural(health.requests, "request");
    let (bad, said) = if let Some(fault) = &health.fault {
        let rest = health.resting.map(|millis| format::duration(millis.div_ceil(1000)));
        let rest = rest.map(|rest| format!("; asked again in {rest}")).unwrap_or_default();
        (Some(format!("{}{rest} ", text::fault(fault))), requests)
    } else {
        let took =
            health.last_millis.map(|millis| format!(", last answer after {} ms", format::count(millis)));
        let simulates = match health.learned.simulates {
            Some(true) => ", simulates",
            Some(false) => ", cannot simulate several steps",
            None => "",
        };
        (None, format!("{requests}{}{simulates}", took.unwrap_or_default()))
    };
    view! { <span class="bad">{bad}</span><span class="muted">{said}</span> }.into_any()
}

fn more(cx: Cx) -> AnyView {
    let wallet = (!list(cx).contains(&EndpointChoice::Wallet)).then(|| {
        let add = press(move || change(cx, |list| list.push(EndpointChoice::Wallet)));
        view! { <button type="button" class="btn sm" on:click=add>{icon("wallet", 14)}"Use the wallet’s own connection"</button> }
    });
    let id = cx.scope.network.with_value(|network| network.id.clone());
    let own = cx.shell.settings.with(|settings| settings.endpoints.contains_key(&id));
    let reset = own.then(|| {
        let reset = press(move || cx.shell.settings.update(|settings| drop(settings.endpoints.remove(&id))));
        view! { <button type="button" class="btn quiet sm" on:click=reset>"Back to the network’s own"</button> }
    });
    view! { <div class="row">{wallet}{reset}</div> }.into_any()
}

fn add(cx: Cx, typed: RwSignal<String>) -> AnyView {
    let checked = check_endpoint(&typed.get()).and_then(|url| {
        if list(cx).contains(&EndpointChoice::Url(url.clone())) {
            return Err(NetworkError("This endpoint is in the list already".to_owned()));
        }
        Ok(url)
    });
    let ready = checked.is_ok();
    let input = field(Field {
        label: "Add an endpoint",
        text: typed,
        error: checked.as_ref().err().map(|error| error.0.clone()),
        hint: "An Ethereum JSON-RPC address. It has to allow other sites (CORS).".to_owned(),
        kind: Kind::Code("https://…"),
    });
    let submit = submitted(move || {
        if let Ok(url) = checked.clone() {
            typed.set(String::new());
            change(cx, |list| list.push(EndpointChoice::Url(url)));
        }
    });
    view! {
        <form class="row fix alignend" on:submit=submit>
            <div class="grow">{input}</div>
            <button type="submit" class="btn" disabled=!ready>{icon("plus", 16)}"Add"</button>
        </form>
    }
    .into_any()
}
