use leptos::prelude::*;

use super::{Desk, gaps::Of};
use crate::{
    aztec::{positions::Total, rules::Position},
    chain::Reading,
    state::Gap,
    ui::kit::Figure,
    units::format,
};
use alloy_primitives::U256;

/// The sums of the address.
pub(super) fn figures(desk: Desk) -> AnyView {
    let sources = desk.cx.sources;
    let complete = desk.told.with(|told| told.as_ref().is_some_and(|told| told.complete));
    let sheet = desk.sheet.get().filter(|_| complete);
    let now = desk.now();
    let sum = |pick: fn(&crate::aztec::positions::Sheet) -> &Reading<U256>| {
        desk.figure(Of::Stakes, |sheet| Figure::of(pick(sheet), |raw| desk.amount(*raw)))
    };
    let plural = |n: usize, one: &str| format::plural(n as u64, one);
    // of no stakes at all there is nothing to count while some may be missing
    let own = sheet.as_ref().filter(|sheet| desk.gap(Of::Stakes) == Gap::None || !sheet.lines.is_empty());
    let paying =
        sheet.as_ref().filter(|sheet| desk.gap(Of::Rewards) == Gap::None || !sheet.splits().is_empty());
    let staked = own.map(|sheet| {
        let validating = sheet.count(|position| matches!(position, Position::Validating { .. }));
        let queued = sheet.count(|position| matches!(position, Position::Queued { .. }));
        let waiting = if queued == 0 { String::new() } else { format!("; {queued} in the entry queue") };
        format!("{}{waiting}", plural(validating, "sequencer"))
    });
    let splits = paying.map(|sheet| {
        let splits =
            sheet.lines.iter().filter(|line| line.recipient == Some(desk.owner.get().unwrap_or_default()));
        let held = sheet.totals.iter().filter_map(|total| {
            let held = total.held_back.get().filter(|held| !held.is_zero())?;
            Some(format!("; {} more not paid out at present", total.name.get()?.amount(*held)))
        });
        format!(
            "{}, net of commission{}",
            plural(splits.count() + sheet.received.len(), "split contract"),
            held.collect::<String>()
        )
    });
    let leaving = own.map(|sheet| {
        let ready = sheet.count(|position| {
            matches!(position, Position::Exiting { exit, .. } if exit.ends_at().is_ok_and(|end| end <= now))
        });
        let idle = sheet.count(|position| matches!(position, Position::Zombie { .. }));
        let said = [(ready, "ready to finalise"), (idle, "waiting for the withdrawer")];
        let said: Vec<_> =
            said.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
        said.join("; ")
    });
    let readout = |name: &'static str, figure: Figure, counted: Option<String>| {
        let below = desk.below(Of::Stakes, counted);
        view! { <div class="readout"><div class="k">{name}</div><div class="v">{sources.fig(name, figure, "w8")}</div><div class="s">{below}</div></div> }
            .into_any()
    };
    let several = |name: &'static str,
                   of: Of,
                   pick: fn(&Total) -> &Reading<U256>,
                   counted: Option<String>| {
        let figures = by_token(desk, (name, of), pick);
        let below = desk.below(of, counted);
        view! { <div class="readout"><div class="k">{name}</div>{figures}<div class="s">{below}</div></div> }
            .into_any()
    };
    let shared = "shared out, from all splits of this address together".to_owned();
    view! {
        <div class="readouts four">
            {readout("Staked", sum(|sheet| &sheet.staked), staked)}
            {several("Unclaimed rewards", Of::Rewards, |total| &total.unclaimed, splits)}
            {several("In the warehouse", Of::Itself, |total| &total.stored, Some(shared))}
            {readout("Leaving", sum(|sheet| &sheet.exiting), leaving)}
        </div>
    }
    .into_any()
}

/// One figure for each token that rewards are paid in; those without any are left out where there is another.
fn by_token(desk: Desk, (name, of): (&'static str, Of), pick: fn(&Total) -> &Reading<U256>) -> AnyView {
    let one = |label: String, figure: Figure| {
        view! { <div class="v">{desk.cx.sources.fig(label, figure, "w8")}</div> }.into_any()
    };
    let complete = desk.told.with(|told| told.as_ref().is_some_and(|told| told.complete));
    let Some(sheet) = desk.sheet.get().filter(|_| complete) else {
        return one(name.to_owned(), desk.figure(of, |_| Figure::Loading));
    };
    let some = |total: &&Total| pick(total).get().is_none_or(|amount| !amount.is_zero());
    let mut shown: Vec<&Total> = sheet.totals.iter().filter(some).collect();
    if shown.is_empty() {
        shown.extend(sheet.totals.first());
    }
    let figures = shown.into_iter().enumerate().map(|(place, total)| {
        let label = if place == 0 { name.to_owned() } else { format!("{name} in token {}", total.token) };
        one(label, desk.figure(of, |_| desk.coin(total.token, pick(total))))
    });
    figures.collect::<Vec<_>>().into_any()
}
