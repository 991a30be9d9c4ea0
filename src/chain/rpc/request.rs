use alloy_primitives::{Address, Bytes, U64, U256};
use serde::Serialize;

/// A call or transaction as JSON-RPC takes it. Only what the app sets: nodes and wallets fill in the rest.
///
/// The bytes go into `data`: not every wallet knows its newer name `input`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CallRequest {
    /// Who calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Address>,
    /// The contract.
    pub to: Address,
    /// Wei sent along.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<U256>,
    /// Calldata.
    pub data: Bytes,
    /// The place in the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<U64>,
    /// The chain it is meant for (EIP-155).
    #[serde(rename = "chainId", skip_serializing_if = "Option::is_none")]
    pub chain_id: Option<U64>,
}

impl CallRequest {
    /// A call by nobody in particular.
    pub const fn read(to: Address, data: Bytes) -> Self {
        Self { from: None, to, value: None, data, nonce: None, chain_id: None }
    }
}
