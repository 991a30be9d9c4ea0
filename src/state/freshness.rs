//! Whether the newest block is new: decided from blocks and the page's own clock, without the computer's date.

use crate::chain::BlockRef;

/// Blocks that a reorganisation takes back at most; older than that is no reorganisation but an endpoint that is behind.
pub(super) const REORGANISATION: u64 = 3;

/// Read longer ago than this, figures are grey and nothing is signed: three slots of Ethereum.
const UNREAD_MILLIS: u64 = 36_000;

/// The chain itself stood still for longer than this, as far as the endpoints say: ten slots of Ethereum. So many are
/// never missed in a row while the chain is well.
const STUCK_MILLIS: u64 = 120_000;

/// By the computer's date alone, a block this old is worth a notice; it may as well be the date that is wrong.
const OLD_SECS: u64 = 600;

/// What is known about the newest block. Times are milliseconds of the page's clock, which never goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Freshness {
    /// A local chain mines when it likes and is put back to where it was: nothing about its blocks can be wrong.
    local: bool,
    /// Highest block that was taken.
    taken: u64,
    /// Highest block that any endpoint had when they were last compared.
    elsewhere: u64,
    /// Chain time less the page's clock, by the block that came soonest after its timestamp.
    offset: Option<i128>,
    /// Timestamp of the block that was taken last.
    timestamp: u64,
    /// When it was last confirmed to be the newest.
    read_at: u64,
}

impl Freshness {
    /// Nothing is known yet.
    pub(super) const fn new(local: bool, now: u64) -> Self {
        Self { local, taken: 0, elsewhere: 0, offset: None, timestamp: 0, read_at: now }
    }

    /// A block was taken as the newest one.
    pub(super) fn read(&mut self, block: &BlockRef, now: u64) {
        let offset = i128::from(block.timestamp) * 1000 - i128::from(now);
        self.offset = self.offset.filter(|known| *known > offset && !self.local).or(Some(offset));
        (self.timestamp, self.read_at) = (block.timestamp, now);
        self.taken = self.taken.max(block.number);
    }

    /// The endpoints were compared: this is the highest block that one of them has.
    pub(super) const fn compared(&mut self, highest: u64) {
        self.elsewhere = highest;
    }

    /// The height to look for first. An endpoint without it is passed over as long as another one has it; when no
    /// block came for a while, the others are asked for a newer one.
    pub(super) fn wanted(&self, now: u64) -> u64 {
        let waits = u64::from(self.behind(now) > UNREAD_MILLIS);
        if self.local { 0 } else { self.taken.max(self.elsewhere) + waits }
    }

    /// The height below which no block is taken: the head goes back by a reorganisation and no further.
    pub(super) const fn least(&self) -> u64 {
        if self.local { 0 } else { self.taken.saturating_sub(REORGANISATION) }
    }

    /// Milliseconds since the newest block was confirmed.
    pub(super) const fn age(&self, now: u64) -> u64 {
        now.saturating_sub(self.read_at)
    }

    /// Milliseconds that the block taken last is behind the time that passed on the chain since the first one.
    fn behind(&self, now: u64) -> u64 {
        let time = self.offset.filter(|_| !self.local).map(|offset| offset + i128::from(now));
        let behind = time.map_or(0, |time| time - i128::from(self.timestamp) * 1000);
        u64::try_from(behind).unwrap_or(0)
    }

    /// For how many seconds there was no new block, when that is too long.
    pub(super) fn stuck(&self, now: u64) -> Option<u64> {
        let behind = self.behind(now);
        (behind > STUCK_MILLIS).then_some(behind / 1000)
    }

    /// Whether what is shown is too old to act on.
    pub(super) fn is_stale(&self, now: u64) -> bool {
        self.taken > 0 && (self.is_unread(now) || self.stuck(now).is_some() || self.is_outrun())
    }

    /// Whether the newest block was not confirmed for too long.
    pub(super) const fn is_unread(&self, now: u64) -> bool {
        self.age(now) > UNREAD_MILLIS
    }

    /// Whether another endpoint is ahead by more than can be a moment between two questions.
    const fn is_outrun(&self) -> bool {
        !self.local && self.elsewhere > self.taken + REORGANISATION
    }

    /// Seconds that the block is old by the computer's date (Unix seconds), when that is suspicious.
    pub(super) fn old_by_date(&self, date: u64) -> Option<u64> {
        let old = date.saturating_sub(self.timestamp);
        (!self.local && self.taken > 0 && old > OLD_SECS).then_some(old)
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::B256;

    use super::*;

    /// Block `number` of a chain with a block every 12 s.
    fn block(number: u64) -> BlockRef {
        BlockRef { number, hash: B256::ZERO, parent: B256::ZERO, timestamp: 1_000_000 + 12 * number }
    }

    /// Reads block 100 and its successors until `last`, each two seconds after its timestamp.
    fn well_until(last: u64) -> (Freshness, u64) {
        let at = |number: u64| 5_000 + (number - 100) * 12_000;
        let mut fresh = Freshness::new(false, 0);
        (100..=last).for_each(|number| fresh.read(&block(number), at(number)));
        (fresh, at(last))
    }

    #[test]
    fn a_chain_that_goes_on_is_fresh_and_its_head_goes_back_by_a_reorganisation_only() {
        let (fresh, now) = well_until(200);
        assert!(!fresh.is_stale(now));
        assert_eq!((fresh.wanted(now), fresh.least()), (200, 197));
        assert_eq!(fresh.stuck(now + 12_000), None);
    }

    #[test]
    fn going_back_again_and_again_leads_no_further() {
        let (mut fresh, now) = well_until(200);
        fresh.read(&block(197), now);
        assert_eq!((fresh.wanted(now), fresh.least()), (200, 197));
    }

    #[test]
    fn a_block_that_stays_the_newest_is_stale_however_often_it_is_read() {
        let (mut fresh, mut now) = well_until(200);
        for _ in 0..10 {
            now += 4_000;
            fresh.read(&block(200), now);
        }
        assert!(!fresh.is_stale(now), "a few slots can be missed");
        assert_eq!(fresh.wanted(now), 201, "but another endpoint may have one");
        for _ in 0..25 {
            now += 4_000;
            fresh.read(&block(200), now);
        }
        assert!(fresh.is_stale(now));
        assert_eq!(fresh.stuck(now), Some(140));
        fresh.read(&block(212), now + 4_000);
        assert!(!fresh.is_stale(now + 4_000));
    }

    #[test]
    fn an_endpoint_that_goes_on_too_slowly_is_found_out() {
        let (mut fresh, mut now) = well_until(200);
        for number in 201..210 {
            now += 60_000;
            fresh.read(&block(number), now);
        }
        assert!(fresh.is_stale(now));
    }

    #[test]
    fn what_was_not_read_for_three_slots_is_stale() {
        let (fresh, now) = well_until(100);
        assert!(!fresh.is_stale(now + 36_000) && fresh.is_stale(now + 36_001));
        assert!(!Freshness::new(false, 0).is_stale(1_000_000), "nothing is shown yet");
    }

    #[test]
    fn another_endpoint_that_is_ahead_is_asked_first() {
        let (mut fresh, now) = well_until(200);
        fresh.compared(203);
        assert!(!fresh.is_stale(now));
        fresh.compared(204);
        assert!(fresh.is_stale(now) && !fresh.is_unread(now) && fresh.stuck(now).is_none());
        assert_eq!((fresh.wanted(now), fresh.least()), (204, 197));
        fresh.read(&block(204), now);
        assert!(!fresh.is_stale(now));
        // one that boasted once and is gone is forgotten
        fresh.compared(9_000);
        fresh.compared(204);
        assert!(!fresh.is_stale(now));
    }

    #[test]
    fn a_local_chain_does_as_it_likes() {
        let mut fresh = Freshness::new(true, 0);
        fresh.read(&block(200), 0);
        fresh.read(&block(10), 4_000_000);
        assert!(!fresh.is_stale(4_000_000));
        assert_eq!((fresh.wanted(4_000_000), fresh.least()), (0, 0));
        assert_eq!(fresh.old_by_date(u64::MAX), None);
    }

    #[test]
    fn the_computers_date_makes_nothing_stale_but_is_told() {
        let (fresh, now) = well_until(200);
        let date = block(200).timestamp;
        assert_eq!(fresh.old_by_date(date + 600), None);
        assert_eq!(fresh.old_by_date(date + 3_600), Some(3_600));
        assert_eq!(fresh.old_by_date(date - 3_600), None);
        assert!(!fresh.is_stale(now));
    }
}
