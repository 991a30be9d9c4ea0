//! A provider's commission, split by split.

use alloy_primitives::Address;

use super::{history::History, read::SplitAsked};

/// What to read for the commission of a provider: the split of each delegation that was ever made with it, and who
/// received its commission at any time by its events. Whoever a split names is found in the split's own terms.
pub fn asked(history: &History, provider_id: u64) -> (Vec<SplitAsked>, Vec<Address>) {
    let past = history.provider(provider_id);
    let recipients: Vec<Address> = past.recipients.iter().map(|(_, recipient)| *recipient).collect();
    let split = |made: &&crate::aztec::model::Delegation| SplitAsked {
        split: made.split,
        block: made.block,
        provider_id: Some(provider_id),
        take_rate: made.take_rate,
        providers: recipients.clone(),
        delegators: made.withdrawer.into_iter().collect(),
        terms: None,
    };
    (past.delegations.iter().map(split).collect(), recipients)
}
