//! What a run is at one moment. All of it that outlives the page goes through the journal.

use alloy_primitives::B256;
use serde::{Deserialize, Serialize};

use crate::{
    chain::{BlockRef, rpc::FeeMarket},
    tx::{
        Explanation, Plan, Refusal, WalletError,
        simulate::Simulated,
        track::{Outcome, Sent},
    },
};

/// What is known about one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepState {
    /// Nothing yet.
    Planned,
    /// The wallet was asked; its answer is not known (any more).
    Asked {
        /// The place it should take in the account, behind everything that waited when it was asked.
        nonce: u64,
        /// The account's count of mined transactions when it was asked.
        used: u64,
        /// Newest block when it was asked; when the first of several attempts was.
        since_block: u64,
        /// An attempt before this one, with the same nonce, may still be mined.
        again: bool,
        /// The account is a contract, see [`Sent::by_contract`].
        by_contract: bool,
    },
    /// The wallet sent it.
    Sent(Sent),
    /// Mined and successful.
    Confirmed(Outcome),
    /// Mined and reverted.
    Reverted {
        /// The transaction.
        outcome: Outcome,
        /// Why; `None` when it did not revert on replay, or no endpoint could replay it.
        because: Option<Explanation>,
    },
}

/// Why a run waits for the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pause {
    /// The step was not put before the wallet.
    Refused(Refusal),
    /// The wallet said no: it sent nothing.
    Wallet(WalletError),
    /// The wallet failed in a way that does not say whether it sent anything.
    Unclear(WalletError),
    /// The transaction reverted.
    Reverted,
    /// Its nonce went to an empty transaction.
    Cancelled {
        /// That one.
        by: B256,
    },
    /// Its nonce went to something else.
    Replaced {
        /// That one, if found.
        by: Option<B256>,
    },
    /// The account, a contract, says that it was carried out in a transaction that does not show what was proposed.
    Unproven {
        /// That one.
        by: B256,
    },
    /// No endpoint shows it and its nonce is free. It is still looked for, and found again as soon as one does.
    Dropped {
        /// The nonce; a new attempt takes the same one.
        nonce: u64,
        /// The block from which on it may be sent again.
        again_from: u64,
        /// Whether that block is there.
        again: bool,
    },
    /// The person asked to stop here.
    Stopped,
    /// The page was loaded again between steps.
    Reloaded,
    /// Whether the wallet sent it is not known: the page was closed while it was open, or something of the account
    /// waits that may be it.
    Uncertain,
}

/// Where a run is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// The steps from this one on are simulated.
    Simulating(usize),
    /// They would fail: nothing can be signed.
    Blocked(usize, Refusal),
    /// They are shown to the person.
    Review(usize),
    /// One step is checked again.
    Checking(usize),
    /// The wallet is open for one step.
    Asking(usize),
    /// One step is on its way.
    Waiting(usize),
    /// The person decides about one step.
    Paused(usize, Pause),
    /// All steps are confirmed.
    Done,
    /// Put away by the person.
    Closed,
}

/// A plan being carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Random; names it in the journal and in addresses.
    pub run_id: u64,
    /// What is carried out.
    pub plan: Plan,
    /// By step of the plan.
    pub steps: Vec<StepState>,
    /// Where it is.
    pub phase: Phase,
    /// Whether to pause before the next step.
    pub stop_after: bool,
    /// What the steps would do, by step. Like the three below it belongs to this page only: a run that comes out of
    /// the journal is shown and confirmed anew before anything more is signed, whoever wrote the journal.
    #[serde(skip)]
    pub simulated: Vec<Option<Simulated>>,
    /// Block and price of gas of the last simulation of the whole.
    #[serde(skip)]
    pub priced: Option<Priced>,
    /// Whether the person confirmed in this page what the remaining steps do.
    #[serde(skip)]
    pub reviewed: bool,
    /// Why it is to be confirmed again: what a step would do otherwise than what was confirmed.
    #[serde(skip)]
    pub changed: Option<Explanation>,
}

/// The circumstances of a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Priced {
    /// On which block.
    pub block: BlockRef,
    /// Price of gas then; `None` when the endpoint gave none.
    pub fees: Option<FeeMarket>,
}

/// A simulation of the steps that are left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsal {
    /// By step, from the first one that is left.
    pub calls: Vec<Simulated>,
    /// Block and price.
    pub priced: Priced,
}

/// A step that may be signed now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// What it would do.
    pub simulated: Simulated,
    /// The account's count of mined transactions.
    pub used: u64,
    /// The same with those that wait: where the wallet will put the next one.
    pub next: u64,
    /// The place of an attempt before it went to something else, so that it cannot be mined any more.
    pub gone: bool,
    /// The account is a contract, see [`Sent::by_contract`].
    pub by_contract: bool,
    /// Newest block.
    pub block: u64,
}

impl Run {
    /// A run at its beginning; [`super::Command::Simulate`] comes first.
    pub fn new(run_id: u64, plan: Plan) -> Self {
        let steps = vec![StepState::Planned; plan.steps.len()];
        let simulated = vec![None; plan.steps.len()];
        Self {
            run_id,
            plan,
            steps,
            phase: Phase::Simulating(0),
            stop_after: false,
            simulated,
            priced: None,
            reviewed: false,
            changed: None,
        }
    }

    /// Whether a transaction of it may exist that is not mined, or the wallet is open.
    pub fn in_flight(&self) -> bool {
        matches!(self.phase, Phase::Asking(_) | Phase::Waiting(_))
    }

    /// Whether anything was put before the wallet.
    pub fn started(&self) -> bool {
        self.steps.iter().any(|step| *step != StepState::Planned) || matches!(self.phase, Phase::Asking(_))
    }

    /// Steps that are mined and successful.
    pub fn confirmed(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step, StepState::Confirmed(_))).count()
    }
}
