//! What can go wrong between a question and its answer, in three steps: one exchange with one endpoint
//! ([`Fault`]), a request to the whole pool ([`RpcError`]), one figure ([`ReadError`]).

use std::{sync::Arc, time::Duration};

use alloy_primitives::Bytes;

pub use super::rpc::node_text::NodeErrorKind;

/// Why one endpoint's answer is of no use. Another endpoint may do better.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No connection.
    #[error("no connection")]
    Unreachable,
    /// Not one of the endpoints in Settings: nothing was sent.
    #[error("not an endpoint from Settings")]
    NotAllowed,
    /// No answer in time.
    #[error("no answer within {} s", .0.as_secs())]
    TimedOut(Duration),
    /// HTTP 429 or the same in JSON-RPC.
    #[error("rate limited")]
    RateLimited {
        /// When the server said to come back.
        retry_after: Option<Duration>,
    },
    /// Another HTTP status than 200.
    #[error("HTTP status {0}")]
    Http(u16),
    /// The answer was cut off at this many bytes.
    #[error("answer larger than {0} bytes")]
    TooLarge(usize),
    /// Not JSON-RPC: a login page, a truncated body.
    #[error("not a JSON-RPC answer")]
    NotJson,
    /// The answer belongs to another request.
    #[error("answer to another request")]
    WrongId,
    /// JSON, but not of the shape the method promises.
    #[error("unexpected answer: {0}")]
    Malformed(String),
    /// The endpoint serves another chain.
    #[error("serves chain {got}, not {expected}")]
    WrongChain {
        /// The network's chain id.
        expected: u64,
        /// The endpoint's.
        got: u64,
    },
    /// The endpoint computed at another block than it was asked for.
    #[error("answered for another block than {0}")]
    WrongBlock(u64),
    /// The endpoint does not have the block (yet, or any more).
    #[error("is behind")]
    NoBlock(u64),
    /// A JSON-RPC error about the endpoint, not about the request.
    #[error("{0}")]
    Internal(String),
}

/// A JSON-RPC error about the request itself: every honest endpoint would give it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} ({code})")]
pub struct NodeError {
    /// JSON-RPC code.
    pub code: i64,
    /// The node's words, shortened; never shown as anything but quoted text.
    pub message: String,
    /// Revert data, wherever the node put it.
    pub data: Option<Bytes>,
    /// What it means.
    pub kind: NodeErrorKind,
}

/// A request that no endpoint answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RpcError {
    /// Each endpoint with its last fault, in the order of Settings.
    #[error("no endpoint answered: {}", list(.0))]
    AllFailed(Arc<[(String, Fault)]>),
    /// The request was refused for what it asks.
    #[error("{0}")]
    Node(NodeError),
    /// The network has no endpoint.
    #[error("no endpoint is set for this network")]
    NoEndpoint,
}

fn list(faults: &[(String, Fault)]) -> String {
    faults.iter().map(|(label, fault)| format!("{label}: {fault}")).collect::<Vec<_>>().join("; ")
}

impl RpcError {
    /// The refusal, where the request itself was refused.
    pub fn node(&self) -> Option<&NodeError> {
        match self {
            Self::Node(error) => Some(error),
            Self::AllFailed(_) | Self::NoEndpoint => None,
        }
    }
}

/// Why one figure could not be read. It is shown as "Not read", never as zero.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The endpoints did not answer.
    #[error(transparent)]
    Rpc(#[from] RpcError),
    /// The contract reverted; a getter that this generation lacks does so without data.
    #[error("the contract reverted")]
    Reverted(Bytes),
    /// The call returned nothing: no contract at the address, or none with this function.
    #[error("no contract with this function at the address")]
    Empty,
    /// The returned data does not fit the function's type.
    #[error("the answer does not fit the function's type")]
    Decode,
    /// Something this figure is computed from was not read.
    #[error("a part of it was not read")]
    Incomplete,
    /// Logs of this range are still missing.
    #[error("logs not read yet")]
    LogsMissing,
}

impl ReadError {
    /// Whether nobody answered, which says nothing about the contract: the next attempt may succeed.
    pub const fn is_unanswered(&self) -> bool {
        matches!(self, Self::Rpc(_))
    }
}
