//! Rewards that are still with rollups which are not the current one any more.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, U256};

use super::{
    purses,
    received::{ReceivedAsked, received},
    rewards::SplitAsked,
};
use crate::{
    aztec::{
        Deployment, Rollup,
        abi::{IERC20, IRollup},
        positions::SplitTerms,
    },
    chain::{Answers, At, Batch, BlockRef, Pool, ReadError, Reading, Slot, Source},
    units::Token,
};

/// Rewards that are still with a rollup which is not the current one. Amounts are in the units of its own fee asset:
/// those of several rollups are never added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftBehind {
    /// The rollup.
    pub rollup: Address,
    /// Its number in the registry.
    pub version: U256,
    /// What it pays in: `getFeeAsset()`, as that contract describes itself.
    pub asset: Reading<Token>,
    /// What it holds of that, without the deposits in its entry queue where those are the same token.
    pub held: Reading<U256>,
    /// Whether it lets rewards go: `isRewardsClaimable()`. A generation without that getter always does.
    pub pays: Reading<bool>,
    /// What it owes to all splits that were asked about, with the providers' parts.
    pub owed: Reading<U256>,
    /// Of that, to the account: its part of the splits whose terms name it, each rounded down, and what is owed to itself.
    pub own: Reading<U256>,
}

/// What to ask about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owed {
    /// Every split of a delegation.
    pub splits: BTreeSet<Address>,
    /// Whose part is wanted, and the delegations that may pay it; nobody's, if it is `None`.
    pub account: Option<ReceivedAsked>,
}

impl Owed {
    /// Whose part is wanted.
    pub fn owner(&self) -> Option<Address> {
        self.account.as_ref().map(|asked| asked.owner)
    }
}

/// What the account gets of each split: by the terms that the split's hash proves, not by who may exit the stake.
type Parts = BTreeMap<Address, SplitTerms>;

/// Of the splits that are owed something by any of the old rollups, those that pay the account.
async fn parts(
    pool: &Pool,
    contracts: &Deployment,
    asked: &ReceivedAsked,
    owed: &BTreeSet<Address>,
    block: BlockRef,
) -> Result<Parts, ReadError> {
    let made = asked.made.iter().filter(|made| owed.contains(&made.split)).cloned().collect();
    let found = received(pool, contracts, &ReceivedAsked { made, ..asked.clone() }, block).await?.value;
    if found.unread > 0 {
        return Err(ReadError::Incomplete);
    }
    let terms = |split: SplitAsked| {
        let provider = split.providers.first().copied().ok_or(ReadError::Incomplete)?;
        let rate = split.take_rate.ok_or(ReadError::LogsMissing)?;
        Ok((split.split, SplitTerms::of_delegation(provider, asked.owner, rate)))
    };
    found.splits.into_iter().map(terms).collect()
}

/// What is asked of one rollup.
struct Slots<'a> {
    rollup: &'a Rollup,
    asset: Slot<Address>,
    pays: Slot<bool>,
    queue: Slot<U256>,
    owed: BTreeMap<Address, Slot<U256>>,
}

impl<'a> Slots<'a> {
    fn ask(batch: &mut Batch, rollup: &'a Rollup, asked: &Owed) -> Self {
        let at = rollup.address;
        // whoever runs its own sequencer can have named itself as the one who is paid
        let coinbases: BTreeSet<Address> = asked.splits.iter().copied().chain(asked.owner()).collect();
        let ask = |coinbase: Address| {
            let call = IRollup::getSequencerRewardsCall { _sequencer: coinbase };
            (coinbase, batch.add(at, call))
        };
        let owed = coinbases.into_iter().map(ask).collect();
        Self {
            rollup,
            owed,
            asset: batch.add(at, IRollup::getFeeAssetCall {}),
            pays: batch.add(at, IRollup::isRewardsClaimableCall {}),
            queue: batch.add(at, IRollup::getEntryQueueLengthCall {}),
        }
    }
}

/// Reads it: a getter of each old rollup for each coinbase, as few requests as the endpoint takes, then what the rollups
/// hold. Never fails as a whole. What others are owed whom no event names, such as those who run a sequencer of their own,
/// no getter adds up: it is a part of what a rollup holds.
pub async fn left_behind(
    pool: &Pool,
    contracts: &Deployment,
    asked: &Owed,
    block: BlockRef,
) -> At<Vec<LeftBehind>> {
    let current = contracts.canonical().address;
    let mut batch = Batch::new();
    let old = contracts.rollups.iter().rev().filter(|rollup| rollup.address != current);
    let slots: Vec<_> = old.map(|rollup| Slots::ask(&mut batch, rollup, asked)).collect();
    if slots.is_empty() {
        return At { block, value: Vec::new() };
    }
    let answers = batch.run(pool, &block).await;
    let mut tokens: Vec<Address> = slots.iter().filter_map(|of| answers.value(of.asset).ok()).collect();
    tokens.sort_unstable();
    tokens.dedup();
    let mut batch = Batch::new();
    let names = purses::Names::ask(&mut batch, contracts, &tokens);
    let held: Vec<_> = slots
        .iter()
        .map(|of| {
            let token = answers.value(of.asset).unwrap_or_default();
            batch.add(token, IERC20::balanceOfCall { account: of.rollup.address })
        })
        .collect();
    let some = |slot: &Slot<U256>| answers.value(*slot).map_or(true, |owed| !owed.is_zero());
    let owing = slots.iter().flat_map(|of| of.owed.iter().filter(|(_, slot)| some(slot)));
    let owing: BTreeSet<Address> = owing.map(|(coinbase, _)| *coinbase).collect();
    let second = batch.run(pool, &block).await;
    let parts = match &asked.account {
        Some(account) => parts(pool, contracts, account, &owing, block).await,
        None => Ok(Parts::new()),
    };
    let tokens = names.settle(&second);
    let view = |(of, held): (&Slots<'_>, Slot<U256>)| {
        let asset = answers.get(of.asset);
        let found = asset.get().and_then(|token| tokens.get(token)).cloned();
        let unread = || Reading { value: Err(ReadError::Incomplete), source: asset.source.clone() };
        let (owed, own) = sums(&answers, of, (asked, &parts));
        LeftBehind {
            rollup: of.rollup.address,
            version: of.rollup.version,
            held: without_queue(contracts, of, (&asset, second.get(held), answers.get(of.queue))),
            pays: pays(answers.get(of.pays)),
            asset: found.unwrap_or_else(unread),
            owed,
            own,
        }
    };
    At { block, value: slots.iter().zip(held).map(view).collect() }
}

/// A generation without the getter always pays.
fn pays(mut reading: Reading<bool>) -> Reading<bool> {
    if matches!(reading.value, Err(ReadError::Reverted(_) | ReadError::Empty)) {
        reading.value = Ok(true);
    }
    reading
}

/// What a rollup holds in the token that it pays in. Deposits that wait in its queue are others' stake, not rewards.
fn without_queue(
    contracts: &Deployment,
    of: &Slots<'_>,
    (asset, held, queue): (&Reading<Address>, Reading<U256>, Reading<U256>),
) -> Reading<U256> {
    let inputs = [
        ("balanceOf", held.source.clone()),
        ("getEntryQueueLength", queue.source.clone()),
        ("getActivationThreshold", of.rollup.activation_threshold.source.clone()),
    ];
    let value = asset.need().and_then(|asset| {
        let held = held.need()?;
        if asset != contracts.token.address {
            return Ok(held);
        }
        let waiting = queue.need()?.checked_mul(of.rollup.activation_threshold.need()?);
        Ok(held.saturating_sub(waiting.ok_or(ReadError::Decode)?))
    });
    let formula = "balance − entry queue length × activation threshold, where it pays in the staked token";
    Reading { value, source: Source::derived(formula, inputs) }
}

/// All that is owed to splits, and the account's part.
fn sums(
    answers: &Answers,
    of: &Slots<'_>,
    (asked, parts): (&Owed, &Result<Parts, ReadError>),
) -> (Reading<U256>, Reading<U256>) {
    let owed_to = |coinbase: &Address| {
        let slot = of.owed.get(coinbase).ok_or(ReadError::Incomplete)?;
        answers.get(*slot).need()
    };
    let all = asked.splits.iter().try_fold(U256::ZERO, |sum, split| Ok(sum.saturating_add(owed_to(split)?)));
    let own = parts.as_ref().map_err(Clone::clone).and_then(|parts| {
        let Some(owner) = asked.owner() else { return Ok(U256::ZERO) };
        parts.iter().try_fold(owed_to(&owner)?, |sum, (split, terms)| {
            Ok(sum.saturating_add(terms.share_of(owner, owed_to(split)?)))
        })
    });
    let source = |formula, coinbase: Option<&Address>| {
        let slot = coinbase.and_then(|coinbase| of.owed.get(coinbase));
        Source::derived(formula, slot.map(|slot| ("the first one", answers.get(*slot).source)))
    };
    let owner = asked.owner();
    let first = parts.as_ref().ok().and_then(|parts| parts.keys().next()).or(owner.as_ref());
    (
        Reading {
            value: all,
            source: source(
                "sum of getSequencerRewards(split) over the splits of all delegations",
                asked.splits.first(),
            ),
        },
        Reading {
            value: own,
            source: source(
                "sum of getSequencerRewards(split) × the account’s part of it, each rounded down, over the splits whose splitHash() names the account, and getSequencerRewards(account)",
                first,
            ),
        },
    )
}
