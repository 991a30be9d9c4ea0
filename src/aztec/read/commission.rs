use std::collections::BTreeMap;

use alloy_primitives::Address;

use super::rewards::{About, Asking, Rewards, SplitAsked};
use crate::{
    aztec::{Deployment, positions::SplitTerms},
    chain::{At, Batch, BlockRef, Pool},
};

/// The rewards of a provider's splits at each stage, and what waits in the warehouse for whoever those splits name as
/// its recipient, and for `recipients`. Two requests, and one for each split whose terms are not what the events suggest.
pub async fn commission(
    pool: &Pool,
    contracts: &Deployment,
    (asked, recipients): (&[SplitAsked], &[Address]),
    known: &BTreeMap<Address, SplitTerms>,
    block: BlockRef,
) -> At<Rewards> {
    let owner = recipients.last().copied().unwrap_or_default();
    let about = About { contracts, owner, asked, known, block: &block };
    let mut first = Batch::new();
    let asking = Asking::begin(&mut first, about);
    let answers = first.run(pool, &block).await;
    let mut second = Batch::new();
    let going =
        asking.go_on_for(pool, about, &answers, &mut second, (SplitTerms::provider, recipients)).await;
    let rest = if second.is_empty() { None } else { Some(second.run(pool, &block).await) };
    At { block, value: going.finish(rest.as_ref()) }
}
