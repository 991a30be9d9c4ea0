//! What the app reads, compared with what the makers of the network wrote down (`tests/devnet/facts.mjs`), through the
//! same chain layer that runs in the browser. Where a rule of the contracts is redone in Rust, the contracts decide.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../support/mod.rs"]
mod support;

mod activity;
mod assembly;
mod coinbases;
mod delegations;
mod discovery;
mod foresight;
mod governance;
mod history;
mod keys;
mod new_keys;
mod notices;
mod positions;
mod power;
mod providers;
mod pulse;
mod received;
mod record;
mod reward_rates;
mod split_past;
mod tally;
mod times;
mod vaults;
