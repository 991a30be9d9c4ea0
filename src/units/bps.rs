use core::fmt;

/// A share in basis points of 10,000: a provider's take rate, shown as its commission.
///
/// `StakingRegistry` allows every value from 0 to 10,000 (`Constants.BIPS`), both ends included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bps(u16);

impl Bps {
    /// The whole: 100 %.
    pub const WHOLE: Self = Self(10_000);

    /// A share, or `None` above 10,000.
    pub const fn new(bps: u16) -> Option<Self> {
        if bps <= Self::WHOLE.0 { Some(Self(bps)) } else { None }
    }

    /// The number of basis points.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// What is left of the whole.
    #[must_use]
    pub const fn complement(self) -> Self {
        Self(Self::WHOLE.0 - self.0)
    }
}

/// Two decimals and a space before the sign, as every rate that is paid is written: `8.00 %`.
impl fmt::Display for Bps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02} %", self.0 / 100, self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_with_two_decimals() {
        for (bps, text) in
            [(0, "0.00 %"), (5, "0.05 %"), (800, "8.00 %"), (1234, "12.34 %"), (10_000, "100.00 %")]
        {
            assert_eq!(Bps::new(bps).expect("in range").to_string(), text);
        }
    }

    #[test]
    fn ends_at_the_whole() {
        assert_eq!(Bps::new(10_001), None);
        assert_eq!(Bps::new(800).map(Bps::complement), Bps::new(9200));
    }
}
