use alloy_primitives::{Address, U256};

use crate::{
    aztec::{Deployment, abi::IRollup, rules::RewardTerms},
    chain::{Answers, At, Batch, BlockRef, Pool, ReadError, Reading, Slot, Source},
    units::Bps,
};

struct Slots {
    token: Slot<Address>,
    checkpoint: Slot<U256>,
    block: Slot<U256>,
    config: Slot<crate::aztec::abi::RewardConfig>,
    active: Slot<U256>,
    proven_checkpoint: Slot<U256>,
    proven_block: Slot<U256>,
}

/// Reads what each rollup pays, in the order of [`Deployment::rollups`]. One request; never fails as a whole.
pub async fn reward_terms(
    pool: &Pool,
    contracts: &Deployment,
    block: BlockRef,
) -> At<Vec<Reading<RewardTerms>>> {
    let mut batch = Batch::new();
    let slots: Vec<Slots> = contracts
        .rollups
        .iter()
        .map(|rollup| Slots {
            token: batch.add(rollup.address, IRollup::getFeeAssetCall {}),
            checkpoint: batch.add(rollup.address, IRollup::getCheckpointRewardCall {}),
            block: batch.add(rollup.address, IRollup::getBlockRewardCall {}),
            config: batch.add(rollup.address, IRollup::getRewardConfigCall {}),
            active: batch.add(rollup.address, IRollup::getActiveAttesterCountCall {}),
            proven_checkpoint: batch.add(rollup.address, IRollup::getProvenCheckpointNumberCall {}),
            proven_block: batch.add(rollup.address, IRollup::getProvenBlockNumberCall {}),
        })
        .collect();
    let answers = batch.run(pool, &block).await;
    let terms =
        contracts.rollups.iter().zip(slots).map(|(rollup, slots)| terms(rollup, &slots, &answers, block));
    At { block, value: terms.collect() }
}

/// What a rollup has under the name of its own generation.
fn either(answers: &Answers, new: Slot<U256>, old: Slot<U256>) -> Reading<U256> {
    let found = answers.get(new);
    if found.value.is_ok() { found } else { answers.get(old) }
}

fn terms(
    rollup: &crate::aztec::Rollup,
    slots: &Slots,
    answers: &Answers,
    block: BlockRef,
) -> Reading<RewardTerms> {
    let small = |n: U256| u64::try_from(n).map_err(|_error| ReadError::Decode);
    let checkpoint = either(answers, slots.checkpoint, slots.block);
    let proven = either(answers, slots.proven_checkpoint, slots.proven_block);
    let (config, active) = (answers.get(slots.config), answers.get(slots.active));
    let stake = &rollup.activation_threshold;
    let sources = [
        ("reward of a checkpoint", checkpoint.source.clone()),
        ("sequencerBps", config.source.clone()),
        ("sequencers", active.source.clone()),
        ("checkpoints proven", proven.source.clone()),
        ("stake of one", stake.source.clone()),
        ("slot", rollup.clock.source.clone()),
    ];
    let read = || -> Result<RewardTerms, ReadError> {
        let clock = rollup.clock.need()?;
        let part = config.as_ref().map(|config| config.sequencerBps).need()?;
        Ok(RewardTerms {
            token: answers.value(slots.token)?,
            checkpoint: checkpoint.need()?,
            sequencer_part: u16::try_from(part).ok().and_then(Bps::new).ok_or(ReadError::Decode)?,
            slot: clock.slot,
            active: small(active.need()?)?,
            stake: stake.need()?,
            proven: small(proven.need()?)?,
            slots: clock.slot_at(block.timestamp),
        })
    };
    let formula = "reward of a checkpoint × sequencerBps × 365 d / (slot × sequencers × stake of one), without fees; \
                   the lower end × the share of slots since the rollup began that had a proven checkpoint";
    Reading { value: read(), source: Source::derived(formula, sources) }
}
