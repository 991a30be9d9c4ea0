//! Compare before delegating: every provider in one table.

mod filters;
mod rows;
mod table;

use leptos::prelude::*;

use self::{filters::Filters, rows::Row, table::Table};
use crate::{
    aztec::summary::{Summary, summarise},
    state::{Page, Remote, Scope, Shell},
    ui::{
        kit::{Empty, Icon},
        text,
        tx::RunList,
    },
    units::format,
};

/// The list of providers.
#[component]
pub(crate) fn ProvidersPage() -> impl IntoView {
    let shell = expect_context::<Shell>();
    let scope = expect_context::<Scope>();
    crate::platform::set_title("Providers · Rota");
    let providers = scope.providers();
    let stakes = scope.stakes(None);
    let view = Memo::new(move |_| match shell.route.with(|route| route.page.clone()) {
        Page::Providers(view) => view,
        _ => Default::default(),
    });
    let all = Memo::new(move |_| {
        let contracts = scope.deployment()?;
        let names = scope.names.get();
        let ledger = scope.ledger.get();
        providers.with(|providers| {
            let page = &providers.last()?.value;
            let rows = page.rows.iter().map(|provider| {
                let summary = summary(&contracts, ledger.as_ref(), stakes, provider.provider_id);
                Row::new(provider, &summary, &page.total_staked, &names, &contracts.token)
            });
            Some(rows.collect::<Vec<_>>())
        })
    });
    let shown = Memo::new(move |_| {
        all.with(|rows| rows.as_ref().map(|rows| view.with(|view| rows::select(rows, view))))
    });
    let failed = move || {
        providers.with(|providers| match providers {
            Remote::Failed(error) => Some(text::read_error(error)),
            _ => None,
        })
    };
    view! {
        <div class="pagehead">
            <div>
                <h1>"Providers"</h1>
                <p>{move || all.with(|rows| rows.as_ref().map_or_else(|| "Reading the chain".to_owned(), |rows| headline(rows)))}</p>
            </div>
            <Progress/>
        </div>
        <RunList/>
        <Filters view=view count=Signal::derive(move || (shown.with(|rows| rows.as_ref().map(Vec::len)), all.with(|rows| rows.as_ref().map(Vec::len))))/>
        <section class="panel" class:stale=move || scope.head.is_stale() aria-busy=move || all.with(Option::is_none).to_string()>
            {move || match (failed(), all.with(|rows| rows.as_ref().map(Vec::is_empty)), shown.with(|rows| rows.as_ref().is_some_and(Vec::is_empty))) {
                (Some(said), None, _) => view! {
                    <Empty icon="warn" title=said.what text=said.todo>
                        <button type="button" class="btn" on:click=move |_| scope.head.refresh()><Icon name="refresh"/>"Read again"</button>
                    </Empty>
                }.into_any(),
                (_, Some(true), _) => view! {
                    <Empty icon="list" title="No provider is registered yet" text="The first one can register on the page Provide."/>
                }.into_any(),
                (_, Some(false), true) => view! { <NoMatch view=view/> }.into_any(),
                _ => view! { <Table rows=shown view=view/> }.into_any(),
            }}
        </section>
    }
}

fn summary(
    contracts: &crate::aztec::Deployment,
    ledger: Option<&crate::state::Ledger>,
    stakes: ReadSignal<Remote<crate::chain::At<crate::aztec::summary::Stakes>>>,
    provider_id: u64,
) -> Summary {
    let empty = crate::aztec::history::History::default();
    let history = ledger.map_or(&empty, |ledger| &*ledger.history);
    let covered = ledger.and_then(|ledger| ledger.covered.as_ref());
    stakes.with(|stakes| {
        let missing = crate::chain::ReadError::LogsMissing;
        let known = match stakes {
            Remote::Ready(at) | Remote::Stale(at, _) => Ok(&at.value),
            Remote::Failed(error) => Err(error),
            Remote::Loading => Err(&missing),
        };
        summarise(contracts, history, covered, known, provider_id)
    })
}

fn headline(rows: &[Row]) -> String {
    let slots: Option<u64> = rows.iter().map(|row| row.open_slots).sum();
    let sequencers: Option<u64> = rows.iter().map(|row| row.sequencers).sum();
    let part =
        |n: Option<u64>, what: &str| n.map(|n| format!(", {}", format::plural(n, what))).unwrap_or_default();
    format!(
        "{} registered{}{}. The order is not a recommendation.",
        format::count(rows.len() as u64),
        part(sequencers, "sequencer"),
        part(slots, "open slot"),
    )
}

/// How far back the events are read, while they are.
#[component]
fn Progress() -> impl IntoView {
    let scope = expect_context::<Scope>();
    let reading = Memo::new(move |_| {
        let ledger = scope.ledger.get()?;
        if ledger.is_complete() {
            return None;
        }
        Some((
            ledger.percent(),
            ledger.covered.as_ref().map(|covered| *covered.start()),
            ledger.problem.is_some(),
        ))
    });
    move || {
        reading.get().map(|(percent, from, trouble)| view! {
            <p class="small ink2" role="status">
                {if trouble { "Reading events failed; trying again. " } else { "Reading events, newest first: " }}
                {format!("{percent} %")}
                {from.map(|from| format!(", back to block {}", format::count(from)))}
            </p>
        })
    }
}

#[component]
fn NoMatch(view: Memo<crate::state::ProvidersView>) -> impl IntoView {
    let shell = expect_context::<Shell>();
    let said = move || {
        view.with(|view| {
            let mut parts = Vec::new();
            if !view.search.is_empty() {
                parts.push(format!("“{}”", crate::chain::text::tame(&view.search, 40)));
            }
            if view.open_only {
                parts.push("open slots".to_owned());
            }
            if let Some(most) = view.most {
                parts.push(format!("commission up to {most}"));
            }
            parts.join(", ")
        })
    };
    let clear = move |_| {
        let route = shell.route.get_untracked();
        shell.adjust(route.with(crate::state::Route::home("").page));
    };
    view! {
        <Empty icon="search" title="No provider matches" text=Signal::derive(said)>
            <button type="button" class="btn" on:click=clear>"Clear filters"</button>
        </Empty>
    }
}
