//! Whoever only receives rewards finds the splits that pay them.

use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};
use rota::{
    aztec::{
        plan::{self, Setting},
        positions::{self, SplitTerms},
        read::{self, Asked, NamedSplit, NotPaid, Received, ReceivedAsked, SplitAsked},
    },
    chain::Pool,
};
use serde_json::json;

use crate::{
    history::of_network,
    support::{Chain, Limits, Proxy, devnet},
};

async fn received(owner: Address) -> (Received, u64) {
    let asked = positions::of_others(&of_network().await, owner);
    let (pool, contracts, block) =
        (devnet().chain.pool(), devnet().contracts().await, devnet().block().await);
    let found = read::received(&pool, contracts, &asked, block).await.expect("read").value;
    (found, pool.requests())
}

/// The splits of others’ stakes that pay somebody, as the makers of the network wrote them down.
fn facts_of(owner: Address) -> Vec<Address> {
    let paid = devnet().facts.sequencers.iter().filter(|s| s.withdrawer != owner);
    let splits = paid.filter_map(|s| s.split.as_ref());
    let mut splits: Vec<_> =
        splits.filter(|split| split.recipients[1] == owner).map(|split| split.address).collect();
    splits.sort_unstable();
    splits
}

#[tokio::test]
async fn exactly_the_splits_that_pay_somebody_else_are_found() {
    let mut all = 0;
    for person in ["coldWallet", "alice", "bob", "carol", "dave", "whale", "fresh"] {
        let owner = devnet().facts.account(person);
        let (found, requests) = received(owner).await;
        let mut splits: Vec<_> = found.splits.iter().map(|asked| asked.split).collect();
        splits.sort_unstable();
        assert_eq!(splits, facts_of(owner), "{person}");
        assert_eq!(found.unread, 0, "{person}");
        // the chain id, all hashes at once, and the first split of each provider whose recipient was replaced
        assert!(requests <= 6, "{requests} requests");
        all += splits.len();
    }
    assert!(all > 0, "the network has somebody who only receives");
}

#[tokio::test]
async fn they_are_read_and_claimed_like_ones_own() {
    let (contracts, block) = (devnet().contracts().await, devnet().block().await);
    let owner = devnet().facts.account("coldWallet");
    let (found, _) = received(owner).await;
    let asked = Asked { owner, splits: found.splits.clone(), ..Asked::default() };
    let pool = devnet().chain.pool();
    let read = read::positions(&pool, contracts, &asked, &BTreeMap::new(), block).await.value;
    let sheet = positions::sheet(contracts, owner, Vec::new(), &read);
    let before = sheet.totals[0].unclaimed.value.clone();
    assert_eq!(before, Ok(U256::ZERO), "no stake is its own");
    let others = positions::Others { made: found.made.clone(), named: Vec::new() };
    let sheet = sheet.receiving(contracts, owner, &others, &read);
    let gains = sheet.received.iter().map(|received| received.gains[0].unclaimed.value.clone());
    let sum: U256 = gains.map(|gain| gain.expect("read")).sum();
    assert_eq!(sheet.totals[0].unclaimed.value, Ok(sum));
    assert_eq!(sheet.splits(), found.splits.iter().map(|asked| asked.split).collect::<Vec<_>>());

    let setting = Setting { network: "devnet", contracts, from: owner, read_at: block };
    let claim = plan::claim(&setting, &read.rewards, &sheet.splits(), Some(owner), &|_| U256::ZERO);
    let stored = sheet.totals[0].stored.value.clone().expect("read");
    let arrivals = claim.map(|claim| claim.arrivals).unwrap_or_default();
    let own: U256 = arrivals.iter().filter(|to| to.recipient == owner).map(|to| to.amount).sum();
    // the warehouse keeps one unit, of which it has none where nothing was shared out before
    assert!(own.abs_diff(sum + stored) <= U256::ONE, "{own} of {sum} and {stored}");
}

#[tokio::test]
async fn without_commission_nobody_can_tell_whom_a_split_pays() {
    let owner = devnet().facts.account("coldWallet");
    let mut asked: ReceivedAsked = positions::of_others(&of_network().await, owner);
    let count = asked.made.len();
    for made in &mut asked.made {
        made.take_rate = None;
    }
    let (pool, contracts, block) =
        (devnet().chain.pool(), devnet().contracts().await, devnet().block().await);
    let found = read::received(&pool, contracts, &asked, block).await.expect("read").value;
    assert_eq!((found.splits.len(), found.unread), (0, count), "unread is not none");
}

/// A split of the scenario that pays somebody for the stake of another, with its terms.
fn paying(owner: Address) -> NamedSplit {
    let paid = devnet().facts.sequencers.iter().filter(|s| s.withdrawer != owner);
    let split =
        paid.filter_map(|s| s.split.as_ref()).find(|split| split.recipients[1] == owner).expect("one");
    let allocations: Vec<_> = split.allocations.iter().map(|part| U256::from(*part)).collect();
    let total = U256::from(10_000);
    let terms = SplitTerms { recipients: split.recipients.clone(), allocations, total, incentive: 0 };
    NamedSplit { split: split.address, terms: Some(terms) }
}

async fn looked_at(pool: &Pool, owner: Address, named: NamedSplit) -> Result<SplitTerms, NotPaid> {
    let (contracts, block) = (devnet().contracts().await, devnet().block().await);
    let found = read::named_splits(pool, contracts, owner, &[named], block).await.value;
    found.into_iter().next().expect("one").1
}

#[tokio::test]
async fn a_split_that_somebody_names_is_believed_only_by_its_hash() {
    let pool = devnet().chain.pool();
    let owner = devnet().facts.account("coldWallet");
    let right = paying(owner);
    let terms = right.terms.clone().expect("known");
    assert_eq!(looked_at(&pool, owner, right.clone()).await, Ok(terms.clone()), "with its terms");
    let bare = NamedSplit { terms: None, ..right.clone() };
    assert_eq!(looked_at(&pool, owner, bare.clone()).await, Ok(terms.clone()), "by its own event");
    let other = SplitTerms { incentive: 1, ..terms.clone() };
    let wrong = NamedSplit { terms: Some(other), ..right.clone() };
    assert_eq!(looked_at(&pool, owner, wrong).await, Err(NotPaid::OtherTerms));
    let alice = devnet().facts.account("alice");
    assert_eq!(
        looked_at(&pool, alice, bare.clone()).await,
        Err(NotPaid::PaysOthers(terms.recipients.clone()))
    );
    assert_eq!(looked_at(&pool, terms.recipients[0], bare).await, Err(NotPaid::PaysProvider));
    for no_split in [devnet().facts.contract("token"), alice] {
        let named = NamedSplit { split: no_split, terms: None };
        assert_eq!(looked_at(&pool, owner, named).await, Err(NotPaid::NoSplit), "{no_split}");
    }
}

#[tokio::test]
async fn without_events_the_terms_have_to_be_given() {
    let proxy = Proxy::start(&devnet().chain.url, Limits::default());
    proxy.break_by(json!({ "fault": "missingMethod", "methods": ["eth_getLogs"] }));
    let pool = Chain::at(&proxy.url).pool();
    let owner = devnet().facts.account("coldWallet");
    let right = paying(owner);
    let bare = NamedSplit { terms: None, ..right.clone() };
    let unread = looked_at(&pool, owner, bare).await;
    assert!(matches!(unread, Err(NotPaid::NeedsTerms(_))), "{unread:?}");
    assert_eq!(looked_at(&pool, owner, right.clone()).await, Ok(right.terms.expect("known")));
}

#[tokio::test]
async fn what_a_named_split_brings_is_read_and_claimed() {
    let (contracts, block) = (devnet().contracts().await, devnet().block().await);
    let owner = devnet().facts.account("coldWallet");
    let NamedSplit { split, terms } = paying(owner);
    let asked = SplitAsked {
        split,
        block: 0,
        provider_id: None,
        take_rate: None,
        providers: Vec::new(),
        delegators: Vec::new(),
        terms,
    };
    let asked = Asked { owner, splits: vec![asked], ..Asked::default() };
    let pool = devnet().chain.pool();
    let read = read::positions(&pool, contracts, &asked, &BTreeMap::new(), block).await.value;
    let others = positions::Others { made: Vec::new(), named: vec![split] };
    let sheet =
        positions::sheet(contracts, owner, Vec::new(), &read).receiving(contracts, owner, &others, &read);
    let brings = sheet.received[0].gains[0].unclaimed.value.clone().expect("read");
    assert!(brings > U256::ZERO);
    assert_eq!(sheet.totals[0].unclaimed.value, Ok(brings));
    let setting = Setting { network: "devnet", contracts, from: owner, read_at: block };
    let claim = plan::claim(&setting, &read.rewards, &sheet.splits(), None, &|_| U256::ZERO).expect("a plan");
    assert_eq!(claim.arrivals[0].recipient, owner);
    assert!(claim.arrivals[0].amount >= brings - U256::ONE);
}
