use std::{cell::RefCell, ops::RangeInclusive, sync::Arc, time::Duration};

use futures::{
    FutureExt as _, StreamExt as _,
    channel::mpsc::{UnboundedReceiver, unbounded},
    select,
};
use leptos::prelude::*;

use super::{
    Head, Remote,
    tasks::{spawn_scoped, watch},
};
use crate::{
    aztec::{Deployment, events, history::History},
    chain::{
        Pool, RpcError,
        host::{Clock as _, Sleep as _},
        logs::{LogEntry, LogQuery, Part, scan},
    },
    platform::Browser,
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
    /// Why reading does not get on at present.
    pub(crate) problem: Option<RpcError>,
}

impl Ledger {
    /// Whether everything was read.
    pub(crate) fn is_complete(&self) -> bool {
        self.covered.as_ref().is_some_and(|covered| *covered.start() <= self.goal)
    }

    /// Read part in hundredths, for a progress line.
    pub(crate) fn percent(&self) -> u64 {
        let Some(covered) = &self.covered else { return 0 };
        let all = covered.end().saturating_sub(self.goal) + 1;
        (covered.end() - covered.start() + 1).saturating_mul(100) / all.max(1)
    }
}

/// Blocks below the head that may still be reorganised: read anew at every head.
const UNSETTLED: u64 = 64;

/// Time between two updates of what the pages see while many ranges arrive.
const PUBLISH_MILLIS: u64 = 300;

/// Reads the events of a network's contracts newest first and keeps up with the head; begins anew when other contracts
/// take their place, and ends with the current owner. `None` until the contracts are known.
pub(super) fn follow(
    head: Head,
    pool: &Pool,
    contracts: ReadSignal<Remote<Deployment>>,
) -> ReadSignal<Option<Ledger>> {
    let (ledger, set_ledger) = signal(None);
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
    let (heads, mut blocks) = unbounded();
    watch(move || {
        if let Some(block) = head.block.get() {
            heads.unbounded_send(block.number).ok();
        }
    });
    let pool = pool.clone();
    spawn_scoped(async move {
        let Some(mut contracts) = queue.next().await else { return };
        loop {
            let reading = read_on(&pool, contracts, head, &mut blocks, set_ledger).fuse();
            let mut reading = std::pin::pin!(reading);
            contracts = select! {
                () = reading => return,
                next = queue.next() => match next {
                    Some(next) => next,
                    None => return,
                },
            };
        }
    });
    ledger
}

/// Reads the past and the present at the same time, for as long as there are new blocks.
async fn read_on(
    pool: &Pool,
    contracts: Arc<Deployment>,
    head: Head,
    blocks: &mut UnboundedReceiver<u64>,
    set_ledger: WriteSignal<Option<Ledger>>,
) {
    let query = events::query(&contracts);
    let work = RefCell::new(Work::new(contracts, set_ledger));
    let newest = match head.block.get_untracked() {
        Some(block) => block.number,
        None => match blocks.next().await {
            Some(number) => number,
            None => return,
        },
    };
    let mut past = std::pin::pin!(read_past(pool, &query, &work, newest).fuse());
    loop {
        select! {
            () = past => {}
            next = blocks.next() => match next {
                Some(number) => read_tail(pool, &query, &work, number).await,
                None => return,
            },
        }
    }
}

/// From the newest block down to the goal, again and again until it is reached.
async fn read_past(pool: &Pool, query: &LogQuery, work: &RefCell<Work>, newest: u64) {
    loop {
        let range = work.borrow().missing(newest);
        if range.is_empty() {
            return;
        }
        let outcome = scan(pool, query, range, |part| work.borrow_mut().take(part)).await;
        work.borrow_mut().publish(outcome.as_ref().err().cloned());
        if outcome.is_err() {
            Browser.sleep(Duration::from_secs(10)).await;
        }
    }
}

/// The blocks that are new or may have changed.
async fn read_tail(pool: &Pool, query: &LogQuery, work: &RefCell<Work>, newest: u64) {
    let Some(covered_to) = work.borrow().covered_to() else { return };
    let from = covered_to.min(newest).saturating_sub(UNSETTLED);
    let mut parts = Vec::new();
    if scan(pool, query, from..=newest, |part| parts.push(part)).await.is_ok() {
        let mut work = work.borrow_mut();
        work.forget_from(from);
        for part in parts {
            work.take(part);
        }
        work.publish(None);
    }
    // a failure shows at the head, which asks the same endpoints; the next head reads the same blocks again
}

struct Work {
    contracts: Arc<Deployment>,
    set_ledger: WriteSignal<Option<Ledger>>,
    goal: u64,
    /// Newest first, as they are read: a part of the past goes to the end.
    entries: Vec<LogEntry>,
    /// Covered ranges, newest first; neighbours are joined.
    covered: Vec<RangeInclusive<u64>>,
    published: u64,
}

impl Work {
    fn new(contracts: Arc<Deployment>, set_ledger: WriteSignal<Option<Ledger>>) -> Self {
        let goal = contracts.from_block.block();
        Self { contracts, set_ledger, goal, entries: Vec::new(), covered: Vec::new(), published: 0 }
    }

    /// The range without a gap that ends at the newest block read.
    fn top(&self) -> Option<RangeInclusive<u64>> {
        self.covered.first().cloned()
    }

    fn covered_to(&self) -> Option<u64> {
        self.top().map(|top| *top.end())
    }

    /// What is still to be read below the newest block.
    fn missing(&self, newest: u64) -> RangeInclusive<u64> {
        match self.top() {
            Some(top) if *top.start() <= self.goal => RangeInclusive::new(1, 0),
            Some(top) => self.goal..=*top.start() - 1,
            None => self.goal.min(newest)..=newest,
        }
    }

    fn forget_from(&mut self, block: u64) {
        self.entries.retain(|entry| entry.block < block);
        self.covered.retain(|range| *range.start() < block);
        if let Some(top) = self.covered.first_mut() {
            *top = *top.start()..=(*top.end()).min(block.saturating_sub(1));
        }
    }

    fn take(&mut self, part: Part) {
        let place = self.entries.partition_point(|entry| entry.block > *part.range.end());
        let end = self.entries.partition_point(|entry| entry.block >= *part.range.start());
        self.entries.splice(place..end, part.entries.into_iter().rev());
        let reached = *part.range.start() <= self.goal;
        self.covered = joined(std::mem::take(&mut self.covered), part.range);
        if Browser.ticks().saturating_sub(self.published) >= PUBLISH_MILLIS || reached {
            self.publish(None);
        }
    }

    /// Only what is covered without a gap counts: a commission is known only with the changes before it.
    fn publish(&mut self, problem: Option<RpcError>) {
        let covered = self.top();
        let from = covered.as_ref().map_or(u64::MAX, |covered| *covered.start());
        let known = self.entries.partition_point(|entry| entry.block >= from);
        let history = History::of(&self.contracts, self.entries[..known].iter().rev());
        self.published = Browser.ticks();
        let ledger = Some(Ledger { history: Arc::new(history), covered, goal: self.goal, problem });
        // gone with its network
        self.set_ledger.try_maybe_update(|current| {
            let news = *current != ledger;
            *current = ledger;
            (news, ())
        });
    }
}

/// Ranges with one more, newest first, those that touch made one.
fn joined(ranges: Vec<RangeInclusive<u64>>, more: RangeInclusive<u64>) -> Vec<RangeInclusive<u64>> {
    let (mut start, mut end) = more.into_inner();
    let mut apart = Vec::with_capacity(ranges.len() + 1);
    for range in ranges {
        if range.end().saturating_add(1) < start || *range.start() > end.saturating_add(1) {
            apart.push(range);
        } else {
            start = start.min(*range.start());
            end = end.max(*range.end());
        }
    }
    let place = apart.partition_point(|range| *range.start() > end);
    apart.insert(place, start..=end);
    apart
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn ranges_join_where_they_touch_and_stay_in_order() {
        let mut ranges = Vec::new();
        for (more, expected) in [
            (10..=19, vec![10..=19]),
            (30..=39, vec![30..=39, 10..=19]),
            (0..=4, vec![30..=39, 10..=19, 0..=4]),
            (20..=29, vec![10..=39, 0..=4]),
            (35..=50, vec![10..=50, 0..=4]),
            (5..=9, vec![0..=50]),
            (0..=50, vec![0..=50]),
        ] {
            ranges = joined(ranges, more);
            assert_eq!(ranges, expected);
        }
    }
}
