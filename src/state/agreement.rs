use std::time::Duration;

use alloy_primitives::B256;
use leptos::prelude::*;

use super::{Head, freshness::REORGANISATION, tasks::spawn_scoped};
use crate::{
    chain::{Pool, host::Sleep as _},
    platform::{self, Browser},
};

/// Endpoints that give different blocks of the same height.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Disagreement {
    /// The height.
    pub(crate) block: u64,
    /// What each says: name and block hash.
    pub(crate) answers: Vec<(String, B256)>,
}

/// What comparing the endpoints came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Comparison {
    /// Those that contradict each other.
    pub(crate) disagreement: Option<Disagreement>,
    /// Those that are behind the others: name and by how many blocks.
    pub(crate) behind: Vec<(String, u64)>,
}

/// Compares the endpoints of a pool every now and then; ends with the current owner.
///
/// Endpoints that do not answer are left out: being silent is not the same as disagreeing.
pub(super) fn watch(pool: Pool, head: Head, comparison: RwSignal<Comparison>) {
    spawn_scoped(async move {
        loop {
            if pool.each().len() > 1 && platform::is_visible() {
                let found = compare(&pool, head).await;
                if comparison.get_untracked() != found {
                    comparison.set(found);
                }
            }
            Browser.sleep(Duration::from_secs(30)).await;
        }
    });
}

/// One endpoint after the other: there is no hurry, and the first ones are busy with the page.
async fn compare(pool: &Pool, head: Head) -> Comparison {
    let each = pool.each();
    let labels: Vec<_> = pool.health().into_iter().map(|health| health.label).collect();
    let mut heads = Vec::new();
    for endpoint in &each {
        heads.push(endpoint.latest().await.ok().map(|header| header.block().number));
    }
    head.compared(heads.iter().flatten().copied().max().unwrap_or(0));
    let behind = laggards(&heads).into_iter().map(|(place, by)| (labels[place].clone(), by)).collect();
    for (block, places) in rounds(&heads) {
        let mut answers = Vec::new();
        for place in places {
            if let Ok(header) = each[place].block(block).await {
                answers.push((labels[place].clone(), header.block().hash));
            }
        }
        if answers.windows(2).any(|pair| pair[0].1 != pair[1].1) {
            return Comparison { disagreement: Some(Disagreement { block, answers }), behind };
        }
    }
    Comparison { disagreement: None, behind }
}

/// The endpoints that are behind the one that is furthest, and by how much. A block or two may pass between the
/// questions.
fn laggards(heads: &[Option<u64>]) -> Vec<(usize, u64)> {
    let highest = heads.iter().flatten().copied().max().unwrap_or(0);
    let by = heads.iter().enumerate().filter_map(|(place, head)| Some((place, highest - (*head)?)));
    by.filter(|(_, by)| *by > REORGANISATION).collect()
}

/// The heights to compare at, and who has them. Those that keep up are compared where all of them have a block that no
/// reorganisation takes back; each that is behind is compared with one of them further down, so that it hides nothing.
fn rounds(heads: &[Option<u64>]) -> Vec<(u64, Vec<usize>)> {
    let late: Vec<usize> = laggards(heads).into_iter().map(|(place, _)| place).collect();
    let answers = |place: &usize| heads[*place].is_some();
    let ahead: Vec<usize> = (0..heads.len()).filter(answers).filter(|place| !late.contains(place)).collect();
    let Some(first) = ahead.first().copied() else { return Vec::new() };
    let groups = std::iter::once(ahead).chain(late.into_iter().map(|place| vec![first, place]));
    let at = |group: Vec<usize>| {
        let lowest = group.iter().filter_map(|place| heads[*place]).min()?;
        Some((lowest.checked_sub(REORGANISATION)?, group))
    };
    groups.filter(|group| group.len() > 1).filter_map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_is_behind_hides_no_disagreement_of_the_others() {
        let heads = [Some(1_000), Some(400), None, Some(999), Some(2)];
        assert_eq!(laggards(&heads), [(1, 600), (4, 998)]);
        assert_eq!(rounds(&heads), [(996, vec![0, 3]), (397, vec![0, 1])], "block 2 has no past to compare");
    }

    #[test]
    fn a_block_or_two_between_the_questions_are_no_lag() {
        assert_eq!(laggards(&[Some(100), Some(103), Some(102)]), []);
        assert_eq!(rounds(&[Some(100), Some(103)]), [(97, vec![0, 1])]);
    }

    #[test]
    fn there_is_nothing_to_compare_with_one_alone() {
        assert_eq!(rounds(&[None, Some(5), None]), []);
        assert_eq!(rounds(&[None, None]), []);
    }
}
