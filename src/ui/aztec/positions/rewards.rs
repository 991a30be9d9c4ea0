use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};
use leptos::prelude::*;

use super::{Desk, Terms, act};
use crate::{
    aztec::{
        plan::{Claim, LeftOut, PlanError},
        positions::Sheet,
    },
    chain::Source,
    ui::{
        kit::{Figure, icon, press},
        text,
    },
    units::{Token, format},
};

/// What can be claimed at once, and what that brings to whom.
pub(super) fn rewards(desk: Desk) -> AnyView {
    let Some((sheet, contracts)) = desk.sheet.get().zip(desk.cx.scope.deployment()) else {
        return ().into_any();
    };
    let splits: Vec<Address> =
        sheet.lines.iter().filter_map(|line| Some(line.stake.delegation.as_ref()?.split)).collect();
    if splits.is_empty() {
        return ().into_any();
    }
    let body = match act::claim(desk, &splits) {
        Some(Ok(claim)) => offer(desk, &sheet, &contracts.token, &claim, splits),
        Some(Err(PlanError::NothingToClaim(left))) => nothing(&left, &contracts.token),
        Some(Err(error)) => {
            view! { <p class="status bad wrap">{icon("warn", 14)}{text::plan_error(&error, &contracts.token)}</p> }
                .into_any()
        }
        None => view! { <span class="skel w12"></span> }.into_any(),
    };
    view! { <section class="panel"><header><h2>"Claim rewards"</h2></header><div class="body stack">{body}</div></section> }
        .into_any()
}

fn offer(desk: Desk, sheet: &Sheet, token: &Token, claim: &Claim, splits: Vec<Address>) -> AnyView {
    let arrivals: Vec<_> = claim
        .arrivals
        .iter()
        .map(|arrival| {
            // another fee asset than the staked token is not among what Rota can name
            let known = arrival.token == token.address;
            let written = if known { desk.amount(arrival.amount) } else { arrival.amount.to_string().into() };
            let inputs =
                [("unclaimed", sheet.unclaimed.source.clone()), ("in the warehouse", sheet.stored.source.clone())];
            let source = Source::derived("shares of the splits that are claimed + what the warehouse holds", inputs);
            let name = format!("Arrives at {} in {}", arrival.recipient, arrival.token);
            let amount = desk.cx.sources.fig(name, Figure::Shown(written, source), "w8");
            let unit = (!known).then(|| view! { " of "{desk.cx.addr(arrival.token)} });
            view! { <div class="row apart"><b>{amount}{unit}</b><span class="small">"to "{desk.cx.addr(arrival.recipient)}</span></div> }
                .into_any()
        })
        .collect();
    let mut by_provider: BTreeMap<u64, (u64, U256, Source)> = BTreeMap::new();
    for line in &sheet.lines {
        if let (Some(made), Some(share)) = (&line.stake.delegation, &line.unclaimed)
            && let Some(amount) = share.get().filter(|amount| !amount.is_zero())
        {
            let first = || (0, U256::ZERO, share.source.clone());
            let (count, sum, _) = by_provider.entry(made.provider_id).or_insert_with(first);
            *count += 1;
            *sum = sum.saturating_add(*amount);
        }
    }
    let terms = Terms::of(desk);
    let rows: Vec<_> = by_provider
        .into_iter()
        .map(|(id, (count, sum, first))| {
            let name = format!("{}, {}", desk.cx.scope.label(id), format::plural(count, "split"));
            let source = Source::derived("sum of the shares of its splits", [("the first one", first)]);
            let figure = Figure::Shown(terms.bare(sum), source);
            let figure = desk.cx.sources.fig(format!("Unclaimed from provider {id}"), figure, "w8");
            view! { <dt>{name}</dt><dd>{figure}</dd> }.into_any()
        })
        .collect();
    let left = reasons(&claim.left_out, token);
    let steps = format::plural(claim.plan.steps.len() as u64, "transaction");
    let words = match desk.cx.shell.session.account() {
        Some(_) => format!("Claim all, {steps}"),
        None => "Connect a wallet to claim".to_owned(),
    };
    let stale = desk.cx.scope.head.stale.get();
    let go = press(move || act::propose_claim(desk, &splits));
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
fn reasons(left: &[LeftOut], token: &Token) -> Option<AnyView> {
    let lines: Vec<_> =
        left.iter().map(|left| view! { <li>{text::left_out(left, token)}</li> }.into_any()).collect();
    (!lines.is_empty()).then(|| view! { <ul class="muted xs">{lines}</ul> }.into_any())
}

/// Why there is nothing to send. Small amounts are the reason only where nothing else is.
fn nothing(left: &[LeftOut], token: &Token) -> AnyView {
    let dust = !left.is_empty() && left.iter().all(|left| matches!(left, LeftOut::Dust { .. }));
    if dust {
        return view! { <p class="muted">"Nothing to claim at present: what the splits hold is dust."</p> }
            .into_any();
    }
    view! { <p class="muted">"Nothing to claim at present."</p>{reasons(left, token)} }.into_any()
}
