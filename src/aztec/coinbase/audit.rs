use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, B256};

use super::{Draw, Event, Payee};
use crate::{
    aztec::{events::Place, rules::Position},
    chain::ReadError,
};

/// Why it is not known whom a checkpoint named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// The transaction was not read.
    NotRead(ReadError),
    /// It holds no call of a form that is known.
    UnknownForm,
}

/// A checkpoint of a sequencer of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Who proposed it, by committee and seed.
    pub attester: Address,
    /// Its rollup.
    pub rollup: Address,
    /// Its number there.
    pub number: u64,
    /// Its slot.
    pub slot: u64,
    /// The root that its proposal begins with.
    pub archive: B256,
    /// Where it was proposed.
    pub place: Place,
    /// The transaction that `coinbase` was found in: that of the proof, else that of the proposal.
    pub tx: B256,
    /// Whether it is proven.
    pub proven: bool,
    /// Whether `coinbase` is by the proof: then it was credited. Otherwise it is what the proposal named.
    pub credited: bool,
    /// Who was to be paid.
    pub coinbase: Result<Address, Unseen>,
    /// Who sent the proposal, where that was read.
    pub publisher: Option<Address>,
}

/// Whom the sequencers that were asked about named, in a window of blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// First and last block that was looked at.
    pub blocks: (u64, u64),
    /// Their checkpoints, in chain order.
    pub seen: Vec<Seen>,
    /// Rollups with checkpoints of a known form in the window.
    pub rollups: BTreeSet<Address>,
    /// Why nobody can be said not to have proposed: some turns were not read.
    pub gap: Option<ReadError>,
    /// Events, for the next time.
    pub events: Vec<Event>,
    /// Turns by rollup and epoch, for the next time.
    pub draws: BTreeMap<(Address, u64), Draw>,
}

impl Audit {
    /// Why it is not complete, when it is that nobody answered.
    pub fn unanswered(&self) -> Option<ReadError> {
        let unread = |seen: &Seen| match &seen.coinbase {
            Err(Unseen::NotRead(error)) => Some(error.clone()),
            _ => None,
        };
        self.gap.clone().or_else(|| self.seen.iter().find_map(unread)).filter(ReadError::is_unanswered)
    }
}

/// Why a delegation was not checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotChecked {
    /// Its rollup told of no checkpoint of a known form in the window.
    NothingTold,
    /// What it needs was not read.
    NotRead(ReadError),
    /// Its transactions are of a form that is not known.
    UnknownForm,
}

/// What the chain shows about who is paid for a delegation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paid {
    /// The newest checkpoint that could be read named its split.
    Split {
        /// That checkpoint.
        newest: Seen,
        /// Its checkpoints in the window that named the split.
        right: usize,
        /// Those that named somebody else, before.
        astray: usize,
    },
    /// It named somebody else.
    Other {
        /// Whom.
        to: Address,
        /// That checkpoint.
        newest: Seen,
        /// Its checkpoints in the window that did not name the split.
        astray: usize,
    },
    /// It had no checkpoint in the window.
    NotProposed,
    /// It is not known.
    NotChecked(NotChecked),
}

/// The verdict on one delegation; `home` is the rollup that its sequencer validates on. Only checkpoints after the
/// delegation count: a key may have worked for somebody else before.
pub fn paid(audit: &Audit, payee: &Payee, home: Option<Address>) -> Paid {
    let own = || {
        let of_it = audit.seen.iter().filter(|seen| seen.attester == payee.attester);
        of_it.filter(|seen| seen.place.position() > (payee.block, payee.index))
    };
    let named = || own().filter_map(|seen| seen.coinbase.as_ref().ok().map(|to| (seen, *to)));
    let right = named().filter(|(_, to)| *to == payee.split).count();
    let astray = named().count() - right;
    match (named().last(), own().last()) {
        (Some((newest, to)), _) if to == payee.split => Paid::Split { newest: newest.clone(), right, astray },
        (Some((newest, to)), _) => Paid::Other { to, newest: newest.clone(), astray },
        (None, Some(seen)) => Paid::NotChecked(match &seen.coinbase {
            Err(Unseen::NotRead(error)) => NotChecked::NotRead(error.clone()),
            _ => NotChecked::UnknownForm,
        }),
        (None, None) => match (&audit.gap, home) {
            (Some(error), _) => Paid::NotChecked(NotChecked::NotRead(error.clone())),
            // one that is on no rollup yet cannot have had a turn
            (None, home) if home.map_or(!audit.rollups.is_empty(), |home| audit.rollups.contains(&home)) => {
                Paid::NotProposed
            }
            (None, _) => Paid::NotChecked(NotChecked::NothingTold),
        },
    }
}

/// The rollup that a sequencer validates on, if any: one that leaves has no turns any more.
pub fn home(rollups: &[crate::aztec::Rollup], position: Option<&Position>) -> Option<Address> {
    rollups.get(position?.rollup()?).map(|rollup| rollup.address)
}

/// Those whose newest checkpoint paid somebody else: attester, and whom.
pub fn astray(verdicts: &[(Payee, Paid)]) -> Vec<(Address, Address)> {
    let wrong = |(payee, paid): &(Payee, Paid)| match paid {
        Paid::Other { to, .. } => Some((payee.attester, *to)),
        _ => None,
    };
    verdicts.iter().filter_map(wrong).collect()
}

/// Accounts that sent proposals of these sequencers: they pay for the nodes' transactions.
pub fn publishers(audit: &Audit) -> BTreeSet<Address> {
    audit.seen.iter().filter_map(|seen| seen.publisher).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::RpcError;

    fn a(n: u8) -> Address {
        Address::repeat_byte(n)
    }

    fn seen(block: u64, coinbase: Result<Address, Unseen>) -> Seen {
        Seen {
            attester: a(1),
            rollup: a(0xee),
            number: block,
            slot: block,
            archive: B256::ZERO,
            place: Place { block, index: 0, tx: B256::ZERO, time: None },
            tx: B256::ZERO,
            proven: false,
            credited: false,
            coinbase,
            publisher: None,
        }
    }

    fn verdict(seen: Vec<Seen>, gap: Option<ReadError>, rollups: &[Address]) -> Paid {
        let audit = Audit { seen, gap, rollups: rollups.iter().copied().collect(), ..Audit::default() };
        paid(&audit, &Payee { attester: a(1), split: a(101), block: 10, index: 0 }, Some(a(0xee)))
    }

    #[test]
    fn the_newest_that_could_be_read_decides() {
        let (right, wrong) = (|block| seen(block, Ok(a(101))), |block| seen(block, Ok(a(66))));
        let unknown = |block| seen(block, Err(Unseen::UnknownForm));
        let here = [a(0xee)];
        assert!(matches!(
            verdict(vec![wrong(11), right(12)], None, &here),
            Paid::Split { right: 1, astray: 1, .. }
        ));
        assert!(matches!(
            verdict(vec![right(11), wrong(12), unknown(13)], None, &here),
            Paid::Other { to, astray: 1, newest } if to == a(66) && newest.number == 12
        ));
        // a checkpoint before the delegation is nobody's evidence
        assert_eq!(verdict(vec![wrong(9)], None, &here), Paid::NotProposed);
        assert_eq!(verdict(vec![unknown(12)], None, &here), Paid::NotChecked(NotChecked::UnknownForm));
    }

    #[test]
    fn what_is_not_known_is_no_accusation_and_no_absence() {
        let error = ReadError::Rpc(RpcError::NoEndpoint);
        let unread = seen(12, Err(Unseen::NotRead(error.clone())));
        assert_eq!(verdict(vec![unread], None, &[]), Paid::NotChecked(NotChecked::NotRead(error.clone())));
        assert_eq!(
            verdict(Vec::new(), Some(error.clone()), &[a(0xee)]),
            Paid::NotChecked(NotChecked::NotRead(error))
        );
        // another rollup told of its checkpoints, its own did not
        assert_eq!(verdict(Vec::new(), None, &[a(0xdd)]), Paid::NotChecked(NotChecked::NothingTold));
    }
}
