//! What became of a transaction. Decided by receipts and nonces, never by how long it takes.

use alloy_primitives::{Address, B256, Bytes};
use serde::{Deserialize, Serialize};

use super::Call;
use crate::chain::{
    NodeErrorKind, Pool, RpcError,
    rpc::{Mined, Receipt},
};

/// A transaction that the wallet says it sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Its hash, or that of the transaction with the same content that took its place.
    pub hash: B256,
    /// Its sender.
    pub from: Address,
    /// What it does.
    pub call: Call,
    /// The sender's count of transactions before it. Read before the wallet was asked, corrected when a node shows
    /// the transaction.
    pub nonce: u64,
    /// Newest block when the wallet was asked: it cannot be mined before.
    pub since_block: u64,
    /// Looks in a row at which no endpoint knew it although its nonce was free.
    pub missing: u8,
    /// The sender is a contract (a Safe): what the wallet gave is its own name for a transaction that others may
    /// have to sign first.
    pub by_contract: bool,
}

/// The end of a transaction that was mined as it was signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Its hash.
    pub hash: B256,
    /// Its block.
    pub block: u64,
    /// That block's hash.
    pub block_hash: B256,
    /// Gas it burnt.
    pub gas_used: u64,
    /// What its events say, in words: `Registered as provider 7.`
    pub says: Option<String>,
}

/// What a look at the chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sighting {
    /// It waits in a pool. The nonce as the node sees it.
    Pending {
        /// Its nonce.
        nonce: u64,
    },
    /// No endpoint knows it and its nonce is still free.
    Missing,
    /// Mined, and it did what it should.
    Mined(Box<Receipt>),
    /// Mined, and it reverted: it changed nothing but cost its gas.
    Reverted {
        /// The receipt.
        receipt: Box<Receipt>,
        /// Revert data by replay; `None` when the endpoint no longer has the state.
        data: Option<Bytes>,
    },
    /// The same call was sent again at another price: follow that one.
    SpedUp {
        /// Its hash.
        by: B256,
    },
    /// Its nonce was used by an empty transaction to oneself.
    Cancelled {
        /// That transaction.
        by: B256,
    },
    /// Its nonce was used by something else.
    Replaced {
        /// That transaction, if it was found.
        by: Option<B256>,
    },
}

/// Looks once.
pub async fn look(pool: &Pool, sent: &Sent) -> Result<Sighting, RpcError> {
    if let Some(receipt) = pool.receipt(sent.hash).await? {
        return judge(pool, sent, receipt).await;
    }
    let known = pool.transaction(sent.hash).await?;
    let nonce = known.as_ref().map_or(sent.nonce, Mined::nonce);
    if pool.nonce(sent.from).await? <= nonce {
        return Ok(match known {
            Some(_) => Sighting::Pending { nonce },
            None if pool.pending_nonce(sent.from).await? > nonce => Sighting::Pending { nonce },
            None => Sighting::Missing,
        });
    }
    // the nonce is used: by this transaction, mined in the meantime, or by another
    if let Some(receipt) = pool.receipt(sent.hash).await? {
        return judge(pool, sent, receipt).await;
    }
    Ok(match user_of(pool, sent.from, nonce, sent.since_block).await? {
        Some(other) if is_same(&other, &sent.call) => Sighting::SpedUp { by: other.hash },
        Some(other) if other.to == Some(sent.from) && other.input.is_empty() && other.value.is_zero() => {
            Sighting::Cancelled { by: other.hash }
        }
        other => Sighting::Replaced { by: other.map(|other| other.hash) },
    })
}

fn is_same(mined: &Mined, call: &Call) -> bool {
    mined.to == Some(call.to) && mined.input == call.data && mined.value == call.value
}

async fn judge(pool: &Pool, sent: &Sent, receipt: Receipt) -> Result<Sighting, RpcError> {
    if receipt.succeeded() {
        return Ok(Sighting::Mined(Box::new(receipt)));
    }
    let data = replay(pool, sent, receipt.block_number()).await;
    Ok(Sighting::Reverted { receipt: Box::new(receipt), data })
}

/// Revert data, by running the call on the state before its block, then on the state after it: what made it fail
/// may have come earlier in the same block.
async fn replay(pool: &Pool, sent: &Sent, block: u64) -> Option<Bytes> {
    let request = sent.call.request(sent.from);
    for at in [block.saturating_sub(1), block] {
        if let Err(RpcError::Node(error)) = pool.call(&request, at).await
            && error.kind == NodeErrorKind::Reverted
        {
            return Some(error.data.unwrap_or_default());
        }
    }
    None
}

/// Blocks looked through for the transaction that used a nonce. A page that was closed for longer than this (half an
/// hour of 12 s slots) says that the other transaction was not found.
const SEARCH_BLOCKS: u64 = 150;

/// The transaction of `from` with a nonce that is known to be used, searched from `since` on.
pub async fn user_of(pool: &Pool, from: Address, nonce: u64, since: u64) -> Result<Option<Mined>, RpcError> {
    let newest = pool.latest().await?.block().number;
    for number in since..=newest.min(since.saturating_add(SEARCH_BLOCKS)) {
        let found =
            pool.transactions(number).await?.into_iter().find(|tx| tx.from == from && tx.nonce() == nonce);
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// After a page was closed while the wallet was open: the transaction it may have sent, if it was mined.
pub async fn find_lost(
    pool: &Pool,
    from: Address,
    call: &Call,
    nonce: u64,
    since_block: u64,
) -> Result<Option<Sent>, RpcError> {
    if pool.nonce(from).await? <= nonce {
        return Ok(None);
    }
    let found = user_of(pool, from, nonce, since_block).await?.filter(|mined| is_same(mined, call));
    Ok(found.map(|mined| Sent {
        hash: mined.hash,
        from,
        call: call.clone(),
        nonce,
        since_block,
        missing: 0,
        by_contract: false,
    }))
}
