use alloy_primitives::U256;
use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::{
        activity::{self, Slashes},
        events,
        model::{ExitView, Standing},
    },
    chain::{Origin, ReadError, Source},
    ui::kit::{Figure, Written, readout},
    units::{Token, format},
};

/// Exits under way and what slashes took lately: two more figures of the row.
pub(super) fn leaving(desk: Desk) -> AnyView {
    let contracts = desk.cx.scope.deployment();
    let token = contracts.as_ref().map(|contracts| &contracts.token);
    // both have their place from the beginning: nothing may jump
    let (exits, when) = token.map_or((Figure::Loading, None), |token| exiting(desk, token));
    let (slashes, by_whom) = token.map_or((Figure::Loading, None), |token| slashed(desk, token));
    view! {
        {readout("Exiting", desk.cx.sources.fig("Exiting", exits, "w4"), when.into_any())}
        {readout("Slashed, 30 d", desk.cx.sources.fig("Slashed in 30 days", slashes, "w8"), by_whom.into_any())}
    }
    .into_any()
}

fn exiting(desk: Desk, token: &Token) -> (Figure, Option<String>) {
    let found = desk.leaving.get();
    let Some(at) = found.last() else {
        let figure = found.failure().map_or(Figure::Loading, |error| Figure::NotRead(error.clone(), None));
        return (figure.awaiting_events(desk.cx.scope.events_in_trouble()), None);
    };
    let (mut exits, mut zombies) = (Vec::<ExitView>::new(), 0u64);
    for state in at.value.values() {
        match state.value.clone() {
            Ok(state) => match state.standing {
                Standing::Exiting { exit, .. } => exits.push(*exit),
                Standing::Zombie { .. } => zombies += 1,
                Standing::None | Standing::Validating { .. } => {}
            },
            Err(error) => return (Figure::NotRead(error, None), None),
        }
    }
    let inputs =
        at.value.values().next().map(|state| ("getAttesterView of the first one", state.source.clone()));
    let source = Source::derived(
        "attesters with WithdrawInitiated or Slashed and no WithdrawFinalized, whose status is exiting",
        inputs,
    );
    let figure = Figure::Shown(Written::count(exits.len() as u64), source);
    let amount = exits.iter().fold(U256::ZERO, |sum, exit| sum.saturating_add(exit.amount));
    let last: Option<u64> = exits
        .iter()
        .map(|exit| exit.ends_at().ok())
        .collect::<Option<Vec<_>>>()
        .and_then(|ends| ends.into_iter().max());
    let now = desk.cx.scope.head.now();
    let until = last.zip(now).map(|(last, now)| format!(", the last by {}", format::date(last, now)));
    let out = (!exits.is_empty()).then(|| format!("{}{}", token.amount(amount), until.unwrap_or_default()));
    let idle = (zombies > 0).then(|| format!("{} ejected and not claimed", format::count(zombies)));
    let said = [out, idle].into_iter().flatten().collect::<Vec<_>>().join("; ");
    (figure, Some(said))
}

const MONTH: u64 = 30 * 86_400;

fn slashed(desk: Desk, token: &Token) -> (Figure, Option<String>) {
    let now = desk.cx.scope.head.block.with(|block| block.map(|block| block.timestamp));
    let trouble = desk.cx.scope.events_in_trouble();
    let found = desk.cx.scope.ledger.with(|ledger| {
        let ledger = ledger.as_ref().filter(|ledger| ledger.is_complete())?;
        let slashes = activity::slashed_since(&ledger.history, now?.saturating_sub(MONTH), |place| {
            desk.cx.scope.dates.of(place)
        });
        Some((slashes, ledger.covered.clone()))
    });
    let Some((slashes, covered)) = found else {
        return (Figure::NotRead(ReadError::LogsMissing, None).awaiting_events(trouble), None);
    };
    // when a slash happened decides whether it counts
    let Some(Slashes { amount, events, sequencers }) = slashes else {
        if !desk.cx.scope.dates.are_failing() {
            return (Figure::Loading, None);
        }
        return (
            Figure::NotRead(ReadError::Incomplete, None),
            Some("the times of blocks could not be read; trying again".to_owned()),
        );
    };
    let contracts = desk.cx.scope.deployment();
    let rollups = contracts.map(|contracts| contracts.rollups.iter().map(|rollup| rollup.address).collect());
    let source = Source::from(Origin::Logs {
        contracts: rollups.unwrap_or_default(),
        event: events::signature("Slashed").unwrap_or_default(),
        topic: None,
        from: covered.as_ref().map_or(0, |covered| *covered.start()),
        to: covered.as_ref().map_or(0, |covered| *covered.end()),
        matches: events,
    });
    let said = format!(
        "{}, {}",
        format::plural(events as u64, "event"),
        format::plural(sequencers as u64, "sequencer")
    );
    (Figure::Shown(Written::amount(token, amount), source), Some(said))
}
