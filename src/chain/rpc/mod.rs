//! JSON-RPC over an ordered pool of endpoints.
//!
//! `wire` carries one request over a [`Link`](super::host::Link) and judges the HTTP side of the
//! answer; [`Endpoint`] is one such way with what was learned about it; [`Pool`] decides whom to ask, when to try
//! again and when to give up; `guess` asks it before that is decided; `introduction` is what an endpoint has to show before it is believed; `methods` are the requests
//! the app makes, typed.

mod endpoint;
mod guess;
mod introduction;
mod methods;
pub(super) mod node_text;
mod params;
mod pool;
mod request;
mod wire;

pub use endpoint::{Endpoint, EndpointHealth, EndpointSpec, Learned};
pub(super) use guess::TOGETHER;
pub use methods::{FeeMarket, Mined, Receipt};
pub(super) use pool::Refused;
pub use pool::{Answer, Pool, PoolConfig};
pub use request::CallRequest;
