//! When blocks were, for events whose node does not send the time along ([`super::logs::LogEntry::time`]).

use std::collections::BTreeMap;

use futures::{StreamExt, stream};

use super::{Pool, RpcError};

/// Headers under way at once; the endpoints' own limits hold beside this.
const PARALLEL: usize = 4;

/// Unix seconds of each of these blocks, each asked for once: meant for the blocks whose time is on the screen, not for
/// all that have events. What failed says why, and the others are there all the same.
pub async fn block_times(
    pool: &Pool,
    blocks: impl IntoIterator<Item = u64>,
) -> BTreeMap<u64, Result<u64, RpcError>> {
    let mut wanted: Vec<u64> = blocks.into_iter().collect();
    wanted.sort_unstable();
    wanted.dedup();
    let read = |number| async move {
        let header = pool.block(number).await;
        (number, header.map(|header| header.block().timestamp))
    };
    stream::iter(wanted.into_iter().rev().map(read)).buffer_unordered(PARALLEL).collect().await
}
