use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::SolCall as _;

use super::{
    payload::Origin as From,
    proposals::{Proposal, small},
};
use crate::{
    aztec::{
        Deployment,
        abi::{IGSE, IGovernance},
        events::{Fields, Place},
        rules::Ballot,
    },
    chain::{
        At, Batch, BlockRef, Origin, Pool, ReadError, Reading, Source,
        logs::{LogEntry, LogQuery, scan},
        times::block_at,
    },
};

/// What happened to a proposal so far, from events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The transaction that made it.
    pub begun: Reading<Begun>,
    /// Every vote in chain order. All stake votes as one voter, the GSE.
    pub votes: Reading<Vec<Vote>>,
    /// Who voted with stake, as far as that is public.
    pub stake: Vec<StakeVoter>,
    /// Everybody whose power in the GSE ever changed before the snapshot, by its events. `None` where they are not needed:
    /// nothing of the ballot is left that nobody is known for.
    pub delegatees: Option<Reading<Vec<Address>>>,
    /// The bonus instance of the GSE.
    pub bonus: Reading<Address>,
    /// When the lock of one that was proposed with tokens ends.
    pub lock: Option<Reading<Unlocks>>,
    /// The first block with votes, and the last one that was looked at.
    pub blocks: (u64, u64),
}

impl Past {
    /// Why it is not complete, when it is that nobody answered.
    pub fn unanswered(&self) -> Option<ReadError> {
        self.begun.unanswered().or_else(|| self.votes.unanswered())
    }
}

/// How a proposal came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The transaction.
    pub tx: B256,
    /// Who sent it. Not necessarily who wrote the payload or whose tokens are locked.
    pub sender: Address,
    /// What else it did.
    pub how: How,
}

/// What the transaction that made a proposal did besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Locked tokens.
    Lock {
        /// Token units.
        amount: U256,
        /// Who gets them back.
        returns_to: Address,
        /// The number of governance's withdrawal that holds them.
        withdrawal: u64,
    },
    /// Submitted the winner of a round.
    Round(u64),
    /// Neither is in its events.
    Unknown,
}

/// The end of a lock, as governance's withdrawal has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unlocks {
    /// Unix seconds from which anybody may pay it back.
    pub at: u64,
    /// Whether that was done.
    pub claimed: bool,
}

/// One `VoteCast`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vote {
    /// Who voted; the GSE for stake.
    pub voter: Address,
    /// For it.
    pub support: bool,
    /// Token units.
    pub amount: U256,
    /// Where.
    pub place: Place,
}

/// Somebody who voted with stake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StakeVoter {
    /// The rollup or the bonus instance for the default vote; otherwise whom stake was delegated to.
    pub delegatee: Address,
    /// Power it has used: `GSE.getPowerUsed(delegatee, id)`.
    pub used: Reading<U256>,
    /// Its votes that plain transactions show. Less than `used` where another contract voted for it.
    pub shown: Ballot,
    /// Whether it is a rollup or the bonus instance: then all of it is yea.
    pub is_default: bool,
}

const PROPOSED: &str = "Proposed(uint256,address)";
const VOTE_CAST: &str = "VoteCast(uint256,address,bool,uint256)";
const WITHDRAW_INITIATED: &str = "WithdrawInitiated(uint256,address,uint256)";
const PAYLOAD_SUBMITTED: &str = "PayloadSubmitted(address,uint256)";

/// The newest blocks are always looked at again: another chain may have others in their place.
const UNSETTLED: u64 = 64;
/// Transactions of stake that are looked at.
const MOST: usize = 200;

/// Reads it. The first time it searches the blocks by their times and scans the events of the voting; what an earlier
/// reading of the same proposal found makes the next one short.
///
/// Never fails as a whole.
pub async fn past(
    pool: &Pool,
    contracts: &Deployment,
    (id, proposal, origin): (u64, &Proposal, Option<From>),
    before: Option<&Past>,
    block: BlockRef,
) -> At<Past> {
    let known = before.map(|before| before.begun.clone()).filter(|begun| begun.value.is_ok());
    let (begun, (votes, blocks), bonus) = futures::join!(
        async {
            match known {
                Some(begun) => begun,
                None => begun(pool, contracts, id, proposal, block).await,
            }
        },
        votes(pool, contracts, id, proposal, before, block),
        bonus(pool, contracts, before, block)
    );
    let mut stake = stake(pool, contracts, id, (&votes, origin, &bonus), block).await;
    let known = before.and_then(|before| before.delegatees.clone()).filter(|read| read.value.is_ok());
    let delegatees = match known {
        Some(known) => Some(known),
        None if is_open(contracts, &votes, &stake) => Some(delegatees(pool, contracts, blocks.0).await),
        None => None,
    };
    if let Some(all) = delegatees.as_ref().and_then(Reading::get) {
        others(pool, contracts, id, all, &mut stake, block).await;
    }
    let lock = match begun.get() {
        Some(Begun { how: How::Lock { withdrawal, .. }, .. }) => {
            Some(lock(pool, contracts, *withdrawal, block).await)
        }
        _ => None,
    };
    At { block, value: Past { begun, votes, stake, delegatees, bonus, lock, blocks } }
}

async fn lock(pool: &Pool, contracts: &Deployment, withdrawal: u64, block: BlockRef) -> Reading<Unlocks> {
    let mut batch = Batch::new();
    let call = IGovernance::getWithdrawalCall { withdrawalId: U256::from(withdrawal) };
    let lock = batch.add(contracts.governance, call);
    let lock = batch.run(pool, &block).await.get(lock);
    lock.and_then(|lock| Ok(Unlocks { at: small(lock.unlocksAt)?, claimed: lock.claimed }))
}

async fn bonus(
    pool: &Pool,
    contracts: &Deployment,
    before: Option<&Past>,
    block: BlockRef,
) -> Reading<Address> {
    if let Some(known) = before.map(|before| &before.bonus).filter(|bonus| bonus.value.is_ok()) {
        return known.clone();
    }
    let mut batch = Batch::new();
    let bonus = batch.add(contracts.gse, IGSE::getBonusInstanceAddressCall {});
    batch.run(pool, &block).await.get(bonus)
}

fn logs(
    contract: Address,
    event: &'static str,
    topic: U256,
    (from, to): (u64, u64),
    matches: usize,
) -> Source {
    Origin::Logs { contracts: vec![contract], event, topic: Some(topic.into()), from, to, matches }.into()
}

/// Events of Governance about one proposal.
async fn about(
    pool: &Pool,
    governance: Address,
    (event, id): (&str, u64),
    (from, to): (u64, u64),
) -> Result<Vec<LogEntry>, ReadError> {
    let query = LogQuery { contracts: vec![governance], events: vec![keccak256(event)] };
    let mut entries = Vec::new();
    scan(pool, &query, from..=to, |part| entries.extend(part.entries)).await?;
    let number = B256::from(U256::from(id));
    entries.retain(|entry: &LogEntry| entry.data.topics().get(1) == Some(&number));
    entries.sort_by_key(LogEntry::position);
    Ok(entries)
}

async fn begun(
    pool: &Pool,
    contracts: &Deployment,
    id: u64,
    proposal: &Proposal,
    block: BlockRef,
) -> Reading<Begun> {
    let governance = contracts.governance;
    let source = |range| logs(governance, PROPOSED, U256::from(id), range, 1);
    let at = match block_at(pool, block, proposal.creation).await {
        Ok(at) => at,
        Err(error) => {
            return Reading { value: Err(error.into()), source: source((block.number, block.number)) };
        }
    };
    // two blocks of one moment are possible on some chains
    let range = (at.saturating_sub(2), at);
    Reading { value: how(pool, governance, id, proposal, range).await, source: source(range) }
}

async fn how(
    pool: &Pool,
    governance: Address,
    id: u64,
    proposal: &Proposal,
    range: (u64, u64),
) -> Result<Begun, ReadError> {
    let entries = about(pool, governance, (PROPOSED, id), range).await?;
    let tx = entries.first().ok_or(ReadError::LogsMissing)?.tx;
    let (receipt, sent) = futures::join!(pool.receipt(tx), pool.transaction(tx));
    let (Some(receipt), Some(sent)) = (receipt?, sent?) else { return Err(ReadError::Incomplete) };
    let mut how = How::Unknown;
    for log in &receipt.logs {
        let data = log.data();
        let topic = data.topics().first().copied().unwrap_or_default();
        let fields = Fields::new(data.topics(), &data.data);
        if log.address == governance && topic == keccak256(WITHDRAW_INITIATED) {
            let (Some(withdrawal), Some(returns_to), Some(amount)) =
                (fields.id(0), fields.address(1), fields.number(2))
            else {
                return Err(ReadError::Decode);
            };
            how = How::Lock { amount, returns_to, withdrawal };
        } else if log.address == proposal.standing.proposer && topic == keccak256(PAYLOAD_SUBMITTED) {
            how = How::Round(fields.id(1).ok_or(ReadError::Decode)?);
        }
    }
    Ok(Begun { tx, sender: sent.from, how })
}

/// The votes, and the blocks that were looked at.
async fn votes(
    pool: &Pool,
    contracts: &Deployment,
    id: u64,
    proposal: &Proposal,
    before: Option<&Past>,
    block: BlockRef,
) -> (Reading<Vec<Vote>>, (u64, u64)) {
    let (governance, phases) = (contracts.governance, proposal.standing.phases);
    let source = |range, matches| logs(governance, VOTE_CAST, U256::from(id), range, matches);
    if block.timestamp <= phases.pending {
        let here = (block.number, block.number);
        return (Reading::new(Vec::new(), source(here, 0)), here);
    }
    let known = before.and_then(|before| Some((before.votes.get()?, before.blocks)));
    // a voting that had not begun was looked for at the head of then
    let known = known.filter(|(votes, (first, last))| !votes.is_empty() || last > first);
    let range = async {
        let first = match known {
            Some((_, (first, _))) => first,
            None => block_at(pool, block, phases.pending).await?,
        };
        Ok::<_, ReadError>((first, block_at(pool, block, phases.active).await?))
    };
    let (first, last) = match range.await {
        Ok(range) => range,
        Err(error) => {
            let here = (block.number, block.number);
            return (Reading { value: Err(error), source: source(here, 0) }, here);
        }
    };
    let from = known.map_or(first, |(_, (first, last))| last.saturating_sub(UNSETTLED).max(first));
    let mut all: Vec<Vote> = known.map_or_else(Vec::new, |(votes, _)| votes.clone());
    all.retain(|vote| vote.place.block < from);
    let value = about(pool, governance, (VOTE_CAST, id), (from, last)).await.and_then(|entries| {
        for entry in &entries {
            all.push(vote(entry).ok_or(ReadError::Decode)?);
        }
        Ok(all)
    });
    let matches = value.as_ref().map_or(0, Vec::len);
    (Reading { value, source: source((first, last), matches) }, (first, last))
}

fn vote(entry: &LogEntry) -> Option<Vote> {
    let fields = Fields::new(entry.data.topics(), entry.bytes());
    let place = Place { block: entry.block, index: entry.index, tx: entry.tx, time: entry.time };
    Some(Vote { voter: fields.address(1)?, support: fields.flag(2)?, amount: fields.number(3)?, place })
}

/// Whoever sent a plain transaction that voted with stake, and those that vote by default.
async fn stake(
    pool: &Pool,
    contracts: &Deployment,
    id: u64,
    (votes, origin, bonus): (&Reading<Vec<Vote>>, Option<From>, &Reading<Address>),
    block: BlockRef,
) -> Vec<StakeVoter> {
    let own: Vec<&Vote> =
        votes.get().into_iter().flatten().filter(|vote| vote.voter == contracts.gse).collect();
    let transactions: BTreeSet<B256> = own.iter().map(|vote| vote.place.tx).take(MOST).collect();
    let read = |tx| async move { (tx, pool.transaction(tx).await.ok().flatten()) };
    let sent = futures::future::join_all(transactions.into_iter().map(read)).await;
    let mut shown: BTreeMap<Address, Ballot> = BTreeMap::new();
    for (tx, sent) in sent {
        // only a plain call says in whose name it votes
        let Some(sent) = sent
            .filter(|sent| sent.to == Some(contracts.gse) && IGSE::voteCall::abi_decode(&sent.input).is_ok())
        else {
            continue;
        };
        let ballot = shown.entry(sent.from).or_default();
        for vote in own.iter().filter(|vote| vote.place.tx == tx) {
            let part = if vote.support { &mut ballot.yea } else { &mut ballot.nay };
            *part = part.saturating_add(vote.amount);
        }
    }
    let defaults: Vec<Address> = match origin {
        Some(From::Signalled { rollup }) => std::iter::once(rollup).chain(bonus.get().copied()).collect(),
        _ => Vec::new(),
    };
    let mut batch = Batch::new();
    let everybody = defaults.iter().copied().chain(shown.keys().copied());
    let slots: Vec<_> = everybody
        .map(|delegatee| {
            let call = IGSE::getPowerUsedCall { _delegatee: delegatee, _proposalId: U256::from(id) };
            (delegatee, batch.add(contracts.gse, call))
        })
        .collect();
    if slots.is_empty() {
        return Vec::new();
    }
    let answers = batch.run(pool, &block).await;
    let of = |(delegatee, slot)| StakeVoter {
        delegatee,
        used: answers.get(slot),
        shown: shown.get(&delegatee).copied().unwrap_or_default(),
        is_default: defaults.contains(&delegatee),
    };
    slots.into_iter().map(of).collect()
}

const DELEGATE_VOTES_CHANGED: &str = "DelegateVotesChanged(address,uint256,uint256)";

/// Delegatees that are asked for the power they used: far more than have ever voted.
const DELEGATEES: usize = 2_000;

/// Whether the GSE voted with more than its known voters used. Where one of them was not read, that is not known either.
fn is_open(contracts: &Deployment, votes: &Reading<Vec<Vote>>, known: &[StakeVoter]) -> bool {
    let own = votes.get().into_iter().flatten().filter(|vote| vote.voter == contracts.gse);
    let cast = own.fold(U256::ZERO, |sum, vote| sum.saturating_add(vote.amount));
    let used = known.iter().try_fold(U256::ZERO, |sum, voter| Some(sum.saturating_add(*voter.used.get()?)));
    used.is_some_and(|used| used < cast)
}

/// Whoever had power in the GSE before the votes began: nobody else can have used some.
async fn delegatees(pool: &Pool, contracts: &Deployment, until: u64) -> Reading<Vec<Address>> {
    let gse = contracts.gse;
    let query = LogQuery { contracts: vec![gse], events: vec![keccak256(DELEGATE_VOTES_CHANGED)] };
    let range = (contracts.from_block.block(), until);
    let (mut found, mut matches) = (BTreeSet::new(), 0);
    let read = scan(pool, &query, range.0..=range.1, |part| {
        matches += part.entries.len();
        let whose = part.entries.iter().filter_map(|entry| entry.data.topics().get(1).copied());
        found.extend(whose.map(Address::from_word));
    });
    let value = read.await.map_err(ReadError::from);
    found.remove(&Address::ZERO);
    let (contracts, event) = (vec![gse], DELEGATE_VOTES_CHANGED);
    let source = Origin::Logs { contracts, event, topic: None, from: range.0, to: range.1, matches };
    Reading { value: value.map(|()| found.into_iter().take(DELEGATEES).collect()), source: source.into() }
}

/// Adds those who used power and voted neither by default nor by a plain transaction.
async fn others(
    pool: &Pool,
    contracts: &Deployment,
    id: u64,
    all: &[Address],
    stake: &mut Vec<StakeVoter>,
    block: BlockRef,
) {
    let mut batch = Batch::new();
    let others = all.iter().filter(|one| stake.iter().all(|voter| voter.delegatee != **one));
    let slots: Vec<_> = others
        .map(|delegatee| {
            let call = IGSE::getPowerUsedCall { _delegatee: *delegatee, _proposalId: U256::from(id) };
            (*delegatee, batch.add(contracts.gse, call))
        })
        .collect();
    if slots.is_empty() {
        return;
    }
    let answers = batch.run(pool, &block).await;
    let read = slots.into_iter().map(|(delegatee, slot)| StakeVoter {
        delegatee,
        used: answers.get(slot),
        shown: Ballot::default(),
        is_default: false,
    });
    stake.extend(read.filter(|voter| voter.used.get().is_none_or(|used| !used.is_zero())));
}
