//! Events of final blocks, kept from one visit to the next so that no final block is read twice.
//!
//! A record holds a stretch of blocks of one network, of one set of contracts and events. It is sealed with a block
//! that was final when it was written: on opening, the chain is asked for that block, and records of a chain that has
//! another one there (a development chain that began anew under the same number) are dropped, never mixed. Records
//! are only ever added or replaced by larger ones, and overlaps are joined when they are read: several tabs may write
//! at the same time. What cannot be understood is dropped and read anew.

mod codec;

use std::{ops::RangeInclusive, sync::Arc, time::Duration};

use alloy_primitives::{B256, Keccak256, hex};
use codec::{Head, Record};

use super::{
    BlockRef, Pool,
    host::{LogStore, NotKept, timeout},
    logs::{LogQuery, Part, in_order},
};

/// Where all of it is kept.
pub const PREFIX: &str = "logs/";

/// Events in a record that is put together at most: what is understood in one go, without the page noticing.
const MOST: usize = 4_000;

/// Records that are put together when the archive is opened.
const MANY: usize = 24;

/// Seals that are checked when the archive is opened; records with more of them are read anew.
const SEALS: usize = 12;

/// A store that does not answer must not hold up the page.
const PATIENCE: Duration = Duration::from_secs(4);

/// What is kept, for Settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Events.
    pub entries: usize,
    /// Bytes of the records.
    pub bytes: usize,
    /// The first and the last block.
    pub blocks: Option<RangeInclusive<u64>>,
    /// Why nothing more is kept.
    pub problem: Option<NotKept>,
}

/// A record as it lies in the store.
struct Held {
    key: String,
    range: RangeInclusive<u64>,
    entries: usize,
    bytes: usize,
}

/// The kept events of one network and query.
pub struct Archive {
    store: Arc<dyn LogStore>,
    prefix: String,
    query: LogQuery,
    held: Vec<Held>,
    /// Records of this chain that were not handed out yet, oldest first; not yet read.
    waiting: Vec<(String, Head, Vec<u8>)>,
    /// The newest seal that the chain was found to have.
    seal: Option<BlockRef>,
    /// The record that the end of the chain is added to.
    tail: Option<(String, Part)>,
    problem: Option<NotKept>,
}

impl core::fmt::Debug for Archive {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Archive").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// What is kept for a network, read before it is known what is looked for.
pub struct Found {
    store: Arc<dyn LogStore>,
    /// What the keys of this network and chain begin with.
    of_chain: String,
    records: Vec<(String, Head, Vec<u8>)>,
    gone: Vec<String>,
    /// The newest seal that the chain was found to have.
    seal: Option<BlockRef>,
    problem: Option<NotKept>,
}

impl core::fmt::Debug for Found {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Found").field("of_chain", &self.of_chain).finish_non_exhaustive()
    }
}

impl Found {
    /// Reads what is kept for a network, and asks the chain which of it is its own.
    pub async fn read(pool: &Pool, store: Arc<dyn LogStore>, network: &str) -> Self {
        let of_network = format!("{PREFIX}{network}/");
        let of_chain = format!("{of_network}{}-", pool.chain_id());
        let (records, gone) = (Vec::new(), Vec::new());
        let mut found = Self { store, of_chain, records, gone, seal: None, problem: None };
        let sleep = pool.host().sleep.clone();
        let loaded = timeout(&*sleep, PATIENCE, found.store.load(of_network)).await;
        match loaded.unwrap_or(Err(NotKept::Forbidden)) {
            Ok(records) => found.sort_out(pool, records).await,
            Err(problem) => found.problem = Some(problem),
        }
        found
    }

    /// What was asked for when the newest of it was kept, and the last block of that: what will most likely be asked for next
    /// is the rest.
    pub fn newest(&self) -> Option<(LogQuery, u64)> {
        let end = |head: &Head| *head.range.end();
        let (key, head, _) = self.records.iter().max_by_key(|(_, head, _)| end(head))?;
        let whole = key.starts_with(&format!("{}{}/", self.of_chain, digest(&head.query)));
        whole.then(|| (head.query.clone(), end(head)))
    }

    /// Good records wait to be handed out, the rest goes. An endpoint that does not answer proves nothing: what cannot
    /// be checked is neither used nor dropped.
    async fn sort_out(&mut self, pool: &Pool, records: Vec<(String, Vec<u8>)>) {
        // each seal once, with what the chain says of it: that it has it, that it has another block there, or nothing
        let mut seals: Vec<((u64, B256), Option<bool>)> = Vec::new();
        for (key, bytes) in records {
            let head = Head::of(&bytes).filter(|head| *head.range.end() <= head.seal.0);
            let Some(head) = head.filter(|_| key.starts_with(&self.of_chain)) else {
                self.gone.push(key);
                continue;
            };
            let known = seals.iter().find(|(seal, _)| *seal == head.seal).map(|(_, here)| *here);
            let here = match known {
                Some(here) => here,
                None if seals.len() >= SEALS => None,
                None => {
                    let answer = pool.once().block(head.seal.0).await.ok().map(|header| header.block());
                    let here = answer.map(|block| block.hash == head.seal.1);
                    if here == Some(true) && self.seal.is_none_or(|seal| seal.number < head.seal.0) {
                        self.seal = answer;
                    }
                    seals.push((head.seal, here));
                    here
                }
            };
            match here {
                // keys are in the order of the first blocks
                Some(true) => self.records.push((key, head, bytes)),
                Some(false) => self.gone.push(key),
                None => {}
            }
        }
    }
}

impl Archive {
    /// Opens what was found of a query, and drops what is of another one or of another chain.
    pub async fn open(found: Found, query: &LogQuery) -> Self {
        let Found { store, of_chain, records, mut gone, seal, problem } = found;
        let prefix = format!("{of_chain}{}/", digest(query));
        let (held, waiting, tail) = (Vec::new(), Vec::new(), None);
        let query = query.clone();
        let mut archive = Self { store, prefix, query, held, waiting, seal, tail, problem };
        for (key, head, bytes) in records {
            if key.starts_with(&archive.prefix) {
                archive.hold(&key, &head.range, head.entries, bytes.len());
                archive.waiting.push((key, head, bytes));
            } else {
                gone.push(key);
            }
        }
        archive.write(Vec::new(), gone).await;
        archive
    }

    fn hold(&mut self, key: &str, range: &RangeInclusive<u64>, entries: usize, bytes: usize) {
        self.held.retain(|held| held.key != key);
        self.held.push(Held { key: key.to_owned(), range: range.clone(), entries, bytes });
    }

    /// The next stretch, newest first, small enough to be understood in one go. Small records that touch come as one,
    /// and are kept as one when there are many.
    pub async fn next(&mut self) -> Option<Part> {
        let (mut keys, mut part, mut broken) = (Vec::new(), None::<Part>, Vec::new());
        while let Some((key, head, bytes)) = self.waiting.pop() {
            let goes_on = part.as_ref().is_none_or(|newer| {
                head.range.end().saturating_add(1) >= *newer.range.start()
                    && newer.entries.len() + head.entries <= MOST
            });
            if !goes_on {
                self.waiting.push((key, head, bytes));
                break;
            }
            match Record::from_bytes(&bytes) {
                Some(Record { part: older, .. }) => {
                    keys.push(key);
                    part = Some(match part {
                        Some(newer) => both(older, newer),
                        None => older,
                    });
                }
                None => broken.push(key),
            }
        }
        self.write(Vec::new(), broken).await;
        let part = part?;
        if keys.len() > 1
            && self.held.len() > MANY
            && let Some(seal) = self.seal
        {
            let record = Record::new(&seal, self.query.clone(), part);
            self.put(&record, keys).await;
            return Some(record.part);
        }
        Some(part)
    }

    /// Keeps a stretch of blocks, all of them at or below `seal`, which is final.
    pub async fn save(&mut self, part: Part, seal: &BlockRef) {
        self.put(&Record::new(seal, self.query.clone(), part), Vec::new()).await;
    }

    /// The same for a stretch that became final while the page was open: goes on with the record that it continues.
    pub async fn extend(&mut self, part: Part, seal: &BlockRef) {
        let continued = self.tail.take().filter(|(_, before)| {
            before.range.end().saturating_add(1) == *part.range.start() && before.entries.len() < MOST / 4
        });
        let (keys, part) = match continued {
            Some((key, before)) => (vec![key], both(before, part)),
            None => (Vec::new(), part),
        };
        let record = Record::new(seal, self.query.clone(), part);
        let key = self.put(&record, keys).await;
        self.tail = Some((key, record.part));
    }

    async fn put(&mut self, record: &Record, gone: Vec<String>) -> String {
        let Part { range, entries } = &record.part;
        let key = format!("{}{:016x}-{:016x}", self.prefix, range.start(), range.end());
        let bytes = record.to_bytes();
        let size = bytes.len();
        if self.write(vec![(key.clone(), bytes)], gone).await {
            self.hold(&key, range, entries.len(), size);
        }
        key
    }

    /// Whether it was written. A store that is full is not asked again: what was read stays in memory.
    async fn write(&mut self, new: Vec<(String, Vec<u8>)>, gone: Vec<String>) -> bool {
        if self.problem.is_some() || new.is_empty() && gone.is_empty() {
            return false;
        }
        self.held.retain(|held| !gone.contains(&held.key));
        self.problem = self.store.write(new, gone).await.err();
        self.problem.is_none()
    }

    /// Forgets everything of this network.
    pub async fn forget(&mut self) {
        self.held.clear();
        self.tail = None;
        let all = self.prefix.rsplitn(3, '/').last().unwrap_or_default();
        self.problem = self.store.write(Vec::new(), vec![format!("{all}/")]).await.err();
    }

    /// What is kept.
    pub fn kept(&self) -> Kept {
        let first = self.held.iter().map(|held| *held.range.start()).min();
        let last = self.held.iter().map(|held| *held.range.end()).max();
        Kept {
            entries: self.held.iter().map(|held| held.entries).sum(),
            bytes: self.held.iter().map(|held| held.bytes).sum(),
            blocks: first.zip(last).map(|(first, last)| first..=last),
            problem: self.problem,
        }
    }
}

/// Two stretches that touch or overlap, as one: what both hold counts once.
fn both(older: Part, newer: Part) -> Part {
    let range = *older.range.start().min(newer.range.start())..=*older.range.end().max(newer.range.end());
    let mut entries = older.entries;
    entries.extend(newer.entries);
    entries = in_order(entries);
    entries.dedup_by_key(|entry| entry.position());
    Part { range, entries }
}

/// Contracts and events of a query. Both come in one order: the table's, and that of the registry of rollups.
fn digest(query: &LogQuery) -> String {
    let mut hash = Keccak256::new();
    for address in &query.contracts {
        hash.update(address);
    }
    for event in &query.events {
        hash.update(event);
    }
    hex::encode(&hash.finalize()[..8])
}
