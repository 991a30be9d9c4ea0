use alloy_primitives::{Address, U256, keccak256};

use super::proposals::small;
use crate::{
    aztec::{
        Deployment, RollupClock,
        abi::IGovernanceProposer,
        rules::{RoundFacts, SignalTerms},
    },
    chain::{
        At, Batch, BlockRef, Origin, Pool, ReadError, Reading, RpcError, Source,
        logs::{LogEntry, LogQuery, scan},
    },
};

/// Signalling of the canonical rollup's sequencers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signalling {
    /// The governance proposer's constants.
    pub terms: Reading<SignalTerms>,
    /// The slot of the block.
    pub slot: u64,
    /// The running round first, then those before it: all that may still be submitted, and some that are over.
    pub rounds: Vec<Round>,
    /// Rounds of rollups that are not canonical any more, which were won and could still be submitted by their age: nobody
    /// can, since the rollup was replaced.
    pub voided: Vec<Voided>,
    /// Every signal of the running round, in order.
    pub signals: Reading<Vec<Signal>>,
    /// Payloads of the running round by their signals, most first.
    pub payloads: Vec<Signalled>,
}

/// One round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// Which.
    pub round: u64,
    /// `getRoundData(rollup, round)`.
    pub facts: Reading<RoundFacts>,
    /// The payload with the most signals. `None` when there is none, or it was not read.
    pub leader: Option<Address>,
    /// Signals of the leader: `signalCount(rollup, round, leader)`.
    pub signals: Reading<u64>,
}

/// A round that was won on a rollup that was replaced before somebody submitted it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voided {
    /// Whose sequencers signalled.
    pub rollup: Address,
    /// The round, with its leader.
    pub round: Round,
}

/// A payload that sequencers signal for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signalled {
    /// Which.
    pub payload: Address,
    /// `signalCount(rollup, round, payload)`.
    pub signals: Reading<u64>,
}

/// One `SignalCast`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal {
    /// For what.
    pub payload: Address,
    /// Whose turn it was.
    pub signaler: Address,
    /// When.
    pub slot: u64,
}

/// Rounds before the running one that are shown at least.
const EARLIER: u64 = 12;

const EVENT: &str = "SignalCast(address,uint256,address)";

/// Seconds between blocks of Ethereum. Where blocks come faster, the search for the first one takes another step.
const BLOCK_SECONDS: u64 = 12;

/// Reads it. Fails when the rollup's clock or the governance proposer is not known: without them there are no rounds.
pub async fn signalling(
    pool: &Pool,
    contracts: &Deployment,
    block: BlockRef,
) -> Result<At<Signalling>, ReadError> {
    let proposer = contracts.governance_proposer.ok_or(ReadError::Incomplete)?;
    let rollup = contracts.canonical();
    let clock = rollup.clock.value.clone()?;
    let slot = clock.slot_at(block.timestamp);
    let terms = terms(pool, proposer, block).await;
    let Some(known) = terms.get().copied() else {
        let unread = Reading { value: Err(ReadError::Incomplete), source: terms.source.clone() };
        let value = Signalling {
            terms,
            slot,
            rounds: Vec::new(),
            voided: Vec::new(),
            signals: unread,
            payloads: Vec::new(),
        };
        return Ok(At { block, value });
    };
    let current = known.round_of(slot);
    let begin = clock.genesis + known.first_slot(current) * clock.slot;
    let ago = known.lifetime.max(EARLIER);
    let (rounds, signals, voided) = futures::join!(
        rounds(pool, (proposer, rollup.address), (current, ago), block),
        cast(pool, proposer, (current, clock), begin, block),
        voided(pool, contracts, proposer, known, block)
    );
    let payloads = counted(pool, (proposer, rollup.address), current, &rounds, &signals, block).await;
    Ok(At { block, value: Signalling { terms, slot, rounds, voided, signals, payloads } })
}

async fn terms(pool: &Pool, proposer: Address, block: BlockRef) -> Reading<SignalTerms> {
    let mut batch = Batch::new();
    let slots = (
        batch.add(proposer, IGovernanceProposer::ROUND_SIZECall {}),
        batch.add(proposer, IGovernanceProposer::QUORUM_SIZECall {}),
        batch.add(proposer, IGovernanceProposer::LIFETIME_IN_ROUNDSCall {}),
        batch.add(proposer, IGovernanceProposer::EXECUTION_DELAY_IN_ROUNDSCall {}),
    );
    let answers = batch.run(pool, &block).await;
    let [size, quorum, lifetime, delay] = [slots.0, slots.1, slots.2, slots.3].map(|slot| answers.get(slot));
    let inputs = [("ROUND_SIZE", &size), ("QUORUM_SIZE", &quorum), ("LIFETIME_IN_ROUNDS", &lifetime)];
    let source = Source::derived(
        "constants of the governance proposer",
        inputs.map(|(name, reading)| (name, reading.source.clone())),
    );
    let value = || {
        let number = |reading: &Reading<U256>| reading.need().and_then(small);
        let terms = SignalTerms {
            round_size: number(&size)?,
            quorum: number(&quorum)?,
            lifetime: number(&lifetime)?,
            execution_delay: number(&delay)?,
        };
        if terms.round_size == 0 { Err(ReadError::Decode) } else { Ok(terms) }
    };
    Reading { value: value(), source }
}

/// Won rounds of replaced rollups, by those rollups' own clocks, which go on.
async fn voided(
    pool: &Pool,
    contracts: &Deployment,
    proposer: Address,
    terms: SignalTerms,
    block: BlockRef,
) -> Vec<Voided> {
    let replaced = contracts.rollups.iter().filter(|rollup| rollup.address != contracts.canonical().address);
    let read = replaced.filter_map(|rollup| {
        let clock = rollup.clock.get()?;
        let (of, slot) = (rollup.address, clock.slot_at(block.timestamp));
        Some(async move {
            let asked = (terms.round_of(slot), terms.lifetime);
            let found = rounds(pool, (proposer, of), asked, block).await.into_iter();
            let won = found.filter(move |round| {
                let known = round.facts.get().zip(round.signals.get());
                known.is_some_and(|(facts, signals)| !facts.executed && *signals >= terms.quorum)
            });
            won.map(|round| Voided { rollup: of, round }).collect::<Vec<_>>()
        })
    });
    futures::future::join_all(read).await.concat()
}

/// The running round and some before it. A strange lifetime does not make a thousand calls.
async fn rounds(
    pool: &Pool,
    (proposer, rollup): (Address, Address),
    (current, ago): (u64, u64),
    block: BlockRef,
) -> Vec<Round> {
    let mut batch = Batch::new();
    let wanted: Vec<_> = (current.saturating_sub(ago.min(50))..=current)
        .rev()
        .map(|round| {
            let call = IGovernanceProposer::getRoundDataCall { _instance: rollup, _round: U256::from(round) };
            (round, batch.add(proposer, call))
        })
        .collect();
    let answers = batch.run(pool, &block).await;
    let mut batch = Batch::new();
    let found: Vec<_> = wanted
        .into_iter()
        .map(|(round, slot)| {
            let data = answers.get(slot);
            let leader = data.get().map(|data| data.payloadWithMostSignals);
            let call = IGovernanceProposer::signalCountCall {
                _instance: rollup,
                _round: U256::from(round),
                _payload: leader.unwrap_or_default(),
            };
            let facts = data.and_then(|data| {
                let last_signal_slot = small(data.lastSignalSlot)?;
                Ok(RoundFacts { round, last_signal_slot, executed: data.executed })
            });
            (round, facts, leader.filter(|leader| !leader.is_zero()), batch.add(proposer, call))
        })
        .collect();
    let answers = batch.run(pool, &block).await;
    found
        .into_iter()
        .map(|(round, facts, leader, signals)| Round {
            round,
            leader,
            signals: answers.get(signals).and_then(small),
            facts,
        })
        .collect()
}

/// A block from before a moment, not much earlier than it has to be.
async fn block_before(pool: &Pool, head: BlockRef, moment: u64) -> Result<u64, RpcError> {
    let mut distance = head.timestamp.saturating_sub(moment) / BLOCK_SECONDS + 1;
    loop {
        let number = head.number.saturating_sub(distance);
        if number == 0 || pool.block(number).await?.block().timestamp < moment {
            return Ok(number);
        }
        distance = distance.saturating_mul(2);
    }
}

/// The signals of a round, from its events. A slot holds at most one.
async fn cast(
    pool: &Pool,
    proposer: Address,
    (round, clock): (u64, RollupClock),
    begin: u64,
    block: BlockRef,
) -> Reading<Vec<Signal>> {
    let logs = |from, matches| Origin::Logs {
        contracts: vec![proposer],
        event: EVENT,
        topic: None,
        from,
        to: block.number,
        matches,
    };
    let from = match block_before(pool, block, begin).await {
        Ok(from) => from,
        Err(error) => return Reading { value: Err(error.into()), source: logs(block.number, 0).into() },
    };
    let query = LogQuery { contracts: vec![proposer], events: vec![keccak256(EVENT)] };
    let mut entries = Vec::new();
    if let Err(error) = scan(pool, &query, from..=block.number, |part| entries.extend(part.entries)).await {
        return Reading { value: Err(error.into()), source: logs(from, 0).into() };
    }
    entries.sort_by_key(LogEntry::position);
    entries.retain(|entry| {
        entry.data.topics().get(2).is_some_and(|topic| U256::from_be_bytes(topic.0) == U256::from(round))
    });
    let times = blocks_without_time(pool, &entries).await;
    let signal = |entry: &LogEntry| {
        let topics = entry.data.topics();
        let time = entry.time.or_else(|| times.get(&entry.block).copied())?;
        let address = |place: usize| topics.get(place).map(|topic| Address::from_word(*topic));
        Some(Signal { payload: address(1)?, signaler: address(3)?, slot: clock.slot_at(time) })
    };
    let signals: Option<Vec<_>> = entries.iter().map(signal).collect();
    let source = logs(from, entries.len()).into();
    Reading { value: signals.ok_or(ReadError::Decode), source }
}

async fn blocks_without_time(pool: &Pool, entries: &[LogEntry]) -> std::collections::BTreeMap<u64, u64> {
    let wanted = entries.iter().filter(|entry| entry.time.is_none()).map(|entry| entry.block);
    let times = crate::chain::times::block_times(pool, wanted).await;
    times.into_iter().filter_map(|(block, time)| Some((block, time.ok()?))).collect()
}

/// The payloads that the events name and the leader, each with the contract's own count.
async fn counted(
    pool: &Pool,
    (proposer, rollup): (Address, Address),
    round: u64,
    rounds: &[Round],
    signals: &Reading<Vec<Signal>>,
    block: BlockRef,
) -> Vec<Signalled> {
    let leader = rounds.first().and_then(|round| round.leader);
    let named = signals.get().into_iter().flatten().map(|signal| signal.payload);
    let mut payloads: Vec<Address> = named.chain(leader).filter(|payload| !payload.is_zero()).collect();
    payloads.sort_unstable();
    payloads.dedup();
    let mut batch = Batch::new();
    let slots: Vec<_> = payloads
        .iter()
        .map(|payload| {
            let call = IGovernanceProposer::signalCountCall {
                _instance: rollup,
                _round: U256::from(round),
                _payload: *payload,
            };
            batch.add(proposer, call)
        })
        .collect();
    let answers = batch.run(pool, &block).await;
    let signalled = |(payload, slot)| Signalled { payload, signals: answers.get(slot).and_then(small) };
    let mut found: Vec<_> = payloads.into_iter().zip(slots).map(signalled).collect();
    found.sort_by_key(|signalled| std::cmp::Reverse(signalled.signals.get().copied()));
    found
}
