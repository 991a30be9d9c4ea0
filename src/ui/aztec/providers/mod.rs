//! Compare before delegating: every provider in one table.

mod filters;
mod rows;
mod table;

use leptos::prelude::*;

use self::{
    filters::filters,
    rows::{Row, Rows},
};
use crate::{
    aztec::read::ProviderRow,
    chain::text::tame,
    platform,
    state::{Page, ProvidersView, Route},
    ui::{
        Cx,
        frame::run_list,
        kit::{Figure, Written, empty, icon, live, press},
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
    let all = Memo::new(move |_| {
        let (contracts, names) = (scope.deployment()?, scope.names.get());
        let trouble = scope.events_in_trouble();
        let (providers, stakes) = (providers.get(), stakes.get());
        let page = &providers.last()?.value;
        let row = |provider: &ProviderRow| {
            let summary = scope.summary(&stakes, provider.provider_id)?;
            let row = Row::new(provider, &summary, &names, &contracts.token, trouble);
            Some(row.aged(providers.aged(), stakes.aged()))
        };
        page.rows.iter().map(row).collect::<Option<_>>().map(Rows::new)
    });
    let shown = Memo::new(move |_| all.with(|rows| Some(rows::select(&rows.as_ref()?.0, &view.get()))));
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
    let table = live(move || {
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
            (_, _, rows) => table::table(cx, rows, view.get()),
        };
        view! { <section class="panel" aria-busy=if busy { "true" } else { "false" }>{body}</section> }
            .into_any()
    });
    view! {
        <div class="pagehead"><div><h1>"Providers"</h1><p>{headline}</p></div>{live(move || progress(cx))}</div>
        {run_list(cx)}
        {filters(cx, view, all, shown)}
        {table}
    }
    .into_any()
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
