//! Compare before delegating: every provider in one table.

mod choice;
mod compare;
mod filters;
mod rows;
mod table;

use std::sync::Arc;

use leptos::prelude::*;

pub(crate) use self::{compare::compare, rows::Rows};
use self::{
    filters::filters,
    rows::{Own, Pasts, Row},
};
use crate::{
    aztec::{
        read::ProviderRow,
        record::Brief,
        summary::{Summary, rest},
    },
    chain::text::tame,
    platform::{self, Listener, dom},
    state::{Page, ProvidersView, Route},
    ui::{
        Cx,
        frame::run_list,
        kit::{Figure, Written, empty, icon, later, live, press},
        text,
    },
    units::format,
};

/// The list of providers.
pub(crate) fn providers_page(cx: Cx) -> AnyView {
    platform::set_title("Providers · Rota");
    let scope = cx.scope;
    let (providers, stakes) = (scope.providers(), scope.stakes(None));
    let view = Memo::new(move |_| match cx.shell.route.with(|route| route.page.clone()) {
        Page::Providers(view) => view,
        _ => ProvidersView::default(),
    });
    let briefs = briefs(cx);
    let all = Memo::new(move |_| {
        let (contracts, names) = (scope.deployment()?, scope.names.get());
        let trouble = scope.events_in_trouble();
        let (providers, stakes) = (providers.get(), stakes.get());
        let page = &providers.last()?.value;
        let summaries: Vec<Summary> =
            page.rows.iter().map(|row| scope.summary(&stakes, row.provider_id)).collect::<Option<_>>()?;
        let briefs = briefs.get();
        let covered = scope.ledger.with(|ledger| ledger.as_ref()?.covered.clone());
        let pasts = Pasts {
            briefs: briefs.as_ref().map(|briefs| &***briefs),
            contracts: &contracts,
            covered,
            trouble,
        };
        let row = |(provider, summary): (&ProviderRow, &Summary)| {
            let row = Row::new(provider, summary, &names, &contracts.token, &pasts);
            row.aged(providers.aged(), stakes.aged())
        };
        let rows = page.rows.iter().zip(&summaries).map(row).collect();
        let own = stakes
            .last()
            .map(|at| Own::new(&rest(&at.value, summaries.iter()), &contracts.token, stakes.aged()));
        Some(Rows::new(rows, own))
    });
    let shown = Memo::new(move |_| all.with(|rows| Some(rows::select(rows.as_ref()?, &view.get()))));
    let drawn = drawn_lines();
    let headline = live(move || {
        let count = providers.with(|providers| {
            Figure::within(providers.last(), providers.failure(), |at| {
                Figure::of(&at.value.count, |n| Written::count(*n))
            })
        });
        all.with(|rows| match rows {
            Some(rows) => headline(cx, rows, count),
            None => "Reading the chain".into_any(),
        })
    });
    let table = move || {
        let failure = providers.with(|providers| providers.failure().map(text::read_error));
        let (known, busy) =
            (all.with(|rows| rows.as_ref().map(|rows| rows.0.len())), all.with(Option::is_none));
        let body = match (failure, known, shown.get()) {
            (Some(said), None, _) => {
                let again = press(move || scope.head.refresh());
                let next = view! { <button type="button" class="btn" on:click=again>{icon("refresh", 16)}"Read again"</button> };
                empty("warn", said.what, said.todo, Some(next.into_any()))
            }
            (_, Some(0), _) => empty(
                "list",
                "No provider is registered yet",
                "The first one can register on the page Provide.",
                None,
            ),
            (_, Some(_), Some(rows)) if rows.0.is_empty() => no_match(cx, &view.get()),
            (_, _, rows) => table::table(cx, rows, &view.get(), drawn),
        };
        view! { <section class="panel" aria-busy=if busy { "true" } else { "false" }>{body}</section> }
            .into_any()
    };
    view! {
        <div class="pagehead"><div><h1>"Providers"</h1><p class="two-lines">{headline}</p></div>{live(move || progress(cx))}</div>
        {run_list(cx)}
        {filters(cx, view, all, shown)}
        {live(move || compared(cx, all, &view.get()))}
        {later(move || live(table))}
    }
    .into_any()
}

/// What the events tell of every provider, once all are read.
fn briefs(cx: Cx) -> Memo<Option<Arc<Vec<Brief>>>> {
    Memo::new(move |_| {
        cx.scope.ledger.with(|ledger| {
            let ledger = ledger.as_ref().filter(|ledger| ledger.is_complete())?;
            Some(Arc::new(Brief::all(&ledger.history)))
        })
    })
}

/// How many lines are drawn: those that fill the window, and what one comes to, a few dozen at a time. Hundreds at once
/// would hold up the page.
fn drawn_lines() -> RwSignal<usize> {
    let drawn = RwSignal::new(table::that_fill(dom::viewport().1));
    // a window that grows shows more without being scrolled
    let moved = ["scroll", "resize"].map(|kind| {
        Listener::new(kind, move |_| {
            if dom::ends_near("more") {
                drawn.update(|drawn| *drawn += table::MORE);
            }
        })
    });
    on_cleanup(move || drop(moved));
    drawn
}

/// Providers side by side, drawn by the second file.
fn compared(cx: Cx, all: Memo<Option<Rows>>, view: &ProvidersView) -> AnyView {
    match view.compare.len() {
        0 => ().into_any(),
        1 => view! { <p class="small ink2" role="status">"Choose one more provider to see both side by side."</p> }.into_any(),
        _ => {
            let numbers = view.compare.clone();
            cx.rest.view(move |rest| (rest.compare)(cx, all, numbers.clone()), || ().into_any())
        }
    }
}

/// How many there are. The figure that waits longest stands last: nothing jumps when it comes.
fn headline(cx: Cx, rows: &Rows, count: Figure) -> AnyView {
    let fig = |label: &'static str, figure| cx.sources.fig(label, figure, "w4");
    let validating = rows::total(&rows.0, "sum over all providers: delegations that validate", |row| {
        (row.sequencers, &row.sequencers_figure)
    });
    let slots = rows::total(&rows.0, "sum over all providers: keys left in the queue", |row| {
        (row.open_slots, &row.slots_figure)
    });
    view! {
        "The order is not a recommendation. Registered: "{fig("Registered providers", count)}
        ", open slots: "{fig("Open slots of all providers", slots)}
        ", validating sequencers: "{fig("Validating sequencers of all providers", validating)}
    }
    .into_any()
}

/// How far back the events are read, while they are.
fn progress(cx: Cx) -> AnyView {
    let Some(ledger) = cx.scope.ledger.get() else { return ().into_any() };
    if ledger.is_complete() {
        let Some((covered, _)) = ledger.covered.zip(ledger.problem) else { return ().into_any() };
        let said = format!(
            "Reading new events failed; trying again. Delegations are shown as of block {}.",
            format::count(*covered.end())
        );
        return view! { <p class="small ink2" role="status">{said}</p> }.into_any();
    }
    let what = if ledger.problem.is_some() {
        "Reading events failed; trying again. "
    } else {
        "Reading events, newest first: "
    };
    let from =
        ledger.covered.as_ref().map(|covered| format!(", back to block {}", format::count(*covered.start())));
    let said = format!("{what}{} %{}", ledger.percent(), from.unwrap_or_default());
    view! { <p class="small ink2" role="status">{said}</p> }.into_any()
}

fn no_match(cx: Cx, view: &ProvidersView) -> AnyView {
    let mut parts = Vec::new();
    if !view.search.is_empty() {
        parts.push(format!("“{}”", tame(&view.search, 40)));
    }
    if view.open_only {
        parts.push("open slots".to_owned());
    }
    if let Some(most) = view.most {
        parts.push(format!("commission up to {most}"));
    }
    let clear = press(move || cx.shell.adjust(cx.shell.route.get_untracked().with(Route::home("").page)));
    let next = view! { <button type="button" class="btn" on:click=clear>"Clear filters"</button> };
    empty("search", "No provider matches", parts.join(", "), Some(next.into_any()))
}
