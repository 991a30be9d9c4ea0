//! Who signalled, and what became of earlier rounds.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::Address;
use leptos::prelude::*;

use super::{
    Desk,
    people::{People, provider},
};
use crate::{
    aztec::{
        RollupClock,
        read::{Proposals, Round, Signal, Signalling, Voided},
        rules::SignalTerms,
    },
    ui::kit::{Figure, Written, cut, icon},
    units::format,
};

/// Lines drawn until somebody asks for all.
const FEW: usize = 8;

/// What one provider's sequencers signalled; `provider` is `None` for sequencers without one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Camp {
    provider: Option<u64>,
    /// Signals for each payload, in the order of the payloads; others after them.
    signals: Vec<u64>,
    /// Distinct sequencers.
    sequencers: usize,
}

impl Camp {
    fn all(&self) -> u64 {
        self.signals.iter().sum()
    }
}

/// Signals by provider, most first.
fn camps(signals: &[Signal], payloads: &[Address], provider: impl Fn(Address) -> Option<u64>) -> Vec<Camp> {
    let mut all: BTreeMap<Option<u64>, (Camp, BTreeSet<Address>)> = BTreeMap::new();
    for signal in signals {
        let of = provider(signal.signaler);
        let (camp, sequencers) = all.entry(of).or_default();
        camp.provider = of;
        camp.signals.resize(payloads.len() + 1, 0);
        let place = payloads.iter().position(|payload| *payload == signal.payload);
        camp.signals[place.unwrap_or(payloads.len())] += 1;
        sequencers.insert(signal.signaler);
        camp.sequencers = sequencers.len();
    }
    let mut all: Vec<_> = all.into_values().map(|(camp, _)| camp).collect();
    all.sort_by_key(|camp| std::cmp::Reverse(camp.all()));
    all
}

/// Who signalled in the running round, by provider, and which of the account's own sequencers did.
pub(super) fn signallers(desk: Desk, open: RwSignal<bool>) -> AnyView {
    let cx = desk.cx;
    let found = desk.signalling.get();
    let Some(at) = found.last() else { return ().into_any() };
    let Ok(signals) = &at.value.signals.value else { return ().into_any() };
    if signals.is_empty() {
        return ().into_any();
    }
    let payloads: Vec<Address> = at.value.payloads.iter().take(2).map(|of| of.payload).collect();
    let people = People::of(cx);
    let camps = camps(signals, &payloads, |attester| people.provider(attester));
    let (most, more) = cut(open, FEW, camps.len());
    let lines: Vec<_> =
        camps.iter().take(most).map(|camp| line(desk, camp, payloads.len(), people.complete)).collect();
    let heads: Vec<_> = payloads
        .iter()
        .map(|payload| view! { <th class="num" scope="col">{format!("For {}", format::short_address(*payload))}</th> })
        .collect();
    let partial = (!people.complete).then(|| {
        view! { <p class="body muted xs">"Older events are still being read: some providers may not be known yet."</p> }
    });
    let own = mine(desk, signals, people.own());
    view! {
        <section class="panel" aria-label="Who signalled"><header><h2>"Who signalled"</h2><p>"In the running round, by provider"</p></header>
            {own}
            <div class="tablewrap"><table class="table tight cards"><thead><tr><th scope="col">"Provider"</th><th class="num" scope="col">"Sequencers"</th>{heads}<th class="num" scope="col">"All signals"</th></tr></thead><tbody>{lines}</tbody></table></div>
            {partial}{more}
        </section>
    }
    .into_any()
}

fn line(desk: Desk, camp: &Camp, payloads: usize, complete: bool) -> AnyView {
    let who = provider(desk.cx, camp.provider, complete);
    let counts = camp.signals.iter().take(payloads);
    let counts: Vec<_> = counts
        .map(|count| view! { <td class="num" data-l="Signals for it">{format::count(*count)}</td> })
        .collect();
    view! { <tr><td class="full">{who}</td><td class="num" data-l="Sequencers">{format::count(camp.sequencers as u64)}</td>{counts}<td class="num" data-l="All signals"><b>{format::count(camp.all())}</b></td></tr> }
        .into_any()
}

/// Which of the account's sequencers signalled, for what.
fn mine(desk: Desk, signals: &[Signal], own: &[Address]) -> AnyView {
    if own.is_empty() {
        return ().into_any();
    }
    let by_me: Vec<&Signal> = signals.iter().filter(|signal| own.contains(&signal.signaler)).collect();
    if by_me.is_empty() {
        return view! { <p class="body small ink2">"None of your sequencers has signalled in this round."</p> }
            .into_any();
    }
    let line = |signal: &&Signal| {
        view! { <li class="small">{desk.cx.addr(signal.signaler)}" for payload "{desk.cx.addr(signal.payload)}<span class="sub">{format!("slot {}", format::count(signal.slot))}</span></li> }.into_any()
    };
    let said = format!("{} by your sequencers", format::plural(by_me.len() as u64, "signal"));
    let lines: Vec<_> = by_me.iter().take(20).map(line).collect();
    view! { <div class="body"><h3>{said}</h3><ul class="own">{lines}</ul></div> }.into_any()
}

/// What became of a round, in words.
fn end(terms: SignalTerms, round: &Round, slot: u64) -> (&'static str, String) {
    let (Some(facts), Some(signals)) = (round.facts.get(), round.signals.get()) else {
        return ("", "Not read".to_owned());
    };
    let share = format!("{} of {}", format::count(*signals), format::count(terms.quorum));
    match (facts.executed, round.leader) {
        (true, _) => ("ok", "Submitted".to_owned()),
        (false, None) => ("", "No signals".to_owned()),
        (false, Some(_)) if *signals < terms.quorum => ("", format!("Not won: {share}")),
        (false, Some(_)) if terms.is_submittable(*facts, *signals, slot) => {
            ("warn", "Can be submitted".to_owned())
        }
        (false, Some(_)) => ("bad", format!("Won with {share}, submitted by nobody in time")),
    }
}

/// Earlier rounds, those that a change of the rollup voided, and the contracts that signals went to.
pub(super) fn earlier(desk: Desk) -> AnyView {
    let cx = desk.cx;
    let (found, proposals) = (desk.signalling.get(), desk.proposals.get());
    let Some(at) = found.last() else { return ().into_any() };
    let clock = cx.scope.deployment().and_then(|contracts| contracts.canonical().clock.get().copied());
    let (Some(terms), Some(clock)) = (at.value.terms.get().copied(), clock) else { return ().into_any() };
    let now = cx.scope.head.now().unwrap_or_default();
    let voided: Vec<_> = at.value.voided.iter().map(|voided| lost(desk, voided)).collect();
    let lines: Vec<_> = at
        .value
        .rounds
        .iter()
        .skip(1)
        .filter(|round| round.leader.is_some() || round.facts.value.is_err())
        .map(|round| round_line(desk, (terms, clock), round, &at.value, now))
        .collect();
    let first = at.value.rounds.last().map_or(0, |round| round.round);
    let body = if lines.is_empty() {
        view! { <p class="body small ink2">{format!("Nobody signalled in the rounds from {} on.", format::count(first))}</p> }.into_any()
    } else {
        view! { <div class="tablewrap"><table class="table tight cards"><thead><tr><th class="num" scope="col">"Round"</th><th scope="col">"Leading payload"</th><th class="num" scope="col">"Signals"</th><th scope="col">"What became of it"</th><th class="num" scope="col">"Ended"</th></tr></thead><tbody>{lines}</tbody></table></div> }.into_any()
    };
    let contracts = proposals.last().map(|at| proposers(desk, &at.value));
    view! {
        {voided}
        <section class="panel" aria-label="Earlier rounds"><header><h2>"Earlier rounds"</h2><p>{format!("From round {} on; rounds that nobody signalled in are left out", format::count(first))}</p></header>{body}{contracts}</section>
    }
    .into_any()
}

fn round_line(
    desk: Desk,
    (terms, clock): (SignalTerms, RollupClock),
    round: &Round,
    found: &Signalling,
    now: u64,
) -> AnyView {
    let (tone, said) = end(terms, round, found.slot);
    let ended = clock.genesis + terms.first_slot(round.round + 1) * clock.slot;
    let count = desk.cx.sources.fig(
        format!("Signals of the leader, round {}", round.round),
        Figure::of(&round.signals, |n| Written::count(*n)),
        "w4",
    );
    let leader = round.leader.map(|leader| desk.cx.addr(leader));
    view! {
        <tr><td class="num" data-l="Round">{format::count(round.round)}</td><td class="full">{leader}</td><td class="num" data-l="Signals">{count}</td><td data-l="What became of it"><span class=format!("status {tone}")>{said}</span></td><td class="num" data-l="Ended">{format::date_time(ended, now)}</td></tr>
    }
    .into_any()
}

/// A round that was won and cannot be submitted, since its rollup was replaced.
fn lost(desk: Desk, voided: &Voided) -> AnyView {
    let version = desk.cx.scope.deployment().and_then(|contracts| {
        contracts.rollup(voided.rollup).map(|rollup| format!("rollup {}", rollup.version))
    });
    let title =
        format!("Round {} of {} is lost", format::count(voided.round.round), version.unwrap_or_default());
    let leader = voided.round.leader.map(|leader| desk.cx.addr(leader));
    view! {
        <div class="banner warn">{icon("warn", 16)}<div><b>{title}</b><p>"Payload "{leader}" won it, and nobody submitted it before another rollup became canonical. Its sequencers would have to signal again, on the new one."</p></div></div>
    }
    .into_any()
}

/// A contract that proposals came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Proposer {
    address: Address,
    /// How many proposals.
    proposals: usize,
    is_current: bool,
}

/// Every contract that sequencers' proposals came from, oldest first: the first one is in no event, so its proposals tell.
fn proposers_of(found: &Proposals, governance: Address) -> Vec<Proposer> {
    let mut all: Vec<Proposer> = Vec::new();
    let current = found.proposer.get().copied();
    let signalled = found.rows.iter().rev().filter_map(|row| Some(row.proposal.get()?.standing.proposer));
    for address in signalled.filter(|proposer| *proposer != governance) {
        match all.iter_mut().find(|known| known.address == address) {
            Some(known) => known.proposals += 1,
            None => all.push(Proposer { address, proposals: 1, is_current: Some(address) == current }),
        }
    }
    if let Some(address) = current.filter(|current| all.iter().all(|known| known.address != *current)) {
        all.push(Proposer { address, proposals: 0, is_current: true });
    }
    all
}

fn proposers(desk: Desk, found: &Proposals) -> AnyView {
    let Some(contracts) = desk.cx.scope.deployment() else { return ().into_any() };
    let line = |proposer: Proposer| {
        let count = format::plural(proposer.proposals as u64, "proposal");
        let said = if proposer.is_current {
            format!("{count}, takes signals now")
        } else {
            format!("{count}, replaced: what is not executed of them can be dropped")
        };
        view! { <li class="small">{desk.cx.addr(proposer.address)}<span class="sub">{said}</span></li> }
            .into_any()
    };
    let lines: Vec<_> = proposers_of(found, contracts.governance).into_iter().map(line).collect();
    view! { <div class="body rule"><h3>"Contracts that signals went to"</h3><ul class="own">{lines}</ul></div> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        aztec::rules::RoundFacts,
        chain::{Origin, Reading, Source},
    };

    #[test]
    fn signals_are_counted_by_provider() {
        let [one, two, lone] = [1, 2, 3].map(Address::repeat_byte);
        let [first, second, other] = [11, 12, 13].map(Address::repeat_byte);
        let signal = |signaler, payload| Signal { payload, signaler, slot: 0 };
        let signals = [signal(one, first), signal(one, first), signal(two, second), signal(lone, other)];
        let provider = |attester| (attester != lone).then_some(7);
        let found = camps(&signals, &[first, second], provider);
        assert_eq!(
            found,
            [
                Camp { provider: Some(7), signals: vec![2, 1, 0], sequencers: 2 },
                Camp { provider: None, signals: vec![0, 0, 1], sequencers: 1 },
            ]
        );
    }

    #[test]
    fn each_end_of_a_round_is_said() {
        let terms = SignalTerms { round_size: 100, quorum: 60, lifetime: 5, execution_delay: 0 };
        let source: Source = Origin::Block { field: "timestamp", block: 1 }.into();
        let round = |executed, signals, leader: Option<Address>| Round {
            round: 3,
            facts: Reading::new(RoundFacts { round: 3, last_signal_slot: 0, executed }, source.clone()),
            leader,
            signals: Reading::new(signals, source.clone()),
        };
        let leader = Some(Address::repeat_byte(1));
        let said = |round: Round, slot| end(terms, &round, slot).1;
        assert_eq!(said(round(true, 70, leader), 450), "Submitted");
        assert_eq!(said(round(false, 0, None), 450), "No signals");
        assert_eq!(said(round(false, 59, leader), 450), "Not won: 59 of 60");
        assert_eq!(said(round(false, 60, leader), 450), "Can be submitted");
        assert_eq!(said(round(false, 60, leader), 950), "Won with 60 of 60, submitted by nobody in time");
    }
}
