use leptos::prelude::*;

use super::Console;
use crate::{
    aztec::summary::summarise,
    chain::ReadError,
    state::{Page, Remote, Scope, Shell},
    ui::kit::{Addr, Fig, Figure, figure},
    units::format,
};

/// The managed provider in a few lines.
#[component]
pub(super) fn Facts(provider_id: u64) -> impl IntoView {
    let shell = expect_context::<Shell>();
    let scope = expect_context::<Scope>();
    let console = expect_context::<Console>();
    let row = move |pick: fn(&crate::aztec::read::ProviderRow) -> Figure| {
        figure(console.providers, move |at| {
            let found = at.value.rows.iter().find(|row| row.provider_id == provider_id);
            found.map_or(
                Figure::Shown("no such provider".to_owned().into(), at.value.total_staked.source.clone()),
                pick,
            )
        })
    };
    let commission = row(|row| Figure::of(&row.config, |config| config.take_rate.to_string().into()));
    let slots = row(|row| Figure::of(&row.open_slots, |n| format::count(*n).into()));
    let sequencers = Memo::new(move |_| {
        let (Some(contracts), Some(ledger)) = (scope.deployment(), scope.ledger.get()) else {
            return Figure::Loading;
        };
        let covered = ledger.covered.clone();
        let summary = console.stakes.with(|stakes| {
            let known = match stakes {
                Remote::Ready(at) | Remote::Stale(at, _) => Ok(&at.value),
                Remote::Failed(error) => Err(error),
                Remote::Loading => Err(&ReadError::LogsMissing),
            };
            summarise(&contracts, &ledger.history, covered.as_ref(), known, provider_id)
        });
        match Figure::of(&summary.validating, |n| format::count(*n).into()) {
            Figure::NotRead(ReadError::LogsMissing, _) => Figure::Loading,
            other => other,
        }
    });
    let config = Memo::new(move |_| console.config(provider_id));
    let explorer = move |address| scope.network.with_value(|network| network.explorer_address(address));
    let page = move || {
        format!("#{}", shell.route.with(|route| route.with(Page::Provider { provider_id, standing: None })))
    };
    let not_admin = move || match (config.get(), console.account.get()) {
        (Some(config), Some(account)) => config.admin != account,
        _ => false,
    };
    view! {
        <section class="panel">
            <header>
                <h2>{move || scope.names.with(|names| names.label(provider_id))}</h2>
                <div class="end"><a class="btn sm" href=page>"Public page"</a></div>
            </header>
            <div class="body">
                <dl class="facts end">
                    <dt>"Provider"</dt><dd>{provider_id}</dd>
                    <dt>"Commission"</dt><dd><Fig label="Commission" figure=commission/></dd>
                    <dt>"Admin"</dt><dd>{move || config.get().map(|config| view! { <Addr address=config.admin explorer=explorer(config.admin)/> })}</dd>
                    <dt>"Rewards recipient"</dt>
                    <dd>{move || config.get().map(|config| view! { <Addr address=config.rewards_recipient explorer=explorer(config.rewards_recipient)/> })}</dd>
                    <dt>"Sequencers validating"</dt><dd><Fig label="Sequencers validating" figure=sequencers/></dd>
                    <dt>"Open slots"</dt><dd><Fig label="Open slots" figure=slots/></dd>
                </dl>
                <Show when=not_admin><p class="small warnc" role="status">"Your account is not the admin. Only the admin can change this provider."</p></Show>
            </div>
        </section>
    }
}
