use std::ops::RangeInclusive;

use alloy_primitives::Address;
use alloy_sol_types::SolEvent as _;

use super::{Deed, Move, MovesAsked, moves};
use crate::{
    aztec::{Deployment, abi::IPullSplit, events::Place, positions::SplitTerms},
    chain::{
        Pool, ReadError,
        logs::{self, LogQuery},
    },
};

/// A split whose past is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitPastAsked {
    /// The split.
    pub split: Address,
    /// The block it was made in.
    pub since: u64,
    /// What rewards are paid in.
    pub tokens: Vec<Address>,
    /// Where it deposits.
    pub warehouse: Address,
}

/// What the events tell about a split, each in chain order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SplitPast {
    /// Its terms from each place on. The splits of delegations have no owner: they have one.
    pub terms: Vec<(Place, SplitTerms)>,
    /// What rollups paid it ([`Deed::Claimed`]: only who names it as coinbase brings it that), and what it shared out.
    pub moves: Vec<Move>,
}

/// Reads the past of one split in a range of blocks: its own events, and payments of rollups to it. Fails as a whole: a
/// list with a hole looks whole.
pub async fn split_past(
    pool: &Pool,
    contracts: &Deployment,
    asked: &SplitPastAsked,
    range: RangeInclusive<u64>,
) -> Result<SplitPast, ReadError> {
    let query =
        LogQuery { contracts: vec![asked.split], events: vec![IPullSplit::SplitUpdated::SIGNATURE_HASH] };
    let mut entries = Vec::new();
    logs::scan(pool, &query, range.clone(), |part| entries.extend(part.entries)).await?;
    entries.sort_by_key(logs::LogEntry::position);
    let terms = entries.iter().map(|entry| {
        let place = Place::of(entry);
        Some((place, SplitTerms::from_event(entry)?))
    });
    let terms = terms.collect::<Option<Vec<_>>>().ok_or(ReadError::Decode)?;
    let of_it = MovesAsked {
        owner: asked.split,
        splits: vec![asked.split],
        tokens: asked.tokens.clone(),
        warehouses: vec![asked.warehouse],
        vaults: Vec::new(),
    };
    let mut found = moves(pool, contracts, &of_it, range).await?;
    found.retain(|moved| matches!(moved.deed, Deed::Claimed { .. } | Deed::Shared { .. }));
    Ok(SplitPast { terms, moves: found })
}
