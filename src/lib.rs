//! Rota: stake with, run and govern decentralised sequencers, from static files alone.
//!
//! # Layers
//!
//! Each may use those above it, never those below. `tests/layering.rs` enforces it.
//!
//! | module | holds | knows the browser |
//! |---|---|---|
//! | [`units`] | exact numbers, durations, how they are written and parsed | no |
//! | [`chain`] | endpoints, blocks, multicall, logs, ABI decoding | no |
//! | [`tx`] | the one way from an intent to a mined transaction | no |
//! | [`aztec`] | one system: contracts, reads, rules, plans | no |
//! | [`platform`] | fetch, wallet objects, storage, clock | yes, and nothing else does |
//! | `state` | signals: network, head, session, transactions | through `platform` |
//! | `ui` | pages and widgets | through `leptos` |
//!
//! # What happens when something fails
//!
//! * A figure that could not be read is an `Err` in its [`chain::Reading`] and says "Not read" in its place;
//!   it is never zero and never empties the page around it.
//! * A refresh that fails keeps the last good figures and marks them stale (`state::remote`).
//! * An endpoint that fails rests and the next one is asked ([`chain::Pool`]); only when all fail does a read fail.
//! * A transaction that would revert is never offered to the wallet; one that reverts on chain is told as a
//!   failure with its reason ([`tx`]).
//! * A panic ends the page: the hook installed by [`start`] shows a notice that offers a reload.

pub mod aztec;
pub mod chain;
pub mod platform;
mod state;
pub mod tx;
mod ui;
pub mod units;

/// Installs the panic notice and mounts the app into `#app`.
pub fn start() {
    platform::panic::install();
    // to be there at all is enough for one turn
    platform::next_turn(ui::mount);
}
