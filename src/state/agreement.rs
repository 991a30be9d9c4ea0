use std::time::Duration;

use alloy_primitives::B256;
use futures::future::join_all;
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

async fn compare(pool: &Pool) -> Option<Disagreement> {
    let each = pool.each();
    let heads = join_all(each.iter().map(Pool::latest)).await;
    let block = heads.iter().flatten().map(|head| head.block().number).min()?.checked_sub(DEPTH)?;
    let labels = pool.health().into_iter().map(|health| health.label);
    let blocks = join_all(each.iter().map(|endpoint| endpoint.block(block))).await;
    let answers: Vec<_> =
        labels.zip(blocks).filter_map(|(label, header)| Some((label, header.ok()?.block().hash))).collect();
    let agree = answers.windows(2).all(|pair| pair[0].1 == pair[1].1);
    (!agree).then_some(Disagreement { block, answers })
}
