use leptos::prelude::*;

use super::rows::Rows;
use crate::{
    platform::dom,
    state::{Page, ProvidersView, watch},
    ui::{
        Cx,
        kit::{icon, live, press, typed},
    },
    units::Bps,
};

/// Offered upper limits of the commission, in basis points.
const LIMITS: [u16; 4] = [0, 500, 1000, 2500];

/// The field that the key `/` leads to (`frame::keyboard`).
const SEARCH: &str = "search";

/// Changes the view; all of it stands in the address.
fn change(cx: Cx, edit: impl FnOnce(&mut ProvidersView)) {
    let route = cx.shell.route.get_untracked();
    if let Page::Providers(mut view) = route.page.clone() {
        edit(&mut view);
        cx.shell.adjust(route.with(Page::Providers(view)));
    }
}

/// Search and filters.
pub(super) fn filters(
    cx: Cx,
    view: Memo<ProvidersView>,
    all: Memo<Option<Rows>>,
    shown: Memo<Option<Rows>>,
) -> AnyView {
    let tools = live(move || tools(cx, &view.get()));
    // not as a property: drawing takes that away and sets it again, and with it the caret and what is selected
    watch(move || view.with(|view| dom::fill(SEARCH, &view.search)));
    let count = live(move || {
        let len = |rows: Memo<Option<Rows>>| rows.with(|rows| rows.as_ref().map(|rows| rows.0.len()));
        match (len(shown), len(all)) {
            (Some(shown), Some(all)) if shown != all => format!("{shown} of {all} shown"),
            (_, Some(all)) => format!("{all} shown"),
            _ => String::new(),
        }
        .into_any()
    });
    view! {
        <div class="row fbar" role="search">{tools}<span class="end muted small" role="status">{count}</span></div>
    }
    .into_any()
}

fn tools(cx: Cx, view: &ProvidersView) -> AnyView {
    let search = typed(move |text| change(cx, |view| view.search = text.chars().take(80).collect()));
    let open = press(move || change(cx, |view| view.open_only = !view.open_only));
    let limit = typed(move |choice| {
        change(cx, |view| view.most = choice.parse().ok().and_then(Bps::new));
    });
    let limits = LIMITS.into_iter().filter_map(Bps::new).map(|bps| {
        let chosen = view.most == Some(bps);
        view! { <option value=bps.get().to_string() prop:selected=chosen>{format!("up to {bps}")}</option> }
            .into_any()
    });
    let limits: Vec<_> = limits.collect();
    view! {
        <label class="input search">
            {icon("search", 16)}
            <input
                id=SEARCH
                type="search"
                placeholder="Name, number, site or admin"
                aria-label="Search providers"
                on:input=search
            />
            <span class="kbd">"/"</span>
        </label>
        <button type="button" class="chip" aria-pressed=if view.open_only { "true" } else { "false" } on:click=open>
            {view.open_only.then(|| icon("check", 14))}
            "Open slots"
        </button>
        <label class="input choose">
            <span>"Commission"</span>
            <select aria-label="Commission up to" on:change=limit>
                <option value="" prop:selected=view.most.is_none()>"any"</option>
                {limits}
            </select>
        </label>
    }
    .into_any()
}
