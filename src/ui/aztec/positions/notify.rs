//! Notifications of the browser about somebody's stakes, while the page is open: asked for, never forced.

use alloy_primitives::Address;
use leptos::prelude::*;

use super::{Desk, gaps::Of};
use crate::{
    aztec::positions::{Notice, notices},
    platform,
    state::{Gap, spawn, watch},
    ui::{
        aztec::news::{By, Extent, Item, Moment, News},
        kit::{icon, press},
    },
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
        Notice::Finalisable { attester, amount: raw, .. } => (
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

fn item(notice: &Notice) -> Item {
    let by = match notice {
        Notice::Finalisable { since, .. } => By::Since(*since),
        Notice::Slashed { place, .. } | Notice::Commission { place, .. } => By::Block(place.block),
        // only for whoever has stake
        Notice::Snapshot { .. } => By::Past,
    };
    Item { identity: notice.identity(), by }
}

/// How much is known of the stakes that is told of, once all events are read: a token vault that is found later brings
/// its own past along.
const fn extent(gap: Gap, is_read: bool) -> Extent {
    match (gap, is_read) {
        (Gap::Awaited, _) => Extent::Begun,
        (Gap::Unread, _) => Extent::Holes,
        (Gap::None, false) => Extent::Past,
        (Gap::None, true) => Extent::Whole,
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
        let gap = desk.gap(Of::Stakes);
        let is_read = proposals.error().is_none() && desk.read.with(|read| read.error().is_none());
        let told: Vec<_> = all.iter().map(|notice| (item(notice), untrack(|| said(desk, notice)))).collect();
        Some((owner, told, extent(gap, is_read)))
    });
    let mut news: Option<(Address, News)> = None;
    watch(move || {
        let Some((owner, told, extent)) = found.get() else { return };
        let (_, news) = match &mut news {
            Some(known) if known.0 == owner => known,
            other => other.insert((owner, News::default())),
        };
        let head = desk.cx.scope.head;
        let moment = Moment {
            now: head.ticks.get_untracked(),
            block: untrack(|| desk.cx.scope.read_until()),
            time: untrack(|| desk.now()),
        };
        let there: Vec<_> = told.iter().map(|(item, _)| item.clone()).collect();
        let new = news.take(&there, extent, moment);
        for (item, (title, text)) in told.iter().filter(|(item, _)| new.contains(&item.identity)) {
            platform::notify(title, text, &format!("rota-{owner}-{}", item.identity));
        }
    });
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{B256, U256};

    use super::*;
    use crate::aztec::events::Place;

    #[test]
    fn old_slashes_of_a_vault_that_is_found_late_are_no_news() {
        let slash = |block| {
            let place = Place { block, index: 0, tx: B256::from(U256::from(block)), time: None };
            item(&Notice::Slashed { attester: Address::ZERO, amount: U256::ONE, place })
        };
        let look = |news: &mut News, there: &[Item], gap, second| {
            news.take(there, extent(gap, true), Moment { now: second * 1_000, block: 100, time: second })
        };
        for late in [Gap::Awaited, Gap::Unread] {
            let mut news = News::default();
            let own = [slash(10)];
            assert!(look(&mut news, &own, late, 1).is_empty());
            assert!(look(&mut news, &own, late, 60).is_empty());
            let all = [slash(10), slash(20)];
            assert!(look(&mut news, &all, Gap::None, 70).is_empty(), "{late:?}");
            let more = [slash(10), slash(20), slash(101)];
            assert_eq!(look(&mut news, &more, Gap::None, 80).len(), 1);
        }
    }
}
