use leptos::prelude::*;

use super::proposal::Desk;
use crate::{
    aztec::read::{How, Origin, ProposalPage, Steadiness, Unlocks},
    chain::text::https_link,
    ui::kit::{Figure, Written},
    units::format,
};

/// What the payload says about itself. A link only where it is plainly one; always as a stranger's words.
pub(super) fn uri(page: &ProposalPage) -> AnyView {
    match &page.row.uri.value {
        Ok(uri) if uri.is_empty() => "The payload says nothing about itself.".into_any(),
        Ok(uri) => match https_link(uri) {
            Some(link) => view! {
                <a href=link.to_owned() target="_blank" rel="noopener noreferrer nofollow">{link.to_owned()}</a><span class="muted">" — the payload’s own words, not checked"</span>
            }
            .into_any(),
            None => view! { <span class="wrapany">{uri.clone()}</span><span class="muted">" — the payload’s own words, not checked"</span> }.into_any(),
        },
        Err(_) => "What the payload says about itself was not read.".into_any(),
    }
}

/// Where a proposal comes from.
pub(super) fn origin(desk: Desk, page: &ProposalPage) -> AnyView {
    let cx = desk.cx;
    let known = cx.sources.fig(
        "Origin",
        Figure::of(&page.origin, |origin| {
            Written::Text(match origin {
                Origin::Locked => "Proposed with locked tokens".to_owned(),
                Origin::Signalled { .. } => "Signalled by sequencers".to_owned(),
            })
        }),
        "w12",
    );
    let rest = page.origin.get().map(|origin| match origin {
        Origin::Locked => ". No sequencer signalled for it, and stake does not vote for it by default.".into_any(),
        Origin::Signalled { rollup } => {
            let version = cx.scope.deployment().and_then(|contracts| {
                contracts.rollup(*rollup).map(|rollup| format!("rollup {}", rollup.version))
            });
            view! { " of "{version.unwrap_or_else(|| "a rollup that the registry does not list".to_owned())}" "{cx.addr(*rollup)} }.into_any()
        }
    });
    let payload = page.row.proposal.get().map(|proposal| proposal.payload);
    let payload = match (page.row.original, payload) {
        (Some(original), Some(wrapper)) => view! {
            <p class="small ink2">"Payload "{cx.addr(original)}", in the wrapper "{cx.addr(wrapper)}" that also checks where the stake is"</p>
        }
        .into_any(),
        (None, Some(payload)) => view! { <p class="small ink2">"Payload "{cx.addr(payload)}</p> }.into_any(),
        _ => ().into_any(),
    };
    view! { <p class="small ink2">{known}{rest}" "{begun(desk)}</p>{payload}{code(desk, page)} }.into_any()
}

/// The transaction that made it: who sent it, and what it locked or submitted.
fn begun(desk: Desk) -> AnyView {
    let cx = desk.cx;
    let found = desk.past.get();
    let (Some(at), Some(contracts)) = (found.last(), cx.scope.deployment()) else { return ().into_any() };
    let now = cx.scope.head.now().unwrap_or_default();
    let Some(begun) = at.value.begun.get().copied() else {
        let unread = Figure::of(&at.value.begun, |_| Written::Text(String::new()));
        return view! { "Who submitted it: "{cx.sources.fig("Submitted by", unread, "w8")} }.into_any();
    };
    let what = match begun.how {
        How::Lock { amount, returns_to, withdrawal } => {
            let held = Written::amount(&contracts.token, amount);
            let held = cx.sources.fig("Locked", Figure::of(&at.value.begun, |_| held), "w8");
            let back = at.value.lock.as_ref().map(|unlocks| {
                let written = |unlocks: &Unlocks| {
                    let when = format::date_time(unlocks.at, now);
                    Written::Text(if unlocks.claimed {
                        format!("paid back, unlocked {when}")
                    } else {
                        format!("from {when} on")
                    })
                };
                cx.sources.fig("Lock returns", Figure::of(unlocks, written), "w8")
            });
            view! { " "{held}" are locked as withdrawal "{withdrawal}"; they return to "{cx.addr(returns_to)}" "{back}"." }.into_any()
        }
        How::Round(round) => format!(" It won round {}.", format::count(round)).into_any(),
        How::Unknown => ().into_any(),
    };
    view! { "Submitted by "{cx.addr(begun.sender)}" in "{cx.hash(begun.tx)}"."{what} }.into_any()
}

/// The code of the payload that was written, by its hash.
fn code(desk: Desk, page: &ProposalPage) -> AnyView {
    let found = desk.effects.get();
    let Some(at) = found.last() else { return ().into_any() };
    let Some(proposal) = page.row.proposal.get() else { return ().into_any() };
    let written = page.row.original.unwrap_or(proposal.payload);
    let Some(code) = at.value.codes.get(&written) else { return ().into_any() };
    let empty = code.get().is_some_and(|code| code.size == 0);
    let figure = Figure::of(code, |code| {
        Written::Text(format!("{}, {} bytes", format::short_hash(code.hash), format::count(code.size as u64)))
    });
    let steady = match &at.value.steadiness {
        Ok(Steadiness::Steady { since: Some(block) }) => {
            format!(" It answers the same as at block {}, whoever asks.", format::count(*block))
        }
        Ok(Steadiness::Steady { since: None }) => " It answers Governance the same as Rota.".to_owned(),
        _ => String::new(),
    };
    let warn =
        empty.then(|| view! { <span class="warnc">" There is no contract: it cannot be executed."</span> });
    view! { <p class="small ink2">"Code hash "{desk.cx.sources.fig("Code hash of the payload", figure, "w12")}"."{steady}{warn}</p> }.into_any()
}
