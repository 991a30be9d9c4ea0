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

/// A rollup with the three figures of its queue.
type Head = (Address, [Slot<U256>; 3]);

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
            )
        };
        Self(contracts.rollups.iter().map(rollup).collect())
    }

    /// Takes the answers, and asks for as many entries as there are.
    pub(super) fn settle(self, answers: &Answers, batch: &mut Batch) -> Waiting {
        let small = |n: U256| u64::try_from(n).map_err(|_error| ReadError::Decode);
        let queue = |(rollup, [length, flush_size, available]): Head| {
            let length = answers.get(length).and_then(small);
            // no chain has so many: a length that cannot be true is not worth as many questions
            let length = length.and_then(|n| if n > MOST { Err(ReadError::Decode) } else { Ok(n) });
            let waiting = (0..length.get().copied().unwrap_or(0))
                .map(|i| batch.add(rollup, IRollup::getEntryQueueAtCall { index: U256::from(i) }));
            let entries = waiting.collect();
            let (flush_size, available) =
                (answers.get(flush_size).and_then(small), answers.get(available).and_then(small));
            (entries, EntryQueue { length, flush_size, available, entries: Err(ReadError::Incomplete) })
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
                    .collect::<Result<_, _>>()
            };
            queue.entries = queue.length.need().and_then(|_| read());
            queue
        };
        self.0.into_iter().map(queue).collect()
    }
}

fn entry(args: DepositArgs) -> QueueEntry {
    QueueEntry {
        attester: args.attester,
        withdrawer: args.withdrawer,
        public_key: (args.publicKeyInG1.x, args.publicKeyInG1.y),
    }
}
