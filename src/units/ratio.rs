use alloy_primitives::U256;

/// A part of a whole, both in the same unit. Kept as two integers until it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    part: U256,
    whole: U256,
}

impl Ratio {
    /// A ratio, or `None` when the whole is zero: a share of nothing is not 0 %.
    pub fn new(part: U256, whole: U256) -> Option<Self> {
        (!whole.is_zero()).then_some(Self { part, whole })
    }

    /// Thousandths of the whole, rounded down: 63 is 6.3 %.
    pub fn permille(self) -> u64 {
        // the quotient of two 256-bit numbers fits only when part is not astronomically larger than whole
        self.part
            .checked_mul(U256::from(1000))
            .map_or(u64::MAX, |scaled| (scaled / self.whole).saturating_to())
    }

    /// One decimal, cut off: `6.3 %`. A part that is not zero but below 0.1 % says so.
    pub fn percent(self) -> String {
        let permille = self.permille();
        if permille == 0 && !self.part.is_zero() {
            return "< 0.1 %".to_owned();
        }
        format!("{}.{} %", super::format::grouped(&(permille / 10).to_string()), permille % 10)
    }
}

/// `a / b`, rounded up. `b` must not be zero.
pub const fn ceil_div(a: u64, b: u64) -> u64 {
    a.div_ceil(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_nothing_is_not_zero() {
        assert_eq!(Ratio::new(U256::ZERO, U256::ZERO), None);
    }

    #[test]
    fn is_cut_off_not_rounded() {
        for (part, whole, text) in
            [(0, 5, "0.0 %"), (1, 3, "33.3 %"), (2, 3, "66.6 %"), (3, 3, "100.0 %"), (1, 5000, "< 0.1 %")]
        {
            assert_eq!(Ratio::new(U256::from(part), U256::from(whole)).expect("whole").percent(), text);
        }
    }
}
