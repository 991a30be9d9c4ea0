use alloy_primitives::{Address, U256};

use crate::aztec::{
    events::{Fact, Place},
    history::History,
    model::Delegation,
};

/// What became of a deposit in the entry queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nothing yet.
    Waiting,
    /// It joined.
    Joined(Place),
    /// It could not join and was paid back to the withdrawer in that transaction.
    Refunded(Place),
}

/// A step of an exit: its start, or its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitStep {
    /// Where.
    pub place: Place,
    /// To whom.
    pub recipient: Address,
    /// In token units.
    pub amount: U256,
}

/// One stake: a `ValidatorQueued` event with this withdrawer, and what followed from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stake {
    /// The key.
    pub attester: Address,
    /// Who may exit.
    pub withdrawer: Address,
    /// The rollup it was deposited on. Stake that follows upgrades is elsewhere later.
    pub rollup: Address,
    /// When.
    pub queued: Place,
    /// Its terms, when it was made with a provider.
    pub delegation: Option<Delegation>,
    /// What became of the deposit.
    pub fate: Fate,
    /// What was deposited, in token units; `None` before it joined.
    pub deposited: Option<U256>,
    /// What each slash took, in token units.
    pub slashes: Vec<(Place, U256)>,
    /// When its withdrawer named who receives it.
    pub exit_started: Option<ExitStep>,
    /// Set when the attester's own key started the exit.
    pub ended_by_key: Option<Place>,
    /// Set when its exit was paid out.
    pub paid: Option<ExitStep>,
}

impl Stake {
    /// All that slashes took, in token units.
    pub fn slashed(&self) -> U256 {
        self.slashes.iter().fold(U256::ZERO, |sum, (_, amount)| sum.saturating_add(*amount))
    }

    /// Where it joined.
    pub const fn joined(&self) -> Option<Place> {
        match self.fate {
            Fate::Joined(place) => Some(place),
            Fate::Waiting | Fate::Refunded(_) => None,
        }
    }

    /// Where it stopped to validate, by its withdrawer or its own key. A slash that ejects has no event of its own.
    pub fn ended(&self) -> Option<Place> {
        self.ended_by_key.or_else(|| Some(self.exit_started.or(self.paid)?.place))
    }
}

/// Every stake of a withdrawer in chain order, with and without a provider, finished and refunded ones too. Complete
/// only when all events are.
///
/// A rollup's entry queue is first in, first out: of several deposits of one withdrawer with the same key the n-th
/// `ValidatorQueued` belongs to the n-th `Deposit` or `FailedDeposit`.
pub fn stakes(history: &History, withdrawer: Address) -> Vec<Stake> {
    let mut found: Vec<Stake> = Vec::new();
    for told in history.facts() {
        let place = told.place;
        match &told.fact {
            Fact::Queued { attester, withdrawer: of } if *of == withdrawer => {
                found.push(new(*attester, withdrawer, told.by, place));
            }
            Fact::Deposited { attester, withdrawer: of, amount } if *of == withdrawer => {
                if let Some(stake) = waiting(&mut found, *attester, told.by) {
                    stake.fate = Fate::Joined(place);
                    stake.deposited = Some(*amount);
                }
            }
            Fact::Refunded { attester, withdrawer: of } if *of == withdrawer => {
                if let Some(stake) = waiting(&mut found, *attester, told.by) {
                    stake.fate = Fate::Refunded(place);
                }
            }
            Fact::Slashed { attester, amount } => {
                if let Some(stake) = joined(&mut found, *attester) {
                    stake.slashes.push((place, *amount));
                }
            }
            Fact::ExitStartedByKey { attester, withdrawer: of, .. } if *of == withdrawer => {
                if let Some(stake) = joined(&mut found, *attester) {
                    stake.ended_by_key = Some(place);
                }
            }
            Fact::ExitStarted { attester, recipient, amount } => {
                if let Some(stake) = joined(&mut found, *attester) {
                    stake.exit_started = Some(ExitStep { place, recipient: *recipient, amount: *amount });
                }
            }
            Fact::ExitFinished { attester, recipient, amount } => {
                if let Some(stake) = joined(&mut found, *attester) {
                    stake.paid = Some(ExitStep { place, recipient: *recipient, amount: *amount });
                }
            }
            _ => {}
        }
    }
    for delegation in history.delegations.iter().filter(|made| made.withdrawer == Some(withdrawer)) {
        let of_it = |stake: &&mut Stake| {
            stake.delegation.is_none()
                && stake.attester == delegation.attester
                && stake.queued.tx == delegation.tx
        };
        if let Some(stake) = found.iter_mut().find(of_it) {
            stake.delegation = Some(delegation.clone());
        }
    }
    found
}

fn new(attester: Address, withdrawer: Address, rollup: Address, queued: Place) -> Stake {
    Stake {
        attester,
        withdrawer,
        rollup,
        queued,
        delegation: None,
        fate: Fate::Waiting,
        deposited: None,
        slashes: Vec::new(),
        exit_started: None,
        ended_by_key: None,
        paid: None,
    }
}

fn waiting(stakes: &mut [Stake], attester: Address, rollup: Address) -> Option<&mut Stake> {
    let same = |stake: &&mut Stake| stake.attester == attester && stake.rollup == rollup;
    stakes.iter_mut().filter(same).find(|stake| stake.fate == Fate::Waiting)
}

/// A key joins once for ever: the GSE refuses it afterwards.
fn joined(stakes: &mut [Stake], attester: Address) -> Option<&mut Stake> {
    stakes.iter_mut().find(|stake| stake.attester == attester && matches!(stake.fate, Fate::Joined(_)))
}
