//! Events of the past, read in ranges that the endpoint at hand accepts, newest first.

use std::{collections::VecDeque, ops::RangeInclusive, sync::Arc};

use alloy_primitives::{Address, B256, Bytes, LogData, U64};
use futures::{StreamExt, stream::FuturesUnordered};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::{
    Endpoint, Fault, NodeErrorKind, Pool, RpcError,
    rpc::{Answer, Refused},
};
use crate::units::sorted;

/// Which events to look for: any of the contracts, any of the events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogQuery {
    /// Emitting contracts.
    pub contracts: Vec<Address>,
    /// Topic 0 of the events.
    pub events: Vec<B256>,
}

impl LogQuery {
    /// Whether it asks for this event, with these other indexed words.
    fn takes(&self, entry: &LogEntry, about: &[Vec<B256>]) -> bool {
        let word = |place: usize| entry.data.topics().get(place + 1);
        self.contracts.contains(&entry.address)
            && entry.event().is_some_and(|event| self.events.contains(&event))
            && about.iter().enumerate().all(|(place, words)| {
                words.is_empty() || word(place).is_some_and(|word| words.contains(word))
            })
    }
}

/// An event as JSON-RPC gives it, as far as the app looks at it. Own type for the reason given at [`super::Header`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Log {
    /// Who emitted it.
    pub address: Address,
    topics: Vec<B256>,
    data: Bytes,
    #[serde(default)]
    block_number: Option<U64>,
    #[serde(default)]
    #[serde(rename = "logIndex")]
    index: Option<U64>,
    #[serde(default)]
    transaction_hash: Option<B256>,
    #[serde(default)]
    removed: bool,
    /// Not in the specification for long; a node that writes it in another way must not lose its logs.
    #[serde(default, deserialize_with = "if_any")]
    block_timestamp: Option<U64>,
}

impl Log {
    /// Topics and data.
    pub fn data(&self) -> LogData {
        LogData::new_unchecked(self.topics.clone(), self.data.clone())
    }
}

fn if_any<'de, D: Deserializer<'de>>(value: D) -> Result<Option<U64>, D::Error> {
    Option::deserialize(value).or(Ok(None))
}

/// One event in a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// Who emitted it.
    pub address: Address,
    /// Topics and data.
    pub data: LogData,
    /// Height.
    pub block: u64,
    /// Position among the block's logs.
    pub index: u64,
    /// The transaction.
    pub tx: B256,
    /// Unix seconds of the block, where the node sends them along.
    pub time: Option<u64>,
}

impl LogEntry {
    /// An event that is in a block; pending and removed ones are not taken.
    pub fn from_rpc(log: Log) -> Option<Self> {
        (!log.removed).then_some(())?;
        Some(Self {
            block: log.block_number?.to(),
            index: log.index?.to(),
            tx: log.transaction_hash?,
            time: log.block_timestamp.map(|time| time.to()),
            address: log.address,
            data: log.data(),
        })
    }

    /// Chain order.
    pub fn position(&self) -> (u64, u64) {
        (self.block, self.index)
    }

    /// Topic 0.
    pub fn event(&self) -> Option<B256> {
        self.data.topics().first().copied()
    }

    /// The data without topics.
    pub fn bytes(&self) -> &Bytes {
        &self.data.data
    }
}

/// In chain order.
pub(crate) fn in_order(entries: Vec<LogEntry>) -> Vec<LogEntry> {
    sorted(entries, |a, b| a.position().cmp(&b.position()))
}

/// A stretch of blocks that was read, with what was found there in chain order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The blocks.
    pub range: RangeInclusive<u64>,
    /// The events.
    pub entries: Vec<LogEntry>,
}

/// Requests for logs under way at once. Public endpoints throttle above a few.
const PARALLEL: usize = 3;

/// Blocks per request at most; nobody offers more without a limit on results.
const WIDEST: u64 = 200_000;

/// Events that one answer should bring: more of them at once take memory that a page never gives back, and time in which
/// it does nothing else.
const ENOUGH: usize = 2_000;

/// Reads `range` newest first and hands over each part as it arrives, until done.
///
/// A range that is refused for its width, its number of results or its time is halved; the width that worked is
/// remembered with the endpoint that answered. A width that an endpoint refused is not tried with it again in this
/// reading. A single block that holds more than an endpoint gives is read by its receipts. Dropping the future ends the
/// reading.
pub async fn scan(
    pool: &Pool,
    query: &LogQuery,
    range: RangeInclusive<u64>,
    mut part: impl FnMut(Part),
) -> Result<(), RpcError> {
    scan_all(pool, query, &[], Reach { range, pieces: 1 }, &mut part).await
}

/// The same for events whose other indexed words are among these: those for topic 1 first. An empty list takes any.
pub async fn scan_about(
    pool: &Pool,
    query: &LogQuery,
    about: &[Vec<B256>],
    range: RangeInclusive<u64>,
    mut part: impl FnMut(Part),
) -> Result<(), RpcError> {
    scan_all(pool, query, about, Reach { range, pieces: 1 }, &mut part).await
}

/// Blocks to read.
#[derive(Clone, Debug)]
pub struct Reach {
    /// From the first to the last.
    pub range: RangeInclusive<u64>,
    /// In so many requests at least. Where nobody knows how many events there are, the first answer is then one of many,
    /// and not all at once or a refusal of all.
    pub pieces: u64,
}

/// Once for all callers: generic code here would be copied for each of them.
pub async fn scan_all(
    pool: &Pool,
    query: &LogQuery,
    about: &[Vec<B256>],
    Reach { range, pieces }: Reach,
    part: &mut dyn FnMut(Part),
) -> Result<(), RpcError> {
    let blocks = (range.end() + 1).saturating_sub(*range.start());
    let widest = blocks.div_ceil(pieces.max(1)).clamp(1, WIDEST);
    let (first, mut next) = (*range.start(), Some(*range.end()));
    let mut waiting: VecDeque<RangeInclusive<u64>> = VecDeque::new();
    let mut running = FuturesUnordered::new();
    let mut limits = Limits::default();
    // blocks that hold enough events, as far as those that were read tell
    let mut enough = widest;
    loop {
        while running.len() < PARALLEL {
            let piece = match (waiting.pop_front(), next) {
                (Some(piece), _) => piece,
                (None, Some(end)) if end >= first => {
                    let width = pool.capability().log_blocks.clamp(1, enough);
                    let start = end.saturating_sub(width - 1).max(first);
                    next = start.checked_sub(1);
                    start..=end
                }
                _ => break,
            };
            running.push(piece_of(pool, query, about, piece));
        }
        let Some((piece, answer)) = running.next().await else { return Ok(()) };
        let width = piece.end() - piece.start() + 1;
        match answer {
            Ok(answer) => {
                let entries = answer.value.len();
                limits.fits(&answer.by, width, entries);
                enough = match entries {
                    0..ENOUGH => (enough.max(width) * 2).min(widest),
                    _ => (width * ENOUGH as u64 / entries as u64).max(1),
                };
                part(Part { range: piece, entries: answer.value });
            }
            Err(refused) if width > 1 && limits.is_too_much(pool, &refused, width) => {
                let middle = piece.start() + width / 2;
                // the newer half first, and down to what is accepted before the next: who accepts nothing is soon known
                waiting.push_front(*piece.start()..=middle - 1);
                waiting.push_front(middle..=*piece.end());
            }
            Err(refused) => return Err(refused.error),
        }
    }
}

/// The events of a few blocks, asked for in one request and once; `None` where that does not work.
pub async fn scan_once(pool: &Pool, query: &LogQuery, range: RangeInclusive<u64>) -> Option<Part> {
    let (range, answer) = piece_of(pool, query, &[], range).await;
    Some(Part { range, entries: answer.ok()?.value })
}

async fn piece_of(
    pool: &Pool,
    query: &LogQuery,
    about: &[Vec<B256>],
    piece: RangeInclusive<u64>,
) -> (RangeInclusive<u64>, Result<Answer<Vec<LogEntry>>, Refused>) {
    let mut topics = vec![json!(query.events)];
    topics.extend(about.iter().map(|words| if words.is_empty() { Value::Null } else { json!(words) }));
    let filter = json!({
        "address": query.contracts,
        "topics": topics,
        "fromBlock": format!("{:#x}", piece.start()),
        "toBlock": format!("{:#x}", piece.end()),
    });
    let mut answer = pool.logs(&filter, *piece.end()).await;
    if let Err(refused) = &answer
        && piece.start() == piece.end()
        && is_refused_for_size(&refused.error)
    {
        answer = pool.logs_of_block(*piece.start()).await;
    }
    let answer = answer.map(|Answer { value, by }| {
        let entries = value.into_iter().filter_map(LogEntry::from_rpc);
        let entries = in_order(entries.filter(|entry| query.takes(entry, about)).collect());
        Answer { value: entries, by }
    });
    (piece, answer)
}

/// The widths that endpoints refused in this reading.
#[derive(Default)]
struct Limits(Vec<(Arc<Endpoint>, u64)>);

impl Limits {
    fn of(&self, by: &Arc<Endpoint>) -> u64 {
        let own = self.0.iter().filter(|(endpoint, _)| Arc::ptr_eq(endpoint, by));
        own.map(|(_, width)| *width).min().unwrap_or(u64::MAX)
    }

    /// A full-width answer with few events: the endpoint can do more.
    fn fits(&self, by: &Arc<Endpoint>, width: u64, entries: usize) {
        let limit = self.of(by);
        by.learn(|known| {
            let wider = (known.log_blocks * 2).min(WIDEST);
            if width >= known.log_blocks && entries < ENOUGH && wider < limit {
                known.log_blocks = wider;
            }
        });
    }

    /// Whether a smaller range may do better; learns it about those who said so.
    fn is_too_much(&mut self, pool: &Pool, refused: &Refused, width: u64) -> bool {
        let by: Vec<Arc<Endpoint>> = match &refused.error {
            error @ RpcError::Node(_) if is_refused_for_size(error) => refused.by.iter().cloned().collect(),
            RpcError::AllFailed(faults) => pool.faulty(faults, is_about_size).cloned().collect(),
            _ => return false,
        };
        for endpoint in &by {
            endpoint.learn(|known| known.log_blocks = known.log_blocks.min((width / 2).max(1)));
            self.0.push((endpoint.clone(), width));
        }
        !by.is_empty()
    }
}

fn is_refused_for_size(error: &RpcError) -> bool {
    error.node().is_some_and(|node| matches!(node.kind, NodeErrorKind::TooManyLogs | NodeErrorKind::OutOfGas))
}

fn is_about_size(fault: &Fault) -> bool {
    matches!(fault, Fault::TimedOut(_) | Fault::TooLarge(_) | Fault::Http(413 | 504))
}
