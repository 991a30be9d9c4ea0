use super::{Fact, Fields};

/// The kind of contract that emits an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emitter {
    /// The providers' contract.
    StakingRegistry,
    /// Any rollup.
    Rollup,
}

/// Which generations of contracts emit an event in this form. A rollup's generation is not on chain, so this decides
/// nothing: it says why a form is in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generations {
    /// All that are known.
    All,
    /// Up to v4.
    UntilV4,
    /// From v5 on.
    FromV5,
    /// From v6 on.
    FromV6,
}

/// A line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// Who emits it.
    pub emitter: Emitter,
    /// In which generations.
    pub generations: Generations,
    /// As it is hashed into topic 0.
    pub signature: &'static str,
    /// How many of its parameters are indexed; they come first.
    pub indexed: usize,
    /// Its words as a fact.
    pub read: fn(&Fields<'_>) -> Option<Fact>,
}

impl Event {
    /// The name alone.
    pub fn name(&self) -> &'static str {
        self.signature.split('(').next().unwrap_or_default()
    }
}

const fn registry(signature: &'static str, indexed: usize, read: fn(&Fields<'_>) -> Option<Fact>) -> Event {
    Event { emitter: Emitter::StakingRegistry, generations: Generations::All, signature, indexed, read }
}

const fn rollup(signature: &'static str, indexed: usize, read: fn(&Fields<'_>) -> Option<Fact>) -> Event {
    Event { emitter: Emitter::Rollup, generations: Generations::All, signature, indexed, read }
}

const fn of(generations: Generations, event: Event) -> Event {
    Event { generations, ..event }
}

/// Every event that the app asks for and understands.
pub const EVENTS: &[Event] = &[
    registry("ProviderRegistered(uint256,address,uint16)", 3, |f| {
        Some(Fact::Registered { provider: f.id(0)?, admin: f.address(1)?, take_rate: f.bps(2)? })
    }),
    registry("ProviderTakeRateUpdated(uint256,uint16)", 1, |f| {
        Some(Fact::TakeRateSet { provider: f.id(0)?, take_rate: f.bps(1)? })
    }),
    registry("ProviderRewardsRecipientUpdated(uint256,address)", 2, |f| {
        Some(Fact::RecipientSet { provider: f.id(0)?, recipient: f.address(1)? })
    }),
    registry("ProviderAdminUpdateInitiated(uint256,address)", 2, |f| {
        Some(Fact::AdminOffered { provider: f.id(0)?, admin: f.address(1)? })
    }),
    registry("ProviderAdminUpdated(uint256,address)", 2, |f| {
        Some(Fact::AdminSet { provider: f.id(0)?, admin: f.address(1)? })
    }),
    registry("AttestersAddedToProvider(uint256,address[])", 1, |f| {
        Some(Fact::KeysAdded { provider: f.id(0)?, attesters: f.addresses(1)? })
    }),
    registry("ProviderQueueDripped(uint256,address)", 2, |f| {
        Some(Fact::KeyDripped { provider: f.id(0)?, attester: f.address(1)? })
    }),
    registry("StakedWithProvider(uint256,address,address,address,address)", 3, |f| {
        Some(Fact::Staked {
            provider: f.id(0)?,
            rollup: f.address(1)?,
            attester: f.address(2)?,
            split: f.address(3)?,
            account: f.address(4)?,
        })
    }),
    rollup("ValidatorQueued(address,address)", 2, |f| {
        Some(Fact::Queued { attester: f.address(0)?, withdrawer: f.address(1)? })
    }),
    // the key's seven words lie between
    rollup(
        "Deposit(address,address,(uint256,uint256),(uint256,uint256,uint256,uint256),(uint256,uint256),uint256)",
        2,
        |f| {
            Some(Fact::Deposited {
                attester: f.address(0)?,
                withdrawer: f.address(1)?,
                amount: f.number(10)?,
            })
        },
    ),
    rollup(
        "FailedDeposit(address,address,(uint256,uint256),(uint256,uint256,uint256,uint256),(uint256,uint256))",
        2,
        |f| Some(Fact::Refunded { attester: f.address(0)?, withdrawer: f.address(1)? }),
    ),
    rollup("Slashed(address,uint256)", 1, |f| {
        Some(Fact::Slashed { attester: f.address(0)?, amount: f.number(1)? })
    }),
    rollup("WithdrawInitiated(address,address,uint256)", 2, |f| {
        Some(Fact::ExitStarted { attester: f.address(0)?, recipient: f.address(1)?, amount: f.number(2)? })
    }),
    of(
        Generations::FromV6,
        rollup("WithdrawInitiatedByAttester(address,address,uint256,uint256)", 2, |f| {
            Some(Fact::ExitStartedByKey {
                attester: f.address(0)?,
                withdrawer: f.address(1)?,
                amount: f.number(2)?,
            })
        }),
    ),
    rollup("WithdrawFinalized(address,address,uint256)", 2, |f| {
        Some(Fact::ExitFinished { attester: f.address(0)?, recipient: f.address(1)?, amount: f.number(2)? })
    }),
];
