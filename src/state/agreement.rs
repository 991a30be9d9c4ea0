use std::time::Duration;

use alloy_primitives::B256;
use leptos::prelude::*;

use super::tasks::spawn_scoped;
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

/// Blocks below the newest one that all endpoints have: a reorganisation of one or two blocks is no disagreement.
const DEPTH: u64 = 3;

/// Compares the endpoints of a pool every now and then; ends with the current owner.
///
/// Endpoints that do not answer are left out: being silent is not the same as disagreeing.
pub(super) fn watch(pool: &Pool) -> ReadSignal<Option<Disagreement>> {
    let (disagreement, set_disagreement) = signal(None);
    let pool = pool.clone();
    spawn_scoped(async move {
        loop {
            if pool.each().len() > 1 && platform::is_visible() {
                let found = compare(&pool).await;
                if disagreement.get_untracked() != found {
                    set_disagreement.set(found);
                }
            }
            Browser.sleep(Duration::from_secs(30)).await;
        }
    });
    disagreement
}

/// One endpoint after the other: there is no hurry, and the first ones are busy with the page.
async fn compare(pool: &Pool) -> Option<Disagreement> {
    let each = pool.each();
    let mut lowest = u64::MAX;
    for endpoint in &each {
        if let Ok(head) = endpoint.latest().await {
            lowest = lowest.min(head.block().number);
        }
    }
    let block = lowest.checked_sub(DEPTH).filter(|_| lowest < u64::MAX)?;
    let mut answers = Vec::new();
    for (endpoint, health) in each.iter().zip(pool.health()) {
        if let Ok(header) = endpoint.block(block).await {
            answers.push((health.label, header.block().hash));
        }
    }
    let agree = answers.windows(2).all(|pair| pair[0].1 == pair[1].1);
    (!agree).then_some(Disagreement { block, answers })
}
