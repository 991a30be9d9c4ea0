use std::sync::Arc;

use alloy_primitives::U256;
use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::{
        Deployment,
        events::{self, Place},
        history::History,
        model::Delegation,
        read::Stakes,
        rules::{Position, positions},
    },
    chain::{Origin, ReadError, Reading, Source},
    state::Page,
    ui::{
        aztec::words,
        kit::{Figure, Written, cut, empty, icon, live, press},
    },
    units::{Bps, format},
};

/// Rows drawn before somebody asks for all of them.
const FIRST: usize = 50;

#[derive(Debug, PartialEq)]
struct Line {
    delegation: Delegation,
    position: Result<Position, ReadError>,
    /// Where the position is from.
    source: Option<Source>,
    frozen: Reading<Bps>,
}

impl Line {
    fn word(&self) -> &'static str {
        self.position.as_ref().map_or("unread", words::filter_word)
    }
}

/// Filters in the order of a sequencer's life.
const FILTERS: [(&str, &str); 5] = [
    ("validating", "Validating"),
    ("queued", "Queued"),
    ("exiting", "Exiting"),
    ("zombie", "Zombie"),
    ("over", "Over"),
];

/// All delegations, newest first, and whether there are no older ones; `None` while they are read.
fn lines(desk: Desk) -> Option<(Arc<[Line]>, bool)> {
    let ledger = desk.cx.scope.ledger.get()?;
    let delegations: Vec<&Delegation> = ledger.history.of_provider(desk.provider_id).collect();
    let contracts = desk.cx.scope.deployment()?;
    let found = desk.stakes.with(|stakes| match (stakes.last(), stakes.failure()) {
        (Some(at), _) => Some(positions(&contracts, &ledger.history, &delegations, &at.value)),
        (None, Some(error)) => Some(vec![Err(error.clone()); delegations.len()]),
        (None, None) => None,
    })?;
    let lines = delegations.into_iter().zip(found).rev();
    let from = ledger.covered.as_ref().map_or(0, |covered| *covered.start());
    let lines = lines.map(|(delegation, position)| {
        let source = desk.stakes.with(|stakes| position_source(&stakes.last()?.value, delegation, &position));
        let frozen = frozen(&contracts, &ledger.history, from, delegation);
        Line { delegation: delegation.clone(), position, source, frozen }
    });
    Some((lines.collect(), ledger.is_complete()))
}

/// What a position was read from: the attester, and the entry queue while it waits there.
fn position_source(
    stakes: &Stakes,
    delegation: &Delegation,
    position: &Result<Position, ReadError>,
) -> Option<Source> {
    let state = stakes.states.get(&delegation.attester)?.source.clone();
    let queue = match position {
        Ok(Position::Queued { rollup, .. }) => stakes.queues.get(*rollup),
        _ => None,
    };
    let queue = queue.map(|queue| ("the entries from 0 to its length", queue.length.source.clone()));
    let formula = "the attester’s stake, if its withdrawer is the one of this delegation";
    Some(Source::derived(formula, std::iter::once(("attester", state)).chain(queue)))
}

/// The commission at the moment of the delegation, by the events before it.
pub(in crate::ui::aztec) fn frozen(
    contracts: &Deployment,
    history: &History,
    from: u64,
    delegation: &Delegation,
) -> Reading<Bps> {
    let own = |id: u64, block: u64| id == delegation.provider_id && block <= delegation.block;
    let set = history.rates.iter().filter(|(id, step)| own(*id, step.block)).count();
    let told = |name, matches| {
        Source::from(Origin::Logs {
            contracts: vec![contracts.staking_registry],
            event: events::signature(name).unwrap_or_default(),
            topic: Some(U256::from(delegation.provider_id).into()),
            from,
            to: delegation.block,
            matches,
        })
    };
    // the first one is the registration
    let inputs = [
        ("registration", told("ProviderRegistered", set.min(1))),
        ("changes", told("ProviderTakeRateUpdated", set.saturating_sub(1))),
    ];
    let source = Source::derived("the last commission that was set before the delegation", inputs);
    Reading { value: delegation.take_rate.ok_or(ReadError::LogsMissing), source }
}

/// Every delegation to the provider and what became of it.
pub(super) fn sequencers(desk: Desk) -> AnyView {
    let known = Memo::new(move |_| lines(desk));
    let filter = Memo::new(move |_| match desk.cx.shell.route.with(|route| route.page.clone()) {
        Page::Provider { standing, .. } => standing,
        _ => None,
    });
    let everything = RwSignal::new(false);
    live(move || {
        let (known, filter) = (known.get(), filter.get());
        let busy = if known.is_none() { "true" } else { "false" };
        let older = matches!(known, Some((_, false))).then(|| {
            view! { <p>"Older events are still being read"</p> }
        });
        let buttons = buttons(desk, known.as_ref().map_or(&[], |(lines, _)| lines), filter.as_deref());
        let body = match &known {
            Some((lines, complete)) => {
                let shown: Vec<&Line> = lines
                    .iter()
                    .filter(|line| filter.as_ref().is_none_or(|wanted| line.word() == wanted))
                    .collect();
                if shown.is_empty() {
                    empty("stack", "No sequencers", why_none(filter.is_some(), *complete), None)
                } else {
                    table(desk, &shown, everything)
                }
            }
            None => framed((0..3).map(|_| waiting()).collect()),
        };
        view! {
            <section class="panel" aria-busy=busy>
                <header>
                    <h2>"Sequencers"</h2>
                    {older}
                    <div class="end seg" role="group" aria-label="Status">{buttons}</div>
                </header>
                {body}
            </section>
        }
        .into_any()
    })
}

fn why_none(filtered: bool, complete: bool) -> &'static str {
    match (filtered, complete) {
        (true, _) => "None with this status.",
        (false, true) => "Nobody delegated to this provider yet.",
        (false, false) => "None found so far; older events are still being read.",
    }
}

fn buttons(desk: Desk, lines: &[Line], chosen: Option<&str>) -> Vec<AnyView> {
    let button = |label: String, standing: Option<&'static str>| {
        let pressed = if chosen == standing { "true" } else { "false" };
        let choose = press(move || {
            let page =
                Page::Provider { provider_id: desk.provider_id, standing: standing.map(str::to_owned) };
            desk.cx.shell.adjust(desk.cx.shell.route.get_untracked().with(page));
        });
        view! { <button type="button" aria-pressed=pressed on:click=choose>{label}</button> }.into_any()
    };
    let all = button(format!("All {}", lines.len()), None);
    let each = FILTERS.into_iter().filter_map(|(word, label)| {
        let count = lines.iter().filter(|line| line.word() == word).count();
        (count > 0).then(|| button(format!("{label} {count}"), Some(word)))
    });
    std::iter::once(all).chain(each).collect()
}

fn framed(rows: Vec<AnyView>) -> AnyView {
    view! {
        <div class="tablewrap">
            <table class="table tight cards">
                <thead><tr>
                    <th scope="col">"Attester"</th><th scope="col">"Status"</th><th scope="col" class="num">"Stake"</th>
                    <th scope="col" class="num">"Frozen commission"</th><th scope="col">"Stake returns to"</th><th scope="col" class="num">"Transaction"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn waiting() -> AnyView {
    view! {
        <tr>
            <td class="full"><span class="skel w12"></span></td><td><span class="skel w8"></span></td><td class="num"><span class="skel w8"></span></td>
            <td class="num"><span class="skel w4"></span></td><td><span class="skel w8"></span></td><td class="num"><span class="skel w8"></span></td>
        </tr>
    }
    .into_any()
}

/// What every row needs besides its own line.
struct Terms {
    contracts: Option<Arc<Deployment>>,
    now: u64,
}

impl Terms {
    fn amount(&self, raw: U256) -> String {
        let token = self.contracts.as_ref().map(|contracts| &contracts.token);
        token.map_or_else(|| raw.to_string(), |token| format::amount(raw, token.decimals, 4))
    }

    /// What one stake is on the rollup of the position; they need not agree.
    fn full(&self, position: &Position) -> Option<U256> {
        let rollup = self.contracts.as_ref()?.rollups.get(position.rollup()?)?;
        rollup.activation_threshold.get().copied()
    }
}

fn table(desk: Desk, lines: &[&Line], everything: RwSignal<bool>) -> AnyView {
    let terms = Terms {
        contracts: desk.cx.scope.deployment(),
        now: desk.cx.scope.head.block.with(|block| block.map_or(0, |block| block.timestamp)),
    };
    let (limit, more) = cut(everything, FIRST, lines.len());
    let rows = lines.iter().take(limit).map(|line| row(desk, &terms, line));
    view! { {framed(rows.collect())}{more} }.into_any()
}

fn row(desk: Desk, terms: &Terms, line: &Line) -> AnyView {
    let cx = desk.cx;
    let Line { delegation, position, source, frozen } = line;
    let mine = delegation.withdrawer.is_some() && delegation.withdrawer == cx.shell.session.account();
    let mine = mine.then(|| view! { " "<span class="badge live">"Yours"</span> });
    let trouble = cx.scope.events_in_trouble();
    // a key can be delegated twice: its block tells them apart
    let fig = |what: &str, figure: Figure, width| {
        let key = format::short_address(delegation.attester);
        let label = format!("{what}, {key} of block {}", format::count(delegation.block));
        cx.sources.fig(label, figure.awaiting_events(trouble), width)
    };
    let shown = |written: Option<Written>| match (written, source) {
        (Some(written), Some(source)) => Figure::Shown(written, source.clone()),
        (_, source) => Figure::NotRead(ReadError::Incomplete, source.clone()),
    };
    let (status, stake) = match position {
        Ok(found) => {
            let ahead = match found {
                Position::Queued { ahead, .. } => {
                    let place = fig("Deposits ahead", shown(Some(Written::count(*ahead))), "w4");
                    view! { <span class="sub">{place}" ahead"</span> }.into_any()
                }
                _ => ().into_any(),
            };
            (view! { {status(terms, found)}{ahead} }.into_any(), shown(stake(terms, found).map(Into::into)))
        }
        Err(error) => {
            let unread = || Figure::NotRead(error.clone(), source.clone());
            (fig("Status", unread(), "w8"), unread())
        }
    };
    let place =
        Place { block: delegation.block, index: delegation.index, tx: delegation.tx, time: delegation.time };
    let when = match cx.scope.dates.of(&place) {
        Some(time) => format::date(time, terms.now),
        None => format!("block {}", format::count(delegation.block)),
    };
    let rate = Figure::of(frozen, |rate| rate.to_string().into());
    view! {
        <tr>
            <td class="full">{cx.addr(delegation.attester)}{mine}<span class="sub">"split "{cx.addr(delegation.split)}</span></td>
            <td data-l="Status">{status}</td>
            <td class="num" data-l="Stake">{fig("Stake", stake, "w8")}</td>
            <td class="num" data-l="Frozen commission">{fig("Frozen commission", rate, "w4")}</td>
            <td data-l="Stake returns to">{delegation.withdrawer.map(|withdrawer| cx.addr(withdrawer))}</td>
            <td class="num skip-sm">{cx.hash(delegation.tx)}<span class="sub">{when}</span></td>
        </tr>
    }
    .into_any()
}

fn status(terms: &Terms, position: &Position) -> AnyView {
    let full = terms.full(position);
    let (mark, tone, word) = words::position(position, full);
    let below = match position {
        Position::Exiting { exit, .. } => Some(words::exit_end(exit, terms.now)),
        Position::Zombie { exit, .. } => Some(words::zombie(exit, full).to_owned()),
        Position::Refunded => Some("the deposit failed".to_owned()),
        Position::Queued { .. } | Position::Validating { .. } | Position::Finished => None,
    };
    let below = below.map(|below| view! { <span class="sub">{below}</span> });
    view! { <span class=format!("status {tone}")>{icon(mark, 14)}{word}</span>{below} }.into_any()
}

fn stake(terms: &Terms, position: &Position) -> Option<String> {
    let raw = match position {
        Position::Validating { balance, .. } => Some(*balance),
        Position::Exiting { exit, .. } | Position::Zombie { exit, .. } => Some(exit.amount),
        Position::Queued { .. } => terms.full(position),
        Position::Refunded | Position::Finished => Some(U256::ZERO),
    };
    raw.map(|raw| terms.amount(raw))
}
