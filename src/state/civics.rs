//! What the pages of governance read beside the proposals themselves: slower, and less often.

use std::sync::Arc;

use alloy_primitives::Address;
use leptos::prelude::*;

use super::{
    Rhythm, Scope,
    remote::{self, Miss, Task, whole},
    screens::Screen,
};
use crate::{
    aztec::{
        Book, Deployment, positions,
        read::{self, Effects, Intent, LeftBehind, Owed, Past, Proposal, ProposalPage, Slashing, Upgrades},
        rules::ProposalState,
    },
    chain::{At, BlockRef, Pool},
    tx::{Call, Lexicon as _},
};

/// Two minutes of 12 s blocks: settings hardly change, and a rehearsal is work for an endpoint.
const EFFECTS_PERIOD: u64 = 10;
/// Votes are few; the tally itself is read at every block.
const PAST_PERIOD: u64 = 5;

/// A slashing round takes hours, an upgrade weeks; both are read only while somebody looks at them.
const SLOW_PERIOD: u64 = 50;

/// What one reading comes to.
type Reply<T> = Task<Result<At<T>, Miss<At<T>>>>;

/// What a proposal's past is asked by.
type Asked = (Arc<Deployment>, u64, Proposal, Option<read::Origin>);

/// What a page's calls are, and from when on they may be made.
fn intent(book: &Book, page: &ProposalPage) -> Option<Intent> {
    let proposal = page.row.proposal.get()?;
    let actions = page.actions.get()?.clone();
    let decode = |action: &read::Action| book.decode(&Call::new(action.target, action.data.clone()));
    let open = page.row.state.get().is_some_and(|state| {
        matches!(
            state,
            ProposalState::Pending
                | ProposalState::Active
                | ProposalState::Queued
                | ProposalState::Executable
        )
    });
    Some(Intent {
        payload: proposal.payload,
        original: page.row.original,
        decoded: actions.iter().map(decode).collect(),
        actions,
        executable_from: open.then(|| proposal.standing.phases.queued.saturating_add(1)),
    })
}

impl Scope {
    /// What a proposal would change, and what running it comes to.
    pub(crate) fn effects(&self, page: Screen<ProposalPage>) -> Screen<Effects> {
        let scope = *self;
        let key = move || {
            let contracts = scope.deployment()?;
            let book = Book {
                contracts: contracts.clone(),
                names: scope.names.get(),
                learned: scope.transactions.learned(),
                vaults: scope.known_vaults(),
            };
            let intent = page.with(|page| intent(&book, &page.last()?.value))?;
            Some((contracts, Arc::new(intent)))
        };
        let rhythm = Rhythm { period: EFFECTS_PERIOD, same_screen: PartialEq::eq };
        remote::read(
            self.head,
            rhythm,
            key,
            move |(contracts, intent): (Arc<Deployment>, Arc<Intent>), block| {
                let pool = scope.pool.get_value();
                Box::pin(async move {
                    let found = read::effects(&pool, &contracts, &intent, block).await;
                    let unanswered = found.value.unanswered();
                    whole(found, unanswered)
                })
            },
        )
    }

    /// How a proposal came to be, and who voted. Tallies change the key: then it is read at once.
    pub(crate) fn past(&self, page: Screen<ProposalPage>) -> Screen<Past> {
        let scope = *self;
        let key = move || {
            let contracts = scope.deployment()?;
            page.with(|page| {
                let page = &page.last()?.value;
                Some((contracts, page.row.id, *page.row.proposal.get()?, page.origin.get().copied()))
            })
        };
        let same: fn(&Asked, &Asked) -> bool = |a, b| a.1 == b.1;
        let before = StoredValue::new(None::<Past>);
        remote::read(
            self.head,
            Rhythm { period: PAST_PERIOD, same_screen: same },
            key,
            move |(contracts, id, proposal, origin): Asked, block| {
                let pool = scope.pool.get_value();
                Box::pin(async move {
                    let known = before.try_get_value().flatten();
                    let asked = (id, &proposal, origin);
                    let found = read::past(&pool, &contracts, asked, known.as_ref(), block).await;
                    before.try_set_value(Some(found.value.clone()));
                    let unanswered = found.value.unanswered();
                    whole(found, unanswered)
                })
            },
        )
    }

    /// Slashing on every rollup, once somebody wants it.
    pub(crate) fn slashing(&self, wanted: impl Fn() -> bool + 'static) -> Screen<Slashing> {
        self.slowly(wanted, |pool, contracts, block| {
            Box::pin(async move {
                let found = read::slashing(&pool, &contracts, block).await;
                let unanswered = found.value.unanswered();
                whole(found, unanswered)
            })
        })
    }

    /// Which stake follows upgrades, once somebody wants it.
    pub(crate) fn upgrades(&self, wanted: impl Fn() -> bool + 'static) -> Screen<Upgrades> {
        self.slowly(wanted, |pool, contracts, block| {
            Box::pin(async move {
                let found = read::upgrades(&pool, &contracts, block).await;
                let unanswered = found.value.unanswered();
                whole(found, unanswered)
            })
        })
    }

    /// Rewards that are still with old rollups, once somebody wants it and all events are read: they name the splits.
    pub(crate) fn left_behind(
        &self,
        wanted: impl Fn() -> bool + 'static,
        account: impl Fn() -> Option<Address> + 'static,
    ) -> Screen<Vec<LeftBehind>> {
        type Key = (Arc<Deployment>, Owed);
        let scope = *self;
        let key = move || {
            let contracts = wanted().then(|| scope.deployment()).flatten()?;
            let account = account();
            scope.ledger.with(|ledger| {
                let ledger = ledger.as_ref().filter(|ledger| ledger.is_complete())?;
                Some((contracts, positions::of_all(&ledger.history, account)))
            })
        };
        // what is owed to one account is not for another one to see
        let same: fn(&Key, &Key) -> bool = |before, now| before.1.owner() == now.1.owner();
        let rhythm: Rhythm<Key> = Rhythm { period: SLOW_PERIOD, same_screen: same };
        remote::read(self.head, rhythm, key, move |(contracts, asked): Key, block| {
            let pool = scope.pool.get_value();
            Box::pin(async move {
                let found = read::left_behind(&pool, &contracts, &asked, block).await;
                let unanswered =
                    found.value.iter().find_map(|one| one.owed.unanswered().or_else(|| one.own.unanswered()));
                whole(found, unanswered)
            })
        })
    }

    fn slowly<T: Clone + PartialEq + Send + Sync + 'static>(
        &self,
        wanted: impl Fn() -> bool + 'static,
        ask: fn(Pool, Arc<Deployment>, BlockRef) -> Reply<T>,
    ) -> Screen<T> {
        let scope = *self;
        let key = move || wanted().then(|| scope.deployment()).flatten();
        let rhythm = Rhythm { period: SLOW_PERIOD, same_screen: |_, _| true };
        remote::read(self.head, rhythm, key, move |contracts, block| {
            ask(scope.pool.get_value(), contracts, block)
        })
    }
}
