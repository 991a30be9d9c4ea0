/// Proposals fall to a sequencer by chance: of many that are each unlikely, so that their number is Poisson distributed.
///
/// The averages, in thousandths, that a count of `n` speaks for: below the first (or above the second) one, a count this
/// high (or this low) would come out less than once in twenty. Together a 90 % range, `[χ²₀.₀₅(2n)/2, χ²₀.₉₅(2n+2)/2]`,
/// by Wilson and Hilferty's cube: within one per cent, but for the lower end below 5, which is too low rather than too high.
pub fn likely(n: u64) -> (u64, u64) {
    (cubed(n, false), cubed(n.saturating_add(1), true))
}

/// A million: of these parts the fractions are.
const ONE: u128 = 1_000_000;
/// The normal distribution's 95 % point.
const Z: u128 = 1_644_854;

/// `1000 · k · (1 − 1/(9k) ± z/(3√k))³`.
fn cubed(k: u64, up: bool) -> u64 {
    // beyond there is no spread worth telling, and below nothing overflows
    let k = u128::from(k.min(1_000_000_000_000));
    if k == 0 {
        return 0;
    }
    let spread = Z * ONE / (3 * (k * ONE * ONE).isqrt());
    let middle = ONE - ONE / (9 * k);
    let base = if up { middle + spread } else { middle.saturating_sub(spread) };
    u64::try_from(1_000 * k * base / ONE * base / ONE * base / ONE).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::likely;

    #[test]
    fn is_the_exact_range_within_a_hundredth() {
        // half of the χ² quantiles, in thousandths
        for (n, lower, upper) in EXACT {
            let (low, high) = likely(n);
            let near = |found: u64, exact: u64| found.abs_diff(exact) * 100 <= exact;
            assert!(near(high, upper), "{n}: {high} for {upper}");
            assert!(near(low, lower) || (n < 5 && low < lower), "{n}: {low} for {lower}");
        }
        assert_eq!(likely(0).0, 0);
    }

    #[test]
    fn more_is_never_less() {
        for n in 0..2_000 {
            let ((low, high), (next_low, next_high)) = (likely(n), likely(n + 1));
            assert!(low <= n * 1_000 && n * 1_000 < high && low <= next_low && high <= next_high, "{n}");
        }
        assert!(likely(u64::MAX).0 > 0);
    }

    const EXACT: [(u64, u64, u64); 9] = [
        (1, 51, 4_744),
        (2, 355, 6_296),
        (3, 818, 7_754),
        (5, 1_970, 10_513),
        (10, 5_425, 16_962),
        (22, 14_894, 31_415),
        (60, 47_852, 74_390),
        (130, 111_831, 150_377),
        (400, 367_681, 434_497),
    ];
}
