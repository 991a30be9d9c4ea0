use alloy_primitives::{Address, U256};

use crate::{
    aztec::{
        Deployment,
        history::{Deposit, Fate, History},
        model::{Delegation, ExitView, Standing},
        read::Stakes,
    },
    chain::ReadError,
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
            Standing::Exiting { rollup, exit } => Self::Exiting { rollup, exit: *exit },
            Standing::Zombie { rollup, exit } => Self::Zombie { rollup, exit: *exit },
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

/// Decides what became of each delegation, in their order; see [`position`].
pub fn positions(
    contracts: &Deployment,
    history: &History,
    delegations: &[&Delegation],
    chain: &Stakes,
) -> Vec<Result<Position, ReadError>> {
    let rollups: Vec<Address> = contracts.rollups.iter().map(|rollup| rollup.address).collect();
    let decide = |made: &&Delegation| {
        let deposit = history.deposit(made).ok_or(ReadError::LogsMissing)?;
        position(deposit, history.deposits(), &rollups, chain)
    };
    delegations.iter().map(decide).collect()
}

/// Decides what became of a deposit; `all` are those it is one of, in chain order, and `rollups` the addresses that the
/// queues of `chain` belong to.
///
/// The deposit's own events come first: the status of a key says nothing about a refunded deposit, whose key may
/// validate for somebody else, or for the same withdrawer by another deposit. Only then do the rollups and their
/// queues speak. Where events and state contradict each other the events are older than the state, and the answer is
/// an error until they have caught up.
pub fn position(
    deposit: &Deposit,
    all: &[Deposit],
    rollups: &[Address],
    chain: &Stakes,
) -> Result<Position, ReadError> {
    if let Fate::Refunded(_) = deposit.fate {
        return Ok(Position::Refunded);
    }
    let state = chain.states.get(&deposit.attester).ok_or(ReadError::Incomplete)?.need()?;
    let mine = state.withdrawer == Some(deposit.withdrawer);
    if let Fate::Joined(_) = deposit.fate {
        return if mine { Ok(Position::of(&state.standing)) } else { Err(ReadError::Incomplete) };
    }
    let before = all.iter().take_while(|other| other.queued.position() < deposit.queued.position());
    let before = before.filter(|other| other.fate == Fate::Waiting && other.is_like(deposit)).count();
    let rollup = rollups.iter().position(|rollup| *rollup == deposit.rollup).ok_or(ReadError::Incomplete)?;
    let queue = chain.queues.get(rollup).ok_or(ReadError::Incomplete)?;
    let entries = queue.entries.as_ref().map_err(|_error| ReadError::Incomplete)?;
    let mut places = entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.attester == deposit.attester && entry.withdrawer == deposit.withdrawer);
    if let Some((ahead, _)) = places.nth(before) {
        return Ok(Position::Queued { rollup, ahead: ahead as u64 });
    }
    let only_one = all.iter().filter(|other| other.attester == deposit.attester).count() == 1;
    if only_one && mine && state.standing != Standing::None {
        return Ok(Position::of(&state.standing));
    }
    Err(ReadError::Incomplete)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Arc};

    use super::*;
    use crate::{
        aztec::{
            events::{Fact, Place, Told},
            history::Chunk,
            read::{AttesterState, EntryQueue, QueueEntry},
        },
        chain::{Reading, Source},
    };

    const ALICE: Address = Address::repeat_byte(0xa);
    const BOB: Address = Address::repeat_byte(0xb);
    const KEY: Address = Address::repeat_byte(1);
    const ROLLUP: Address = Address::repeat_byte(0xee);

    fn source() -> Source {
        Source::derived("a test", [])
    }

    fn queued(withdrawer: Address) -> Fact {
        Fact::Queued { attester: KEY, withdrawer }
    }

    fn joined(withdrawer: Address) -> Fact {
        Fact::Deposited { attester: KEY, withdrawer, amount: U256::from(7) }
    }

    fn refunded(withdrawer: Address) -> Fact {
        Fact::Refunded { attester: KEY, withdrawer }
    }

    fn history(facts: Vec<Fact>) -> History {
        let told = facts.into_iter().zip(0..).map(|(fact, index)| {
            let place = Place { block: 1, index, tx: U256::from(index).into(), time: None };
            Arc::new(Told { place, by: ROLLUP, fact })
        });
        History::from_chunks(vec![Arc::new(told.collect::<Chunk>())])
    }

    /// The chain: who is the key's withdrawer, what it does, and who waits with it.
    fn chain(withdrawer: Option<Address>, standing: Standing, waiting: &[Address]) -> Stakes {
        let entry = |withdrawer: &Address| QueueEntry {
            attester: KEY,
            withdrawer: *withdrawer,
            public_key: Default::default(),
        };
        let queue = EntryQueue {
            length: Reading::new(waiting.len() as u64, source()),
            flush_size: Reading::new(1, source()),
            available: Reading::new(0, source()),
            entries: Ok(waiting.iter().map(entry).collect()),
        };
        let state = Reading::new(AttesterState { standing, withdrawer }, source());
        Stakes {
            states: BTreeMap::from([(KEY, state)]),
            queues: vec![queue],
            total: Reading::new(U256::ZERO, source()),
            active: Vec::new(),
        }
    }

    fn decided(history: &History, chain: &Stakes) -> Vec<Result<Position, ReadError>> {
        let all = history.deposits();
        all.iter().map(|deposit| position(deposit, all, &[ROLLUP], chain)).collect()
    }

    fn validating() -> Standing {
        Standing::Validating { rollup: 0, balance: U256::from(7) }
    }

    fn live() -> Position {
        Position::Validating { rollup: 0, balance: U256::from(7) }
    }

    fn waits(ahead: u64) -> Position {
        Position::Queued { rollup: 0, ahead }
    }

    #[test]
    fn of_the_same_key_twice_the_events_say_which_one_is_live() {
        let on_chain = chain(Some(ALICE), validating(), &[]);
        let (first, second) = (vec![queued(ALICE), queued(ALICE)], Ok(Position::Refunded));
        let told = |rest: [Fact; 2]| history([first.clone(), rest.to_vec()].concat());
        assert_eq!(decided(&told([joined(ALICE), refunded(ALICE)]), &on_chain), [Ok(live()), second.clone()]);
        assert_eq!(decided(&told([refunded(ALICE), joined(ALICE)]), &on_chain), [second.clone(), Ok(live())]);
        // somebody else's with the same key in between
        let facts =
            [queued(ALICE), queued(BOB), queued(ALICE), refunded(BOB), refunded(ALICE), joined(ALICE)];
        assert_eq!(
            decided(&history(facts.to_vec()), &on_chain),
            [second.clone(), second.clone(), Ok(live())]
        );
        // refunded at once, and staked with the same key again
        let facts = [queued(ALICE), refunded(ALICE), queued(ALICE), joined(ALICE)];
        assert_eq!(decided(&history(facts.to_vec()), &on_chain), [second, Ok(live())]);
    }

    #[test]
    fn who_waits_has_the_place_of_its_own_entry() {
        let none = chain(None, Standing::None, &[BOB, ALICE, ALICE]);
        let told = history(vec![queued(BOB), queued(ALICE), queued(ALICE)]);
        assert_eq!(decided(&told, &none), [Ok(waits(0)), Ok(waits(1)), Ok(waits(2))]);
        let told = history(vec![queued(ALICE), refunded(ALICE), queued(BOB), queued(ALICE), queued(ALICE)]);
        assert_eq!(decided(&told, &none), [Ok(Position::Refunded), Ok(waits(0)), Ok(waits(1)), Ok(waits(2))]);
    }

    #[test]
    fn what_events_and_state_do_not_agree_on_is_not_known_yet() {
        let missing = || Err(ReadError::Incomplete);
        let alone = history(vec![queued(ALICE)]);
        for (on_chain, expected) in [
            // it joined, and the event is still to be read
            (chain(Some(ALICE), validating(), &[]), Ok(live())),
            (chain(Some(BOB), validating(), &[]), missing()),
            (chain(None, Standing::None, &[]), missing()),
        ] {
            assert_eq!(decided(&alone, &on_chain), [expected]);
        }
        let told = history(vec![queued(ALICE), joined(ALICE)]);
        assert_eq!(decided(&told, &chain(Some(BOB), validating(), &[])), [missing()]);
        let over = chain(Some(ALICE), Standing::None, &[]);
        assert_eq!(decided(&told, &over), [Ok(Position::Finished)]);
        let mut unread = chain(None, Standing::None, &[]);
        unread.queues[0].entries = Err(ReadError::Decode);
        assert_eq!(decided(&alone, &unread), [missing()]);
        unread.states.clear();
        assert_eq!(decided(&alone, &unread), [missing()]);
    }
}
