//! What was done with somebody's rewards and votes.

use std::sync::Arc;

use alloy_primitives::Address;
use leptos::prelude::*;

use super::{Gap, Remote, Rhythm, Scope, Screen, Told, remote};
use crate::{
    aztec::{
        Deployment,
        read::{self, Move, MovesAsked, Positions},
    },
    chain::{At, ReadError},
};

/// What was found for one question.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Found {
    /// Whose, and of which splits and vaults.
    asked: MovesAsked,
    /// In chain order.
    pub(crate) all: Vec<Move>,
}

impl Found {
    /// Whose.
    pub(crate) const fn owner(&self) -> Address {
        self.asked.owner
    }
}

/// The answer on the screen, beside what is asked by now: one of before a vault or a split was found has not all of it.
#[derive(Clone, Copy)]
pub(crate) struct Moves(StoredValue<Parts>);

#[derive(Clone, Copy)]
struct Parts {
    asked: Memo<Option<MovesAsked>>,
    read: Screen<Arc<Found>>,
}

/// Contracts, and whose moves.
type Key = (Arc<Deployment>, MovesAsked);

/// The answer to a question, if it is that.
fn answer(asked: Option<&MovesAsked>, read: &Remote<At<Arc<Found>>>) -> Option<At<Arc<Found>>> {
    let found = read.last()?;
    (asked == Some(&found.value.asked)).then(|| (**found).clone())
}

/// Why there is none.
fn failure(asked: Option<&MovesAsked>, read: &Remote<At<Arc<Found>>>) -> Option<ReadError> {
    read.error().filter(|_| answer(asked, read).is_none()).cloned()
}

impl Moves {
    /// All that was done, once it is read for every split and vault that is known.
    pub(crate) fn whole(self) -> Option<At<Arc<Found>>> {
        let Parts { asked, read } = self.0.get_value();
        asked.with(|asked| read.with(|read| answer(asked.as_ref(), read)))
    }

    /// What was found last for an address, perhaps not all of it.
    pub(crate) fn last(self, owner: Address) -> Option<Arc<Found>> {
        self.0.get_value().read.with(|read| {
            let found = &read.last()?.value;
            (found.owner() == owner).then(|| found.clone())
        })
    }

    /// Why it is not read.
    pub(crate) fn failure(self) -> Option<ReadError> {
        let Parts { asked, read } = self.0.get_value();
        asked.with(|asked| read.with(|read| failure(asked.as_ref(), read)))
    }
}

impl Scope {
    /// What was done with somebody's rewards and votes, once it is known which splits are theirs.
    pub(crate) fn moves(
        &self,
        told: Memo<Option<Told>>,
        positions: Screen<Positions>,
        vaults: Memo<Vec<(Address, Address)>>,
    ) -> Moves {
        /// Blocks between two looks at what is new.
        const PERIOD: u64 = 5;
        /// The newest blocks may be undone: they are read again.
        const TAIL: u64 = 64;
        type Kept = Option<(MovesAsked, u64, Vec<Move>)>;
        let scope = *self;
        let kept: StoredValue<Kept> = StoredValue::new(None);
        let asked = Memo::new(move |_| {
            // looking for vaults takes as long as reading events: what is known without them does not wait for it
            let told = told.get().filter(|told| told.complete && told.gaps.of_splits() != Gap::Awaited)?;
            let mut splits: Vec<Address> = told.asked.splits.iter().map(|asked| asked.split).collect();
            splits.sort_unstable();
            splits.dedup();
            positions.with(|read| {
                // of a part of an answer tokens and warehouses would be missing, and what moved through them
                if matches!(read, Remote::Partial(..)) {
                    return None;
                }
                let read = &read.last()?.value;
                let rewards = Some(&read.rewards).filter(|_| read.owner == told.owner)?;
                let mut warehouses: Vec<Address> =
                    rewards.purses.iter().map(|purse| purse.warehouse).collect();
                warehouses.retain(|warehouse| !warehouse.is_zero());
                warehouses.sort_unstable();
                warehouses.dedup();
                let tokens = rewards.tokens.keys().copied().collect();
                Some(MovesAsked { owner: told.owner, splits, tokens, warehouses, vaults: vaults.get() })
            })
        });
        let key = move || Some((scope.deployment()?, asked.get()?));
        let rhythm = Rhythm { period: PERIOD, same_screen: |a: &Key, b| a.1.owner == b.1.owner };
        let read = remote::read(self.head, rhythm, key, move |(contracts, asked): Key, block| {
            let pool = scope.pool.get_value();
            Box::pin(async move {
                let first = contracts.from_block.block();
                // kept where it is: a reading that fails does not lose what was read before
                let known = kept.try_get_value().flatten();
                let known = known.filter(|(of, until, _)| *of == asked && *until <= block.number);
                let (from, mut all) = match known {
                    Some((_, until, found)) => (until.saturating_sub(TAIL).max(first), found),
                    None => (first, Vec::new()),
                };
                all.retain(|moved: &Move| moved.place.block < from);
                all.extend(read::moves(&pool, &contracts, &asked, from..=block.number).await?);
                kept.try_set_value(Some((asked.clone(), block.number, all.clone())));
                Ok(At { block, value: Arc::new(Found { asked, all }) })
            })
        });
        Moves(StoredValue::new(Parts { asked, read }))
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::B256;

    use super::*;
    use crate::chain::{BlockRef, RpcError};

    #[test]
    fn what_was_read_before_a_vault_was_found_is_not_all() {
        let asked = MovesAsked { owner: Address::repeat_byte(1), ..MovesAsked::default() };
        let vaults = vec![(Address::repeat_byte(2), Address::repeat_byte(3))];
        let more = MovesAsked { vaults, ..asked.clone() };
        let block = BlockRef { number: 9, hash: B256::ZERO, parent: B256::ZERO, timestamp: 9 };
        let found = Arc::new(At { block, value: Arc::new(Found { asked: asked.clone(), all: Vec::new() }) });
        let read = Remote::Ready(found.clone());
        assert!(answer(Some(&asked), &read).is_some() && failure(Some(&asked), &read).is_none());
        assert!(answer(Some(&more), &read).is_none() && failure(Some(&more), &read).is_none());
        let other = MovesAsked { owner: Address::repeat_byte(9), ..asked.clone() };
        assert!(answer(Some(&other), &read).is_none(), "of another address");
        assert!(answer(None, &read).is_none(), "nothing is known of");
        // the last good answer stays one to its own question alone
        let read = Remote::Stale(found, RpcError::NoEndpoint.into());
        assert!(answer(Some(&asked), &read).is_some() && failure(Some(&asked), &read).is_none());
        assert!(answer(Some(&more), &read).is_none() && failure(Some(&more), &read).is_some());
    }
}
