use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, U256};
use futures::{StreamExt as _, stream};

use crate::chain::Pool;

/// Receipts under way at once; the endpoints' own limits hold beside this.
const PARALLEL: usize = 4;
/// Transactions whose receipts are asked for at most.
const MOST: usize = 1_000;

/// What an account paid for transactions, in wei: those that somebody else sent are absent, `None` is what was not read.
///
/// One request for each, so that it is meant for a file that somebody asks for. Beyond a thousand the oldest are not read.
pub async fn fees(
    pool: &Pool,
    account: Address,
    transactions: impl IntoIterator<Item = B256>,
) -> BTreeMap<B256, Option<U256>> {
    let mut wanted: Vec<B256> = transactions.into_iter().collect();
    // the things of one transaction stand together
    wanted.dedup();
    let (older, newer) = wanted.split_at(wanted.len().saturating_sub(MOST).min(wanted.len()));
    let mut found: BTreeMap<B256, Option<U256>> = older.iter().map(|hash| (*hash, None)).collect();
    let read = |hash: B256| async move {
        match pool.receipt(hash).await {
            Ok(Some(receipt)) if receipt.from.is_some_and(|from| from != account) => None,
            Ok(Some(receipt)) => Some((hash, receipt.from.and_then(|_| receipt.fee()))),
            Ok(None) | Err(_) => Some((hash, None)),
        }
    };
    let read = stream::iter(newer.iter().copied().map(read)).buffer_unordered(PARALLEL);
    found.extend(read.filter_map(futures::future::ready).collect::<Vec<_>>().await);
    found
}
