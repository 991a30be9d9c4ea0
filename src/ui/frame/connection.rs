use leptos::prelude::*;

use crate::{
    chain::EndpointHealth,
    state::{Page, Scope, Shell},
    ui::{
        kit::{Icon, Menu},
        text,
    },
    units::format,
};

/// How well the chain can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Condition {
    Good,
    Look,
    Bad,
}

impl Condition {
    fn of(scope: Scope) -> Self {
        // asked again whenever the clock ticks
        scope.head.ticks.track();
        let failing = scope
            .pool
            .with_value(|pool| pool.health().iter().filter(|health| health.fault.is_some()).count());
        let unread = scope.head.block.with(Option::is_none) && scope.head.error.with(Option::is_some);
        match () {
            () if unread || scope.disagreement.with(Option::is_some) => Self::Bad,
            () if failing > 0 || scope.head.is_stale() => Self::Look,
            () => Self::Good,
        }
    }

    fn dot(self) -> &'static str {
        match self {
            Self::Good => "dot ok",
            Self::Look => "dot warn",
            Self::Bad => "dot bad",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Good => "healthy",
            Self::Look => "look closer",
            Self::Bad => "not usable",
        }
    }
}

/// Block height and age, and each endpoint behind it.
#[component]
pub(super) fn Connection() -> impl IntoView {
    let shell = expect_context::<Shell>();
    let scope = expect_context::<Scope>();
    let condition = Memo::new(move |_| Condition::of(scope));
    let height = move || {
        scope
            .head
            .block
            .with(|block| block.map_or_else(|| "no block".to_owned(), |block| format::count(block.number)))
    };
    let age = move || scope.head.block.with(Option::is_some).then(|| format::age(scope.head.age() / 1000));
    // without the age: it would be read out every second
    let label = Signal::derive(move || format!("Connection: {}, block {}", condition.get().word(), height()));
    view! {
        <Menu
            name="connection"
            label=label
            right=true
            button=move || view! {
                <span class=move || condition.get().dot()></span>
                <span class="sm-hide inkc height">{height}</span>
                <span class="muted age">{age}</span>
            }
        >
            <div class="row apart"><b>"Connection"</b><span class="muted xs">"asked in this order"</span></div>
            <ul class="rpc">
                {move || {
                    scope.head.ticks.track();
                    scope.pool.with_value(crate::chain::Pool::health).into_iter().map(|health| view! { <Line health=health/> }).collect_view()
                }}
            </ul>
            {move || scope.disagreement.get().map(|found| view! {
                <p class="bad small">{format!("They give different blocks {}.", format::count(found.block))}</p>
            })}
            <div class="row">
                <button type="button" class="btn sm" on:click=move |_| scope.head.refresh()><Icon name="refresh" size=14/>"Read now"</button>
                <a class="btn sm" href=move || format!("#{}", shell.route.with(|route| route.with(Page::Settings)))>"Endpoints"</a>
            </div>
        </Menu>
    }
}

#[component]
fn Line(health: EndpointHealth) -> impl IntoView {
    let (dot, said) = match &health.fault {
        None if health.last_millis.is_some() => ("dot ok", "answers".to_owned()),
        None => ("dot", "not asked yet".to_owned()),
        Some(fault) => ("dot bad", text::fault(fault)),
    };
    let failing = health.fault.is_some();
    view! {
        <li>
            <span class=dot></span>
            <span class="clip">{health.label}</span>
            <span class=if failing { "bad" } else { "muted" }>{said}</span>
            <span class="right">{health.last_millis.map(|millis| format!("{} ms", format::count(millis)))}</span>
        </li>
    }
}
