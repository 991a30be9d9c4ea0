use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::{
        read::{Origin, ProposalPage, Rules},
        rules::{Phases, ProposalState},
    },
    units::format,
};

/// One stage of a proposal's life.
struct Stage {
    name: &'static str,
    says: String,
    when: String,
    /// How much of it is over, in thousandths.
    done: u64,
    is_now: bool,
}

fn drawn(stages: Vec<Stage>) -> AnyView {
    let stage = |stage: Stage| {
        let class = match stage.done {
            _ if stage.is_now => "now",
            1_000.. => "done",
            _ => "",
        };
        let done = format!("{}.{}%", stage.done.min(1_000) / 10, stage.done.min(1_000) % 10);
        view! {
            <li class=class style=("--v", done) aria-current=stage.is_now.then_some("step")><b>{stage.name}</b><span>{stage.says}</span><span>{stage.when}</span></li>
        }
        .into_any()
    };
    let stages: Vec<_> = stages.into_iter().map(stage).collect();
    view! { <div class="contain"><ol class="lifecycle">{stages}</ol></div> }.into_any()
}

/// The names of the four timed phases with their begin and end.
fn timed(creation: u64, phases: Phases) -> [(&'static str, u64, u64); 4] {
    [
        ("Pending", creation, phases.pending),
        ("Active", phases.pending, phases.active),
        ("Queued", phases.active, phases.queued),
        ("Executable", phases.queued, phases.executable),
    ]
}

/// A proposal's life with its dates.
pub(super) fn lifecycle(page: &ProposalPage, now: u64) -> AnyView {
    let Some(proposal) = page.row.proposal.get() else { return ().into_any() };
    let state = page.row.state.get().copied();
    let running = match state {
        Some(ProposalState::Pending) => Some(0),
        Some(ProposalState::Active) => Some(1),
        Some(ProposalState::Queued) => Some(2),
        Some(ProposalState::Executable) => Some(3),
        _ => None,
    };
    let begun = match page.origin.get() {
        Some(Origin::Locked) => ("Proposed", "with locked tokens"),
        Some(Origin::Signalled { .. }) => ("Signalled", "by sequencers"),
        None => ("Proposed", "by whom was not read"),
    };
    let mut stages = vec![Stage {
        name: begun.0,
        says: begun.1.to_owned(),
        when: format::date(proposal.creation, now),
        done: 1_000,
        is_now: false,
    }];
    // a rejected one was never queued; of an executed one it is not known here when that was
    let reached = match state {
        Some(ProposalState::Rejected | ProposalState::Droppable | ProposalState::Dropped) => 2,
        _ => 4,
    };
    for (place, (name, begin, end)) in
        timed(proposal.creation, proposal.standing.phases).into_iter().take(reached).enumerate()
    {
        let length = end.saturating_sub(begin);
        let passed = now.saturating_sub(begin).min(length);
        let is_now = running == Some(place);
        let says = if is_now {
            format!("{} left", format::duration(end.saturating_add(1).saturating_sub(now)))
        } else {
            format::duration(length)
        };
        let when = format!("until {}", format::date_time(end, now));
        let done = if length == 0 { 1_000 } else { u128::from(passed) * 1_000 / u128::from(length) };
        stages.push(Stage { name, says, when, done: u64::try_from(done).unwrap_or(1_000), is_now });
    }
    let end = |name, says: &str, done| Stage {
        name,
        says: says.to_owned(),
        when: String::new(),
        done,
        is_now: false,
    };
    stages.push(match state {
        Some(ProposalState::Rejected) => end("Rejected", "the votes did not suffice", 1_000),
        Some(ProposalState::Expired) => end("Expired", "nobody executed it", 1_000),
        Some(ProposalState::Dropped) => end("Dropped", "its proposer was replaced", 1_000),
        Some(ProposalState::Droppable) => end("Droppable", "its proposer was replaced", 1_000),
        Some(ProposalState::Executed) => end("Executed", "", 1_000),
        _ => end("Executed", "by anyone", 0),
    });
    drawn(stages)
}

/// How a proposal moves by the rules of now.
pub(super) fn rules(desk: Desk) -> AnyView {
    let found = desk.proposals.get();
    let terms = desk.signalling.with(|found| {
        let at = found.last()?;
        let clock = desk.cx.scope.deployment()?.canonical().clock.value.clone().ok()?;
        Some((*at.value.terms.get()?, clock))
    });
    let (Some(rules), Some(contracts)) =
        (found.last().and_then(|at| at.value.rules.get().copied()), desk.cx.scope.deployment())
    else {
        return ().into_any();
    };
    let Rules { phases, thresholds, lock_amount, lock_delay } = rules;
    let percent = |part| super::tally::percent(part, super::words::whole());
    let mut stages = Vec::new();
    let stage = |name, says: String, when: &str| Stage {
        name,
        says,
        when: when.to_owned(),
        done: 1_000,
        is_now: false,
    };
    if let Some((terms, clock)) = terms {
        let says = format::duration(terms.round_size * clock.slot);
        let when = format!("{} of {} slots", format::count(terms.quorum), format::count(terms.round_size));
        stages.push(stage("Signalling", says, &when));
    }
    let notes = [
        "nobody can vote yet; delegate and deposit now",
        "power of its beginning votes",
        "time to leave for who disagrees",
        "anybody may execute it",
    ];
    for ((name, begin, end), note) in timed(0, phases).into_iter().zip(notes) {
        stages.push(stage(name, format::duration(end.saturating_sub(begin)), note));
    }
    let said = format!(
        "Rules of the next proposal: {} of all power must vote, and yea must exceed {} of the votes. Below {} of power in all nothing passes. Without signals, proposing locks {} for {}.",
        percent(thresholds.quorum),
        percent(super::words::yea_needed(thresholds.required_yea_margin)),
        contracts.token.amount(thresholds.minimum_votes),
        contracts.token.amount(lock_amount),
        format::duration(lock_delay),
    );
    view! {
        <section class="panel"><header><h2>"How a proposal moves"</h2></header><div class="body stack">{drawn(stages)}<p class="small ink2">{said}</p></div></section>
    }
    .into_any()
}
