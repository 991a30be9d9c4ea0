use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::RollupClock,
    ui::kit::{Figure, Written},
    units::format,
};

/// Epoch and slot, ticking by the chain's time.
pub(super) fn clock(desk: Desk) -> AnyView {
    let scope = desk.cx.scope;
    let clock = scope.deployment().map(|contracts| contracts.canonical().clock.value.clone());
    let (clock, now) = match (clock, scope.head.now()) {
        (Some(Ok(clock)), Some(now)) => (clock, now),
        (Some(Err(error)), _) => {
            let unread = desk.cx.sources.fig("Epoch", Figure::NotRead(error, None), "w4");
            return view! { <div class="clock"><div class="readout"><div class="k">"Epoch"</div><div class="v">{unread}</div></div></div> }
                .into_any();
        }
        _ => {
            return view! { <div class="clock"><div class="readout"><div class="k">"Epoch"</div><div class="v"><span class="skel w8"></span></div></div><div class="slots"></div></div> }
                .into_any();
        }
    };
    let (slot, epoch) = (clock.slot_at(now), clock.epoch_at(now));
    let (place, passed) = (slot % clock.epoch, now.saturating_sub(clock.genesis) % clock.slot);
    let left = clock.epoch_start(epoch + 1).saturating_sub(now);
    let epoch_figure = epoch_figure(desk, epoch);
    let first = epoch * clock.epoch;
    let label = format!(
        "Epoch {}: slot {} of {} is running, {} to come",
        format::count(epoch),
        place + 1,
        clock.epoch,
        clock.epoch - place - 1
    );
    let on_turn = desk.pulse.with(|pulse| {
        let pulse = &pulse.last()?.value;
        Some(pulse.proposer.value.clone())
    });
    let on_turn = match on_turn {
        Some(Ok(Some(attester))) => {
            let of = scope.ledger.with(|ledger| {
                let history = &ledger.as_ref()?.history;
                let found =
                    history.delegations.iter().rev().find(|delegation| delegation.attester == attester);
                found.map(|delegation| delegation.provider_id)
            });
            let of = of.map(|provider_id| {
                let page = crate::state::Page::Provider { provider_id, standing: None };
                view! { <span class="sm-hide">" of "<a href=desk.cx.link(page)>{scope.label(provider_id)}</a></span> }
            });
            view! { <span>"On turn: "{desk.cx.addr(attester)}{of}</span> }.into_any()
        }
        Some(Ok(None)) => view! { <span>"Nobody is on turn"</span> }.into_any(),
        Some(Err(_)) => view! { <span>"On turn: not read"</span> }.into_any(),
        None => ().into_any(),
    };
    view! {
        <div class="clock">
            <div class="row clockrow">
                <div class="readout"><div class="k">"Epoch "{desk.cx.sources.fig("Epoch", epoch_figure, "w4")}</div><div class="v">{format!("Slot {}", place + 1)}<span class="muted">{format!(" of {}", clock.epoch)}</span></div></div>
                <div class="readout"><div class="k">"This slot"</div><div class="v">{passed}<span class="muted">{format!(" of {} s", clock.slot)}</span></div></div>
                <div class="readout"><div class="k">"Epoch ends in"</div><div class="v">{format::duration(left)}</div></div>
            </div>
            <div class="slots" role="img" aria-label=label>{slots(clock, place, passed)}</div>
            <div class="row xs muted apart"><span>{format::count(first)}</span>{on_turn}<span>{format::count(first + clock.epoch - 1)}</span></div>
        </div>
    }
    .into_any()
}

/// More are drawn as parts of an epoch.
const MOST: u64 = 64;

fn slots(clock: RollupClock, place: u64, passed: u64) -> Vec<AnyView> {
    let marks = clock.epoch.min(MOST);
    let current = place * marks / clock.epoch;
    let done = format!("{}%", (passed * 100).checked_div(clock.slot).unwrap_or(0));
    (0..marks)
        .map(|mark| match mark.cmp(&current) {
            std::cmp::Ordering::Less => view! { <i></i> }.into_any(),
            std::cmp::Ordering::Equal => view! { <i class="cur" style=("--p", done.clone())></i> }.into_any(),
            std::cmp::Ordering::Greater => view! { <i class="f"></i> }.into_any(),
        })
        .collect()
}

/// The epoch by the clock, with what the rollup said at the newest block as its source.
fn epoch_figure(desk: Desk, epoch: u64) -> Figure {
    let found = desk.pulse.get();
    let canonical = desk.cx.scope.deployment().map_or(0, |contracts| contracts.canonical);
    Figure::within(found.last().map(|at| &at.value.rollups[canonical]), found.failure(), |rollup| {
        Figure::of(&rollup.epoch, |_| Written::count(epoch))
    })
}
