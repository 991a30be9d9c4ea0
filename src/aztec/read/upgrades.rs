use std::collections::BTreeSet;

use alloy_primitives::{Address, U256, keccak256};

use super::proposals::small;
use crate::{
    aztec::{
        Deployment,
        abi::{IERC20, IGSE},
        events::{Fields, Place},
    },
    chain::{
        At, Batch, BlockRef, Origin, Pool, ReadError, Reading,
        logs::{LogEntry, LogQuery, scan},
    },
};

/// Which stake follows upgrades, and what was replaced when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upgrades {
    /// The rollup that following stake is with: `GSE.getLatestRollup()`.
    pub latest: Reading<Address>,
    /// The bonus instance (`None`), whose stake follows, and then every rollup, the newest first.
    pub instances: Vec<(Option<Address>, Reading<Instance>)>,
    /// What the registry and governance replaced, in chain order.
    pub replaced: Reading<Vec<Replaced>>,
}

impl Upgrades {
    /// Why it is not complete, when it is that nobody answered.
    pub fn unanswered(&self) -> Option<ReadError> {
        let instance = || self.instances.iter().find_map(|(_, instance)| instance.unanswered());
        self.replaced.unanswered().or_else(instance)
    }
}

/// Stake of one instance of the GSE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// A rollup, or the bonus instance.
    pub address: Address,
    /// Whether its stake follows upgrades.
    pub follows: bool,
    /// Stake with it: `GSE.supplyOf(instance)`, token units.
    pub stake: U256,
    /// Whose: every attester that validates there.
    pub attesters: Vec<Address>,
    /// Tokens that a rollup holds: rewards that were not claimed, and deposits in its entry queue.
    pub held: U256,
}

/// A replacement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// Where.
    pub place: Place,
    /// By what.
    pub by: Successor,
}

/// What took the place of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Successor {
    /// This rollup became canonical.
    Rollup(Address),
    /// This contract takes the signals from then on.
    GovernanceProposer(Address),
}

const CANONICAL: &str = "CanonicalRollupUpdated(address,uint256)";
const PROPOSER: &str = "GovernanceProposerUpdated(address)";
/// Attesters asked for at once.
const PAGE: u64 = 500;
/// Attesters of an instance that are believed.
const MOST: u64 = 50_000;

/// Reads it: the sums in one request, the attesters in one for every 500, and a scan of rare events.
///
/// Never fails as a whole.
pub async fn upgrades(pool: &Pool, contracts: &Deployment, block: BlockRef) -> At<Upgrades> {
    let gse = contracts.gse;
    let mut batch = Batch::new();
    let latest = batch.add(gse, IGSE::getLatestRollupCall {});
    let bonus = batch.add(gse, IGSE::getBonusInstanceAddressCall {});
    let first = batch.run(pool, &block).await;
    let rollups = contracts.rollups.iter().rev().map(|rollup| (rollup.address, false));
    let wanted: Vec<(Address, bool)> =
        first.value(bonus).ok().map(|bonus| (bonus, true)).into_iter().chain(rollups).collect();
    let (instances, replaced) =
        futures::join!(instances(pool, contracts, &wanted, block), replaced(pool, contracts, block));
    let latest = first.get(latest);
    let of = wanted.iter().map(|&(address, follows)| (!follows).then_some(address));
    let instances = of.zip(apart(instances, latest.get().copied())).collect();
    At { block, value: Upgrades { latest, instances, replaced } }
}

/// The GSE counts following stake to the rollup that it is with: here it counts once. A rollup of which it is not known
/// whether it has that stake is not read.
fn apart(mut instances: Vec<Reading<Instance>>, latest: Option<Address>) -> Vec<Reading<Instance>> {
    let following = instances.iter().find_map(|instance| instance.get().filter(|instance| instance.follows));
    let following: Option<BTreeSet<Address>> =
        following.map(|bonus| bonus.attesters.iter().copied().collect());
    for reading in &mut instances {
        let Ok(instance) = &mut reading.value else { continue };
        if instance.follows || latest.is_some_and(|latest| latest != instance.address) {
            continue;
        }
        match (&following, latest) {
            (Some(following), Some(_)) => instance.attesters.retain(|attester| !following.contains(attester)),
            _ => reading.value = Err(ReadError::Incomplete),
        }
    }
    instances
}

async fn instances(
    pool: &Pool,
    contracts: &Deployment,
    wanted: &[(Address, bool)],
    block: BlockRef,
) -> Vec<Reading<Instance>> {
    let gse = contracts.gse;
    let moment = U256::from(block.timestamp);
    let mut batch = Batch::new();
    let asked: Vec<_> = wanted
        .iter()
        .map(|&(instance, _)| {
            (
                batch.add(gse, IGSE::supplyOfCall { _instance: instance }),
                batch.add(gse, IGSE::getAttesterCountAtTimeCall { instance, timestamp: moment }),
                batch.add(contracts.token.address, IERC20::balanceOfCall { account: instance }),
            )
        })
        .collect();
    let sums = batch.run(pool, &block).await;
    let mut batch = Batch::new();
    let pages: Vec<_> = wanted
        .iter()
        .zip(&asked)
        .map(|(&(instance, _), (_, count, _))| {
            let count = sums.value(*count).and_then(small).unwrap_or(0).min(MOST);
            let page = |start: u64| {
                let indices = (start..count.min(start + PAGE)).map(U256::from).collect();
                IGSE::getAttestersFromIndicesAtTimeCall { instance, timestamp: moment, indices }
            };
            let starts = (0..count).step_by(usize::try_from(PAGE).unwrap_or(1));
            starts.map(|start| batch.add(gse, page(start))).collect::<Vec<_>>()
        })
        .collect();
    let lists = batch.run(pool, &block).await;
    let view = |((&(address, follows), (stake, count, held)), pages): ((&(Address, bool), _), Vec<_>)| {
        let stake = sums.get(stake);
        let value = || {
            let mut attesters = Vec::new();
            for page in pages {
                attesters.extend(lists.value(page)?);
            }
            // a list that is cut off is not the list
            if sums.value(count).and_then(small)? != attesters.len() as u64 {
                return Err(ReadError::Incomplete);
            }
            let held = sums.value(held)?;
            Ok(Instance { address, follows, stake: stake.need()?, attesters, held })
        };
        Reading { value: value(), source: stake.source.clone() }
    };
    wanted.iter().zip(asked).zip(pages).map(view).collect()
}

async fn replaced(pool: &Pool, contracts: &Deployment, block: BlockRef) -> Reading<Vec<Replaced>> {
    let from = contracts.from_block.block().min(block.number);
    let asked = vec![contracts.registry, contracts.governance];
    let (canonical, proposer) = (keccak256(CANONICAL), keccak256(PROPOSER));
    let query = LogQuery { contracts: asked.clone(), events: vec![canonical, proposer] };
    let mut entries = Vec::new();
    let scanned = scan(pool, &query, from..=block.number, |part| entries.extend(part.entries)).await;
    entries.sort_by_key(LogEntry::position);
    let source = Origin::Logs {
        contracts: asked,
        event: CANONICAL,
        topic: None,
        from,
        to: block.number,
        matches: entries.len(),
    };
    let told = |entry: &LogEntry| {
        let address = Fields::new(entry.data.topics(), entry.bytes()).address(0)?;
        let by = if entry.event() == Some(canonical) {
            (entry.address == contracts.registry).then_some(Successor::Rollup(address))?
        } else {
            (entry.address == contracts.governance).then_some(Successor::GovernanceProposer(address))?
        };
        let place = Place::of(entry);
        Some(Replaced { place, by })
    };
    let found: Option<Vec<_>> = entries.iter().map(told).collect();
    let value = scanned.map_err(ReadError::from).and_then(|()| found.ok_or(ReadError::Decode));
    Reading { value, source: source.into() }
}
