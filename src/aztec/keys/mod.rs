//! Keys that a provider is about to offer: read from its public files, judged one by one.
//!
//! ```text
//! files ── parse ──► Line (a key, or what its text lacks)
//! Line ── the worker (BN254) ──► Finding
//!      ── read::key_standing (queues, GSE, rollups) ──► KeyProblem, and the GSE's own verdict
//! all of it ── judge ──► Verdict: good, with a risk, left out, broken; each with its reason
//! ```
//!
//! Nothing of this leaves the page. A file with private keys is refused as soon as its shape shows ([`parse`]).

mod entry;
mod file;
mod judge;
mod secret;

pub use file::{FileError, Line, MOST_BYTES, MOST_KEYS, Malformed, parse};
pub use judge::{Facts, Issue, Oracle, Verdict, gas_bound, judge, repeats, to_bytes};
pub use secret::looks_private;
