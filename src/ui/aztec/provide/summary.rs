use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::read::ProviderRow,
    chain::ReadError,
    state::{Page, Remote},
    ui::kit::{Figure, Written},
};

/// The managed provider in a few lines.
pub(super) fn facts(desk: Desk, provider_id: u64) -> AnyView {
    let cx = desk.cx;
    let row = |pick: fn(&ProviderRow) -> Figure| {
        let failure = desk.providers.with(|providers| match (providers.last(), providers.failure()) {
            // the list is read, but without such a provider
            (Some(_), _) => Some(ReadError::Empty),
            (None, failure) => failure.cloned(),
        });
        let found = desk.row(provider_id, pick);
        let aged = desk.providers.with(Remote::aged);
        Figure::within(found.as_ref(), failure.as_ref(), Figure::clone).aged(aged)
    };
    let commission = row(|row| Figure::of(&row.config, |config| config.take_rate.to_string().into()));
    let slots = row(|row| Figure::of(&row.open_slots, |n| Written::count(*n)));
    let summary = desk.stakes.with(|stakes| cx.scope.summary(stakes, provider_id));
    let sequencers = Figure::within(summary.as_ref(), None, |summary| {
        Figure::of(&summary.validating, |n| Written::count(*n))
    })
    .awaiting_events(cx.scope.events_in_trouble())
    .aged(desk.stakes.with(Remote::aged));
    let config = desk.config(provider_id);
    let foreign = config.zip(cx.account()).is_some_and(|(config, account)| config.admin != account);
    let foreign = (foreign && !desk.by_file(provider_id)).then(|| {
        view! { <p class="small warnc" role="status">"Your account is not the admin. Only the admin can change this provider."</p> }
    });
    let line = |name: &'static str, value: AnyView| view! { <dt>{name}</dt><dd>{value}</dd> }.into_any();
    let page = cx.link(Page::Provider { provider_id, standing: None });
    view! {
        <section class="panel">
            <header>
                <h2>{cx.scope.label(provider_id)}</h2>
                <div class="end"><a class="btn sm" href=page>"Public page"</a></div>
            </header>
            <div class="body">
                <dl class="facts end">
                    {line("Provider", provider_id.into_any())}
                    {line("Commission", cx.sources.fig("Commission", commission, "w4"))}
                    {line("Admin", config.map(|config| cx.addr(config.admin)).into_any())}
                    {line("Kind", super::handover::kind(desk))}
                    {line("Rewards recipient", config.map(|config| cx.addr(config.rewards_recipient)).into_any())}
                    {line("Sequencers validating", cx.sources.fig("Sequencers validating", sequencers, "w4"))}
                    {line("Open slots", cx.sources.fig("Open slots", slots, "w4"))}
                </dl>
                {foreign}
            </div>
        </section>
    }
    .into_any()
}
