//! Aztec: sequencers staked on Ethereum.
//!
//! The `Registry` lists the rollups, newest last; each rollup keeps an entry queue, its attesters and their exits.
//! All stake lies in the `GSE`, which votes with it in `Governance`. The `StakingRegistry` lists providers: whoever
//! stakes with one takes the next key of its queue and gets an immutable split contract that shares the rewards at
//! the commission of that moment.
//!
//! [`read`] asks the chain, [`rules`] computes what contracts would, [`events`] understands events and [`history`] puts them together,
//! [`positions`] finds what one withdrawer owns, [`plan`] turns intents into transactions, [`reason`] explains what the contracts refuse.

pub mod abi;
pub mod activity;
pub mod alerts;
pub mod assembly;
mod book;
mod brought;
mod claimed;
pub mod coinbase;
pub mod commission;
pub mod concentration;
pub mod danger;
mod deeds;
mod delegated;
mod deployment;
pub mod effects;
pub mod events;
mod guard;
pub mod history;
pub mod keys;
mod locks;
pub mod model;
pub mod nested;
pub mod plan;
pub mod positions;
mod proposed;
pub mod read;
pub mod reason;
pub mod record;
pub mod rules;
pub mod summary;
pub mod vaults;

pub use book::{Book, Learned, Names, ProviderName};
pub use deployment::{Claim, Deployment, FromBlock, Guess, Mismatch, Rollup, RollupClock, Severity};
