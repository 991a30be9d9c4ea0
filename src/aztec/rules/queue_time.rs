use crate::{aztec::RollupClock, units::ceil_div};

/// What the rollup says about its entry queue, at one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueState {
    /// `getAvailableValidatorFlushes()`.
    pub available: u64,
    /// `getEntryQueueFlushSize()`.
    pub flush_size: u64,
    /// The epoch of the block.
    pub epoch: u64,
    /// Slots and epochs.
    pub clock: RollupClock,
}

/// When a queued deposit can join at the earliest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinTime {
    /// As soon as somebody calls `flushEntryQueue`.
    Now,
    /// At this Unix second, if every epoch until then is flushed.
    At(u64),
    /// The rollup admits nobody at present.
    NotAdmitting,
}

/// Earliest time for the deposit with `ahead` deposits before it (`StakingLib.flushEntryQueue`).
///
/// The allowance of an epoch that nobody flushes is lost, failed deposits use none of it: the real time can be
/// later or, with bad entries ahead, earlier.
pub fn join_time(ahead: u64, queue: QueueState) -> JoinTime {
    let Some(beyond) = ahead.checked_sub(queue.available) else { return JoinTime::Now };
    if queue.flush_size == 0 {
        return JoinTime::NotAdmitting;
    }
    let epochs = ceil_div(beyond + 1, queue.flush_size);
    JoinTime::At(queue.clock.epoch_start(queue.epoch.saturating_add(epochs)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOCK: RollupClock = RollupClock { genesis: 1_000, slot: 72, epoch: 32 };

    fn queue(available: u64, flush_size: u64) -> QueueState {
        QueueState { available, flush_size, epoch: 10, clock: CLOCK }
    }

    #[test]
    fn follows_the_allowance() {
        let epoch = |n: u64| JoinTime::At(1_000 + n * 72 * 32);
        for (ahead, available, flush_size, expected) in [
            (0, 1, 4, JoinTime::Now),
            (3, 4, 4, JoinTime::Now),
            (4, 4, 4, epoch(11)),
            (7, 4, 4, epoch(11)),
            (8, 4, 4, epoch(12)),
            (0, 0, 1, epoch(11)),
            (37, 0, 4, epoch(20)),
            (0, 0, 0, JoinTime::NotAdmitting),
            (5, 5, 0, JoinTime::NotAdmitting),
            (4, 5, 0, JoinTime::Now),
        ] {
            assert_eq!(
                join_time(ahead, queue(available, flush_size)),
                expected,
                "{ahead} {available} {flush_size}"
            );
        }
    }

    proptest::proptest! {
        /// The contract, step by step: each epoch lets `flush_size` deposits in.
        #[test]
        fn equals_emptying_the_queue_epoch_by_epoch(ahead in 0u64..500, available in 0u64..6, flush_size in 1u64..6) {
            let mut left = ahead + 1;
            let mut epoch = 10;
            let mut allowance = available;
            while left > allowance {
                left -= allowance;
                allowance = flush_size;
                epoch += 1;
            }
            let expected = if epoch == 10 { JoinTime::Now } else { JoinTime::At(CLOCK.epoch_start(epoch)) };
            proptest::prop_assert_eq!(join_time(ahead, queue(available, flush_size)), expected);
        }
    }
}
