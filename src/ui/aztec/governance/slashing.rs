//! Slashing: rounds, whom they would slash, and what was slashed.

use alloy_primitives::{Address, U256};
use leptos::prelude::*;

use super::{
    people::People,
    section::{on_demand, when_read},
};
use crate::{
    aztec::{
        Deployment, RollupClock,
        events::{self, Fact, Place},
        read::{SlashRound, SlasherView, Slashing},
        rules::{SlashStage, SlashTerms},
    },
    chain::{Origin, ReadError, Source},
    state::Screen,
    ui::{
        Cx,
        kit::{Figure, Written, icon, live},
    },
    units::format,
};

/// Slashes drawn.
const MOST: usize = 20;

/// What the section works with.
#[derive(Clone, Copy)]
struct Desk {
    cx: Cx,
    open: RwSignal<bool>,
    slashing: Screen<Slashing>,
}

/// The section; reads nothing before somebody opens it.
pub(super) fn slashing(cx: Cx) -> AnyView {
    let open = RwSignal::new(false);
    let desk = Desk { cx, open, slashing: cx.scope.slashing(move || open.get()) };
    live(move || section(desk))
}

fn section(desk: Desk) -> AnyView {
    let about = "Sequencers vote on whom to slash, in rounds; a round with a quorum can be executed after a delay, unless the vetoer objects.";
    on_demand("Slashing", about, desk.open, || {
        let Some(contracts) = desk.cx.scope.deployment() else { return ().into_any() };
        let people = People::of(desk.cx);
        let read = when_read(&desk.slashing.get(), |found| {
            let views: Vec<_> =
                found.slashers.iter().map(|view| slasher(desk, &contracts, &people, view)).collect();
            let earlier = desk.cx.sources.fig(
                "Earlier slashers",
                Figure::of(&found.earlier, |n| Written::count(*n as u64)),
                "w4",
            );
            let unread = found.unread.iter().map(|(rollup, _)| {
                let said = format!("The slasher of rollup {} was not read.", format::short_address(*rollup));
                view! { <p class="body warn small">{said}</p> }.into_any()
            });
            let unread: Vec<_> = unread.collect();
            view! { {views}{unread}<p class="body muted xs">"Earlier slashers, by events: "{earlier}</p> }
                .into_any()
        });
        view! { {read}{past(desk.cx, &contracts, &people)} }.into_any()
    })
}

fn slasher(desk: Desk, contracts: &Deployment, people: &People, view: &SlasherView) -> AnyView {
    let cx = desk.cx;
    let now = cx.scope.head.now().unwrap_or_default();
    let rollup = contracts.rollup(view.rollup);
    let name = rollup.map_or_else(|| "a rollup".to_owned(), |rollup| format!("rollup {}", rollup.version));
    let title = format!("{} of {name}", if view.is_current { "Slasher" } else { "Earlier slasher" });
    let of = view.slasher;
    let enabled = match (&view.enabled.value, view.disabled_until.get()) {
        (Ok(true), _) => ("ok", "check", "Slashing is possible".to_owned()),
        (Ok(false), Some(until)) => {
            ("warn", "warn", format!("Slashing is disabled until {}", format::date_time(*until, now)))
        }
        (Ok(false), None) => ("warn", "warn", "Slashing is disabled; until when was not read".to_owned()),
        // the oldest generation has no switch
        (Err(ReadError::Reverted(_) | ReadError::Empty), _) => {
            ("", "info", "It has no switch to disable slashing".to_owned())
        }
        (Err(_), _) => ("", "info", "Whether slashing is disabled was not read".to_owned()),
    };
    let (tone, mark, word) = enabled;
    let vetoer = view.vetoer.get().map(|vetoer| cx.addr(*vetoer));
    let current = cx.sources.fig(
        format!("Slashing round of {of}"),
        Figure::of(&view.current, |n| Written::count(*n)),
        "w4",
    );
    let terms = view.terms.get().copied();
    let clock = rollup.and_then(|rollup| rollup.clock.get().copied());
    let voted: Vec<&SlashRound> =
        view.rounds.iter().filter(|round| round.votes.get().is_none_or(|(_, votes)| *votes > 0)).collect();
    // the oldest generation has no such switch
    let enabled = view.enabled.get() != Some(&false);
    let lines: Vec<_> = match (terms, clock, view.current.get()) {
        (Some(terms), Some(clock), Some(current)) => voted
            .iter()
            .map(|round| line(cx, people, (terms, clock, *current, now), contracts, (of, enabled), round))
            .collect(),
        _ => Vec::new(),
    };
    let table = if lines.is_empty() {
        // that there are none is only said where every round was looked at
        let said = if voted.is_empty() && terms.is_some() && view.current.value.is_ok() {
            "No votes in the rounds that could still be executed."
        } else {
            "Its rounds, or the clock of its rollup, were not read."
        };
        view! { <p class="small ink2">{said}</p> }.into_any()
    } else {
        view! { <div class="tablewrap"><table class="table tight cards"><thead><tr><th class="num" scope="col">"Round"</th><th class="num" scope="col">"Votes"</th><th scope="col">"Stage"</th><th scope="col">"Would slash"</th></tr></thead><tbody>{lines}</tbody></table></div> }.into_any()
    };
    let quorum = terms.map(|terms| {
        format!(" of {} slots; {} votes slash", format::count(terms.round_size), format::count(terms.quorum))
    });
    view! {
        <div class="body rule stack tight">
            <h3>{title}</h3>
            <p class="small">{cx.addr(of)}" "<span class=format!("status {tone}")>{icon(mark, 14)}{word}</span></p>
            <p class="small ink2">"Round "{current}{quorum}". Vetoer "{vetoer}</p>
            {table}
        </div>
    }
    .into_any()
}

/// Tone and words of a stage.
fn stage(
    of: SlashStage,
    (terms, clock): (SlashTerms, RollupClock),
    round: u64,
    now: u64,
) -> (&'static str, String) {
    let at =
        |slot: u64| format::date_time(clock.genesis.saturating_add(slot.saturating_mul(clock.slot)), now);
    match of {
        SlashStage::Voting => ("", "Votes still come".to_owned()),
        SlashStage::TooFew => ("", "Too few votes: nobody is slashed".to_owned()),
        SlashStage::Waiting => ("warn", format!("Executable from {}", at(terms.executable_slot(round)))),
        SlashStage::Executable => {
            ("bad", format!("Anybody may execute it until {}", at(terms.end_slot(round))))
        }
        SlashStage::Disabled => ("warn", "Cannot be executed while slashing is switched off".to_owned()),
        SlashStage::Executed => ("bad", "Executed".to_owned()),
        SlashStage::Vetoed => ("ok", "Vetoed: nobody is slashed".to_owned()),
        SlashStage::Expired => ("", "Executed by nobody in time".to_owned()),
    }
}

fn line(
    cx: Cx,
    people: &People,
    (terms, clock, current, now): (SlashTerms, RollupClock, u64, u64),
    contracts: &Deployment,
    (slasher, enabled): (Address, bool),
    round: &SlashRound,
) -> AnyView {
    let known = round.votes.get().copied().zip(round.vetoed.get().copied());
    let (tone, said) = match known {
        Some((votes, vetoed)) => {
            let reached = terms.stage(round.round, current, votes, vetoed).of_slasher(enabled);
            stage(reached, (terms, clock), round.round, now)
        }
        None => ("", "Not read".to_owned()),
    };
    let votes = cx.sources.fig(
        format!("Votes of slashing round {}, {slasher}", round.round),
        Figure::of(&round.votes, |(_, votes)| Written::count(*votes)),
        "w4",
    );
    let targets = match &round.targets.value {
        Ok(targets) => {
            let own = targets.iter().filter(|(attester, _)| people.is_own(*attester)).count();
            let own = (own > 0).then(|| view! { <li class="small badc"><b>{format!("{} of them yours", format::count(own as u64))}</b></li> });
            let line = |(attester, amount): &(Address, U256)| {
                let of = people.provider_of(cx, *attester);
                view! { <li class="small">{cx.addr(*attester)}" "{contracts.token.amount(*amount)}<span class="sub">{of}</span></li> }.into_any()
            };
            let lines: Vec<_> = targets.iter().take(MOST).map(line).collect();
            let more = (targets.len() > MOST).then(|| {
                let more = format::count((targets.len() - MOST) as u64);
                view! { <li class="small ink2">{format!("and {more} more")}</li> }
            });
            view! { <ul class="own">{own}{lines}{more}</ul> }.into_any()
        }
        Err(_) => view! { <span class="notread">"Not read"</span> }.into_any(),
    };
    view! {
        <tr><td class="num" data-l="Round">{format::count(round.round)}</td><td class="num" data-l="Votes">{votes}</td><td data-l="Stage"><span class=format!("status {tone}")>{said}</span></td><td class="full" data-l="Would slash">{targets}</td></tr>
    }
    .into_any()
}

/// What was slashed, newest first, by events.
fn past(cx: Cx, contracts: &Deployment, people: &People) -> AnyView {
    let slashes: Vec<(Place, Address, U256)> = cx.scope.ledger.with(|ledger| {
        let Some(ledger) = ledger else { return Vec::new() };
        let of = |told: &crate::aztec::events::Told| match told.fact {
            Fact::Slashed { attester, amount } => Some((told.place, attester, amount)),
            _ => None,
        };
        ledger.history.facts().rev().filter_map(of).collect()
    });
    let own = slashes.iter().filter(|(_, attester, _)| people.is_own(*attester)).count();
    let own = if own > 0 {
        format!(" {} of your sequencers.", format::plural(own as u64, "slash"))
    } else {
        String::new()
    };
    let count = cx.sources.fig("Slashes so far", slashes_figure(cx, contracts, slashes.len()), "w4");
    let line = |(place, attester, amount): &(Place, Address, U256)| {
        let when = cx.when(place);
        let yours = people.is_own(*attester).then(|| view! { <b>" yours"</b> });
        view! {
            <tr><td class="full">{cx.addr(*attester)}{yours}</td><td data-l="Provider">{people.provider_of(cx, *attester)}</td><td class="num" data-l="Taken">{contracts.token.amount(*amount)}</td><td class="num" data-l="When">{cx.hash(place.tx)}<span class="sub">{when}</span></td></tr>
        }
        .into_any()
    };
    let lines: Vec<_> = slashes.iter().take(MOST).map(line).collect();
    let table = (!lines.is_empty()).then(|| view! { <div class="tablewrap"><table class="table tight cards"><thead><tr><th scope="col">"Sequencer"</th><th scope="col">"Provider"</th><th class="num" scope="col">"Taken"</th><th class="num" scope="col">"When"</th></tr></thead><tbody>{lines}</tbody></table></div> });
    let more = (slashes.len() > MOST).then(|| format!(" The newest {MOST} are shown."));
    view! { <div class="body rule stack tight"><h3>"Slashed so far"</h3><p class="small ink2">{count}" in all."{own}{more}</p></div>{table} }.into_any()
}

/// How many there were, once every event is read.
fn slashes_figure(cx: Cx, contracts: &Deployment, matches: usize) -> Figure {
    let covered = cx.scope.ledger.with(|ledger| {
        ledger.as_ref().filter(|ledger| ledger.is_complete()).map(|ledger| ledger.covered.clone())
    });
    let Some(covered) = covered else {
        return Figure::NotRead(ReadError::LogsMissing, None).awaiting_events(cx.scope.events_in_trouble());
    };
    let source = Source::from(Origin::Logs {
        contracts: contracts.rollups.iter().map(|rollup| rollup.address).collect(),
        event: events::signature("Slashed").unwrap_or_default(),
        topic: None,
        from: covered.as_ref().map_or(0, |covered| *covered.start()),
        to: covered.as_ref().map_or(0, |covered| *covered.end()),
        matches,
    });
    Figure::Shown(Written::count(matches as u64), source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stage_is_said_with_its_date() {
        let terms = SlashTerms { round_size: 10, quorum: 6, lifetime: 5, execution_delay: 2 };
        let clock = RollupClock { genesis: 0, slot: 3_600, epoch: 8 };
        let said = |of| stage(of, (terms, clock), 0, 0).1;
        assert_eq!(
            said(SlashStage::Waiting),
            format!("Executable from {}", format::date_time(30 * 3_600, 0))
        );
        assert_eq!(
            said(SlashStage::Executable),
            format!("Anybody may execute it until {}", format::date_time(60 * 3_600, 0))
        );
        assert_eq!(said(SlashStage::Vetoed), "Vetoed: nobody is slashed");
    }
}
