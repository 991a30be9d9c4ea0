use alloy_primitives::{Address, Bytes, U256};
use serde::{Deserialize, Serialize};

use crate::chain::{BlockRef, CallRequest};

/// What a transaction does, as bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The contract.
    pub to: Address,
    /// Wei sent along.
    pub value: U256,
    /// Calldata.
    pub data: Bytes,
}

impl Call {
    /// A call that sends no ether.
    pub fn new(to: Address, data: impl Into<Bytes>) -> Self {
        Self { to, value: U256::ZERO, data: data.into() }
    }

    /// The same as a JSON-RPC request.
    pub fn request(&self, from: Address) -> CallRequest {
        CallRequest {
            from: Some(from),
            value: (!self.value.is_zero()).then_some(self.value),
            ..CallRequest::read(self.to, self.data.clone())
        }
    }
}

/// One transaction of a [`Plan`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What it is to the person: `Stake, sequencer 1 of 3`.
    pub title: String,
    /// What is signed.
    pub call: Call,
}

/// An allowance that a run gives out and uses up as it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    /// The token.
    pub token: Address,
    /// Who may take it.
    pub spender: Address,
}

/// What the person is about to do, as data. Nothing has been sent.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What it is to the person: `Delegate 600,000 AZTEC to Provider 2`.
    pub title: String,
    /// The network's id in Settings.
    pub network: String,
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// Who signs.
    pub from: Address,
    /// The block whose figures it was made from.
    pub read_at: BlockRef,
    /// The transactions in order. Never empty.
    pub steps: Vec<Step>,
    /// Set when stopping half-way can leave an allowance behind.
    pub allowance: Option<Allowance>,
}
