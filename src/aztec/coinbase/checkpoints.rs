use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::SolValue as _;

use crate::{
    aztec::events::{Fields, Place},
    chain::logs::LogEntry,
};

/// What one event of a rollup tells about its checkpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A checkpoint was proposed.
    Proposed {
        /// Its number; numbers are used again after those that had them were dropped.
        number: u64,
        /// The root that its proposal begins with.
        archive: B256,
    },
    /// All up to this one are proven.
    Proven {
        /// The last one of the proof.
        end: u64,
    },
    /// All above this one were dropped: nobody proved them in time.
    Pruned {
        /// The last one that stays.
        kept: u64,
    },
    /// This one and all after it were dropped: its attestations were bad.
    Invalidated {
        /// The first one that is gone.
        number: u64,
    },
}

/// A [`Step`] and where it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The rollup.
    pub rollup: Address,
    /// Where.
    pub place: Place,
    /// What.
    pub step: Step,
}

/// The events of every generation that is known. The first generation called checkpoints blocks.
pub const SIGNATURES: [&str; 6] = [
    "CheckpointProposed(uint256,bytes32,bytes32[],bytes32,bytes32)",
    "L2BlockProposed(uint256,bytes32,bytes32[])",
    "L2ProofVerified(uint256,address)",
    "PrunedPending(uint256,uint256)",
    "CheckpointInvalidated(uint256)",
    "BlockInvalidated(uint256)",
];

impl Event {
    /// What a log says; `None` for others and for those of another form.
    pub fn from_log(entry: &LogEntry) -> Option<Self> {
        let topic = entry.event()?;
        let known = SIGNATURES.iter().position(|signature| keccak256(signature) == topic)?;
        let fields = Fields::new(entry.data.topics(), entry.bytes());
        let number = fields.id(0)?;
        let step = match known {
            0 | 1 => Step::Proposed { number, archive: *entry.data.topics().get(2)? },
            2 => Step::Proven { end: number },
            3 => Step::Pruned { kept: number },
            _ => Step::Invalidated { number },
        };
        let place = Place::of(entry);
        Some(Self { rollup: entry.address, place, step })
    }
}

/// A checkpoint that was not dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Its number on its rollup.
    pub number: u64,
    /// The root that its proposal begins with.
    pub archive: B256,
    /// Where it was proposed.
    pub place: Place,
    /// The last checkpoint of the first proof that covers it, and where that was told.
    pub proof: Option<(u64, Place)>,
}

/// The checkpoints of one rollup that stand, by its events in chain order.
pub fn standing(events: impl IntoIterator<Item = Event>) -> Vec<Checkpoint> {
    let mut all: Vec<Checkpoint> = Vec::new();
    for Event { place, step, .. } in events {
        let drop_from = |all: &mut Vec<Checkpoint>, first: u64| {
            // what is proven was credited, and stays
            all.retain(|known| known.proof.is_some() || known.number < first);
        };
        match step {
            Step::Proposed { number, archive } => {
                drop_from(&mut all, number);
                all.push(Checkpoint { number, archive, place, proof: None });
            }
            Step::Proven { end } => {
                for known in all.iter_mut().rev().take_while(|known| known.proof.is_none()) {
                    if known.number <= end {
                        known.proof = Some((end, place));
                    }
                }
            }
            Step::Pruned { kept } => drop_from(&mut all, kept.saturating_add(1)),
            Step::Invalidated { number } => drop_from(&mut all, number),
        }
    }
    all
}

/// Who proposes in the slots of an epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draw {
    /// Its committee, in the rollup's order; empty where there is none, or where proposing was free to somebody else.
    pub committee: Vec<Address>,
    /// What places are drawn by.
    pub seed: U256,
}

impl Draw {
    /// The proposer of a slot: `committee[keccak256(abi.encode(epoch, slot, seed)) mod n]`.
    pub fn proposer(&self, epoch: u64, slot: u64) -> Option<Address> {
        let count = U256::from(self.committee.len());
        let drawn = keccak256((U256::from(epoch), U256::from(slot), self.seed).abi_encode());
        let place = U256::from_be_bytes(drawn.0).checked_rem(count)?;
        self.committee.get(usize::try_from(place).ok()?).copied()
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::LogData;

    use super::*;

    fn told(steps: &[Step]) -> Vec<(u64, u64, Option<u64>)> {
        let events = (1..).zip(steps).map(|(block, step)| Event {
            rollup: Address::ZERO,
            place: Place { block, index: 0, tx: B256::ZERO, time: None },
            step: *step,
        });
        let found = standing(events);
        found.iter().map(|one| (one.number, one.place.block, one.proof.map(|(end, _)| end))).collect()
    }

    const fn proposed(number: u64) -> Step {
        Step::Proposed { number, archive: B256::ZERO }
    }

    #[test]
    fn what_was_dropped_does_not_stand() {
        let (one, two, three) = (proposed(1), proposed(2), proposed(3));
        for (steps, expected) in [
            (vec![one, two], vec![(1, 1, None), (2, 2, None)]),
            (vec![one, two, Step::Proven { end: 2 }], vec![(1, 1, Some(2)), (2, 2, Some(2))]),
            // nobody proved it in time: its number is given again
            (
                vec![one, Step::Proven { end: 1 }, two, Step::Pruned { kept: 1 }, two],
                vec![(1, 1, Some(1)), (2, 5, None)],
            ),
            (vec![one, two, three, Step::Invalidated { number: 2 }], vec![(1, 1, None)]),
            // a later proof of the same ones credits nothing again
            (
                vec![one, Step::Proven { end: 1 }, two, Step::Proven { end: 2 }],
                vec![(1, 1, Some(1)), (2, 3, Some(2))],
            ),
            (vec![one, two, Step::Proven { end: 1 }], vec![(1, 1, Some(1)), (2, 2, None)]),
            // the event of the pruning lies before the window
            (vec![two, proposed(3), two], vec![(2, 3, None)]),
        ] {
            assert_eq!(told(&steps), expected, "{steps:?}");
        }
    }

    #[test]
    fn the_events_are_those_of_the_documentation() {
        let topic = |place: usize| format!("{:x}", keccak256(SIGNATURES[place]));
        assert!(topic(0).starts_with("6ff492bf"), "{}", topic(0));
        assert!(topic(1).starts_with("9ad613a7"), "{}", topic(1));
        let entry = |topics: Vec<B256>, data: Vec<u8>| LogEntry {
            address: Address::ZERO,
            data: LogData::new_unchecked(topics, data.into()),
            block: 1,
            index: 2,
            tx: B256::ZERO,
            time: None,
        };
        let number = |n: u64| B256::from(U256::from(n));
        let archive = B256::repeat_byte(7);
        let log = entry(vec![keccak256(SIGNATURES[0]), number(5), archive], Vec::new());
        assert_eq!(
            Event::from_log(&log).map(|event| event.step),
            Some(Step::Proposed { number: 5, archive })
        );
        let log = entry(vec![keccak256(SIGNATURES[3])], [number(4).0, number(9).0].concat());
        assert_eq!(Event::from_log(&log).map(|event| event.step), Some(Step::Pruned { kept: 4 }));
        assert_eq!(Event::from_log(&entry(vec![keccak256(SIGNATURES[0])], Vec::new())), None);
        assert_eq!(Event::from_log(&entry(vec![keccak256("Other()")], Vec::new())), None);
    }

    #[test]
    fn nobody_proposes_without_a_committee() {
        assert_eq!(Draw { committee: Vec::new(), seed: U256::ONE }.proposer(1, 2), None);
        let one = Draw { committee: vec![Address::repeat_byte(1)], seed: U256::ONE };
        assert_eq!(one.proposer(1, 2), Some(Address::repeat_byte(1)));
    }
}
