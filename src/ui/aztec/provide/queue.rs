use alloy_primitives::U256;
use leptos::prelude::*;

use super::{Desk, admin::Foot, words};
use crate::{
    aztec::{
        alerts::{bad_head, days_left},
        events,
        history::KeyStep,
        plan::{self, Setting},
        read::{KeyProblem, KeyVerdict},
    },
    chain::{Origin, Reading, Source},
    state::{Remote, Screen},
    ui::kit::{Field, Figure, Kind, Written, cut, empty, field, icon, live, press},
    units::format,
};

/// Rows drawn before somebody asks for all of them.
const FIRST: usize = 20;
/// Over how many days the pace is taken.
const DAYS: u64 = 14;
const DAY: u64 = 86_400;

/// The provider's queue: figures, its keys with their verdicts, and their way out.
pub(super) fn queue(desk: Desk, provider_id: u64) -> AnyView {
    let count = move || desk.row(provider_id, |row| row.open_slots.get().copied()).flatten();
    let keys = desk.cx.scope.next_keys(provider_id, count);
    let (everything, leaving) = (RwSignal::new(false), RwSignal::new(String::new()));
    let foot = Foot::new(desk);
    view! {
        <section class="panel" id="queue" tabindex="-1">
            <header><h2>"Key queue"</h2><p>"The next delegation takes the first key"</p></header>
            {live(move || figures(desk, provider_id))}
            {live(move || trouble(keys, leaving))}
            {live(move || list(desk, provider_id, keys, everything))}
            {live(move || drip(desk, foot, provider_id, keys, leaving))}
        </section>
    }
    .into_any()
}

/// Keys used in the last days, and whether that is known.
fn used(desk: Desk, provider_id: u64) -> Option<(u64, u64)> {
    let now = desk.cx.scope.head.now()?;
    desk.cx.scope.ledger.with(|ledger| {
        let ledger = ledger.as_ref().filter(|ledger| ledger.is_complete())?;
        let history = ledger.history.provider(provider_id);
        let staked = history.keys.iter().filter(|(_, step)| matches!(step, KeyStep::Staked(_)));
        let all = staked.clone().count() as u64;
        // a block takes twelve seconds or more: older ones need not even be dated
        let newest = desk.cx.scope.head.block.with(|block| block.map(|block| block.number))?;
        let oldest = newest.saturating_sub(DAYS * DAY / 12);
        let late = staked.filter(|(place, _)| place.block >= oldest);
        let times: Vec<_> = late.map(|(place, _)| desk.cx.scope.dates.of(place)).collect();
        let times = times.into_iter().collect::<Option<Vec<_>>>()?;
        let recent = times.into_iter().filter(|time| time.saturating_add(DAYS * DAY) >= now).count() as u64;
        Some((all, recent))
    })
}

/// Keys used in so many days, once that is known.
pub(super) fn pace(desk: Desk, provider_id: u64) -> Option<(u64, u64)> {
    used(desk, provider_id).map(|(_, recent)| (recent, DAYS))
}

/// The provider's `StakedWithProvider` events, of which so many count.
fn stakes_told(desk: Desk, provider_id: u64, matches: u64) -> Option<Source> {
    let contracts = desk.cx.scope.deployment()?;
    let covered = desk.cx.scope.ledger.with(|ledger| ledger.as_ref()?.covered.clone())?;
    let origin = Origin::Logs {
        contracts: vec![contracts.staking_registry],
        event: events::signature("StakedWithProvider").unwrap_or_default(),
        topic: Some(U256::from(provider_id).into()),
        from: *covered.start(),
        to: *covered.end(),
        matches: usize::try_from(matches).unwrap_or(usize::MAX),
    };
    Some(origin.into())
}

fn figures(desk: Desk, provider_id: u64) -> AnyView {
    let slots = desk.row(provider_id, |row| row.open_slots.clone());
    let failure = desk.providers.with(|providers| providers.failure().cloned());
    let told = used(desk, provider_id);
    let counted = |matches| stakes_told(desk, provider_id, matches);
    let all = told.and_then(|(all, _)| Some(Reading::new(all, counted(all)?)));
    let pace = told.and_then(|(_, recent)| {
        let inputs = [("delegations of the last 14 days", counted(recent)?)];
        Some(Reading::new(recent, Source::derived("delegations of the last 14 days / 14", inputs)))
    });
    let dry = pace.as_ref().zip(slots.as_ref()).map(|(pace, slots)| {
        let inputs = [("open slots", slots.source.clone()), ("pace", pace.source.clone())];
        let value = slots.need().and_then(|open| Ok((open, pace.need()?)));
        Reading { value, source: Source::derived("open slots / pace, rounded down", inputs) }
    });
    let tenths = |recent: &u64| {
        let tenths = recent * 10 / DAYS;
        Written::Text(match (tenths, *recent) {
            (0, 1..) => "under 0.1 a day".to_owned(),
            _ => format!("{}.{} a day", tenths / 10, tenths % 10),
        })
    };
    let trouble = desk.cx.scope.events_in_trouble();
    let aged = desk.providers.with(Remote::aged);
    let figure = |name: &'static str, value: Figure, below: &'static str| {
        let value = desk.cx.sources.fig(format!("{name}, of the queue"), value, "w4");
        view! { <div class="readout"><dt>{name}</dt><dd>{value}</dd><dd class="s small muted">{below}</dd></div> }.into_any()
    };
    let slots =
        Figure::within(slots.as_ref(), failure.as_ref(), |slots| Figure::of(slots, |n| Written::count(*n)));
    let of_events = |found: Figure| found.awaiting_events(trouble);
    let all = Figure::within(all.as_ref(), None, |all| Figure::of(all, |n| Written::count(*n)));
    let pace = Figure::within(pace.as_ref(), None, |pace| Figure::of(pace, tenths));
    let dry =
        Figure::within(dry.as_ref(), None, |dry| Figure::of(dry, |left| Written::Text(runs_dry(*left))));
    view! {
        <dl class="readouts">
            {figure("Open slots", slots.aged(aged), "keys waiting")}
            {figure("Used", of_events(all), "taken by delegations")}
            {figure("Pace", of_events(pace), "last 14 days")}
            {figure("Runs dry in", of_events(dry).aged(aged), "at this pace")}
        </dl>
    }
    .into_any()
}

/// When so many open slots are used up by so many in [`DAYS`].
fn runs_dry((open, recent): (u64, u64)) -> String {
    match (open, days_left(open, (recent, DAYS))) {
        (0, _) => "Now".to_owned(),
        (_, None) => "Not in sight".to_owned(),
        (_, Some(days)) => format!("About {}", format::plural(days, "day")),
    }
}

/// Whether a key stops every delegation rather than wasting one.
const fn blocks(problem: &KeyProblem) -> bool {
    matches!(problem, KeyProblem::Exiting { .. } | KeyProblem::Empty)
}

fn trouble(keys: Screen<Vec<KeyVerdict>>, leaving: RwSignal<String>) -> AnyView {
    keys.with(|keys| {
        let Some(at) = keys.last() else { return ().into_any() };
        let keys = &at.value;
        let bad = keys.iter().enumerate().find_map(|(place, key)| match &key.problem {
            Ok(Some(problem)) => Some((place, key, problem)),
            _ => None,
        });
        let Some((place, key, problem)) = bad else { return ().into_any() };
        let head = bad_head(keys);
        let short = format::short_address(key.attester);
        let reason = words::problem(problem);
        let effect = if blocks(problem) {
            "Once it is first, no delegation to you is possible."
        } else {
            "Whoever delegates with it waits in the entry queue for nothing and is refunded."
        };
        let (title, act) = match (place, head) {
            (0, 1) => ("The key at the head of your queue must not be used".to_owned(), "Remove exactly 1 key from the front."),
            (0, _) => (format!("The first {head} keys of your queue must not be used"), ""),
            _ => (format!("The {} key of your queue must not be used", format::ordinal(place as u64 + 1)), "Only keys at the front can be removed: those before it would leave too."),
        };
        let act = if act.is_empty() { format!("Remove exactly {head} keys from the front.") } else { act.to_owned() };
        let put = (head > 0).then(|| {
            let put = press(move || leaving.set(head.to_string()));
            view! { <button type="button" class="btn sm" on:click=put>{format!("Remove {}", format::plural(head as u64, "key"))}</button> }
        });
        view! {
            <div class="banner bad" role="alert">
                {icon("warn", 16)}
                <div><b>{title}</b><p>{format!("{short}: {reason}. {effect} {act}")}</p></div>
                {put}
            </div>
        }
        .into_any()
    })
}

fn list(desk: Desk, provider_id: u64, keys: Screen<Vec<KeyVerdict>>, everything: RwSignal<bool>) -> AnyView {
    let keys = keys.with(|keys| match (keys.last(), keys) {
        (Some(at), _) => Ok(Some(at.value.clone())),
        (None, Remote::Failed(_)) => Err(()),
        (None, _) => Ok(None),
    });
    let keys = match keys {
        Err(()) => {
            return empty(
                "warn",
                "Not read",
                "The queue could not be read. Rota tries again at the next block.",
                None,
            );
        }
        Ok(None) => {
            return view! { <div class="body" aria-busy="true"><span class="skel w12"></span></div> }
                .into_any();
        }
        Ok(Some(keys)) if keys.is_empty() => {
            return empty("key", "No keys left", "Nobody can delegate to you until you add keys.", None);
        }
        Ok(Some(keys)) => keys,
    };
    let added = added(desk, provider_id, &keys);
    let (limit, more) = cut(everything, FIRST, keys.len());
    let row = |((place, key), added): ((usize, &KeyVerdict), String)| {
        let (tone, mark, word, why) = match &key.problem {
            Ok(None) => ("ok", "check", "Unused", String::new()),
            Ok(Some(problem)) => ("bad", "x", "Must not be used", words::problem(problem)),
            Err(_) => ("warn", "warn", "Not checked", "A part of the chain could not be read".to_owned()),
        };
        view! {
            <tr>
                <td class="num muted skip-sm">{place}</td>
                <td data-l="Attester">{desk.cx.addr(key.attester)}</td>
                <td data-l="State"><span class=format!("status {tone}")>{icon(mark, 14)}{word}</span></td>
                <td data-l="Added" class="muted">{added}</td>
                <td class="muted full">{why}</td>
            </tr>
        }
        .into_any()
    };
    let rows: Vec<_> = (1..).zip(&keys).zip(added).take(limit).map(row).collect();
    view! {
        <div class="tablewrap">
            <table class="table tight cards">
                <thead><tr>
                    <th scope="col" class="num">"Place"</th><th scope="col">"Attester"</th><th scope="col">"State"</th>
                    <th scope="col">"Added"</th><th scope="col"><span class="vh">"Reason"</span></th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {more}
    }
    .into_any()
}

/// When each key was added last, as far as the events are read.
fn added(desk: Desk, provider_id: u64, keys: &[KeyVerdict]) -> Vec<String> {
    let now = desk.cx.scope.head.now();
    desk.cx.scope.ledger.with(|ledger| {
        let Some(ledger) = ledger else { return vec![String::new(); keys.len()] };
        let history = ledger.history.provider(provider_id);
        let when = |key: &KeyVerdict| {
            let of_it = |step: &KeyStep<'_>| matches!(step, KeyStep::Added(attesters) if attesters.contains(&key.attester));
            let step = history.keys.iter().rev().find(|(_, step)| of_it(step));
            let Some((place, _)) = step else { return String::new() };
            match desk.cx.scope.dates.of(place).zip(now) {
                Some((time, now)) => format::date(time, now),
                None => format!("block {}", format::count(place.block)),
            }
        };
        keys.iter().map(when).collect()
    })
}

/// Removes keys from the front, and says which.
fn drip(
    desk: Desk,
    foot: Foot,
    provider_id: u64,
    keys: Screen<Vec<KeyVerdict>>,
    leaving: RwSignal<String>,
) -> AnyView {
    let read = keys.with(|keys| keys.last().map(|at| (at.block, at.value.clone())));
    let Some((read_at, keys)) = read.filter(|(_, keys)| !keys.is_empty()) else { return ().into_any() };
    let text = leaving.get();
    let count: Option<u64> = text.trim().parse().ok().filter(|count| *count > 0);
    let queued = keys.len() as u64;
    let error = (count.is_none_or(|count| count > queued))
        .then(|| format!("A whole number from 1 to {}", format::count(queued)));
    let config = desk.config(provider_id);
    let plan = count.zip(config).and_then(|(count, config)| {
        // the keys that are shown here are the ones that may leave, and no others
        desk.as_admin(provider_id, |setting| {
            plan::drip(&Setting { read_at, ..setting.clone() }, provider_id, &config, count, queued)
        })
    });
    let input = field(Field {
        label: "Keys to remove from the front",
        text: leaving,
        error,
        hint: "They leave unused, in order. They can be added again later.".to_owned(),
        kind: Kind::Number("keys"),
    });
    let gone = count.filter(|count| *count <= queued).map(|count| {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let names: Vec<_> = keys.iter().take(count.min(12)).map(|key| desk.cx.addr(key.attester)).collect();
        let rest = count.saturating_sub(12);
        let rest = (rest > 0).then(|| format!("and {rest} more"));
        view! { <div><h3>"These leave"</h3><p class="row wide-gap small">{names}{rest}</p></div> }
    });
    view! {
        <div class="body pair rule">{input}{gone}</div>
        {desk.foot(foot, provider_id, plan, "Enter how many")}
    }
    .into_any()
}
