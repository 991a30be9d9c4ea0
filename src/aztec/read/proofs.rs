//! What rollups credited to whom, by the transactions of provers: no event carries a credited reward.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::SolEvent as _;
use futures::{StreamExt as _, stream};

use super::reward_terms;
use crate::{
    aztec::{
        Deployment,
        abi::{IERC20, IRollup},
        coinbase::{Event, SIGNATURES, Step, in_proof},
        rules::RewardTerms,
    },
    chain::{
        Batch, BlockRef, Pool, ReadError, Reading,
        logs::{LogQuery, scan, scan_about},
        times::block_at,
    },
    units::Bps,
};

/// Blocks before the window in which the proof before its first one is looked for: a day.
const BEFORE: u64 = 7_200;
/// Transactions under way at once: each may have some ten thousand bytes.
const PARALLEL: usize = 4;
/// Proofs that are read at most. An epoch has one or two.
const MOST: usize = 5_000;
/// After so many transactions that nobody answered for it is the endpoints, not the transactions.
const PATIENCE: usize = 8;

/// What one coinbase was credited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Credit {
    /// Checkpoints.
    pub checkpoints: u64,
    /// What they paid, without fees, in units of the staked token.
    pub gross: U256,
    /// Those of the checkpoints that were paid in another token, and are not in `gross`.
    pub elsewhere: u64,
}

/// What the proofs of some time credited.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proofs {
    /// Unix seconds: proofs after the first and up to the last.
    pub between: (u64, u64),
    /// The blocks of that time, the first and the last.
    pub blocks: (u64, u64),
    /// Events of proofs in those blocks, in the order of [`Deployment::rollups`]: also of proofs that credited nothing.
    pub events: Vec<usize>,
    /// Proofs that credited something.
    pub count: usize,
    /// Those of them that do not tell what they credited to whom, in the order of [`Deployment::rollups`]: no call of a
    /// known form, no payment that was found, or several proofs in one transaction, whose payments nobody can tell apart.
    pub unknown: Vec<usize>,
    /// The coinbases that were asked about: of any other it is not known what it was credited.
    pub asked: BTreeSet<Address>,
    /// By coinbase, of those that were asked about and credited something.
    pub credits: BTreeMap<Address, Credit>,
}

impl Proofs {
    /// What a coinbase was credited; `None` where nobody asked about it.
    pub fn credit_of(&self, coinbase: Address) -> Option<Credit> {
        self.asked.contains(&coinbase).then(|| self.credits.get(&coinbase).copied().unwrap_or_default())
    }

    /// Proofs that do not tell what they credited, on this rollup and those before it: stake moves to newer ones only.
    pub fn unknown_up_to(&self, rollup: usize) -> usize {
        self.unknown.iter().take(rollup.saturating_add(1)).sum()
    }
}

/// The first checkpoint that a proof is of, and the receivers from there on; `None` where it is of no known form.
type Named = Option<(u64, Vec<Address>)>;

/// Whom proofs name, by transaction and last checkpoint: what was read once is not asked for again, whoever asks and
/// however the reading before ended. A transaction never changes. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct ReadProofs(Arc<Mutex<BTreeMap<(B256, u64), Named>>>);

impl ReadProofs {
    fn of(&self, proof: &Proof) -> Option<Named> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(proof.tx, proof.end)).cloned()
    }

    fn keep(&self, proof: &Proof, named: Named) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert((proof.tx, proof.end), named);
    }
}

/// A proof that credited something new.
struct Proof {
    rollup: usize,
    tx: B256,
    end: u64,
    /// The last checkpoint that was credited before; `None` where that is not known.
    base: Option<u64>,
    /// Whether its transaction holds no other proof of this rollup.
    alone: bool,
}

/// Reads every proof of the last so many `seconds` and adds up what each credited to these coinbases (recipe R5, a): one
/// transaction for each that is not in `before`, which is a thousand a month and tens of megabytes, so that nobody should
/// read it unasked. `progress` is told how many of how many are read. What was read stays in `before`, also where this
/// fails or is dropped; a transaction that nobody answers for does not hold up the others.
///
/// A proof pays `added` checkpoints what the distributor sent to the rollup in its transaction: each gets
/// `floor(floor(paid × sequencerBps / 10,000) / added)`, with the share and the distributor of today. Fees, which no event
/// tells, are not in it.
pub async fn proofs(
    pool: &Pool,
    contracts: &Deployment,
    (coinbases, seconds): (&BTreeSet<Address>, u64),
    before: &ReadProofs,
    progress: &mut dyn FnMut(usize, usize),
    block: BlockRef,
) -> Result<Proofs, ReadError> {
    let since = block.timestamp.saturating_sub(seconds);
    let first = block_at(pool, block, since).await?.max(contracts.from_block.block());
    let terms = reward_terms(pool, contracts, block).await.value;
    let terms: Vec<RewardTerms> = terms.iter().map(Reading::need).collect::<Result<_, _>>()?;
    let from = first.saturating_sub(BEFORE).max(contracts.from_block.block());
    let range = (from, first, block.number);
    let (found, paid) =
        futures::join!(told(pool, contracts, range), payments(pool, contracts, &terms, (from, block)));
    let ((found, events), paid) = (found?, paid?);
    let mut all = Proofs {
        between: (since, block.timestamp),
        // what is proven in the block at the beginning was before it
        blocks: (first.saturating_add(1), block.number),
        events,
        count: found.len(),
        asked: coinbases.clone(),
        unknown: vec![0; contracts.rollups.len()],
        ..Proofs::default()
    };
    let total = found.len();
    progress(0, total);
    let read = |proof: Proof| async move { (named(pool, before, &proof).await, proof) };
    let mut reading = stream::iter(found.into_iter().map(read)).buffer_unordered(PARALLEL);
    let mut done = 0;
    let mut failed = Vec::new();
    while let Some((named, proof)) = reading.next().await {
        let named = match named {
            Ok(named) => named,
            Err(error) if failed.len() < PATIENCE => {
                failed.push(error);
                continue;
            }
            Err(error) => return Err(error),
        };
        let rollup = contracts.rollups.get(proof.rollup).ok_or(ReadError::Incomplete)?.address;
        // none that was found is not nothing: another distributor may have paid
        let paid = paid.get(&(proof.tx, rollup)).copied().filter(|_| proof.alone);
        let terms = terms.get(proof.rollup).ok_or(ReadError::Incomplete)?;
        let is_staked = terms.token == contracts.token.address;
        match paid.and_then(|paid| credited(named, &proof, (paid, terms.sequencer_part))) {
            Some((each, receivers)) => {
                add(&mut all.credits, coinbases, &receivers, is_staked.then_some(each));
            }
            None => all.unknown[proof.rollup] += 1,
        }
        done += 1;
        progress(done, total);
    }
    // without one of them no sum is right
    match failed.into_iter().next() {
        Some(error) => Err(error),
        None => Ok(all),
    }
}

/// Whom a proof names: by its transaction, once.
async fn named(pool: &Pool, before: &ReadProofs, proof: &Proof) -> Result<Named, ReadError> {
    if let Some(known) = before.of(proof) {
        return Ok(known);
    }
    let sent = pool.transaction(proof.tx).await?.ok_or(ReadError::Incomplete)?;
    let named = in_proof(&sent.input, proof.end);
    before.keep(proof, named.clone());
    Ok(named)
}

/// The proofs after the first block of the window that credited something, with the one before each, and how many events
/// of proofs there are of each rollup.
async fn told(
    pool: &Pool,
    contracts: &Deployment,
    (from, first, last): (u64, u64, u64),
) -> Result<(Vec<Proof>, Vec<usize>), ReadError> {
    let rollups: Vec<Address> = contracts.rollups.iter().map(|rollup| rollup.address).collect();
    let proven = SIGNATURES.into_iter().filter(|signature| signature.starts_with("L2ProofVerified"));
    let query = LogQuery { contracts: rollups.clone(), events: proven.map(keccak256).collect() };
    let mut events: Vec<Event> = Vec::new();
    scan(pool, &query, from..=last, |part| events.extend(part.entries.iter().filter_map(Event::from_log)))
        .await?;
    events.sort_by_key(|event| event.place.position());
    let mut ends: BTreeMap<Address, u64> = BTreeMap::new();
    let (mut found, mut count) = (Vec::<Proof>::new(), vec![0; rollups.len()]);
    let mut together: BTreeMap<(B256, usize), usize> = BTreeMap::new();
    for Event { rollup, place, step } in events {
        let (Step::Proven { end }, Some(index)) = (step, rollups.iter().position(|known| *known == rollup))
        else {
            continue;
        };
        *together.entry((place.tx, index)).or_default() += 1;
        if place.block > first {
            count[index] += 1;
        }
        let base = ends.get(&rollup).copied();
        if base.is_some_and(|base| base >= end) {
            continue;
        }
        ends.insert(rollup, end);
        if place.block > first {
            found.push(Proof { rollup: index, tx: place.tx, end, base, alone: true });
        }
    }
    for proof in &mut found {
        proof.alone = together.get(&(proof.tx, proof.rollup)) == Some(&1);
    }
    if found.len() > MOST { Err(ReadError::Incomplete) } else { Ok((found, count)) }
}

/// What distributors sent to rollups, by transaction and rollup.
async fn payments(
    pool: &Pool,
    contracts: &Deployment,
    terms: &[RewardTerms],
    (from, block): (u64, BlockRef),
) -> Result<BTreeMap<(B256, Address), U256>, ReadError> {
    let mut batch = Batch::new();
    let slots: Vec<_> = contracts
        .rollups
        .iter()
        .map(|rollup| {
            let own = batch.add(rollup.address, IRollup::getRewardDistributorCall {});
            (own, batch.add(rollup.address, IRollup::getRewardConfigCall {}))
        })
        .collect();
    let answers = batch.run(pool, &block).await;
    let mut distributors = BTreeSet::new();
    for (own, config) in slots {
        let of_config = || answers.value(config).map(|config| config.rewardDistributor);
        distributors.insert(answers.value(own).or_else(|_older| of_config())?);
    }
    let words = |all: &mut dyn Iterator<Item = Address>| all.map(|one| one.into_word()).collect::<Vec<_>>();
    let rollups = words(&mut contracts.rollups.iter().map(|rollup| rollup.address));
    let about = [words(&mut distributors.into_iter()), rollups];
    let tokens: BTreeSet<Address> = terms.iter().map(|terms| terms.token).collect();
    let events = vec![IERC20::Transfer::SIGNATURE_HASH];
    let query = LogQuery { contracts: tokens.into_iter().collect(), events };
    let mut paid: BTreeMap<(B256, Address), U256> = BTreeMap::new();
    scan_about(pool, &query, &about, from..=block.number, |part| {
        for entry in &part.entries {
            if let Ok(transfer) = IERC20::Transfer::decode_log_data(&entry.data) {
                let sum = paid.entry((entry.tx, transfer.to)).or_default();
                *sum = sum.saturating_add(transfer.value);
            }
        }
    })
    .await?;
    Ok(paid)
}

/// What each newly proven checkpoint was paid, and the receivers of those.
fn credited(named: Named, proof: &Proof, (paid, part): (U256, Bps)) -> Option<(U256, Vec<Address>)> {
    let (start, receivers) = named?;
    // where the proof before is not known, this one is the first of its epoch
    let before = start.checked_sub(1)?;
    let base = proof.base.map_or(before, |base| base.max(before));
    let skipped = usize::try_from(base - before).ok()?;
    let new: Vec<Address> = receivers.get(skipped..)?.to_vec();
    let added = U256::from(proof.end.checked_sub(base)?);
    let sequencers = paid.checked_mul(U256::from(part.get()))? / U256::from(Bps::WHOLE.get());
    Some((sequencers.checked_div(added)?, new))
}

/// Adds one checkpoint for each receiver that was asked about; `each` is `None` where it is paid in another token.
fn add(
    credits: &mut BTreeMap<Address, Credit>,
    coinbases: &BTreeSet<Address>,
    receivers: &[Address],
    each: Option<U256>,
) {
    for receiver in receivers.iter().filter(|receiver| coinbases.contains(*receiver)) {
        let credit = credits.entry(*receiver).or_default();
        credit.checkpoints += 1;
        match each {
            Some(each) => credit.gross = credit.gross.saturating_add(each),
            None => credit.elsewhere += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_those_that_were_asked_about_are_counted() {
        let [mine, other] = [1, 2].map(Address::repeat_byte);
        let mut credits = BTreeMap::new();
        let asked = [mine].into();
        add(&mut credits, &asked, &[mine, other, mine], Some(U256::from(7)));
        add(&mut credits, &asked, &[other, mine], None);
        let expected = Credit { checkpoints: 3, gross: U256::from(14), elsewhere: 1 };
        assert_eq!(credits, [(mine, expected)].into());
    }

    #[test]
    fn what_newer_rollups_do_not_tell_is_no_matter_of_older_ones() {
        let proofs = Proofs { unknown: vec![0, 2, 1], ..Proofs::default() };
        assert_eq!([0, 1, 2, 9].map(|rollup| proofs.unknown_up_to(rollup)), [0, 2, 3, 3]);
    }

    #[test]
    fn a_call_of_no_known_form_credits_nobody() {
        let proof = Proof { rollup: 0, tx: B256::ZERO, end: 5, base: None, alone: true };
        assert!(credited(in_proof(&[1, 2, 3, 4], proof.end), &proof, (U256::ONE, Bps::WHOLE)).is_none());
    }
}
