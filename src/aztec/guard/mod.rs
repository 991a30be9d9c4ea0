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
    abi::{IGSE, IRegistry, IStaker, IStakingRegistry},
    brought,
    keys::Oracle,
    plan::{OwnStake, own_stake_of, stake_of},
    proposed, read, reason,
};
use crate::{
    chain::{Batch, BlockRef, MULTICALL3, Pool, ReadError, RpcError},
    tx::{Call, Explanation, Plan},
    units::format,
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
pub(super) async fn check(pool: &Pool, contracts: &Deployment, plan: &Plan) -> Result<(), Explanation> {
    let calls: Vec<&Call> = plan.steps.iter().map(|step| &step.call).collect();
    for call in calls.iter().filter(|call| call.to == MULTICALL3) {
        brought::check(pool, plan.from, call).await?;
    }
    power_would_move(pool, contracts, &calls).await?;
    proposed::check(pool, contracts, (plan.from, &calls)).await?;
    same_keys_leave(pool, contracts, plan).await?;
    for call in calls.iter().filter(|call| call.to != contracts.gse) {
        if let Ok(asked) = IStaker::delegateCall::abi_decode(&call.data) {
            let block = newest(pool).await?;
            another_second(pool, contracts, asked._delegatee, block).await?;
        }
    }
    let own: Vec<OwnStake> = calls.iter().filter_map(|call| own_stake_of(contracts, call)).collect();
    if !own.is_empty() {
        own_are_good(pool, contracts, own).await?;
    }
    keys::are_good(pool, contracts, &calls).await?;
    let mut stakes = Stakes::default();
    for stake in calls.iter().filter_map(|call| stake_of(contracts, call)) {
        *stakes.keys.entry(stake._providerIdentifier).or_default() += 1;
        stakes.rollups.insert((stake._rollupVersion, stake._moveWithLatestRollup));
    }
    if stakes.keys.is_empty() {
        return Ok(());
    }
    let block = newest(pool).await?;
    rollups_are_good(pool, contracts, &stakes, block).await?;
    keys_are_good(pool, contracts, &stakes, block).await
}

async fn newest(pool: &Pool) -> Result<BlockRef, Explanation> {
    let unread = |error: RpcError| unread("The newest block could not be read.").with_raw(error.to_string());
    Ok(pool.latest().await.map_err(unread)?.block())
}

/// Keys leave a queue from its front, and the calldata only counts them: a stake in between, or another removal, and it
/// would be others that leave. The front is where it was when the plan was made, or nothing is removed.
async fn same_keys_leave(pool: &Pool, contracts: &Deployment, plan: &Plan) -> Result<(), Explanation> {
    let drips = plan
        .steps
        .iter()
        .filter(|step| step.call.to == contracts.staking_registry)
        .filter_map(|step| IStakingRegistry::dripProviderQueueCall::abi_decode(&step.call.data).ok());
    let providers: BTreeSet<U256> = drips.map(|drip| drip._providerIdentifier).collect();
    if providers.is_empty() {
        return Ok(());
    }
    let now = newest(pool).await?;
    let fronts = async |block: &BlockRef| {
        let mut batch = Batch::new();
        let first = |id: &U256| IStakingRegistry::getFirstIndexInQueueCall { id: *id };
        let slots: Vec<_> =
            providers.iter().map(|id| batch.add(contracts.staking_registry, first(id))).collect();
        let answers = batch.run(pool, block).await;
        slots.into_iter().map(|slot| answers.value(slot)).collect::<Result<Vec<_>, _>>()
    };
    let unread = |error: ReadError| {
        unread("Whether the same keys would leave as when this was made could not be checked.")
            .with_raw(error.to_string())
    };
    if fronts(&plan.read_at).await.map_err(unread)? == fronts(&now).await.map_err(unread)? {
        return Ok(());
    }
    Err(Explanation::new(
        "The front of the queue is another one than when this was made: other keys would leave.",
        "Nothing was signed. Look at the queue again.",
    ))
}

/// Delegating with an instance where the stake is not (any more) succeeds and moves nothing.
async fn power_would_move(pool: &Pool, contracts: &Deployment, calls: &[&Call]) -> Result<(), Explanation> {
    let to_gse = calls.iter().filter(|call| call.to == contracts.gse);
    let asked: Vec<_> = to_gse.filter_map(|call| IGSE::delegateCall::abi_decode(&call.data).ok()).collect();
    if asked.is_empty() {
        return Ok(());
    }
    let block = newest(pool).await?;
    let mut batch = Batch::new();
    let there = |asked: &IGSE::delegateCall| IGSE::isRegisteredCall {
        _instance: asked._instance,
        _attester: asked._attester,
    };
    let slots: Vec<_> = asked.iter().map(|asked| batch.add(contracts.gse, there(asked))).collect();
    let answers = batch.run(pool, &block).await;
    for slot in slots {
        let there = answers.value(slot).map_err(|error| {
            unread("Where this stake is could not be checked.").with_raw(error.to_string())
        })?;
        if !there {
            return Err(Explanation::new(
                "This stake is not where its vote would be delegated: nothing would move.",
                "Nothing was signed. It may be leaving: look at its state again.",
            ));
        }
    }
    // the wallet estimates the step that it is asked for; those behind it are looked at when it is their turn
    match (calls, asked.as_slice()) {
        ([_], [asked]) => another_second(pool, contracts, asked._delegatee, block).await,
        _ => Ok(()),
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
        block = newest(pool).await?;
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
            return Err(replaced());
        }
        if follows && rollup != read(latest)? {
            return Err(cannot_follow());
        }
    }
    Ok(())
}

/// Deposits of own sequencers: the rollup checks neither their keys nor whether it is still the current one.
async fn own_are_good(pool: &Pool, contracts: &Deployment, own: Vec<OwnStake>) -> Result<(), Explanation> {
    let block = pool.latest().await.map_err(|_error| unread("The newest block could not be read."))?.block();
    let mut batch = Batch::new();
    let canonical = batch.add(contracts.registry, IRegistry::getCanonicalRollupCall {});
    let latest = batch.add(contracts.gse, IGSE::getLatestRollupCall {});
    let answers = batch.run(pool, &block).await;
    let (Ok(canonical), Ok(latest)) = (answers.value(canonical), answers.value(latest)) else {
        return Err(unread("The rollup that this would stake with could not be checked."));
    };
    if own.iter().any(|stake| stake.rollup != canonical) {
        return Err(replaced());
    }
    if own.iter().any(|stake| stake.follows && stake.rollup != latest) {
        return Err(cannot_follow());
    }
    let keys: Vec<_> = own.into_iter().map(|stake| stake.key).collect();
    let standings = read::key_standings(pool, contracts, &keys, block).await.value.keys;
    for (key, standing) in keys.iter().zip(standings) {
        match (standing.problem, standing.oracle) {
            (Ok(None), Ok(Oracle::Accepts)) => {}
            (Ok(Some(_)), _) | (_, Ok(Oracle::Refuses(_))) => {
                return Err(Explanation::new(
                    format!("Key {} cannot be staked with any more.", format::short_address(key.attester)),
                    "Nothing was signed. The deposit would wait, fail and come back days later: look at the key’s verdict again.",
                ));
            }
            _ => return Err(unread("The keys could not be checked.")),
        }
    }
    Ok(())
}

fn replaced() -> Explanation {
    Explanation::new(
        "Governance has replaced the rollup that this would stake with.",
        "Nothing was signed. Load the page again and stake with the current one.",
    )
}

fn cannot_follow() -> Explanation {
    Explanation::new(
        "A stake that follows upgrades is not possible at present: the GSE knows a newer rollup than the Registry.",
        "Nothing was signed. It would be refunded days later. Wait until both know it, or stay on this rollup.",
    )
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
