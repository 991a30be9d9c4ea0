use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};
use leptos::prelude::*;

use super::{Desk, act, gaps::Of, history};
use crate::{
    aztec::{
        model::Delegation,
        plan::{Claim, LeftOut, PlanError},
        positions::{Sheet, Total},
    },
    chain::{Reading, Source},
    ui::{
        kit::{icon, press},
        text,
    },
    units::{Token, format},
};

/// What can be claimed at once, and what that brings to whom.
pub(super) fn rewards(desk: Desk) -> AnyView {
    let Some((sheet, contracts)) = desk.sheet.get().zip(desk.cx.scope.deployment()) else {
        return ().into_any();
    };
    let splits = sheet.splits();
    let stored = |total: &Total| total.stored.get().is_none_or(|amount| !amount.is_zero());
    if splits.is_empty() && !sheet.totals.iter().any(stored) {
        return ().into_any();
    }
    let missing = desk.missing(Of::Rewards).map(|said| format!("{said}: more may be there"));
    // while it is only awaited, beside the heading: a line that comes and goes would move the page
    let awaited = missing.clone().filter(|_| !desk.is_short()).map(|said| view! { <p>{said}</p> });
    let unread = missing.clone().filter(|_| desk.is_short()).map(more);
    let body = match act::claim(desk, &splits, true) {
        Some(Ok(claim)) => offer(desk, &sheet, &claim, (splits, missing.is_some())),
        Some(Err(PlanError::NothingToClaim(left))) => nothing(&left, &desk.tokens(), missing.is_some()),
        Some(Err(error)) => {
            view! { <p class="status bad wrap">{icon("warn", 14)}{text::plan_error(&error, &contracts.token)}</p> }
                .into_any()
        }
        None => view! { <span class="skel w12"></span> }.into_any(),
    };
    let so_far: Vec<_> = sheet.totals.iter().map(|total| history::so_far(desk, total)).collect();
    view! { <section class="panel"><header><h2>"Claim rewards"</h2>{awaited}</header><div class="body stack">{body}{unread}<dl class="facts end">{so_far}</dl></div></section> }
        .into_any()
}

fn offer(desk: Desk, sheet: &Sheet, claim: &Claim, (splits, is_part): (Vec<Address>, bool)) -> AnyView {
    let arrivals: Vec<_> = claim
        .arrivals
        .iter()
        .map(|arrival| {
            let total = sheet.total(arrival.token);
            let inputs = total.map(|total| {
                [
                    ("unclaimed", total.unclaimed.source.clone()),
                    ("in the warehouse", total.stored.source.clone()),
                ]
            });
            let formula = "shares of the splits that are claimed + what the warehouse holds";
            let source = Source::derived(formula, inputs.into_iter().flatten());
            let name = format!("Arrives at {} in {}", arrival.recipient, arrival.token);
            let figure = desk.coin(arrival.token, &Reading::new(arrival.amount, source));
            let amount = desk.cx.sources.fig(name, figure, "w8");
            view! { <div class="row apart"><b>{amount}</b><span class="small">"to "{desk.cx.addr(arrival.recipient)}</span></div> }
                .into_any()
        })
        .collect();
    let mut by_provider: BTreeMap<(Option<u64>, Address), (u64, U256, Source)> = BTreeMap::new();
    let of = |made: Option<&Delegation>| made.map(|made| made.provider_id);
    let own = sheet.lines.iter().filter(|line| line.stake.delegation.is_some());
    let own = own.map(|line| (of(line.stake.delegation.as_ref()), &line.gains));
    let others = sheet.received.iter().map(|received| (of(received.made.as_ref()), &received.gains));
    for (provider, gains) in own.chain(others) {
        for gain in gains {
            let Some(amount) = gain.unclaimed.get().filter(|amount| !amount.is_zero()) else { continue };
            let first = || (0, U256::ZERO, gain.unclaimed.source.clone());
            let key = (provider, gain.token);
            let (count, sum, _) = by_provider.entry(key).or_insert_with(first);
            *count += 1;
            *sum = sum.saturating_add(*amount);
        }
    }
    let rows: Vec<_> = by_provider
        .into_iter()
        .map(|((id, token), (count, sum, first))| {
            let of = id.map_or_else(|| "Not known of whom".to_owned(), |id| desk.cx.scope.label(id));
            let name = format!("{of}, {}", format::plural(count, "split"));
            let source = Source::derived("sum of the shares of its splits", [("the first one", first)]);
            let figure = desk.coin(token, &Reading::new(sum, source));
            let whose = id.map_or_else(|| "other splits".to_owned(), |id| format!("provider {id}"));
            let label = format!("Unclaimed from {whose} in {token}");
            view! { <dt>{name}</dt><dd>{desk.cx.sources.fig(label, figure, "w8")}</dd> }.into_any()
        })
        .collect();
    let left = reasons(&claim.left_out, &desk.tokens());
    let steps = format::plural(claim.plan.steps.len() as u64, "transaction");
    let words = match desk.cx.shell.session.account() {
        Some(_) if is_part => format!("Claim what is known, {steps}"),
        Some(_) => format!("Claim all, {steps}"),
        None => "Connect a wallet to claim".to_owned(),
    };
    let stale = desk.cx.scope.head.stale.get();
    let go = press(move || act::propose_claim(desk, &splits, true));
    view! {
        {arrivals}
        <dl class="facts end">{rows}</dl>
        {left}
        <button type="button" class="btn primary wide" disabled=stale on:click=go>{words}</button>
        <p class="muted xs">"Anyone can trigger this. The recipients and their shares cannot be changed."</p>
    }
    .into_any()
}

/// What stays, each with its reason.
fn reasons(left: &[LeftOut], tokens: &[Token]) -> Option<AnyView> {
    let lines: Vec<_> =
        left.iter().map(|left| view! { <li>{text::left_out(left, tokens)}</li> }.into_any()).collect();
    (!lines.is_empty()).then(|| view! { <ul class="muted xs">{lines}</ul> }.into_any())
}

/// That this is not all, or may not be.
fn more(missing: String) -> AnyView {
    view! { <p class="status warn wrap small">{icon("warn", 14)}{missing}"."</p> }.into_any()
}

/// Why there is nothing to send. Small amounts are the reason only where nothing else is.
fn nothing(left: &[LeftOut], tokens: &[Token], is_part: bool) -> AnyView {
    let dust = !left.is_empty() && left.iter().all(|left| matches!(left, LeftOut::Dust { .. }));
    let said = match (dust, is_part) {
        (true, false) => "Nothing to claim at present: what the splits hold is dust.",
        (true, true) => "Nothing to claim of what is known: those splits hold dust.",
        (false, false) => "Nothing to claim at present.",
        (false, true) => "Nothing to claim of what is known.",
    };
    let reasons = if dust { None } else { reasons(left, tokens) };
    view! { <p class="muted">{said}</p>{reasons} }.into_any()
}
