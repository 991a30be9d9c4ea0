//! The provider's history: commission and key queue over time, and what else was changed.

use leptos::prelude::*;

use crate::{
    aztec::{
        events::Place,
        record::{Change, Record},
    },
    ui::{
        Cx,
        kit::{
            chart::{END, Looking, Stair, Told, across, chart, gridline, stairs},
            icon, live,
        },
    },
    units::{Bps, format},
};

const HEIGHT: u32 = 156;
const TOP: u64 = 24;
const ZERO: u64 = 150;

/// Whose history is shown.
#[derive(Clone, Copy)]
pub(in crate::ui::aztec) struct Past {
    pub(in crate::ui::aztec) cx: Cx,
    pub(in crate::ui::aztec) provider_id: u64,
    /// `None` while events are read.
    pub(in crate::ui::aztec) record: Memo<Option<Record>>,
}

/// How the reader looks at the two charts.
#[derive(Clone, Copy)]
pub(super) struct Looks {
    rates: Looking,
    keys: Looking,
}

impl Looks {
    /// At the drawings.
    pub(super) fn new() -> Self {
        Self { rates: Looking::new(), keys: Looking::new() }
    }
}

/// Commission, changes, slashes and the key queue, from events.
pub(super) fn past(of: Past, looks: Looks) -> AnyView {
    view! {
        {commissions(of, looks.rates)}
        <section class="panel">
            <header><h2>"Key queue"</h2><p>"Keys left after each change"</p><div class="end">{looks.keys.toggle()}</div></header>
            <div class="body">{live(move || keys(of, looks.keys))}</div>
        </section>
        {changed(of)}
    }
    .into_any()
}

/// The commission over time.
pub(in crate::ui::aztec) fn commissions(of: Past, looking: Looking) -> AnyView {
    view! {
        <section class="panel">
            <header><h2>"Commission history"</h2><p>"A change applies to new delegations only"</p><div class="end">{looking.toggle()}</div></header>
            <div class="body">{live(move || rates(of, looking))}</div>
        </section>
    }
    .into_any()
}

/// Admins, recipients and slashes.
pub(in crate::ui::aztec) fn changed(of: Past) -> AnyView {
    let note = live(move || {
        let covered = of.cx.scope.ledger.with(|ledger| ledger.as_ref()?.covered.clone());
        covered
            .map(|covered| {
                format!("Blocks {} to {}", format::count(*covered.start()), format::count(*covered.end()))
            })
            .into_any()
    });
    view! {
        <section class="panel">
            <header><h2>"Changes and slashes"</h2><p>{note}</p></header>
            {live(move || changes(of))}
        </section>
    }
    .into_any()
}

fn waiting() -> AnyView {
    view! { <div class="chartskel" aria-busy="true"><span class="skel w12"></span></div> }.into_any()
}

/// Where a block lies between the first and the newest one.
struct Scale {
    first: u64,
    last: u64,
}

impl Scale {
    fn place(&self, block: u64) -> u64 {
        let span = self.last.saturating_sub(self.first).max(1);
        block.saturating_sub(self.first).min(span) * END / span
    }
}

fn scale(of: Past, first: Option<&Place>) -> Option<Scale> {
    let last = of.cx.scope.head.block.with(|block| block.map(|block| block.number))?;
    Some(Scale { first: first?.block, last })
}

fn when(of: Past, place: &Place) -> String {
    let now = of.cx.scope.head.now();
    match of.cx.scope.dates.of(place).zip(now) {
        Some((time, now)) => format::date(time, now),
        None => format!("block {}", format::count(place.block)),
    }
}

fn rates(of: Past, looking: Looking) -> AnyView {
    let Some(record) = of.record.get() else { return waiting() };
    let Some(scale) = scale(of, record.rates.first().map(|(place, _)| place)) else { return waiting() };
    let most = record.rates.iter().map(|(_, rate)| u64::from(rate.get())).max().unwrap_or(0).max(1);
    let stair = |(place, rate): &(Place, Bps)| Stair {
        from: scale.place(place.block),
        up: u64::from(rate.get()) * 1_000 / most,
    };
    let marks: Vec<Stair> = record.rates.iter().map(stair).collect();
    let mine = own(of, &scale);
    let rows = record
        .rates
        .iter()
        .map(|(place, rate)| vec![when(of, place), rate.to_string(), format::count(place.block)]);
    let last = record.rates.last().map(|(_, rate)| rate.to_string()).unwrap_or_default();
    let first =
        record.rates.first().map(|(place, rate)| format!("Registered at {rate}, {}", when(of, place)));
    let told = Told {
        finding: match record.rates.len() {
            1 => format!("{}; never changed.", first.unwrap_or_default()),
            many => format!(
                "{}; changed {} to {last}.",
                first.unwrap_or_default(),
                if many == 2 { "once".to_owned() } else { format!("{} times", many - 1) }
            ),
        },
        columns: ["Since", "Commission", "Block"].map(str::to_owned).to_vec(),
        rows: rows.collect(),
    };
    let finding = told.finding.clone();
    let end = marks.last().map_or(ZERO, |stair| ZERO - stair.up * (ZERO - TOP) / 1_000);
    let drawing = view! {
        {gridline(TOP, "grid", record.rates.iter().map(|(_, rate)| *rate).max().map(|rate| rate.to_string()).unwrap_or_default())}
        {gridline(ZERO, "axis", String::new())}
        {stairs(&marks, (TOP, ZERO))}
        <text x=across(END) dx="8" y=end + 4 class="strong">{last}</text>
        {mine}
    };
    view! { {chart(looking, told, HEIGHT, drawing.into_any())}<p class="xs muted">{finding}</p> }.into_any()
}

/// The reader's own delegations, each at the commission that is frozen in it.
fn own(of: Past, scale: &Scale) -> Vec<AnyView> {
    let Some(account) = of.cx.account() else { return Vec::new() };
    let mut groups: Vec<(u64, Option<Bps>, u64)> = Vec::new();
    of.cx.scope.ledger.with(|ledger| {
        let Some(ledger) = ledger else { return };
        for stake in ledger.history.of_provider(of.provider_id) {
            if stake.withdrawer != Some(account) {
                continue;
            }
            match groups
                .last_mut()
                .filter(|(block, rate, _)| (*block, *rate) == (stake.block, stake.take_rate))
            {
                Some((_, _, count)) => *count += 1,
                None => groups.push((stake.block, stake.take_rate, 1)),
            }
        }
    });
    let mark = |((block, rate, count), row): ((u64, Option<Bps>, u64), u64)| {
        let (x, y) = (across(scale.place(block)), ZERO - 8 - row % 4 * 16);
        let rate = rate.map(|rate| format!(", frozen at {rate}")).unwrap_or_default();
        view! {
            <line x1=x.clone() x2=x.clone() y1=TOP y2=ZERO class="m-own"></line>
            <text x=x dx="6" y=y class="m-accent">{format!("You: {count}{rate}")}</text>
        }
        .into_any()
    };
    groups.into_iter().zip(0..).map(mark).collect()
}

fn keys(of: Past, looking: Looking) -> AnyView {
    let Some(record) = of.record.get() else { return waiting() };
    if record.keys.is_empty() {
        return view! { <p class="small ink2">"It never added a key."</p> }.into_any();
    }
    let Some(scale) = scale(of, record.registered.as_ref()) else { return waiting() };
    let most = record.keys.iter().map(|(_, left)| *left).max().unwrap_or(0).max(1);
    let stair =
        |(place, left): &(Place, u64)| Stair { from: scale.place(place.block), up: left * 1_000 / most };
    let marks: Vec<Stair> = record.keys.iter().map(stair).collect();
    let left = record.keys.last().map_or(0, |(_, left)| *left);
    let told = Told {
        finding: format!("{} left; {} at most.", format::plural(left, "key"), format::count(most)),
        columns: ["When", "Keys left", "Block"].map(str::to_owned).to_vec(),
        rows: record
            .keys
            .iter()
            .map(|(place, left)| vec![when(of, place), format::count(*left), format::count(place.block)])
            .collect(),
    };
    let end = ZERO - left * (ZERO - TOP) / most;
    let drawing = view! {
        {gridline(TOP, "grid", format::count(most))}
        {gridline(ZERO, "axis", String::new())}
        {stairs(&marks, (TOP, ZERO))}
        <text x=across(END) dx="8" y=end + 4 class="strong">{format::plural(left, "key")}</text>
    };
    chart(looking, told, HEIGHT, drawing.into_any())
}

fn changes(of: Past) -> AnyView {
    let (Some(record), Some(contracts)) = (of.record.get(), of.cx.scope.deployment()) else {
        return view! { <div class="body" aria-busy="true"><span class="skel w12"></span></div> }.into_any();
    };
    let mut all = settings(of, &record);
    all.extend(record.slashes.iter().map(|slash| {
        let said = view! { "Slashed, sequencer "{of.cx.addr(slash.attester)} };
        let amount = format!("\u{2212}{}", contracts.token.amount(slash.amount));
        line(of, &slash.place, ("st-zom", "status bad"), said.into_any(), amount)
    }));
    if all.is_empty() {
        return view! { <div class="body"><p class="small ink2">"No change of it is in the events that were read."</p></div> }
            .into_any();
    }
    all.sort_by_key(|(place, _)| std::cmp::Reverse(place.position()));
    let lines: Vec<_> = all.into_iter().map(|(_, line)| line).collect();
    view! { <ul class="feed">{lines}</ul> }.into_any()
}

/// A line of the feed, with the place by which it is put in order.
type Line = (Place, AnyView);

fn line(
    of: Past,
    place: &Place,
    (mark, class): (&'static str, &'static str),
    said: AnyView,
    figure: String,
) -> Line {
    let when = when(of, place);
    let drawn = view! {
        <li>
            <time title=format!("Block {}", place.block)>{when}</time>
            <span class="row fix gap5"><span class=class>{icon(mark, 14)}</span><span class="min0">{said}" "<span class="muted">{of.cx.hash(place.tx)}</span></span></span>
            <span class="num">{figure}</span>
        </li>
    };
    (*place, drawn.into_any())
}

/// What its admins set: what, by whom, when, in which transaction.
fn settings(of: Past, record: &Record) -> Vec<Line> {
    let by = |place: &Place| {
        record.admin_at(place).map(|admin| view! { <span class="muted">", by "{of.cx.addr(admin)}</span> })
    };
    let mut all: Vec<Line> = Vec::new();
    let mut before: Option<Bps> = None;
    for (place, rate) in &record.rates {
        let registered = record.registered.is_some_and(|first| first.position() == place.position());
        let (said, mark) = match before {
            _ if registered => (format!("Registered at {rate}"), ("plus", "muted")),
            Some(before) if *rate < before => {
                (format!("Commission {before} → {rate}"), ("desc", "status ok"))
            }
            Some(before) => (format!("Commission {before} → {rate}"), ("asc", "status warn")),
            None => (format!("Commission set to {rate}"), ("asc", "status warn")),
        };
        // anybody may register; who is named is the first admin
        let who = if registered {
            record.admin_at(place).map(|admin| view! { ", admin "{of.cx.addr(admin)} }.into_any())
        } else {
            by(place).map(IntoAny::into_any)
        };
        all.push(line(of, place, mark, view! { {said}{who} }.into_any(), String::new()));
        before = Some(*rate);
    }
    for (place, change) in &record.changes {
        let (said, to) = match change {
            Change::AdminOffered(to) if to.is_zero() => ("Offer to a new admin withdrawn", None),
            Change::AdminOffered(to) => ("Offered to a new admin, ", Some(*to)),
            Change::AdminSet(to) => ("New admin, ", Some(*to)),
            Change::RecipientSet(to) => ("Commission of new delegations goes to ", Some(*to)),
        };
        // who accepted is who is named
        let who = (!matches!(change, Change::AdminSet(_))).then(|| by(place));
        let said = view! { {said}{to.map(|to| of.cx.addr(to))}{who} };
        all.push(line(of, place, ("key", "status warn"), said.into_any(), String::new()));
    }
    all
}
