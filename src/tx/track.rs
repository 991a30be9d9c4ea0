//! What became of a transaction. Decided by receipts and nonces, never by how long it takes.

use alloy_primitives::{Address, B256, Bytes};
use alloy_sol_types::{SolEvent as _, sol};
use serde::{Deserialize, Serialize};

use super::{
    Call,
    search::{Search, sent_above},
};
use crate::chain::{
    NodeErrorKind, Pool, RpcError,
    logs::Log,
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
    /// The sender's count of transactions before it. Expected when the wallet was asked, corrected when a node shows
    /// the transaction.
    pub nonce: u64,
    /// The sender's count of mined transactions when the wallet was asked (for the first time).
    pub used: u64,
    /// Newest block when the wallet was asked: it cannot be mined before.
    pub since_block: u64,
    /// What the last look found.
    pub trace: Trace,
    /// The sender is a contract (a Safe): what the wallet gave is its own name for a transaction that others may
    /// have to sign first.
    pub by_contract: bool,
    /// The number under which the wallet proposed it to others (a `safeTxHash`), where it does that instead of sending.
    /// Until it is carried out [`Self::hash`] is the same.
    #[serde(default)]
    pub proposal: Option<B256>,
}

impl Sent {
    /// Whether it waits for others: no transaction of the chain is known that carries it out.
    pub fn is_proposed(&self) -> bool {
        self.proposal == Some(self.hash)
    }
}

/// How a transaction that is not mined showed at the last look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trace {
    /// An endpoint holds it, or there was no look yet.
    Shown,
    /// No endpoint knows it although its nonce is free.
    Missing {
        /// Looks in a row.
        looks: u8,
        /// Newest block at the first of them.
        since: u64,
    },
    /// Its nonce is used, and the blocks in which that happened cannot be searched.
    TooFarBack,
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
    Missing {
        /// Newest block.
        block: u64,
    },
    /// Its nonce is used, but the blocks where that happened cannot be searched: no endpoint has the states.
    TooFarBack,
    /// Mined, and it did what it should.
    Mined(Box<Receipt>),
    /// Mined, and it reverted: it changed nothing but cost its gas.
    Reverted {
        /// The receipt.
        receipt: Box<Receipt>,
        /// Revert data by replay; `None` when that did not revert, or no endpoint has the state.
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
    /// Its nonce was used by something else, or the wallet sent something else under its hash.
    Replaced {
        /// That transaction, if it was found.
        by: Option<B256>,
    },
    /// The transaction that carried a proposal out is in no block any more, or says nothing of it: the chain was
    /// reorganised. The proposal waits again, and may be carried out by another transaction.
    Undone,
    /// The account says that it carried a proposal out in this transaction, and what was proposed is not to be seen in it.
    /// It may be inside all the same: compressed, or kept in a contract.
    Unproven {
        /// That transaction.
        by: B256,
    },
}

/// Looks once.
pub async fn look(pool: &Pool, sent: &Sent) -> Result<Sighting, RpcError> {
    if sent.is_proposed() {
        // no transaction of the chain has this number, and the contract's own count says nothing
        return Ok(Sighting::Missing { block: pool.newest().await?.block().number });
    }
    let (known, receipt) = both(pool, sent.hash).await?;
    if sent.proposal.is_some() {
        return match (known, receipt) {
            (Some(known), Some(receipt)) => carried_out(pool, sent, &known, receipt).await,
            // a node that is behind has one of the two
            (None, Some(_)) => Ok(Sighting::Pending { nonce: sent.nonce }),
            // it was in a block when it was named
            (_, None) => Ok(Sighting::Undone),
        };
    }
    // a hash of somebody else's, or of an earlier transaction, says nothing: what the account sent is followed
    let theirs = match &known {
        Some(known) => is_theirs(pool, known, sent).await?,
        None => true,
    };
    let known = known.filter(|_| theirs);
    if known.as_ref().is_some_and(|known| is_altered(known, sent)) {
        return Ok(Sighting::Replaced { by: Some(sent.hash) });
    }
    if theirs && let Some(receipt) = receipt {
        // not believed before the transaction itself is seen: it may be another than the wallet was asked for
        return match known {
            None if !sent.by_contract => Ok(Sighting::Pending { nonce: sent.nonce }),
            _ => judge(pool, sent, receipt).await,
        };
    }
    let nonce = known.as_ref().map_or(sent.nonce, Mined::nonce);
    let used = pool.nonce(sent.from).await?;
    let waiting = pool.pending_nonce(sent.from).await?;
    if used <= nonce {
        return Ok(if known.is_some() || waiting > nonce {
            Sighting::Pending { nonce }
        } else {
            Sighting::Missing { block: pool.newest().await?.block().number }
        });
    }
    // the nonce is used: by this transaction, mined in the meantime (the next look judges it), or by another. It may
    // wait in another place, when the wallet gave it another nonce than expected
    if waiting > used || theirs && pool.receipt(sent.hash).await?.is_some() {
        return Ok(Sighting::Pending { nonce });
    }
    let Search { mined, complete, behind } =
        sent_above(pool, sent.from, sent.since_block, (sent.used, used)).await?;
    if let Some(same) = mined.iter().find(|tx| is_same(tx, &sent.call)) {
        return Ok(Sighting::SpedUp { by: same.hash });
    }
    if behind {
        return Ok(Sighting::Pending { nonce });
    }
    // it may be among those that were not found
    if !complete {
        return Ok(Sighting::TooFarBack);
    }
    Ok(match mined.iter().find(|tx| tx.nonce() == nonce) {
        Some(other) if other.to == Some(sent.from) && other.input.is_empty() && other.value.is_zero() => {
            Sighting::Cancelled { by: other.hash }
        }
        other => Sighting::Replaced { by: other.map(|other| other.hash) },
    })
}

/// A transaction and its receipt. Where one says that it is mined and the other does not, they are asked for once more:
/// behind one address there are often several nodes, and one of them is behind.
async fn both(pool: &Pool, hash: B256) -> Result<(Option<Mined>, Option<Receipt>), RpcError> {
    let (mut known, mut receipt) = (pool.transaction(hash).await?, pool.receipt(hash).await?);
    match (&known, &receipt) {
        (None, Some(_)) => known = pool.transaction(hash).await?,
        (Some(mined), None) if mined.block_number().is_some() => receipt = pool.receipt(hash).await?,
        _ => {}
    }
    Ok((known, receipt))
}

/// Whether a transaction can be the one that was asked for. Only for an account with code may others send: a Safe's
/// owner, a relay.
async fn is_theirs(pool: &Pool, known: &Mined, sent: &Sent) -> Result<bool, RpcError> {
    if sent.by_contract {
        return Ok(true);
    }
    if known.from == sent.from {
        // a block alone proves nothing, the chain may have been reorganised since
        let older = known.block_number().is_some_and(|block| block <= sent.since_block);
        return Ok(!older || known.nonce() >= sent.nonce);
    }
    let newest = pool.newest().await?.block().number;
    Ok(!pool.code(sent.from, newest).await?.is_empty())
}

/// Whether the wallet sent something else than it was asked to. Where somebody else is the sender (a Safe's owner, a
/// relay) the call is inside of what they sent, and not compared.
fn is_altered(known: &Mined, sent: &Sent) -> bool {
    !sent.by_contract && known.from == sent.from && !is_same(known, &sent.call)
}

fn is_same(mined: &Mined, call: &Call) -> bool {
    mined.to == Some(call.to) && mined.input == call.data && mined.value == call.value
}

/// Whether a transaction, which the wallet names, carries a proposal out: the account itself says so in it, it is
/// younger than the proposal, and the very bytes that were proposed are in it.
async fn carried_out(
    pool: &Pool,
    sent: &Sent,
    known: &Mined,
    receipt: Receipt,
) -> Result<Sighting, RpcError> {
    let bytes = &sent.call.data;
    let holds = bytes.is_empty() || known.input.windows(bytes.len()).any(|part| part == &bytes[..]);
    let verdict = sent.proposal.and_then(|proposal| safe_says(&receipt.logs, sent.from, proposal));
    Ok(match verdict {
        Some(_) if receipt.block_number() <= sent.since_block || !holds => {
            Sighting::Unproven { by: sent.hash }
        }
        Some(true) => Sighting::Mined(Box::new(receipt)),
        Some(false) => {
            let data = replay(pool, sent, receipt.block_number()).await;
            Sighting::Reverted { receipt: Box::new(receipt), data }
        }
        // it did when it was named: the chain was reorganised since
        None => Sighting::Undone,
    })
}

sol! {
    /// Of a Safe: it carried a transaction out. Newer ones index the number, which changes nothing for whoever asks.
    event ExecutionSuccess(bytes32 safeTxHash, uint256 payment);
    /// Of a Safe: the call inside of it failed.
    event ExecutionFailure(bytes32 safeTxHash, uint256 payment);
}

/// What a Safe says of one of its transactions: carried out, failed, or nothing.
fn safe_says(logs: &[Log], safe: Address, number: B256) -> Option<bool> {
    logs.iter().filter(|log| log.address == safe).find_map(|log| {
        let data = log.data();
        let about = data.topics().get(1).copied();
        let about = about.or_else(|| data.data.get(..32).map(B256::from_slice));
        match *data.topics().first()? {
            _ if about != Some(number) => None,
            ExecutionSuccess::SIGNATURE_HASH => Some(true),
            ExecutionFailure::SIGNATURE_HASH => Some(false),
            _ => None,
        }
    })
}

/// Whether the transaction that a wallet names for a proposal says something about it, so that it is worth following.
/// One that is not mined says nothing yet.
pub async fn speaks_of(pool: &Pool, sent: &Sent, hash: B256) -> Result<bool, RpcError> {
    let (Some(receipt), Some(proposal)) = (pool.receipt(hash).await?, sent.proposal) else {
        return Ok(false);
    };
    Ok(safe_says(&receipt.logs, sent.from, proposal).is_some())
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

/// What a search for a transaction that the wallet may have sent came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// It was mined.
    Found(Box<Sent>),
    /// Something of the account waits that may be it.
    Waiting,
    /// No endpoint knows of it, and its nonce is free.
    Open,
    /// Its nonce went to something else and nothing of the account waits: it cannot be mined any more, unless the wallet
    /// gave it another nonce and shows it to nobody.
    Never,
    /// The account sent transactions since that cannot be found: no endpoint has the states. It may be one of them.
    TooFarBack,
}

/// After the wallet was asked and its answer is not known: the transaction it may have sent, if it was mined. `used` is
/// the account's count of mined transactions when the wallet was asked, `nonce` the place it should have taken.
///
/// It is known by what it does and by being younger than `since_block`: the wallet may have given it another nonce.
pub async fn find_lost(
    pool: &Pool,
    from: Address,
    call: &Call,
    (used, nonce): (u64, u64),
    since_block: u64,
) -> Result<Lost, RpcError> {
    let now_used = pool.nonce(from).await?;
    let waiting = pool.pending_nonce(from).await? > now_used;
    let search = if now_used <= used {
        Search { complete: true, ..Search::default() }
    } else {
        sent_above(pool, from, since_block, (used, now_used)).await?
    };
    let found = search.mined.into_iter().find(|tx| is_same(tx, call));
    Ok(match found {
        Some(mined) => Lost::Found(Box::new(Sent {
            hash: mined.hash,
            from,
            call: call.clone(),
            nonce: mined.nonce(),
            used,
            since_block,
            trace: Trace::Shown,
            by_contract: false,
            proposal: None,
        })),
        None if waiting || search.behind => Lost::Waiting,
        None if !search.complete => Lost::TooFarBack,
        None if now_used <= nonce => Lost::Open,
        None => Lost::Never,
    })
}
