use alloy_primitives::{Keccak256, hex};

use crate::{
    aztec::{
        Deployment,
        coinbase::{Audit, Kept, SIGNATURES},
    },
    chain::{
        Pool,
        host::{LogStore, NotKept},
    },
};

/// Where it is kept; the network comes next.
const PREFIX: &str = "audit/";
/// After so many blocks it is kept anew: an epoch of Ethereum, in which nothing more becomes final.
const PERIOD: u64 = 32;

/// Everything that is kept for a network begins with this.
pub fn audits_of(network: &str) -> String {
    format!("{PREFIX}{network}/")
}

/// Of one chain and one set of rollups: another one has other checkpoints under the same numbers.
fn key(pool: &Pool, network: &str, contracts: &Deployment) -> String {
    let mut hash = Keccak256::new();
    for rollup in &contracts.rollups {
        hash.update(rollup.address);
    }
    for signature in SIGNATURES {
        hash.update(signature);
    }
    let digest = hex::encode(&hash.finalize()[..8]);
    format!("{}{}-{digest}/week", audits_of(network), pool.chain_id())
}

/// What an earlier visit found in blocks that were final then, if this chain has them. What is of another chain, or not
/// understood, is dropped; an endpoint that does not answer proves nothing, and then it is neither used nor dropped.
pub async fn kept_audit(
    pool: &Pool,
    store: &dyn LogStore,
    network: &str,
    contracts: &Deployment,
) -> Option<Audit> {
    let own = key(pool, network, contracts);
    let (mut found, mut gone) = (None, Vec::new());
    for (key, bytes) in store.load(audits_of(network)).await.ok()? {
        let kept = Kept::from_bytes(&bytes).filter(|_| key == own);
        let Some(kept) = kept else {
            gone.push(key);
            continue;
        };
        match pool.once().block(kept.seal.0).await {
            Ok(header) if header.block().hash == kept.seal.1 => found = Some(kept.audit()),
            Ok(_) => gone.push(key),
            Err(_) => {}
        }
    }
    if !gone.is_empty() {
        // what cannot be removed is not used either
        store.write(Vec::new(), gone).await.ok();
    }
    found
}

/// Keeps what of an audit is final, unless little became final since block `last`. The block it is kept up to.
///
/// [`NotKept::NothingFinal`] where no endpoint says which blocks are.
pub async fn keep_audit(
    pool: &Pool,
    store: &dyn LogStore,
    (network, contracts): (&str, &Deployment),
    (audit, before): (&Audit, Option<&Audit>),
    last: Option<u64>,
) -> Result<u64, NotKept> {
    let Ok(newest) = pool.finalized().await else { return Err(NotKept::NothingFinal) };
    let mut seal = newest.block();
    // one endpoint may be ahead of the one that the audit was made with
    if seal.number > audit.blocks.1 {
        let Ok(header) = pool.block(audit.blocks.1).await else { return Err(NotKept::NothingFinal) };
        seal = header.block();
    }
    if last.is_some_and(|last| seal.number < last.saturating_add(PERIOD)) {
        return Ok(last.unwrap_or_default());
    }
    let Some(kept) = Kept::of(audit, contracts, &seal, before) else { return Err(NotKept::NothingFinal) };
    let own = key(pool, network, contracts);
    store.write(vec![(own, kept.to_bytes())], vec![audits_of(network)]).await?;
    Ok(seal.number)
}
