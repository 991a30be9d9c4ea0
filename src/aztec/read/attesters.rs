use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};

use crate::{
    aztec::{
        Deployment,
        abi::{AttesterView, IGovernance, IRollup, Withdrawal},
        model::{ExitView, Standing},
    },
    chain::{Answers, Batch, ReadError, Reading, Slot},
};

/// Where one attester stands on the rollups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttesterState {
    /// What the rollup that knows it says; [`Standing::None`] when none does.
    pub standing: Standing,
    /// `AttesterConfig.withdrawer`: who staked with this key first. `None` before activation. It is set for ever.
    pub withdrawer: Option<Address>,
}

/// Attesters by what their rollups say; one whose state could not be read is an error in its place.
pub type States = BTreeMap<Address, Reading<AttesterState>>;

/// One attester, and the rollups that were asked about it in the order in which their answers count.
type About = (Address, Vec<(usize, Slot<AttesterView>)>);

/// Attesters whose rollups were asked.
pub(super) struct Views(Vec<About>);

impl Views {
    /// Asks some rollups about attesters.
    pub(super) fn ask(
        batch: &mut Batch,
        contracts: &Deployment,
        attesters: impl IntoIterator<Item = Address>,
        rollups: &[usize],
    ) -> Self {
        let mut about = |attester| {
            let view = |&index: &usize| {
                let call = IRollup::getAttesterViewCall { attester };
                (index, batch.add(contracts.rollups[index].address, call))
            };
            (attester, rollups.iter().map(view).collect())
        };
        Self(attesters.into_iter().map(&mut about).collect())
    }

    /// Takes the answers: that of the first rollup that knows the attester.
    pub(super) fn settle(self, answers: &Answers, states: &mut States) {
        for (attester, slots) in self.0 {
            for (index, slot) in slots {
                let state = answers.get(slot).and_then(|view| state_of(index, &view));
                // an unread answer of one rollup must not be covered by "not here" of another
                let settled = state.get().is_none_or(|state| state.standing != Standing::None);
                if settled || !states.contains_key(&attester) {
                    states.insert(attester, state);
                }
                if settled {
                    break;
                }
            }
        }
    }
}

/// Attesters that no rollup knew so far.
pub(super) fn unknown(states: &States) -> Vec<Address> {
    let unknown = |state: &AttesterState| state.standing == Standing::None;
    states
        .iter()
        .filter(|(_, state)| state.get().is_some_and(unknown))
        .map(|(attester, _)| *attester)
        .collect()
}

fn state_of(rollup: usize, view: &AttesterView) -> Result<AttesterState, ReadError> {
    let small = |n: U256| u64::try_from(n).map_err(|_error| ReadError::Decode);
    let exit = || -> Result<Box<ExitView>, ReadError> {
        Ok(Box::new(ExitView {
            amount: view.exit.amount,
            exitable_at: small(view.exit.exitableAt)?,
            withdrawal_id: view.exit.withdrawalId,
            unlocks_at: Err(ReadError::Incomplete),
            recipient: view.exit.isRecipient.then_some(view.exit.recipientOrWithdrawer),
        }))
    };
    let standing = match view.status {
        0 => Standing::None,
        1 => Standing::Validating { rollup, balance: view.effectiveBalance },
        2 => Standing::Zombie { rollup, exit: exit()? },
        3 => Standing::Exiting { rollup, exit: exit()? },
        _ => return Err(ReadError::Decode),
    };
    let withdrawer = (!view.config.withdrawer.is_zero()).then_some(view.config.withdrawer);
    Ok(AttesterState { standing, withdrawer })
}

/// The exits whose unlock was asked for.
pub(super) struct Unlocks(Vec<(Address, Slot<Withdrawal>)>);

impl Unlocks {
    /// Asks when governance releases the stake of each exit that does not know it yet (`Governance.getWithdrawal`).
    pub(super) fn ask(batch: &mut Batch, contracts: &Deployment, states: &mut States) -> Self {
        let mut slots = Vec::new();
        for (attester, state) in states.iter_mut() {
            if let Some(exit) = exit_of(state).filter(|exit| exit.unlocks_at == Err(ReadError::Incomplete)) {
                let call = IGovernance::getWithdrawalCall { withdrawalId: exit.withdrawal_id };
                slots.push((*attester, batch.add(contracts.governance, call)));
            }
        }
        Self(slots)
    }

    /// Takes the answers.
    pub(super) fn settle(self, answers: &Answers, states: &mut States) {
        for (attester, slot) in self.0 {
            if let Some(exit) = states.get_mut(&attester).and_then(exit_of) {
                // a withdrawal that was claimed already holds nothing back
                exit.unlocks_at = answers.value(slot).and_then(|w| {
                    if w.claimed { Ok(0) } else { w.unlocksAt.try_into().map_err(|_error| ReadError::Decode) }
                });
            }
        }
    }
}

fn exit_of(state: &mut Reading<AttesterState>) -> Option<&mut ExitView> {
    match &mut state.value {
        Ok(AttesterState {
            standing: Standing::Exiting { exit, .. } | Standing::Zombie { exit, .. },
            ..
        }) => Some(exit),
        _ => None,
    }
}
