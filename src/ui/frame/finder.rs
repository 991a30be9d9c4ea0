use leptos::prelude::*;

use super::nav::pages;
use crate::{
    platform::dom,
    state::{Findable, Hit, Page, find, spawn},
    ui::{
        Cx,
        kit::{live, press, submitted, typed},
    },
};

const TEXT: &str = "finder-text";

/// What is in the dialog that finds pages, providers and addresses.
pub(crate) fn finder(cx: Cx) -> AnyView {
    let providers = cx.scope.providers();
    let text = RwSignal::new(String::new());
    let chosen = RwSignal::new(0usize);
    let hits = Memo::new(move |_| {
        let pages: Vec<(&'static str, Page)> =
            pages().into_iter().map(|(name, _, page)| (name, page)).collect();
        let names = cx.scope.names.get();
        let known: Vec<Findable> = providers.with(|providers| {
            let rows = providers.last().map(|at| at.value.rows.as_slice()).unwrap_or_default();
            rows.iter()
                .map(|row| Findable {
                    provider_id: row.provider_id,
                    label: names.label(row.provider_id),
                    config: row.config.get().copied(),
                })
                .collect()
        });
        let text = text.get();
        cx.scope.ledger.with(|ledger| {
            let delegations = ledger.as_ref().map(|ledger| ledger.history.delegations.as_slice());
            find(&text, &pages, &known, delegations.unwrap_or_default())
        })
    });
    let go = submitted(move || dom::click(&format!("hit-{}", chosen.get_untracked())));
    let write = typed(move |written| {
        chosen.set(0);
        text.set(written);
    });
    let step: Box<dyn FnMut(leptos::ev::KeyboardEvent)> = Box::new(move |event| {
        let last = hits.with_untracked(|hits| hits.len().saturating_sub(1));
        let next = match dom::key(&event).as_str() {
            "ArrowDown" => (chosen.get_untracked() + 1).min(last),
            "ArrowUp" => chosen.get_untracked().saturating_sub(1),
            _ => return,
        };
        event.prevent_default();
        chosen.set(next);
    });
    let list = live(move || {
        let (hits, chosen) = (hits.get(), chosen.get());
        if hits.is_empty() {
            return view! { <p class="small ink2" role="status">"Nothing has this name, number or address."</p> }.into_any();
        }
        let lines: Vec<_> =
            hits.into_iter().enumerate().map(|(place, hit)| line(cx, place, hit, place == chosen)).collect();
        view! { <ul class="menu" id="hits" role="listbox" aria-label="Found">{lines}</ul> }.into_any()
    });
    // the dialog is open already, where `autofocus` comes too late
    spawn(async { dom::focus(TEXT) });
    let active = move || format!("hit-{}", chosen.get());
    view! {
        <form class="body stack tight" on:submit=go>
            <input class="input" id=TEXT type="search" autocomplete="off" spellcheck="false" maxlength="80"
                role="combobox" aria-expanded="true" aria-controls="hits" aria-activedescendant=active
                aria-label="Page, provider or address" placeholder="Page, provider or address" on:input=write on:keydown=step/>
            {list}
        </form>
    }
    .into_any()
}

fn line(cx: Cx, place: usize, hit: Hit, chosen: bool) -> AnyView {
    let href = cx.link(hit.leads);
    let close = press(move || cx.finder.set(false));
    let selected = if chosen { "true" } else { "false" };
    view! {
        <li role="presentation">
            <a id=format!("hit-{place}") role="option" aria-selected=selected tabindex="-1" href=href on:click=close>
                <span class="grow clip"><b>{hit.label}</b><br/><span class="xs muted">{hit.detail}</span></span>
            </a>
        </li>
    }
    .into_any()
}
