//! Transactions on the screen: what will be signed, how far it is, what came of it.

mod controls;
mod run_panel;
mod signing;
mod steps;

pub(crate) use run_panel::RunList;
