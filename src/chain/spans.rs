//! Which blocks are known: ranges, newest first, neighbours joined.

use std::ops::RangeInclusive;

/// Ranges with one more, newest first, those that touch made one.
pub fn joined(ranges: Vec<RangeInclusive<u64>>, more: RangeInclusive<u64>) -> Vec<RangeInclusive<u64>> {
    let (mut start, mut end) = more.into_inner();
    let mut apart = Vec::with_capacity(ranges.len() + 1);
    for range in ranges {
        if range.end().saturating_add(1) < start || *range.start() > end.saturating_add(1) {
            apart.push(range);
        } else {
            start = start.min(*range.start());
            end = end.max(*range.end());
        }
    }
    let place = apart.partition_point(|range| *range.start() > end);
    apart.insert(place, start..=end);
    apart
}

/// The newest stretch of `wanted` that no range holds.
pub fn newest_gap(
    ranges: &[RangeInclusive<u64>],
    wanted: RangeInclusive<u64>,
) -> Option<RangeInclusive<u64>> {
    let (first, mut last) = wanted.into_inner();
    for range in ranges {
        if *range.end() < last {
            let below = (*range.end()).checked_add(1)?.max(first);
            return (below <= last).then_some(below..=last);
        }
        if *range.start() <= last {
            last = range.start().checked_sub(1)?;
        }
    }
    (first <= last).then_some(first..=last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_join_where_they_touch_and_stay_in_order() {
        let mut ranges = Vec::new();
        for (more, expected) in [
            (10..=19, vec![10..=19]),
            (30..=39, vec![30..=39, 10..=19]),
            (0..=4, vec![30..=39, 10..=19, 0..=4]),
            (20..=29, vec![10..=39, 0..=4]),
            (35..=50, vec![10..=50, 0..=4]),
            (5..=9, vec![0..=50]),
            (0..=50, vec![0..=50]),
        ] {
            ranges = joined(ranges, more);
            assert_eq!(ranges, expected);
        }
    }

    #[test]
    fn the_newest_gap_is_between_what_is_known() {
        for (ranges, wanted, gap) in [
            (vec![], 5..=9, Some(5..=9)),
            (vec![0..=9], 5..=9, None),
            (vec![0..=7], 5..=9, Some(8..=9)),
            (vec![7..=9], 5..=9, Some(5..=6)),
            (vec![8..=9, 5..=5], 5..=9, Some(6..=7)),
            (vec![8..=20, 0..=6], 5..=9, Some(7..=7)),
            (vec![20..=30], 5..=9, Some(5..=9)),
            (vec![0..=2], 5..=9, Some(5..=9)),
            (vec![0..=9], 0..=9, None),
            (vec![5..=9], 0..=9, Some(0..=4)),
        ] {
            assert_eq!(newest_gap(&ranges, wanted.clone()), gap, "{ranges:?} {wanted:?}");
        }
    }
}
