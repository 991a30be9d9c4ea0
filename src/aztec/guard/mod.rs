//! What is looked at again right before each signature: what would not revert and still go wrong.

mod keys;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall as _;

use super::{
    Deployment,
    abi::{IGSE, IRegistry},
    claimed,
    plan::stake_of,
    read, reason,
};
use crate::{
    chain::{Batch, BlockRef, CallRequest, MULTICALL3, Pool, succeeded, unbundle},
    tx::{Call, Explanation},
};

/// What the calls stake with.
#[derive(Default)]
struct Stakes {
    /// How many keys they take of each provider.
    keys: BTreeMap<U256, u64>,
    /// Versions of the rollups, and whether the stake follows upgrades.
    rollups: BTreeSet<(U256, bool)>,
}

/// Whether calls may be signed as far as the chain says now.
///
/// A stake with a used key does not revert: it waits in the queue, fails there and is refunded days later. The same
/// happens to one that follows upgrades while the GSE knows a newer rollup; and one with a replaced rollup stays there.
pub(super) async fn check(pool: &Pool, contracts: &Deployment, calls: &[Call]) -> Result<(), Explanation> {
    for call in calls.iter().filter(|call| call.to == MULTICALL3) {
        brings_something(pool, call).await?;
    }
    for call in calls.iter().filter(|call| call.to == contracts.gse) {
        moves_power(pool, contracts, call).await?;
    }
    keys::are_good(pool, contracts, calls).await?;
    let mut stakes = Stakes::default();
    for stake in calls.iter().filter_map(|call| stake_of(contracts, call)) {
        *stakes.keys.entry(stake._providerIdentifier).or_default() += 1;
        stakes.rollups.insert((stake._rollupVersion, stake._moveWithLatestRollup));
    }
    if stakes.keys.is_empty() {
        return Ok(());
    }
    let block = pool.latest().await.map_err(|_error| unread("The newest block could not be read."))?.block();
    rollups_are_good(pool, contracts, &stakes, block).await?;
    keys_are_good(pool, contracts, &stakes, block).await
}

/// A bundle of calls that may all fail succeeds when all fail: nothing but gas would move. Withdrawals do not count:
/// what the signer may do for itself is not seen from here.
async fn brings_something(pool: &Pool, call: &Call) -> Result<(), Explanation> {
    let read = async {
        let block = pool.latest().await.ok()?.block();
        let returned = pool.call(&CallRequest::read(call.to, call.data.clone()), block.number).await.ok()?;
        let calls = unbundle(&call.data)?;
        let outcomes = succeeded(&returned)?;
        let counted = calls.iter().zip(outcomes).filter(|((_, data), _)| !claimed::is_withdrawal(data));
        Some(counted.map(|(_, success)| success).collect::<Vec<_>>())
    };
    let outcomes = read.await.ok_or_else(|| unread("What this would bring could not be checked."))?;
    if outcomes.is_empty() || outcomes.contains(&true) {
        return Ok(());
    }
    Err(Explanation::new(
        "None of these claims would succeed any more.",
        "Nothing was signed. Somebody may have been faster: look at the figures again.",
    ))
}

/// Delegating with an instance where the stake is not (any more) succeeds and moves nothing.
async fn moves_power(pool: &Pool, contracts: &Deployment, call: &Call) -> Result<(), Explanation> {
    let Ok(asked) = IGSE::delegateCall::abi_decode(&call.data) else { return Ok(()) };
    let block = pool.latest().await.map_err(|_error| unread("The newest block could not be read."))?.block();
    let mut batch = Batch::new();
    let there = IGSE::isRegisteredCall { _instance: asked._instance, _attester: asked._attester };
    let there = batch.add(contracts.gse, there);
    match batch.run(pool, &block).await.value(there) {
        Ok(true) => another_second(pool, contracts, asked._delegatee, block).await,
        Ok(false) => Err(Explanation::new(
            "This stake is not where its vote would be delegated: nothing would move.",
            "Nothing was signed. It may be leaving: look at its state again.",
        )),
        Err(_) => Err(unread("Where this stake is could not be checked.")),
    }
}

/// Seconds between two looks at the newest block, and how often it is looked at.
const LOOK_AGAIN: (Duration, usize) = (Duration::from_secs(2), 15);

/// Waits for a block after the one in which the delegatee's power changed last. A second change in one second costs half
/// the gas of one in another: a wallet that estimates on that block gives too little, and the transaction would revert.
async fn another_second(
    pool: &Pool,
    contracts: &Deployment,
    delegatee: Address,
    mut block: BlockRef,
) -> Result<(), Explanation> {
    for _ in 0..LOOK_AGAIN.1 {
        let mut batch = Batch::new();
        let now = batch.add(contracts.gse, IGSE::getVotingPowerCall { _delegatee: delegatee });
        let before = U256::from(block.timestamp.saturating_sub(1));
        let before = IGSE::getVotingPowerAtCall { _delegatee: delegatee, _timestamp: before };
        let before = batch.add(contracts.gse, before);
        let answers = batch.run(pool, &block).await;
        match (answers.value(now), answers.value(before)) {
            (Ok(now), Ok(before)) if now == before => return Ok(()),
            (Ok(_), Ok(_)) => {}
            _ => return Err(unread("When the power changed last could not be checked.")),
        }
        pool.host().sleep.sleep(LOOK_AGAIN.0).await;
        block = pool.latest().await.map_err(|_error| unread("The newest block could not be read."))?.block();
    }
    Err(Explanation::new(
        "The power of this account changed in the newest block, and no block has come since.",
        "Nothing was signed. Your wallet would estimate too little gas: try again after the next block.",
    ))
}

fn unread(what: &str) -> Explanation {
    Explanation::new(what, "Nothing was signed. Try again.")
}

async fn rollups_are_good(
    pool: &Pool,
    contracts: &Deployment,
    stakes: &Stakes,
    block: BlockRef,
) -> Result<(), Explanation> {
    let mut batch = Batch::new();
    let canonical = batch.add(contracts.registry, IRegistry::getCanonicalRollupCall {});
    let latest = batch.add(contracts.gse, IGSE::getLatestRollupCall {});
    let rollup = |version| IRegistry::getRollupCall { version };
    let wanted: Vec<_> = stakes
        .rollups
        .iter()
        .map(|&(version, follows)| (batch.add(contracts.registry, rollup(version)), follows))
        .collect();
    let answers = batch.run(pool, &block).await;
    let read = |slot| {
        let unread = |_error| unread("The rollup that this would stake with could not be checked.");
        answers.value(slot).map_err(unread)
    };
    for (rollup, follows) in wanted {
        let rollup = read(rollup)?;
        if rollup != read(canonical)? {
            return Err(Explanation::new(
                "Governance has replaced the rollup that this would stake with.",
                "Nothing was signed. Load the page again and stake with the current one.",
            ));
        }
        if follows && rollup != read(latest)? {
            return Err(Explanation::new(
                "A stake that follows upgrades is not possible at present: the GSE knows a newer rollup than the Registry.",
                "Nothing was signed. It would be refunded days later. Wait until both know it, or stay on this rollup.",
            ));
        }
    }
    Ok(())
}

async fn keys_are_good(
    pool: &Pool,
    contracts: &Deployment,
    stakes: &Stakes,
    block: BlockRef,
) -> Result<(), Explanation> {
    let unread = || unread("The provider's next keys could not be checked.");
    for (provider_id, count) in &stakes.keys {
        // a number that no provider can have: the contract refuses it
        let Ok(provider_id) = u64::try_from(*provider_id) else { continue };
        let keys =
            read::next_keys(pool, contracts, provider_id, *count, block).await.map_err(|_error| unread())?;
        for (place, key) in keys.value.into_iter().enumerate() {
            match key.problem {
                Ok(None) => {}
                Ok(Some(problem)) => return Err(reason::bad_key(place, key.attester, &problem)),
                Err(_) => return Err(unread()),
            }
        }
    }
    Ok(())
}
