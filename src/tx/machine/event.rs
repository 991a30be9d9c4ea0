//! What can happen to a run, and what is to be done then.

use alloy_primitives::B256;

use super::state::{Checked, Rehearsal, Run};
use crate::tx::{
    Explanation, Refusal, WalletError,
    track::{Outcome, Sent},
};

/// What happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The simulation of all steps that are left came back.
    Simulated(Result<Rehearsal, Refusal>),
    /// The person asks for a fresh simulation.
    Refresh,
    /// The person confirms what is shown.
    Confirm,
    /// The check of a step came back: it would do what was confirmed, and the nonces and block to remember. It begins with a look for
    /// an attempt before it, and is [`Event::Found`] where there was one, [`Event::MayWait`] where there may be one.
    Checked(usize, Result<Checked, Refusal>),
    /// The check of a step found that it would do something else than what was confirmed: what, in words.
    Changed(usize, Explanation),
    /// The wallet was not asked after all: what was checked a moment before is not so any more.
    NotAsked(usize, Refusal),
    /// The wallet answered.
    Signed(usize, Result<Sent, WalletError>),
    /// A look at the chain came back.
    Seen(usize, News),
    /// The search for a transaction that the wallet may have sent came back.
    Found(usize, Option<Sent>),
    /// Something of the account waits that may be an attempt before this one: nothing is signed until it is mined.
    MayWait(usize),
    /// The person wants to stop before the next step.
    Stop,
    /// The person wants to go on, or to try the step again.
    Again,
    /// The wallet's account or chain changed.
    SessionChanged(Refusal),
    /// Another tab carried the run on: this is how far it is.
    Adopt(Box<Run>),
    /// The person does not want to wait for a transaction that nobody can look for: a contract account's, or one too
    /// far back.
    SetAside,
    /// The person puts the run away.
    Close,
}

/// What a look at the chain says about a sent transaction; see [`crate::tx::track::Sighting`], of which this is the form
/// that is worth keeping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// It waits.
    Pending {
        /// Its nonce.
        nonce: u64,
    },
    /// No endpoint knows it and its nonce is free.
    Missing {
        /// Newest block.
        block: u64,
    },
    /// Its nonce is used, further back than any endpoint lets one look: whether by itself cannot be told.
    TooFarBack,
    /// It was mined.
    Mined(Outcome),
    /// It was mined and reverted.
    Reverted(Outcome, Option<Explanation>),
    /// The same call went out again under this hash.
    SpedUp(B256),
    /// An empty transaction took its nonce.
    Cancelled(B256),
    /// Something else took its nonce.
    Replaced(Option<B256>),
    /// What carried the proposal out is gone: it waits again.
    Undone,
    /// The account says that this carried the proposal out, and what was proposed is not to be seen in it.
    Unproven(B256),
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Simulate all steps from this one on.
    Simulate(usize),
    /// Check one step.
    Check(usize),
    /// Ask the wallet for one step; with a nonce when it takes the place of a lost transaction.
    Ask(usize, Option<u64>),
    /// Look for a sent transaction after a while.
    Track(usize),
    /// Look for a transaction that may have been sent.
    FindLost(usize),
    /// Write the run to the journal.
    Save,
    /// Remove it from the journal.
    Forget,
}
