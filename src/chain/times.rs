//! When blocks were, for events whose node does not send the time along ([`super::logs::LogEntry::time`]).

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
};

use futures::{StreamExt, stream};

use super::{BlockRef, Header, Pool, RpcError, rpc::TOGETHER};

/// Requests for headers under way at once; the endpoints' own limits hold beside this.
const PARALLEL: usize = 4;

/// Unix seconds of each of these blocks, several in a request where the endpoint takes that: meant for the blocks whose time
/// is on the screen, not for all that have events. What failed says why, and the others are there all the same.
pub async fn block_times(
    pool: &Pool,
    blocks: impl IntoIterator<Item = u64>,
) -> BTreeMap<u64, Result<u64, RpcError>> {
    let mut wanted: Vec<u64> = blocks.into_iter().collect();
    wanted.sort_unstable_by(|a, b| b.cmp(a));
    wanted.dedup();
    let some: Vec<Vec<u64>> = wanted.chunks(TOGETHER).map(<[u64]>::to_vec).collect();
    let alone = AtomicBool::new(false);
    let read = |some| times_of(pool, some, &alone);
    let found: Vec<_> = stream::iter(some).map(read).buffer_unordered(PARALLEL).collect().await;
    found.into_iter().flatten().collect()
}

/// Those of a few blocks: in one request, and what does not come that way, `alone`. Whether all do is told to the next ones.
async fn times_of(pool: &Pool, blocks: Vec<u64>, alone: &AtomicBool) -> Vec<(u64, Result<u64, RpcError>)> {
    let mut headers = vec![None; blocks.len()];
    if blocks.len() > 1 && !alone.load(Ordering::Relaxed) {
        match pool.headers(&blocks).await {
            Some(together) => headers = together,
            None => alone.store(true, Ordering::Relaxed),
        }
    }
    let mut found = Vec::new();
    for (number, header) in blocks.into_iter().zip(headers) {
        let header = match header {
            Some(header) => Ok(header),
            None => pool.block(number).await,
        };
        found.push((number, header.map(|header: Header| header.block().timestamp)));
    }
    found
}

/// Seconds between blocks of Ethereum: a first guess, from which the search goes on.
const BLOCK_SECONDS: u64 = 12;

/// The height of the newest block at or before a moment; 0 where all are after it. A dozen headers, about.
pub async fn block_at(pool: &Pool, head: BlockRef, moment: u64) -> Result<u64, RpcError> {
    if moment >= head.timestamp {
        return Ok(head.number);
    }
    let time = |number| async move { Ok::<_, RpcError>(pool.block(number).await?.block().timestamp) };
    let (mut late, mut late_time) = (head.number, head.timestamp);
    let mut distance = (head.timestamp - moment) / BLOCK_SECONDS + 1;
    let (mut early, mut early_time) = loop {
        let number = head.number.saturating_sub(distance);
        let at = time(number).await?;
        if at <= moment {
            break (number, at);
        }
        if number == 0 {
            return Ok(0);
        }
        (late, late_time) = (number, at);
        distance = distance.saturating_mul(2);
    };
    let mut halve = false;
    while late - early > 1 {
        // by the clock, and every second time by halves: blocks need not be even
        let by_clock = u128::from(moment - early_time) * u128::from(late - early)
            / u128::from(late_time.saturating_sub(early_time).max(1));
        let guess = if halve { (late - early) / 2 } else { u64::try_from(by_clock).unwrap_or(u64::MAX) };
        let number = early.saturating_add(guess).clamp(early + 1, late - 1);
        let at = time(number).await?;
        if at <= moment {
            (early, early_time) = (number, at);
        } else {
            (late, late_time) = (number, at);
        }
        halve = !halve;
    }
    Ok(early)
}
