//! The whole way of a transaction, natively: the real driver, the real contracts, a wallet that does what a test says,
//! and a chain of its own for every test.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../support/mod.rs"]
mod support;

mod commission;
mod done;
mod lies;
mod lost;
mod mined;
mod own;
mod positions;
mod refused;
mod reload;
mod safe;
mod scene;
mod tabs;
mod vaults;
