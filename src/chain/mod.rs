//! Reading an EVM chain through endpoints that cannot be trusted to be there, to be fast or to be right.
//!
//! The way of a read: [`Batch`] collects the calls of one screen, [`Pool`] sends them pinned to one block,
//! every answer comes back as a [`Reading`] that knows its [`Source`].
//! What this layer needs from where it runs stands in [`host`]; nothing here names a browser.

pub mod abi;
pub mod archive;
mod at;
mod batch;
mod block;
mod error;
pub mod foresight;
pub mod host;
pub mod logs;
mod network;
mod reading;
mod returned;
pub mod rpc;
pub mod spans;
pub mod text;
pub mod times;

pub use at::At;
pub use batch::{Answers, Batch, MULTICALL3, Slot, bundle, results, unbundle};
pub use block::{BlockRef, Header};
pub use error::{Fault, NodeError, NodeErrorKind, ReadError, RpcError};
pub(crate) use network::check_endpoint;
pub(crate) use network::is_loopback;
pub use network::{Network, NetworkError, System, networks_from_json};
pub use reading::{Origin, Reading, Source, unanswered};
pub use returned::Returned;
pub use rpc::{CallRequest, Endpoint, EndpointHealth, EndpointSpec, FeeMarket, Learned, Pool, PoolConfig};
