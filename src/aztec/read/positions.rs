use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};

use super::{Rewards, SplitAsked, Stakes, rewards::rewards, stakes};
use crate::{
    aztec::{
        Deployment,
        abi::{IGSE, IGovernance, IRollup},
        positions::SplitTerms,
        rules::{ExitTerms, QueueState},
    },
    chain::{At, Batch, BlockRef, Pool, ReadError, Reading, Source},
};

/// What is to be read for somebody's positions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Whose: what waits for it in the warehouse is read whether or not a split of its own names it.
    pub owner: Address,
    /// Their keys.
    pub attesters: Vec<Address>,
    /// The splits of those that were made with a provider.
    pub splits: Vec<SplitAsked>,
}

/// What the chain says about somebody's stakes, at one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Positions {
    /// Where each key is, and all entry queues.
    pub stakes: Stakes,
    /// How fast each queue moves, in the order of [`Deployment::rollups`].
    pub queues: Vec<Result<QueueState, ReadError>>,
    /// Whether the stake with a key moves to the next rollup: `GSE.isRegistered(bonus instance, attester)`. Says nothing
    /// about a key that does not validate.
    pub follows: BTreeMap<Address, Reading<bool>>,
    /// How long an exit takes that starts now, in the order of [`Deployment::rollups`].
    pub exit_terms: Vec<Reading<ExitTerms>>,
    /// What they earned.
    pub rewards: Rewards,
}

impl Positions {
    /// Why it is not complete, when it is that nobody answered.
    pub fn unanswered(&self) -> Option<ReadError> {
        let terms = self.exit_terms.iter().find_map(Reading::unanswered);
        self.stakes.unanswered().or_else(|| self.rewards.unanswered()).or(terms)
    }
}

/// Reads it; the parts at the same time. Never fails as a whole.
pub async fn positions(
    pool: &Pool,
    contracts: &Deployment,
    asked: &Asked,
    known: &BTreeMap<Address, SplitTerms>,
    block: BlockRef,
) -> At<Positions> {
    let (stakes, rewards, (follows, exit_terms)) = futures::join!(
        stakes(pool, contracts, &asked.attesters, block),
        rewards(pool, contracts, asked.owner, &asked.splits, known, &block),
        terms(pool, contracts, &asked.attesters, &block)
    );
    let paces = contracts.rollups.iter().zip(&stakes.value.queues).map(|(rollup, queue)| {
        let clock = rollup.clock.value.clone()?;
        Ok(QueueState {
            available: queue.available.need()?,
            flush_size: queue.flush_size.need()?,
            epoch: clock.epoch_at(block.timestamp),
            clock,
        })
    });
    let paces = paces.collect();
    let value = Positions { stakes: stakes.value, queues: paces, follows, exit_terms, rewards };
    At { block, value }
}

type Terms = (BTreeMap<Address, Reading<bool>>, Vec<Reading<ExitTerms>>);

async fn terms(pool: &Pool, contracts: &Deployment, attesters: &[Address], block: &BlockRef) -> Terms {
    let mut batch = Batch::new();
    let bonus = batch.add(contracts.gse, IGSE::getBonusInstanceAddressCall {});
    let governance = batch.add(contracts.governance, IGovernance::getConfigurationCall {});
    let delays: Vec<_> = contracts
        .rollups
        .iter()
        .map(|rollup| batch.add(rollup.address, IRollup::getExitDelayCall {}))
        .collect();
    let answers = batch.run(pool, block).await;

    let small = |n: U256| u64::try_from(n).map_err(|_error| ReadError::Decode);
    let governance = answers.get(governance);
    let exit_terms = delays.into_iter().map(|delay| {
        let delay = answers.get(delay).and_then(small);
        let read = || -> Result<ExitTerms, ReadError> {
            let governance = governance.as_ref().need()?;
            Ok(ExitTerms {
                exit_delay: delay.need()?,
                voting_delay: small(governance.votingDelay)?,
                voting_duration: small(governance.votingDuration)?,
                execution_delay: small(governance.executionDelay)?,
            })
        };
        Reading {
            value: read(),
            source: Source::derived(
                "the longer of: exit delay; votingDelay / 5 + votingDuration + executionDelay",
                [("exit delay", delay.source.clone()), ("configuration", governance.source.clone())],
            ),
        }
    });
    let exit_terms = exit_terms.collect();
    if attesters.is_empty() {
        return (BTreeMap::new(), exit_terms);
    }
    // an address that was not read is asked as well: nothing is registered there, and the answer would be a lie
    let instance = answers.value(bonus);
    let mut batch = Batch::new();
    let call = |attester| IGSE::isRegisteredCall {
        _instance: instance.clone().unwrap_or_default(),
        _attester: attester,
    };
    let slots: Vec<_> =
        attesters.iter().map(|&attester| (attester, batch.add(contracts.gse, call(attester)))).collect();
    let answers = batch.run(pool, block).await;
    let follows = slots.into_iter().map(|(attester, slot)| {
        let registered = answers.get(slot).and_then(|yes| instance.clone().map(|_| yes));
        (attester, registered)
    });
    (follows.collect(), exit_terms)
}
