//! What reading a chain needs from its host: small traits, implemented for the browser in `platform` and
//! natively by the tests' twin. Futures are boxed with `Send` where the target has threads.

use std::{sync::Arc, time::Duration};

pub use futures::future::BoxFuture;

/// An answer with any HTTP status.
#[derive(Clone, Debug)]
pub struct LinkAnswer {
    /// HTTP status; 200 where the way is not HTTP.
    pub status: u16,
    /// `Retry-After`, where the server sent it as seconds and lets a page of another origin read it.
    pub retry_after: Option<Duration>,
    /// The body as text.
    pub body: String,
}

/// No answer at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// No connection, no permission by CORS, a redirect: a page cannot tell which.
    #[error("no connection")]
    Unreachable,
    /// The address is not one of those in Settings; nothing was sent.
    #[error("not an endpoint from Settings")]
    NotAllowed,
    /// More than this many bytes; reading was stopped.
    #[error("answer larger than {0} bytes")]
    TooLarge(usize),
}

/// Carries one JSON-RPC request to one endpoint and its answer back. Dropping the future ends the request.
pub trait Link: Send + Sync {
    /// Sends `body`.
    fn exchange(&self, body: String) -> BoxFuture<'static, Result<LinkAnswer, LinkError>>;

    /// Whether it may lead to another chain from one request to the next, as a wallet does when somebody switches it.
    fn may_wander(&self) -> bool {
        false
    }
}

/// Waiting.
pub trait Sleep: Send + Sync {
    /// Resolves after `duration`.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;

    /// Lets whatever else waits for the page go first, painting too: between two things that take a while.
    fn turn(&self) -> BoxFuture<'static, ()> {
        self.sleep(Duration::ZERO)
    }
}

/// The host's own clock. Never a source for chain time: that comes from block timestamps.
pub trait Clock: Send + Sync {
    /// Milliseconds since an arbitrary start; never goes backwards.
    fn ticks(&self) -> u64;
    /// Milliseconds since 1970 by the host's clock, for "read 5 s ago" across a reload.
    fn wall(&self) -> u64;
}

/// Randomness, for jitter and identifiers. Not for keys.
pub trait Random: Send + Sync {
    /// 64 uniform bits.
    fn next(&self) -> u64;
}

/// Why nothing is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotKept {
    /// The browser forbids it: a private window, a setting.
    #[error("the browser does not let pages keep data here (a private window?)")]
    Forbidden,
    /// There is no more room, or writing failed.
    #[error("the browser has no more room")]
    Full,
    /// Only what is final is kept.
    #[error("no endpoint says which blocks are final")]
    NothingFinal,
}

/// A key and the bytes under it.
pub type KeptBytes = (String, Vec<u8>);

/// Bytes under keys that outlive the page. Several pages may use it at the same time.
pub trait LogStore: Send + Sync {
    /// Everything whose key begins with `prefix`, in the order of the keys.
    fn load(&self, prefix: String) -> BoxFuture<'static, Result<Vec<KeptBytes>, NotKept>>;
    /// Removes everything whose key begins with one of `gone`, then writes `new`: all or nothing.
    fn write(&self, new: Vec<KeptBytes>, gone: Vec<String>) -> BoxFuture<'static, Result<(), NotKept>>;
}

/// The host, handed to a [`crate::chain::Pool`].
#[derive(Clone)]
pub struct Host {
    /// Waiting.
    pub sleep: Arc<dyn Sleep>,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
}

impl core::fmt::Debug for Host {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Host").finish_non_exhaustive()
    }
}

/// Runs `work`, or gives up after `limit`.
pub async fn timeout<T>(sleep: &dyn Sleep, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    use futures::future::{Either, select};
    let work = std::pin::pin!(work);
    match select(work, sleep.sleep(limit)).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(((), _)) => None,
    }
}
