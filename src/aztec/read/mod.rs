//! Reads of whole screens: one function each, pinned to one block, as few requests as their data allows.

mod account;
mod attesters;
mod discovery;
mod keys;
mod provider;
mod providers;
mod pulse;
mod queues;
mod stakes;

pub use account::{Funds, funds};
pub use attesters::{AttesterState, States};
pub use discovery::deployment;
pub use keys::{KeyProblem, KeyVerdict, next_keys};
pub use provider::{ProviderPage, provider};
pub use providers::{ProviderConfig, ProviderRow, Providers, providers};
pub use pulse::{Change, Pulse, RollupPulse, pulse};
pub use queues::{EntryQueue, QueueEntry};
pub use stakes::{Stakes, attester_states, entry_queues, stakes};
