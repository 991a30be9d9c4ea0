//! Transactions on the screen: what will be signed, how far it is, what came of it.

mod controls;
mod runs;
mod signing;
mod steps;

pub(crate) use runs::{follow, runs};
pub(crate) use signing::decoded;
