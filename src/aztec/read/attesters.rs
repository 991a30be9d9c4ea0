use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};

use crate::{
    aztec::{
        Deployment,
        abi::{AttesterView, DepositArgs, IGovernance, IRollup},
        model::{ExitView, Standing},
    },
    chain::{At, Batch, BlockRef, Pool, ReadError, Reading, unanswered},
};

/// Where one attester stands on the rollups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttesterState {
    /// What the rollup that knows it says; [`Standing::None`] when none does.
    pub standing: Standing,
    /// `AttesterConfig.withdrawer`: who staked with this key first. `None` before activation. It is set for ever.
    pub withdrawer: Option<Address>,
}

/// Reads where attesters are: on the canonical rollup first, those it does not know on the older ones, and the
/// governance unlock of every exit.
///
/// An attester whose state could not be read is an error in its place.
pub async fn attester_states(
    pool: &Pool,
    contracts: &Deployment,
    attesters: &[Address],
    block: BlockRef,
) -> At<BTreeMap<Address, Reading<AttesterState>>> {
    let mut states = BTreeMap::new();
    let mut missing: Vec<Address> = attesters.to_vec();
    // newest first: nearly all stake follows upgrades
    let canonical_first = std::iter::once(contracts.canonical)
        .chain((0..contracts.rollups.len()).rev().filter(|i| *i != contracts.canonical));
    for index in canonical_first {
        if missing.is_empty() {
            break;
        }
        let rollup = contracts.rollups[index].address;
        let mut batch = Batch::new();
        let slots: Vec<_> = missing
            .iter()
            .map(|&attester| (attester, batch.add(rollup, IRollup::getAttesterViewCall { attester })))
            .collect();
        let answers = batch.run(pool, &block).await;
        missing.clear();
        for (attester, slot) in slots {
            let state = answers.get(slot).and_then(|view| state_of(index, &view));
            let known = state.get().is_some_and(|state| state.standing != Standing::None);
            // an unread answer of one rollup must not be covered by "not here" of another
            let keep = known || state.value.is_err() || !states.contains_key(&attester);
            if !known && state.value.is_ok() {
                missing.push(attester);
            }
            if keep {
                states.insert(attester, state);
            }
        }
    }
    unlocks(pool, contracts, &mut states, &block).await;
    At { block, value: states }
}

fn state_of(rollup: usize, view: &AttesterView) -> Result<AttesterState, ReadError> {
    let small = |n: U256| u64::try_from(n).map_err(|_error| ReadError::Decode);
    let exit = || -> Result<ExitView, ReadError> {
        Ok(ExitView {
            amount: view.exit.amount,
            exitable_at: small(view.exit.exitableAt)?,
            withdrawal_id: view.exit.withdrawalId,
            unlocks_at: Err(ReadError::Incomplete),
            recipient: view.exit.isRecipient.then_some(view.exit.recipientOrWithdrawer),
        })
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

/// Adds to each exit when governance releases its stake (`Governance.getWithdrawal`).
async fn unlocks(
    pool: &Pool,
    contracts: &Deployment,
    states: &mut BTreeMap<Address, Reading<AttesterState>>,
    block: &BlockRef,
) {
    let mut batch = Batch::new();
    let mut slots = Vec::new();
    for state in states.values_mut() {
        if let Ok(AttesterState {
            standing: Standing::Exiting { exit, .. } | Standing::Zombie { exit, .. },
            ..
        }) = &mut state.value
        {
            let call = IGovernance::getWithdrawalCall { withdrawalId: exit.withdrawal_id };
            slots.push((exit, batch.add(contracts.governance, call)));
        }
    }
    if batch.is_empty() {
        return;
    }
    let answers = batch.run(pool, block).await;
    for (exit, slot) in slots {
        // a withdrawal that was claimed already holds nothing back
        exit.unlocks_at = answers.value(slot).and_then(|w| {
            if w.claimed { Ok(0) } else { w.unlocksAt.try_into().map_err(|_error| ReadError::Decode) }
        });
    }
}

/// One waiting deposit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueEntry {
    /// Its key.
    pub attester: Address,
    /// Who staked.
    pub withdrawer: Address,
    /// The key's G1 point, by which the GSE knows a key.
    pub public_key: (U256, U256),
}

/// The deposits that wait to join one rollup, head first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryQueue {
    /// `getEntryQueueLength()`.
    pub length: Reading<u64>,
    /// `getEntryQueueFlushSize()`: how many join per epoch.
    pub flush_size: Reading<u64>,
    /// `getAvailableValidatorFlushes()`: how many may still join this epoch.
    pub available: Reading<u64>,
    /// Its entries; an error when one of them could not be read.
    pub entries: Result<Vec<QueueEntry>, ReadError>,
}

impl EntryQueue {
    /// Why it is not complete, when it is that nobody answered.
    pub fn unanswered(&self) -> Option<ReadError> {
        let figures = [&self.length, &self.flush_size, &self.available];
        figures.into_iter().find_map(Reading::unanswered).or_else(|| unanswered(&self.entries))
    }

    /// Place of a deposit from the head, 0-based. Both must match: a key may be queued twice, by two people.
    pub fn place(&self, attester: Address, withdrawer: Address) -> Option<u64> {
        let entries = self.entries.as_ref().ok()?;
        let found =
            entries.iter().position(|entry| entry.attester == attester && entry.withdrawer == withdrawer);
        found.and_then(|index| index.try_into().ok())
    }
}

/// Reads the entry queue of every rollup, in the order of [`Deployment::rollups`].
pub async fn entry_queues(pool: &Pool, contracts: &Deployment, block: BlockRef) -> At<Vec<EntryQueue>> {
    let mut batch = Batch::new();
    let slots: Vec<_> = contracts
        .rollups
        .iter()
        .map(|rollup| {
            (
                rollup.address,
                batch.add(rollup.address, IRollup::getEntryQueueLengthCall {}),
                batch.add(rollup.address, IRollup::getEntryQueueFlushSizeCall {}),
                batch.add(rollup.address, IRollup::getAvailableValidatorFlushesCall {}),
            )
        })
        .collect();
    let answers = batch.run(pool, &block).await;
    let small = |n: U256| u64::try_from(n).map_err(|_error| ReadError::Decode);

    let mut entries = Batch::new();
    let mut queues = Vec::new();
    for (rollup, length, flush_size, available) in slots {
        let length = answers.get(length).and_then(small);
        let waiting = (0..length.get().copied().unwrap_or(0))
            .map(|i| entries.add(rollup, IRollup::getEntryQueueAtCall { index: U256::from(i) }));
        queues.push((
            waiting.collect::<Vec<_>>(),
            length,
            answers.get(flush_size).and_then(small),
            answers.get(available).and_then(small),
        ));
    }
    let entries = if entries.is_empty() { None } else { Some(entries.run(pool, &block).await) };
    let value = queues.into_iter().map(|(waiting, length, flush_size, available)| {
        let read = || {
            waiting
                .iter()
                .map(|slot| entries.as_ref().ok_or(ReadError::Incomplete)?.value(*slot).map(entry))
                .collect()
        };
        let entries = length.need().and_then(|_| read());
        EntryQueue { length, flush_size, available, entries }
    });
    At { block, value: value.collect() }
}

fn entry(args: DepositArgs) -> QueueEntry {
    QueueEntry {
        attester: args.attester,
        withdrawer: args.withdrawer,
        public_key: (args.publicKeyInG1.x, args.publicKeyInG1.y),
    }
}
