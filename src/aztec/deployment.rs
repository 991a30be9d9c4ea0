use alloy_primitives::{Address, U256};

use crate::{
    chain::{ReadError, Reading},
    units::Token,
};

/// The contracts of one network as they were found on chain, starting at Registry and `StakingRegistry`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// From the network's description.
    pub registry: Address,
    /// From the network's description.
    pub staking_registry: Address,
    /// `Registry.getGovernance()`.
    pub governance: Address,
    /// `Governance.governanceProposer()`. `None` when not read.
    pub governance_proposer: Option<Address>,
    /// `getGSE()` of the canonical rollup.
    pub gse: Address,
    /// `GSE.getLatestRollup()`: where stake that follows upgrades is. `None` when not read.
    pub latest_rollup: Option<Address>,
    /// `StakingRegistry.PULL_SPLIT_FACTORY()`. `None` when not read.
    pub split_factory: Option<Address>,
    /// `GSE.ASSET()`: what is staked.
    pub token: Token,
    /// Every registered rollup, oldest first. Old ones still hold stake and rewards.
    pub rollups: Vec<Rollup>,
    /// Position in `rollups` of `Registry.getCanonicalRollup()`.
    pub canonical: usize,
    /// How many providers there were.
    pub providers: Guess,
    /// First block whose logs can matter, and how it is known.
    pub from_block: FromBlock,
    /// References between the contracts that do not agree.
    pub mismatches: Vec<Mismatch>,
}

/// How many of something there were when the contracts were found: so many are asked for at once, and the rest when it is
/// known that there are more. No fact, so no two differ.
#[derive(Clone, Copy, Debug, Default)]
pub struct Guess(u64);

impl Guess {
    /// Asking for more than this without knowing is not worth the bytes.
    const MOST: u64 = 5_000;

    /// From what a contract says; none where it says nothing.
    pub fn of(count: Result<U256, ReadError>) -> Self {
        Self(count.map_or(0, |count| count.saturating_to::<u64>().min(Self::MOST)))
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl PartialEq for Guess {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Guess {}

/// Where the reading of logs ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FromBlock {
    /// The network's description says so.
    Given(u64),
    /// The lowest `L1_BLOCK_AT_GENESIS()` less a margin for contracts that were deployed before the first rollup.
    Computed(u64),
    /// Neither is known: logs are read from the first block on.
    Unknown,
}

impl FromBlock {
    /// Blocks taken off the first rollup's genesis: a week of 12 s slots.
    pub const MARGIN: u64 = 50_400;

    /// The block.
    pub const fn block(self) -> u64 {
        match self {
            Self::Given(block) | Self::Computed(block) => block,
            Self::Unknown => 0,
        }
    }
}

/// One rollup version with what it says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollup {
    /// The Registry's id of it, which `stake` takes. Neither an index nor a generation.
    pub version: U256,
    /// Its contract.
    pub address: Address,
    /// What one sequencer stakes, in token units.
    pub activation_threshold: Reading<U256>,
    /// Below this the GSE ejects.
    pub ejection_threshold: Reading<U256>,
    /// Below this the rollup ejects; usually the one that bites first.
    pub local_ejection_threshold: Reading<U256>,
    /// Clock of slots and epochs.
    pub clock: Reading<RollupClock>,
    /// `L1_BLOCK_AT_GENESIS()`.
    pub genesis_block: Option<u64>,
    /// How many waited to join.
    pub waiting: Guess,
}

/// How a rollup counts time. Slot and epoch begin at 0 on every rollup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RollupClock {
    /// Unix seconds of slot 0.
    pub genesis: u64,
    /// Seconds.
    pub slot: u64,
    /// Slots.
    pub epoch: u64,
}

impl RollupClock {
    /// Seconds of an epoch.
    pub const fn epoch_secs(self) -> u64 {
        self.slot * self.epoch
    }

    /// The slot at a time.
    pub const fn slot_at(self, timestamp: u64) -> u64 {
        timestamp.saturating_sub(self.genesis) / self.slot
    }

    /// The epoch at a time.
    pub const fn epoch_at(self, timestamp: u64) -> u64 {
        self.slot_at(timestamp) / self.epoch
    }

    /// Unix seconds of an epoch's first slot.
    pub const fn epoch_start(self, epoch: u64) -> u64 {
        self.genesis.saturating_add(epoch.saturating_mul(self.epoch_secs()))
    }
}

/// How serious a disagreement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// In the chain of references that money follows: nothing is signed on this network.
    Blocks,
    /// On an older rollup: shown.
    Warns,
}

/// A statement of one contract about another: `StakingRegistry.STAKING_ASSET() = 0x…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Who says it, by name.
    pub contract: String,
    /// The getter.
    pub function: &'static str,
    /// What it says, as text.
    pub value: Result<String, ReadError>,
}

/// Two statements that should be the same and are not, or of which one could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// What follows from it.
    pub severity: Severity,
    /// One statement.
    pub claim: Claim,
    /// The other.
    pub against: Claim,
}

impl Deployment {
    /// The rollup that pays rewards and may signal.
    pub fn canonical(&self) -> &Rollup {
        &self.rollups[self.canonical]
    }

    /// The rollup at an address.
    pub fn rollup(&self, address: Address) -> Option<&Rollup> {
        self.rollups.iter().find(|rollup| rollup.address == address)
    }

    /// Whether stake with the canonical rollup may follow upgrades: a deposit with `moveWithLatestRollup` on
    /// another rollup than GSE's latest fails when the queue is flushed. `None` when not read.
    pub fn can_follow(&self) -> Option<bool> {
        self.latest_rollup.map(|latest| latest == self.canonical().address)
    }

    /// Disagreements that forbid signing.
    pub fn blocking(&self) -> impl Iterator<Item = &Mismatch> {
        self.mismatches.iter().filter(|mismatch| mismatch.severity == Severity::Blocks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_and_epochs_begin_at_genesis() {
        let clock = RollupClock { genesis: 1000, slot: 72, epoch: 32 };
        for (time, slot, epoch) in
            [(0, 0, 0), (1000, 0, 0), (1071, 0, 0), (1072, 1, 0), (1000 + 72 * 32, 32, 1)]
        {
            assert_eq!((clock.slot_at(time), clock.epoch_at(time)), (slot, epoch));
        }
        assert_eq!(clock.epoch_start(2), 1000 + 2 * 72 * 32);
    }
}
