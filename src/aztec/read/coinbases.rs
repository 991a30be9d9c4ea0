//! Whom sequencers named as receivers of their rewards, from the transactions of proposers and provers.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, B256, U256, keccak256};
use futures::{StreamExt as _, stream};

use crate::{
    aztec::{
        Deployment, RollupClock,
        abi::{IEscapeHatch, IRollup},
        coinbase::{
            Audit, Checkpoint, Draw, Event, SIGNATURES, Seen, Unseen, in_proof, in_proposal, standing,
        },
    },
    chain::{
        At, Batch, BlockRef, Pool, ReadError,
        logs::{LogQuery, Part, scan},
        rpc::Mined,
    },
};

/// A week of 12 s blocks: at 3,300 sequencers one has two or three turns in it.
const WINDOW: u64 = 50_400;
/// The newest blocks are always looked at again: another chain may have others in their place.
const UNSETTLED: u64 = 64;
/// Epochs asked for together: each takes up to 0.6 M gas.
const EPOCHS_AT_ONCE: usize = 40;
/// More epochs than any window has, where the events of a chain say otherwise.
const MOST_EPOCHS: u64 = 2_000;
/// Transactions under way at once.
const PARALLEL: usize = 4;
/// Checkpoints of one sequencer that are looked into, the newest ones: enough to tell a habit from an accident.
const NEWEST: usize = 3;

/// Looks for the checkpoints of these sequencers in the last week of blocks, and for whom each named. What an earlier
/// reading found makes the next one short.
///
/// Fails only where the events were not read; what else could not be read says so in its place.
pub async fn coinbases(
    pool: &Pool,
    contracts: &Deployment,
    attesters: &BTreeSet<Address>,
    before: Option<&Audit>,
    block: BlockRef,
) -> Result<At<Audit>, ReadError> {
    let first = block.number.saturating_sub(WINDOW).max(contracts.from_block.block()).min(block.number);
    let mut audit = Audit {
        blocks: (first, block.number),
        events: events(pool, contracts, first, before, block).await?,
        draws: before.map(|before| before.draws.clone()).unwrap_or_default(),
        ..Audit::default()
    };
    let mut turns = Vec::new();
    for rollup in &contracts.rollups {
        let own = audit.events.iter().filter(|event| event.rollup == rollup.address);
        let found = standing(own.copied());
        if found.is_empty() {
            continue;
        }
        audit.rollups.insert(rollup.address);
        let of = async {
            let clock = rollup.clock.need()?;
            let mut found =
                Found { pool, rollup: rollup.address, clock, list: &found, times: BTreeMap::new() };
            found.turns(attesters, &mut audit.draws, block).await
        };
        match of.await {
            Ok(more) => turns.extend(more),
            Err(error) => audit.gap = Some(error),
        }
    }
    audit.seen = named(pool, newest(turns), before).await;
    audit.seen.sort_by_key(|seen| seen.place.position());
    Ok(At { block, value: audit })
}

/// The events of the window: those known from before, and the rest.
async fn events(
    pool: &Pool,
    contracts: &Deployment,
    first: u64,
    before: Option<&Audit>,
    block: BlockRef,
) -> Result<Vec<Event>, ReadError> {
    let known = before.filter(|before| (first..=block.number).contains(&before.blocks.1));
    let from = known.map_or(first, |known| known.blocks.1.saturating_sub(UNSETTLED).max(first));
    let kept = known.into_iter().flat_map(|known| &known.events);
    let mut all: Vec<Event> =
        kept.filter(|event| (first..from).contains(&event.place.block)).copied().collect();
    let query = LogQuery {
        contracts: contracts.rollups.iter().map(|rollup| rollup.address).collect(),
        events: SIGNATURES.map(keccak256).to_vec(),
    };
    let mut take = |part: Part| all.extend(part.entries.iter().filter_map(Event::from_log));
    scan(pool, &query, from..=block.number, &mut take).await?;
    all.sort_by_key(|event| event.place.position());
    Ok(all)
}

/// A checkpoint of somebody who was asked about.
struct Turn {
    rollup: Address,
    attester: Address,
    slot: u64,
    checkpoint: Checkpoint,
}

/// The checkpoints of one rollup in the window.
struct Found<'a> {
    pool: &'a Pool,
    rollup: Address,
    clock: RollupClock,
    list: &'a [Checkpoint],
    /// Of blocks whose node does not send it along.
    times: BTreeMap<u64, u64>,
}

impl Found<'_> {
    async fn time(&mut self, index: usize) -> Result<u64, ReadError> {
        let Some(checkpoint) = self.list.get(index) else { return Err(ReadError::Incomplete) };
        let place = checkpoint.place;
        if let Some(known) = place.time.or_else(|| self.times.get(&place.block).copied()) {
            return Ok(known);
        }
        let time = self.pool.block(place.block).await?.block().timestamp;
        self.times.insert(place.block, time);
        Ok(time)
    }

    /// The epochs that can have a checkpoint of the list: without times, all from its first to its last one.
    async fn epochs(&mut self) -> Result<Vec<u64>, ReadError> {
        let known: Option<BTreeSet<u64>> =
            self.list.iter().map(|one| Some(self.clock.epoch_at(one.place.time?))).collect();
        if let Some(known) = known {
            return Ok(known.into_iter().collect());
        }
        let (first, last) = (self.time(0).await?, self.time(self.list.len() - 1).await?);
        let (first, last) = (self.clock.epoch_at(first), self.clock.epoch_at(last));
        Ok((first.max(last.saturating_sub(MOST_EPOCHS))..=last).collect())
    }

    /// The checkpoint of a slot: the rollup takes a proposal in its own slot only.
    async fn of_slot(&mut self, slot: u64) -> Result<Option<Checkpoint>, ReadError> {
        let (mut low, mut high) = (0, self.list.len());
        while low < high {
            let middle = low.midpoint(high);
            let at = self.time(middle).await?;
            if self.clock.slot_at(at) < slot { low = middle + 1 } else { high = middle }
        }
        if low == self.list.len() {
            return Ok(None);
        }
        let at = self.time(low).await?;
        Ok((self.clock.slot_at(at) == slot).then(|| self.list[low]))
    }

    /// The checkpoints of these attesters.
    async fn turns(
        &mut self,
        attesters: &BTreeSet<Address>,
        draws: &mut BTreeMap<(Address, u64), Draw>,
        block: BlockRef,
    ) -> Result<Vec<Turn>, ReadError> {
        let epochs = self.epochs().await?;
        let missing: Vec<u64> =
            epochs.iter().copied().filter(|epoch| !draws.contains_key(&(self.rollup, *epoch))).collect();
        for some in missing.chunks(EPOCHS_AT_ONCE) {
            let found = draw(self.pool, self.rollup, self.clock, some, block).await?;
            draws.extend(found.into_iter().map(|(epoch, draw)| ((self.rollup, epoch), draw)));
        }
        let mut turns = Vec::new();
        for epoch in epochs {
            let Some(draw) = draws.get(&(self.rollup, epoch)) else { continue };
            if !draw.committee.iter().any(|member| attesters.contains(member)) {
                continue;
            }
            let first = epoch.saturating_mul(self.clock.epoch);
            for slot in first..first.saturating_add(self.clock.epoch) {
                let Some(attester) = draw.proposer(epoch, slot).filter(|one| attesters.contains(one)) else {
                    continue;
                };
                if let Some(checkpoint) = self.of_slot(slot).await? {
                    turns.push(Turn { rollup: self.rollup, attester, slot, checkpoint });
                }
            }
        }
        Ok(turns)
    }
}

/// Who proposes in these epochs. An epoch without a committee, or with an open escape hatch, is nobody's.
async fn draw(
    pool: &Pool,
    rollup: Address,
    clock: RollupClock,
    epochs: &[u64],
    block: BlockRef,
) -> Result<Vec<(u64, Draw)>, ReadError> {
    let mut batch = Batch::new();
    let slots: Vec<_> = epochs
        .iter()
        .map(|epoch| {
            let number = U256::from(*epoch);
            let start = U256::from(clock.epoch_start(*epoch));
            (
                batch.add(rollup, IRollup::getEpochCommitteeCall { _epoch: number }),
                batch.add(rollup, IRollup::getSampleSeedAtCall { _ts: start }),
                batch.add(rollup, IRollup::getEscapeHatchForEpochCall { _epoch: number }),
            )
        })
        .collect();
    let answers = batch.run_whole(pool, &block).await?;
    let mut hatches = Batch::new();
    let asked: Vec<_> = epochs
        .iter()
        .zip(&slots)
        .map(|(epoch, (_, _, hatch))| {
            // a generation without the getter has none
            let hatch = answers.value(*hatch).ok().filter(|hatch| !hatch.is_zero())?;
            Some(hatches.add(hatch, IEscapeHatch::isHatchOpenCall { _epoch: U256::from(*epoch) }))
        })
        .collect();
    let open = hatches.run_whole(pool, &block).await?;
    let drawn = epochs.iter().zip(slots).zip(asked).map(|((epoch, (committee, seed, _)), hatch)| {
        let free = hatch.is_some_and(|hatch| open.value(hatch).is_ok_and(|found| found._0));
        let committee = answers.value(committee).unwrap_or_default();
        let committee = if free { Vec::new() } else { committee };
        match answers.value(seed) {
            Ok(seed) => (*epoch, Draw { committee, seed }),
            Err(_reverted) => (*epoch, Draw { committee: Vec::new(), seed: U256::ZERO }),
        }
    });
    Ok(drawn.collect())
}

/// The newest few of each attester.
fn newest(mut turns: Vec<Turn>) -> Vec<Turn> {
    turns.sort_by_key(|turn| core::cmp::Reverse(turn.checkpoint.place.position()));
    let mut counts: BTreeMap<Address, usize> = BTreeMap::new();
    turns.retain(|turn| {
        let count = counts.entry(turn.attester).or_default();
        *count += 1;
        *count <= NEWEST
    });
    turns
}

/// Whom each checkpoint named: by its proof, else by its proposal.
async fn named(pool: &Pool, turns: Vec<Turn>, before: Option<&Audit>) -> Vec<Seen> {
    let mut known: Vec<Seen> = Vec::new();
    let mut open: Vec<Turn> = Vec::new();
    for turn in turns {
        match before.and_then(|before| before.seen.iter().find(|seen| is_same(seen, &turn))) {
            Some(seen) => known.push(seen.clone()),
            None => open.push(turn),
        }
    }
    let wanted: BTreeSet<B256> = open
        .iter()
        .flat_map(|turn| [Some(turn.checkpoint.place.tx), turn.checkpoint.proof.map(|(_, place)| place.tx)])
        .flatten()
        .collect();
    let read = |tx| async move { (tx, pool.transaction(tx).await) };
    let read: Vec<_> = stream::iter(wanted.into_iter().map(read)).buffer_unordered(PARALLEL).collect().await;
    let read: BTreeMap<B256, Result<Mined, ReadError>> = read
        .into_iter()
        .map(|(tx, found)| match found {
            Ok(found) => (tx, found.ok_or(ReadError::Incomplete)),
            Err(error) => (tx, Err(error.into())),
        })
        .collect();
    known.extend(open.iter().map(|turn| seen(turn, &read)));
    known
}

/// Whether the same checkpoint, proven or not, was read before.
fn is_same(seen: &Seen, turn: &Turn) -> bool {
    let Checkpoint { archive, place, proof, .. } = turn.checkpoint;
    (seen.rollup, seen.archive, seen.place.tx, seen.proven)
        == (turn.rollup, archive, place.tx, proof.is_some())
        && seen.attester == turn.attester
        && seen.coinbase.is_ok()
}

fn seen(turn: &Turn, read: &BTreeMap<B256, Result<Mined, ReadError>>) -> Seen {
    let Turn { rollup, attester, slot, checkpoint } = turn;
    let Checkpoint { number, archive, place, proof } = *checkpoint;
    let input = |tx: B256| match read.get(&tx) {
        Some(Ok(mined)) => Ok(mined),
        Some(Err(error)) => Err(Unseen::NotRead(error.clone())),
        None => Err(Unseen::NotRead(ReadError::Incomplete)),
    };
    let proposal = input(place.tx);
    let publisher = proposal.as_ref().ok().map(|mined| mined.from);
    let proposed = proposal.and_then(|mined| {
        let said = in_proposal(&mined.input, archive).filter(|said| said.slot == *slot);
        said.map(|said| said.coinbase).ok_or(Unseen::UnknownForm)
    });
    let credited = proof.map(|(end, at)| {
        let mined = input(at.tx)?;
        let paid = in_proof(&mined.input, end).and_then(|(start, receivers)| {
            receivers.get(usize::try_from(number.checked_sub(start)?).ok()?).copied()
        });
        Ok::<_, Unseen>((at.tx, paid.ok_or(Unseen::UnknownForm)?))
    });
    // what a proof says is what was credited; where it cannot be read, the proposal still tells what was named
    let (tx, coinbase, credited) = match credited {
        Some(Ok((tx, coinbase))) => (tx, Ok(coinbase), true),
        Some(Err(_)) | None => (place.tx, proposed, false),
    };
    Seen {
        attester: *attester,
        rollup: *rollup,
        number,
        slot: *slot,
        archive,
        place,
        tx,
        proven: proof.is_some(),
        credited,
        coinbase,
        publisher,
    }
}
