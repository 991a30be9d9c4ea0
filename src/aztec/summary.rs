//! Figures of a provider that are computed from its delegations.

use std::{collections::BTreeMap, ops::RangeInclusive};

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolEvent as _;

use super::{
    Deployment,
    abi::IStakingRegistry::StakedWithProvider,
    history::History,
    model::Delegation,
    read::Stakes,
    rules::{Position, positions},
};
use crate::{
    chain::{Origin, ReadError, Reading, Source},
    units::{Bps, Ratio},
};

/// A provider's sequencers by what they do, and its stake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Delegations that validate.
    pub validating: Reading<u64>,
    /// That wait to.
    pub queued: u64,
    /// That leave or wait for their withdrawer.
    pub leaving: u64,
    /// What the validating ones hold together, in token units.
    pub stake: Reading<U256>,
    /// All stake at the same block; `None` until it is read.
    pub total: Option<Reading<U256>>,
}

impl Summary {
    /// Its part of all stake.
    pub fn share(&self) -> Option<Reading<Ratio>> {
        let total = self.total.as_ref()?;
        let ratio = Ratio::new(*self.stake.get()?, *total.get()?)?;
        let inputs = [("stake", self.stake.source.clone()), ("all stake", total.source.clone())];
        Some(Reading::new(ratio, Source::derived("stake / all stake of all rollups", inputs)))
    }
}

/// Sums up a provider's delegations. `covered` are the blocks whose events are known; a provider's figures are
/// complete only when all of them are.
pub fn summarise(
    contracts: &Deployment,
    history: &History,
    covered: Option<&RangeInclusive<u64>>,
    stakes: Result<&Stakes, &ReadError>,
    provider_id: u64,
) -> Summary {
    let delegations: Vec<&Delegation> = history.of_provider(provider_id).collect();
    let found = stakes.map_err(Clone::clone).and_then(|stakes| {
        let covered = covered.ok_or(ReadError::LogsMissing)?;
        if *covered.start() > contracts.from_block.block() {
            return Err(ReadError::LogsMissing);
        }
        let found =
            positions(contracts, history, &delegations, stakes).into_iter().collect::<Result<Vec<_>, _>>();
        found.map_err(|_error| ReadError::Incomplete)
    });
    let events = Source::from(Origin::Logs {
        contracts: vec![contracts.staking_registry],
        event: StakedWithProvider::SIGNATURE,
        topic: Some(U256::from(provider_id).into()),
        from: covered.map_or(0, |covered| *covered.start()),
        to: covered.map_or(0, |covered| *covered.end()),
        matches: delegations.len(),
    });
    let one = delegations.first().and_then(|delegation| stakes_source(stakes, delegation.attester));
    let inputs = |name| {
        std::iter::once(("delegations", events.clone())).chain(one.clone().map(|source| (name, source)))
    };
    let count = |wanted: fn(&Position) -> bool| {
        found.as_ref().map_or(0, |found| found.iter().filter(|position| wanted(position)).count() as u64)
    };
    let validating = |position: &Position| matches!(position, Position::Validating { .. });
    let stake = found.clone().map(|found| {
        found.iter().fold(U256::ZERO, |sum, position| match position {
            Position::Validating { balance, .. } => sum.saturating_add(*balance),
            _ => sum,
        })
    });
    Summary {
        validating: Reading {
            value: found.clone().map(|_| count(validating)),
            source: Source::derived(
                "delegations whose deposit joined by its events and whose status is validating",
                inputs("status of the first one"),
            ),
        },
        total: stakes.ok().map(|stakes| stakes.total.clone()),
        queued: count(|position| matches!(position, Position::Queued { .. })),
        leaving: count(|position| matches!(position, Position::Exiting { .. } | Position::Zombie { .. })),
        stake: Reading {
            value: stake,
            source: Source::derived(
                "sum of effectiveBalance over the validating delegations",
                inputs("balance of the first one"),
            ),
        },
    }
}

/// What no provider runs: people who run their own sequencers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rest {
    /// Sequencers that validate.
    pub validating: Reading<u64>,
    /// What they hold, token units.
    pub stake: Reading<U256>,
}

/// All there is, less what all providers run.
pub fn rest<'a>(stakes: &Stakes, providers: impl Iterator<Item = &'a Summary> + Clone) -> Rest {
    let active = stakes.active.iter().map(Reading::need).sum::<Result<u64, ReadError>>();
    let theirs: Result<u64, _> = providers.clone().map(|summary| summary.validating.need()).sum();
    let held = providers
        .map(|summary| summary.stake.need())
        .try_fold(U256::ZERO, |sum, stake| stake.map(|stake: U256| sum.saturating_add(stake)));
    // more than all there is: the parts contradict each other
    let less = |all: u64, part| all.checked_sub(part).ok_or(ReadError::Incomplete);
    let of_rollups = stakes.active.iter().map(|active| ("of one rollup", active.source.clone()));
    Rest {
        validating: Reading {
            value: active.and_then(|active| less(active, theirs?)),
            source: Source::derived(
                "getActiveAttesterCount() of all rollups − validating delegations of all providers",
                of_rollups,
            ),
        },
        stake: Reading {
            value: stakes
                .total
                .need()
                .and_then(|total| total.checked_sub(held?).ok_or(ReadError::Incomplete)),
            source: Source::derived(
                "all stake − stake of all providers",
                [("all stake", stakes.total.source.clone())],
            ),
        },
    }
}

fn stakes_source(stakes: Result<&Stakes, &ReadError>, attester: Address) -> Option<Source> {
    Some(stakes.ok()?.states.get(&attester)?.source.clone())
}

/// Live delegations of a provider by the commission that is frozen in them; `None` for those whose commission is not
/// known yet.
pub fn by_frozen_rate(
    contracts: &Deployment,
    history: &History,
    stakes: &Stakes,
    provider_id: u64,
) -> Result<BTreeMap<Option<Bps>, u64>, ReadError> {
    let delegations: Vec<&Delegation> = history.of_provider(provider_id).collect();
    let mut groups = BTreeMap::new();
    for (delegation, position) in delegations.iter().zip(positions(contracts, history, &delegations, stakes))
    {
        if position.map_err(|_error| ReadError::Incomplete)?.is_live() {
            *groups.entry(delegation.take_rate).or_default() += 1;
        }
    }
    Ok(groups)
}
