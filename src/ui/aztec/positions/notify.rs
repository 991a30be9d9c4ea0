//! Notifications of the browser about somebody's stakes, while the page is open: asked for, never forced.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::positions::{Notice, notices},
    platform,
    state::{spawn, watch},
    ui::kit::{icon, press},
    units::format,
};

/// Whether it may be told, and the button that asks.
pub(super) fn permission(desk: Desk) -> AnyView {
    if desk.may_notify.get() {
        return view! { <span class="status ok">{icon("bell", 14)}"Notifies while this page is open"</span> }
            .into_any();
    }
    let allowed = desk.may_notify;
    let ask = press(move || {
        spawn(async move {
            let granted = platform::ask_to_notify().await;
            if !allowed.is_disposed() {
                allowed.set(granted);
            }
            if !granted {
                desk.cx.toasts.bad("Not allowed", "Your browser does not let this site notify you. Its settings for this site can change that.".to_owned());
            }
        });
    });
    let title = "When an exit can be finalised, stake is slashed, a provider changes its commission, or a proposal is about to take its snapshot";
    view! { <button type="button" class="btn" title=title on:click=ask>{icon("bell", 16)}"Notify me"</button> }.into_any()
}

/// Title and text.
fn said(desk: Desk, notice: &Notice) -> (String, String) {
    let scope = desk.cx.scope;
    let amount = |raw| scope.deployment().map(|contracts| contracts.token.amount(raw)).unwrap_or_default();
    match notice {
        Notice::Finalisable { attester, amount: raw } => (
            format!("The exit of {} can be finalised", format::short_address(*attester)),
            format!("{} can be paid out. Anybody may finalise it.", amount(*raw)),
        ),
        Notice::Slashed { attester, amount: raw, place } => (
            format!("{} was slashed", format::short_address(*attester)),
            format!("{} were taken in block {}.", amount(*raw), format::count(place.block)),
        ),
        Notice::Commission { provider, take_rate, place } => (
            format!("{} changed its commission", scope.label(*provider)),
            format!(
                "It takes {take_rate} of new delegations since block {}. Yours keep theirs.",
                format::count(place.block)
            ),
        ),
        Notice::Snapshot { proposal, until } => (
            format!("Proposal {proposal} is about to take its snapshot"),
            format!(
                "A change of who votes counts in a block up to {}.",
                format::date_time(*until, desk.now())
            ),
        ),
    }
}

/// Tells of each thing that was not there before, while the page is open. What is there when it opens is on the page.
pub(super) fn follow(desk: Desk) {
    watch(move || desk.cx.scope.head.watch_unseen(desk.may_notify.get()));
    on_cleanup(move || desk.cx.scope.head.watch_unseen(false));
    let found = Memo::new(move |_| {
        let (Some(sheet), true) = (desk.sheet.get(), desk.may_notify.get()) else { return None };
        let proposals = desk.proposals.get();
        // what comes with the first answer was there before
        let (at, owner) = (proposals.last()?, desk.owner.get()?);
        let all = desk.cx.scope.ledger.with(|ledger| {
            let ledger = ledger.as_ref().filter(|ledger| ledger.is_complete())?;
            Some(notices(&sheet, &ledger.history, &at.value.rows, desk.now()))
        })?;
        Some((owner, all.iter().map(|notice| untrack(|| said(desk, notice))).collect::<Vec<_>>()))
    });
    let mut known = None;
    watch(move || {
        let Some((owner, all)) = found.get() else { return };
        let all: BTreeSet<_> = all.into_iter().collect();
        match &mut known {
            // what could not be read for a block is not news when it is there again
            Some((of, before)) if *of == owner => {
                for (title, text) in all.difference(before) {
                    platform::notify(title, text, &format!("rota-{owner}-{title}"));
                }
                before.extend(all);
            }
            _ => known = Some((owner, all)),
        }
    });
}
