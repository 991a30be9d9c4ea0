//! A [`History`] in the making: stretches of blocks arrive in any order and some of them again.

use std::{ops::RangeInclusive, sync::Arc};

use super::{
    Deployment,
    events::Told,
    history::{Chunk, History},
};
use crate::chain::{
    logs::LogEntry,
    spans::{joined, newest_gap},
};

/// Chunks with fewer facts than this are put together with their neighbour.
const SMALL: usize = 256;

/// What was read so far of one network's events.
#[derive(Debug)]
pub struct Assembly {
    contracts: Arc<Deployment>,
    goal: u64,
    /// Newest first; neighbours are joined.
    covered: Vec<RangeInclusive<u64>>,
    /// In chain order. Each holds whole blocks.
    chunks: Vec<Arc<Chunk>>,
    /// The history of the newest stretch as it was last asked for, and how many of the chunks are in it. Gone when one
    /// of them changed.
    known: Option<(usize, Arc<History>)>,
}

impl Assembly {
    /// Nothing yet.
    pub fn new(contracts: Arc<Deployment>) -> Self {
        let goal = contracts.from_block.block();
        Self { contracts, goal, covered: Vec::new(), chunks: Vec::new(), known: None }
    }

    /// The first block that matters.
    pub fn goal(&self) -> u64 {
        self.goal
    }

    /// The range without a gap that ends at the newest block read.
    pub fn top(&self) -> Option<RangeInclusive<u64>> {
        self.covered.first().cloned()
    }

    /// The newest stretch up to `newest` that is not read.
    pub fn missing(&self, newest: u64) -> Option<RangeInclusive<u64>> {
        newest_gap(&self.covered, self.goal.min(newest)..=newest)
    }

    /// These blocks were read, and this is all that they have. What was known of them before is replaced; when it is
    /// the same, nothing is computed again.
    pub fn take(&mut self, range: RangeInclusive<u64>, entries: &[LogEntry]) {
        self.covered = joined(std::mem::take(&mut self.covered), range.clone());
        let new = Chunk::of(&self.contracts, entries);
        self.replace(range, new);
    }

    /// The chain ends here now: what was above is gone.
    pub fn end_at(&mut self, newest: u64) {
        self.covered.retain(|range| *range.start() <= newest);
        if let Some(top) = self.covered.first_mut() {
            *top = *top.start()..=(*top.end()).min(newest);
        }
        self.replace(newest.saturating_add(1)..=u64::MAX, Chunk::default());
    }

    fn replace(&mut self, range: RangeInclusive<u64>, new: Chunk) {
        let inside = |told: &&Arc<Told>| range.contains(&told.place.block);
        let mut first = self.chunks.partition_point(|chunk| last_block(chunk) < *range.start());
        let end = self.chunks.partition_point(|chunk| chunk.first_block() <= Some(*range.end()));
        let old = self.chunks[first..end].iter().flat_map(|chunk| chunk.facts()).filter(inside);
        if old.eq(new.facts()) {
            return;
        }
        self.known = None;
        let around =
            |chunk: &Arc<Chunk>| chunk.facts().iter().filter(|told| !inside(told)).cloned().collect();
        // what is outside is below in the first of them and above in the last
        let outside: Vec<Arc<Told>> =
            self.chunks[first..end].iter().flat_map(|chunk| -> Vec<Arc<Told>> { around(chunk) }).collect();
        let place = outside.partition_point(|told| told.place.block < *range.start());
        let (below, above) = outside.split_at(place);
        let mut facts = below.to_vec();
        facts.extend_from_slice(new.facts());
        facts.extend_from_slice(above);
        // never across blocks that are not read: a chunk counts as a whole or not at all
        let stretch = self.covered.iter().find(|covered| covered.contains(range.start()));
        let bottom = stretch.map(|stretch| *stretch.start());
        if facts.len() < SMALL
            && let Some(before) = first.checked_sub(1)
            && self.chunks[before].facts().len() < SMALL
            && bottom.is_some_and(|bottom| self.chunks[before].first_block() >= Some(bottom))
        {
            facts.splice(..0, self.chunks[before].facts().iter().cloned());
            first = before;
        }
        let chunk = Some(facts).filter(|facts| !facts.is_empty());
        self.chunks.splice(first..end, chunk.map(|facts| Arc::new(facts.into_iter().collect())));
    }

    /// What the newest stretch tells. Only what is covered without a gap counts: a commission is known only with the
    /// changes before it. The same as before for as long as nothing changed.
    pub fn history(&mut self) -> Arc<History> {
        let from = self.top().map_or(u64::MAX, |top| *top.start());
        let before = self.chunks.partition_point(|chunk| chunk.first_block() < Some(from));
        let count = self.chunks.len() - before;
        if let Some((known, history)) = &self.known
            && *known == count
        {
            return history.clone();
        }
        let history = Arc::new(History::from_chunks(self.chunks[before..].to_vec()));
        self.known = Some((count, history.clone()));
        history
    }
}

fn last_block(chunk: &Chunk) -> u64 {
    chunk.facts().last().map_or(0, |told| told.place.block)
}
