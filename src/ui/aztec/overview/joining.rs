use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::activity::{self, Day},
    ui::kit::chart::{Bar, Looking, Told, bars, chart, gridline},
    units::format,
};

/// Days shown.
const DAYS: u64 = 14;
const HEIGHT: u32 = 200;
const TOP: u64 = 20;
const ZERO: u64 = 130;
const BOTTOM: u64 = 190;

/// Sequencers that joined and began to leave, by day.
pub(super) fn joining(desk: Desk, looking: Looking) -> AnyView {
    let Some(now) = desk.cx.scope.head.block.with(|block| block.map(|block| block.timestamp)) else {
        return waiting();
    };
    let found = desk.cx.scope.ledger.with(|ledger| {
        let ledger = ledger.as_ref().filter(|ledger| ledger.is_complete())?;
        Some(activity::days(&ledger.history, now, DAYS, |place| desk.cx.scope.dates.of(place)))
    });
    match found {
        Some(None) if desk.cx.scope.dates.are_failing() => {
            view! { <p class="small ink2">"The times of some blocks could not be read. Trying again."</p> }
                .into_any()
        }
        None | Some(None) => waiting(),
        Some(Some(days)) => drawn(looking, &days, now),
    }
}

fn waiting() -> AnyView {
    view! { <div class="chartskel"><span class="skel w12"></span></div> }.into_any()
}

fn drawn(looking: Looking, days: &[Day], now: u64) -> AnyView {
    let (joined, left): (u64, u64) =
        (days.iter().map(|day| day.joined).sum(), days.iter().map(|day| day.left).sum());
    let most = days.iter().map(|day| day.joined.max(day.left)).max().unwrap_or(0).max(1);
    let tip =
        |day: &Day| format!("{}: {} joined, {} left", format::date(day.begins, now), day.joined, day.left);
    let mark = |day: &Day| Bar {
        up: day.joined * 1_000 / most,
        down: day.left * 1_000 / most,
        class: "m-ink",
        tip: tip(day),
    };
    let marks: Vec<Bar> = days.iter().map(mark).collect();
    let told = Told {
        finding: format!("In {DAYS} days {joined} sequencers joined and {left} began to leave."),
        columns: vec!["Day".to_owned(), "Joined".to_owned(), "Began to leave".to_owned()],
        rows: days
            .iter()
            .map(|day| vec![format::date(day.begins, now), day.joined.to_string(), day.left.to_string()])
            .collect(),
    };
    let (sign, net) = if joined >= left { ("+", joined - left) } else { ("\u{2212}", left - joined) };
    let drawing = view! {
        {gridline(TOP, "grid", format::count(most))}
        {gridline(ZERO, "axis", String::new())}
        {bars(&marks, (TOP, ZERO, BOTTOM))}
    };
    let readout = |name: &'static str, value: String| {
        view! { <div class="readout"><div class="k">{name}</div><div class="v">{value}</div></div> }
            .into_any()
    };
    view! {
        <div class="row clockrow">
            {readout("Joined, 14 d", format::count(joined))}
            {readout("Began to leave", format::count(left))}
            {readout("Net", format!("{sign}{}", format::count(net)))}
        </div>
        {chart(looking, told, HEIGHT, drawing.into_any())}
    }
    .into_any()
}
