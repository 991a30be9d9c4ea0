use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, B256, LogData, U256, keccak256};

use super::{
    payload::Origin as From,
    proposals::{Proposal, small},
    senders,
};
use crate::{
    aztec::{
        Deployment,
        abi::{IGSE, IGovernance},
        events::{Fields, Place},
        locks,
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
    pub delegatees: Option<Reading<Delegatees>>,
    /// The bonus instance of the GSE.
    pub bonus: Reading<Address>,
    /// When the lock of one that was proposed with tokens ends.
    pub lock: Option<Reading<Unlocks>>,
    /// The first block with votes, and the last one that was looked at.
    pub blocks: (u64, u64),
}

/// Who had power in the GSE before the votes began, with the most first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegatees {
    /// Those that are asked for what they used.
    pub asked: Vec<Address>,
    /// How many more there are.
    pub left_out: usize,
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
        others(pool, contracts, id, &all.asked, &mut stake, block).await;
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
    let logs = || receipt.logs.iter().map(|log| (log.address, log.data()));
    let made = locks::made(governance, logs()).into_iter().find(|made| made.id == U256::from(id));
    let Some(made) = made else { return Err(ReadError::Decode) };
    let how = match made.lock {
        // a proposal by signals may come right after somebody's own withdrawal
        Some(lock) if proposal.standing.proposer == governance => How::Lock {
            amount: lock.amount,
            returns_to: lock.returns_to,
            withdrawal: small(lock.withdrawal)?,
        },
        _ => round(proposal.standing.proposer, logs().take(made.at))?.map_or(How::Unknown, How::Round),
    };
    Ok(Begun { tx, sender: sent.from, how })
}

/// The round whose winner was submitted last among these events. The proposer says so right before Governance is asked.
fn round(
    proposer: Address,
    before: impl Iterator<Item = (Address, LogData)>,
) -> Result<Option<u64>, ReadError> {
    let submitted = keccak256(PAYLOAD_SUBMITTED);
    let last =
        before.filter(|(by, data)| *by == proposer && data.topics().first() == Some(&submitted)).last();
    last.map(|(_, data)| Fields::new(data.topics(), &data.data).id(1).ok_or(ReadError::Decode)).transpose()
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
    let place = Place::of(entry);
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
    let mut shown: BTreeMap<Address, Ballot> = BTreeMap::new();
    for (tx, sent) in senders::transactions(pool, transactions).await {
        let by = sent.ok().flatten().and_then(|sent| senders::votes_for(contracts.gse, &sent));
        let Some(by) = by else { continue };
        let ballot = shown.entry(by).or_default();
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

/// The power of somebody: when it was told last, what it was then, and the most it ever was.
type Known = ((u64, u64), U256, U256);

/// Whoever had power in the GSE before the votes began: nobody else can have used some. Events tell everybody who ever had
/// some, and one stake can be given to one address after the other: those who had most when the votes began come first.
async fn delegatees(pool: &Pool, contracts: &Deployment, until: u64) -> Reading<Delegatees> {
    let gse = contracts.gse;
    let query = LogQuery { contracts: vec![gse], events: vec![keccak256(DELEGATE_VOTES_CHANGED)] };
    let range = (contracts.from_block.block(), until);
    let (mut found, mut matches, mut garbled) = (BTreeMap::<Address, Known>::new(), 0, false);
    let read = scan(pool, &query, range.0..=range.1, |part| {
        matches += part.entries.len();
        for entry in &part.entries {
            garbled |= take(&mut found, entry).is_none();
        }
    });
    let value = read.await.map_err(ReadError::from);
    found.remove(&Address::ZERO);
    let (contracts, event) = (vec![gse], DELEGATE_VOTES_CHANGED);
    let source = Origin::Logs { contracts, event, topic: None, from: range.0, to: range.1, matches };
    let value = value.and_then(|()| if garbled { Err(ReadError::Decode) } else { Ok(strongest(found)) });
    Reading { value, source: source.into() }
}

/// Takes one `DelegateVotesChanged`; `None` where it has another form.
fn take(found: &mut BTreeMap<Address, Known>, entry: &LogEntry) -> Option<()> {
    let fields = Fields::new(entry.data.topics(), entry.bytes());
    let (whose, before, after) = (fields.address(0)?, fields.number(1)?, fields.number(2)?);
    let (last, power, most) = found.entry(whose).or_default();
    *most = before.max(after).max(*most);
    if entry.position() >= *last {
        (*last, *power) = (entry.position(), after);
    }
    Some(())
}

fn strongest(found: BTreeMap<Address, Known>) -> Delegatees {
    let mut all: Vec<_> = found.into_iter().collect();
    all.sort_by_key(|(_, (_, power, most))| std::cmp::Reverse((*power, *most)));
    let left_out = all.len().saturating_sub(DELEGATEES);
    Delegatees { asked: all.into_iter().take(DELEGATEES).map(|(whose, _)| whose).collect(), left_out }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stake_that_goes_from_hand_to_hand_crowds_nobody_out() {
        let number = |n: u64| U256::from(n).to_be_bytes::<32>();
        let whose = |n: u64| Address::from_word(B256::from(number(n)));
        let changed = |block, who: Address, before, after| LogEntry {
            address: Address::ZERO,
            data: LogData::new_unchecked(
                vec![keccak256(DELEGATE_VOTES_CHANGED), who.into_word()],
                [number(before), number(after)].concat().into(),
            ),
            block,
            index: 0,
            tx: B256::ZERO,
            time: None,
        };
        let crowd = DELEGATEES as u64 + 50;
        let mut found = BTreeMap::new();
        // the largest address of all, with little
        let voter = Address::repeat_byte(0xff);
        take(&mut found, &changed(9, voter, 1, 3)).expect("read");
        take(&mut found, &changed(5, voter, 0, 1)).expect("an earlier one that came later");
        for n in 1..=crowd {
            take(&mut found, &changed(10 + n, whose(n), 0, 200)).expect("read");
            take(&mut found, &changed(11 + n, whose(n), 200, 0)).expect("read");
        }
        let kept = strongest(found);
        assert_eq!((kept.asked.len(), kept.left_out), (DELEGATEES, 51));
        assert_eq!(kept.asked[0], voter);
    }
}
