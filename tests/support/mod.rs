//! What the native tests share: the twin of the browser's host, a chain of their own, wallets and people.
//!
//! [`devnet`] is the network that all tests of a binary read; whoever changes the chain takes a [`Fork`] of it.
#![allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "each test binary is compiled with all of it and uses a part"
)]

mod chain;
mod deeds;
mod devnet;
mod fork;
mod host;
mod keeping;
mod node;
mod planning;
mod proxy;
mod script;
mod wallet;

pub use chain::{Chain, Rpc};
pub use deeds::{Deeds, IRollup, IStakingRegistry, IToken, Key, key_of, made_up_key};
pub use devnet::{Devnet, Provider, Sequencer, devnet, foundry, tests_folder};
pub use fork::Fork;
pub use host::{HttpLink, VirtualTime, counted_random, real_host};
pub use keeping::{Memory, Mutexes, Shelf};
pub use node::NodeTool;
pub use planning::Planner;
pub use proxy::{Limits, Proxy};
pub use script::{Asked, ChangedBatches, Forgetful, Reply, Rewriting, Script, endpoint};
pub use wallet::{Answer, TestWallet};
