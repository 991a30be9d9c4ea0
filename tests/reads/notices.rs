//! What somebody with stake is told at once.

use alloy_primitives::U256;
use rota::aztec::{
    positions::{self, Notice, SNAPSHOT_AHEAD},
    read,
    rules::ProposalState,
};

use crate::{history::of_network, positions::stakes_of, support::devnet};

#[tokio::test]
async fn notices_are_what_the_facts_say() {
    let (facts, contracts, history) = (&devnet().facts, devnet().contracts().await, of_network().await);
    let (pool, block) = (devnet().chain.pool(), devnet().block().await);
    let proposals = read::proposals(&pool, contracts, block).await.value;
    let pending = proposals.rows.iter().filter(|row| row.state.get() == Some(&ProposalState::Pending));
    let pending: Vec<_> = pending.collect();
    let until = pending.first().expect("one").proposal.get().expect("read").standing.phases.pending;
    let (mut slashed, mut ready) = (0, 0);
    for person in ["alice", "bob", "carol", "dave", "solo1", "solo2"] {
        let (stakes, read) = stakes_of(person).await;
        let owner = facts.account(person);
        let sheet = positions::sheet(contracts, owner, stakes, &read.value);
        let at = |now| positions::notices(&sheet, &history, &proposals.rows, now);
        let now = block.timestamp;
        let own = || facts.sequencers.iter().filter(|sequencer| sequencer.withdrawer == owner);
        let count = |all: &[Notice], is: fn(&Notice) -> bool| all.iter().filter(|notice| is(notice)).count();
        let all = at(now);
        let taken: U256 = all
            .iter()
            .filter_map(|notice| match notice {
                Notice::Slashed { amount, .. } => Some(*amount),
                _ => None,
            })
            .sum();
        assert_eq!(taken, own().map(|sequencer| sequencer.slashed).sum::<U256>(), "{person}");
        let over = own().filter(|sequencer| {
            sequencer.status == "exiting"
                && sequencer.exit.as_ref().is_some_and(|exit| exit.finalisable_at <= now)
        });
        let finalisable = |notice: &Notice| matches!(notice, Notice::Finalisable { .. });
        let over = over.count();
        assert_eq!(count(&all, finalisable), over, "{person}");
        // each exit is told once its time has come, and not before
        let exiting = own().filter(|sequencer| sequencer.status == "exiting").count();
        assert_eq!(count(&at(now + 400 * 86_400), finalisable), exiting, "{person}");
        assert_eq!(count(&at(0), finalisable), 0);

        let snapshot = |notice: &Notice| matches!(notice, Notice::Snapshot { .. });
        let votes = own().any(|sequencer| sequencer.status == "validating");
        assert_eq!(count(&at(until), snapshot) > 0, votes, "{person}");
        assert_eq!(count(&at(until + 1), snapshot), 0, "too late");
        assert_eq!(count(&at(until - SNAPSHOT_AHEAD - 1), snapshot), 0, "not yet");
        slashed += usize::from(!taken.is_zero());
        ready += over;
    }
    assert!(slashed > 0 && ready > 0, "{slashed} slashed, {ready} ready");
}
