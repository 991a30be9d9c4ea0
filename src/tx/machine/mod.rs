//! The order of things, as a pure function: what a run of transactions does next, given what happened.
//!
//! No path leads to [`Command::Ask`] (the wallet) except through the person's [`Event::Confirm`] and a fresh
//! [`Event::Checked`] of the very step that is signed, which does what was confirmed, and a step whose transaction may exist is never asked for
//! again without the person saying so. `tests/machine.rs` searches for such a path.

mod event;
mod state;

pub use event::{Command, Event, News};
pub use state::{Checked, Pause, Phase, Priced, Rehearsal, Run, StepState};

use super::{
    Refusal, WalletError,
    track::{Sent, Trace},
};

/// Looks in a row that must miss a transaction before the page says so: one endpoint of several may not have heard of
/// it yet.
const MISSES: u8 = 3;

/// Blocks for which no endpoint must show it before it may be sent again: ten minutes of Ethereum. A wallet's own
/// relay may hold it for as long.
const RESEND_BLOCKS: u64 = 50;

impl Run {
    /// The run after a reload, and what to do first.
    pub fn restored(mut self) -> (Self, Vec<Command>) {
        self.simulated = vec![None; self.plan.steps.len()];
        self.reviewed = false;
        self.changed = None;
        let commands = match self.phase.clone() {
            Phase::Asking(step) => {
                self.phase = Phase::Paused(step, Pause::Uncertain);
                vec![Command::FindLost(step), Command::Save]
            }
            Phase::Checking(step) => self.pause(step, Pause::Reloaded),
            // begun by Again in another page, not confirmed there
            Phase::Simulating(step) | Phase::Blocked(step, _) | Phase::Review(step) => {
                self.phase = Phase::Paused(step, Pause::Reloaded);
                self.outstanding(step).into_iter().collect()
            }
            Phase::Waiting(step) => vec![Command::Track(step)],
            Phase::Paused(step, _) => self.outstanding(step).into_iter().collect(),
            Phase::Done | Phase::Closed => Vec::new(),
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
                self.changed = None;
                self.check(first)
            }

            (Phase::Checking(step), Event::SessionChanged(refusal)) => {
                self.pause(step, Pause::Refused(refusal))
            }
            (Phase::Checking(step), Event::Stop) => {
                // should an attempt before this one be mined meanwhile, the person still wants to stop
                self.stop_after = self.outstanding(step).is_some() && step + 1 < self.steps.len();
                self.pause(step, Pause::Stopped)
            }
            // an attempt before this one was there after all
            (Phase::Checking(step), Event::Found(of, Some(sent))) if of == step => self.wait(step, sent),
            (Phase::Checking(step), Event::MayWait(of)) if of == step => self.pause(step, Pause::Uncertain),
            (Phase::Checking(step), Event::Checked(of, result)) if of == step => match result {
                Err(refusal) => self.pause(step, Pause::Refused(refusal)),
                Ok(checked) => self.ask(step, checked),
            },
            // nothing is signed that was not shown: all that is left is simulated, shown and confirmed anew
            (Phase::Checking(step), Event::Changed(of, what)) if of == step => {
                self.reviewed = false;
                self.changed = Some(what);
                self.simulate(step)
            }

            (Phase::Asking(step) | Phase::Waiting(step), Event::Stop) => {
                self.stop_after = step + 1 < self.steps.len();
                vec![Command::Save]
            }
            // whether it was or will be mined nobody can say; the account is free for something else
            (Phase::Waiting(step), Event::SetAside) if self.cannot_be_seen(step) => {
                self.pause(step, Pause::Uncertain)
            }
            (Phase::Asking(step), Event::NotAsked(of, refusal)) if of == step => {
                self.not_sent(step, Pause::Refused(refusal))
            }
            (Phase::Asking(step), Event::Signed(of, result)) if of == step => match result {
                Ok(sent) => self.wait(step, sent),
                Err(error) => self.failed(step, error),
            },

            // a paused run still looks for what may be on its way
            (Phase::Waiting(step) | Phase::Paused(step, _), Event::Seen(of, news)) if of == step => {
                self.seen(step, news)
            }
            (Phase::Paused(step, _), Event::Found(of, found)) if of == step => match found {
                Some(sent) if self.outstanding(step).is_some() => self.wait(step, sent),
                _ => self.outstanding(step).into_iter().collect(),
            },
            (Phase::Paused(_, Pause::Dropped { again: false, .. }), Event::Again) => Vec::new(),
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

    /// The search for an attempt that may still be mined.
    fn outstanding(&self, step: usize) -> Option<Command> {
        match &self.steps[step] {
            StepState::Sent(_) => Some(Command::Track(step)),
            StepState::Asked { .. } => Some(Command::FindLost(step)),
            StepState::Planned | StepState::Confirmed(_) | StepState::Reverted { .. } => None,
        }
    }

    /// Whether what became of a sent transaction may never be told: a contract account's has another sender and nonce,
    /// and of one too far back no endpoint has the state.
    pub fn cannot_be_seen(&self, step: usize) -> bool {
        let sent = |sent: &Sent| sent.by_contract || sent.trace == Trace::TooFarBack;
        matches!(&self.steps[step], StepState::Sent(known) if sent(known))
    }

    /// Whether a step was put before a contract account, whose transactions take no place that a second one could take:
    /// what is asked for twice may happen twice.
    pub fn may_happen_twice(&self, step: usize) -> bool {
        match &self.steps[step] {
            StepState::Sent(sent) => sent.by_contract,
            StepState::Asked { by_contract, .. } => *by_contract,
            StepState::Planned | StepState::Confirmed(_) | StepState::Reverted { .. } => false,
        }
    }

    /// The wallet did not do this. That says nothing about an attempt before.
    fn not_sent(&mut self, step: usize, pause: Pause) -> Vec<Command> {
        if !matches!(self.steps[step], StepState::Asked { again: true, .. }) {
            self.steps[step] = StepState::Planned;
        }
        self.pause(step, pause)
    }

    /// Only some errors say that nothing was sent. After any other it may be on its way.
    fn failed(&mut self, step: usize, error: WalletError) -> Vec<Command> {
        if error.sent_nothing() {
            self.not_sent(step, Pause::Wallet(error))
        } else {
            self.pause(step, Pause::Unclear(error))
        }
    }

    fn simulate(&mut self, first: usize) -> Vec<Command> {
        // what was simulated before is not what would happen now
        self.simulated.iter_mut().skip(first).for_each(|known| *known = None);
        self.priced = None;
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
        std::iter::once(Command::Save).chain(self.outstanding(step)).collect()
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
                let (again, by_contract) = (earlier.is_some(), checked.by_contract);
                // counted where the search for it begins: at the first of several attempts
                let used = self.used_before(step).filter(|_| again).unwrap_or(checked.used);
                self.steps[step] = StepState::Asked { nonce, used, since_block, again, by_contract };
                self.phase = Phase::Asking(step);
                // saved before the wallet opens: a reload must know that it was asked
                vec![Command::Save, Command::Ask(step, earlier.map(|(nonce, _)| nonce))]
            }
        }
    }

    /// The account's count of transactions when an attempt before was made.
    fn used_before(&self, step: usize) -> Option<u64> {
        match &self.steps[step] {
            StepState::Sent(sent) => Some(sent.used),
            StepState::Asked { used, .. } => Some(*used),
            StepState::Planned | StepState::Confirmed(_) | StepState::Reverted { .. } => None,
        }
    }

    fn look_again(&mut self, step: usize) -> Vec<Command> {
        if matches!(self.steps[step], StepState::Sent(_)) {
            self.phase = Phase::Waiting(step);
            return vec![Command::Save, Command::Track(step)];
        }
        self.pause(step, Pause::Uncertain)
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
                sent.trace = Trace::Shown;
                sent.nonce = nonce;
                // of a proposal that says nothing new, and it was set aside
                let proposed = sent.proposal.is_some();
                match self.phase {
                    Phase::Paused(_, Pause::Uncertain) if proposed => vec![Command::Track(step)],
                    _ => self.on_its_way(step),
                }
            }
            News::TooFarBack => {
                sent.trace = Trace::TooFarBack;
                match self.phase {
                    // it was set aside for that
                    Phase::Paused(_, Pause::Uncertain) => vec![Command::Track(step)],
                    _ => self.on_its_way(step),
                }
            }
            News::Missing { block } => self.missing(step, block),
            News::SpedUp(by) => {
                sent.hash = by;
                self.phase = Phase::Waiting(step);
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
            News::Undone => self.undone(step),
            // not done and done are both possible: it stays as it was sent, and who tries again is warned
            News::Unproven(by) => {
                let phase = Phase::Paused(step, Pause::Unproven { by });
                if self.phase == phase {
                    return vec![Command::Track(step)];
                }
                self.phase = phase;
                vec![Command::Save, Command::Track(step)]
            }
        }
    }

    /// The proposal waits again: its account is asked again what carries it out.
    fn undone(&mut self, step: usize) -> Vec<Command> {
        let StepState::Sent(sent) = &mut self.steps[step] else { return Vec::new() };
        let Some(proposal) = sent.proposal else { return vec![Command::Track(step)] };
        sent.hash = proposal;
        sent.trace = Trace::Shown;
        // set aside by the person it stays so
        if !matches!(self.phase, Phase::Paused(_, Pause::Uncertain)) {
            self.phase = Phase::Waiting(step);
        }
        vec![Command::Save, Command::Track(step)]
    }

    /// It is there (again): it is waited for.
    fn on_its_way(&mut self, step: usize) -> Vec<Command> {
        let news = self.phase != Phase::Waiting(step);
        self.phase = Phase::Waiting(step);
        news.then_some(Command::Save).into_iter().chain([Command::Track(step)]).collect()
    }

    fn missing(&mut self, step: usize, block: u64) -> Vec<Command> {
        let StepState::Sent(sent) = &mut self.steps[step] else { return Vec::new() };
        let (looks, since) = match sent.trace {
            Trace::Missing { looks, since } => (looks.saturating_add(1), since),
            Trace::Shown | Trace::TooFarBack => (1, block),
        };
        sent.trace = Trace::Missing { looks, since };
        // a contract account's transaction has another sender and nonce: nothing can be said about it
        let dropped = looks >= MISSES && !sent.by_contract;
        let again_from = since.saturating_add(RESEND_BLOCKS);
        let pause = Pause::Dropped { nonce: sent.nonce, again_from, again: block >= again_from };
        let may_change = matches!(self.phase, Phase::Waiting(_) | Phase::Paused(_, Pause::Dropped { .. }));
        let phase = Phase::Paused(step, pause);
        if !dropped || !may_change || self.phase == phase {
            return vec![Command::Track(step)];
        }
        self.phase = phase;
        vec![Command::Save, Command::Track(step)]
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
