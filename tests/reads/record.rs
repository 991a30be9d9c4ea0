//! What a provider's events say about it.

use alloy_primitives::U256;
use rota::{
    aztec::{
        history::History,
        record::{Brief, Record},
    },
    units::Bps,
};

use crate::{history::of_network, support::devnet};

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
