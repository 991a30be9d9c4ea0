//! What an address and the stakers of its vaults did in Governance, and what it voted with stake.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::{SolCall as _, SolEvent as _};

use super::{
    moves::{Deed, Move, MovesAsked},
    senders,
};
use crate::{
    aztec::{
        Deployment,
        abi::{IGSE, IGovernance, IStaker},
        events::Place,
    },
    chain::{
        Batch, BlockRef, Pool, ReadError,
        logs::{LogEntry, LogQuery, scan_about},
        rpc::Mined,
    },
};

/// Transactions looked at in one reading. Proposals with a lock are rare, and so are plain votes with stake.
const MOST: usize = 200;

fn words(addresses: impl Iterator<Item = Address>) -> Vec<B256> {
    addresses.map(|address| address.into_word()).collect()
}

/// Votes, deposits, withdrawals and proposals with a lock, of the address itself and of the stakers of its vaults. Two
/// requests, times the pieces that the endpoint cuts the range into, and one for each proposal that was made in the range.
///
/// Who made a proposal is in no event: only a plain transaction to Governance, the GSE or the staker says it.
pub(super) async fn civic(
    pool: &Pool,
    contracts: &Deployment,
    asked: &MovesAsked,
    range: RangeInclusive<u64>,
) -> Result<Vec<Move>, ReadError> {
    let governance = contracts.governance;
    let (own, made) =
        futures::join!(own(pool, governance, asked, range.clone()), proposed(pool, contracts, asked, range));
    let (mut own, made) = (own?, made?);
    // what a proposal locks begins as any withdrawal does, right before it in the same transaction
    for moved in made {
        let lock = own.iter().position(|other| {
            matches!(other.deed, Deed::Undeposited { .. })
                && other.place.tx == moved.place.tx
                && other.place.index.checked_add(1) == Some(moved.place.index)
        });
        let Deed::Proposed { by, proposal, payload, .. } = moved.deed else {
            own.push(moved);
            continue;
        };
        let locked = match lock.map(|lock| own.remove(lock).deed) {
            Some(Deed::Undeposited { amount, .. }) => Some(amount),
            _ => None,
        };
        own.push(Move { deed: Deed::Proposed { by, proposal, payload, locked }, ..moved });
    }
    Ok(own)
}

/// The events of Governance whose second word is one of these addresses: who votes, for whom is deposited, whom a
/// withdrawal goes to.
async fn own(
    pool: &Pool,
    governance: Address,
    asked: &MovesAsked,
    range: RangeInclusive<u64>,
) -> Result<Vec<Move>, ReadError> {
    let events = vec![
        IGovernance::VoteCast::SIGNATURE_HASH,
        IGovernance::Deposit::SIGNATURE_HASH,
        IGovernance::WithdrawInitiated::SIGNATURE_HASH,
    ];
    let query = LogQuery { contracts: vec![governance], events };
    let vaults = asked.vaults.iter().flat_map(|(vault, staker)| [*vault, *staker]);
    let about = [Vec::new(), words(std::iter::once(asked.owner).chain(vaults))];
    let mut entries = Vec::new();
    scan_about(pool, &query, &about, range, |part| entries.extend(part.entries)).await?;
    entries.iter().map(|entry| told(entry).ok_or(ReadError::Decode)).collect()
}

fn told(entry: &LogEntry) -> Option<Move> {
    let data = &entry.data;
    let deed = match entry.event()? {
        IGovernance::VoteCast::SIGNATURE_HASH => {
            let vote = IGovernance::VoteCast::decode_log_data(data).ok()?;
            let proposal = vote.proposalId.try_into().ok()?;
            Deed::Voted { by: vote.voter, proposal, support: vote.support, amount: vote.amount }
        }
        IGovernance::Deposit::SIGNATURE_HASH => {
            let made = IGovernance::Deposit::decode_log_data(data).ok()?;
            Deed::Deposited { of: made.onBehalfOf, amount: made.amount }
        }
        IGovernance::WithdrawInitiated::SIGNATURE_HASH => {
            let begun = IGovernance::WithdrawInitiated::decode_log_data(data).ok()?;
            let withdrawal = begun.withdrawalId.try_into().ok()?;
            Deed::Undeposited { to: begun.recipient, withdrawal, amount: begun.amount }
        }
        _ => return None,
    };
    Some(Move { place: Place::of(entry), deed })
}

/// The proposals of the range that a plain transaction of these made, and those of which that could not be read: a node
/// keeps transactions by their hash for some time only, and nothing else that is read here may fail by that.
async fn proposed(
    pool: &Pool,
    contracts: &Deployment,
    asked: &MovesAsked,
    range: RangeInclusive<u64>,
) -> Result<Vec<Move>, ReadError> {
    let events = vec![IGovernance::Proposed::SIGNATURE_HASH];
    let query = LogQuery { contracts: vec![contracts.governance], events };
    let mut entries = Vec::new();
    scan_about(pool, &query, &[], range, |part| entries.extend(part.entries)).await?;
    entries.sort_by_key(LogEntry::position);
    let late = entries.len().saturating_sub(MOST);
    let wanted: BTreeSet<B256> = entries.iter().skip(late).map(|entry| entry.tx).collect();
    let mut sent = BTreeMap::new();
    for (hash, found) in senders::transactions(pool, wanted).await {
        sent.insert(hash, found?);
    }
    let mut made = Vec::new();
    for entry in &entries {
        let told = IGovernance::Proposed::decode_log_data(&entry.data).map_err(|_error| ReadError::Decode)?;
        let proposal = told.proposalId.try_into().map_err(|_error| ReadError::Decode)?;
        let deed = match sent.get(&entry.tx) {
            Some(Some(sent)) => match proposer(contracts, asked, sent) {
                Some(by) => Deed::Proposed { by, proposal, payload: told.proposal, locked: None },
                None => continue,
            },
            Some(None) | None => Deed::ProposedBySomebody { proposal },
        };
        made.push(Move { place: Place::of(entry), deed });
    }
    Ok(made)
}

/// Which of these a transaction proposes for.
fn proposer(contracts: &Deployment, asked: &MovesAsked, sent: &Mined) -> Option<Address> {
    let to = sent.to?;
    if to == contracts.governance || to == contracts.gse {
        let is_lock = IGovernance::proposeWithLockCall::abi_decode(&sent.input).is_ok();
        return (is_lock && sent.from == asked.owner).then_some(sent.from);
    }
    let is_staker = asked.vaults.iter().any(|(_, staker)| *staker == to);
    (is_staker && IStaker::proposeWithLockCall::abi_decode(&sent.input).is_ok()).then_some(to)
}

/// What an address voted with stake that was delegated to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StakeVotes {
    /// Which address.
    pub owner: Address,
    /// Those that its plain transactions to the GSE show, in chain order.
    pub votes: Vec<Move>,
    /// Power that it used on a proposal besides: another contract voted for it, and neither when nor how is public without
    /// a trace. Proposal and token units.
    pub unseen: Vec<(u64, U256)>,
    /// Transactions with votes on those proposals that were not read: then what is unseen may be in them.
    pub unread: usize,
    used: BTreeMap<u64, U256>,
    /// By transaction that was looked at, whether it is a plain vote of the address; `None` where no endpoint has it.
    looked: BTreeMap<B256, Option<bool>>,
    /// Whether there are some to look at yet.
    goes_on: bool,
}

/// The newest blocks may be undone.
const TAIL: u64 = 64;

/// Reads it. All votes with stake are the GSE's in the events of Governance, and the GSE emits nothing: how much power an
/// address used on each proposal is exact by `getPowerUsed`, the rest by the transactions that were plain calls.
///
/// Two requests where it used none. Otherwise the events of the proposals that it voted on, and one request for each of
/// their transactions that was not looked at `before`, two hundred at a time; none of these where `before` has the same
/// powers and nothing that could be undone or is to be looked at yet.
pub async fn stake_votes(
    pool: &Pool,
    contracts: &Deployment,
    owner: Address,
    before: Option<&StakeVotes>,
    block: BlockRef,
) -> Result<StakeVotes, ReadError> {
    let used = used(pool, contracts, owner, block).await?;
    if used.is_empty() {
        return Ok(StakeVotes { owner, ..StakeVotes::default() });
    }
    let old = |place: u64| place.saturating_add(TAIL) < block.number;
    let settled = |votes: &StakeVotes| votes.votes.last().is_none_or(|last| old(last.place.block));
    let same = |before: &&StakeVotes| before.used == used && settled(before) && !before.goes_on;
    if let Some(before) = before.filter(same) {
        return Ok(before.clone());
    }
    let query = LogQuery {
        contracts: vec![contracts.governance],
        events: vec![IGovernance::VoteCast::SIGNATURE_HASH],
    };
    let proposals = used.keys().map(|id| B256::from(U256::from(*id))).collect();
    let about = [proposals, words(std::iter::once(contracts.gse))];
    let mut entries = Vec::new();
    let range = contracts.from_block.block()..=block.number;
    scan_about(pool, &query, &about, range, |part| entries.extend(part.entries)).await?;
    entries.sort_by_key(LogEntry::position);
    let blocks: BTreeMap<B256, u64> = entries.iter().map(|entry| (entry.tx, entry.block)).collect();
    let mut looked = before.map(|before| before.looked.clone()).unwrap_or_default();
    // one that the chain was reorganised away from may come back in another block: it is the same by its hash
    looked.retain(|tx, _| blocks.contains_key(tx));
    // the newest first: whoever votes looks at it soon after
    let mut wanted: Vec<B256> = blocks.keys().filter(|tx| !looked.contains_key(*tx)).copied().collect();
    wanted.sort_by_key(|tx| std::cmp::Reverse(blocks.get(tx)));
    wanted.truncate(MOST);
    for (tx, sent) in senders::transactions(pool, wanted).await {
        match sent? {
            Some(sent) => {
                looked.insert(tx, Some(senders::votes_for(contracts.gse, &sent) == Some(owner)));
            }
            None if blocks.get(&tx).is_some_and(|block| old(*block)) => {
                looked.insert(tx, None);
            }
            // an endpoint that is behind may have it soon
            None => {}
        }
    }
    let mut votes = Vec::new();
    for entry in entries.iter().filter(|entry| looked.get(&entry.tx) == Some(&Some(true))) {
        let vote = IGovernance::VoteCast::decode_log_data(&entry.data).map_err(|_error| ReadError::Decode)?;
        let proposal = vote.proposalId.try_into().map_err(|_error| ReadError::Decode)?;
        let deed = Deed::VotedWithStake { proposal, support: vote.support, amount: vote.amount };
        votes.push(Move { place: Place::of(entry), deed });
    }
    let unseen = unseen(&used, &votes);
    let unread = blocks.keys().filter(|tx| looked.get(*tx).is_none_or(Option::is_none)).count();
    let goes_on = looked.len() < blocks.len();
    Ok(StakeVotes { owner, votes, unseen, unread, used, looked, goes_on })
}

/// Power used by proposal, where it used some.
async fn used(
    pool: &Pool,
    contracts: &Deployment,
    owner: Address,
    block: BlockRef,
) -> Result<BTreeMap<u64, U256>, ReadError> {
    /// More than an endpoint can be right about.
    const PROPOSALS: u64 = 10_000;
    let mut batch = Batch::new();
    let count = batch.add(contracts.governance, IGovernance::proposalCountCall {});
    let count = batch.run(pool, &block).await.value(count)?;
    let count = u64::try_from(count).ok().filter(|count| *count <= PROPOSALS).ok_or(ReadError::Decode)?;
    let mut batch = Batch::new();
    let slots: Vec<_> = (0..count)
        .map(|id| {
            let call = IGSE::getPowerUsedCall { _delegatee: owner, _proposalId: U256::from(id) };
            (id, batch.add(contracts.gse, call))
        })
        .collect();
    if slots.is_empty() {
        return Ok(BTreeMap::new());
    }
    let answers = batch.run_whole(pool, &block).await?;
    let read = slots.into_iter().map(|(id, slot)| Ok((id, answers.value(slot)?)));
    let all = read.collect::<Result<Vec<_>, ReadError>>()?;
    Ok(all.into_iter().filter(|(_, used)| !used.is_zero()).collect())
}

/// What was used besides the votes that are known.
fn unseen(used: &BTreeMap<u64, U256>, votes: &[Move]) -> Vec<(u64, U256)> {
    let seen = |id: u64| {
        votes.iter().fold(U256::ZERO, |sum, moved| match moved.deed {
            Deed::VotedWithStake { proposal, amount, .. } if proposal == id => sum.saturating_add(amount),
            _ => sum,
        })
    };
    let rest = used.iter().map(|(id, used)| (*id, used.saturating_sub(seen(*id))));
    rest.filter(|(_, rest)| !rest.is_zero()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_plain_transaction_shows_is_told_apart() {
        let vote = |proposal, amount: u64| Move {
            place: Place { block: 1, index: 0, tx: B256::ZERO, time: None },
            deed: Deed::VotedWithStake { proposal, support: true, amount: U256::from(amount) },
        };
        let used = [(1, 5), (2, 7), (3, 1)].map(|(id, used)| (id, U256::from(used))).into();
        let found = unseen(&used, &[vote(1, 2), vote(1, 3), vote(2, 4)]);
        assert_eq!(found, [(2, U256::from(3)), (3, U256::ONE)]);
    }
}
