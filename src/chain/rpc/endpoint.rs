use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use super::wire::Wire;
use crate::chain::{
    Fault,
    host::{Host, Link},
};

/// An endpoint as Settings lists it: a name to show, and the way to it.
#[derive(Clone)]
pub struct EndpointSpec {
    /// Its address, or another text that identifies it. May hold an access key: never shown.
    pub key: String,
    /// Host name, or the wallet's name: shown.
    pub label: String,
    /// The way.
    pub link: Arc<dyn Link>,
}

impl core::fmt::Debug for EndpointSpec {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("EndpointSpec").field("label", &self.label).finish_non_exhaustive()
    }
}

/// What an endpoint was found to be capable of, kept so that the next visit does not try in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Learned {
    /// Calls per Multicall3 request that this endpoint still answers.
    pub calls: usize,
    /// Blocks per `eth_getLogs`.
    pub log_blocks: u64,
    /// Whether `eth_simulateV1` exists; `None` before it was tried.
    pub simulates: Option<bool>,
    /// Whether it may answer two requests in one (a batch of JSON-RPC).
    pub batches: bool,
}

impl Learned {
    /// More calls than this are in no request.
    pub const MOST_CALLS: usize = 1_200;
}

impl Default for Learned {
    fn default() -> Self {
        // gas decides: so many of the heaviest getters (getAttesterView, 38,000 gas each in one request) stay under 50 M,
        // which is what nodes allow if nobody tells them otherwise
        Self { calls: Self::MOST_CALLS, log_blocks: 10_000, simulates: None, batches: true }
    }
}

/// How an endpoint is doing, for Settings and the connection dot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointHealth {
    /// As in [`EndpointSpec`].
    pub key: String,
    /// As in [`EndpointSpec`].
    pub label: String,
    /// Requests sent since the page was opened.
    pub requests: u64,
    /// Duration of the last answered request in milliseconds.
    pub last_millis: Option<u64>,
    /// Why the last request failed, if it did.
    pub fault: Option<Fault>,
    /// Milliseconds until it is asked again, while it rests.
    pub resting: Option<u64>,
    /// What was learned.
    pub learned: Learned,
}

#[derive(Default)]
struct State {
    chain_checked: bool,
    newest_seen: u64,
    /// What it said of its newest final block when it was asked for its chain, until somebody needs it.
    final_block: Option<String>,
    last_millis: Option<u64>,
    fault: Option<Fault>,
    failures: u32,
    rests_until: u64,
    learned: Learned,
}

/// One way to the chain: a wire, a limit on parallel requests, and a memory of how it went.
pub struct Endpoint {
    pub(super) key: String,
    pub(super) label: String,
    pub(super) wire: Wire,
    pub(super) gate: Semaphore,
    requests: AtomicU64,
    state: Mutex<State>,
}

impl core::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Endpoint").field("label", &self.label).finish_non_exhaustive()
    }
}

impl Endpoint {
    pub(super) fn new(spec: EndpointSpec, host: &Host, limit: Duration, parallel: usize) -> Self {
        Self {
            key: spec.key,
            label: spec.label,
            wire: Wire { link: spec.link, sleep: host.sleep.clone(), limit },
            gate: Semaphore::new(parallel),
            requests: AtomicU64::new(0),
            state: Mutex::default(),
        }
    }

    fn with<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
        // the closures below do not panic; a poisoned lock would still hold usable numbers
        f(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Counts a request and gives it its number. The numbers up to the next one belong to it too: a batch needs several.
    pub(super) fn count_request(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::Relaxed) * 4
    }

    /// Whether it may answer a batch.
    pub(super) fn takes_batches(&self) -> bool {
        self.learned().batches
    }

    /// It did not.
    pub(super) fn takes_no_batches(&self) {
        self.learn(|known| known.batches = false);
    }

    pub(super) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    pub(super) fn chain_checked(&self) -> bool {
        self.with(|state| state.chain_checked)
    }

    pub(super) fn set_chain_checked(&self, good: bool) {
        self.with(|state| state.chain_checked = good);
    }

    /// The highest block that it showed to have.
    pub(super) fn newest_seen(&self) -> u64 {
        self.with(|state| state.newest_seen)
    }

    /// It has this block.
    pub(super) fn saw(&self, height: u64) {
        self.with(|state| state.newest_seen = state.newest_seen.max(height));
    }

    /// Keeps what it said of its newest final block.
    pub(super) fn keep_final(&self, raw: String) {
        self.with(|state| state.final_block = Some(raw));
    }

    /// What was kept; once, for it grows old.
    pub(super) fn take_final(&self) -> Option<String> {
        self.with(|state| state.final_block.take())
    }

    pub(super) fn resting(&self, now: u64) -> Option<u64> {
        self.with(|state| state.rests_until.checked_sub(now).filter(|left| *left > 0))
    }

    /// After an answer.
    pub(super) fn answered(&self, millis: u64) {
        self.with(|state| {
            state.last_millis = Some(millis);
            state.fault = None;
            state.failures = 0;
            state.rests_until = 0;
        });
    }

    /// After a fault: the endpoint rests, longer each time, up to a minute.
    pub(super) fn failed(&self, fault: &Fault, now: u64) {
        self.with(|state| {
            state.failures += 1;
            let rest = match fault {
                Fault::RateLimited { retry_after: Some(wait) } => {
                    wait.as_millis().try_into().unwrap_or(u64::MAX)
                }
                // will not change by waiting a little
                Fault::WrongChain { .. } | Fault::NotAllowed => 60_000,
                // it is only behind: ask the next one now, this one again at the next block
                Fault::NoBlock(_) | Fault::WrongBlock(_) => 1_000,
                _ => 1_000 << state.failures.min(6),
            };
            state.rests_until = now.saturating_add(rest.min(60_000));
            state.fault = Some(fault.clone());
        });
    }

    /// What this endpoint was found to be capable of.
    pub fn learned(&self) -> Learned {
        self.with(|state| state.learned)
    }

    /// Corrects what is known about it.
    pub fn learn(&self, f: impl FnOnce(&mut Learned)) {
        self.with(|state| f(&mut state.learned));
    }

    pub(super) fn health(&self, now: u64) -> EndpointHealth {
        let resting = self.resting(now);
        self.with(|state| EndpointHealth {
            key: self.key.clone(),
            label: self.label.clone(),
            requests: self.requests(),
            last_millis: state.last_millis,
            fault: state.fault.clone(),
            resting,
            learned: state.learned,
        })
    }
}
