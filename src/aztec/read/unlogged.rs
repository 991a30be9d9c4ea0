use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, U256};

use super::{attester_states, entry_queues};
use crate::{
    aztec::{
        Deployment,
        abi::{IGSE, IGovernance, IRollup},
        model::Standing,
        rules::{ExitTerms, Position},
    },
    chain::{At, Batch, BlockRef, Pool, ReadError, Reading},
};

/// A stake as it is seen without events: provider, split, commission and history are not on chain in another form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The key.
    pub attester: Address,
    /// Which of the withdrawers asked for.
    pub withdrawer: Address,
    /// Where it is.
    pub position: Reading<Position>,
}

/// Indices of the list of attesters in one call: each costs cold storage reads.
const PAGE: u64 = 200;

/// Attesters of one rollup at most: fifty times all of today.
const MOST: u64 = 100_000;

/// How far back sets are looked at, in exits: nearly everybody finalises within a month of being able to.
const LOOKS: [u64; 3] = [0, 1, 4];

/// Finds the stakes of withdrawers by asking for every attester and every deposit that waits.
///
/// The GSE remembers who was in a rollup's set at any time. Those of now are those that validate; those of one and of
/// four exits ago also hold who has left since. Not found are stakes that joined and left in between, those that left
/// before and were never finalised, and whatever is finished or refunded.
pub async fn seen(
    pool: &Pool,
    contracts: &Deployment,
    withdrawers: &[Address],
    block: BlockRef,
) -> Result<At<Vec<Seen>>, ReadError> {
    let (attesters, queues) = futures::join!(
        attesters_of(pool, contracts, withdrawers, &block),
        entry_queues(pool, contracts, block)
    );
    let owners = attesters?;
    let attesters: Vec<Address> = owners.keys().copied().collect();
    let states = attester_states(pool, contracts, &attesters, block).await.value;
    let mut found = Vec::new();
    for (attester, state) in states {
        if state.get().is_some_and(|state| state.standing == Standing::None) {
            continue;
        }
        let Some(&withdrawer) = owners.get(&attester) else { continue };
        found.push(Seen { attester, withdrawer, position: state.map(|state| Position::of(&state.standing)) });
    }
    for (rollup, queue) in queues.value.into_iter().enumerate() {
        for (ahead, entry) in queue.entries?.into_iter().enumerate() {
            if withdrawers.contains(&entry.withdrawer) {
                let position = Position::Queued { rollup, ahead: ahead as u64 };
                let position = Reading::new(position, queue.length.source.clone());
                found.push(Seen { attester: entry.attester, withdrawer: entry.withdrawer, position });
            }
        }
    }
    Ok(At { block, value: found })
}

/// Every attester of the withdrawers that is in a set now or was at one of the earlier moments, with its withdrawer.
async fn attesters_of(
    pool: &Pool,
    contracts: &Deployment,
    withdrawers: &[Address],
    block: &BlockRef,
) -> Result<BTreeMap<Address, Address>, ReadError> {
    let small = |n: U256| u64::try_from(n).map_err(|_error| ReadError::Decode);
    let mut batch = Batch::new();
    let governance = batch.add(contracts.governance, IGovernance::getConfigurationCall {});
    let delays: Vec<_> = contracts
        .rollups
        .iter()
        .map(|rollup| batch.add(rollup.address, IRollup::getExitDelayCall {}))
        .collect();
    let answers = batch.run_whole(pool, block).await?;
    let governance = answers.value(governance)?;
    let mut longest = 0;
    for delay in delays {
        let terms = ExitTerms {
            exit_delay: small(answers.value(delay)?)?,
            voting_delay: small(governance.votingDelay)?,
            voting_duration: small(governance.votingDuration)?,
            execution_delay: small(governance.executionDelay)?,
        };
        longest = longest.max(terms.duration());
    }

    let moments =
        LOOKS.map(|exits| U256::from(block.timestamp.saturating_sub(longest.saturating_mul(exits))));
    let mut batch = Batch::new();
    let mut counts = Vec::new();
    for rollup in &contracts.rollups {
        for timestamp in moments {
            let call = IGSE::getAttesterCountAtTimeCall { instance: rollup.address, timestamp };
            counts.push((rollup.address, timestamp, batch.add(contracts.gse, call)));
        }
    }
    let answers = batch.run_whole(pool, block).await?;
    let mut batch = Batch::new();
    let mut pages = Vec::new();
    for (instance, timestamp, count) in counts {
        // a count that cannot be true is not worth as many questions
        let count = small(answers.value(count)?)?;
        if count > MOST {
            return Err(ReadError::Decode);
        }
        for first in (0..count).step_by(usize::try_from(PAGE).unwrap_or(usize::MAX)) {
            let indices = (first..count.min(first + PAGE)).map(U256::from).collect();
            let call = IGSE::getAttestersFromIndicesAtTimeCall { instance, timestamp, indices };
            pages.push(batch.add(contracts.gse, call));
        }
    }
    let answers = batch.run_whole(pool, block).await?;
    let mut all = BTreeSet::new();
    for page in pages {
        all.extend(answers.value(page)?);
    }
    let mut batch = Batch::new();
    let slots: Vec<_> = all
        .into_iter()
        .map(|attester| (attester, batch.add(contracts.gse, IGSE::getWithdrawerCall { attester })))
        .collect();
    let answers = batch.run_whole(pool, block).await?;
    let mut own = BTreeMap::new();
    for (attester, slot) in slots {
        let withdrawer = answers.value(slot)?;
        if withdrawers.contains(&withdrawer) {
            own.insert(attester, withdrawer);
        }
    }
    Ok(own)
}
