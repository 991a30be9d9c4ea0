//! What a provider's events say about it.

use alloy_primitives::U256;
use rota::{
    aztec::{
        events::Place,
        history::History,
        record::{Brief, Change, Record},
    },
    units::Bps,
};

use crate::{
    history::{history_since, of_network},
    support::{
        Deeds, Fork,
        IStakingRegistry::{acceptProviderAdminCall, updateProviderAdminCall, updateProviderTakeRateCall},
        devnet,
    },
};

#[tokio::test]
async fn the_record_ends_where_the_contracts_stand() {
    let history = of_network().await;
    let facts = &devnet().facts;
    let mut failed = 0;
    let briefs = Brief::all(&history);
    for provider in &facts.providers {
        let record = Record::of(&history, provider.id);
        assert!(record.registered.is_some());
        assert_eq!(
            record.rates.last().map(|(_, rate)| *rate),
            Bps::new(provider.take_rate),
            "{}",
            provider.id
        );
        assert_eq!(record.keys.last().map_or(0, |(_, left)| *left), provider.keys_left, "{}", provider.id);
        assert!(record.keys.is_sorted_by_key(|(place, _)| place.position()));
        let lost = record.slashes.iter().fold(U256::ZERO, |sum, slash| sum + slash.amount);
        assert_eq!(record.slashed(), lost);
        failed += record.failed;
        let brief = &briefs[usize::try_from(provider.id).expect("few")];
        assert_eq!((brief.registered, &brief.rates), (record.registered, &record.rates), "{}", provider.id);
        assert_eq!((brief.failed, brief.slashed), (record.failed, record.slashed()), "{}", provider.id);
        assert_eq!(brief.slashes, record.slashes.len() as u64, "{}", provider.id);
    }
    assert_eq!(failed, 2, "the network was built with two deposits that could not join");
}

#[test]
fn nothing_is_known_of_nobody() {
    assert_eq!(Record::of(&History::default(), 7), Record::default());
}

/// Only the admin of the moment can change a provider, so that who did is known without its transaction. The senders of
/// the transactions are the oracle.
#[tokio::test]
async fn who_changed_a_provider_is_who_sent_the_transaction() {
    let (fork, contracts) = (Fork::new().await, devnet().contracts().await);
    let (facts, deeds) = (&devnet().facts, Deeds::on(&fork));
    let next = facts.account("fresh");
    let (provider, registry) = (&facts.providers[0], contracts.staking_registry);
    let id = U256::from(provider.id);
    deeds.act(provider.admin, registry, updateProviderAdminCall { id, admin: next }).await;
    deeds.act(next, registry, acceptProviderAdminCall { id }).await;
    deeds.act(next, registry, updateProviderTakeRateCall { id, takeRate: 1_234 }).await;
    let history = history_since(&fork, contracts, 0).await;
    let pool = fork.pool();
    let (mut steps, mut handed_over) = (0, 0);
    for provider in &devnet().facts.providers {
        let record = Record::of(&history, provider.id);
        let rates = record.rates.iter().skip(1).map(|(place, _)| *place);
        let others = record.changes.iter().filter_map(|(place, change)| match change {
            Change::AdminSet(to) => {
                assert_eq!(record.admin_at(place), Some(*to), "who accepted is the admin from then on");
                handed_over += 1;
                None
            }
            Change::AdminOffered(_) | Change::RecipientSet(_) => Some(*place),
        });
        for place in rates.chain(others) {
            let sent = pool.transaction(place.tx).await.expect("answered").expect("mined");
            assert_eq!(record.admin_at(&place), Some(sent.from), "provider {}", provider.id);
            steps += 1;
        }
        let first = record.registered.expect("registered");
        assert!(record.admin_at(&first).is_some());
        let before = Place { block: first.block - 1, ..first };
        assert_eq!(record.admin_at(&before), None, "nobody was yet");
    }
    assert!(steps > 4 && handed_over == 1, "{steps} changes, {handed_over} hand-overs");
}
