//! The stakes of one withdrawer: what the events say about each, what became of it, and what is due to whom.

mod asked;
mod due;
pub mod export;
mod gains;
mod notices;
mod observed;
mod received;
mod sheet;
mod split;
mod stakes;
mod standing;
mod story;

pub use super::history::Fate;
pub use asked::asked;
pub use due::{Due, all_but_one, due};
pub use gains::{Gain, Total};
pub use notices::{Notice, SNAPSHOT_AHEAD, notices};
pub use observed::{
    Began, ENOUGH_SECONDS, Given, KeptReading, Observed, Outcome, Outcomes, by_proofs, observed, pooled,
};
pub use received::{Others, Receiver, of_all, of_others};
pub use sheet::{Line, Sheet, sheet};
pub use split::SplitTerms;
pub use stakes::{ExitStep, Stake, stakes, stakes_of};
pub use standing::standings;
pub use story::{ENOUGH_PROPOSALS, Happened, Income, Kind, income, never_paid, said, story};
