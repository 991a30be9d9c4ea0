//! Intents into transactions: what is shown before signing (golden texts), what cannot become a plan (tables), and what
//! holds for every plan (properties).
#![cfg(not(target_arch = "wasm32"))]

#[path = "../support/mod.rs"]
mod support;

mod errors;
mod golden;
mod govern;
mod guard;
mod keys;
mod properties;
