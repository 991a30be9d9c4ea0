use alloy_primitives::{Address, U256};

use super::{Due, Line, Receiver, all_but_one, due};
use crate::{
    aztec::{
        Deployment,
        read::{Positions, Purse, SplitRewards},
    },
    chain::{ReadError, Reading, Source},
    units::Token,
};

/// What one stake brings its recipient in one token, in that token's units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gain {
    /// The token.
    pub token: Address,
    /// By claiming and sharing out now.
    pub unclaimed: Reading<U256>,
    /// Of what rollups owe but do not pay out at present.
    pub held_back: Reading<U256>,
}

/// What an address earned in one token, in that token's units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    /// The token.
    pub token: Address,
    /// What it is called.
    pub name: Reading<Token>,
    /// What the address can claim from the splits of its stakes.
    pub unclaimed: Reading<U256>,
    /// Its part of what rollups owe to those splits but do not pay out at present.
    pub held_back: Reading<U256>,
    /// What it can withdraw from the warehouse, from all splits it is part of together.
    pub stored: Reading<U256>,
}

/// The tokens that rewards are paid in, that of the stake first; that one alone where none was read.
fn tokens(contracts: &Deployment, read: &Positions) -> Vec<Address> {
    let mut tokens: Vec<Address> = read.rewards.tokens.keys().copied().collect();
    tokens.sort_by_key(|token| *token != contracts.token.address);
    if tokens.is_empty() {
        tokens.push(contracts.token.address);
    }
    tokens
}

/// What the delegator of a split gets, by token.
pub(super) fn gains(contracts: &Deployment, split: Option<&SplitRewards>, read: &Positions) -> Vec<Gain> {
    let gain = |token| Gain {
        token,
        unclaimed: unclaimed(split, token, read),
        held_back: held_back(split, token, read),
    };
    tokens(contracts, read).into_iter().map(gain).collect()
}

/// The delegator's share of a part of what is due from a split.
fn share(
    split: Option<&SplitRewards>,
    token: Address,
    read: &Positions,
    part: fn(Due) -> U256,
) -> Result<U256, ReadError> {
    let split = split.ok_or(ReadError::Incomplete)?;
    let terms = split.terms.clone()?;
    let part = part(due(&read.rewards, split, token)?);
    Ok(terms.delegator().map_or(U256::ZERO, |to| terms.share_of(to, part)))
}

fn held_back(split: Option<&SplitRewards>, token: Address, read: &Positions) -> Reading<U256> {
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
        value: share(split, token, read, |due| due.held_back),
        source: Source::derived(formula, inputs),
    }
}

fn unclaimed(split: Option<&SplitRewards>, token: Address, read: &Positions) -> Reading<U256> {
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
    let value = share(split, token, read, |due| due.to_share);
    Reading { value, source: Source::derived(formula, inputs) }
}

/// Adds up what the address itself gets of its lines and of others’, and what waits for it in the warehouse. A sum with an unread part
/// is unread.
pub(super) fn totals(
    contracts: &Deployment,
    owner: Address,
    (lines, received): (&[Line], &[Receiver]),
    read: &Positions,
) -> Vec<Total> {
    let total = |token: Address| {
        let own = |pick: fn(&Gain) -> &Reading<U256>, formula: &'static str| {
            // whose a split is, is not known while its terms are unread
            let own = lines.iter().filter(|line| line.recipient.is_none_or(|recipient| recipient == owner));
            let others =
                received.iter().filter_map(|received| received.gains.iter().find(|gain| gain.token == token));
            let parts: Vec<_> = own.filter_map(|line| line.gain(token)).chain(others).map(pick).collect();
            let first = parts.first().map(|part| ("the first one", part.source.clone()));
            let value = parts.iter().try_fold(U256::ZERO, |sum, part| Ok(sum.saturating_add(part.need()?)));
            Reading { value, source: Source::derived(formula, first) }
        };
        let name = read.rewards.tokens.get(&token).cloned();
        Total {
            token,
            name: name.unwrap_or_else(|| unread("getFeeAsset() of the rollups")),
            unclaimed: own(|gain| &gain.unclaimed, "sum of the own shares over the splits of all stakes"),
            held_back: own(
                |gain| &gain.held_back,
                "sum of the own shares of what rollups with isRewardsClaimable() = false owe to the splits",
            ),
            stored: stored(owner, token, &read.rewards.purses),
        }
    };
    tokens(contracts, read).into_iter().map(total).collect()
}

fn unread<T>(what: &'static str) -> Reading<T> {
    Reading { value: Err(ReadError::Incomplete), source: Source::derived(what, []) }
}

fn stored(owner: Address, token: Address, purses: &[Purse]) -> Reading<U256> {
    let own: Vec<_> =
        purses.iter().filter(|purse| purse.recipient == owner && purse.token == token).collect();
    let formula = "balanceOf(address, token) − 1 in the warehouse";
    if own.is_empty() {
        return unread(formula);
    }
    let value = own
        .iter()
        .try_fold(U256::ZERO, |sum, purse| Ok(sum.saturating_add(all_but_one(purse.stored.need()?))));
    let inputs = own.iter().map(|purse| ("balanceOf", purse.stored.source.clone()));
    Reading { value, source: Source::derived(formula, inputs) }
}
