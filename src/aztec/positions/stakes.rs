use alloy_primitives::{Address, U256};

use crate::aztec::{
    events::{Fact, Place},
    history::{Deposit, Fate, History},
    model::Delegation,
};

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
pub fn stakes(history: &History, withdrawer: Address) -> Vec<Stake> {
    let own = history.deposits().iter().filter(|deposit| deposit.withdrawer == withdrawer);
    let mut found: Vec<Stake> = own.map(new).collect();
    for told in history.facts() {
        let place = told.place;
        match &told.fact {
            Fact::Deposited { withdrawer: of, amount, .. } if *of == withdrawer => {
                if let Some(stake) = found.iter_mut().find(|stake| stake.fate == Fate::Joined(place)) {
                    stake.deposited = Some(*amount);
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

/// The same of several withdrawers together: a wallet, and the staker of each of its vaults.
pub fn stakes_of(history: &History, withdrawers: &[Address]) -> Vec<Stake> {
    let mut all: Vec<Stake> =
        withdrawers.iter().flat_map(|withdrawer| stakes(history, *withdrawer)).collect();
    all.sort_by_key(|stake| stake.queued.position());
    all
}

fn new(deposit: &Deposit) -> Stake {
    Stake {
        attester: deposit.attester,
        withdrawer: deposit.withdrawer,
        rollup: deposit.rollup,
        queued: deposit.queued,
        delegation: None,
        fate: deposit.fate,
        deposited: None,
        slashes: Vec::new(),
        exit_started: None,
        ended_by_key: None,
        paid: None,
    }
}

/// A key joins once for ever: the GSE refuses it afterwards.
fn joined(stakes: &mut [Stake], attester: Address) -> Option<&mut Stake> {
    stakes.iter_mut().find(|stake| stake.attester == attester && matches!(stake.fate, Fate::Joined(_)))
}
