//! Arithmetic and order that the contracts follow, redone exactly in integers.

mod backing;
mod chance;
mod delegation;
mod exit_time;
mod queue_time;
mod reward_rate;
mod signalling;
mod slashing;
mod tally;

pub use backing::{Backer, DefaultVote, backer};
pub use chance::likely;
pub use delegation::{Position, position, positions};
pub use exit_time::ExitTerms;
pub use queue_time::{JoinTime, QueueState, join_time};
pub use reward_rate::{RewardTerms, YEAR};
pub use signalling::{Outlook, RoundFacts, SignalTerms};
pub use slashing::{SlashStage, SlashTerms};
pub use tally::{Ballot, Phases, ProposalState, Standing, Tally, Thresholds, Verdict};
