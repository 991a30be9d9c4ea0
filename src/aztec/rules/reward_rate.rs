use alloy_primitives::{Address, U256};

use crate::units::{Bps, Ratio};

/// Seconds of 365 days.
pub const YEAR: u64 = 31_536_000;

/// What a rollup pays its sequencers by its present settings, and what that depends on. Fees come on top, which no
/// getter tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RewardTerms {
    /// The token that it pays in: `getFeeAsset()`.
    pub token: Address,
    /// What one checkpoint pays to all who have a part in it, in units of that token.
    pub checkpoint: U256,
    /// The sequencer's part of that.
    pub sequencer_part: Bps,
    /// Seconds of a slot, in which there is one checkpoint at most.
    pub slot: u64,
    /// Sequencers that share the slots evenly.
    pub active: u64,
    /// What each has staked, in token units.
    pub stake: U256,
    /// Checkpoints that were proven, and so paid, since the rollup began.
    pub proven: u64,
    /// Slots since then.
    pub slots: u64,
}

/// An amount or a rate at the share of slots that had a proven checkpoint so far, and if every slot had one.
type Range<T> = (T, T);

impl RewardTerms {
    /// What one checkpoint credits its proposer, without fees; rounded down as the contract does.
    pub fn per_checkpoint(&self) -> U256 {
        let part = self.checkpoint.saturating_mul(U256::from(self.sequencer_part.get()));
        part / U256::from(Bps::WHOLE.get())
    }

    /// What one sequencer earns in so many seconds on average, of which somebody keeps a share after commission, rounded
    /// down. `None` without sequencers.
    pub fn earned(&self, seconds: u64, kept: Bps) -> Option<Range<U256>> {
        let all = self.per_checkpoint().checked_mul(U256::from(seconds))?;
        let all = all.checked_mul(U256::from(kept.get()))? / U256::from(Bps::WHOLE.get());
        let each = U256::from(self.slot).checked_mul(U256::from(self.active))?;
        let most = all.checked_div(each)?;
        // no slot has more than one; a generation that counted otherwise must not raise the range's lower end above it
        let (proven, slots) = (U256::from(self.proven.min(self.slots)), U256::from(self.slots.max(1)));
        Some((all.checked_mul(proven)?.checked_div(each.checked_mul(slots)?)?, most))
    }

    /// The same of a year, by what was staked for it. `None` where it pays in another token than the `staked` one: there
    /// is no rate without a price.
    pub fn yearly(&self, kept: Bps, staked: Address) -> Option<Range<Ratio>> {
        if self.token != staked {
            return None;
        }
        let (least, most) = self.earned(YEAR, kept)?;
        Some((Ratio::new(least, self.stake)?, Ratio::new(most, self.stake)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(n: u64) -> U256 {
        U256::from(n) * U256::from(10).pow(U256::from(18))
    }

    fn terms() -> RewardTerms {
        RewardTerms {
            token: Address::ZERO,
            checkpoint: token(500),
            sequencer_part: Bps::new(7_000).expect("a part"),
            slot: 72,
            active: 3_321,
            stake: token(200_000),
            proven: 900,
            slots: 1_000,
        }
    }

    #[test]
    fn a_year_is_what_its_slots_pay() {
        let terms = terms();
        assert_eq!(terms.per_checkpoint(), token(350));
        // 438,000 slots of 350 tokens among 3,321
        let (least, most) = terms.earned(YEAR, Bps::WHOLE).expect("some");
        assert_eq!(most, token(438_000 * 350) / U256::from(3_321));
        assert_eq!(least, token(438_000 * 350) * U256::from(900) / U256::from(3_321_000));
        let (least, most) = terms.yearly(Bps::WHOLE, Address::ZERO).expect("some");
        assert_eq!((least.percent(), most.percent()), ("20.7 %".to_owned(), "23.0 %".to_owned()));
        let (_, net) = terms.yearly(Bps::new(9_000).expect("a share"), Address::ZERO).expect("some");
        assert_eq!(net.percent(), "20.7 %");
    }

    #[test]
    fn without_sequencers_there_is_no_rate() {
        assert_eq!(RewardTerms { active: 0, ..terms() }.yearly(Bps::WHOLE, Address::ZERO), None);
        assert_eq!(terms().yearly(Bps::WHOLE, Address::repeat_byte(1)), None, "paid in another token");
        assert_eq!(RewardTerms { stake: U256::ZERO, ..terms() }.yearly(Bps::WHOLE, Address::ZERO), None);
    }

    proptest::proptest! {
        #[test]
        fn the_ends_are_in_order_and_add_up(proven: u64, slots: u64, seconds in 0u64..YEAR * 10, active in 1u64..100_000) {
            let terms = RewardTerms { active, proven, slots, ..terms() };
            let (least, most) = terms.earned(seconds, Bps::WHOLE).expect("some");
            proptest::prop_assert!(least <= most);
            // all of them together never get more than was paid
            let paid = terms.per_checkpoint() * U256::from(seconds) / U256::from(terms.slot);
            proptest::prop_assert!(most * U256::from(active) <= paid);
        }
    }
}
