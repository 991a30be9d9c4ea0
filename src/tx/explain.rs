use alloy_primitives::{Address, Bytes, U256};
use serde::{Deserialize, Serialize};

/// Why something failed or would fail, for a person: what happened, what moved, what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// One sentence: `The provider changed its commission from 8.00 % to 9.00 %.`
    pub what: String,
    /// What to do about it.
    pub todo: String,
    /// The contract's own words, decoded: `StakingRegistry__UnexpectedTakeRate(800, 900)`, or selector and data.
    pub raw: Option<String>,
}

impl Explanation {
    /// An explanation without a contract error behind it.
    pub fn new(what: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { what: what.into(), todo: todo.into(), raw: None }
    }

    /// The same with what was said underneath.
    #[must_use]
    pub fn with_raw(self, raw: impl Into<String>) -> Self {
        Self { raw: Some(raw.into()), ..self }
    }
}

/// Why a step is not put before the wallet. Nothing was signed and nothing moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// The simulation reverts.
    Reverts {
        /// Revert data.
        data: Bytes,
        /// In words.
        because: Explanation,
    },
    /// It would succeed and still harm: the system's own check says no.
    Unwise(Explanation),
    /// It needs more gas than the protocol lets one transaction use.
    TooMuchGas {
        /// What its simulation used.
        gas: u64,
        /// What one transaction may use.
        cap: u64,
    },
    /// The account cannot pay for the gas.
    NoEther {
        /// Wei at most.
        needed: U256,
        /// Wei there are.
        held: U256,
    },
    /// The wallet's account is another one than the plan's.
    OtherAccount {
        /// The plan's.
        expected: Address,
        /// The wallet's; `None` when it is locked or disconnected.
        found: Option<Address>,
    },
    /// The wallet is on another chain than the plan.
    OtherChain {
        /// The plan's.
        expected: u64,
        /// The wallet's.
        found: u64,
    },
    /// The chain could not be asked.
    NotReadable(String),
    /// The wallet did not answer the questions before signing.
    WalletSilent(String),
    /// Whether an attempt before was mined cannot be told: no endpoint has the states of the blocks since.
    TooFarBack,
    /// The same account has a run going on in another tab.
    Elsewhere,
    /// Another tab carried this very run to its end, or put it away.
    PutAway,
}
