use alloy_primitives::{Address, U256};

use super::proposals::small;
use crate::{
    aztec::{
        Deployment,
        abi::{IERC20, IGSE, IGovernance},
    },
    chain::{Answers, At, Batch, BlockRef, Pool, ReadError, Reading, Slot, Source},
};

/// What an account can vote with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Power {
    /// Whose.
    pub account: Address,
    /// Deposited in Governance: `powerNow(account)`, token units.
    pub deposited: Reading<U256>,
    /// Stake that is delegated to it: `GSE.getVotingPower(account)`.
    pub delegated: Reading<U256>,
    /// Tokens it could deposit.
    pub tokens: Reading<U256>,
    /// What Governance may take of them.
    pub allowance: Reading<U256>,
    /// What the GSE may take of them, to propose with a lock.
    pub allowance_of_gse: Reading<U256>,
    /// Its own stakes, by attester.
    pub stakes: Vec<Reading<Backing>>,
    /// The instance of stake that follows upgrades.
    pub bonus: Reading<Address>,
}

/// Who votes with one stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backing {
    /// Whose stake.
    pub attester: Address,
    /// The rollup or bonus instance that holds it. `None`: none does.
    pub instance: Option<Address>,
    /// Token units.
    pub balance: U256,
    /// Who has its vote; the zero address for nobody.
    pub delegatee: Address,
}

/// What an account can vote with on one proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalPower {
    /// Of its deposit.
    pub deposited: Reading<Usable>,
    /// Of the stake delegated to it.
    pub delegated: Reading<Usable>,
    /// The rollup that following stake was with at the snapshot, or is with now.
    pub latest: Reading<Address>,
}

/// Power at a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usable {
    /// All of it, in token units.
    pub power: U256,
    /// What has voted already.
    pub used: U256,
    /// Whether the snapshot is still to come: then this is the power of now.
    pub is_forecast: bool,
}

impl Usable {
    /// What can still vote.
    pub fn left(&self) -> U256 {
        self.power.saturating_sub(self.used)
    }
}

impl Power {
    /// Why it is not complete, when it is that nobody answered.
    pub fn unanswered(&self) -> Option<ReadError> {
        let stakes = || self.stakes.iter().find_map(Reading::unanswered);
        self.deposited.unanswered().or_else(|| self.delegated.unanswered()).or_else(stakes)
    }
}

/// Reads it: three requests. `attesters` are the account's own, as events tell.
///
/// Never fails as a whole.
pub async fn power(
    pool: &Pool,
    contracts: &Deployment,
    account: Address,
    attesters: &[Address],
    block: BlockRef,
) -> At<Power> {
    let (governance, gse, token) = (contracts.governance, contracts.gse, contracts.token.address);
    let mut batch = Batch::new();
    let deposited = batch.add(governance, IGovernance::powerNowCall { _owner: account });
    let delegated = batch.add(gse, IGSE::getVotingPowerCall { _delegatee: account });
    let tokens = batch.add(token, IERC20::balanceOfCall { account });
    let allowance = batch.add(token, IERC20::allowanceCall { owner: account, spender: governance });
    let allowance_of_gse = batch.add(token, IERC20::allowanceCall { owner: account, spender: gse });
    let bonus = batch.add(gse, IGSE::getBonusInstanceAddressCall {});
    let answers = batch.run(pool, &block).await;
    let bonus = answers.get(bonus);
    let stakes = stakes(pool, contracts, &bonus, attesters, block).await;
    let value = Power {
        account,
        deposited: answers.get(deposited),
        delegated: answers.get(delegated),
        tokens: answers.get(tokens),
        allowance: answers.get(allowance),
        allowance_of_gse: answers.get(allowance_of_gse),
        stakes,
        bonus,
    };
    At { block, value }
}

/// The instance that holds each attester's stake, then what it holds and for whom.
async fn stakes(
    pool: &Pool,
    contracts: &Deployment,
    bonus: &Reading<Address>,
    attesters: &[Address],
    block: BlockRef,
) -> Vec<Reading<Backing>> {
    let gse = contracts.gse;
    let instances: Vec<Address> =
        contracts.rollups.iter().map(|rollup| rollup.address).chain(bonus.get().copied()).collect();
    let mut batch = Batch::new();
    let asked: Vec<Vec<Slot<bool>>> = attesters
        .iter()
        .map(|attester| {
            let at = |instance| IGSE::isRegisteredCall { _instance: instance, _attester: *attester };
            instances.iter().map(|instance| batch.add(gse, at(*instance))).collect()
        })
        .collect();
    let held = batch.run(pool, &block).await;
    let found: Vec<(Address, Result<Option<Address>, ReadError>)> = attesters
        .iter()
        .zip(asked)
        .map(|(attester, slots)| (*attester, holder(&held, &instances, &slots, bonus)))
        .collect();
    let mut batch = Batch::new();
    let asked: Vec<_> = found
        .iter()
        .map(|(attester, instance)| {
            let held_by = instance.clone().ok().flatten().unwrap_or_default();
            let balance = IGSE::balanceOfCall { _instance: held_by, _attester: *attester };
            let delegatee = IGSE::getDelegateeCall { _instance: held_by, _attester: *attester };
            (batch.add(gse, balance), batch.add(gse, delegatee))
        })
        .collect();
    let answers = batch.run(pool, &block).await;
    found
        .into_iter()
        .zip(asked)
        .map(|((attester, instance), (balance, delegatee))| {
            let (balance, delegatee) = (answers.get(balance), answers.get(delegatee));
            let source = Source::derived(
                "balance and delegatee on the instance where the attester is registered",
                [("balance", balance.source.clone()), ("delegatee", delegatee.source.clone())],
            );
            let value = instance.and_then(|instance| {
                let (balance, delegatee) = (balance.need()?, delegatee.need()?);
                Ok(Backing { attester, instance, balance, delegatee })
            });
            Reading { value, source }
        })
        .collect()
}

/// Where an attester is registered. That it is nowhere is known only when all were asked.
fn holder(
    held: &Answers,
    instances: &[Address],
    slots: &[Slot<bool>],
    bonus: &Reading<Address>,
) -> Result<Option<Address>, ReadError> {
    let mut unread = bonus.value.as_ref().err().cloned();
    for (instance, slot) in instances.iter().zip(slots) {
        match held.value(*slot) {
            Ok(true) => return Ok(Some(*instance)),
            Ok(false) => {}
            Err(error) => unread = Some(error),
        }
    }
    unread.map_or(Ok(None), Err)
}

/// Reads what an account can vote with on a proposal whose snapshot is at this moment. One request.
///
/// Never fails as a whole.
pub async fn proposal_power(
    pool: &Pool,
    contracts: &Deployment,
    account: Address,
    (id, snapshot): (u64, u64),
    block: BlockRef,
) -> At<ProposalPower> {
    let (governance, gse) = (contracts.governance, contracts.gse);
    let (proposal, moment) = (U256::from(id), U256::from(snapshot));
    let is_forecast = block.timestamp <= snapshot;
    let mut batch = Batch::new();
    let (deposited, delegated, latest) = if is_forecast {
        (
            batch.add(governance, IGovernance::powerNowCall { _owner: account }),
            batch.add(gse, IGSE::getVotingPowerCall { _delegatee: account }),
            batch.add(gse, IGSE::getLatestRollupCall {}),
        )
    } else {
        (
            batch.add(governance, IGovernance::powerAtCall { _owner: account, _ts: moment }),
            batch.add(gse, IGSE::getVotingPowerAtCall { _delegatee: account, _timestamp: moment }),
            batch.add(gse, IGSE::getLatestRollupAtCall { _timestamp: moment }),
        )
    };
    let ballot = batch.add(governance, IGovernance::getBallotCall { _proposalId: proposal, _user: account });
    let used = batch.add(gse, IGSE::getPowerUsedCall { _delegatee: account, _proposalId: proposal });
    let answers = batch.run(pool, &block).await;
    let ballot = answers.get(ballot).map(|ballot| ballot.yea.saturating_add(ballot.nay));
    let usable = |power: Reading<U256>, used: Reading<U256>| {
        let value = power.need().and_then(|power| Ok(Usable { power, used: used.need()?, is_forecast }));
        let inputs = [("power", power.source), ("used", used.source)];
        Reading { value, source: Source::derived("power − used", inputs) }
    };
    let value = ProposalPower {
        deposited: usable(answers.get(deposited), ballot),
        delegated: usable(answers.get(delegated), answers.get(used)),
        latest: answers.get(latest),
    };
    At { block, value }
}

/// A withdrawal from Governance that was not paid out yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// Its number.
    pub id: u64,
    /// Token units.
    pub amount: U256,
    /// Unix seconds from which anybody may pay it out.
    pub unlocks_at: u64,
}

/// Withdrawals to one account, as far as they were looked through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Withdrawals {
    /// Those that were not paid out, oldest first.
    pub open: Vec<Withdrawal>,
    /// How many withdrawals of all accounts were looked at.
    pub looked: u64,
}

/// The newest ones are always looked at again: another chain may have others in their place.
const UNSETTLED: u64 = 64;

/// More than an endpoint can be right about: each is a call, and there is one for each exit, slash and withdrawal ever.
const MOST_WITHDRAWALS: u64 = 500_000;

/// Every withdrawal to an account that was not paid out, however old: the contract has no list by account, and its
/// events do not say who began one. `1 + n / 500` requests the first time. What an earlier reading for the same account
/// found makes the next one short: of what it looked at only the open ones can change, for nothing but being paid out
/// happens to a withdrawal.
pub async fn withdrawals(
    pool: &Pool,
    contracts: &Deployment,
    account: Address,
    before: &Withdrawals,
    block: BlockRef,
) -> Result<At<Withdrawals>, ReadError> {
    let governance = contracts.governance;
    let mut batch = Batch::new();
    let count = batch.add(governance, IGovernance::withdrawalCountCall {});
    let count = small(batch.run(pool, &block).await.value(count)?)?;
    if count > MOST_WITHDRAWALS {
        return Err(ReadError::Decode);
    }
    let settled = before.looked.min(count).saturating_sub(UNSETTLED);
    let known = before.open.iter().map(|withdrawal| withdrawal.id).filter(|id| *id < settled);
    let mut batch = Batch::new();
    let asked: Vec<_> = known
        .chain(settled..count)
        .map(|id| {
            let call = IGovernance::getWithdrawalCall { withdrawalId: U256::from(id) };
            (id, batch.add(governance, call))
        })
        .collect();
    let answers = batch.run_whole(pool, &block).await?;
    let mut open = Vec::new();
    for (id, slot) in asked {
        let found = answers.value(slot)?;
        if found.recipient == account && !found.claimed {
            open.push(Withdrawal { id, amount: found.amount, unlocks_at: small(found.unlocksAt)? });
        }
    }
    Ok(At { block, value: Withdrawals { open, looked: count } })
}
