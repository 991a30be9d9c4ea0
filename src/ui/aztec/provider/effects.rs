//! What the delegator gets, gives up and waits for, with this provider's and this chain's own figures.

use alloy_primitives::U256;
use leptos::prelude::*;

use super::{
    Desk,
    form::{Form, Missing},
};
use crate::{
    aztec::{RollupClock, read, rules::join_time},
    chain::{At, Origin, Reading, Source},
    state::{Cost, Remote},
    tx::Plan,
    ui::{
        aztec::words,
        kit::{Figure, Written, icon},
        text,
    },
    units::format,
};

fn point(mark: &str, text: AnyView) -> AnyView {
    view! { <li>{icon(mark, 14)}<span>{text}</span></li> }.into_any()
}

pub(super) fn gets(form: Form) -> AnyView {
    let desk = form.desk;
    let sources = desk.cx.sources;
    let share = desk
        .figure(|at| Figure::of(&at.value.config, |config| config.take_rate.complement().to_string().into()));
    let count = form.count.get();
    let power = desk.figure(|at| power(desk, &at.value.activation_threshold, count));
    let share = view! {
        <b>{sources.fig("Your share", share, "w4")}</b>" of the rewards that reach your split contract. The commission of "
        {sources.fig("Commission", desk.commission(), "w4")}" is frozen for this delegation, whatever the provider sets later."
    };
    let vote = view! { "The right to vote with "{sources.fig("Voting power", power, "w8")}". Unless you delegate it, the rollup may vote yes with it." };
    view! {
        <div>
            <h3>"You get"</h3>
            <ul class="trade">
                {point("plus", share.into_any())}
                {point("plus", vote.into_any())}
                {point("plus", "The right to exit without asking the provider.".into_any())}
            </ul>
        </div>
    }
    .into_any()
}

pub(super) fn gives_up(desk: Desk) -> AnyView {
    let sources = desk.cx.sources;
    let exit =
        desk.figure(|at| Figure::of(&at.value.exit_terms, |terms| format::duration(terms.duration()).into()));
    let contracts = desk.cx.scope.deployment();
    let threshold = |reading: Option<&Reading<U256>>| {
        Figure::within(reading, None, |reading| Figure::of(reading, |raw| desk.amount(*raw)))
    };
    let canonical = contracts.as_ref().map(|contracts| contracts.canonical());
    let local = threshold(canonical.map(|rollup| &rollup.local_ejection_threshold));
    let global = threshold(canonical.map(|rollup| &rollup.ejection_threshold));
    let liquidity = view! {
        "Liquidity. An exit started now takes "<b>{sources.fig("Time an exit takes", exit, "w8")}</b>
        ". No part of a stake can leave alone."
    };
    let slashing = view! {
        "Up to the whole stake to slashing. Below "{sources.fig("Local ejection threshold", local, "w8")}
        " the rollup ejects a sequencer, below "{sources.fig("Ejection threshold", global, "w8")}" the GSE does."
    };
    view! {
        <div>
            <h3>"You give up"</h3>
            <ul class="trade">
                {point("minus", liquidity.into_any())}
                {point("minus", "Control of where rewards go. The provider’s node names the receiver of each reward; nothing on chain makes it name your split contract.".into_any())}
                {point("minus", slashing.into_any())}
            </ul>
        </div>
    }
    .into_any()
}

pub(super) fn terms(
    form: Form,
    plan: Memo<Result<Plan, Missing>>,
    cost: ReadSignal<Remote<Cost>>,
) -> AnyView {
    const LATER: &str = "known when you can delegate";
    let desk = form.desk;
    let sources = desk.cx.sources;
    let count = form.count.get();
    let ahead = desk.figure(|at| match desk.cx.scope.deployment() {
        Some(contracts) => Figure::of(&at.value.queues[contracts.canonical].length, |n| Written::count(*n)),
        None => Figure::Loading,
    });
    let starts = desk.figure(|at| starts(desk, at, count));
    let duty = desk.figure(|at| match desk.cx.scope.deployment() {
        Some(contracts) => first_duty(&at.value.duty_lag_epochs, &contracts.canonical().clock),
        None => Figure::Loading,
    });
    let transactions = plan.with(|plan| match plan {
        Err(_) => LATER.to_owned(),
        Ok(plan) if form.source.get().is_some() => {
            format!("{}, without what is done already", plan.steps.len())
        }
        Ok(plan) => match (plan.steps.len() as u64).saturating_sub(count) {
            0 => format!("{count}, the allowance is enough"),
            _ => format!("{} (1 approval, {})", plan.steps.len(), format::plural(count, "stake")),
        },
    });
    let gas = match (plan.with(Result::is_ok), cost.get()) {
        (false, _) => LATER.into_any(),
        (true, cost) => {
            let figure = Figure::within(cost.last(), cost.failure(), |cost| price(cost));
            sources.fig("Gas, estimated", figure, "w12")
        }
    };
    let line = |name: &'static str, value: AnyView| view! { <dt>{name}</dt><dd>{value}</dd> }.into_any();
    view! {
        <dl class="facts end terms">
            {line("Deposits ahead in the queue", sources.fig("Entry queue", ahead, "w4"))}
            {line("Starts validating", sources.fig("Earliest start", starts, "w12"))}
            {line("First duty", sources.fig("First duty", duty, "w12"))}
            {line("Transactions", transactions.into_any())}
            {line("Gas, estimated", gas)}
        </dl>
    }
    .into_any()
}

/// When the last of `count` deposits joins at the earliest.
fn starts(desk: Desk, at: &At<read::ProviderPage>, count: u64) -> Figure {
    let Some(contracts) = desk.cx.scope.deployment() else { return Figure::Loading };
    let queue = &at.value.queues[contracts.canonical];
    let source = Source::derived(
        "epochs until (place − available) is admitted at flush size per epoch; earliest, if every epoch is flushed",
        [
            ("place: queue length", queue.length.source.clone()),
            ("available", queue.available.source.clone()),
            ("flush size", queue.flush_size.source.clone()),
            ("epochs", contracts.canonical().clock.source.clone()),
        ],
    );
    match (queue.length.need(), at.value.queue.clone()) {
        (Ok(length), Ok(state)) => {
            let last = length + count.saturating_sub(1);
            Figure::Shown(words::join(join_time(last, state), at.block.timestamp).into(), source)
        }
        (Err(error), _) | (_, Err(error)) => Figure::NotRead(error, Some(source)),
    }
}

/// What all steps cost together.
fn price(cost: &Cost) -> Figure {
    let Cost { gas, block, fees } = *cost;
    let node = |method, answer, block| Source::from(Origin::Node { method, answer, block });
    let simulated = gas.map_or_else(|| "not simulated".to_owned(), |gas| gas.to_string());
    let source = Source::derived(
        "gas × (base fee + tip), rounded up",
        [
            ("gas", node("eth_simulateV1 of all steps", simulated, block)),
            ("base fee", Origin::Block { field: "baseFeePerGas", block: fees.block }.into()),
            ("tip", node("eth_maxPriorityFeePerGas", format!("{} wei", fees.tip), fees.block)),
        ],
    );
    Figure::Shown(text::cost(gas, Some(fees)).into(), source)
}

/// What the stakes may vote with.
fn power(desk: Desk, one: &Reading<U256>, sequencers: u64) -> Figure {
    let source =
        Source::derived("amount of one stake × sequencers", [("amount of one stake", one.source.clone())]);
    let all = Reading { value: one.value.clone(), source };
    Figure::of(&all, |one| desk.amount(one.saturating_mul(U256::from(sequencers))))
}

/// How long after it joins a sequencer can be in a committee.
fn first_duty(lag: &Reading<u64>, clock: &Reading<RollupClock>) -> Figure {
    let inputs = [("lag", lag.source.clone()), ("length of an epoch", clock.source.clone())];
    let source = Source::derived("lag in epochs × length of an epoch", inputs);
    let value = lag.need().and_then(|epochs| Ok(epochs.saturating_mul(clock.need()?.epoch_secs())));
    Figure::of(&Reading { value, source }, |secs| {
        format!("{} later at the earliest", format::duration(*secs)).into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::ReadError;

    #[test]
    fn the_first_duty_is_unread_only_when_a_read_failed() {
        let source = || Source::from(Origin::Derived { formula: "a test", inputs: Vec::new() });
        let clock = Reading::new(RollupClock { genesis: 0, slot: 72, epoch: 32 }, source());
        let Figure::Shown(said, from) = first_duty(&Reading::new(2, source()), &clock) else {
            panic!("not shown")
        };
        assert_eq!(said, Written::Text("1 h 16 min later at the earliest".to_owned()));
        let Origin::Derived { inputs, .. } = &*from.0 else { panic!("not computed") };
        assert_eq!(inputs.len(), 2);
        let unread = Reading { value: Err(ReadError::Decode), source: source() };
        assert!(matches!(first_duty(&unread, &clock), Figure::NotRead(_, Some(_))));
    }
}
