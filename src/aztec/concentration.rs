//! How stake is spread over those who run it.

use alloy_primitives::U256;

/// What one provider's sequencers hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// The provider.
    pub provider_id: u64,
    /// Token units.
    pub stake: U256,
}

/// All providers that hold stake, largest first, against all stake there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spread {
    /// Without those that hold nothing.
    pub holdings: Vec<Holding>,
    /// `GSE.totalSupply()`.
    pub total: U256,
}

impl Spread {
    /// Sorts them; of two that hold the same, the older provider comes first.
    pub fn new(mut holdings: Vec<Holding>, total: U256) -> Self {
        holdings.retain(|holding| !holding.stake.is_zero());
        holdings.sort_by(|a, b| b.stake.cmp(&a.stake).then(a.provider_id.cmp(&b.provider_id)));
        Self { holdings, total }
    }

    /// How many of the largest hold at least `part / whole` of all stake; `None` when all of them together do not.
    pub fn holders_of(&self, part: u64, whole: u64) -> Option<usize> {
        let needed = self.total.saturating_mul(U256::from(part));
        let mut sum = U256::ZERO;
        for (holders, holding) in self.holdings.iter().enumerate() {
            sum = sum.saturating_add(holding.stake);
            if sum.saturating_mul(U256::from(whole)) >= needed {
                return Some(holders + 1);
            }
        }
        None
    }

    /// Stake that no provider runs.
    pub fn rest(&self) -> U256 {
        let held = self.holdings.iter().fold(U256::ZERO, |sum, holding| sum.saturating_add(holding.stake));
        self.total.saturating_sub(held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(stakes: &[u64], total: u64) -> Spread {
        let holding = |(stake, provider_id): (&u64, u64)| Holding { provider_id, stake: U256::from(*stake) };
        Spread::new(stakes.iter().zip(1..).map(holding).collect(), U256::from(total))
    }

    #[test]
    fn counts_the_largest_until_the_part_is_reached() {
        for (stakes, total, third, half, rest) in [
            (&[10, 30, 20, 0][..], 60, Some(1), Some(1), 0),
            (&[10, 10, 10], 30, Some(1), Some(2), 0),
            (&[10, 10], 60, Some(2), None, 40),
            (&[10], 90, None, None, 80),
            (&[], 10, None, None, 10),
        ] {
            let spread = spread(stakes, total);
            assert_eq!((spread.holders_of(1, 3), spread.holders_of(1, 2)), (third, half), "{stakes:?}");
            assert_eq!(spread.rest(), U256::from(rest));
            assert!(spread.holdings.is_sorted_by(|a, b| a.stake >= b.stake));
        }
        assert_eq!(spread(&[0, 5, 5], 10).holdings.iter().map(|h| h.provider_id).collect::<Vec<_>>(), [2, 3]);
    }
}
