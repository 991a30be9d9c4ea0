use alloy_primitives::Address;

use super::{Fate, Stake};
use crate::{
    aztec::{model::Standing, read::Stakes, rules::Position},
    chain::ReadError,
};

/// Decides where each stake of one withdrawer is, in their order. `rollups` are the addresses that the queues
/// of `chain` belong to.
///
/// The deposit's own events come first: the status of a key says nothing about a refunded deposit, whose key may
/// validate for somebody else, or for the same withdrawer by another deposit. Only then do the rollups and their
/// queues speak. Where events and state contradict each other the events are older than the state, and the answer is
/// an error until they have caught up.
pub fn standings(stakes: &[Stake], rollups: &[Address], chain: &Stakes) -> Vec<Result<Position, ReadError>> {
    let decide = |(at, stake): (usize, &Stake)| {
        if let Fate::Refunded(_) = stake.fate {
            return Ok(Position::Refunded);
        }
        let state = chain.states.get(&stake.attester).ok_or(ReadError::Incomplete)?.need()?;
        let mine = state.withdrawer == Some(stake.withdrawer);
        match stake.fate {
            Fate::Joined(_) if mine => return Ok(Position::of(&state.standing)),
            Fate::Joined(_) => return Err(ReadError::Incomplete),
            Fate::Waiting | Fate::Refunded(_) => {}
        }
        let same = |other: &&Stake| {
            other.attester == stake.attester
                && other.rollup == stake.rollup
                && other.withdrawer == stake.withdrawer
        };
        let before = stakes[..at].iter().filter(same).filter(|other| other.fate == Fate::Waiting).count();
        let rollup =
            rollups.iter().position(|rollup| *rollup == stake.rollup).ok_or(ReadError::Incomplete)?;
        let waiting = chain.queues.get(rollup).ok_or(ReadError::Incomplete)?.entries.as_ref();
        let waiting = waiting.map_err(|_error| ReadError::Incomplete)?;
        let mut places = waiting
            .iter()
            .enumerate()
            .filter(|(_, entry)| entry.attester == stake.attester && entry.withdrawer == stake.withdrawer);
        if let Some((ahead, _)) = places.nth(before) {
            return Ok(Position::Queued { rollup, ahead: ahead as u64 });
        }
        let only_one = stakes.iter().filter(|other| other.attester == stake.attester).count() == 1;
        if only_one && mine && state.standing != Standing::None {
            return Ok(Position::of(&state.standing));
        }
        Err(ReadError::Incomplete)
    };
    stakes.iter().enumerate().map(decide).collect()
}
