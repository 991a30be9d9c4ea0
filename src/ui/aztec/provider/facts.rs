use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::summary::Summary,
    chain::text::https_link,
    state::endpoint_label,
    ui::kit::{Figure, Shape, Written, icon, ident, readout},
};

/// Who it is.
pub(super) fn identity(desk: Desk) -> AnyView {
    let Desk { cx, provider_id, .. } = desk;
    let entry = cx.scope.names.with(|names| names.get(provider_id).cloned());
    let config = desk.config();
    let mark = match config {
        Some(config) => ident(config.admin, Shape::Square, 56),
        None => view! { <span class="skel mark56"></span> }.into_any(),
    };
    let (site, audit) = entry.map_or((None, None), |entry| (entry.website, entry.audit));
    let site = site.as_deref().and_then(https_link).map(|href| {
        view! {
            <span class="row gap5">
                {icon("globe", 14)}
                <a href=href.to_owned() target="_blank" rel="noopener noreferrer">{endpoint_label(href)}</a>
                <span class="muted xs">"its own claim, unverified"</span>
            </span>
        }
    });
    let audit = audit.as_deref().and_then(https_link).map(|href| {
        view! {
            <span class="row gap5">
                {icon("info", 14)}
                <a href=href.to_owned() target="_blank" rel="noopener noreferrer">"Says it pays rewards outside the protocol"</a>
            </span>
        }
    });
    let accounts = config.map(|config| {
        view! {
            <span class="row gap5">"Admin "{cx.addr(config.admin)}</span>
            <span class="row gap5">"Commission goes to "{cx.addr(config.rewards_recipient)}</span>
        }
    });
    view! {
        <div class="ph">
            <div class="row fix gap16">
                {mark}
                <div class="min0">
                    <h1>{cx.scope.label(provider_id)}</h1>
                    <div class="row small ink2 wide-gap">
                        {site}
                        <span class="muted">{format!("Provider {provider_id}")}</span>
                        {accounts}
                        {audit}
                    </div>
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// Its figures.
pub(super) fn readouts(desk: Desk) -> AnyView {
    let sources = desk.cx.sources;
    let summary = desk.summary();
    let slots = desk.figure(|at| Figure::of(&at.value.open_slots, |n| Written::count(*n)));
    let sequencers =
        desk.summed(summary.as_ref(), |summary| Figure::of(&summary.validating, |n| Written::count(*n)));
    let stake = desk.summed(summary.as_ref(), |summary| Figure::of(&summary.stake, |raw| desk.amount(*raw)));
    let share = summary.as_ref().and_then(share).map(|share| {
        view! { {sources.fig("Share of all stake", share, "w4")}" of all stake" }
    });
    view! {
        <div class="readouts four">
            {readout("Commission now", sources.fig("Commission", desk.commission(), "w4"), "on new delegations; frozen for each when it is made".into_any())}
            {readout("Stake", sources.fig("Stake", stake, "w8"), share.into_any())}
            {readout("Sequencers", sources.fig("Sequencers validating", sequencers, "w4"), summary.as_ref().and_then(others).into_any())}
            {readout("Open slots", sources.fig("Open slots", slots, "w4"), "keys left in its queue".into_any())}
        </div>
    }
    .into_any()
}

fn share(summary: &Summary) -> Option<Figure> {
    summary.share().map(|share| Figure::of(&share, |ratio| ratio.percent().into()))
}

fn others(summary: &Summary) -> Option<String> {
    summary.validating.get()?;
    let parts = [(summary.queued, "queued"), (summary.leaving, "leaving")];
    let said: Vec<_> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    Some(if said.is_empty() {
        "all validating".to_owned()
    } else {
        format!("validating; {}", said.join(", "))
    })
}
