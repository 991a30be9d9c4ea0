//! A provider's commission arrives at everybody that its splits name, to the last unit.

use std::collections::BTreeSet;

use alloy_primitives::{Address, U256};
use rota::{
    aztec::{
        plan::{self, LeftOut, PlanError},
        positions::SplitTerms,
    },
    chain::unbundle,
};

use crate::{scene::Scene, support::devnet};

/// Its recipient was changed once: some of its splits name the one before.
const DUD_FIRST: u64 = 6;

#[tokio::test]
async fn the_commission_of_all_splits_arrives_at_recipients_of_old_too() {
    for provider in [1, 2, DUD_FIRST] {
        // anybody may: the money goes to whom the splits name
        let scene = Scene::of("fresh").await;
        let planner = scene.planner();
        let (splits, recipients, rewards) = planner.commission(provider).await;
        let named: BTreeSet<Address> = rewards
            .splits
            .values()
            .filter_map(|split| split.terms.as_ref().ok().and_then(SplitTerms::provider))
            .collect();
        if provider == DUD_FIRST {
            assert!(
                named.iter().any(|one| !recipients.contains(one)),
                "one of old is in no event: {named:?}"
            );
        }
        let setting = planner.setting().await;
        let claim =
            plan::commission(&setting, &rewards, &splits, &recipients, &|_| U256::ZERO).expect("a plan");
        assert_eq!(claim.plan.steps.len(), 1);
        assert!(!claim.arrivals.is_empty());
        let mut before = Vec::new();
        for arrival in &claim.arrivals {
            assert!(named.contains(&arrival.recipient) || recipients.contains(&arrival.recipient));
            before.push(scene.tokens_of(arrival.recipient).await);
        }
        let mut page = scene.propose(claim.plan.clone());
        page.confirm().await;
        page.done().await;
        for (arrival, before) in claim.arrivals.iter().zip(before) {
            assert_eq!(
                scene.tokens_of(arrival.recipient).await,
                before + arrival.amount,
                "provider {provider}"
            );
        }
        page.close().await;

        // what is left is dust, and said
        let (splits, recipients, rewards) = planner.commission(provider).await;
        let setting = planner.setting().await;
        let again = plan::commission(&setting, &rewards, &splits, &recipients, &|_| U256::from(10));
        let Err(PlanError::NothingToClaim(left)) = again else { panic!("{again:?}") };
        assert!(left.iter().all(|left| matches!(left, LeftOut::Dust { .. })), "{left:?}");
    }
}

#[tokio::test]
async fn dust_is_left_out_and_said_and_what_remains_is_still_claimed() {
    let facts = &devnet().facts;
    let scene = Scene::of("fresh").await;
    let planner = scene.planner();
    let (splits, recipients, rewards) = planner.commission(1).await;
    let setting = planner.setting().await;
    let all = plan::commission(&setting, &rewards, &splits, &recipients, &|_| U256::ZERO).expect("a plan");
    // the provider's shares: one of them is the smallest
    let smallest = rewards.splits.values().filter_map(|split| {
        let token = facts.contract("token");
        let due = rota::aztec::positions::due(&rewards, split, token).ok()?;
        let terms = split.terms.as_ref().ok()?;
        Some(terms.share_of(terms.provider()?, due.to_share)).filter(|share| !share.is_zero())
    });
    let smallest = smallest.min().expect("one that earned");
    let made = plan::commission(&setting, &rewards, &splits, &recipients, &|_| smallest).expect("a plan");
    let dust = made.left_out.iter().filter(|left| matches!(left, LeftOut::Dust { .. })).count();
    assert!(dust > 0, "{:?}", made.left_out);
    let calls = |claim: &plan::Claim| unbundle(&claim.plan.steps[0].call.data).expect("a bundle").len();
    assert!(calls(&made) < calls(&all));
}
