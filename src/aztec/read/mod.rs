//! Reads of whole screens: one function each, pinned to one block, as few requests as their data allows.

mod account;
mod attesters;
mod discovery;
mod keys;
mod positions;
mod provider;
mod providers;
mod pulse;
mod rewards;
mod unlogged;

pub use account::{Funds, funds};
pub use attesters::{AttesterState, EntryQueue, QueueEntry, attester_states, entry_queues};
pub use discovery::deployment;
pub use keys::{KeyProblem, KeyVerdict, next_keys};
pub use positions::{Asked, Positions, positions};
pub use provider::{ProviderPage, provider};
pub use providers::{ProviderConfig, ProviderRow, Providers, providers};
pub use pulse::{Change, Pulse, RollupPulse, pulse};
pub use rewards::{Purse, Rewards, RollupRewards, SplitAsked, SplitBalance, SplitRewards};
pub use unlogged::{Seen, seen};
