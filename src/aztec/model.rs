//! What the screens show, free of ABI types.

use alloy_primitives::{Address, B256, U256};

use crate::{chain::ReadError, units::Bps};

/// Where an attester's stake is: `Status` of the rollup that knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// No rollup knows it: still in an entry queue, refunded, finished, or never there.
    None,
    /// Proposes and attests.
    Validating {
        /// Position in [`super::Deployment::rollups`].
        rollup: usize,
        /// `effectiveBalance`, in token units. Less than the activation threshold after a slash.
        balance: U256,
    },
    /// Ejected by a slash, or by its own key; the stake waits until the withdrawer names a recipient.
    Zombie {
        /// Position in [`super::Deployment::rollups`].
        rollup: usize,
        /// Its exit; in a box, for there are thousands of standings and few exits.
        exit: Box<ExitView>,
    },
    /// Leaving.
    Exiting {
        /// Position in [`super::Deployment::rollups`].
        rollup: usize,
        /// Its exit.
        exit: Box<ExitView>,
    },
}

/// A running exit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExitView {
    /// What comes back, in token units. A slash before `exitable_at` lowers it.
    pub amount: U256,
    /// Unix seconds: when the rollup lets go.
    pub exitable_at: u64,
    /// Number of the withdrawal that governance holds for it.
    pub withdrawal_id: U256,
    /// Unix seconds: when governance lets go; 0 when it already did.
    pub unlocks_at: Result<u64, ReadError>,
    /// Who receives it; `None` for a zombie, whose withdrawer has not said.
    pub recipient: Option<Address>,
}

impl ExitView {
    /// When `finalizeWithdraw` first succeeds: both have to let go.
    pub fn ends_at(&self) -> Result<u64, ReadError> {
        Ok(self.unlocks_at.clone()?.max(self.exitable_at))
    }
}

/// A stake made through a provider: one `StakedWithProvider` event with what its transaction says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// The provider.
    pub provider_id: u64,
    /// The rollup it was deposited on.
    pub rollup: Address,
    /// The key it was made with.
    pub attester: Address,
    /// The split that its rewards should be paid to.
    pub split: Address,
    /// Who may exit, by the `ValidatorQueued` event of the same transaction.
    pub withdrawer: Option<Address>,
    /// The commission in force at that moment, frozen in the split. `None` while older events are not read.
    pub take_rate: Option<Bps>,
    /// Height.
    pub block: u64,
    /// Position among the block's logs.
    pub index: u64,
    /// The transaction.
    pub tx: B256,
    /// Unix seconds of its block, where the node sends them along.
    pub time: Option<u64>,
}
