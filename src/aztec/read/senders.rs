//! Who sent a transaction, where no event says it.

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolCall as _;
use futures::{StreamExt as _, stream};

use crate::{
    aztec::abi::IGSE,
    chain::{Pool, RpcError, rpc::Mined},
};

/// Transactions asked for at a time.
const PARALLEL: usize = 8;

/// Transactions by their hash; `None` for those that no endpoint has (any more).
pub(super) async fn transactions(
    pool: &Pool,
    hashes: impl IntoIterator<Item = B256>,
) -> Vec<(B256, Result<Option<Mined>, RpcError>)> {
    let read = |hash| async move { (hash, pool.transaction(hash).await) };
    stream::iter(hashes.into_iter().map(read)).buffered(PARALLEL).collect().await
}

/// In whose name a transaction votes with stake: only a plain call of the GSE says it.
pub(super) fn votes_for(gse: Address, sent: &Mined) -> Option<Address> {
    let votes = sent.to == Some(gse) && IGSE::voteCall::abi_decode(&sent.input).is_ok();
    votes.then_some(sent.from)
}
