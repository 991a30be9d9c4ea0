use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolEvent as _;

use super::purses::{self, Purse};

use crate::{
    aztec::{
        Deployment,
        abi::{IERC20, IPullSplit, IPullSplitFactory, IRollup, ISplitsWarehouse, IStakingRegistry},
        positions::SplitTerms,
    },
    chain::{
        Answers, Batch, BlockRef, Pool, ReadError, Reading, Slot,
        logs::{self, LogQuery},
    },
    units::{Bps, Token},
};

/// A split whose rewards are wanted, and what is known of its terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitAsked {
    /// The split.
    pub split: Address,
    /// The block it was made in.
    pub block: u64,
    /// Whose delegation it is of, if that is known.
    pub provider_id: Option<u64>,
    /// The commission of that moment, if known.
    pub take_rate: Option<Bps>,
    /// Who received the provider's commission at any time, by its events.
    pub providers: Vec<Address>,
    /// Who may receive the rest.
    pub delegators: Vec<Address>,
    /// Its terms, where somebody knows them already.
    pub terms: Option<SplitTerms>,
}

/// A token balance at a split.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitBalance {
    /// The split's tokens: claimed from a rollup, not shared out yet.
    pub held: Reading<U256>,
    /// The split's own balance in the warehouse.
    pub stored: Reading<U256>,
}

/// One split and what lies on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitRewards {
    /// Who gets how much. Only terms whose hash is the split's.
    pub terms: Result<SplitTerms, ReadError>,
    /// Where it deposits.
    pub warehouse: Reading<Address>,
    /// Whether nobody can share out: `paused()`.
    pub paused: Reading<bool>,
    /// What each rollup owes it: `getSequencerRewards(split)`, in the order of [`Deployment::rollups`].
    pub accrued: Vec<Reading<U256>>,
    /// What it has, by fee asset.
    pub balances: BTreeMap<Address, SplitBalance>,
}

/// How a rollup pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollupRewards {
    /// In which token: `getFeeAsset()`.
    pub fee_asset: Reading<Address>,
    /// Whether it lets rewards go: `isRewardsClaimable()`. A generation without that getter always does.
    pub claimable: Reading<bool>,
}

/// Rewards at each stage, at one block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewards {
    /// In the order of [`Deployment::rollups`].
    pub rollups: Vec<RollupRewards>,
    /// By split.
    pub splits: BTreeMap<Address, SplitRewards>,
    /// What rewards are paid in: the fee assets, as their contracts describe themselves.
    pub tokens: BTreeMap<Address, Reading<Token>>,
    /// Of the address that was asked for and of the delegators of those splits, in every one of those tokens. That of
    /// the address is there even where it could not be read.
    pub purses: Vec<Purse>,
    /// Today's commission of their providers.
    pub rates: BTreeMap<u64, Reading<Bps>>,
}

impl Rewards {
    /// Why it is not complete, when it is that nobody answered.
    pub fn unanswered(&self) -> Option<ReadError> {
        let split = |split: &SplitRewards| {
            let accrued = split.accrued.iter().find_map(Reading::unanswered);
            let held = |balance: &SplitBalance| balance.held.unanswered();
            accrued.or_else(|| split.balances.values().find_map(held))
        };
        let purses = || self.purses.iter().find_map(|purse| purse.stored.unanswered());
        let fees = || self.rollups.iter().find_map(|rollup| rollup.fee_asset.unanswered());
        let tokens = || self.tokens.values().find_map(Reading::unanswered);
        self.splits.values().find_map(split).or_else(purses).or_else(fees).or_else(tokens)
    }
}

struct RollupSlots {
    fee_asset: Slot<Address>,
    claimable: Slot<bool>,
}

struct SplitSlots {
    hash: Slot<B256>,
    warehouse: Slot<Address>,
    paused: Slot<bool>,
    accrued: Vec<Slot<U256>>,
}

/// What a reading of rewards is about.
#[derive(Clone, Copy)]
pub(super) struct About<'a> {
    pub(super) contracts: &'a Deployment,
    pub(super) owner: Address,
    pub(super) asked: &'a [SplitAsked],
    /// Terms from before: they never change.
    pub(super) known: &'a BTreeMap<Address, SplitTerms>,
    pub(super) block: &'a BlockRef,
}

/// The first step of reading the rewards of splits, and what waits for their recipients and for the owner: two requests,
/// which others may share, a third where there is no split, and one for each split whose terms are not what the events
/// suggest.
///
/// The split keeps only a hash of its terms. The registry makes them from the commission, the provider's recipient and
/// the delegator's, so that candidates for these three are tried against the hash; where none fits, the split's own
/// event is read.
pub(super) struct Asking {
    rollups: Vec<RollupSlots>,
    splits: Vec<SplitSlots>,
    maker: Option<Slot<Address>>,
    configs: Vec<(u64, Slot<IStakingRegistry::providerConfigurationsReturn>)>,
}

/// Whose purses are asked for: of whom each split's terms name, and of these.
pub(super) type Whose<'a> = (fn(&SplitTerms) -> Option<Address>, &'a [Address]);

/// The second step.
pub(super) struct Going {
    found: Rewards,
    named: purses::Names,
    held: Vec<(Address, Address, Slot<U256>, Slot<U256>)>,
    asked: purses::Purses,
}

impl Asking {
    /// Asks for everything but balances.
    pub(super) fn begin(batch: &mut Batch, about: About<'_>) -> Self {
        let About { contracts, asked, .. } = about;
        let rollups = contracts.rollups.iter().map(|rollup| RollupSlots {
            fee_asset: batch.add(rollup.address, IRollup::getFeeAssetCall {}),
            claimable: batch.add(rollup.address, IRollup::isRewardsClaimableCall {}),
        });
        let rollups = rollups.collect();
        let owed = |batch: &mut Batch, split: Address| {
            let call = |rollup: &crate::aztec::Rollup| {
                batch.add(rollup.address, IRollup::getSequencerRewardsCall { _sequencer: split })
            };
            contracts.rollups.iter().map(call).collect()
        };
        let splits = asked.iter().map(|SplitAsked { split, .. }| SplitSlots {
            hash: batch.add(*split, IPullSplit::splitHashCall {}),
            warehouse: batch.add(*split, IPullSplit::SPLITS_WAREHOUSECall {}),
            paused: batch.add(*split, IPullSplit::pausedCall {}),
            accrued: owed(batch, *split),
        });
        let splits = splits.collect();
        let maker = contracts.split_factory.filter(|_| asked.is_empty());
        let maker =
            maker.map(|factory| batch.add(factory, IPullSplitFactory::SPLIT_WALLET_IMPLEMENTATIONCall {}));
        let mut providers: Vec<u64> = asked.iter().filter_map(|asked| asked.provider_id).collect();
        providers.sort_unstable();
        providers.dedup();
        let configs = providers.into_iter().map(|id| {
            let call = IStakingRegistry::providerConfigurationsCall { id: U256::from(id) };
            (id, batch.add(contracts.staking_registry, call))
        });
        Self { rollups, splits, maker, configs: configs.collect() }
    }

    /// Takes the answers, and asks for balances: of delegators.
    pub(super) async fn go_on(
        self,
        pool: &Pool,
        about: About<'_>,
        answers: &Answers,
        batch: &mut Batch,
    ) -> Going {
        self.go_on_for(pool, about, answers, batch, (SplitTerms::delegator, &[])).await
    }

    /// The same with the purses of others: of whom each split's terms name, and of some more.
    pub(super) async fn go_on_for(
        self,
        pool: &Pool,
        about: About<'_>,
        answers: &Answers,
        batch: &mut Batch,
        whose: Whose<'_>,
    ) -> Going {
        let About { contracts, owner, asked, known, block } = about;
        let configs: BTreeMap<u64, _> =
            self.configs.into_iter().map(|(id, slot)| (id, answers.get(slot))).collect();
        let terms = asked.iter().zip(&self.splits).map(|(asked, slots)| {
            let config = asked.provider_id.and_then(|id| configs.get(&id));
            let recipient = config.and_then(|config| config.get());
            let recipient = recipient.map(|config| config.providerRewardsRecipient);
            let hash = answers.value(slots.hash)?;
            terms_of(asked, known, recipient, hash).ok_or(Untold::Hash(hash))
        });
        let terms = look_up(pool, asked, terms.collect()).await;
        let rollups = self.rollups.into_iter().map(|slots| rollup_rewards(answers, &slots)).collect();
        let splits = asked.iter().zip(self.splits).zip(terms).map(|((asked, slots), terms)| {
            let split = SplitRewards {
                terms,
                warehouse: answers.get(slots.warehouse),
                paused: answers.get(slots.paused),
                accrued: slots.accrued.into_iter().map(|slot| answers.get(slot)).collect(),
                balances: BTreeMap::new(),
            };
            (asked.split, split)
        });
        let rate = |bps| Bps::new(bps).ok_or(ReadError::Decode);
        let found = Rewards {
            rollups,
            splits: splits.collect(),
            tokens: BTreeMap::new(),
            purses: Vec::new(),
            rates: configs
                .into_iter()
                .map(|(id, config)| (id, config.and_then(|config| rate(config.providerTakeRate))))
                .collect(),
        };
        let general = match self.maker {
            Some(slot) => purses::warehouse_of(pool, answers.value(slot), block).await,
            None => Err(ReadError::Incomplete),
        };
        balances(batch, contracts, found, (owner, whose), general)
    }
}

impl Going {
    /// Takes the rest of the answers; there are none where there was nothing to ask.
    pub(super) fn finish(self, rest: Option<&Answers>) -> Rewards {
        let Self { mut found, named, held, asked } = self;
        let Some(answers) = rest else { return found };
        for (split, token, held, stored) in held {
            if let Some(split) = found.splits.get_mut(&split) {
                let balance = SplitBalance { held: answers.get(held), stored: answers.get(stored) };
                split.balances.insert(token, balance);
            }
        }
        found.tokens = named.settle(answers);
        found.purses = asked.settle(answers);
        found
    }
}

fn rollup_rewards(answers: &Answers, slots: &RollupSlots) -> RollupRewards {
    let mut claimable = answers.get(slots.claimable);
    if matches!(claimable.value, Err(ReadError::Reverted(_) | ReadError::Empty)) {
        claimable.value = Ok(true);
    }
    RollupRewards { fee_asset: answers.get(slots.fee_asset), claimable }
}

/// Why the terms of a split are not known without its events.
enum Untold {
    /// Its hash was not read.
    Unread(ReadError),
    /// Those that are known have another hash than this, which is the split's.
    Hash(B256),
}

impl From<ReadError> for Untold {
    fn from(error: ReadError) -> Self {
        Self::Unread(error)
    }
}

/// Those of the terms that may be a split's that have its hash.
fn terms_of(
    asked: &SplitAsked,
    known: &BTreeMap<Address, SplitTerms>,
    recipient: Option<Address>,
    hash: B256,
) -> Option<SplitTerms> {
    let told = known.get(&asked.split).into_iter().chain(&asked.terms);
    if let Some(terms) = told.into_iter().find(|terms| terms.hash() == hash) {
        return Some(terms.clone());
    }
    let rate = asked.take_rate?;
    let providers = asked.providers.iter().copied().chain(recipient);
    providers
        .flat_map(|provider| asked.delegators.iter().map(move |delegator| (provider, *delegator)))
        .map(|(provider, delegator)| SplitTerms::of_delegation(provider, delegator, rate))
        .find(|terms| terms.hash() == hash)
}

/// Blocks between two splits that are looked for in one request: endpoints take ranges of so many.
const NEAR: u64 = 5_000;

/// The other splits told their terms when they were made: those that were made at about the same time are asked together.
async fn look_up(
    pool: &Pool,
    asked: &[SplitAsked],
    terms: Vec<Result<SplitTerms, Untold>>,
) -> Vec<Result<SplitTerms, ReadError>> {
    let untold = asked.iter().zip(&terms).filter(|(_, terms)| matches!(terms, Err(Untold::Hash(_))));
    let mut made: Vec<(u64, Address)> = untold.map(|(asked, _)| (asked.block, asked.split)).collect();
    made.sort_unstable();
    let told = made.chunk_by(|a, b| b.0 - a.0 <= NEAR).map(|near| async move {
        let contracts = near.iter().map(|(_, split)| *split).collect();
        let query = LogQuery { contracts, events: vec![IPullSplit::SplitUpdated::SIGNATURE_HASH] };
        let (first, last) = (near.first().map_or(0, |made| made.0), near.last().map_or(0, |made| made.0));
        let mut entries = Vec::new();
        let read = logs::scan(pool, &query, first..=last, |part| entries.extend(part.entries)).await;
        (first..=last, read.map(|()| entries))
    });
    let told = futures::future::join_all(told).await;
    let of = |(asked, terms): (&SplitAsked, Result<SplitTerms, Untold>)| {
        let hash = match terms {
            Ok(terms) => return Ok(terms),
            Err(Untold::Unread(error)) => return Err(error),
            Err(Untold::Hash(hash)) => hash,
        };
        let (_, read) =
            told.iter().find(|(range, _)| range.contains(&asked.block)).ok_or(ReadError::LogsMissing)?;
        let entries = read.as_ref().map_err(|error| ReadError::Rpc(error.clone()))?;
        let own = entries.iter().filter(|entry| entry.address == asked.split);
        own.filter_map(SplitTerms::from_event)
            .find(|terms| terms.hash() == hash)
            .ok_or(ReadError::LogsMissing)
    };
    asked.iter().zip(terms).map(of).collect()
}

/// Asks what splits, their delegators and the owner hold in each fee asset, and what those tokens are called. The
/// general warehouse counts where no split names one.
fn balances(
    batch: &mut Batch,
    contracts: &Deployment,
    found: Rewards,
    (owner, (recipient, more)): (Address, Whose<'_>),
    general: Result<Address, ReadError>,
) -> Going {
    let mut tokens: Vec<Address> =
        found.rollups.iter().filter_map(|rollup| rollup.fee_asset.get().copied()).collect();
    tokens.sort_unstable();
    tokens.dedup();
    let names = purses::Names::ask(batch, contracts, &tokens);
    let mut held = Vec::new();
    let mut owners: Vec<(Result<Address, ReadError>, Address)> = Vec::new();
    for (split, rewards) in &found.splits {
        // one that was not read is asked as well: its answer says that it is missing
        let warehouse = rewards.warehouse.get().copied().unwrap_or_default();
        for token in &tokens {
            let stored = ISplitsWarehouse::balanceOfCall { _owner: *split, _id: purses::id(*token) };
            let tokens = batch.add(*token, IERC20::balanceOfCall { account: *split });
            held.push((*split, *token, tokens, batch.add(warehouse, stored)));
        }
        let of_terms = rewards.terms.as_ref().ok().and_then(recipient);
        let all = of_terms.into_iter().chain(more.iter().copied()).chain([owner]);
        owners.extend(all.map(|of| (rewards.warehouse.need(), of)));
    }
    if owners.is_empty() {
        owners.push((general, owner));
    }
    let asked = purses::Purses::ask(batch, owners, &tokens);
    Going { found, named: names, held, asked }
}
