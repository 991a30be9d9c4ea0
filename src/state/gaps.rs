//! What may still be missing from somebody's positions once all events of staking are read: their token vaults stake too,
//! and splits of others pay them.

use alloy_primitives::Address;

use super::{
    Remote,
    named_splits::{Looked, is_open},
    vaults::Holdings,
};
use crate::{aztec::read::Received, chain::At};

/// Whether one source is read to its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Gap {
    /// It is: what is known is all there is.
    #[default]
    None,
    /// It is on its way.
    Awaited,
    /// Nobody answered for a part of it, or for all.
    Unread,
}

impl Gap {
    /// That of two sources together. What is on its way comes first: nothing is settled before.
    const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Awaited, _) | (_, Self::Awaited) => Self::Awaited,
            (Self::Unread, _) | (_, Self::Unread) => Self::Unread,
            (Self::None, Self::None) => Self::None,
        }
    }
}

/// The gaps of all sources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Gaps {
    /// Token vaults, whose stakers stake.
    pub(crate) vaults: Gap,
    /// Stakes of others whose rewards are the address's.
    pub(crate) received: Gap,
    /// Splits that somebody named here, now or at an earlier visit.
    pub(crate) named: Gap,
    /// What one of these just told of, and the next answer of the chain is about.
    pub(crate) found: Gap,
}

impl Gaps {
    /// What is known of the sources of an address; answers for another one do not count.
    pub(super) fn of(
        owner: Address,
        vaults: &Remote<At<Holdings>>,
        received: &Remote<At<Received>>,
        named: &Remote<At<Looked>>,
    ) -> Self {
        let vaults = gap(vaults, |found| (found.owner == owner).then(|| found.is_whole()));
        // splits that are no splits are none of somebody in particular: they are told where there are others
        let received = gap(received, |found| (found.owner == owner).then_some(true));
        let named = gap(named, |looked| (looked.owner == owner).then(|| !looked.found.iter().any(is_open)));
        Self { vaults, received, named, found: Gap::None }
    }

    /// Of the splits that stakes of others, or somebody, named.
    pub(crate) const fn of_splits(self) -> Gap {
        self.received.and(self.named)
    }

    /// Of everything.
    pub(crate) const fn of_all(self) -> Gap {
        self.vaults.and(self.of_splits()).and(self.found)
    }
}

/// The gap of one source; `is_whole` says it of an answer, or `None` where that is for another address.
fn gap<T>(read: &Remote<At<T>>, is_whole: impl Fn(&T) -> Option<bool>) -> Gap {
    match (read.last().and_then(|at| is_whole(&at.value)), read.failure()) {
        (Some(true), _) => Gap::None,
        (Some(false), _) | (None, Some(_)) => Gap::Unread,
        (None, None) => Gap::Awaited,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use alloy_primitives::B256;

    use super::*;
    use crate::{
        aztec::read::NotPaid,
        chain::{BlockRef, ReadError, RpcError},
    };

    const OWNER: Address = Address::repeat_byte(1);

    fn at<T>(value: T) -> Arc<At<T>> {
        Arc::new(At {
            block: BlockRef { number: 9, hash: B256::ZERO, parent: B256::ZERO, timestamp: 9 },
            value,
        })
    }

    fn unanswered() -> ReadError {
        RpcError::NoEndpoint.into()
    }

    fn holdings() -> Holdings {
        Holdings { owner: OWNER, vaults: Vec::new(), others: Vec::new(), events: Ok(()), unread: 0 }
    }

    fn looked(verdict: Option<NotPaid>) -> Looked {
        let found = verdict.map(|verdict| (Address::repeat_byte(7), Err(verdict)));
        Looked { owner: OWNER, found: found.into_iter().collect() }
    }

    /// Those where each source answered, but for what a test says otherwise.
    struct World {
        vaults: Remote<At<Holdings>>,
        received: Remote<At<Received>>,
        named: Remote<At<Looked>>,
    }

    impl Default for World {
        fn default() -> Self {
            Self {
                vaults: Remote::Ready(at(holdings())),
                received: Remote::Ready(at(Received { owner: OWNER, ..Received::default() })),
                named: Remote::Ready(at(looked(None))),
            }
        }
    }

    impl World {
        fn gaps(&self) -> (Gap, Gap) {
            let gaps = Gaps::of(OWNER, &self.vaults, &self.received, &self.named);
            (gaps.vaults, gaps.of_all())
        }
    }

    #[test]
    fn all_is_known_once_every_source_answered_for_the_address() {
        assert_eq!(World::default().gaps(), (Gap::None, Gap::None));
        let other = Address::repeat_byte(2);
        let of_another =
            World { vaults: Remote::Ready(at(Holdings { owner: other, ..holdings() })), ..World::default() };
        assert_eq!(of_another.gaps(), (Gap::Awaited, Gap::Awaited));
        let of_another = World {
            received: Remote::Ready(at(Received { owner: other, ..Received::default() })),
            ..World::default()
        };
        assert_eq!(of_another.gaps(), (Gap::None, Gap::Awaited));
        let of_another =
            World { named: Remote::Ready(at(Looked { owner: other, ..looked(None) })), ..World::default() };
        assert_eq!(of_another.gaps(), (Gap::None, Gap::Awaited));
    }

    #[test]
    fn vaults_that_nobody_answered_for_are_missing_from_stakes_and_rewards() {
        let gaps = |vaults| World { vaults, ..World::default() }.gaps();
        assert_eq!(gaps(Remote::Loading), (Gap::Awaited, Gap::Awaited));
        let unread = (Gap::Unread, Gap::Unread);
        assert_eq!(gaps(Remote::Failed(unanswered())), unread);
        // the factories' events are a part of an answer that is good otherwise
        let hidden = Holdings { events: Err(unanswered()), ..holdings() };
        assert_eq!(gaps(Remote::Ready(at(hidden))), unread);
        let missing = Holdings { unread: 1, ..holdings() };
        assert_eq!(gaps(Remote::Partial(at(missing), unanswered())), unread);
        // of each vault the staker is known, and something else is not
        assert_eq!(gaps(Remote::Partial(at(holdings()), unanswered())), (Gap::None, Gap::None));
        assert_eq!(gaps(Remote::Stale(at(holdings()), unanswered())), (Gap::None, Gap::None));
    }

    #[test]
    fn splits_that_nobody_answered_for_are_missing_from_rewards_alone() {
        let gaps = |received| World { received, ..World::default() }.gaps();
        assert_eq!(gaps(Remote::Loading), (Gap::None, Gap::Awaited));
        assert_eq!(gaps(Remote::Failed(unanswered())), (Gap::None, Gap::Unread));
        let gaps = |named| World { named, ..World::default() }.gaps();
        assert_eq!(gaps(Remote::Loading), (Gap::None, Gap::Awaited));
        let open = looked(Some(NotPaid::NotRead(unanswered())));
        assert_eq!(gaps(Remote::Ready(at(open))), (Gap::None, Gap::Unread));
        // a verdict is an answer
        assert_eq!(gaps(Remote::Ready(at(looked(Some(NotPaid::NoSplit))))), (Gap::None, Gap::None));
        // what is on its way comes first
        let both =
            World { received: Remote::Failed(unanswered()), named: Remote::Loading, ..World::default() };
        assert_eq!(both.gaps(), (Gap::None, Gap::Awaited));
    }
}
