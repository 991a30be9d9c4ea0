//! The list of providers, one provider's page, and what an account can stake with.

use std::sync::atomic::{AtomicU32, Ordering};

use alloy_primitives::{Address, U256};
use rota::{
    aztec::{
        Deployment, Guess,
        read::{self, ProviderConfig, ProviderRow},
        rules::ExitTerms,
    },
    chain::{Learned, Pool, PoolConfig},
    units::Bps,
};
use serde_json::json;

use crate::support::{Provider, Rewriting, devnet, endpoint, real_host};

fn config(provider: &Provider) -> ProviderConfig {
    ProviderConfig {
        admin: provider.admin,
        take_rate: Bps::new(provider.take_rate).expect("at most the whole"),
        rewards_recipient: provider.recipient,
    }
}

#[tokio::test]
async fn every_provider_is_listed_whatever_number_was_expected() {
    let (facts, contracts, block) = (&devnet().facts, devnet().contracts().await, devnet().block().await);
    let count = u64::try_from(facts.providers.len()).expect("few");
    for (expected, requests) in [(0, 2), (1, 2), (count - 1, 2), (count, 1), (count + 1, 1), (50, 1)] {
        let pool = devnet().chain.pool();
        let guess = Guess::of(Ok(U256::from(expected)));
        let contracts = Deployment { providers: guess, ..contracts.clone() };
        let found = read::providers(&pool, &contracts, block).await.expect("read").value;
        assert_eq!(pool.requests(), requests + 1, "{expected} were expected; one more for the chain id");
        let row =
            |row: &ProviderRow| (row.provider_id, row.config.value.clone(), row.open_slots.value.clone());
        let rows: Vec<_> = found.rows.iter().map(row).collect();
        let facts = facts.providers.iter().map(|p| (p.id, Ok(config(p)), Ok(p.keys_left)));
        assert_eq!(rows, facts.collect::<Vec<_>>(), "{expected} were expected");
    }
}

#[tokio::test]
async fn a_providers_page_says_what_a_delegator_needs() {
    let (facts, contracts, block) = (&devnet().facts, devnet().contracts().await, devnet().block().await);
    for provider in &facts.providers {
        let pool = devnet().chain.pool();
        let page = read::provider(&pool, contracts, provider.id, block).await.value;
        assert_eq!(page.config.value, Ok(config(provider)));
        assert_eq!(page.pending_admin.value, Ok(provider.pending_admin.unwrap_or_default()));
        assert_eq!(page.open_slots.value, Ok(provider.keys_left));
        assert_eq!(page.activation_threshold.value, Ok(facts.parameters.activation_threshold));
        assert_eq!(page.duty_lag_epochs.value, Ok(2), "as tests/devnet/deploy.mjs sets it");
        assert_eq!(page.queues, read::entry_queues(&pool, contracts, block).await.value);
        let terms = page.exit_terms.value.expect("read");
        let day = 86_400;
        let expected = ExitTerms {
            exit_delay: facts.parameters.exit_delay,
            voting_delay: 3 * day,
            voting_duration: 7 * day,
            execution_delay: 2 * day,
        };
        assert_eq!(terms, expected);
        assert_eq!(terms.governance_delay(), facts.parameters.governance_withdrawal_delay);
        assert_eq!(terms.duration(), facts.parameters.governance_withdrawal_delay);
    }
}

#[tokio::test]
async fn a_provider_that_does_not_exist_has_no_admin() {
    let page =
        read::provider(&devnet().chain.pool(), devnet().contracts().await, 99, devnet().block().await).await;
    assert_eq!(page.value.config.value.map(|config| config.admin), Ok(Address::ZERO));
    assert_eq!(page.value.open_slots.value, Ok(0));
}

#[tokio::test]
async fn the_entry_queue_is_in_order() {
    let (facts, contracts) = (&devnet().facts, devnet().contracts().await);
    let queues = read::entry_queues(&devnet().chain.pool(), contracts, devnet().block().await).await.value;
    let waiting = |queue: &read::EntryQueue| -> Vec<_> {
        queue.entries.as_ref().expect("read").iter().map(|entry| (entry.attester, entry.withdrawer)).collect()
    };
    let expected: Vec<_> = facts.entry_queue.iter().map(|entry| (entry.attester, entry.withdrawer)).collect();
    assert_eq!((waiting(&queues[0]), waiting(&queues[1])), (vec![], expected));
    assert_eq!(queues[1].length.value, Ok(5));
    assert_eq!(
        queues[1].flush_size.value,
        Ok(2),
        "33 active, the smallest size of tests/devnet/parameters.mjs"
    );
    for entry in &facts.entry_queue {
        assert_eq!(queues[1].place(entry.attester, entry.withdrawer), Some(entry.place));
        assert_eq!(
            queues[1].place(entry.attester, Address::ZERO),
            None,
            "somebody else's deposit of the same key"
        );
        assert_eq!(queues[0].place(entry.attester, entry.withdrawer), None);
    }
}

#[tokio::test]
async fn an_accounts_funds_are_what_the_node_says() {
    let (facts, contracts, block) = (&devnet().facts, devnet().contracts().await, devnet().block().await);
    for name in ["delegator", "whale", "poor", "penniless", "fresh"] {
        let account = facts.account(name);
        let funds = read::funds(&devnet().chain.pool(), contracts, account, block).await.value;
        assert_eq!(funds.tokens.value, Ok(facts.purses.get(name).copied().unwrap_or(U256::ZERO)), "{name}");
        assert_eq!(funds.allowance.value, Ok(U256::ZERO), "{name}");
    }
}

#[tokio::test]
async fn a_request_without_an_answer_is_told_from_a_figure_that_does_not_exist() {
    let (facts, contracts, block) = (&devnet().facts, devnet().contracts().await, devnet().block().await);
    let (alice, pool) = (facts.account("alice"), devnet().chain.pool());
    assert_eq!(read::provider(&pool, contracts, 1, block).await.value.unanswered(), None);
    assert_eq!(read::funds(&pool, contracts, alice, block).await.value.unanswered(), None);
    assert_eq!(read::providers(&pool, contracts, block).await.expect("read").value.unanswered(), None);

    for broken in 0..20 {
        let asked = AtomicU32::new(0);
        let link = Rewriting::new(&devnet().chain.url, move |request| {
            if request["method"] == "eth_call" && asked.fetch_add(1, Ordering::SeqCst) == broken {
                request["method"] = json!("eth_isOutOfOrder");
            }
        });
        let pool =
            Pool::new(31_337, vec![endpoint("node", link.clone())], real_host(), PoolConfig::default());
        // each figure in a request of its own
        pool.recall(|_| Some(Learned { calls: 1, ..Learned::default() }));
        let page = read::provider(&pool, contracts, 1, block).await.value;
        if link.asked("eth_call").len() > usize::try_from(broken).expect("small") {
            assert!(page.unanswered().is_some(), "request {broken}: {page:?}");
        }
    }
}
