//! Decoding the proofs of a month: the only source that tells each credited checkpoint, and so much to read that somebody
//! has to ask for it.

use std::{collections::BTreeSet, sync::Arc};

use alloy_primitives::Address;
use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::{positions::ENOUGH_SECONDS, read::Proofs},
    chain::ReadError,
    state::spawn,
    ui::{
        kit::{icon, press, spinner},
        text,
    },
    units::format,
};

/// A day more than a rate needs: the first day of somebody who joined in between is not lost to rounding.
const SECONDS: u64 = ENOUGH_SECONDS + 86_400;

/// How far it is.
#[derive(Clone, Debug, Default)]
enum State {
    /// Nobody asked for it.
    #[default]
    Unasked,
    /// So many of so many are read.
    Running(usize, usize),
    /// All of them, for this address.
    Done(Address, Arc<Proofs>),
    /// Not read.
    Failed(ReadError),
}

/// What was decoded for the address on the page.
#[derive(Clone, Copy)]
pub(super) struct Decoded(RwSignal<State>);

impl Decoded {
    pub(super) fn new() -> Self {
        Self(RwSignal::new(State::Unasked))
    }

    /// The proofs, where they were decoded for this address.
    pub(super) fn of(self, owner: Option<Address>) -> Option<Arc<Proofs>> {
        self.0.with(|state| match state {
            State::Done(of, proofs) if Some(*of) == owner => Some(proofs.clone()),
            _ => None,
        })
    }
}

fn decode(desk: Desk) {
    let state = desk.rates.get_value().decoded.0;
    let (Some(owner), Some(sheet)) = (desk.owner.get_untracked(), desk.sheet.get_untracked()) else { return };
    let splits: BTreeSet<Address> = sheet.splits().into_iter().collect();
    let scope = desk.cx.scope;
    state.set(State::Running(0, 0));
    spawn(async move {
        let mut progress = |done, all| drop(state.try_set(State::Running(done, all)));
        let found = scope.proofs(&splits, SECONDS, &mut progress).await;
        // the page may be gone by now
        drop(state.try_set(match found {
            Ok(found) => State::Done(owner, Arc::new(found)),
            Err(error) => State::Failed(error),
        }));
    });
}

/// The foot of the panel about rates: the button, how far it is, or what came of it.
pub(super) fn foot(desk: Desk) -> AnyView {
    let days = format::plural(SECONDS / 86_400, "day");
    let owner = desk.owner.get();
    let (said, ready) = desk.rates.get_value().decoded.0.with(|state| match state {
        State::Running(done, all) => {
            let said = format!("{} of {} proofs are decoded", format::count(*done as u64), format::count(*all as u64));
            (view! { <span class="small" role="status">{spinner(14)}{said}</span> }.into_any(), false)
        }
        State::Failed(error) => {
            let said = text::read_error(error);
            let said = format!("Proofs could not be decoded. {} {}", said.what, said.todo);
            (view! { <span class="bad small" role="status">{icon("warn", 14)}{said}</span> }.into_any(), true)
        }
        State::Done(of, proofs) if Some(*of) == owner => (
            view! { <span class="muted small" role="status">{summary(proofs)}</span> }.into_any(),
            true,
        ),
        State::Unasked | State::Done(..) => {
            let said = format!(
                "Where neither a claim nor an earlier visit tells what was credited lately, the proofs of the last {days} do: {}",
                volume(desk)
            );
            (view! { <span class="muted small">{said}</span> }.into_any(), true)
        }
    });
    let go = press(move || decode(desk));
    view! {
        <footer class="row apart">{said}<button type="button" class="btn sm" disabled=!ready on:click=go>{format!("Decode the proofs of {days}")}</button></footer>
    }
    .into_any()
}

fn summary(proofs: &Proofs) -> String {
    let count = format::plural(proofs.count as u64, "proof");
    let checkpoints = proofs.credits.values().map(|credit| credit.checkpoints).sum();
    let credited = format!("{} to these splits", format::plural(checkpoints, "checkpoint"));
    if proofs.unknown == 0 {
        return format!("{count} decoded: they credited {credited}. Rates from them are without fees.");
    }
    let unknown = format::count(proofs.unknown as u64);
    format!("{unknown} of {count} are of a form that Rota does not know: no rate can be told from the rest.")
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
