use std::{ops::RangeInclusive, sync::Arc};

use futures::{
    FutureExt as _, StreamExt as _,
    channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
    join, select,
};
use leptos::prelude::*;

use super::{
    Head, Remote,
    reading::{read_on, read_since},
    tasks::{spawn_scoped, watch},
};
use crate::{
    aztec::{Deployment, events, history::History},
    chain::{
        Pool, RpcError,
        archive::{Found, Kept},
    },
    platform::IndexedDb,
};

/// What the events tell so far, and how far back that is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ledger {
    /// The facts.
    pub(crate) history: Arc<History>,
    /// The blocks they cover without a gap; `None` before the first answer.
    pub(crate) covered: Option<RangeInclusive<u64>>,
    /// The block where reading ends.
    pub(crate) goal: u64,
    /// The newest block when reading began: what was kept from an earlier visit ends below.
    pub(crate) reach: u64,
    /// Why reading does not get on at present. What was read so far may be out of date.
    pub(crate) problem: Option<RpcError>,
}

impl Ledger {
    /// Whether everything was read.
    pub(crate) fn is_complete(&self) -> bool {
        self.covered
            .as_ref()
            .is_some_and(|covered| *covered.start() <= self.goal && *covered.end() >= self.reach)
    }

    /// Read part in hundredths, for a progress line.
    pub(crate) fn percent(&self) -> u64 {
        let Some(covered) = &self.covered else { return 0 };
        let all = self.reach.max(*covered.end()).saturating_sub(self.goal) + 1;
        (covered.end() - covered.start() + 1).saturating_mul(100) / all.max(1)
    }
}

/// The events of a network as the pages see them.
#[derive(Clone, Copy)]
pub(crate) struct Following {
    /// What they tell.
    pub(crate) ledger: ReadSignal<Option<Ledger>>,
    /// What of them is kept for the next visit.
    pub(crate) kept: ReadSignal<Option<Kept>>,
    forget: StoredValue<UnboundedSender<()>>,
}

impl Following {
    /// Forgets what is kept. What was read stays until the page is left.
    pub(crate) fn forget(self) {
        // gone with its network
        self.forget.try_with_value(|forget| forget.unbounded_send(()).ok());
    }
}

/// Where the reading tells what it found.
#[derive(Clone, Copy)]
pub(super) struct Told {
    pub(super) ledger: WriteSignal<Option<Ledger>>,
    pub(super) kept: WriteSignal<Option<Kept>>,
}

/// What the reading hears.
pub(super) struct Heard {
    pub(super) head: Head,
    pub(super) blocks: UnboundedReceiver<u64>,
    pub(super) forget: UnboundedReceiver<()>,
}

/// Reads the events of a network's contracts newest first and keeps up with the head; begins anew when other contracts
/// take their place, and ends with the current owner. `None` until the contracts are known.
pub(super) fn follow(
    head: Head,
    pool: &Pool,
    network: &str,
    contracts: ReadSignal<Remote<Deployment>>,
) -> Following {
    let (ledger, set_ledger) = signal(None);
    let (kept, set_kept) = signal(None);
    let (changes, mut queue) = unbounded();
    let mut before = None;
    watch(move || {
        let Some(known) = contracts.with(|remote| remote.last().cloned()) else { return };
        let query = Some(events::query(&known));
        // the same contracts found again are no reason to read again
        if query != before {
            before = query;
            // the receiver lives as long as this effect
            changes.unbounded_send(known).ok();
        }
    });
    let (heads, blocks) = unbounded();
    watch(move || {
        if let Some(block) = head.block.get() {
            heads.unbounded_send(block.number).ok();
        }
    });
    let (forget, forgets) = unbounded();
    let (pool, network) = (pool.clone(), network.to_owned());
    spawn_scoped(async move {
        let told = Told { ledger: set_ledger, kept: set_kept };
        let mut inputs = Heard { head, blocks, forget: forgets };
        let find = || Found::read(&pool, Arc::new(IndexedDb), &network);
        let begin = async {
            let kept = find().await;
            let since = read_since(&pool, &kept, &mut inputs.blocks).await;
            (kept, since)
        };
        // what was kept is read while the contracts are looked for
        let (Some(mut contracts), (mut kept, mut since)) = join!(queue.next(), begin) else { return };
        loop {
            let current = contracts;
            let reading = read_on(&pool, (kept, since.take()), &current, &mut inputs, told).fuse();
            let mut reading = std::pin::pin!(reading);
            let next = select! {
                again = reading => again.then(|| current.clone()),
                next = queue.next() => next,
            };
            contracts = match next {
                Some(next) => next,
                None => return,
            };
            kept = find().await;
        }
    });
    Following { ledger, kept, forget: StoredValue::new(forget) }
}
