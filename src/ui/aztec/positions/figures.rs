use leptos::prelude::*;

use super::Desk;
use crate::{aztec::rules::Position, chain::Reading, ui::kit::Figure, units::format};
use alloy_primitives::U256;

/// The sums of the address.
pub(super) fn figures(desk: Desk) -> AnyView {
    let sources = desk.cx.sources;
    let complete = desk.told.with(|told| told.as_ref().is_some_and(|told| told.complete));
    let sheet = desk.sheet.get().filter(|_| complete);
    let now = desk.now();
    let sum = |pick: fn(&crate::aztec::positions::Sheet) -> &Reading<U256>| {
        desk.figure(|sheet| Figure::of(pick(sheet), |raw| desk.amount(*raw)))
    };
    let plural = |n: usize, one: &str| format::plural(n as u64, one);
    let staked = sheet.as_ref().map(|sheet| {
        let validating = sheet.count(|position| matches!(position, Position::Validating { .. }));
        let queued = sheet.count(|position| matches!(position, Position::Queued { .. }));
        let waiting = if queued == 0 { String::new() } else { format!("; {queued} in the entry queue") };
        format!("{}{waiting}", plural(validating, "sequencer"))
    });
    let splits = sheet.as_ref().map(|sheet| {
        let splits =
            sheet.lines.iter().filter(|line| line.recipient == Some(desk.owner.get().unwrap_or_default()));
        let held = sheet.held_back.get().filter(|held| !held.is_zero());
        let token = desk.cx.scope.deployment();
        let held = held.zip(token).map(|(held, contracts)| contracts.token.amount(*held));
        let held = held.map_or_else(String::new, |held| format!("; {held} more not paid out at present"));
        format!("{}, net of commission{held}", plural(splits.count(), "split contract"))
    });
    let leaving = sheet.as_ref().map(|sheet| {
        let ready = sheet.count(|position| {
            matches!(position, Position::Exiting { exit, .. } if exit.ends_at().is_ok_and(|end| end <= now))
        });
        let idle = sheet.count(|position| matches!(position, Position::Zombie { .. }));
        let said = [(ready, "ready to finalise"), (idle, "waiting for the withdrawer")];
        let said: Vec<_> =
            said.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
        said.join("; ")
    });
    let readout = |name: &'static str, figure: Figure, below: Option<String>| {
        view! { <div class="readout"><div class="k">{name}</div><div class="v">{sources.fig(name, figure, "w8")}</div><div class="s">{below}</div></div> }
            .into_any()
    };
    let shared = "shared out, from all splits of this address together".to_owned();
    view! {
        <div class="readouts four">
            {readout("Staked", sum(|sheet| &sheet.staked), staked)}
            {readout("Unclaimed rewards", sum(|sheet| &sheet.unclaimed), splits)}
            {readout("In the warehouse", sum(|sheet| &sheet.stored), Some(shared))}
            {readout("Leaving", sum(|sheet| &sheet.exiting), leaving)}
        </div>
    }
    .into_any()
}
