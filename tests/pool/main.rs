//! The pool of endpoints: whom it asks, when it asks again, when it gives up, and what it believes.
//!
//! Endpoints are scripts where a test is about one answer, and the proxy of the local network (`tests/devnet/proxy.mjs`)
//! where it is about what really comes over HTTP.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../support/mod.rs"]
mod support;

mod archive;
mod batch;
mod faults;
mod logs;
mod search;
