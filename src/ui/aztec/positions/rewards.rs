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
        Some(Err(PlanError::NothingToClaim)) => {
            view! { <p class="muted">"Nothing can be claimed at present: what there is is dust, or held back by its rollup, its split or its recipient."</p> }
                .into_any()
        }
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
    let left: Vec<_> = claim.left_out.iter().map(|left| said(left, token)).collect();
    let left: Vec<_> = left.into_iter().map(|line| view! { <li>{line}</li> }.into_any()).collect();
    let left = (!left.is_empty()).then(|| view! { <ul class="muted xs">{left}</ul> });
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

fn said(left: &LeftOut, token: &Token) -> String {
    let short = format::short_address;
    match left {
        LeftOut::Dust { split, share } => {
            format!("{} at split {} stays: less than it costs to move.", token.amount(*share), short(*split))
        }
        LeftOut::HeldBack { split, amount } => format!(
            "{} for split {} stays: its rollup does not pay rewards out at present.",
            token.amount(*amount),
            short(*split)
        ),
        LeftOut::NotRead { split } => format!("Split {} was not read, and is left out.", short(*split)),
        LeftOut::PurseNotRead { recipient } => {
            format!("What {} has in the warehouse was not read, and is left there.", short(*recipient))
        }
        LeftOut::Paused { split } => format!("Split {} is paused.", short(*split)),
        LeftOut::OnlyItself { recipient } => {
            format!("{} lets nobody withdraw for it; its share waits in the warehouse.", short(*recipient))
        }
    }
}
