//! Decoding the proofs of a month: the only source that tells each credited checkpoint, and so much to read that somebody
//! has to ask for it.

use std::{collections::BTreeSet, sync::Arc};

use alloy_primitives::Address;
use futures::future::{AbortHandle, abortable};
use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::{
        positions::ENOUGH_SECONDS,
        read::{Proofs, ReadProofs},
    },
    chain::ReadError,
    state::{Told, spawn, watch},
    ui::{
        kit::{live, press, spinner},
        text,
    },
    units::format,
};

/// A day more than a rate needs: the first day of somebody who joined in between is not lost to rounding.
const SECONDS: u64 = ENOUGH_SECONDS + 86_400;

/// How far it is.
#[derive(Clone, Debug)]
enum State {
    /// They are being read.
    Running,
    /// All of them.
    Done(Arc<Proofs>),
    /// Not read.
    Failed(ReadError),
    /// Somebody had enough of it.
    Stopped,
}

/// What was decoded for the address on the page.
#[derive(Clone, Copy)]
pub(super) struct Decoded {
    /// For whom, and how far it is; `None` while nobody asked.
    state: RwSignal<Option<(Address, State)>>,
    /// So many of so many are read. By itself: it changes a thousand times, and nothing else then.
    progress: RwSignal<(usize, usize)>,
    /// Ends what is under way.
    under_way: StoredValue<Option<AbortHandle>>,
    /// What was read before, by whichever press.
    before: StoredValue<ReadProofs>,
}

impl Decoded {
    /// Nothing yet. What is under way ends with the page, and when the page is about another address.
    pub(super) fn new(owner: Memo<Option<Address>>) -> Self {
        let decoded = Self {
            state: RwSignal::new(None),
            progress: RwSignal::new((0, 0)),
            under_way: StoredValue::new(None),
            before: StoredValue::new(ReadProofs::default()),
        };
        watch(move || {
            owner.track();
            decoded.stop();
        });
        on_cleanup(move || decoded.stop());
        decoded
    }

    /// How far it is for this address.
    fn state_of(self, owner: Option<Address>) -> Option<State> {
        self.state.with(|state| state.clone().filter(|(of, _)| Some(*of) == owner).map(|(_, state)| state))
    }

    /// The proofs, where they were decoded for this address.
    pub(super) fn of(self, owner: Option<Address>) -> Option<Arc<Proofs>> {
        match self.state_of(owner) {
            Some(State::Done(proofs)) => Some(proofs),
            _ => None,
        }
    }

    /// Ends what is under way; what was read of it stays.
    fn stop(self) {
        // the page may be gone by now
        let Some(running) = self.under_way.try_update_value(Option::take).flatten() else { return };
        running.abort();
        self.state.try_update(|state| {
            if let Some((_, state @ State::Running)) = state {
                *state = State::Stopped;
            }
        });
    }
}

fn decode(desk: Desk) {
    let decoded = desk.rates.get_value().decoded;
    let (Some(owner), Some(sheet)) = (desk.owner.get_untracked(), desk.sheet.get_untracked()) else { return };
    let splits: BTreeSet<Address> = sheet.splits().into_iter().collect();
    let (scope, before) = (desk.cx.scope, decoded.before.get_value());
    decoded.stop();
    decoded.progress.set((0, 0));
    decoded.state.set(Some((owner, State::Running)));
    let (work, handle) = abortable(async move {
        let mut progress = |done, all| {
            decoded.progress.try_set((done, all));
        };
        let found = scope.proofs((&splits, SECONDS), &before, &mut progress).await;
        let state = match found {
            Ok(found) => State::Done(Arc::new(found)),
            Err(error) => State::Failed(error),
        };
        // the page may be gone by now
        decoded.under_way.try_set_value(None);
        decoded.state.try_set(Some((owner, state)));
    });
    decoded.under_way.set_value(Some(handle));
    // that it was ended is known where it was ended
    spawn(async move {
        work.await.ok();
    });
}

/// Whether all splits are known that a rate can be told of: what is read is for those alone.
fn is_ready(desk: Desk) -> bool {
    desk.told.with(|told| told.as_ref().is_some_and(Told::is_settled))
}

/// The foot of the panel about rates: the button, how far it is, or what came of it. Beginning and end are told to screen
/// readers; the number in between is only written, and drawn by itself: what is drawn again as a whole keeps its elements, and
/// with them the focus, a part that draws itself does not.
pub(super) fn foot(desk: Desk) -> AnyView {
    view! {
        <footer class="row apart">
            <div class="min0">{outcome(desk)}{live(move || beside(desk))}</div>
            {button(desk)}
        </footer>
    }
    .into_any()
}

/// What is announced: one element that stays, whose text changes.
fn outcome(desk: Desk) -> AnyView {
    let state = desk.rates.get_value().decoded.state_of(desk.owner.get());
    let class = if matches!(state, Some(State::Failed(_))) { "bad small" } else { "muted small" };
    let said = match state {
        None => String::new(),
        Some(State::Running) => "Proofs are being decoded.".to_owned(),
        Some(State::Stopped) => "Stopped.".to_owned(),
        Some(State::Failed(error)) => {
            let said = text::read_error(&error);
            format!("Proofs could not be decoded. {} {}", said.what, said.todo)
        }
        Some(State::Done(proofs)) => {
            let left_out = left_out(desk, &proofs).map(|said| format!(" {said}")).unwrap_or_default();
            format!("{}{left_out}", summary(&proofs))
        }
    };
    view! { <span class=class role="status">{said}</span> }.into_any()
}

/// Delegations that were found after somebody asked.
fn left_out(desk: Desk, proofs: &Proofs) -> Option<String> {
    let lines = desk.sheet.get()?;
    let joined = lines.lines.iter().filter(|line| line.stake.joined().is_some());
    let splits = joined.filter_map(|line| Some(line.stake.delegation.as_ref()?.split));
    let count = splits.filter(|split| proofs.credit_of(*split).is_none()).count();
    let them = format::plural(count as u64, "delegation");
    (count > 0).then(|| format!("{them} came since: decode again to see what was credited there."))
}

/// What is written and not announced.
fn beside(desk: Desk) -> AnyView {
    let decoded = desk.rates.get_value().decoded;
    let kept = move || {
        let (done, all) = decoded.progress.get();
        format!("{} of {} proofs", format::count(done as u64), format::count(all as u64))
    };
    let said = match decoded.state_of(desk.owner.get()) {
        None => {
            let days = format::plural(SECONDS / 86_400, "day");
            let wait = if is_ready(desk) { "" } else { " Not before all stakes are known." };
            Some(format!(
                "Where neither a claim nor an earlier visit tells what was credited lately, the proofs of the last {days} do: {}{wait}",
                volume(desk)
            ))
        }
        Some(State::Running) => Some(format!("{} are decoded.", kept())),
        Some(State::Stopped | State::Failed(_)) => {
            Some(format!("{} are kept while this page is open, and not read again.", kept()))
        }
        Some(State::Done(_)) => None,
    };
    let runs = matches!(decoded.state_of(desk.owner.get()), Some(State::Running));
    let mark = runs.then(|| view! { {spinner(14)}" " });
    view! { <span class="muted small">" "{mark}{said}</span> }.into_any()
}

/// One button that starts and stops, so that the focus stays where it is.
fn button(desk: Desk) -> AnyView {
    let decoded = desk.rates.get_value().decoded;
    let runs = matches!(decoded.state_of(desk.owner.get()), Some(State::Running));
    let words = if runs {
        "Stop decoding".to_owned()
    } else {
        format!("Decode the proofs of {}", format::plural(SECONDS / 86_400, "day"))
    };
    let go = press(move || if runs { decoded.stop() } else { decode(desk) });
    let ready = runs || is_ready(desk);
    view! { <button type="button" class="btn sm" disabled=!ready on:click=go>{words}</button> }.into_any()
}

fn summary(proofs: &Proofs) -> String {
    let count = format::plural(proofs.count as u64, "proof");
    let checkpoints = proofs.credits.values().map(|credit| credit.checkpoints).sum();
    let credited = format!("{} to these splits", format::plural(checkpoints, "checkpoint"));
    let unknown: usize = proofs.unknown.iter().sum();
    if unknown == 0 {
        return format!("{count} decoded: they credited {credited}. Rates from them are without fees.");
    }
    let unknown = format::count(unknown as u64);
    format!(
        "{unknown} of {count} do not tell what they credited to whom: no rate is told of stake on their rollups."
    )
}

/// What it costs to ask, by the epochs of the current rollup.
fn volume(desk: Desk) -> String {
    let contracts = desk.cx.scope.deployment();
    let clock = contracts.and_then(|contracts| contracts.canonical().clock.get().copied());
    let seconds = clock.and_then(|clock| clock.slot.checked_mul(clock.epoch)).filter(|seconds| *seconds > 0);
    match seconds {
        Some(seconds) => {
            let count = format::plural(SECONDS / seconds, "transaction");
            format!("about {count} of some ten thousand bytes each.")
        }
        None => "one transaction for each epoch.".to_owned(),
    }
}
