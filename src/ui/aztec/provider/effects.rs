use alloy_primitives::U256;
use leptos::prelude::*;

use super::{Screen, form::Form};
use crate::{
    aztec::rules::join_time,
    chain::Source,
    state::Scope,
    ui::{
        aztec::words,
        kit::{Fig, Figure, Icon, Written, figure},
    },
    units::format,
};

/// What the delegator gets, gives up and waits for, with this provider's and this chain's own figures.
#[component]
pub(super) fn Effects() -> impl IntoView {
    view! {
        <Gets/>
        <GivesUp/>
        <Terms/>
    }
}

fn voting_power(scope: Scope, screen: Screen, form: Form) -> Option<String> {
    let one =
        screen.page.with(|page| page.last().and_then(|at| at.value.activation_threshold.get().copied()))?;
    let contracts = scope.deployment()?;
    Some(contracts.token.amount(one.saturating_mul(U256::from(form.count.get()))))
}

#[component]
fn Gets() -> impl IntoView {
    let scope = expect_context::<Scope>();
    let screen = expect_context::<Screen>();
    let form = expect_context::<Form>();
    let share = figure(screen.page, |at| {
        Figure::of(&at.value.config, |config| config.take_rate.complement().to_string().into())
    });
    let rate =
        figure(screen.page, |at| Figure::of(&at.value.config, |config| config.take_rate.to_string().into()));
    view! {
        <div>
            <h3>"You get"</h3>
            <ul class="trade">
                <li><Icon name="plus" size=14/><span>
                    <b><Fig label="Your share" figure=share/></b>" of the rewards that reach your split contract. The commission of "
                    <Fig label="Commission" figure=rate/>" is frozen for this delegation, whatever the provider sets later."
                </span></li>
                <li><Icon name="plus" size=14/><span>
                    "The right to vote with "{move || voting_power(scope, screen, form)}". Unless you delegate it, the rollup may vote yes with it."
                </span></li>
                <li><Icon name="plus" size=14/><span>"The right to exit without asking the provider."</span></li>
            </ul>
        </div>
    }
}

#[component]
fn GivesUp() -> impl IntoView {
    let scope = expect_context::<Scope>();
    let screen = expect_context::<Screen>();
    let exit = figure(screen.page, |at| {
        Figure::of(&at.value.exit_terms, |terms| format::duration(terms.duration()).into())
    });
    let threshold = move |pick: fn(&crate::aztec::Rollup) -> &crate::chain::Reading<U256>| {
        Memo::new(move |_| match scope.deployment() {
            Some(contracts) => {
                Figure::of(pick(contracts.canonical()), |raw| Written::amount(&contracts.token, *raw))
            }
            None => Figure::Loading,
        })
    };
    let (local, global) = (
        threshold(|rollup| &rollup.local_ejection_threshold),
        threshold(|rollup| &rollup.ejection_threshold),
    );
    view! {
        <div>
            <h3>"You give up"</h3>
            <ul class="trade">
                <li><Icon name="minus" size=14/><span>
                    "Liquidity. An exit started now takes "<b><Fig label="Time an exit takes" figure=exit/></b>
                    ". No part of a stake can leave alone."
                </span></li>
                <li><Icon name="minus" size=14/><span>
                    "Control of where rewards go. The provider’s node names the receiver of each reward; nothing on chain makes it name your split contract."
                </span></li>
                <li><Icon name="minus" size=14/><span>
                    "Up to the whole stake to slashing. Below "<Fig label="Local ejection threshold" figure=local width="w8"/>
                    " the rollup ejects a sequencer, below "<Fig label="Ejection threshold" figure=global width="w8"/>" the GSE does."
                </span></li>
            </ul>
        </div>
    }
}

#[component]
fn Terms() -> impl IntoView {
    let scope = expect_context::<Scope>();
    let screen = expect_context::<Screen>();
    let form = expect_context::<Form>();
    let starts = figure(screen.page, move |at| {
        let Some(contracts) = scope.deployment() else { return Figure::Loading };
        let page = &at.value;
        let queue = &page.queues[contracts.canonical];
        let source = Source::derived(
            "epochs until (place − available) is admitted at flush size per epoch; earliest, if every epoch is flushed",
            [
                ("place: queue length", queue.length.source.clone()),
                ("available", queue.available.source.clone()),
                ("flush size", queue.flush_size.source.clone()),
            ],
        );
        match (queue.length.need(), page.queue.clone()) {
            (Ok(length), Ok(state)) => {
                let last = length + form.count.get().saturating_sub(1);
                let said = words::join(join_time(last, state), at.block.timestamp);
                Figure::Shown(said.into(), source)
            }
            (Err(error), _) | (_, Err(error)) => Figure::NotRead(error, Some(source)),
        }
    });
    let ahead = figure(screen.page, move |at| match scope.deployment() {
        Some(contracts) => {
            Figure::of(&at.value.queues[contracts.canonical].length, |n| format::count(*n).into())
        }
        None => Figure::Loading,
    });
    let lag = move || {
        let epochs =
            screen.page.with(|page| page.last().and_then(|at| at.value.duty_lag_epochs.get().copied()))?;
        let clock = scope.deployment()?.canonical().clock.clone().ok()?;
        Some(format!("{} later at the earliest", format::duration(epochs * clock.epoch_secs())))
    };
    let gas = scope.gas(Signal::derive(move || form.plan(scope, screen).ok()));
    view! {
        <dl class="facts end terms">
            <dt>"Deposits ahead in the queue"</dt><dd><Fig label="Entry queue" figure=ahead/></dd>
            <dt>"Starts validating"</dt><dd><Fig label="Earliest start" figure=starts width="w12"/></dd>
            <dt>"First duty"</dt><dd>{move || lag().unwrap_or_else(|| "Not read".to_owned())}</dd>
            <dt>"Transactions"</dt><dd>{move || form.plan(scope, screen).map_or_else(
                |_| "known when you can delegate".to_owned(),
                |plan| {
                    let stakes = form.count.get();
                    let approvals = plan.steps.len() as u64 - stakes;
                    if approvals > 0 { format!("{} (1 approval, {})", plan.steps.len(), format::plural(stakes, "stake")) } else { format!("{stakes}, the allowance is enough") }
                },
            )}</dd>
            <dt>"Gas, estimated"</dt><dd>{move || gas.get().unwrap_or_else(|| "known when you can delegate".to_owned())}</dd>
        </dl>
    }
}
