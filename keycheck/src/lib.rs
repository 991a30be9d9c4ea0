//! Whether the BN254 keys of a sequencer are what the GSE contract accepts, told without the contract.
//!
//! The page talks to this code in a Web Worker by bytes: [`KEY`] bytes for each key in, [`ANSWER`] bytes for each out.
//! The arithmetic (`examine`, feature `curve`) is in a wasm file of its own; the page only knows the [`Finding`]s.

#[cfg(feature = "curve")]
mod curve;
mod finding;

#[cfg(feature = "curve")]
pub use curve::{answer, examine};
pub use finding::{Fault, Finding, Point};

/// Bytes of a key: x and y of the public key in G1; x0, x1, y0 and y1 of the one in G2 (0 is the real part); x and y of
/// the proof of possession. Each is 32 bytes, big-endian.
pub const KEY: usize = 8 * 32;

/// Bytes of an answer: see [`Finding::to_bytes`].
pub const ANSWER: usize = 4;
