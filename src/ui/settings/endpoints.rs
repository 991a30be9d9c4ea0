use leptos::{prelude::*, task::spawn_local};

use crate::{
    chain::{EndpointHealth, NetworkError, check_endpoint},
    state::{EndpointChoice, Scope, Shell},
    ui::{
        kit::{Field, Icon, Spinner},
        text,
    },
    units::format,
};

/// The endpoints of the open network in the order they are asked, and how each is doing.
#[component]
pub(super) fn Endpoints() -> impl IntoView {
    let shell = expect_context::<Shell>();
    let scope = expect_context::<Scope>();
    let list = move || scope.network.with_value(|network| shell.endpoints(network));
    let change = move |edit: &dyn Fn(&mut Vec<EndpointChoice>)| {
        scope.network.with_value(|network| {
            shell.settings.update(|settings| {
                let mut list = settings.endpoints_of(network);
                edit(&mut list);
                settings.endpoints.insert(network.id.clone(), list);
            });
        });
    };
    let own = move || {
        scope.network.with_value(|network| {
            shell.settings.with(|settings| settings.endpoints.contains_key(&network.id))
        })
    };
    let reset = move |_| {
        scope.network.with_value(|network| {
            shell.settings.update(|settings| drop(settings.endpoints.remove(&network.id)))
        });
    };
    let (busy, set_busy) = signal(false);
    let test = move |_| {
        set_busy.set(true);
        let each = scope.pool.with_value(crate::chain::Pool::each);
        spawn_local(async move {
            // how each did shows in its health
            futures::future::join_all(each.iter().map(crate::chain::Pool::latest)).await;
            set_busy.try_set(false);
        });
    };
    let has_wallet = move || list().contains(&EndpointChoice::Wallet);
    view! {
        <section class="panel" aria-label="Endpoints">
            <header>
                <h2>"Endpoints"</h2>
                <p>{scope.network.with_value(|network| network.name.clone())}", asked in this order"</p>
                <div class="end">
                    <button type="button" class="btn sm" disabled=move || busy.get() on:click=test>
                        {move || if busy.get() { view! { <Spinner size=14/> }.into_any() } else { view! { <Icon name="refresh" size=14/> }.into_any() }}
                        "Test all"
                    </button>
                </div>
            </header>
            <ol class="endpoints">
                {move || {
                    let all = list();
                    let last = all.len().saturating_sub(1);
                    all.into_iter().enumerate().map(|(index, choice)| view! {
                        <Line choice=choice index=index last=last change=Callback::new(move |edit: Edit| change(&|list| edit.apply(list)))/>
                    }).collect_view()
                }}
            </ol>
            <div class="rule stack tight">
                <Add change=Callback::new(move |url: String| change(&|list| list.push(EndpointChoice::Url(url.clone())))) taken=Signal::derive(list)/>
                <div class="row">
                    <Show when=move || !has_wallet()>
                        <button type="button" class="btn sm" on:click=move |_| change(&|list| list.push(EndpointChoice::Wallet))>
                            <Icon name="wallet" size=14/>"Use the wallet’s own connection"
                        </button>
                    </Show>
                    <Show when=own><button type="button" class="btn quiet sm" on:click=reset>"Back to the network’s own"</button></Show>
                </div>
                <p class="muted xs">"Rota sends requests to these and to nobody else. Whoever runs an endpoint sees your address and what you look at."</p>
            </div>
        </section>
    }
}

/// A change of the list.
#[derive(Clone, Copy)]
enum Edit {
    Up(usize),
    Down(usize),
    Remove(usize),
}

impl Edit {
    fn apply(self, list: &mut Vec<EndpointChoice>) {
        match self {
            Self::Up(index) if index > 0 && index < list.len() => list.swap(index, index - 1),
            Self::Down(index) if index + 1 < list.len() => list.swap(index, index + 1),
            Self::Remove(index) if index < list.len() && list.len() > 1 => drop(list.remove(index)),
            _ => {}
        }
    }
}

#[component]
fn Line(choice: EndpointChoice, index: usize, last: usize, change: Callback<Edit>) -> impl IntoView {
    let scope = expect_context::<Scope>();
    let (key, name) = match &choice {
        EndpointChoice::Url(url) => (url.clone(), url.clone()),
        EndpointChoice::Wallet => ("wallet".to_owned(), "The wallet’s own connection".to_owned()),
    };
    let health = move || {
        scope.head.ticks.track();
        scope.pool.with_value(crate::chain::Pool::health).into_iter().find(|health| health.key == key)
    };
    let label = StoredValue::new(name.clone());
    view! {
        <li>
            <div class="min0 grow">
                <div class="clip mono small" title=name.clone()>{name.clone()}</div>
                <div class="xs" role="status">{move || condition(health())}</div>
            </div>
            <div class="row fix">
                <button type="button" class="btn quiet icon sm" aria-label=move || format!("Ask {} earlier", label.get_value()) disabled={index == 0} on:click=move |_| change.run(Edit::Up(index))><Icon name="asc" size=14/></button>
                <button type="button" class="btn quiet icon sm" aria-label=move || format!("Ask {} later", label.get_value()) disabled={index == last} on:click=move |_| change.run(Edit::Down(index))><Icon name="desc" size=14/></button>
                <button type="button" class="btn quiet icon sm" aria-label=move || format!("Remove {}", label.get_value()) disabled={last == 0} on:click=move |_| change.run(Edit::Remove(index))><Icon name="x" size=14/></button>
            </div>
        </li>
    }
}

fn condition(health: Option<EndpointHealth>) -> AnyView {
    let Some(health) = health else {
        return view! { <span class="muted">"Not in use: no wallet is connected"</span> }.into_any();
    };
    let requests = format::plural(health.requests, "request");
    let took = health
        .last_millis
        .map(|millis| format!(", last answer after {} ms", format::count(millis)))
        .unwrap_or_default();
    let simulates = match health.learned.simulates {
        Some(true) => ", simulates",
        Some(false) => ", cannot simulate several steps",
        None => "",
    };
    match health.fault {
        Some(fault) => {
            let rests = health
                .resting
                .map(|millis| format!("; asked again in {}", format::duration(millis.div_ceil(1000))))
                .unwrap_or_default();
            view! { <span class="bad">{text::fault(&fault)}{rests}</span>" "<span class="muted">{requests}</span> }.into_any()
        }
        None => view! { <span class="muted">{requests}{took}{simulates}</span> }.into_any(),
    }
}

#[component]
fn Add(change: Callback<String>, taken: Signal<Vec<EndpointChoice>>) -> impl IntoView {
    let (typed, set_typed) = signal(String::new());
    let checked = move || {
        let text = typed.get();
        let url = check_endpoint(&text)?;
        if taken.with(|taken| taken.contains(&EndpointChoice::Url(url.clone()))) {
            return Err(NetworkError("This endpoint is in the list already".to_owned()));
        }
        Ok(url)
    };
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Ok(url) = checked() {
            change.run(url);
            set_typed.set(String::new());
        }
    };
    view! {
        <form class="row fix alignend" on:submit=add>
            <div class="grow">
                <Field
                    label="Add an endpoint"
                    text=typed
                    on_input=move |text| set_typed.set(text)
                    error=Signal::derive(move || typed.with(|text| !text.is_empty()).then(|| checked().err().map(|error| error.0)).flatten())
                    hint=Signal::derive(|| "An Ethereum JSON-RPC address. It has to allow other sites (CORS).".to_owned())
                    placeholder="https://…"
                    mono=true
                />
            </div>
            <button type="submit" class="btn" disabled=move || checked().is_err()><Icon name="plus"/>"Add"</button>
        </form>
    }
}
