//! The questions of a visit, kept for the next one: see [`crate::chain::foresight`].

use std::time::Duration;

use super::{Settings, tasks::pause};
use crate::{
    chain::{
        Pool, foresight,
        host::{LogStore as _, timeout},
    },
    platform::{Browser, IndexedDb},
};

/// Where they are kept.
const PREFIX: &str = "asked/";

/// A store that takes longer saves nothing.
const PATIENCE: Duration = Duration::from_millis(400);

/// When nothing was asked for so long, the page has what it needs.
const QUIET: Duration = Duration::from_millis(1_500);

fn place(network: &str) -> String {
    format!("{PREFIX}{network}/")
}

/// Asks again what was asked at the last visit of this network, if that is known.
pub(super) async fn ask_again(pool: Pool, network: String) {
    let remembered = Box::pin(async move {
        let loaded = timeout(&Browser, PATIENCE, IndexedDb.load(place(&network))).await;
        let mut records = loaded.and_then(Result::ok).unwrap_or_default();
        records.pop().map(|(_, bytes)| foresight::from_bytes(&bytes)).unwrap_or_default()
    });
    pool.foresee(remembered).await;
}

/// Keeps what is asked at this visit. Where nothing can be kept, the next visit asks one thing after the other.
pub(super) async fn keep(pool: Pool, network: String) {
    // what waits for its answers asks nothing: that is not the end of it
    pool.foreseen().await;
    let mut before = 0;
    loop {
        pause(QUIET).await;
        let asked = pool.asked();
        if asked > 0 && asked == before {
            break;
        }
        before = asked;
    }
    let bytes = foresight::to_bytes(&pool.take_asked());
    if Settings::are_kept() {
        IndexedDb.write(vec![(place(&network), bytes)], Vec::new()).await.ok();
    }
}
