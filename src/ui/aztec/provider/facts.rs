use leptos::prelude::*;

use super::Screen;
use crate::{
    aztec::summary::{Summary, summarise},
    chain::{ReadError, Source, text::https_link},
    state::{Remote, Scope, endpoint_label},
    ui::kit::{Addr, Fig, Figure, Icon, Ident, Shape, Written, figure},
    units::{Ratio, format},
};

/// The provider's sequencers and stake, summed up.
pub(super) fn summary(scope: Scope, screen: Screen) -> Memo<Option<Summary>> {
    Memo::new(move |_| {
        let contracts = scope.deployment()?;
        let ledger = scope.ledger.get()?;
        let covered = ledger.covered.clone();
        Some(screen.stakes.with(|stakes| {
            let missing = ReadError::LogsMissing;
            let known = match stakes {
                Remote::Ready(at) | Remote::Stale(at, _) => Ok(&at.value),
                Remote::Failed(error) => Err(error),
                Remote::Loading => Err(&missing),
            };
            summarise(&contracts, &ledger.history, covered.as_ref(), known, screen.provider_id)
        }))
    })
}

fn of_summary(
    summary: Memo<Option<Summary>>,
    pick: impl Fn(&Summary) -> Figure + Send + Sync + 'static,
) -> Signal<Figure> {
    Memo::new(move |_| {
        summary.with(|summary| match summary.as_ref().map(&pick) {
            None | Some(Figure::NotRead(ReadError::LogsMissing, _)) => Figure::Loading,
            Some(figure) => figure,
        })
    })
    .into()
}

/// Who it is, and its figures.
#[component]
pub(super) fn Facts() -> impl IntoView {
    let scope = expect_context::<Scope>();
    let screen = expect_context::<Screen>();
    let provider_id = screen.provider_id;
    let name = Memo::new(move |_| scope.names.with(|names| names.get(provider_id).cloned()));
    let config = Memo::new(move |_| {
        screen.page.with(|page| page.last().and_then(|at| at.value.config.get().copied()))
    });
    let explorer = move |address| scope.network.with_value(|network| network.explorer_address(address));
    let site = move || {
        let site = name.get()?.website?;
        let href = https_link(&site)?.to_owned();
        Some(view! {
            <span class="row gap5">
                <Icon name="globe" size=14/>
                <a href=href target="_blank" rel="noopener noreferrer">{endpoint_label(&site)}</a>
                <span class="muted xs">"its own claim, unverified"</span>
            </span>
        })
    };
    let audit = move || {
        let audit = name.get()?.audit?;
        Some(view! {
            <span class="row gap5">
                <Icon name="info" size=14/>
                <a href=audit target="_blank" rel="noopener noreferrer">"Says it pays rewards outside the protocol"</a>
            </span>
        })
    };
    let accounts = move || {
        config.get().map(|config| view! {
        <span class="row gap5">"Admin "<Addr address=config.admin explorer=explorer(config.admin)/></span>
        <span class="row gap5">"Commission goes to "<Addr address=config.rewards_recipient explorer=explorer(config.rewards_recipient)/></span>
    })
    };
    view! {
        <section class="panel">
            <div class="ph">
                <div class="row fix gap16">
                    {move || match config.get() {
                        Some(config) => view! { <Ident address=config.admin shape=Shape::Square size=56/> }.into_any(),
                        None => view! { <span class="skel mark56"></span> }.into_any(),
                    }}
                    <div class="min0">
                        <h1>{move || scope.names.with(|names| names.label(provider_id))}</h1>
                        <div class="row small ink2 wide-gap">
                            {site}
                            <span class="muted">{format!("Provider {provider_id}")}</span>
                            {accounts}
                            {audit}
                        </div>
                    </div>
                </div>
            </div>
            <Readouts/>
        </section>
    }
}

#[component]
fn Readouts() -> impl IntoView {
    let scope = expect_context::<Scope>();
    let screen = expect_context::<Screen>();
    let summary = summary(scope, screen);
    let commission =
        figure(screen.page, |at| Figure::of(&at.value.config, |config| config.take_rate.to_string().into()));
    let slots = figure(screen.page, |at| Figure::of(&at.value.open_slots, |n| format::count(*n).into()));
    let sequencers =
        of_summary(summary, |summary| Figure::of(&summary.validating, |n| format::count(*n).into()));
    let stake = of_summary(summary, move |summary| {
        Figure::of(&summary.stake, |raw| match scope.deployment() {
            Some(contracts) => Written::amount(&contracts.token, *raw),
            None => Written::Text(raw.to_string()),
        })
    });
    let share = move || {
        let summary = summary.get()?;
        let total = screen.page.with(|page| page.last().map(|at| at.value.total_staked.clone()))?;
        let ratio = Ratio::new(*summary.stake.get()?, *total.get()?)?;
        let source = Source::derived(
            "stake / all stake of all rollups",
            [("stake", summary.stake.source), ("all stake", total.source)],
        );
        Some(view! {
            <Fig label="Share of all stake" figure=Signal::stored(Figure::Shown(ratio.percent().into(), source))/>" of all stake"
        })
    };
    let others = move || {
        summary.get().filter(|summary| summary.validating.value.is_ok()).map(|summary| {
            let parts = [(summary.queued, "queued"), (summary.leaving, "leaving")];
            let said: Vec<_> =
                parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
            if said.is_empty() {
                "all validating".to_owned()
            } else {
                format!("validating; {}", said.join(", "))
            }
        })
    };
    view! {
        <div class="readouts four">
            <div class="readout">
                <div class="k">"Commission now"</div>
                <div class="v"><Fig label="Commission" figure=commission/></div>
                <div class="s">"on new delegations; frozen for each when it is made"</div>
            </div>
            <div class="readout">
                <div class="k">"Stake"</div>
                <div class="v"><Fig label="Stake" figure=stake width="w8"/></div>
                <div class="s">{share}</div>
            </div>
            <div class="readout">
                <div class="k">"Sequencers"</div>
                <div class="v"><Fig label="Sequencers validating" figure=sequencers/></div>
                <div class="s">{others}</div>
            </div>
            <div class="readout">
                <div class="k">"Open slots"</div>
                <div class="v"><Fig label="Open slots" figure=slots/></div>
                <div class="s">"keys left in its queue"</div>
            </div>
        </div>
    }
}
