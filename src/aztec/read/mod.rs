//! Reads of whole screens: one function each, pinned to one block, as few requests as their data allows.

mod account;
mod attesters;
mod discovery;
mod keys;
mod payload;
mod power;
mod proposals;
mod provider;
mod providers;
mod pulse;
mod queues;
mod signalling;
mod stakes;

pub use account::{Funds, funds};
pub use attesters::{AttesterState, States};
pub use discovery::deployment;
pub use keys::{KeyProblem, KeyVerdict, next_keys};
pub use payload::{Action, Origin, ProposalPage, proposal};
pub use power::{Backing, Power, ProposalPower, Usable, Withdrawal, power, proposal_power, withdrawals};
pub use proposals::{Proposal, ProposalRow, Proposals, Rules, proposals};
pub use provider::{ProviderPage, provider};
pub use providers::{ProviderConfig, ProviderRow, Providers, providers};
pub use pulse::{Change, Pulse, RollupPulse, pulse};
pub use queues::{EntryQueue, QueueEntry};
pub use signalling::{Round, Signal, Signalled, Signalling, signalling};
pub use stakes::{Stakes, attester_states, entry_queues, stakes};
