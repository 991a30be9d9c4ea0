//! What running a proposal's calls comes to.

use leptos::prelude::*;

use super::{
    proposal::Desk,
    settings::{difference, value},
};
use crate::{
    aztec::{
        Book, Deployment,
        abi::CATALOG,
        danger::check_failed,
        effects::emitted,
        read::{Moved, NoRehearsal, ProposalPage, Rehearsal},
    },
    chain::{Source, text::tame},
    tx::{Lexicon as _, simulate::Event},
    ui::{
        Cx,
        kit::{Figure, Written, icon},
    },
    units::format,
};

/// Events drawn.
const MOST: usize = 40;
/// Characters of a value drawn.
const VALUE: usize = 120;

/// The panel. Nothing where the proposal cannot be executed any more.
pub(super) fn rehearsal(desk: Desk, page: &ProposalPage) -> AnyView {
    let cx = desk.cx;
    let Some(contracts) = cx.scope.deployment() else { return ().into_any() };
    let found = desk.effects.get();
    let Some(result) = found.last().and_then(|at| at.value.rehearsal.clone()) else { return ().into_any() };
    let book = Book {
        contracts,
        names: cx.scope.names.get(),
        learned: cx.scope.transactions.learned(),
        vaults: cx.scope.known_vaults(),
    };
    let body = match result {
        Ok(run) => ran(cx, &book, page, &run),
        Err(why) => {
            let said = match why {
                NoRehearsal::NoEndpoint => {
                    "None of your endpoints can run calls without sending them (eth_simulateV1). Add one in Settings that can."
                }
                NoRehearsal::TooLarge => "It has more calls, or more bytes, than endpoints run at once.",
                NoRehearsal::Failed(_) => "It was not run: the endpoints did not answer. Rota tries again.",
            };
            view! { <div class="body"><p class="small ink2">{said}</p></div> }.into_any()
        }
    };
    view! {
        <section class="panel" aria-label="If it were executed"><header><h2>"If it were executed"</h2><p>"Run by Governance on a copy of the chain, nothing sent"</p></header>{body}</section>
    }
    .into_any()
}

fn ran(cx: Cx, book: &Book, page: &ProposalPage, run: &Rehearsal) -> AnyView {
    let contracts = &*book.contracts;
    let when = format::date_time(run.time, run.block.timestamp);
    let from = format!("From block {}, as if it were {when}.", format::count(run.block.number));
    let (tone, mark, what, why) = match &run.failed {
        None => ("ok", "check", "Every call succeeds".to_owned(), String::new()),
        Some((place, data)) => {
            let what = format!("Call {} reverts: executed now, the whole proposal would", place + 1);
            ("bad", "x", what, reason(contracts, page, *place, data))
        }
    };
    let gas = cx.sources.fig("Gas of all calls", Figure::Shown(Written::count(run.gas), source(run)), "w4");
    let moved = (!run.moved.is_empty()).then(|| settings(cx, book, &run.moved));
    let nothing = (run.moved.is_empty() && run.failed.is_none()).then(|| {
        view! { <p class="small ink2">"None of the settings that Rota knows of is another one afterwards."</p> }
    });
    view! {
        <div class="body stack tight">
            <p class=format!("status {tone}")>{icon(mark, 14)}<b>{what}</b></p>
            {(!why.is_empty()).then(|| view! { <p class="small">{why}</p> })}
            {nothing}
            <p class="muted xs">{from}" "{gas}" gas."</p>
        </div>
        {moved}
        {events(cx, book, &run.events)}
    }
    .into_any()
}

fn source(run: &Rehearsal) -> Source {
    let answer = format!("{} gas", run.gas);
    crate::chain::Origin::Node { method: "eth_simulateV1", answer, block: run.block.number }.into()
}

/// Why a call reverts, in the contract's own words.
fn reason(contracts: &Deployment, page: &ProposalPage, place: usize, data: &[u8]) -> String {
    let action = page.actions.get().and_then(|actions| actions.get(place));
    if action.is_some_and(|action| action.target == contracts.token.address) {
        return "Governance refuses every call of its own token.".to_owned();
    }
    if check_failed(data) {
        return "Less than two thirds of all stake are with the latest rollup: the wrapper refuses."
            .to_owned();
    }
    match CATALOG.error(data) {
        Some(error) => format!("It says {}.", tame(&error.text(), 200)),
        None if data.is_empty() => "It gives no reason.".to_owned(),
        None => format!("It says {}.", tame(&alloy_primitives::hex::encode_prefixed(data), 80)),
    }
}

fn settings(cx: Cx, book: &Book, moved: &[Moved]) -> AnyView {
    let line = |moved: &Moved| {
        let of = book.name(moved.of).unwrap_or_else(|| format::short_address(moved.of));
        let by = difference(&book.contracts, moved.unit, &moved.before, &moved.after);
        view! {
            <tr><td class="full">{moved.label}<span class="sub">{of}</span></td><td class="num" data-l="Before">{value(cx, book, moved.unit, &moved.before)}</td><td class="num" data-l="Afterwards"><b>{value(cx, book, moved.unit, &moved.after)}</b></td><td class="num" data-l="Change">{by}</td></tr>
        }
        .into_any()
    };
    let lines: Vec<_> = moved.iter().map(line).collect();
    view! {
        <div class="tablewrap"><table class="table tight cards"><thead><tr><th scope="col">"What changes"</th><th class="num" scope="col">"Before"</th><th class="num" scope="col">"Afterwards"</th><th class="num" scope="col">"Change"</th></tr></thead><tbody>{lines}</tbody></table></div>
    }
    .into_any()
}

fn events(cx: Cx, book: &Book, events: &[Event]) -> AnyView {
    if events.is_empty() {
        return ().into_any();
    }
    let more = events.len().saturating_sub(MOST);
    let more = (more > 0)
        .then(|| view! { <p class="muted xs">{format!("and {} more", format::count(more as u64))}</p> });
    let line = |event: &Event| {
        let by = book.name(event.address).unwrap_or_else(|| "Unknown contract".to_owned());
        let (name, words) = match emitted(&event.data) {
            Some(told) => {
                let word = |(name, value): (String, String)| tame(&format!("{name} {value}"), VALUE);
                (told.name, told.words.into_iter().map(word).collect::<Vec<_>>().join(", "))
            }
            None => ("Event that Rota does not know".to_owned(), String::new()),
        };
        view! { <li class="wrapany"><b class="small">{name}</b><span class="sub">{by}" "{cx.addr(event.address)}</span><span class="sub mono">{words}</span></li> }
            .into_any()
    };
    let lines: Vec<_> = events.iter().take(MOST).map(line).collect();
    view! { <div class="body rule"><h3>"Events that it causes"</h3><ol class="own">{lines}</ol>{more}</div> }
        .into_any()
}
