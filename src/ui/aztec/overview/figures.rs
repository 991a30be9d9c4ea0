use leptos::prelude::*;

use super::{Desk, leaving::leaving};
use crate::{
    aztec::{
        Deployment,
        read::{Change, Pulse, RollupPulse},
        rules::{JoinTime, QueueState, join_time},
        summary::rest,
    },
    chain::{ReadError, Reading, Source},
    ui::kit::{Figure, Written, readout},
    units::{Token, format},
};

/// The row of figures below the clock.
pub(super) fn figures(desk: Desk) -> AnyView {
    let contracts = desk.cx.scope.deployment();
    let found = desk.pulse.get();
    let pulse = found.last().map(|at| &at.value);
    let absent = found.failure();
    let figure = |pick: &dyn Fn(&Pulse, &Deployment) -> Figure| {
        Figure::within(pulse.zip(contracts.as_deref()).as_ref(), absent, |(pulse, contracts)| {
            pick(pulse, contracts)
        })
    };
    let fig = |label: &'static str, figure: Figure, width| desk.cx.sources.fig(label, figure, width);
    let below = |pick: &dyn Fn(&Pulse, &Deployment) -> Option<String>| {
        pulse.zip(contracts.as_deref()).and_then(|(pulse, contracts)| pick(pulse, contracts)).into_any()
    };
    let canonical = |pulse: &Pulse, contracts: &Deployment| pulse.rollups[contracts.canonical].clone();
    let staked = figure(&|pulse, contracts| {
        Figure::of(&pulse.total_staked, |raw| Written::amount(&contracts.token, *raw))
    });
    let queued =
        figure(&|pulse, contracts| Figure::of(&canonical(pulse, contracts).queued, |n| Written::count(*n)));
    let reward = figure(&|pulse, contracts| {
        Figure::of(&canonical(pulse, contracts).reward, |raw| Written::amount(&contracts.token, *raw))
    });
    view! {
        <div class="readouts pulse">
            {readout("Total staked", fig("Total staked", staked, "w8"), below(&|pulse, contracts| Some(change(pulse.day.get()?, &contracts.token))))}
            {readout("Validating sequencers", fig("Validating sequencers", figure(&|pulse, _| Figure::of(&active(pulse), |n| Written::count(*n))), "w4"), below(&|pulse, contracts| versions(desk, pulse, contracts)))}
            {readout("Entry queue", fig("Entry queue", queued, "w4"), below(&|pulse, contracts| waiting(&canonical(pulse, contracts), contracts, desk)))}
            {readout("Reward per checkpoint", fig("Reward per checkpoint", reward, "w8"), below(&|pulse, contracts| earned(&canonical(pulse, contracts), &contracts.token)))}
            {leaving(desk)}
        </div>
    }
    .into_any()
}

fn change(day: &Change, token: &Token) -> String {
    let (sign, amount) = if day.now >= day.before {
        ("+", day.now.saturating_sub(day.before))
    } else {
        ("\u{2212}", day.before.saturating_sub(day.now))
    };
    if amount.is_zero() {
        return "as a day ago; without queue and exits".to_owned();
    }
    format!("{sign}{} in 24 h; without queue and exits", token.amount(amount))
}

/// Of all rollups.
fn active(pulse: &Pulse) -> Reading<u64> {
    let value: Result<u64, ReadError> = pulse.rollups.iter().map(|rollup| rollup.active.need()).sum();
    let inputs = pulse.rollups.iter().map(|rollup| ("one rollup", rollup.active.source.clone()));
    Reading { value, source: Source::derived("sum of getActiveAttesterCount() over all rollups", inputs) }
}

/// Sequencers that no provider runs, once that is known.
fn own(desk: Desk) -> Option<u64> {
    let (providers, stakes) = (desk.providers.get(), desk.stakes.get());
    let rows = &providers.last()?.value.rows;
    let summaries: Vec<_> =
        rows.iter().map(|row| desk.cx.scope.summary(&stakes, row.provider_id)).collect::<Option<_>>()?;
    rest(&stakes.last()?.value, summaries.iter()).validating.value.ok()
}

/// Sequencers of each rollup, newest first, where there are several.
fn versions(desk: Desk, pulse: &Pulse, contracts: &Deployment) -> Option<String> {
    let each = pulse.rollups.iter().zip(&contracts.rollups).rev();
    let said: Option<Vec<_>> = each
        .map(|(rollup, of)| {
            Some(format!("{} on rollup {}", format::count(*rollup.active.get()?), of.version))
        })
        .collect();
    let own = own(desk).map(|own| format!("; {} not through a provider", format::count(own)));
    said.map(|said| format!("{}{}", said.join(", "), own.unwrap_or_default()))
}

fn waiting(rollup: &RollupPulse, contracts: &Deployment, desk: Desk) -> Option<String> {
    let (queued, available) = (*rollup.queued.get()?, *rollup.available.get()?);
    let (flush_size, epoch) = (*rollup.flush_size.get()?, *rollup.epoch.get()?);
    let clock = contracts.canonical().clock.value.clone().ok()?;
    let state = QueueState { available, flush_size, epoch, clock };
    let now = desk.cx.scope.head.now()?;
    let next = match join_time(queued, state) {
        JoinTime::Now => "a stake made now may join at once".to_owned(),
        JoinTime::At(time) => {
            format!(
                "a stake made now joins in {} at the earliest",
                format::duration(time.saturating_sub(now))
            )
        }
        JoinTime::NotAdmitting => "nobody is admitted at present".to_owned(),
    };
    Some(format!("{} per epoch; {next}", format::count(flush_size)))
}

fn earned(rollup: &RollupPulse, token: &Token) -> Option<String> {
    let part = match rollup.sequencer_part.get() {
        Some(part) => format!("{part} of it to the sequencer"),
        None => "the sequencer's part was not read".to_owned(),
    };
    let (reward, payable) = (*rollup.reward.get()?, *rollup.payable.get()?);
    let short =
        (payable < reward).then(|| format!("; only {} are there to pay it from", token.amount(payable)));
    Some(format!("{part}{}", short.unwrap_or_default()))
}
