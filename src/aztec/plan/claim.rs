use std::collections::BTreeMap;

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::SolCall;

use super::{PlanError, Setting};
use crate::{
    aztec::{
        abi::{IPullSplit, IRollup, ISplitsWarehouse},
        positions::{SplitTerms, all_but_one, due},
        read::{Purse, Rewards, SplitRewards},
    },
    chain::{MULTICALL3, bundle},
    tx::{Call, Plan, Step},
    units::format,
};

/// Why something stays where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// The recipient's share, in token units, is less than it is worth moving.
    Dust {
        /// The split.
        split: Address,
        /// Of what.
        token: Address,
        /// In token units.
        share: U256,
    },
    /// Its rollup does not let rewards go at present.
    HeldBack {
        /// The split.
        split: Address,
        /// Of what.
        token: Address,
        /// In token units, with the provider's part.
        amount: U256,
    },
    /// A part of what is needed was not read.
    NotRead {
        /// The split.
        split: Address,
    },
    /// What the recipient has in the warehouse was not read: what is shared out waits there.
    PurseNotRead {
        /// The recipient.
        recipient: Address,
    },
    /// Its owner stopped it.
    Paused {
        /// The split.
        split: Address,
    },
    /// The recipient lets nobody else withdraw for it; its rewards wait for it in the warehouse.
    OnlyItself {
        /// The recipient.
        recipient: Address,
    },
}

/// What a recipient gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Who.
    pub recipient: Address,
    /// The token.
    pub token: Address,
    /// In token units.
    pub amount: U256,
}

/// A plan for rewards, with what it brings and what it leaves.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The transactions.
    pub plan: Plan,
    /// Whose rewards are claimed, and what they receive. The others get their shares into the warehouse at the same time.
    pub arrivals: Vec<Arrival>,
    /// What is not moved, and why.
    pub left_out: Vec<LeftOut>,
}

/// Gas of one transaction at most, by estimate. The protocol's cap is 16,777,216 (EIP-7825).
const MOST_GAS: u64 = 12_000_000;
/// Estimates of single calls with their calldata on cold storage, above what was measured on the real contracts: 121,000
/// for each of twenty splits, 212,000 for one alone.
const GAS_OF_CLAIM: u64 = 60_000;
const GAS_OF_SHARING: u64 = 90_000;
const GAS_OF_WITHDRAWAL: u64 = 70_000;
/// Of a transaction that does nothing else.
const GAS_OF_BUNDLE: u64 = 40_000;

/// One split's calls.
struct Part {
    calls: Vec<(Address, Bytes)>,
    gas: u64,
    /// Warehouse, recipient and token, with the recipient's share.
    shares: Vec<((Address, Address, Address), U256)>,
}

/// Brings the rewards of splits to their delegators: `claimSequencerRewards` on every rollup that owes something,
/// `distribute`, and `withdraw` from the warehouse, in as few Multicall3 transactions as their gas allows.
///
/// Anybody may sign it; the money goes to the recipients that the splits name. Each call may fail alone, so that
/// somebody who was faster, or a rollup that stops paying meanwhile, spoils nothing. What only the signer may withdraw
/// comes last, in transactions to the warehouse itself. Shares up to `dust` units of their
/// token are left where they are. What recipients have in the warehouse already comes along, and what `owner` has there
/// although none of the splits is its own. What was not read is left out and named.
pub fn claim(
    setting: &Setting<'_>,
    rewards: &Rewards,
    splits: &[Address],
    owner: Option<Address>,
    dust: &dyn Fn(Address) -> U256,
) -> Result<Claim, PlanError> {
    let title = match splits {
        [split] => format!("Claim the rewards of split {}", format::short_address(*split)),
        _ => "Claim all rewards".to_owned(),
    };
    let claimed =
        Claimed { splits, owners: owner.into_iter().collect(), whose: SplitTerms::delegator, title };
    bring(setting, rewards, claimed, dust)
}

/// The same for a provider's commission: from all its splits to whoever each of them names, which may be recipients of
/// long ago, and to `recipients`, for whom some may wait in the warehouse.
pub fn commission(
    setting: &Setting<'_>,
    rewards: &Rewards,
    splits: &[Address],
    recipients: &[Address],
    dust: &dyn Fn(Address) -> U256,
) -> Result<Claim, PlanError> {
    let title = "Claim the commission".to_owned();
    let claimed = Claimed { splits, owners: recipients.to_vec(), whose: SplitTerms::provider, title };
    bring(setting, rewards, claimed, dust)
}

/// Picks a recipient from a split's terms.
type Whose = fn(&SplitTerms) -> Option<Address>;

/// Whose part of which splits is to be brought home.
struct Claimed<'a> {
    splits: &'a [Address],
    /// Whose purses are emptied besides.
    owners: Vec<Address>,
    whose: Whose,
    title: String,
}

fn bring(
    setting: &Setting<'_>,
    rewards: &Rewards,
    claimed: Claimed<'_>,
    dust: &dyn Fn(Address) -> U256,
) -> Result<Claim, PlanError> {
    let Claimed { splits, owners: mut recipients, whose, title } = claimed;
    if setting.contracts.blocking().next().is_some() {
        return Err(PlanError::ContractsDisagree);
    }
    let mut left_out = Vec::new();
    let mut parts = Vec::new();
    for split in splits {
        let Some(found) = rewards.splits.get(split) else {
            left_out.push(LeftOut::NotRead { split: *split });
            continue;
        };
        recipients.extend(found.terms.as_ref().ok().and_then(whose));
        match part(setting, rewards, (*split, found, whose), dust, &mut left_out) {
            Some(part) if !part.calls.is_empty() => parts.push(part),
            Some(_) => {}
            None => left_out.push(LeftOut::NotRead { split: *split }),
        }
    }
    let mut purses = Purses::of(setting.from, &rewards.purses, &recipients, &mut left_out);
    let mut transactions = Vec::new();
    let mut batch = Batch::default();
    for part in parts {
        if GAS_OF_BUNDLE + batch.gas + part.gas + purses.gas() > MOST_GAS {
            transactions.extend(batch.close(&mut purses, dust));
        }
        batch.add(part);
    }
    transactions.extend(batch.close(&mut purses, dust));
    let mut calls: Vec<Call> =
        transactions.into_iter().map(|calls| Call::new(MULTICALL3, bundle(calls))).collect();
    calls.extend(purses.withdraw_oneself(dust).into_iter().map(|(to, data)| Call::new(to, data)));
    if calls.is_empty() {
        let unread = |left: &LeftOut| matches!(left, LeftOut::NotRead { .. } | LeftOut::PurseNotRead { .. });
        let unread = left_out.iter().any(unread);
        return Err(if unread {
            PlanError::NotRead("the rewards")
        } else {
            PlanError::NothingToClaim(left_out)
        });
    }
    let count = calls.len();
    let steps = calls.into_iter().enumerate().map(|(number, call)| Step {
        title: match count {
            1 => title.clone(),
            _ => format!("{title}, {} of {count}", number + 1),
        },
        call,
    });
    let steps = steps.collect();
    let plan = setting.plan(title, steps);
    Ok(Claim { plan, arrivals: purses.arrivals(), left_out })
}

/// The calls of one split; `None` when something that they depend on was not read.
fn part(
    setting: &Setting<'_>,
    rewards: &Rewards,
    (split, found, whose): (Address, &SplitRewards, Whose),
    dust: &dyn Fn(Address) -> U256,
    left_out: &mut Vec<LeftOut>,
) -> Option<Part> {
    let terms = found.terms.as_ref().ok()?;
    let recipient = whose(terms)?;
    let warehouse = *found.warehouse.get()?;
    let mut part = Part { calls: Vec::new(), gas: 0, shares: Vec::new() };
    for token in found.balances.keys() {
        let due = due(rewards, found, *token).ok()?;
        if !due.held_back.is_zero() {
            left_out.push(LeftOut::HeldBack { split, token: *token, amount: due.held_back });
        }
        let share = terms.share_of(recipient, due.to_share);
        if share <= dust(*token) {
            if !share.is_zero() {
                left_out.push(LeftOut::Dust { split, token: *token, share });
            }
            continue;
        }
        if *found.paused.get()? {
            left_out.push(LeftOut::Paused { split });
            continue;
        }
        let paying = setting.contracts.rollups.iter().zip(&rewards.rollups).zip(&found.accrued);
        for ((rollup, pays), accrued) in paying {
            let owes = accrued.get().is_some_and(|amount| !amount.is_zero());
            if owes && pays.fee_asset.get() == Some(token) && pays.claimable.get() == Some(&true) {
                let call = IRollup::claimSequencerRewardsCall { _coinbase: split };
                part.calls.push((rollup.address, call.abi_encode().into()));
                part.gas += GAS_OF_CLAIM;
            }
        }
        let call =
            IPullSplit::distributeCall { _split: terms.to_abi(), _token: *token, _distributor: setting.from };
        part.calls.push((split, call.abi_encode().into()));
        part.gas += GAS_OF_SHARING;
        part.shares.push(((warehouse, recipient, *token), share));
    }
    Some(part)
}

/// What a recipient has in the warehouse, and gets there.
struct Held {
    stored: U256,
    /// What has left so far.
    left: U256,
    /// Only the recipient itself may withdraw, so it has to be the one who calls the warehouse. Through Multicall3 the
    /// warehouse would let an account with a key do it, which signs the transaction, and refuse a Safe, which does not.
    oneself: bool,
}

/// What recipients have in the warehouse, by warehouse, recipient and token.
struct Purses {
    balances: BTreeMap<(Address, Address, Address), Held>,
}

impl Purses {
    /// Those that the signer may empty.
    fn of(from: Address, purses: &[Purse], recipients: &[Address], left_out: &mut Vec<LeftOut>) -> Self {
        let mut balances = BTreeMap::new();
        for purse in purses.iter().filter(|purse| recipients.contains(&purse.recipient)) {
            let (Some(stored), Some(paused)) = (purse.stored.get(), purse.paused.get()) else {
                let unread = LeftOut::PurseNotRead { recipient: purse.recipient };
                if !left_out.contains(&unread) {
                    left_out.push(unread);
                }
                continue;
            };
            if *paused && purse.recipient != from {
                let only = LeftOut::OnlyItself { recipient: purse.recipient };
                if !left_out.contains(&only) {
                    left_out.push(only);
                }
                continue;
            }
            let held = Held { stored: *stored, left: U256::ZERO, oneself: *paused };
            balances.insert((purse.warehouse, purse.recipient, purse.token), held);
        }
        Self { balances }
    }

    /// What the withdrawals of one transaction may take.
    fn gas(&self) -> u64 {
        GAS_OF_WITHDRAWAL * self.balances.len() as u64
    }

    fn put(&mut self, purse: &(Address, Address, Address), share: U256) {
        if let Some(held) = self.balances.get_mut(purse) {
            held.stored = held.stored.saturating_add(share);
        }
    }

    /// Empties those that hold more than `dust` of their token and that anybody may empty.
    fn withdraw(&mut self, dust: &dyn Fn(Address) -> U256) -> Vec<(Address, Bytes)> {
        self.empty(dust, false)
    }

    /// The same for those that only the signer may empty.
    fn withdraw_oneself(&mut self, dust: &dyn Fn(Address) -> U256) -> Vec<(Address, Bytes)> {
        self.empty(dust, true)
    }

    fn empty(&mut self, dust: &dyn Fn(Address) -> U256, oneself: bool) -> Vec<(Address, Bytes)> {
        let mut calls = Vec::new();
        let such = self.balances.iter_mut().filter(|(_, held)| held.oneself == oneself);
        for ((warehouse, recipient, token), held) in such {
            let amount = all_but_one(held.stored);
            if amount > dust(*token) {
                let call = ISplitsWarehouse::withdrawCall { _owner: *recipient, _token: *token };
                calls.push((*warehouse, call.abi_encode().into()));
                held.left = held.left.saturating_add(amount);
                held.stored = U256::ONE;
            }
        }
        calls
    }

    fn arrivals(self) -> Vec<Arrival> {
        let all = self.balances.into_iter();
        all.filter(|(_, held)| !held.left.is_zero())
            .map(|((_, recipient, token), held)| Arrival { recipient, token, amount: held.left })
            .collect()
    }
}

/// The transaction that is being put together.
#[derive(Default)]
struct Batch {
    calls: Vec<(Address, Bytes)>,
    shares: Vec<((Address, Address, Address), U256)>,
    gas: u64,
}

impl Batch {
    fn add(&mut self, part: Part) {
        self.calls.extend(part.calls);
        self.shares.extend(part.shares);
        self.gas += part.gas;
    }

    /// Ends it with the withdrawals, so that each transaction is of use without those after it.
    fn close(
        &mut self,
        purses: &mut Purses,
        dust: &dyn Fn(Address) -> U256,
    ) -> Option<Vec<(Address, Bytes)>> {
        for (purse, share) in &self.shares {
            purses.put(purse, *share);
        }
        let batch = std::mem::take(self);
        let calls = [batch.calls, purses.withdraw(dust)].concat();
        (!calls.is_empty()).then_some(calls)
    }
}
