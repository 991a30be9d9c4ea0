use alloy_primitives::{Address, U256};

use super::{Due, Fate, Stake, all_but_one, due, standings};
use crate::{
    aztec::{
        Deployment,
        model::ExitView,
        read::{Positions, SplitRewards, Stakes},
        rules::{JoinTime, Position, join_time},
    },
    chain::{ReadError, Reading, Source},
};

/// One stake as a person is told about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What the events say.
    pub stake: Stake,
    /// Where it is.
    pub position: Reading<Position>,
    /// What is in it, in token units: the effective balance, what an exit returns, or the deposit that waits.
    pub amount: Reading<U256>,
    /// When a deposit that waits joins at the earliest.
    pub joins: Option<Result<JoinTime, ReadError>>,
    /// Who receives its rewards, after the provider. `None` without a provider, or while the split's terms are unread.
    pub recipient: Option<Address>,
    /// What that recipient would get by claiming and sharing out now, in units of the staking token. `None` without a
    /// provider.
    pub unclaimed: Option<Reading<U256>>,
    /// That recipient's part of what rollups owe but do not pay out at present, in units of the staking token. `None`
    /// without a provider.
    pub held_back: Option<Reading<U256>>,
}

/// All stakes of one withdrawer and their sums, in token units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// In chain order.
    pub lines: Vec<Line>,
    /// What validates.
    pub staked: Reading<U256>,
    /// What leaves: exits and zombies.
    pub exiting: Reading<U256>,
    /// What the address itself can claim from the splits of its stakes.
    pub unclaimed: Reading<U256>,
    /// The address's part of what rollups owe to those splits but do not pay out at present.
    pub held_back: Reading<U256>,
    /// What the address can withdraw from the warehouse, from all splits it is part of together.
    pub stored: Reading<U256>,
}

impl Sheet {
    /// How many stakes are in a state.
    pub fn count(&self, wanted: impl Fn(&Position) -> bool) -> usize {
        self.lines.iter().filter(|line| line.position.get().is_some_and(&wanted)).count()
    }
}

/// Puts events and state together. A sum with an unread part is unread.
pub fn sheet(contracts: &Deployment, owner: Address, made: Vec<Stake>, read: &Positions) -> Sheet {
    let rollups: Vec<Address> = contracts.rollups.iter().map(|rollup| rollup.address).collect();
    let decided = standings(&made, &rollups, &read.stakes);
    let lines: Vec<Line> =
        made.into_iter().zip(decided).map(|(stake, decided)| line(contracts, stake, decided, read)).collect();
    let amounts = |wanted: fn(&Position) -> bool| {
        let mut sum = U256::ZERO;
        for line in &lines {
            if wanted(&line.position.need()?) {
                sum = sum.saturating_add(line.amount.need()?);
            }
        }
        Ok(sum)
    };
    let first = |name: &'static str, pick: fn(&Line) -> Option<Source>| {
        lines.iter().find_map(pick).map(|source| (name, source))
    };
    let amount_source = || first("the first one", |line| Some(line.amount.source.clone()));
    let staked = Reading {
        value: amounts(|position| matches!(position, Position::Validating { .. })),
        source: Source::derived("sum of effectiveBalance over the stakes that validate", amount_source()),
    };
    let exiting = Reading {
        value: amounts(|position| matches!(position, Position::Exiting { .. } | Position::Zombie { .. })),
        source: Source::derived("sum of exit.amount over the stakes that leave", amount_source()),
    };
    let own = |pick: fn(&Line) -> Option<&Reading<U256>>| {
        let own = lines.iter().filter(|line| line.recipient.is_none_or(|recipient| recipient == owner));
        own.filter_map(pick).try_fold(U256::ZERO, |sum, share| Ok(sum.saturating_add(share.need()?)))
    };
    let unclaimed = Reading {
        value: own(|line| line.unclaimed.as_ref()),
        source: Source::derived(
            "sum of the own shares over the splits of all stakes",
            first("the first one", |line| line.unclaimed.as_ref().map(|share| share.source.clone())),
        ),
    };
    let held_back = Reading {
        value: own(|line| line.held_back.as_ref()),
        source: Source::derived(
            "sum of the own shares of what rollups with isRewardsClaimable() = false owe to the splits",
            first("the first one", |line| line.held_back.as_ref().map(|share| share.source.clone())),
        ),
    };
    Sheet { stored: stored(contracts, owner, &lines, read), lines, staked, exiting, unclaimed, held_back }
}

fn line(
    contracts: &Deployment,
    stake: Stake,
    decided: Result<Position, ReadError>,
    read: &Positions,
) -> Line {
    let position = Reading { value: decided, source: position_source(&read.stakes, &stake) };
    let joins = match position.get() {
        Some(Position::Queued { rollup, ahead }) => {
            let pace = read.queues.get(*rollup).cloned().unwrap_or(Err(ReadError::Incomplete));
            Some(pace.map(|pace| join_time(*ahead, pace)))
        }
        _ => None,
    };
    let split = stake.delegation.as_ref().map(|made| read.rewards.splits.get(&made.split));
    let recipient = split.flatten().and_then(|split| split.terms.as_ref().ok()?.delegator());
    let unclaimed = split.map(|split| unclaimed(contracts, split, read));
    let held_back = split.map(|split| held_back(contracts, split, read));
    Line { amount: amount(contracts, &position), stake, position, joins, recipient, unclaimed, held_back }
}

fn amount(contracts: &Deployment, position: &Reading<Position>) -> Reading<U256> {
    let source = position.source.clone();
    let value = position.need().and_then(|position| match position {
        Position::Validating { balance, .. } => Ok(balance),
        Position::Exiting { exit: ExitView { amount, .. }, .. }
        | Position::Zombie { exit: ExitView { amount, .. }, .. } => Ok(amount),
        Position::Queued { rollup, .. } => {
            contracts.rollups.get(rollup).ok_or(ReadError::Incomplete)?.activation_threshold.need()
        }
        Position::Refunded | Position::Finished => Ok(U256::ZERO),
    });
    Reading { value, source }
}

/// What a position was read from: the attester, and the entry queue while the deposit waits there.
fn position_source(chain: &Stakes, stake: &Stake) -> Source {
    let attester = chain.states.get(&stake.attester).map(|state| ("attester", state.source.clone()));
    let waits = stake.fate == Fate::Waiting;
    let queue = chain.queues.last().filter(|_| waits);
    let queue = queue.map(|queue| ("the entries from 0 to its length", queue.length.source.clone()));
    let formula = "the events of the deposit, then the attester’s stake if its withdrawer is this one";
    Source::derived(formula, attester.into_iter().chain(queue))
}

/// The delegator's share of a part of what is due from a split.
fn share(
    contracts: &Deployment,
    split: Option<&SplitRewards>,
    read: &Positions,
    part: fn(Due) -> U256,
) -> Result<U256, ReadError> {
    let split = split.ok_or(ReadError::Incomplete)?;
    let terms = split.terms.clone()?;
    let part = part(due(&read.rewards, split, contracts.token.address)?);
    Ok(terms.delegator().map_or(U256::ZERO, |to| terms.share_of(to, part)))
}

fn held_back(contracts: &Deployment, split: Option<&SplitRewards>, read: &Positions) -> Reading<U256> {
    let inputs = split.into_iter().flat_map(|split| {
        let paying = read.rewards.rollups.iter().zip(&split.accrued);
        paying.filter(|(rollup, _)| rollup.claimable.get() == Some(&false)).flat_map(|(rollup, accrued)| {
            [
                ("owed by a rollup", accrued.source.clone()),
                ("whether it pays out", rollup.claimable.source.clone()),
            ]
        })
    });
    let formula = "owed by rollups that do not pay out × own allocation / all allocations, rounded down";
    Reading {
        value: share(contracts, split, read, |due| due.held_back),
        source: Source::derived(formula, inputs),
    }
}

fn unclaimed(contracts: &Deployment, split: Option<&SplitRewards>, read: &Positions) -> Reading<U256> {
    let token = contracts.token.address;
    let inputs = split.into_iter().flat_map(|split| {
        let accrued = split.accrued.iter().map(|accrued| ("owed by a rollup", accrued.source.clone()));
        let balance = split.balances.get(&token).map(|balance| {
            [
                ("tokens of the split", balance.held.source.clone()),
                ("its balance in the warehouse", balance.stored.source.clone()),
            ]
        });
        accrued.chain(balance.into_iter().flatten())
    });
    let formula =
        "(owed by rollups + at the split − 1 each) × own allocation / all allocations, rounded down";
    let value = share(contracts, split, read, |due| due.to_share);
    Reading { value, source: Source::derived(formula, inputs) }
}

fn stored(contracts: &Deployment, owner: Address, lines: &[Line], read: &Positions) -> Reading<U256> {
    let token = contracts.token.address;
    let own = |purse: &&crate::aztec::read::Purse| purse.recipient == owner && purse.token == token;
    let own: Vec<_> = read.rewards.purses.iter().filter(own).collect();
    let unread = lines.iter().any(|line| line.unclaimed.is_some() && line.recipient.is_none());
    let value = own
        .iter()
        .try_fold(U256::ZERO, |sum, purse| Ok(sum.saturating_add(all_but_one(purse.stored.need()?))));
    let inputs = own.iter().map(|purse| ("balanceOf", purse.stored.source.clone()));
    let source = Source::derived("balanceOf(address, token) − 1 in the warehouse", inputs);
    Reading { value: if unread { Err(ReadError::Incomplete) } else { value }, source }
}
