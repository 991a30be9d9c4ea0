use alloy_primitives::{Address, U256};

use crate::{
    aztec::{
        Deployment,
        abi::{IERC20, IGSE, IGovernance, IRewardDistributor, IRollup, RewardConfig},
    },
    chain::{Answers, At, Batch, BlockRef, Pool, ReadError, Reading, Slot, Source},
    units::Bps,
};

/// How the network is doing: the figures at the top of the overview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pulse {
    /// All stake of all rollups, without entry queues and exits: `GSE.totalSupply()`, token units.
    pub total_staked: Reading<U256>,
    /// The stake now and a day before.
    pub day: Reading<Change>,
    /// Whose turn it is on the canonical rollup: `getCurrentProposer()`. `None` when it is nobody's.
    pub proposer: Reading<Option<Address>>,
    /// In the order of [`Deployment::rollups`].
    pub rollups: Vec<RollupPulse>,
}

impl Pulse {
    /// Why it is not complete, when it is that nobody answered.
    pub fn unanswered(&self) -> Option<ReadError> {
        let rollup =
            |rollup: &RollupPulse| rollup.active.unanswered().or_else(|| rollup.payable.unanswered());
        self.total_staked.unanswered().or_else(|| self.rollups.iter().find_map(rollup))
    }
}

/// A quantity at two moments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Now.
    pub now: U256,
    /// Earlier.
    pub before: U256,
}

/// One rollup at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollupPulse {
    /// Sequencers that validate: `getActiveAttesterCount()`.
    pub active: Reading<u64>,
    /// Deposits that wait: `getEntryQueueLength()`.
    pub queued: Reading<u64>,
    /// Deposits that may join in the running epoch: `getAvailableValidatorFlushes()`.
    pub available: Reading<u64>,
    /// And in each one after it: `getEntryQueueFlushSize()`.
    pub flush_size: Reading<u64>,
    /// `getCurrentEpoch()`.
    pub epoch: Reading<u64>,
    /// What a checkpoint pays, without fees: `getCheckpointReward()`, `getBlockReward()` on the generation before.
    pub reward: Reading<U256>,
    /// The sequencer's part of it: `getRewardConfig().sequencerBps`.
    pub sequencer_part: Reading<Bps>,
    /// What there is to pay it from: `RewardDistributor.availableTo(rollup)`, or what an older distributor holds, from
    /// which only the canonical rollup is paid.
    pub payable: Reading<U256>,
}

/// Seconds between the two moments of [`Pulse::day`].
const DAY: u64 = 86_400;

struct Slots {
    active: Slot<U256>,
    queued: Slot<U256>,
    available: Slot<U256>,
    flush_size: Slot<U256>,
    epoch: Slot<U256>,
    checkpoint: Slot<U256>,
    block_reward: Slot<U256>,
    config: Slot<RewardConfig>,
    distributor: Slot<Address>,
}

impl Slots {
    fn ask(batch: &mut Batch, rollup: Address) -> Self {
        Self {
            active: batch.add(rollup, IRollup::getActiveAttesterCountCall {}),
            queued: batch.add(rollup, IRollup::getEntryQueueLengthCall {}),
            available: batch.add(rollup, IRollup::getAvailableValidatorFlushesCall {}),
            flush_size: batch.add(rollup, IRollup::getEntryQueueFlushSizeCall {}),
            epoch: batch.add(rollup, IRollup::getCurrentEpochCall {}),
            checkpoint: batch.add(rollup, IRollup::getCheckpointRewardCall {}),
            block_reward: batch.add(rollup, IRollup::getBlockRewardCall {}),
            config: batch.add(rollup, IRollup::getRewardConfigCall {}),
            distributor: batch.add(rollup, IRollup::getRewardDistributorCall {}),
        }
    }
}

/// Reads it. Two requests: the second asks the reward distributors, which the first one names.
///
/// Never fails as a whole.
pub async fn pulse(pool: &Pool, contracts: &Deployment, block: BlockRef) -> At<Pulse> {
    let mut batch = Batch::new();
    let total = batch.add(contracts.gse, IGSE::totalSupplyCall {});
    let now = batch.add(contracts.governance, IGovernance::powerNowCall { _owner: contracts.gse });
    let day_ago = U256::from(block.timestamp.saturating_sub(DAY));
    let call = IGovernance::powerAtCall { _owner: contracts.gse, _ts: day_ago };
    let before = batch.add(contracts.governance, call);
    let proposer = batch.add(contracts.canonical().address, IRollup::getCurrentProposerCall {});
    let slots: Vec<_> =
        contracts.rollups.iter().map(|rollup| Slots::ask(&mut batch, rollup.address)).collect();
    let answers = batch.run(pool, &block).await;

    let mut batch = Batch::new();
    let funds: Vec<_> = slots
        .iter()
        .zip(&contracts.rollups)
        .map(|(slots, rollup)| {
            // an address that was not read is asked as well: its answer says that it is missing
            let distributor = answers.value(slots.distributor).unwrap_or_default();
            let held = IERC20::balanceOfCall { account: distributor };
            (
                batch.add(distributor, IRewardDistributor::availableToCall { _rollup: rollup.address }),
                batch.add(contracts.token.address, held),
            )
        })
        .collect();
    let paid = batch.run(pool, &block).await;
    let rollups = slots
        .iter()
        .zip(funds)
        .map(|(slots, (available, held))| {
            let (available, held) = (paid.get(available), paid.get(held));
            // the older generation has no such function; one that was not asked has said nothing
            let missing = matches!(available.value, Err(ReadError::Reverted(_) | ReadError::Empty));
            let is_old = missing && answers.value(slots.distributor).is_ok();
            rollup(&answers, slots, if is_old { held } else { available })
        })
        .collect();
    let (now, before) = (answers.get(now), answers.get(before));
    let day = Reading {
        value: now.need().and_then(|now| Ok(Change { now, before: before.need()? })),
        source: Source::derived(
            "power of the GSE now − a day ago",
            [("now", now.source), ("before", before.source)],
        ),
    };
    let proposer = answers.get(proposer).map(|address| (!address.is_zero()).then_some(address));
    At { block, value: Pulse { total_staked: answers.get(total), day, proposer, rollups } }
}

fn rollup(answers: &Answers, slots: &Slots, payable: Reading<U256>) -> RollupPulse {
    let number =
        |slot| answers.get(slot).and_then(|n: U256| n.try_into().map_err(|_error| ReadError::Decode));
    let checkpoint = answers.get(slots.checkpoint);
    let reward = match checkpoint.value {
        Ok(_) => checkpoint,
        Err(_) => answers.get(slots.block_reward),
    };
    RollupPulse {
        active: number(slots.active),
        queued: number(slots.queued),
        available: number(slots.available),
        flush_size: number(slots.flush_size),
        epoch: number(slots.epoch),
        reward,
        sequencer_part: answers.get(slots.config).and_then(|config| {
            let bps = u16::try_from(config.sequencerBps).ok().and_then(Bps::new);
            bps.ok_or(ReadError::Decode)
        }),
        payable,
    }
}
