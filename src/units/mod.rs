//! Exact numbers and the one way to write each of them. No floats, no IO, no clock.
//!
//! Rounding happens here only: what is shown to a receiver is cut off ([`format::amount`]), what a sender
//! pays is rounded up ([`format::amount_up`]).

mod bps;
pub mod calendar;
mod coordinate;
mod fold;
pub mod format;
mod order;
mod parse;
mod ratio;
mod token;

pub use bps::Bps;
pub use coordinate::coordinate;
pub use fold::fold;
pub use order::sorted;
pub use parse::{InputError, address, amount, bps};
pub use ratio::{Ratio, ceil_div};
pub use token::Token;
