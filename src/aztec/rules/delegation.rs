use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, U256};

use crate::{
    aztec::{
        model::{Delegation, ExitView, Standing},
        read::{AttesterState, EntryQueue},
    },
    chain::{ReadError, Reading},
};

/// What became of a delegation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// It waits in an entry queue.
    Queued {
        /// Position in the list of rollups.
        rollup: usize,
        /// Deposits before it.
        ahead: u64,
    },
    /// It proposes and attests.
    Validating {
        /// Position in the list of rollups.
        rollup: usize,
        /// In token units.
        balance: U256,
    },
    /// It leaves.
    Exiting {
        /// Position in the list of rollups.
        rollup: usize,
        /// Its exit.
        exit: ExitView,
    },
    /// It was ejected by a slash, or its own key ended it, and it waits for its withdrawer.
    Zombie {
        /// Position in the list of rollups.
        rollup: usize,
        /// Its exit.
        exit: ExitView,
    },
    /// The deposit failed and was refunded: the key belongs to somebody else, or was never admitted.
    Refunded,
    /// It left and was paid out.
    Finished,
}

impl Position {
    /// Of a stake that joined and is its withdrawer's, by what the rollups say about its key.
    pub fn of(standing: &Standing) -> Self {
        match standing.clone() {
            Standing::Validating { rollup, balance } => Self::Validating { rollup, balance },
            Standing::Exiting { rollup, exit } => Self::Exiting { rollup, exit },
            Standing::Zombie { rollup, exit } => Self::Zombie { rollup, exit },
            Standing::None => Self::Finished,
        }
    }

    /// The rollup it is on: position in the list of rollups.
    pub const fn rollup(&self) -> Option<usize> {
        match self {
            Self::Queued { rollup, .. }
            | Self::Validating { rollup, .. }
            | Self::Exiting { rollup, .. }
            | Self::Zombie { rollup, .. } => Some(*rollup),
            Self::Refunded | Self::Finished => None,
        }
    }

    /// Whether stake is still in it.
    pub fn is_live(&self) -> bool {
        !matches!(self, Self::Refunded | Self::Finished)
    }
}

/// Decides what became of each delegation, in their order.
///
/// Status alone does not tell: the key of a failed delegation may validate for somebody else. A delegation is its
/// maker's only if the rollup names the same withdrawer as the deposit did; of several with the same key and
/// withdrawer only the first can be live.
pub fn positions(
    delegations: &[&Delegation],
    states: &BTreeMap<Address, Reading<AttesterState>>,
    queues: &[EntryQueue],
) -> Vec<Result<Position, ReadError>> {
    let mut taken = BTreeSet::new();
    delegations.iter().map(|delegation| position(delegation, states, queues, &mut taken)).collect()
}

fn position(
    delegation: &Delegation,
    states: &BTreeMap<Address, Reading<AttesterState>>,
    queues: &[EntryQueue],
    taken: &mut BTreeSet<(Address, Address)>,
) -> Result<Position, ReadError> {
    let withdrawer = delegation.withdrawer.ok_or(ReadError::LogsMissing)?;
    let state = states.get(&delegation.attester).ok_or(ReadError::Incomplete)?.need()?;
    let pair = (delegation.attester, withdrawer);
    if state.withdrawer == Some(withdrawer) && !taken.contains(&pair) {
        taken.insert(pair);
        return Ok(Position::of(&state.standing));
    }
    for (rollup, queue) in queues.iter().enumerate() {
        if queue.entries.is_err() {
            return Err(ReadError::Incomplete);
        }
        if let Some(ahead) = queue.place(delegation.attester, withdrawer)
            && taken.insert(pair)
        {
            return Ok(Position::Queued { rollup, ahead });
        }
    }
    Ok(Position::Refunded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{aztec::read::QueueEntry, chain::Source};

    const ALICE: Address = Address::repeat_byte(0xa);
    const BOB: Address = Address::repeat_byte(0xb);
    const KEY: Address = Address::repeat_byte(1);

    fn source() -> Source {
        Source::derived("a test", [])
    }

    fn delegation(withdrawer: Address) -> Delegation {
        Delegation {
            provider_id: 1,
            rollup: Address::ZERO,
            attester: KEY,
            split: Address::ZERO,
            withdrawer: Some(withdrawer),
            take_rate: None,
            block: 1,
            index: 1,
            tx: alloy_primitives::B256::ZERO,
            time: None,
        }
    }

    fn state(withdrawer: Option<Address>, standing: Standing) -> BTreeMap<Address, Reading<AttesterState>> {
        [(KEY, Reading::new(AttesterState { standing, withdrawer }, source()))].into()
    }

    fn queue(waiting: &[Address]) -> Vec<EntryQueue> {
        let entry = |withdrawer: &Address| QueueEntry {
            attester: KEY,
            withdrawer: *withdrawer,
            public_key: Default::default(),
        };
        vec![EntryQueue {
            length: Reading::new(waiting.len() as u64, source()),
            flush_size: Reading::new(1, source()),
            available: Reading::new(0, source()),
            entries: Ok(waiting.iter().map(entry).collect()),
        }]
    }

    fn validating() -> Standing {
        Standing::Validating { rollup: 0, balance: U256::from(7) }
    }

    #[test]
    fn the_withdrawer_decides_not_the_status() {
        let live = Ok(Position::Validating { rollup: 0, balance: U256::from(7) });
        for (who, on_chain, standing, waiting, expected) in [
            (ALICE, Some(ALICE), validating(), vec![], live),
            (BOB, Some(ALICE), validating(), vec![], Ok(Position::Refunded)),
            (BOB, Some(ALICE), validating(), vec![BOB], Ok(Position::Queued { rollup: 0, ahead: 0 })),
            (ALICE, None, Standing::None, vec![BOB, ALICE], Ok(Position::Queued { rollup: 0, ahead: 1 })),
            (ALICE, None, Standing::None, vec![], Ok(Position::Refunded)),
            (ALICE, Some(ALICE), Standing::None, vec![], Ok(Position::Finished)),
        ] {
            let one = delegation(who);
            assert_eq!(positions(&[&one], &state(on_chain, standing), &queue(&waiting)), [expected]);
        }
    }

    #[test]
    fn the_same_key_twice_counts_once() {
        let one = delegation(ALICE);
        let both = positions(&[&one, &one], &state(Some(ALICE), validating()), &queue(&[]));
        assert_eq!(
            both,
            [Ok(Position::Validating { rollup: 0, balance: U256::from(7) }), Ok(Position::Refunded)]
        );
        let waiting = positions(&[&one, &one], &state(None, Standing::None), &queue(&[ALICE, BOB]));
        assert_eq!(waiting, [Ok(Position::Queued { rollup: 0, ahead: 0 }), Ok(Position::Refunded)]);
    }

    #[test]
    fn what_was_not_read_is_not_refunded() {
        let one = delegation(ALICE);
        assert_eq!(positions(&[&one], &BTreeMap::new(), &queue(&[])), [Err(ReadError::Incomplete)]);
        let mut unread = queue(&[]);
        unread[0].entries = Err(ReadError::Incomplete);
        assert_eq!(positions(&[&one], &state(None, Standing::None), &unread), [Err(ReadError::Incomplete)]);
        let without = Delegation { withdrawer: None, ..one };
        assert_eq!(
            positions(&[&without], &state(None, Standing::None), &queue(&[])),
            [Err(ReadError::LogsMissing)]
        );
    }
}
