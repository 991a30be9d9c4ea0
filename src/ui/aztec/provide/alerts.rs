use alloy_primitives::{Address, U256};
use leptos::prelude::*;

use super::{Desk, queue, words};
use crate::{
    aztec::{
        alerts::{self, Alert, Known},
        coinbase,
        history::History,
        read::{KeyVerdict, Stakes},
        rules::{Position, positions},
    },
    chain::{At, text::tame},
    platform::{ask_to_notify, dom, may_notify, notify},
    state::{Ledger, Screen, keep_publishers, publishers, spawn, watch},
    ui::{
        aztec::{
            news::{By, Extent, Item, Moment, News},
            paid,
        },
        kit::{holds, icon, live, press, typed},
    },
    units::{self, format},
};

/// Events older than this many seconds are no alert any more.
const RECENT: u64 = 90 * 86_400;
/// 0.1 ether.
const POOR: U256 = U256::from_limbs([100_000_000_000_000_000, 0, 0, 0]);
/// Accounts that are watched at most.
const MOST: usize = 20;

/// Accounts that pay for the nodes' transactions: entered by hand, kept in this browser.
#[derive(Clone, Copy)]
struct Paying {
    text: RwSignal<String>,
    threshold: RwSignal<String>,
    balances: Screen<Vec<(Address, U256)>>,
}

fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty())
}

fn accounts(text: &str) -> Vec<Address> {
    let mut all = Vec::new();
    for account in words_of(text).filter_map(|word| units::address(word).ok()) {
        if !all.contains(&account) {
            all.push(account);
        }
    }
    all
}

/// What to look at, in the page and by notification.
pub(super) fn alerts(desk: Desk, provider_id: u64) -> AnyView {
    let network = desk.cx.scope.network.with_value(|network| network.id.clone());
    let (kept, threshold) = publishers(&network, provider_id);
    let text = RwSignal::new(kept);
    let watched =
        Memo::new(move |_| text.with(|text| accounts(text).into_iter().take(MOST).collect::<Vec<_>>()));
    let paying = Paying {
        text,
        threshold: RwSignal::new(threshold),
        balances: desk.cx.scope.balances(move || watched.get()),
    };
    let first = move || Some(desk.row(provider_id, |row| row.open_slots.get().copied()).flatten()?.min(32));
    let keys = desk.cx.scope.next_keys(provider_id, first);
    let all = Memo::new(move |_| found(desk, provider_id, paying, keys));
    let unread = Memo::new(move |_| unread(desk, provider_id, paying, keys));
    let allowed = RwSignal::new(may_notify());
    follow(desk, provider_id, (all, unread));
    watch(move || desk.cx.scope.head.watch_unseen(allowed.get()));
    on_cleanup(move || desk.cx.scope.head.watch_unseen(false));
    view! {
        <section class="panel" id="alerts">
            <header><h2>"Alerts"</h2><div class="end">{live(move || permission(allowed))}</div></header>
            {live(move || list(desk, all.get().as_deref(), &unread.get()))}
            {live(move || settings(desk, provider_id, paying))}
        </section>
    }
    .into_any()
}

fn permission(allowed: RwSignal<bool>) -> AnyView {
    if allowed.get() {
        return view! { <span class="status ok">{icon("bell", 14)}"Notifies while this page is open"</span> }
            .into_any();
    }
    let ask = press(move || {
        spawn(async move {
            let granted = ask_to_notify().await;
            if !allowed.is_disposed() {
                allowed.set(granted);
            }
        });
    });
    view! { <button type="button" class="btn sm" on:click=ask>{icon("bell", 14)}"Notify me in this browser"</button> }.into_any()
}

/// What could not be read, or not yet: no alert can tell of it.
fn unread(desk: Desk, provider_id: u64, paying: Paying, keys: Screen<Vec<KeyVerdict>>) -> Vec<&'static str> {
    let first = desk.row(provider_id, |row| row.open_slots.get().copied()).flatten();
    let keys = first.is_none_or(|open| {
        open > 0
            && keys.with(|keys| keys.error().is_some() || keys.last().is_none_or(|at| at.value.is_empty()))
    });
    let paying = !accounts(&paying.text.get()).is_empty()
        && paying.balances.with(|found| found.error().is_some() || found.last().is_none());
    let pending = desk.pending.with(|pending| pending.error().is_some() || pending.last().is_none());
    let events = !desk.cx.scope.ledger.with(|ledger| ledger.as_ref().is_some_and(Ledger::is_complete));
    let stakes = desk.stakes.with(|stakes| {
        let unread = |at: &At<Stakes>| at.value.states.values().any(|state| state.get().is_none());
        stakes.error().is_some() || stakes.last().is_none_or(|at| unread(at))
    });
    let audit = desk.audit.with(|audit| audit.error().is_some() || audit.last().is_none());
    let all = [
        (keys, "the key queue"),
        (audit, "the coinbases"),
        (pending, "the proposed admin"),
        (stakes, "the sequencers"),
        (events, "all events"),
        (!events && undated(desk, provider_id), "when slashes and exits were"),
        (paying, "the publishers"),
    ];
    all.into_iter().filter_map(|(unread, what)| unread.then_some(what)).collect()
}

/// Whether it is not known yet of some slash or exit how long ago it was: until then it is no alert.
fn undated(desk: Desk, provider_id: u64) -> bool {
    let scope = desk.cx.scope;
    scope.ledger.with(|ledger| {
        ledger.as_ref().is_some_and(|ledger| {
            let own = attesters(&ledger.history, provider_id);
            !alerts::recent(&ledger.history, &own, |place| scope.dates.of(place).is_none()).is_empty()
        })
    })
}

fn attesters(history: &History, provider_id: u64) -> Vec<Address> {
    coinbase::payees(history, provider_id).iter().map(|payee| payee.attester).collect()
}

/// `None` while the events are read.
fn found(desk: Desk, provider_id: u64, paying: Paying, keys: Screen<Vec<KeyVerdict>>) -> Option<Vec<Alert>> {
    let scope = desk.cx.scope;
    let now = scope.head.now()?;
    let open = desk.row(provider_id, |row| row.open_slots.get().copied()).flatten();
    let keys = keys.with(|keys| keys.last().map(|at| at.value.clone())).unwrap_or_default();
    let publishers =
        paying.balances.with(|found| found.last().map(|at| at.value.clone())).unwrap_or_default();
    let pace = queue::pace(desk, provider_id);
    let astray = paid::verdicts(desk.cx, provider_id, desk.audit, desk.stakes)
        .map(|verdicts| coinbase::astray(&verdicts))
        .unwrap_or_default();
    scope.ledger.with(|ledger| {
        let history = &ledger.as_ref()?.history;
        let made: Vec<_> = history.of_provider(provider_id).collect();
        let sequencers: Vec<(Address, Position)> = desk.stakes.with(|stakes| {
            let stakes = &stakes.last()?.value;
            let found = positions(&*scope.deployment()?, history, &made, stakes);
            Some(
                made.iter()
                    .zip(found)
                    .filter_map(|(made, position)| Some((made.attester, position.ok()?)))
                    .collect(),
            )
        })?;
        let own = attesters(history, provider_id);
        let recent = alerts::recent(history, &own, |place| {
            scope.dates.of(place).is_some_and(|time| time.saturating_add(RECENT) >= now)
        });
        let known = Known {
            keys: &keys,
            open,
            pace,
            astray: &astray,
            pending: desk.pending.with(|pending| pending.last().map(|at| at.value)),
            sequencers: &sequencers,
            publishers: &publishers,
            poor: units::amount(&paying.threshold.get(), 18).unwrap_or(POOR),
        };
        Some(alerts::alerts(&known, recent))
    })
}

/// Title, text and tone of an alert.
fn said(desk: Desk, alert: &Alert) -> (&'static str, String, String) {
    let short = |address: &Address| format::short_address(*address);
    let ether = |wei: U256| format!("{} ETH", format::amount(wei, 18, 4));
    match alert {
        Alert::BadHead { attester, problem, leave } => (
            "bad",
            "A bad key is at the head of your queue".to_owned(),
            format!(
                "{}: {}. Remove exactly {} from the front.",
                short(attester),
                words::problem(problem),
                format::plural(*leave, "key")
            ),
        ),
        Alert::NoKeys => ("bad", "Key queue is empty".to_owned(), "Nobody can delegate to you.".to_owned()),
        Alert::FewKeys { left, days } => {
            let pace = days
                .map(|days| format!(" At this pace they last {}.", format::plural(days, "day")))
                .unwrap_or_default();
            ("warn", "Key queue is low".to_owned(), format!("{} left.{pace}", format::plural(*left, "key")))
        }
        Alert::PendingAdmin(admin) => (
            "warn",
            "A new admin is proposed".to_owned(),
            format!("{} may accept at any time.", short(admin)),
        ),
        Alert::Slashed { attester, amount, place } => {
            let took = desk
                .cx
                .scope
                .deployment()
                .map(|contracts| contracts.token.amount(*amount))
                .unwrap_or_default();
            (
                "bad",
                format!("{} was slashed", short(attester)),
                format!("{took} in block {}.", format::count(place.block)),
            )
        }
        Alert::WrongCoinbase { attester, to } => (
            "bad",
            format!("{} uses a coinbase that is not its split", short(attester)),
            format!(
                "Its newest checkpoint paid {}. Delegators see this on your page: set the split as its coinbase.",
                short(to)
            ),
        ),
        Alert::Zombie(attester) => (
            "bad",
            format!("{} was ejected", short(attester)),
            "It validates no more. Its delegator has to say where the stake goes.".to_owned(),
        ),
        Alert::ExitByKey { attester, place } => (
            "bad",
            format!("{} started its exit by its own key", short(attester)),
            format!("Block {}. If that was not you, somebody else has the key.", format::count(place.block)),
        ),
        Alert::PoorPublisher { account, wei } => (
            "warn",
            format!("Publisher {} runs low", short(account)),
            format!("It holds {}. Without ether your nodes cannot propose.", ether(*wei)),
        ),
    }
}

/// The panel of this page where something can be done about an alert, and what to call the way there.
const fn remedy(alert: &Alert) -> Option<(&'static str, &'static str)> {
    match alert {
        Alert::BadHead { .. } => Some(("queue", "Go to the queue")),
        Alert::NoKeys | Alert::FewKeys { .. } => Some(("add-keys", "Add keys")),
        Alert::WrongCoinbase { .. } => Some(("coinbase", "Go to the map")),
        Alert::PendingAdmin(_) => Some(("handover", "Go to the handover")),
        Alert::Slashed { .. } | Alert::Zombie(_) | Alert::ExitByKey { .. } | Alert::PoorPublisher { .. } => {
            None
        }
    }
}

fn list(desk: Desk, all: Option<&[Alert]>, unread: &[&str]) -> AnyView {
    let gap = (!unread.is_empty()).then(|| {
        let text = format!("{}. What they would tell is missing here.", unread.join(", "));
        view! { <li><span class="warn">{icon("warn", 16)}</span><b>"Not read"</b><p>{text}</p></li> }
            .into_any()
    });
    let Some(all) = all else {
        if gap.is_some() && desk.stakes.with(|stakes| stakes.failure().is_some()) {
            return view! { <ul class="checks">{gap}</ul> }.into_any();
        }
        return view! { <div class="body" aria-busy="true"><span class="skel w12"></span></div> }.into_any();
    };
    if all.is_empty() && gap.is_none() {
        let text = "Queue, admin, sequencers and publishers are as they should be.";
        return view! { <ul class="checks"><li><span class="pass">{icon("check", 16)}</span><b>"Nothing to do"</b><p>{text}</p></li></ul> }.into_any();
    }
    let line = |alert: &Alert| {
        let (tone, title, text) = said(desk, alert);
        let class = if tone == "bad" { "fail" } else { tone };
        let go = remedy(alert).map(|(place, words)| {
            let go = press(move || dom::reveal(place));
            view! { " "<button type="button" class="btn sm" on:click=go>{words}</button> }
        });
        view! { <li><span class=class>{icon("warn", 16)}</span><b>{title}</b><p>{text}{go}</p></li> }
            .into_any()
    };
    let lines: Vec<_> = all.iter().take(50).map(line).collect();
    let rest = all.len().saturating_sub(50);
    let rest = (rest > 0).then(|| view! { <p class="body small">{format!("and {rest} more")}</p> });
    view! { <ul class="checks">{gap}{lines}</ul>{rest} }.into_any()
}

/// Which accounts are watched, and from when on they are poor.
fn settings(desk: Desk, provider_id: u64, paying: Paying) -> AnyView {
    let keep = move || {
        let network = desk.cx.scope.network.with_value(|network| network.id.clone());
        keep_publishers(
            &network,
            provider_id,
            &paying.text.get_untracked(),
            &paying.threshold.get_untracked(),
        );
    };
    let (text, threshold) = (paying.text.get(), paying.threshold.get());
    holds("publishers", text.clone());
    holds("poor", threshold.clone());
    let counted = accounts(&text).len();
    let strange = words_of(&text).find(|word| units::address(word).is_err()).map(|word| tame(word, 24));
    let hint = match &strange {
        Some(word) => format!("“{word}” is no address: correct it, or it is not watched."),
        None if counted > MOST => {
            format!("The first {MOST} of {} are watched.", format::plural(counted as u64, "account"))
        }
        None => format!("{} watched. Kept in this browser only.", format::plural(counted as u64, "account")),
    };
    let take = typed(move |now| {
        paying.text.set(now);
        keep();
    });
    let limit = typed(move |now| {
        paying.threshold.set(now);
        keep();
    });
    let wrong = units::amount(&threshold, 18).err().filter(|_| !threshold.is_empty());
    let in_force = match &wrong {
        Some(error) => format!("{error}. Until then it is {} ETH.", format::amount(POOR, 18, 4)),
        None if threshold.is_empty() => {
            format!("{} ETH, unless you say otherwise.", format::amount(POOR, 18, 4))
        }
        None => String::new(),
    };
    view! {
        <div class="body stack tight rule">
            <div class="field">
                <label for="publishers">"Publisher accounts"</label>
                <div class="input mono" data-invalid=strange.is_some().then_some("")><input id="publishers" type="text" autocomplete="off" spellcheck="false" placeholder="0x…, 0x…" aria-describedby="publishers-hint" aria-invalid=strange.is_some().then_some("true") on:input=take/></div>
                <span class="hint" id="publishers-hint">{hint}</span>
            </div>
            <div class="field">
                <label for="poor">"Warn below"</label>
                <div class="input num" data-invalid=wrong.is_some().then_some("")><input id="poor" type="text" inputmode="decimal" autocomplete="off" placeholder="0.1" aria-describedby="poor-hint" aria-invalid=wrong.is_some().then_some("true") on:input=limit/><span>"ETH"</span></div>
                <span class="hint" id="poor-hint">{in_force}</span>
            </div>
        </div>
    }
    .into_any()
}

/// Tells of each alert that was not there before, while the page is open.
fn follow(desk: Desk, provider_id: u64, (all, unread): (Memo<Option<Vec<Alert>>>, Memo<Vec<&'static str>>)) {
    let mut news = News::default();
    let head = desk.cx.scope.head;
    watch(move || {
        let Some(all) = all.get() else { return };
        let extent = if unread.with(Vec::is_empty) { Extent::Whole } else { untrack(|| extent(desk)) };
        let there: Vec<_> = all.iter().map(item).collect();
        let moment = Moment {
            now: head.ticks.get_untracked(),
            block: untrack(|| desk.cx.scope.read_until()),
            time: untrack(|| head.now().unwrap_or_default()),
        };
        let new = news.take(&there, extent, moment);
        for alert in all.iter().filter(|alert| new.contains(&alert.identity())) {
            let (_, title, text) = untrack(|| said(desk, alert));
            notify(&title, &text, &format!("rota-{provider_id}-{}", alert.identity()));
        }
    });
}

fn item(alert: &Alert) -> Item {
    let by = match alert.place() {
        Some(place) => By::Block(place.block),
        None if alert.is_of_a_delegation() => By::Past,
        None => By::Standing,
    };
    Item { identity: alert.identity(), by }
}

/// How much is read where something is missing.
fn extent(desk: Desk) -> Extent {
    let complete = desk.cx.scope.ledger.with(|ledger| ledger.as_ref().is_some_and(Ledger::is_complete));
    match (complete, desk.cx.scope.events_in_trouble()) {
        (true, _) => Extent::Past,
        (false, true) => Extent::Holes,
        (false, false) => Extent::Begun,
    }
}
