//! What a call would do to whom, by the events of its simulation.

use alloy_primitives::B256;

use super::{
    Deployment, Names,
    events::{Fact, tell},
};
use crate::{chain::logs::LogEntry, tx::simulate::Event, units::format};

/// One phrase for each deed that the calldata does not pin: which key a stake takes and which ones leave a queue is
/// decided by what stands at its head when the transaction is mined.
pub(super) fn deeds(contracts: &Deployment, names: &Names, events: &[Event]) -> Vec<String> {
    let told = events.iter().filter_map(|event| {
        let (address, data) = (event.address, event.data.clone());
        tell(contracts, &LogEntry { address, data, block: 0, index: 0, tx: B256::ZERO, time: None })
    });
    let said = told.filter_map(|told| match told.fact {
        Fact::Staked { provider, attester, .. } => {
            Some(format!("{} stakes with key {}", names.label(provider), format::short_address(attester)))
        }
        Fact::KeyDripped { attester, .. } => {
            Some(format!("key {} leaves the queue unused", format::short_address(attester)))
        }
        Fact::ExitStarted { attester, recipient, amount } => Some(format!(
            "{} of sequencer {} will go to {}",
            contracts.token.amount(amount),
            format::short_address(attester),
            format::short_address(recipient)
        )),
        _ => None,
    });
    said.collect()
}
