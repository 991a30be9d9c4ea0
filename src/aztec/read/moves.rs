use std::ops::RangeInclusive;

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolEvent;

use super::civic::civic;
use crate::{
    aztec::{
        Deployment,
        abi::{IERC20, IPullSplit, ISplitsWarehouse},
        events::Place,
    },
    chain::{
        Pool, ReadError,
        logs::{LogEntry, LogQuery, scan_about},
    },
};

/// Something that was done with somebody's rewards or votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A rollup paid a split what it owed to it.
    Claimed {
        /// The rollup.
        rollup: Address,
        /// The split.
        split: Address,
        /// Of what.
        token: Address,
        /// With the provider's part, in token units.
        amount: U256,
    },
    /// A split shared out to its recipients' balances in the warehouse.
    Shared {
        /// The split.
        split: Address,
        /// Of what.
        token: Address,
        /// With the provider's part, in token units.
        amount: U256,
    },
    /// The warehouse paid the address, of whichever splits.
    Withdrawn {
        /// Of what.
        token: Address,
        /// In token units.
        amount: U256,
    },
    /// A vote with tokens that were deposited in Governance.
    Voted {
        /// The address, or the staker of one of its vaults.
        by: Address,
        /// On which proposal.
        proposal: u64,
        /// Whether yea.
        support: bool,
        /// With how much, in units of the staking token.
        amount: U256,
    },
    /// The address voted with stake that was delegated to it, through the GSE.
    VotedWithStake {
        /// On which proposal.
        proposal: u64,
        /// Whether yea.
        support: bool,
        /// With how much, in units of the staking token.
        amount: U256,
    },
    /// A payload was proposed with a lock.
    Proposed {
        /// By the address, or by the staker of one of its vaults.
        by: Address,
        /// What it became.
        proposal: u64,
        /// The payload.
        payload: Address,
        /// What was locked, where it returns to the address or one of its vaults; in units of the staking token.
        locked: Option<U256>,
    },
    /// A proposal was made, and by whom was not read: no endpoint has its transaction. Of the address or of anybody else.
    ProposedBySomebody {
        /// What it became.
        proposal: u64,
    },
    /// Tokens became voting power.
    Deposited {
        /// Of the address, or of the staker of one of its vaults.
        of: Address,
        /// In units of the staking token.
        amount: U256,
    },
    /// Tokens began to leave Governance.
    Undeposited {
        /// For the address, or for one of its vaults.
        to: Address,
        /// Governance's number of it.
        withdrawal: u64,
        /// In units of the staking token.
        amount: U256,
    },
}

/// A deed and where it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// Where.
    pub place: Place,
    /// What.
    pub deed: Deed,
}

/// Whose moves are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MovesAsked {
    /// The address.
    pub owner: Address,
    /// The splits of its stakes.
    pub splits: Vec<Address>,
    /// What rewards are paid in.
    pub tokens: Vec<Address>,
    /// Where they wait.
    pub warehouses: Vec<Address>,
    /// Its token vaults, each with its staker, which acts in Governance for it.
    pub vaults: Vec<(Address, Address)>,
}

/// Splits asked about at once: endpoints limit how long a filter may be.
const SPLITS: usize = 200;

fn words(addresses: &[Address]) -> Vec<B256> {
    addresses.iter().map(Address::into_word).collect()
}

/// Reads what happened in a range of blocks, in chain order: three requests, two more for each two hundred splits, times
/// the pieces that the endpoint cuts the range into, and one for each proposal that was made. Fails as a whole: a list with
/// a hole looks whole; the one hole that is possible is told as [`Deed::ProposedBySomebody`]. Where there are splits and no token or warehouse is known that is [`ReadError::Incomplete`].
pub async fn moves(
    pool: &Pool,
    contracts: &Deployment,
    asked: &MovesAsked,
    range: RangeInclusive<u64>,
) -> Result<Vec<Move>, ReadError> {
    // without these nothing is asked, and nothing found looks like nothing done
    if !asked.splits.is_empty() && (asked.tokens.is_empty() || asked.warehouses.is_empty()) {
        return Err(ReadError::Incomplete);
    }
    let mut found = Vec::new();
    let rollups: Vec<Address> = contracts.rollups.iter().map(|rollup| rollup.address).collect();
    let me = words(&[asked.owner]);
    let of =
        |contracts: &[Address], event: B256| LogQuery { contracts: contracts.to_vec(), events: vec![event] };
    let mut scans = vec![(of(&asked.warehouses, ISplitsWarehouse::Withdraw::SIGNATURE_HASH), vec![me])];
    for splits in asked.splits.chunks(SPLITS) {
        scans.push((of(splits, IPullSplit::SplitDistributed::SIGNATURE_HASH), Vec::new()));
        let payments = vec![words(&rollups), words(splits)];
        scans.push((of(&asked.tokens, IERC20::Transfer::SIGNATURE_HASH), payments));
    }
    for (query, about) in scans {
        // an endpoint takes no address at all for any address
        if !query.contracts.is_empty() {
            scan_about(pool, &query, &about, range.clone(), |part| {
                found.extend(part.entries.iter().map(understood));
            })
            .await?;
        }
    }
    let mut found = found.into_iter().collect::<Option<Vec<Move>>>().ok_or(ReadError::Decode)?;
    found.retain(moves_something);
    found.extend(civic(pool, contracts, asked, range).await?);
    found.sort_by_key(|moved| moved.place.position());
    Ok(found)
}

/// Anybody can have a token say that nothing went from a rollup to a split (`transferFrom` of 0 needs no allowance), and a
/// split that it shared out nothing: neither is a payment.
fn moves_something(moved: &Move) -> bool {
    match moved.deed {
        Deed::Claimed { amount, .. } | Deed::Shared { amount, .. } | Deed::Withdrawn { amount, .. } => {
            !amount.is_zero()
        }
        _ => true,
    }
}

fn understood(entry: &LogEntry) -> Option<Move> {
    let (by, data) = (entry.address, &entry.data);
    let deed = match entry.event()? {
        IERC20::Transfer::SIGNATURE_HASH => {
            let paid = IERC20::Transfer::decode_log_data(data).ok()?;
            Deed::Claimed { rollup: paid.from, split: paid.to, token: by, amount: paid.value }
        }
        IPullSplit::SplitDistributed::SIGNATURE_HASH => {
            let shared = IPullSplit::SplitDistributed::decode_log_data(data).ok()?;
            Deed::Shared { split: by, token: shared.token, amount: shared.amount }
        }
        ISplitsWarehouse::Withdraw::SIGNATURE_HASH => {
            let paid = ISplitsWarehouse::Withdraw::decode_log_data(data).ok()?;
            Deed::Withdrawn { token: paid.token, amount: paid.amount }
        }
        _ => return None,
    };
    let place = Place::of(entry);
    Some(Move { place, deed })
}
