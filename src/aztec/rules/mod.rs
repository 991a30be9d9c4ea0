//! Arithmetic and order that the contracts follow, redone exactly in integers.

mod delegation;
mod exit_time;
mod queue_time;

pub use delegation::{Position, positions};
pub use exit_time::ExitTerms;
pub use queue_time::{JoinTime, QueueState, join_time};
