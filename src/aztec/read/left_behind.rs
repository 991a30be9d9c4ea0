//! Rewards that are still with rollups which are not the current one any more.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, U256};

use super::purses;
use crate::{
    aztec::{
        Deployment, Rollup,
        abi::{IERC20, IRollup},
        model::Delegation,
    },
    chain::{Answers, At, Batch, BlockRef, Pool, ReadError, Reading, Slot, Source},
    units::{Bps, Token},
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
    /// Of that, to the account: to the splits of its stakes after commission, each rounded down, and to itself.
    pub own: Reading<U256>,
}

/// Coinbases to ask about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owed {
    /// Every split of a delegation.
    pub splits: BTreeSet<Address>,
    /// Those whose rewards are the account's, with the part that is left after commission; `None` while that is not known.
    pub own: BTreeMap<Address, Option<Bps>>,
}

/// What to ask for, by the delegations that events tell of, for an account that may be nobody. Whoever runs its own
/// sequencer can have named itself as the one who is paid.
pub fn owed_to(delegations: &[Delegation], account: Option<Address>) -> Owed {
    let splits = delegations.iter().map(|made| made.split).collect();
    let mut own = BTreeMap::new();
    if let Some(account) = account {
        own.insert(account, Some(Bps::WHOLE));
        let made = delegations.iter().filter(|made| made.withdrawer == Some(account));
        own.extend(made.map(|made| (made.split, made.take_rate.map(Bps::complement))));
    }
    Owed { splits, own }
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
        let coinbases: BTreeSet<Address> = asked.splits.iter().chain(asked.own.keys()).copied().collect();
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
    let second = batch.run(pool, &block).await;
    let tokens = names.settle(&second);
    let view = |(of, held): (&Slots<'_>, Slot<U256>)| {
        let asset = answers.get(of.asset);
        let found = asset.get().and_then(|token| tokens.get(token)).cloned();
        let unread = || Reading { value: Err(ReadError::Incomplete), source: asset.source.clone() };
        let (owed, own) = sums(&answers, of, asked);
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
fn sums(answers: &Answers, of: &Slots<'_>, asked: &Owed) -> (Reading<U256>, Reading<U256>) {
    let owed_to = |coinbase: &Address| {
        let slot = of.owed.get(coinbase).ok_or(ReadError::Incomplete)?;
        answers.get(*slot).need()
    };
    let all = asked.splits.iter().try_fold(U256::ZERO, |sum, split| Ok(sum.saturating_add(owed_to(split)?)));
    let own = asked.own.iter().try_fold(U256::ZERO, |sum, (coinbase, part)| {
        let gross = owed_to(coinbase)?;
        if gross.is_zero() {
            return Ok(sum);
        }
        let part = U256::from(part.ok_or(ReadError::LogsMissing)?.get());
        let net = gross.checked_mul(part).ok_or(ReadError::Decode)? / U256::from(Bps::WHOLE.get());
        Ok(sum.saturating_add(net))
    });
    let first = |mut coinbases: Box<dyn Iterator<Item = &Address> + '_>| {
        let slot = coinbases.next().and_then(|coinbase| of.owed.get(coinbase));
        slot.map(|slot| ("the first one", answers.get(*slot).source))
    };
    let (one, mine) = (first(Box::new(asked.splits.iter())), first(Box::new(asked.own.keys())));
    let all_formula = "sum of getSequencerRewards(split) over the splits of all delegations";
    let own_formula = "sum of getSequencerRewards × (10,000 − commission) / 10,000, each rounded down, over the account’s splits and the account";
    (
        Reading { value: all, source: Source::derived(all_formula, one) },
        Reading { value: own, source: Source::derived(own_formula, mine) },
    )
}

#[cfg(test)]
mod tests {
    use alloy_primitives::B256;

    use super::*;

    #[test]
    fn the_account_has_what_its_stakes_have_after_commission_and_itself() {
        let [mine, other, me] = [1, 2, 3].map(Address::repeat_byte);
        let made = |split, withdrawer| Delegation {
            provider_id: 1,
            rollup: Address::ZERO,
            attester: Address::ZERO,
            split,
            withdrawer: Some(withdrawer),
            take_rate: Bps::new(500),
            block: 1,
            index: 0,
            tx: B256::ZERO,
            time: None,
        };
        let delegations = [made(mine, me), made(other, Address::ZERO)];
        let asked = owed_to(&delegations, Some(me));
        assert_eq!(asked.splits, [mine, other].into());
        assert_eq!(asked.own, [(mine, Bps::new(9_500)), (me, Some(Bps::WHOLE))].into());
        assert!(owed_to(&delegations, None).own.is_empty(), "nobody is connected");
    }
}
