use std::collections::BTreeSet;

use alloy_primitives::{Address, B256, U256, keccak256};

use crate::{
    aztec::{
        Deployment,
        abi::{AttesterView, G1Point, IGSE, IRollup, IStakingRegistry},
        read::{queues::EntryQueue, stakes::entry_queues},
    },
    chain::{Answers, At, Batch, BlockRef, Pool, ReadError, Slot},
};

/// Why a stake with this key must not be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyProblem {
    /// `GSE.getWithdrawer(attester)` is set: the key was staked with before, by this address. A stake would wait in
    /// the queue, fail there and be refunded.
    Used(Address),
    /// `GSE.ownedPKs`: another attester staked with this BLS key before. Same consequence.
    PublicKeyUsed,
    /// It waits in a rollup's entry queue already; the second one will fail.
    Queued {
        /// Version of the rollup.
        version: U256,
    },
    /// The same attester or BLS key stands earlier in the same provider's queue.
    Repeated,
    /// An exit of this attester is running on the canonical rollup: `stake` reverts with `Staking__AlreadyExiting`.
    Exiting {
        /// Version of the rollup.
        version: U256,
    },
    /// A rollup knows it as active although the GSE names no withdrawer.
    Active {
        /// Version of the rollup.
        version: U256,
    },
    /// The provider added a key without an address: `stake` reverts.
    Empty,
}

/// One of the next keys of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyVerdict {
    /// Position in the provider's queue.
    pub index: u128,
    /// Its attester.
    pub attester: Address,
    /// What is wrong with it; `Ok(None)` when a stake with it will be accepted as far as can be told. An error
    /// when a check could not be made: not checked is not good.
    pub problem: Result<Option<KeyProblem>, ReadError>,
}

/// Keys of one provider at most: what an endpoint says beyond is not asked for. Ten times all sequencers of today.
const MOST: u64 = 40_000;

/// Checks the keys that the next `count` stakes with a provider would take.
///
/// Fewer verdicts come back when the queue holds fewer keys. What only the proof of possession can tell (a key
/// whose proof is wrong) shows when the entry queue is flushed and is not part of this check.
pub async fn next_keys(
    pool: &Pool,
    contracts: &Deployment,
    provider_id: u64,
    count: u64,
    block: BlockRef,
) -> Result<At<Vec<KeyVerdict>>, ReadError> {
    let registry = contracts.staking_registry;
    let id = U256::from(provider_id);
    let mut batch = Batch::new();
    let first = batch.add(registry, IStakingRegistry::getFirstIndexInQueueCall { id });
    let length = batch.add(registry, IStakingRegistry::getProviderQueueLengthCall { id });
    let answers = batch.run(pool, &block).await;
    let first = answers.value(first)?;
    let count = count.min(u64::try_from(answers.value(length)?).map_err(|_error| ReadError::Decode)?);
    if count > MOST {
        return Err(ReadError::Decode);
    }

    let mut batch = Batch::new();
    let slots: Vec<_> = (0..u128::from(count))
        .map(|offset| {
            let index = first.saturating_add(offset);
            (index, batch.add(registry, IStakingRegistry::getValueAtIndexInQueueCall { id, index }))
        })
        .collect();
    let answers = batch.run(pool, &block).await;
    let mut keys = Vec::new();
    for (index, slot) in slots {
        let key = answers.value(slot)?;
        keys.push((index, key.attester, key.publicKeyG1));
    }
    let (checks, queues) =
        futures::join!(Checks::read(pool, contracts, &keys, &block), entry_queues(pool, contracts, block));

    let mut seen = Seen::default();
    let verdicts = keys.iter().zip(&checks.slots).map(|((index, attester, point), slots)| KeyVerdict {
        index: *index,
        attester: *attester,
        problem: if attester.is_zero() {
            Ok(Some(KeyProblem::Empty))
        } else if seen.again(*attester, point) {
            Ok(Some(KeyProblem::Repeated))
        } else {
            checks.problem(contracts, slots).and_then(|problem| match problem {
                Some(problem) => Ok(Some(problem)),
                None => queued(contracts, &queues.value, *attester, point),
            })
        },
    });
    Ok(At { block, value: verdicts.collect() })
}

#[derive(Default)]
struct Seen {
    attesters: BTreeSet<Address>,
    points: BTreeSet<B256>,
}

impl Seen {
    fn again(&mut self, attester: Address, point: &G1Point) -> bool {
        let new = (self.attesters.insert(attester), self.points.insert(hash(point)));
        new != (true, true)
    }
}

/// How the GSE names a BLS key: `keccak256(abi.encodePacked(x, y))`.
pub(super) fn hash(point: &G1Point) -> B256 {
    keccak256([point.x.to_be_bytes::<32>(), point.y.to_be_bytes::<32>()].concat())
}

pub(super) fn queued(
    contracts: &Deployment,
    queues: &[EntryQueue],
    attester: Address,
    point: &G1Point,
) -> Result<Option<KeyProblem>, ReadError> {
    for (rollup, queue) in contracts.rollups.iter().zip(queues) {
        let entries = queue.entries.as_ref().map_err(Clone::clone)?;
        if entries.iter().any(|e| e.attester == attester || e.public_key == (point.x, point.y)) {
            return Ok(Some(KeyProblem::Queued { version: rollup.version }));
        }
    }
    Ok(None)
}

pub(super) struct KeySlots {
    withdrawer: Slot<Address>,
    owned: Slot<bool>,
    views: Vec<Slot<AttesterView>>,
}

pub(super) struct Checks {
    answers: Answers,
    pub(super) slots: Vec<KeySlots>,
}

impl Checks {
    pub(super) async fn read(
        pool: &Pool,
        contracts: &Deployment,
        keys: &[(u128, Address, G1Point)],
        block: &BlockRef,
    ) -> Self {
        let mut batch = Batch::new();
        let slots = keys.iter().map(|(_, attester, point)| KeySlots {
            withdrawer: batch.add(contracts.gse, IGSE::getWithdrawerCall { attester: *attester }),
            owned: batch.add(contracts.gse, IGSE::ownedPKsCall { hashedPK1: hash(point) }),
            views: contracts
                .rollups
                .iter()
                .map(|rollup| batch.add(rollup.address, IRollup::getAttesterViewCall { attester: *attester }))
                .collect(),
        });
        let slots = slots.collect();
        Self { answers: batch.run(pool, block).await, slots }
    }

    pub(super) fn problem(
        &self,
        contracts: &Deployment,
        slots: &KeySlots,
    ) -> Result<Option<KeyProblem>, ReadError> {
        // an exit record on the rollup that is staked on blocks `stake` itself, so it is the first thing to say; on
        // another one it only means that the key was used
        if self.answers.value(slots.views[contracts.canonical])?.exit.exists {
            return Ok(Some(KeyProblem::Exiting { version: contracts.canonical().version }));
        }
        let withdrawer = self.answers.value(slots.withdrawer)?;
        if !withdrawer.is_zero() {
            return Ok(Some(KeyProblem::Used(withdrawer)));
        }
        if self.answers.value(slots.owned)? {
            return Ok(Some(KeyProblem::PublicKeyUsed));
        }
        for (rollup, slot) in contracts.rollups.iter().zip(&slots.views) {
            if self.answers.value(*slot)?.status != 0 {
                return Ok(Some(KeyProblem::Active { version: rollup.version }));
            }
        }
        Ok(None)
    }
}
