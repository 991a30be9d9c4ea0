//! Who is paid for the work of which attester: what it should be, and what it was.
//!
//! A sequencer's node names the receiver of each reward itself (`coinbase`). [`map`](payees) is what a provider's nodes
//! should be told; [`in_proposal`] and [`in_proof`] find what they said in the transactions on chain, [`standing`] and
//! [`Draw`] whose checkpoints those were, and [`paid`] says what that comes to for a delegation.

mod audit;
mod calldata;
mod checkpoints;
mod kept;
mod map;

pub use audit::{Audit, NotChecked, Paid, Seen, Unseen, astray, home, paid, publishers};
pub use calldata::{Proposed, in_proof, in_proposal};
pub use checkpoints::{Checkpoint, Draw, Event, SIGNATURES, Step, standing};
pub use kept::Kept;
pub use map::{Compared, MapError, Payee, compare, keystore, pasted, payees};
