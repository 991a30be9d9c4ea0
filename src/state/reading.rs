//! The work behind [`super::Ledger`]: what was kept, the past, and every new block.

use std::{cell::RefCell, sync::Arc, time::Duration};

use futures::{
    FutureExt as _, StreamExt as _,
    channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
    join, select,
};
use leptos::prelude::*;

use super::{
    Ledger,
    ledger::{Heard, Told},
    tasks::{pause, turn},
};
use crate::{
    aztec::{Deployment, assembly::Assembly, events},
    chain::{
        BlockRef, Pool, RpcError,
        archive::{Archive, Found},
        host::{Clock as _, NotKept},
        logs::{LogEntry, LogQuery, Part, Reach, in_order, scan, scan_all, scan_once},
    },
    platform::Browser,
};

/// Blocks below the head that may still be reorganised, where no endpoint says which are final.
const UNSETTLED: u64 = 64;

/// Blocks that are read anew at a head at most, however long nothing becomes final.
const DEEPEST: u64 = 512;

/// After so many blocks it is asked again which are final: an epoch of Ethereum.
const FINAL_PERIOD: u64 = 32;

/// Waits before each question which blocks are final, until it is taken that no endpoint tells: one that failed once
/// must not cost the next visit all that this one read.
const SEAL_WAITS: [Duration; 3] = [Duration::ZERO, Duration::from_secs(2), Duration::from_secs(10)];

/// Pieces into which blocks are cut of which nothing is known yet.
const PIECES: u64 = 16;

/// Time between the first two updates of what the pages see while many ranges arrive. Each takes the longer the more is
/// known, so the times between them double.
const PUBLISH_MILLIS: u64 = 800;

/// What is to be kept.
enum Save {
    /// Of the past.
    Past(Part, BlockRef),
    /// Has become final.
    Final(Part, BlockRef),
    /// Nothing any more.
    Nothing,
    /// Nothing at all: no endpoint tells what is final.
    Unsealed,
}

/// Events that were read before it was known of which contracts.
pub(super) type Since = (LogQuery, Part);

/// Reads what is newer than what was kept, while the contracts are still looked for: they are most likely the same. Only
/// where one request may do; and what fails is asked again as ever.
pub(super) async fn read_since(
    pool: &Pool,
    kept: &Found,
    blocks: &mut UnboundedReceiver<u64>,
) -> Option<Since> {
    let (query, last) = kept.newest()?;
    let newest = blocks.next().await?;
    if !(1..=pool.capability().log_blocks).contains(&newest.saturating_sub(last)) {
        return None;
    }
    let part = scan_once(pool, &query, last + 1..=newest).await?;
    Some((query, part))
}

/// Reads what was kept, then the past and the present at the same time, for as long as there are new blocks. Ends with
/// whether to begin again, because the chain is another one.
pub(super) async fn read_on(
    pool: &Pool,
    (kept, since): (Found, Option<Since>),
    contracts: &Arc<Deployment>,
    heard: &mut Heard,
    told: Told,
) -> bool {
    let query = events::query(contracts);
    let newest = match heard.head.block.get_untracked() {
        Some(block) => block.number,
        None => match heard.blocks.next().await {
            Some(number) => number,
            None => return false,
        },
    };
    let mut archive = Archive::open(kept, &query).await;
    let (saves, queue) = unbounded();
    let (news, fresh) = unbounded();
    let work = RefCell::new(Work {
        assembly: Assembly::new(contracts.clone()),
        told,
        reach: newest,
        seal: None,
        early: Some(Vec::new()),
        asked: newest,
        loose: Vec::new(),
        saves,
        news,
        begun: Browser.ticks(),
        published: 0,
        problems: [None, None],
    });
    while let Some(part) = archive.next().await {
        // no more than the chain has
        if *part.range.end() <= newest {
            // shown together with the blocks since then: what comes twice makes the page jump
            work.borrow_mut().assembly.take(part.range, &part.entries);
        }
        // understanding many events takes time: the page goes on in between
        turn().await;
    }
    if let Some((_, part)) = since.filter(|since| since.0 == query) {
        // the contracts may have taken long: what was read at another time may be of blocks that are gone
        let behind = newest.checked_sub(*part.range.end());
        if behind.is_some_and(|behind| behind < FINAL_PERIOD) {
            work.borrow_mut().take_new(part);
        }
    }
    let keeping = keep(archive, queue, told);
    let (seal, past) = (find_seal(pool, &work), read_past(pool, &query, &work));
    let telling = tell(&work, fresh);
    let mut background = std::pin::pin!(async { join!(keeping, seal, past, telling) }.fuse());
    let forget = &mut heard.forget;
    loop {
        select! {
            ((), (), (), ()) = background => {}
            asked = forget.next() => if asked.is_some() {
                work.borrow().saves.unbounded_send(Save::Nothing).ok();
            },
            next = heard.blocks.next() => match next {
                Some(number) => if read_tail(pool, &query, &work, number).await { return true },
                None => return false,
            },
        }
    }
}

/// From the newest block down to the goal, again and again until it is reached.
async fn read_past(pool: &Pool, query: &LogQuery, work: &RefCell<Work>) {
    loop {
        let Some(range) = work.borrow().missing() else { break };
        let pieces = if work.borrow().assembly.top().is_some() { 1 } else { PIECES };
        let reach = Reach { range, pieces };
        let outcome = scan_all(pool, query, &[], reach, &mut |part| work.borrow_mut().take_new(part)).await;
        work.borrow_mut().publish_past(outcome.as_ref().err().cloned());
        if outcome.is_err() {
            pause(Duration::from_secs(10)).await;
        }
    }
    work.borrow_mut().publish();
}

/// Asks which blocks are final, so that they can be kept as they come: a visit that is cut short was not in vain, and what
/// is kept need not be held. Most endpoints have said it with their chain.
async fn find_seal(pool: &Pool, work: &RefCell<Work>) {
    let mut seal = None;
    for wait in SEAL_WAITS {
        pause(wait).await;
        let reach = work.borrow().reach;
        seal = final_block(pool, reach).await.ok();
        if seal.is_some() {
            break;
        }
    }
    work.borrow_mut().sealed(seal);
}

/// The newest final block, of those up to `reach`: reading may take so long that all of it has become final.
async fn final_block(pool: &Pool, reach: u64) -> Result<BlockRef, RpcError> {
    let newest = pool.finalized().await?.block();
    Ok(if newest.number <= reach { newest } else { pool.block(reach).await?.block() })
}

/// The blocks that are new or may have changed. Whether the chain is another one than before.
async fn read_tail(pool: &Pool, query: &LogQuery, work: &RefCell<Work>, newest: u64) -> bool {
    let Some(from) = work.borrow().tail(newest) else { return false };
    let mut parts = Vec::new();
    if from <= newest {
        let outcome = scan(pool, query, from..=newest, |part| parts.push(part)).await;
        let mut work = work.borrow_mut();
        if outcome.is_ok() {
            work.assembly.end_at(newest);
            // the head may stay behind the block at which reading began: there is no more to wait for than it has
            work.reach = work.reach.min(newest);
            for part in parts {
                work.take_new(part);
            }
        }
        work.publish_tail(outcome.err());
    }
    let before = work.borrow().due(newest);
    let Some(before) = before else { return false };
    let once = pool.once();
    let (still, seal) = join!(once.block(before.number), pool.finalized());
    if still.is_ok_and(|header| header.block().hash != before.hash) {
        work.borrow().saves.unbounded_send(Save::Nothing).ok();
        return true;
    }
    if let Ok(seal) = seal {
        work.borrow_mut().settle(newest, &before, seal.block());
    }
    false
}

/// Tells the pages what is new, in a turn of its own: to understand an answer is enough for one, and so is to draw what it
/// changes.
async fn tell(work: &RefCell<Work>, mut news: UnboundedReceiver<()>) {
    while news.next().await.is_some() {
        turn().await;
        while news.try_recv().is_ok() {}
        work.borrow_mut().tell();
    }
}

/// Keeps what is handed over, for as long as the network is open, and tells what there is.
async fn keep(mut archive: Archive, mut queue: UnboundedReceiver<Save>, told: Told) {
    let mut unsealed = false;
    loop {
        let mut kept = archive.kept();
        kept.problem = kept.problem.or_else(|| unsealed.then_some(NotKept::NothingFinal));
        // gone with its network
        told.kept.try_set(Some(kept));
        match queue.next().await {
            Some(Save::Past(part, seal)) => archive.save(part, &seal).await,
            Some(Save::Final(part, seal)) => archive.extend(part, &seal).await,
            Some(Save::Nothing) => archive.forget().await,
            Some(Save::Unsealed) => unsealed = true,
            None => return,
        }
    }
}

struct Work {
    assembly: Assembly,
    told: Told,
    /// The newest block when reading began.
    reach: u64,
    /// The newest final block that is known; `None` where no endpoint tells, and then nothing is kept.
    seal: Option<BlockRef>,
    /// What was read before it was asked which blocks are final.
    early: Option<Vec<Part>>,
    /// The newest block when it was asked for.
    asked: u64,
    /// Events above it, which are kept when they are final.
    loose: Vec<LogEntry>,
    saves: UnboundedSender<Save>,
    news: UnboundedSender<()>,
    /// When reading began, and when the pages were told last.
    begun: u64,
    published: u64,
    /// Of the past and of the tail.
    problems: [Option<RpcError>; 2],
}

impl Work {
    fn missing(&self) -> Option<std::ops::RangeInclusive<u64>> {
        self.assembly.missing(self.reach)
    }

    /// Where reading the newest blocks begins; `None` while the past has not come that far.
    fn tail(&self, newest: u64) -> Option<u64> {
        let end = self.assembly.top().map(|top| *top.end()).filter(|end| *end >= self.reach.min(newest))?;
        let end = end.min(newest);
        let settled = self.seal.map_or_else(|| end.saturating_sub(UNSETTLED), |seal| seal.number + 1);
        Some(settled.max(end.saturating_sub(DEEPEST)).min(end + 1))
    }

    /// The final block of which it is time to ask whether there is a newer one.
    fn due(&self, newest: u64) -> Option<BlockRef> {
        self.seal.filter(|_| newest >= self.asked + FINAL_PERIOD)
    }

    /// What was read now: the final part is kept, the rest when it is final.
    fn take_new(&mut self, part: Part) {
        self.assembly.take(part.range.clone(), &part.entries);
        let reached = self.missing().is_none();
        let spacing = PUBLISH_MILLIS.max(self.published.saturating_sub(self.begun));
        if reached || Browser.ticks().saturating_sub(self.published) >= spacing {
            self.publish();
        }
        match &mut self.early {
            Some(early) => early.push(part),
            None => self.save(part),
        }
    }

    /// Which blocks are final was asked: what came before is kept now.
    fn sealed(&mut self, seal: Option<BlockRef>) {
        self.seal = seal;
        if self.seal.is_none() {
            self.saves.unbounded_send(Save::Unsealed).ok();
        }
        for part in self.early.take().unwrap_or_default() {
            self.save(part);
        }
    }

    fn save(&mut self, part: Part) {
        let Some(seal) = self.seal else { return };
        let Part { range, mut entries } = part;
        let (first, last) = range.into_inner();
        let above = entries.split_off(entries.partition_point(|entry| entry.block <= seal.number));
        self.loose.retain(|entry| !(first..=last).contains(&entry.block));
        self.loose.extend(above);
        if first <= seal.number {
            let range = first..=last.min(seal.number);
            self.saves.unbounded_send(Save::Past(Part { range, entries }, seal)).ok();
        }
    }

    /// A newer block is final: what is below it is kept.
    fn settle(&mut self, newest: u64, before: &BlockRef, seal: BlockRef) {
        self.asked = newest;
        let first = before.number + 1;
        let covered =
            self.assembly.top().is_some_and(|top| *top.start() <= first && *top.end() >= seal.number);
        if seal.number < first || !covered {
            return;
        }
        let (final_now, loose): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.loose).into_iter().partition(|entry| entry.block <= seal.number);
        self.loose = loose;
        self.seal = Some(seal);
        let part = Part { range: first..=seal.number, entries: in_order(final_now) };
        self.saves.unbounded_send(Save::Final(part, seal)).ok();
    }

    fn publish_past(&mut self, problem: Option<RpcError>) {
        self.problems[0] = problem;
        self.publish();
    }

    fn publish_tail(&mut self, problem: Option<RpcError>) {
        self.problems[1] = problem;
        self.publish();
    }

    fn publish(&self) {
        self.news.unbounded_send(()).ok();
    }

    fn tell(&mut self) {
        self.published = Browser.ticks();
        let ledger = Some(Ledger {
            history: self.assembly.history(),
            covered: self.assembly.top(),
            goal: self.assembly.goal(),
            reach: self.reach,
            problem: self.problems.iter().flatten().next().cloned(),
        });
        // gone with its network
        self.told.ledger.try_maybe_update(|current| {
            let news = *current != ledger;
            *current = ledger;
            (news, ())
        });
    }
}
