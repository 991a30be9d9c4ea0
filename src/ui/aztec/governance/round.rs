use alloy_primitives::Address;
use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::{
        RollupClock, plan,
        read::{Round, Signal, Signalled, Signalling},
        rules::{Outlook, RoundFacts, SignalTerms},
    },
    ui::{
        aztec::propose::{submit, with_setting},
        kit::{Figure, Written, press},
        text,
    },
    units::format,
};

/// Slots drawn one by one.
const MOST: u64 = 2_000;
/// So few that each is drawn larger.
const FEW: u64 = 200;

/// The running round, and those before it that can be submitted.
pub(super) fn rounds(desk: Desk) -> AnyView {
    let found = desk.signalling.get();
    let clock =
        desk.cx.scope.deployment().and_then(|contracts| contracts.canonical().clock.value.clone().ok());
    let at = match (found.last(), found.failure()) {
        (Some(at), _) => at,
        (None, Some(error)) => {
            let said = text::read_error(error);
            let said = view! { <div class="body"><p class="small ink2">{said.what}" "{said.todo}</p></div> };
            return panel("Signalling".to_owned(), String::new(), said.into_any());
        }
        (None, None) => {
            let waits =
                view! { <div class="body"><div class="chartskel"><span class="skel w12"></span></div></div> };
            return panel("Signalling".to_owned(), String::new(), waits.into_any());
        }
    };
    let (Some(terms), Some(clock)) = (at.value.terms.get().copied(), clock) else {
        let unread = Figure::of(&at.value.terms, |_| Written::Text(String::new()));
        let said = view! { <div class="body">"Rules of signalling: "{desk.cx.sources.fig("Rules of signalling", unread, "w8")}</div> };
        return panel("Signalling".to_owned(), String::new(), said.into_any());
    };
    let won: Vec<_> =
        at.value.rounds.iter().skip(1).filter_map(|round| won(desk, terms, round, &at.value)).collect();
    let Some(round) = at.value.rounds.first() else { return ().into_any() };
    let length = format!(
        "{} slots of {}, {}",
        format::count(terms.round_size),
        format::duration(clock.slot),
        format::duration(terms.round_size * clock.slot)
    );
    let body = running(desk, &at.value, round, terms, clock);
    view! { {won}{panel(format!("Signalling round {}", format::count(round.round)), length, body)} }
        .into_any()
}

fn panel(title: String, said: String, body: AnyView) -> AnyView {
    view! {
        <section class="panel"><header><h2>{title}</h2><div class="end"><span class="muted small">{said}</span></div></header>{body}</section>
    }
    .into_any()
}

/// A round that anybody may submit.
fn won(desk: Desk, terms: SignalTerms, round: &Round, found: &Signalling) -> Option<AnyView> {
    let (facts, signals) = (*round.facts.get()?, *round.signals.get()?);
    let leader = round.leader?;
    if !terms.is_submittable(facts, signals, found.slot) {
        return None;
    }
    let clock = desk.cx.scope.deployment()?.canonical().clock.value.clone().ok()?;
    let now = desk.cx.scope.head.now()?;
    let end = clock.genesis + terms.deadline_slot(round.round) * clock.slot;
    let title = format!("Round {} was won", format::count(round.round));
    let left = format::duration(end.saturating_sub(now));
    let count = desk.cx.sources.fig(
        format!("Signals, round {}", round.round),
        Figure::of(&round.signals, |n| Written::count(*n)),
        "w4",
    );
    let (cx, number) = (desk.cx, round.round);
    let act = press(move || submit(cx, with_setting(cx, |setting| plan::submit_round(setting, number))));
    Some(
        view! {
            <div class="banner won"><div><b>{title}</b><p>"Payload "{desk.cx.addr(leader)}" has "{count}{format!(" of {} signals needed. Anybody may make it a proposal for another {left}; then it is lost.", format::count(terms.quorum))}</p></div><button type="button" class="btn" on:click=act>"Submit the round"</button></div>
        }
        .into_any(),
    )
}

/// Class of a payload's cells: the first two stand out.
fn mark(payloads: &[Signalled], payload: Address) -> &'static str {
    match payloads.iter().position(|of| of.payload == payload) {
        Some(0) => "a",
        Some(1) => "b",
        _ => "c",
    }
}

fn running(desk: Desk, found: &Signalling, round: &Round, terms: SignalTerms, clock: RollupClock) -> AnyView {
    let cx = desk.cx;
    let (first, place) = (terms.first_slot(round.round), found.slot % terms.round_size);
    let ends = clock.genesis + terms.first_slot(round.round + 1) * clock.slot;
    let left = cx.scope.head.now().map(|now| format::duration(ends.saturating_sub(now)));
    let outlook = round.facts.get().map(|facts: &RoundFacts| terms.outlook(*facts, found.slot));
    let payloads: Vec<_> =
        found.payloads.iter().map(|payload| signalled(desk, payload, terms, outlook, found)).collect();
    let nobody = payloads.is_empty().then(|| {
        let said = if found.signals.value.is_ok() {
            "Nobody has signalled for anything in this round."
        } else {
            "The signals of this round were not read."
        };
        view! { <p class="small ink2">{said}</p> }
    });
    let grid = if let Ok(signals) = &found.signals.value {
        grid(found, signals, first, place, terms)
    } else {
        let unread = Figure::of(&found.signals, |_| Written::Text(String::new()));
        view! { <p class="small">"Signals: "{cx.sources.fig("Signals by slot", unread, "w4")}</p> }.into_any()
    };
    let all = Figure::of(&found.signals, |signals| Written::count(signals.len() as u64));
    view! {
        <div class="rounds">
            <div class="body">{grid}</div>
            <div class="srr">
                <div class="row roomy">
                    <div class="readout"><div class="k">"Slot"</div><div class="v">{format::count(place + 1)}<span class="muted">{format!(" of {}", format::count(terms.round_size))}</span></div></div>
                    <div class="readout"><div class="k">"Signals"</div><div class="v">{cx.sources.fig("Signals of the round", all, "w4")}</div></div>
                    <div class="readout"><div class="k">"Round ends in"</div><div class="v">{left}</div></div>
                </div>
                <ul>{payloads}</ul>
                {nobody}
                <p class="muted xs">{format!("Whose turn a slot is may signal for one payload. {} of {} signals make a payload a proposal.", format::count(terms.quorum), format::count(terms.round_size))}</p>
            </div>
        </div>
    }
    .into_any()
}

fn signalled(
    desk: Desk,
    of: &Signalled,
    terms: SignalTerms,
    outlook: Option<Outlook>,
    found: &Signalling,
) -> AnyView {
    let count = desk.cx.sources.fig(
        format!("Signals for {}", of.payload),
        Figure::of(&of.signals, |n| Written::count(*n)),
        "w4",
    );
    let signals = of.signals.get().copied();
    let said = match (signals, outlook) {
        (Some(signals), Some(outlook)) => rest(signals, outlook),
        _ => "What it still needs is not known.".to_owned(),
    };
    let length = |n: u64| {
        super::words::length(alloy_primitives::U256::from(n), alloy_primitives::U256::from(terms.round_size))
    };
    let class = mark(&found.payloads, of.payload);
    let meter = signals.map(|signals| {
        view! { <div class="meter" aria-hidden="true"><i class=class style=("--v", length(signals))></i><b style=("--at", length(terms.quorum))></b></div> }
    });
    view! {
        <li class="pl">
            <div class="row apart base"><span><b>"Payload "</b>{desk.cx.addr(of.payload)}</span><span><b class="mid">{count}</b><span class="muted">{format!(" of {}", format::count(terms.quorum))}</span></span></div>
            {meter}
            <span class="xs ink2">{said}</span>
        </li>
    }
    .into_any()
}

/// What a payload still needs, and whether it can have it.
fn rest(signals: u64, outlook: Outlook) -> String {
    let missing = outlook.missing(signals);
    let slots = format::plural(outlook.left, "slot");
    match (missing, outlook.is_reachable(signals)) {
        (0, _) => "Has won the round. It becomes a proposal when somebody submits the round after its end."
            .to_owned(),
        (_, true) => format!("Needs {} more; {slots} left.", format::count(missing)),
        (_, false) => {
            format!("Cannot win this round any more: needs {}, {slots} left.", format::count(missing))
        }
    }
}

fn grid(found: &Signalling, signals: &[Signal], first: u64, place: u64, terms: SignalTerms) -> AnyView {
    let mut cells = vec![""; usize::try_from(terms.round_size.min(MOST)).unwrap_or(0)];
    for (at, cell) in cells.iter_mut().enumerate() {
        if (at as u64) < place {
            *cell = "n";
        }
    }
    for signal in signals {
        let at = usize::try_from(signal.slot.saturating_sub(first)).unwrap_or(usize::MAX);
        if let Some(cell) = cells.get_mut(at) {
            *cell = mark(&found.payloads, signal.payload);
        }
    }
    let count = |class: &str| format::count(cells.iter().filter(|cell| **cell == class).count() as u64);
    let label = format!(
        "{} slots: {} with a signal, {} without, {} to come",
        format::count(terms.round_size),
        signals.len(),
        count("n"),
        count("")
    );
    let legend = found.payloads.iter().take(2).map(|of| {
        let class = mark(&found.payloads, of.payload);
        view! { <span><i class=class></i>{format!("Payload {}", format::short_address(of.payload))}</span> }
            .into_any()
    });
    let legend: Vec<_> = legend.collect();
    let others =
        (found.payloads.len() > 2).then(|| view! { <span><i class="c"></i>"Others "{count("c")}</span> });
    let (none, coming) = (count("n"), count(""));
    let class = if terms.round_size <= FEW { "sgrid few" } else { "sgrid" };
    let cells: Vec<_> = cells.into_iter().map(|class| view! { <i class=class></i> }.into_any()).collect();
    view! {
        <div class=class role="img" aria-label=label>{cells}</div>
        <div class="legend">{legend}{others}<span><i class="n"></i>"No signal "{none}</span><span><i></i>"To come "{coming}</span></div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_payload_needs_is_said() {
        let terms = SignalTerms { round_size: 100, quorum: 60, lifetime: 5, execution_delay: 0 };
        let facts = RoundFacts { round: 0, last_signal_slot: 49, executed: false };
        let outlook = terms.outlook(facts, 50);
        assert_eq!(rest(29, outlook), "Needs 31 more; 50 slots left.");
        assert!(rest(9, outlook).starts_with("Cannot win"));
        assert!(rest(60, outlook).starts_with("Has won"));
    }
}
