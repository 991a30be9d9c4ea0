//! Who is paid for the work of which attester: what it should be, and what it was.
//!
//! A sequencer's node names the receiver of each reward itself (`coinbase`). [`map`](payees) is what a provider's nodes
//! should be told; [`in_proposal`] and [`in_proof`] find what they said in the transactions on chain.

mod calldata;
mod map;

pub use calldata::{Proposed, in_proof, in_proposal};
pub use map::{Compared, MapError, Payee, compare, keystore, pasted, payees};
