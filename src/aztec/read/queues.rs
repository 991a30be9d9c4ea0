use std::ops::Range;

use alloy_primitives::{Address, U256};

use crate::{
    aztec::{
        Deployment,
        abi::{DepositArgs, IRollup},
    },
    chain::{Answers, Batch, ReadError, Reading, Slot, unanswered},
};

/// One waiting deposit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueEntry {
    /// Its key.
    pub attester: Address,
    /// Who staked.
    pub withdrawer: Address,
    /// The key's G1 point, by which the GSE knows a key.
    pub public_key: (U256, U256),
}

/// The deposits that wait to join one rollup, head first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryQueue {
    /// `getEntryQueueLength()`.
    pub length: Reading<u64>,
    /// `getEntryQueueFlushSize()`: how many join per epoch.
    pub flush_size: Reading<u64>,
    /// `getAvailableValidatorFlushes()`: how many may still join this epoch.
    pub available: Reading<u64>,
    /// Its entries; an error when one of them could not be read.
    pub entries: Result<Vec<QueueEntry>, ReadError>,
}

impl EntryQueue {
    /// Why it is not complete, when it is that nobody answered.
    pub fn unanswered(&self) -> Option<ReadError> {
        let figures = [&self.length, &self.flush_size, &self.available];
        figures.into_iter().find_map(Reading::unanswered).or_else(|| unanswered(&self.entries))
    }

    /// Place of a deposit from the head, 0-based. Both must match: a key may be queued twice, by two people.
    pub fn place(&self, attester: Address, withdrawer: Address) -> Option<u64> {
        let entries = self.entries.as_ref().ok()?;
        let found =
            entries.iter().position(|entry| entry.attester == attester && entry.withdrawer == withdrawer);
        found.and_then(|index| index.try_into().ok())
    }
}

/// Entries of one queue at most: fifty times all sequencers of today.
const MOST: u64 = 100_000;

/// A rollup with the three figures of its queue, and as many entries as there were when it was found.
type Head = (Address, [Slot<U256>; 3], Vec<Slot<DepositArgs>>);

/// The heads of all entry queues, asked for.
pub(super) struct Heads(Vec<Head>);

impl Heads {
    /// Asks every rollup.
    pub(super) fn ask(batch: &mut Batch, contracts: &Deployment) -> Self {
        let rollup = |rollup: &crate::aztec::Rollup| {
            (
                rollup.address,
                [
                    batch.add(rollup.address, IRollup::getEntryQueueLengthCall {}),
                    batch.add(rollup.address, IRollup::getEntryQueueFlushSizeCall {}),
                    batch.add(rollup.address, IRollup::getAvailableValidatorFlushesCall {}),
                ],
                entries(batch, rollup.address, 0..rollup.waiting.get()),
            )
        };
        Self(contracts.rollups.iter().map(rollup).collect())
    }

    /// Takes the answers, and asks for the entries that are left.
    pub(super) fn settle(self, answers: &Answers, batch: &mut Batch) -> Waiting {
        let small = |n: U256| u64::try_from(n).map_err(|_error| ReadError::Decode);
        let queue = |(rollup, [length, flush_size, available], first): Head| {
            let length = answers.get(length).and_then(small);
            // no chain has so many: a length that cannot be true is not worth as many questions
            let length = length.and_then(|n| if n > MOST { Err(ReadError::Decode) } else { Ok(n) });
            let count = length.get().copied().unwrap_or(0);
            let known: Vec<_> =
                first.into_iter().zip(0..count).map(|(slot, _)| answers.value(slot)).collect();
            let rest = entries(batch, rollup, known.len() as u64..count);
            let (flush_size, available) =
                (answers.get(flush_size).and_then(small), answers.get(available).and_then(small));
            let entries = known.into_iter().map(|args| args.map(entry)).collect();
            (rest, EntryQueue { length, flush_size, available, entries })
        };
        Waiting(self.0.into_iter().map(queue).collect())
    }
}

/// Entry queues whose entries were asked for.
pub(super) struct Waiting(Vec<(Vec<Slot<DepositArgs>>, EntryQueue)>);

impl Waiting {
    /// Takes the answers; there are none where there was nothing to ask.
    pub(super) fn settle(self, answers: Option<&Answers>) -> Vec<EntryQueue> {
        let queue = |(slots, mut queue): (Vec<Slot<DepositArgs>>, EntryQueue)| {
            let read = || {
                slots
                    .iter()
                    .map(|slot| answers.ok_or(ReadError::Incomplete)?.value(*slot).map(entry))
                    .collect::<Result<Vec<_>, _>>()
            };
            let known = std::mem::replace(&mut queue.entries, Err(ReadError::Incomplete));
            queue.entries = queue.length.need().and_then(|_| Ok([known?, read()?].concat()));
            queue
        };
        self.0.into_iter().map(queue).collect()
    }
}

fn entries(batch: &mut Batch, rollup: Address, places: Range<u64>) -> Vec<Slot<DepositArgs>> {
    let at = |index| IRollup::getEntryQueueAtCall { index: U256::from(index) };
    places.map(|index| batch.add(rollup, at(index))).collect()
}

fn entry(args: DepositArgs) -> QueueEntry {
    QueueEntry {
        attester: args.attester,
        withdrawer: args.withdrawer,
        public_key: (args.publicKeyInG1.x, args.publicKeyInG1.y),
    }
}
