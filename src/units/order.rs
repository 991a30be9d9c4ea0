use std::cmp::Ordering;

/// Puts a list in order, keeping equals as they are.
///
/// Instead of the standard library's sort in what every visit loads: that one is several kilobytes of code for each type
/// it is used with, and here it is one for all.
pub fn sorted<T>(list: Vec<T>, mut by: impl FnMut(&T, &T) -> Ordering) -> Vec<T> {
    let mut places: Vec<usize> = (0..list.len()).collect();
    sort(&mut places, &mut |a, b| by(&list[a], &list[b]));
    let mut list: Vec<Option<T>> = list.into_iter().map(Some).collect();
    places.into_iter().filter_map(|place| list[place].take()).collect()
}

fn sort(places: &mut [usize], by: &mut dyn FnMut(usize, usize) -> Ordering) {
    // the place decides between equals
    places.sort_unstable_by(|a, b| by(*a, *b).then(a.cmp(b)));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_the_stable_sort(list: Vec<(u8, u8)>) {
            let mut expected = list.clone();
            expected.sort_by_key(|pair| pair.0);
            prop_assert_eq!(sorted(list, |a, b| a.0.cmp(&b.0)), expected);
        }
    }
}
