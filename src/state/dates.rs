use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use futures::{
    StreamExt as _,
    channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
};
use leptos::prelude::*;

use super::{
    Head,
    tasks::{pause, spawn_scoped, watch},
};
use crate::{
    aztec::events::Place,
    chain::{Network, Pool, host::LogStore as _, times::block_times},
    platform::IndexedDb,
};

/// When blocks were. The events of most nodes say it themselves; otherwise the headers of the blocks on the screen are
/// asked for, many together, and those that are final are kept for the next visit.
#[derive(Clone, Copy)]
pub(crate) struct Dates {
    known: RwSignal<BTreeMap<u64, u64>>,
    /// Whether some could not be read at the last attempt.
    failing: RwSignal<bool>,
    asks: StoredValue<UnboundedSender<u64>>,
    asked: StoredValue<Option<UnboundedReceiver<u64>>>,
    prefix: StoredValue<String>,
}

/// What is put on the screen together asks within this time.
const TOGETHER: Duration = Duration::from_millis(60);

/// Headers read before what is known is told.
const AT_ONCE: usize = 48;

/// After failures.
const LATER: Duration = Duration::from_secs(8);

/// Blocks below the newest one that count as final here: eight epochs of Ethereum, four times what it needs.
const FINAL: u64 = 256;

/// Records of an earlier visit that are put together as one.
const MANY: usize = 12;

impl Dates {
    /// Knows nothing yet; what is asked for waits until somebody begins to read.
    pub(super) fn start() -> Self {
        let (asks, asked) = unbounded();
        Self {
            known: RwSignal::default(),
            failing: RwSignal::new(false),
            asks: StoredValue::new(asks),
            asked: StoredValue::new(Some(asked)),
            prefix: StoredValue::default(),
        }
    }

    /// Begins to read, for as long as the current owner lives. To be called once; belongs to the second file.
    pub(super) fn begin(&self, head: Head, pool: Pool, network: &Network) {
        let dates = *self;
        let Some(asked) = dates.asked.try_update_value(Option::take).flatten() else { return };
        dates.prefix.set_value(format!("times/{}-{}/", network.id, network.chain_id));
        let mut before = 0;
        watch(move || {
            let Some(newest) = head.block.get() else { return };
            // what was undone is forgotten
            if newest.number < before {
                dates.known.update(|known| known.retain(|block, _| *block <= newest.number));
            }
            before = newest.number;
        });
        // a local chain begins anew with other times under the same numbers
        let keeps = !network.is_local();
        spawn_scoped(async move { dates.work(head, pool, asked, keeps).await });
    }

    /// Unix seconds of an event's block; `None` while it is read. Asks for it.
    pub(crate) fn of(&self, place: &Place) -> Option<u64> {
        if place.time.is_some() {
            return place.time;
        }
        let known = self.known.with(|known| known.get(&place.block).copied());
        if known.is_none() {
            self.asks.with_value(|asks| asks.unbounded_send(place.block).ok());
        }
        known
    }

    /// Whether some could not be read; they are asked for again.
    pub(crate) fn are_failing(&self) -> bool {
        self.failing.get()
    }

    /// Forgets what is kept.
    pub(crate) fn forget(&self) {
        let prefix = self.prefix.get_value();
        super::spawn(async move {
            // where nothing can be written nothing is kept
            IndexedDb.write(Vec::new(), vec![prefix]).await.ok();
        });
    }

    async fn work(self, head: Head, pool: Pool, mut asked: UnboundedReceiver<u64>, keeps: bool) {
        let mut first = true;
        let mut wanted = BTreeSet::new();
        while let Some(block) = asked.next().await {
            wanted.insert(block);
            if std::mem::take(&mut first) && keeps {
                self.recall().await;
            }
            pause(TOGETHER).await;
            while let Ok(block) = asked.try_recv() {
                wanted.insert(block);
            }
            self.known.with_untracked(|known| wanted.retain(|block| !known.contains_key(block)));
            while !wanted.is_empty() {
                // what is at the top of the screen is newest
                let some: Vec<u64> = wanted.iter().rev().take(AT_ONCE).copied().collect();
                wanted.retain(|block| !some.contains(block));
                let found = block_times(&pool, some).await;
                let failed = found.values().any(Result::is_err);
                let read: Vec<(u64, u64)> =
                    found.into_iter().filter_map(|(block, time)| Some((block, time.ok()?))).collect();
                if keeps {
                    self.keep(&read, head.block.get_untracked().map_or(0, |block| block.number)).await;
                }
                self.known.update(|known| known.extend(read));
                self.failing.set(failed);
                if failed {
                    pause(LATER).await;
                    // whoever still shows them asks again
                    self.known.update(|_| ());
                }
            }
        }
    }

    async fn recall(&self) {
        let prefix = self.prefix.get_value();
        let Ok(records) = IndexedDb.load(prefix.clone()).await else { return };
        let many = records.len() > MANY;
        let read = |bytes: &Vec<u8>| serde_json::from_slice::<Vec<(u64, u64)>>(bytes).unwrap_or_default();
        // not collected: that sorts, by code that nothing else of the first visit needs
        let mut all = BTreeMap::new();
        all.extend(records.iter().flat_map(|(_, bytes)| read(bytes)));
        if many {
            let pairs: Vec<(u64, u64)> = all.iter().map(|(block, time)| (*block, *time)).collect();
            Self::write(&prefix, &pairs, vec![prefix.clone()]).await;
        }
        self.known.update(|known| known.extend(all));
    }

    async fn keep(&self, read: &[(u64, u64)], newest: u64) {
        let last: Vec<(u64, u64)> =
            read.iter().copied().filter(|(block, _)| block + FINAL <= newest).collect();
        if !last.is_empty() {
            Self::write(&self.prefix.get_value(), &last, Vec::new()).await;
        }
    }

    async fn write(prefix: &str, pairs: &[(u64, u64)], gone: Vec<String>) {
        let Some((first, _)) = pairs.first() else { return };
        let bytes = serde_json::to_vec(pairs).unwrap_or_default();
        // a store that is full or forbidden costs the next visit some requests, and nothing else
        IndexedDb.write(vec![(format!("{prefix}{first}-{}", pairs.len()), bytes)], gone).await.ok();
    }
}
