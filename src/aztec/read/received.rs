use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolEvent as _;
use futures::future::join_all;

use super::SplitAsked;
use crate::{
    aztec::{
        Deployment,
        abi::{IPullSplit, IStakingRegistry},
        model::Delegation,
        positions::SplitTerms,
    },
    chain::{
        At, Batch, BlockRef, Pool, ReadError,
        logs::{self, LogQuery},
    },
};

/// Who receives a provider's commission from a place on.
pub type RecipientSince = ((u64, u64), Address);

/// Delegations of others, whose rewards somebody may receive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceivedAsked {
    /// Who may receive them.
    pub owner: Address,
    /// In chain order.
    pub made: Vec<Delegation>,
    /// Who received a provider's commission from which place on, in chain order. The first one, of before these, is in no
    /// event of the provider's.
    pub recipients: BTreeMap<u64, Vec<RecipientSince>>,
}

/// What is read of splits that pay somebody who did not stake.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// Whom they pay.
    pub owner: Address,
    /// The delegations whose split names the address as the stake's recipient.
    pub made: Vec<Delegation>,
    /// Their splits, with terms that fit their hash.
    pub splits: Vec<SplitAsked>,
    /// Splits of which it could not be told whom they pay.
    pub unread: usize,
}

/// Finds the splits of other people's stakes that pay an address. One or two requests for all of them, and one for each
/// provider whose recipient of commission was replaced.
///
/// A split keeps the hash of its terms. The terms of a delegation are the provider's recipient of that moment, the rewards
/// recipient and the commission of that moment: with the address put in, they either have that hash or the split pays
/// somebody else. The first recipient of a provider that has another one by now is in one of its splits' `SplitUpdated`
/// events.
pub async fn received(
    pool: &Pool,
    contracts: &Deployment,
    asked: &ReceivedAsked,
    block: BlockRef,
) -> Result<At<Received>, ReadError> {
    let mut batch = Batch::new();
    let hashes: Vec<_> =
        asked.made.iter().map(|made| batch.add(made.split, IPullSplit::splitHashCall {})).collect();
    let providers: BTreeSet<u64> = asked.made.iter().map(|made| made.provider_id).collect();
    let configs: Vec<_> = providers
        .iter()
        .map(|id| {
            let call = IStakingRegistry::providerConfigurationsCall { id: alloy_primitives::U256::from(*id) };
            (*id, batch.add(contracts.staking_registry, call))
        })
        .collect();
    let mut found = Received { owner: asked.owner, ..Received::default() };
    if batch.is_empty() {
        return Ok(At { block, value: found });
    }
    let answers = batch.run(pool, &block).await;
    let mut firsts = BTreeMap::new();
    let mut unknown = Vec::new();
    for (id, slot) in configs {
        if asked.recipients.contains_key(&id) {
            unknown.push(id);
        } else {
            firsts.insert(id, answers.value(slot).map(|config| config.providerRewardsRecipient));
        }
    }
    let learned =
        join_all(unknown.into_iter().map(|id| async move { (id, first_of(pool, asked, id).await) }));
    firsts.extend(learned.await);
    for (made, slot) in asked.made.iter().zip(hashes) {
        let hash = match answers.value(slot) {
            Ok(hash) => hash,
            Err(error) if error.is_unanswered() => return Err(error),
            // no split of the kind that this is about
            Err(_) => {
                found.unread += 1;
                continue;
            }
        };
        match pays(made, asked, &firsts, hash) {
            Ok(None) => {}
            Ok(Some(provider)) => {
                found.splits.push(SplitAsked {
                    split: made.split,
                    block: made.block,
                    provider_id: Some(made.provider_id),
                    take_rate: made.take_rate,
                    providers: vec![provider],
                    delegators: vec![asked.owner],
                    terms: None,
                });
                found.made.push(made.clone());
            }
            Err(error) if error.is_unanswered() => return Err(error),
            Err(_) => found.unread += 1,
        }
    }
    Ok(At { block, value: found })
}

/// Whether a split pays the address, and then the provider's recipient beside it.
fn pays(
    made: &Delegation,
    asked: &ReceivedAsked,
    firsts: &BTreeMap<u64, Result<Address, ReadError>>,
    hash: B256,
) -> Result<Option<Address>, ReadError> {
    let rate = made.take_rate.ok_or(ReadError::LogsMissing)?;
    let set = asked.recipients.get(&made.provider_id).and_then(|steps| {
        let before = |(place, _): &&RecipientSince| *place < (made.block, made.index);
        steps.iter().rfind(before).map(|(_, recipient)| *recipient)
    });
    let provider = match set {
        Some(recipient) => recipient,
        None => firsts.get(&made.provider_id).cloned().unwrap_or(Err(ReadError::Incomplete))?,
    };
    let terms = SplitTerms::of_delegation(provider, asked.owner, rate);
    Ok((terms.hash() == hash).then_some(provider))
}

/// The first recipient of a provider's commission, by the event of the first split that was made with it. Where every
/// split is of later, nobody asks for it.
async fn first_of(pool: &Pool, asked: &ReceivedAsked, provider_id: u64) -> Result<Address, ReadError> {
    let replaced = asked.recipients.get(&provider_id).and_then(|steps| steps.first());
    let early = asked.made.iter().find(|made| {
        made.provider_id == provider_id && replaced.is_none_or(|(place, _)| (made.block, made.index) < *place)
    });
    let Some(made) = early else { return Err(ReadError::Incomplete) };
    let query =
        LogQuery { contracts: vec![made.split], events: vec![IPullSplit::SplitUpdated::SIGNATURE_HASH] };
    let mut entries = Vec::new();
    logs::scan(pool, &query, made.block..=made.block, |part| entries.extend(part.entries)).await?;
    let terms = entries.iter().find_map(SplitTerms::from_event).ok_or(ReadError::LogsMissing)?;
    terms.recipients.first().copied().ok_or(ReadError::Decode)
}
