//! The order of things, as a pure function: what a run of transactions does next, given what happened.
//!
//! No path leads to [`Command::Ask`] (the wallet) except through the person's [`Event::Confirm`] and a fresh
//! [`Event::Checked`] of the very step that is signed, and a step whose transaction may exist is never asked for
//! again without the person saying so. `tests/machine.rs` searches for such a path.

use alloy_primitives::B256;
use serde::{Deserialize, Serialize};

use crate::chain::{BlockRef, rpc::FeeMarket};

use super::{
    Explanation, Plan, Refusal, WalletError,
    simulate::Simulated,
    track::{Outcome, Sent},
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
        #[serde(default)]
        again: bool,
    },
    /// The wallet sent it.
    Sent(Sent),
    /// Mined and successful.
    Confirmed(Outcome),
    /// Mined and reverted.
    Reverted {
        /// The transaction.
        outcome: Outcome,
        /// Why; `None` when the endpoint could not replay it.
        because: Option<Explanation>,
    },
}

/// Why a run waits for the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pause {
    /// The step was not put before the wallet.
    Refused(Refusal),
    /// The wallet said no.
    Wallet(WalletError),
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
    /// No pool holds it and its nonce is free.
    Dropped {
        /// The nonce; a new attempt takes the same one.
        nonce: u64,
    },
    /// The person asked to stop here.
    Stopped,
    /// The page was loaded again between steps.
    Reloaded,
    /// The page was closed while the wallet was open: whether it signed is not known.
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
    /// What the steps would do, by step. Like the two below it belongs to this page only: a run that comes out of
    /// the journal is shown and confirmed anew before anything more is signed, whoever wrote the journal.
    #[serde(skip)]
    pub simulated: Vec<Option<Simulated>>,
    /// Block and price of gas of the last simulation of the whole.
    #[serde(skip)]
    pub priced: Option<Priced>,
    /// Whether the person confirmed in this page what the remaining steps do.
    #[serde(skip)]
    pub reviewed: bool,
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

/// What happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The simulation of all steps that are left came back.
    Simulated(Result<Rehearsal, Refusal>),
    /// The person asks for a fresh simulation.
    Refresh,
    /// The person confirms what is shown.
    Confirm,
    /// The check of a step came back: what it would do, and the nonces and block to remember. It begins with a look for
    /// an attempt before it, and is [`Event::Found`] where there was one, [`Event::MayWait`] where there may be one.
    Checked(usize, Result<Checked, Refusal>),
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
    /// The person puts the run away.
    Close,
}

/// What a look at the chain says about a sent transaction; see [`super::track::Sighting`], of which this is the form
/// that is worth keeping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// It waits.
    Pending {
        /// Its nonce.
        nonce: u64,
    },
    /// No endpoint knows it and its nonce is free.
    Missing,
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
    /// Newest block.
    pub block: u64,
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

/// Looks in a row that must miss a transaction before it counts as dropped: one endpoint of several may not have
/// heard of it yet.
const MISSES: u8 = 3;

impl Run {
    /// A run at its beginning; [`Command::Simulate`] comes first.
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

    /// The run after a reload, and what to do first.
    pub fn restored(mut self) -> (Self, Vec<Command>) {
        self.simulated = vec![None; self.plan.steps.len()];
        self.reviewed = false;
        let commands = match self.phase.clone() {
            Phase::Asking(step) => {
                self.phase = Phase::Paused(step, Pause::Uncertain);
                vec![Command::FindLost(step), Command::Save]
            }
            Phase::Checking(step) => {
                self.phase = Phase::Paused(step, Pause::Reloaded);
                vec![Command::Save]
            }
            // begun by Again in another page, not confirmed there
            Phase::Simulating(step) | Phase::Blocked(step, _) | Phase::Review(step) => {
                self.phase = Phase::Paused(step, Pause::Reloaded);
                Vec::new()
            }
            Phase::Paused(step, Pause::Uncertain) => vec![Command::FindLost(step)],
            Phase::Waiting(step) => vec![Command::Track(step)],
            Phase::Paused(..) | Phase::Done | Phase::Closed => Vec::new(),
        };
        (self, commands)
    }

    /// Takes an event and says what to do. Events that do not fit where the run is are ignored.
    pub fn next(&mut self, event: Event) -> Vec<Command> {
        match (self.phase.clone(), event) {
            (Phase::Simulating(first), Event::Simulated(result)) => {
                self.rehearsed(first, result);
                Vec::new()
            }
            (Phase::Review(first) | Phase::Blocked(first, _), Event::Refresh) => self.simulate(first),
            (Phase::Review(first), Event::SessionChanged(refusal)) => {
                self.phase = Phase::Blocked(first, refusal);
                Vec::new()
            }
            (Phase::Review(first), Event::Confirm) => {
                self.reviewed = true;
                self.check(first)
            }

            (Phase::Checking(step), Event::SessionChanged(refusal)) => {
                self.pause(step, Pause::Refused(refusal))
            }
            (Phase::Checking(step), Event::Stop) => self.pause(step, Pause::Stopped),
            // an attempt before this one was there after all
            (Phase::Checking(step), Event::Found(of, Some(sent))) if of == step => self.wait(step, sent),
            (Phase::Checking(step), Event::MayWait(of)) if of == step => self.uncertain(step),
            (Phase::Checking(step), Event::Checked(of, result)) if of == step => match result {
                Err(refusal) => self.pause(step, Pause::Refused(refusal)),
                Ok(checked) => self.ask(step, checked),
            },

            (Phase::Asking(step) | Phase::Waiting(step), Event::Stop) => {
                self.stop_after = step + 1 < self.steps.len();
                vec![Command::Save]
            }
            (Phase::Asking(step), Event::Signed(of, result)) if of == step => match result {
                Ok(sent) => self.wait(step, sent),
                Err(error) => {
                    // what the wallet refuses now says nothing about an attempt before
                    if !matches!(self.steps[step], StepState::Asked { again: true, .. }) {
                        self.steps[step] = StepState::Planned;
                    }
                    self.pause(step, Pause::Wallet(error))
                }
            },

            (Phase::Waiting(step), Event::Seen(of, news)) if of == step => self.seen(step, news),

            (Phase::Paused(step, Pause::Uncertain), Event::Found(of, found)) if of == step => match found {
                Some(sent) => self.wait(step, sent),
                None => vec![Command::FindLost(step)],
            },
            (Phase::Paused(step, _), Event::Again) => {
                self.stop_after = false;
                if self.reviewed { self.check(step) } else { self.simulate(step) }
            }

            (Phase::Simulating(_) | Phase::Checking(_) | Phase::Paused(..), Event::Adopt(other))
                if other.run_id == self.run_id =>
            {
                let (other, commands) = other.restored();
                *self = other;
                commands
            }

            (
                Phase::Review(_)
                | Phase::Blocked(..)
                | Phase::Simulating(_)
                | Phase::Paused(..)
                | Phase::Done,
                Event::Close,
            ) => {
                self.phase = Phase::Closed;
                vec![Command::Forget]
            }
            _ => Vec::new(),
        }
    }

    fn simulate(&mut self, first: usize) -> Vec<Command> {
        self.phase = Phase::Simulating(first);
        vec![Command::Simulate(first)]
    }

    fn rehearsed(&mut self, first: usize, result: Result<Rehearsal, Refusal>) {
        match result {
            Ok(rehearsal) => {
                for (slot, simulated) in self.simulated.iter_mut().skip(first).zip(rehearsal.calls) {
                    *slot = Some(simulated);
                }
                self.priced = Some(rehearsal.priced);
                self.phase = Phase::Review(first);
            }
            Err(refusal) => self.phase = Phase::Blocked(first, refusal),
        }
    }

    fn check(&mut self, step: usize) -> Vec<Command> {
        self.phase = Phase::Checking(step);
        vec![Command::Check(step), Command::Save]
    }

    fn pause(&mut self, step: usize, pause: Pause) -> Vec<Command> {
        self.phase = Phase::Paused(step, pause);
        vec![Command::Save]
    }

    fn ask(&mut self, step: usize, checked: Checked) -> Vec<Command> {
        // an attempt before this one may still be out there: taking its nonce means that only one can be mined
        let earlier = match &self.steps[step] {
            StepState::Asked { .. } if checked.gone => None,
            StepState::Sent(lost) => Some((lost.nonce, lost.since_block)),
            StepState::Asked { nonce, since_block, .. } => Some((*nonce, *since_block)),
            _ => None,
        };
        match earlier {
            // its nonce is used by now, and perhaps by itself: find out before anything is signed
            Some((nonce, _)) if nonce < checked.used => self.look_again(step),
            _ => {
                if let Some(slot) = self.simulated.get_mut(step) {
                    *slot = Some(checked.simulated);
                }
                let (nonce, since_block) = earlier.unwrap_or((checked.next, checked.block));
                let (used, again) = (checked.used, earlier.is_some());
                self.steps[step] = StepState::Asked { nonce, used, since_block, again };
                self.phase = Phase::Asking(step);
                // saved before the wallet opens: a reload must know that it was asked
                vec![Command::Save, Command::Ask(step, earlier.map(|(nonce, _)| nonce))]
            }
        }
    }

    fn look_again(&mut self, step: usize) -> Vec<Command> {
        if matches!(self.steps[step], StepState::Sent(_)) {
            self.phase = Phase::Waiting(step);
            return vec![Command::Save, Command::Track(step)];
        }
        self.uncertain(step)
    }

    fn uncertain(&mut self, step: usize) -> Vec<Command> {
        self.phase = Phase::Paused(step, Pause::Uncertain);
        vec![Command::Save, Command::FindLost(step)]
    }

    fn wait(&mut self, step: usize, sent: Sent) -> Vec<Command> {
        self.steps[step] = StepState::Sent(sent);
        self.phase = Phase::Waiting(step);
        vec![Command::Save, Command::Track(step)]
    }

    fn seen(&mut self, step: usize, news: News) -> Vec<Command> {
        let StepState::Sent(sent) = &mut self.steps[step] else { return Vec::new() };
        match news {
            News::Pending { nonce } => {
                sent.missing = 0;
                sent.nonce = nonce;
                vec![Command::Track(step)]
            }
            News::Missing => {
                // a contract account's transaction has another sender and nonce: nothing can be said about it
                if !sent.by_contract {
                    sent.missing = sent.missing.saturating_add(1);
                }
                let nonce = sent.nonce;
                if sent.missing < MISSES {
                    vec![Command::Track(step)]
                } else {
                    self.pause(step, Pause::Dropped { nonce })
                }
            }
            News::SpedUp(by) => {
                sent.hash = by;
                vec![Command::Save, Command::Track(step)]
            }
            News::Mined(outcome) => {
                self.steps[step] = StepState::Confirmed(outcome);
                self.after(step)
            }
            News::Reverted(outcome, because) => {
                self.steps[step] = StepState::Reverted { outcome, because };
                self.pause(step, Pause::Reverted)
            }
            // its nonce is gone, so it can never be mined: the step is as if it had not been asked for
            News::Cancelled(by) => {
                self.steps[step] = StepState::Planned;
                self.pause(step, Pause::Cancelled { by })
            }
            News::Replaced(by) => {
                self.steps[step] = StepState::Planned;
                self.pause(step, Pause::Replaced { by })
            }
        }
    }

    fn after(&mut self, step: usize) -> Vec<Command> {
        let following = step + 1;
        if following == self.steps.len() {
            self.phase = Phase::Done;
            return vec![Command::Save];
        }
        if std::mem::take(&mut self.stop_after) {
            return self.pause(following, Pause::Stopped);
        }
        if self.reviewed { self.check(following) } else { self.pause(following, Pause::Reloaded) }
    }
}
