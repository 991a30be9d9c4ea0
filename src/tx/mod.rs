//! The one way from an intent to a mined transaction.
//!
//! ```text
//! intent + figures ── plan (pure, per system) ──► Plan
//! Plan ── simulate ──► Review ── the person confirms ──► for each step:
//!     check (simulate again, compare with what was shown, compare account and chain, ask the system's guard)
//!     ask   (the wallet signs exactly the bytes that were shown)
//!     track (receipt, revert, replacement, cancellation, loss; told apart by nonce)
//! ```
//!
//! [The machine](machine) is a pure reducer that knows the order of all this; [the driver](driver) does what it
//! commands and is the only caller of `Wallet::send`. What is shown before signing is decoded from the calldata
//! itself ([`preview`]), never taken from a form. A run is written to a journal before the wallet is asked, so that
//! a reload finds it again.

mod change;
pub mod driver;
mod explain;
pub mod journal;
mod lexicon;
pub mod machine;
mod plan;
pub mod preview;
pub mod safe;
pub mod safe_app;
pub mod search;
pub mod simulate;
pub mod track;
mod unlocked;
mod wallet;

pub use change::worse;
pub use explain::{Explanation, Refusal};
pub use lexicon::Lexicon;
pub use plan::{Allowance, Call, Plan, Step};
pub use unlocked::UnlockedAccounts;
pub use wallet::{Eip1193, Wallet, WalletError};
