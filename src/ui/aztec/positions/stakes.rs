use alloy_primitives::U256;
use leptos::prelude::*;

use super::{Desk, Terms, act, backing, gaps::Of, label, seen};
use crate::{
    aztec::{
        events::Place,
        positions::{Fate, Gain, Line, Sheet, never_paid},
        rules::Position,
    },
    chain::{Reading, Source},
    state::{Gap, Ledger, Page, ProvidersView},
    ui::{
        aztec::{provider::frozen, words},
        kit::{Figure, Written, cut, empty, holds, icon, live, typed},
    },
    units::{Bps, format},
};

/// Rows drawn before somebody asks for all of them.
const FIRST: usize = 50;

/// Every stake of the address and what became of it.
pub(super) fn stakes(desk: Desk) -> AnyView {
    let (everything, filter) = (RwSignal::new(false), RwSignal::new(String::new()));
    live(move || {
        let (known, complete) = desk.told.with(|told| match told {
            Some(told) => (!told.stakes.is_empty(), told.complete),
            None => (false, false),
        });
        let trouble = desk.cx.scope.events_in_trouble();
        let read = desk.sheet.get();
        let failed = desk.read.with(|read| read.failure().is_some());
        let gap = desk.gap(Of::Stakes);
        let body = match &read {
            _ if !complete && trouble => return seen::panel(desk),
            Some(sheet) if !sheet.lines.is_empty() => table(desk, &sheet.lines, everything, filter),
            Some(_) if complete && gap == Gap::None => nothing(desk),
            Some(_) if complete && gap == Gap::Unread => none_known(),
            _ if failed && (known || complete) => empty(
                "warn",
                "Not read",
                "The chain could not be asked. Rota tries again at the next block.",
                None,
            ),
            _ => framed("", (0..3).map(|_| waiting()).collect()),
        };
        let percent = desk.cx.scope.ledger.with(|ledger| ledger.as_ref().map_or(0, Ledger::percent));
        let missing = if complete {
            desk.missing(Of::Stakes).map(|said| format!("{said}: what they stake is missing here"))
        } else {
            Some(format!("Older events are still being read, {percent} %"))
        };
        let missing = missing.map(|said| view! { <p>{said}</p> });
        // known stakes do not wait for others
        let shown = |sheet: &Sheet| !sheet.lines.is_empty() || gap != Gap::Awaited;
        let busy = if complete && read.as_deref().is_some_and(shown) { "false" } else { "true" };
        view! {
            <section class="panel" aria-busy=busy>
                <header><h2>"Stakes"</h2>{missing}</header>
                {body}
            </section>
        }
        .into_any()
    })
}

fn nothing(desk: Desk) -> AnyView {
    let go = view! { <a class="btn primary" href=desk.cx.link(Page::Providers(ProvidersView::default()))>"Compare providers"</a> };
    let text = "No stake names this address, or the staker of one of its vaults below, as its withdrawer, on any \
                rollup.";
    empty("stack", "No positions", text, Some(go.into_any()))
}

/// None is known, and that there is none is not.
fn none_known() -> AnyView {
    let text = "No stake names this address as its withdrawer. One of a token vault may be missing: not all vaults \
                could be read. Rota tries again.";
    empty("warn", "Not all was read", text, None)
}

fn framed(symbol: &str, rows: Vec<AnyView>) -> AnyView {
    let unit = |name: &str| if symbol.is_empty() { name.to_owned() } else { format!("{name}, {symbol}") };
    view! {
        <div class="tablewrap">
            <table class="table tight cards">
                <thead><tr>
                    <th scope="col">"Provider and attester"</th><th scope="col">"Status"</th><th scope="col" class="num">{unit("Stake")}</th>
                    <th scope="col" class="num">"Share of rewards"</th><th scope="col">"Split contract"</th><th scope="col" class="num">"Unclaimed"</th>
                    <th scope="col"><span class="vh">"Actions"</span></th>
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
            <td class="num"><span class="skel w4"></span></td><td><span class="skel w8"></span></td><td class="num"><span class="skel w8"></span></td><td></td>
        </tr>
    }
    .into_any()
}

fn table(desk: Desk, lines: &[Line], everything: RwSignal<bool>, filter: RwSignal<String>) -> AnyView {
    let terms = Terms::of(desk);
    let wanted = filter.get().trim().to_lowercase();
    // what is live first, the newest on top
    let mut order: Vec<&Line> = lines.iter().rev().filter(|line| is_about(desk, line, &wanted)).collect();
    let (limit, more) = cut(everything, FIRST, order.len());
    let search = (lines.len() > FIRST).then(|| search(filter, order.len(), lines.len()));
    order.sort_by_key(|line| line.position.get().is_some_and(|position| !position.is_live()));
    let rows: Vec<_> = order.iter().take(limit).map(|line| row(desk, &terms, line)).collect();
    view! { {search}{framed(&terms.symbol(), rows)}{more} }.into_any()
}

/// Whether a stake is with a provider of this name, or has a key or a split of this address.
fn is_about(desk: Desk, line: &Line, wanted: &str) -> bool {
    let made = line.stake.delegation.as_ref();
    let within = |text: String| text.to_lowercase().contains(wanted);
    wanted.is_empty()
        || within(line.stake.attester.to_string())
        || made.is_some_and(|made| {
            within(made.split.to_string()) || within(desk.cx.scope.label(made.provider_id))
        })
}

/// The field's name on the page.
const FILTER: &str = "stakes-filter";

/// The field that cuts a long list down.
fn search(filter: RwSignal<String>, found: usize, all: usize) -> AnyView {
    let text = filter.get();
    holds(FILTER, text.clone());
    let said = if text.trim().is_empty() {
        format!("{} stakes", format::count(all as u64))
    } else {
        format!("{} of {} stakes", format::count(found as u64), format::count(all as u64))
    };
    view! {
        <div class="body row apart">
            <label class="input search">
                {icon("search", 16)}
                <input
                    id=FILTER
                    type="search"
                    aria-label="Filter stakes"
                    placeholder="Provider, attester or split"
                    autocomplete="off"
                    spellcheck="false"
                    on:input=typed(move |now| filter.set(now))
                />
            </label>
            <span class="muted small" role="status">{said}</span>
        </div>
    }
    .into_any()
}

fn row(desk: Desk, terms: &Terms, line: &Line) -> AnyView {
    let cx = desk.cx;
    let stake = &line.stake;
    let who = match &stake.delegation {
        Some(made) => {
            let page = Page::Provider { provider_id: made.provider_id, standing: None };
            view! { <a class="n" href=cx.link(page)>{cx.scope.label(made.provider_id)}</a> }.into_any()
        }
        None => view! { <span class="n">"Own sequencer"</span> }.into_any(),
    };
    let amount = Figure::of(&line.amount, |raw| terms.bare(*raw));
    let from_vault = desk.vaults.by_staker(stake.withdrawer).map(|vault| {
        view! { <span class="sub">"from vault "{cx.addr(vault.address)}</span> }
    });
    let split = stake.delegation.as_ref().map(|made| cx.addr(made.split));
    view! {
        <tr>
            <td class="full"><div class="who"><div>{who}<span class="sub">{cx.addr(stake.attester)}</span>{from_vault}{outside(desk, line)}</div></div></td>
            <td data-l="Status">{status(desk, terms, line)}</td>
            <td class="num" data-l="Stake">{cx.sources.fig(label("Stake", line), amount, "w8")}</td>
            <td class="num" data-l="Share of rewards">{share(desk, line)}</td>
            <td class="skip-sm">{split}</td>
            <td class="num" data-l="Unclaimed">{unclaimed(desk, line)}{silent(desk, terms, line)}</td>
            <td class="num full">{act::buttons(desk, line, terms.now)}</td>
        </tr>
    }
    .into_any()
}

/// That a provider says it pays outside the protocol: then the split is not all there is.
fn outside(desk: Desk, line: &Line) -> Option<AnyView> {
    let made = line.stake.delegation.as_ref()?;
    let audit = desk.cx.scope.names.with(|names| names.get(made.provider_id)?.audit.clone())?;
    Some(view! {
        <span class="sub">"says it pays outside the protocol, which Rota cannot see: "<a href=audit target="_blank" rel="noopener noreferrer">"its audit"</a></span>
    }
    .into_any())
}

/// That its split never received anything to speak of, where chance is ruled out, with what that is concluded from.
fn silent(desk: Desk, terms: &Terms, line: &Line) -> Option<AnyView> {
    let Some(Position::Validating { rollup, .. }) = line.position.get() else { return None };
    let contracts = terms.contracts.as_ref()?;
    let slot = contracts.rollups.get(*rollup)?.clock.get()?.slot;
    // far less than one proposal pays
    let dust = U256::from(10).checked_pow(U256::from(contracts.token.decimals))?;
    let expected = desk.read.with(|read| {
        let read = &read.last()?.value;
        let active = *read.stakes.active.get(*rollup)?.get()?;
        let time = |place: &Place| desk.cx.scope.dates.of(place);
        // where claims may be missing, it may have been paid
        let moves = desk.moves.whole()?.value;
        never_paid(line, (&moves.all, dust), &read.rewards, (terms.now, slot, active), &time)
    })?;
    let evidence = format!(
        "Its split has received less than {} in all. About {} proposals were to be expected since it joined, by the slots since then and today’s number of sequencers.",
        contracts.token.amount(dust),
        format::count(expected)
    );
    Some(view! { <span class="sub bad">{evidence}</span> }.into_any())
}

/// What its recipient gets, in each token that rewards are paid in; nothing where no split is known.
fn unclaimed(desk: Desk, line: &Line) -> Option<AnyView> {
    let some = |share: &Reading<U256>| share.get().is_none_or(|amount| !amount.is_zero());
    let mut shown: Vec<&Gain> = line.gains.iter().filter(|gain| some(&gain.unclaimed)).collect();
    if shown.is_empty() {
        shown.push(line.gains.first()?);
    }
    let fig = |what: &str, gain: &Gain, share: &Reading<U256>| {
        let of = if line.gains.len() > 1 { format!(" in token {}", gain.token) } else { String::new() };
        desk.cx.sources.fig(label(&format!("{what}{of}"), line), desk.coin(gain.token, share), "w8")
    };
    let figures: Vec<_> = shown
        .into_iter()
        .map(|gain| view! { <div>{fig("Unclaimed", gain, &gain.unclaimed)}</div> }.into_any())
        .collect();
    let held: Vec<_> = line
        .gains
        .iter()
        .filter(|gain| gain.held_back.get().is_some_and(|held| !held.is_zero()))
        .map(|gain| {
            let figure = fig("Not paid out at present", gain, &gain.held_back);
            view! { <span class="sub">{figure}" not paid out at present"</span> }.into_any()
        })
        .collect();
    let elsewhere = line.recipient.filter(|to| Some(*to) != desk.owner.get());
    let elsewhere = elsewhere.map(|to| view! { <span class="sub">"to "{desk.cx.addr(to)}</span> });
    Some(view! { {figures}{held}{elsewhere} }.into_any())
}

/// What is left after the frozen commission, beside what the provider takes of new delegations.
fn share(desk: Desk, line: &Line) -> AnyView {
    let Some(made) = &line.stake.delegation else {
        return view! { <span class="muted">"all"</span> }.into_any();
    };
    let trouble = desk.cx.scope.events_in_trouble();
    let known = desk.cx.scope.deployment().zip(desk.cx.scope.ledger.get());
    let Some(rate) = known.map(|(contracts, ledger)| {
        let from = ledger.covered.as_ref().map_or(0, |covered| *covered.start());
        frozen(&contracts, &ledger.history, from, made)
    }) else {
        return desk.cx.sources.fig(label("Share", line), Figure::Loading, "w4");
    };
    let own = Reading {
        value: rate.value.clone(),
        source: Source::derived("1 − frozen commission", [("frozen commission", rate.source.clone())]),
    };
    let own = Figure::of(&own, |rate| rate.complement().to_string().into()).awaiting_events(trouble);
    let today: Option<Reading<Bps>> = desk
        .read
        .with(|read| read.last().and_then(|at| at.value.rewards.rates.get(&made.provider_id).cloned()));
    let moved = today.filter(|today| today.get().is_some() && today.get() != rate.get()).map(|today| {
        let figure = Figure::of(&today, |rate| rate.to_string().into());
        let name = format!("Commission of provider {}", made.provider_id);
        view! { "; new ones "{desk.cx.sources.fig(name, figure, "w4")} }
    });
    let commission = Figure::of(&rate, |rate| rate.to_string().into()).awaiting_events(trouble);
    view! {
        {desk.cx.sources.fig(label("Share", line), own, "w4")}
        <span class="sub">"commission "{desk.cx.sources.fig(label("Frozen commission", line), commission, "w4")}", frozen"{moved}</span>
    }
    .into_any()
}

fn status(desk: Desk, terms: &Terms, line: &Line) -> AnyView {
    let position = match &line.position.value {
        Ok(position) => position,
        Err(error) => {
            let figure = Figure::NotRead(error.clone(), Some(line.position.source.clone()));
            return desk.cx.sources.fig(label("Status", line), figure, "w8");
        }
    };
    let full = terms.full(position);
    let (mark, tone, word) = words::position(position, full);
    let follows = || {
        let read = desk
            .read
            .with(|read| read.last().and_then(|at| at.value.follows.get(&line.stake.attester).cloned()));
        // the number of a rollup says something where there is a newer one
        let old = position.rollup() != terms.contracts.as_ref().map(|contracts| contracts.canonical);
        let version = terms.version(position).filter(|_| old);
        let version = version.map(|version| format!("rollup {version}, ")).unwrap_or_default();
        let follows = match read.and_then(|follows| follows.get().copied()) {
            Some(true) => "follows upgrades",
            Some(false) => "stays on its rollup",
            None => "whether it follows upgrades is not read",
        };
        Some(format!("{version}{follows}"))
    };
    let below = match position {
        Position::Queued { ahead, .. } => {
            let place = Figure::Shown(Written::count(*ahead), line.position.source.clone());
            let place = desk.cx.sources.fig(label("Deposits ahead", line), place, "w4");
            let joins = match &line.joins {
                Some(Ok(joins)) => words::join(*joins, terms.now),
                _ => "time not read".to_owned(),
            };
            view! { <span class="sub">{place}" ahead; joins "{joins}</span> }.into_any()
        }
        Position::Validating { .. } => view! { {sub(follows())}{backing::below(desk, line)} }.into_any(),
        Position::Exiting { exit, .. } => sub(Some(words::exit_end(exit, terms.now))),
        Position::Zombie { exit, .. } => {
            let by_key = "ended by its own key; waits for its withdrawer";
            let cause = if line.stake.ended_by_key.is_some() { by_key } else { words::zombie(exit, full) };
            sub(Some(cause.to_owned()))
        }
        Position::Refunded => {
            let at = match line.stake.fate {
                Fate::Refunded(place) => Some(desk.cx.hash(place.tx)),
                Fate::Waiting | Fate::Joined(_) => None,
            };
            view! { <span class="sub">"the deposit failed and was paid back "{at}</span> }.into_any()
        }
        Position::Finished => sub(line.stake.paid.map(|paid| {
            let token = terms.contracts.as_ref().map(|contracts| contracts.token.amount(paid.amount));
            format!("{} to {}", token.unwrap_or_default(), format::short_address(paid.recipient))
        })),
    };
    view! { <span class=format!("status {tone}")>{icon(mark, 14)}{word}</span>{below} }.into_any()
}

fn sub(said: Option<String>) -> AnyView {
    said.map(|said| view! { <span class="sub">{said}</span> }).into_any()
}
