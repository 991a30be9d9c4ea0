use alloy_primitives::{Address, B256, U256};

use crate::{chain::logs::LogEntry, units::Bps};

/// Where something was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Height.
    pub block: u64,
    /// Position among the block's logs.
    pub index: u64,
    /// The transaction.
    pub tx: B256,
    /// Unix seconds of the block, where the node sends it with its logs. For the rest: [`crate::chain::times`].
    pub time: Option<u64>,
}

impl Place {
    /// That of an entry.
    pub const fn of(entry: &LogEntry) -> Self {
        Self { block: entry.block, index: entry.index, tx: entry.tx, time: entry.time }
    }

    /// Chain order.
    pub const fn position(&self) -> (u64, u64) {
        (self.block, self.index)
    }
}

/// A fact, where it was told and by which contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Where.
    pub place: Place,
    /// The emitting contract: for facts about attesters, their rollup.
    pub by: Address,
    /// What.
    pub fact: Fact,
}

/// What an event says. Providers are meant by their number, amounts are in token units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A provider came to be. Who receives its commission is not in the event: the call's first recipient is known only
    /// from calldata, until [`Fact::RecipientSet`].
    Registered {
        /// Its number.
        provider: u64,
        /// The account.
        admin: Address,
        /// The commission.
        take_rate: Bps,
    },
    /// A provider's commission for stakes from now on.
    TakeRateSet {
        /// Its number.
        provider: u64,
        /// The commission.
        take_rate: Bps,
    },
    /// Who receives a provider's commission for stakes from now on.
    RecipientSet {
        /// Its number.
        provider: u64,
        /// Who receives it.
        recipient: Address,
    },
    /// A provider was offered to another account, which has not accepted.
    AdminOffered {
        /// Its number.
        provider: u64,
        /// The account.
        admin: Address,
    },
    /// A provider changed hands.
    AdminSet {
        /// Its number.
        provider: u64,
        /// The account.
        admin: Address,
    },
    /// Keys were put at the end of a provider's queue.
    KeysAdded {
        /// Its number.
        provider: u64,
        /// In their order.
        attesters: Vec<Address>,
    },
    /// A key was taken out of a provider's queue unused.
    KeyDripped {
        /// Its number.
        provider: u64,
        /// The key's address.
        attester: Address,
    },
    /// Somebody staked with a provider. `account` paid: a wallet, or a vault's staker.
    Staked {
        /// Its number.
        provider: u64,
        /// Where it was deposited.
        rollup: Address,
        /// The key's address.
        attester: Address,
        /// Where its rewards should go.
        split: Address,
        /// Who paid.
        account: Address,
    },
    /// A deposit waits in the entry queue.
    Queued {
        /// The key's address.
        attester: Address,
        /// Who owns the stake.
        withdrawer: Address,
    },
    /// A deposit left the queue; the attester validates.
    Deposited {
        /// The key's address.
        attester: Address,
        /// Who owns the stake.
        withdrawer: Address,
        /// In token units.
        amount: U256,
    },
    /// A deposit left the queue and was paid back to the withdrawer.
    Refunded {
        /// The key's address.
        attester: Address,
        /// Who owns the stake.
        withdrawer: Address,
    },
    /// Stake was taken away. The reason is not on chain.
    Slashed {
        /// The key's address.
        attester: Address,
        /// In token units.
        amount: U256,
    },
    /// The withdrawer started an exit, or named a recipient for one that an ejection had started.
    ExitStarted {
        /// The key's address.
        attester: Address,
        /// Who receives it.
        recipient: Address,
        /// In token units.
        amount: U256,
    },
    /// The attester's own key started an exit; it waits until the withdrawer names a recipient.
    ExitStartedByKey {
        /// The key's address.
        attester: Address,
        /// Who owns the stake.
        withdrawer: Address,
        /// In token units.
        amount: U256,
    },
    /// The stake was paid out.
    ExitFinished {
        /// The key's address.
        attester: Address,
        /// Who receives it.
        recipient: Address,
        /// In token units.
        amount: U256,
    },
    /// An event of the table that does not have the form the table says.
    Unread {
        /// Its name.
        event: &'static str,
    },
}

impl Fact {
    /// The provider that it is about.
    pub fn provider(&self) -> Option<u64> {
        match self {
            Self::Registered { provider, .. }
            | Self::TakeRateSet { provider, .. }
            | Self::RecipientSet { provider, .. }
            | Self::AdminOffered { provider, .. }
            | Self::AdminSet { provider, .. }
            | Self::KeysAdded { provider, .. }
            | Self::KeyDripped { provider, .. }
            | Self::Staked { provider, .. } => Some(*provider),
            _ => None,
        }
    }

    /// The attester that it is about, where it is about one.
    pub fn attester(&self) -> Option<Address> {
        match self {
            Self::KeyDripped { attester, .. }
            | Self::Staked { attester, .. }
            | Self::Queued { attester, .. }
            | Self::Deposited { attester, .. }
            | Self::Refunded { attester, .. }
            | Self::Slashed { attester, .. }
            | Self::ExitStarted { attester, .. }
            | Self::ExitStartedByKey { attester, .. }
            | Self::ExitFinished { attester, .. } => Some(*attester),
            _ => None,
        }
    }
}
