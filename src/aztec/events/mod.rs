//! The one list of the events that the app understands, and how each becomes a [`Fact`].
//!
//! [`EVENTS`] is a table: who emits the event, since which generation of contracts, its signature, and how its words
//! are read. [`query`] asks for exactly the events of the table and [`tell`] reads them, so that a new event is one
//! line in the table and one arm in [`Fact`].
//!
//! Left out on purpose is what happens at every checkpoint or slot, a thousand times a day and more
//! (`CheckpointProposed`, `L2BlockProposed`, `L2ProofVerified`, `SignalCast`, `VoteCast`): a first visit would fetch
//! hundreds of thousands of them. Who needs those asks for a window of a few hundred blocks with a query of its own.

mod fact;
mod fields;
mod table;

pub use fact::{Fact, Place, Told};
pub use fields::Fields;
pub use table::{EVENTS, Emitter, Event, Generations};

use std::sync::LazyLock;

use alloy_primitives::{B256, keccak256};

use super::Deployment;
use crate::chain::logs::{LogEntry, LogQuery};

/// Topic 0 of each line of [`EVENTS`].
static TOPICS: LazyLock<Vec<B256>> =
    LazyLock::new(|| EVENTS.iter().map(|event| keccak256(event.signature)).collect());

/// Asks for every event of the table, of the `StakingRegistry` and of all rollups. Which generation a rollup is of is
/// not on chain: each is asked for the forms of all.
pub fn query(contracts: &Deployment) -> LogQuery {
    let rollups = contracts.rollups.iter().map(|rollup| rollup.address);
    LogQuery {
        contracts: std::iter::once(contracts.staking_registry).chain(rollups).collect(),
        events: TOPICS.clone(),
    }
}

/// The signature of an event of the table, by its name; of its first form where there are several.
pub fn signature(name: &str) -> Option<&'static str> {
    EVENTS.iter().find(|event| event.name() == name).map(|event| event.signature)
}

/// What an event says. `None` for events that are not in the table or not of the contract that it names; one that is
/// and has another form than the table says becomes [`Fact::Unread`].
pub fn tell(contracts: &Deployment, entry: &LogEntry) -> Option<Told> {
    let topic = entry.event()?;
    let emitter = if entry.address == contracts.staking_registry {
        Emitter::StakingRegistry
    } else {
        contracts.rollup(entry.address).map(|_| Emitter::Rollup)?
    };
    let place = TOPICS.iter().position(|known| *known == topic)?;
    let event = EVENTS.get(place).filter(|event| event.emitter == emitter)?;
    let fields = Fields::new(entry.data.topics(), entry.bytes());
    let fact = Some(&fields).filter(|fields| fields.indexed() == event.indexed).and_then(event.read);
    Some(Told {
        place: Place::of(entry),
        by: entry.address,
        fact: fact.unwrap_or_else(|| Fact::Unread { event: event.name() }),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use alloy_json_abi::Event as Abi;

    use super::*;

    /// Rollup events of the published contracts, written by `tests/tools/abi-lines.mjs`.
    const PUBLISHED: &str = include_str!("published.abi");

    /// Topics from the public documentation, for contracts that are not published as a package.
    const DOCUMENTED: [(&str, &str); 9] = [
        ("ProviderRegistered", "43fe1b4477c9a580955f586c904f4670929e184ef4bef4936221c52d0a79a75b"),
        ("ProviderAdminUpdateInitiated", "d381857c9c5d677780d13306b42c792e92744dbdfa920fe601d671dc8e1793c1"),
        ("ProviderAdminUpdated", "ea1fd99243b41c0449ac314627c3aeeab6309a80f25fb8b1f8457d49efec91c7"),
        ("ProviderTakeRateUpdated", "e1e5d3bc252ff6f708999555a6123770d124eb8e484120e49c296ef88df1ff72"),
        (
            "ProviderRewardsRecipientUpdated",
            "531187eeb6da46ef038e0fbe1fde716531bdf460767f60e38dd64e3568a611a3",
        ),
        ("ProviderQueueDripped", "973a89c42abd20693a9268df8b16ebbf2ef4e660750a885ff8f8fc5936413301"),
        ("AttestersAddedToProvider", "8dc338d3490cc6b09bdcf6e2a20a42d02c2da00c19901dea14363bc2897e87ab"),
        ("StakedWithProvider", "c91c8b4e934fb8f46c6d08a34d60ceb8dbe4ab6844a7040ca4c580e5a837d5c7"),
        ("WithdrawInitiatedByAttester", "7909a0badf5ed2edf05a9877243b3fdaf6ddca0533dc6ebc48b47afad5f1228d"),
    ];

    #[test]
    fn every_line_of_the_table_is_an_event_of_the_contracts() {
        let published: Vec<Abi> = PUBLISHED
            .lines()
            .filter(|line| line.starts_with("event "))
            .map(|line| Abi::parse(line).expect("a line of the tool"))
            .collect();
        for (event, topic) in EVENTS.iter().zip(&*TOPICS) {
            let documented = DOCUMENTED.iter().find(|(name, _)| *name == event.name());
            if let Some((_, expected)) = documented {
                assert_eq!(format!("{topic:x}"), *expected, "{}", event.signature);
            } else {
                let abi = published.iter().find(|abi| abi.selector() == *topic);
                let abi = abi.unwrap_or_else(|| panic!("{} is not published", event.signature));
                let flags: Vec<_> = abi.inputs.iter().map(|input| input.indexed).collect();
                assert_eq!(flags.iter().filter(|flag| **flag).count(), event.indexed, "{}", event.signature);
                assert!(flags.is_sorted_by_key(|flag| !flag), "indexed words come first");
            }
        }
    }

    #[test]
    fn no_event_is_listed_twice() {
        assert_eq!(TOPICS.iter().collect::<BTreeSet<_>>().len(), EVENTS.len());
    }
}
