//! The figures of the overview.

use alloy_primitives::U256;
use rota::{aztec::read, units::Bps};

use crate::support::devnet;

#[tokio::test]
async fn the_pulse_is_what_the_network_was_built_with() {
    let (facts, contracts, block) = (&devnet().facts, devnet().contracts().await, devnet().block().await);
    let pool = devnet().chain.pool();
    let pulse = read::pulse(&pool, contracts, block).await.value;
    assert_eq!(pool.requests(), 3, "the chain id, the rollups, the distributors");
    assert_eq!(pulse.total_staked.value, Ok(facts.total_staked));
    let day = pulse.day.value.expect("read");
    assert_eq!(day.now, facts.total_staked, "the power of the GSE is what is staked");
    assert!(day.before <= day.now);
    for (index, rollup) in pulse.rollups.iter().enumerate() {
        let of = contracts.rollups[index].address;
        let queue = read::entry_queues(&pool, contracts, block).await.value;
        assert_eq!(
            rollup.queued.value,
            Ok(queue[index].entries.as_ref().expect("read").len() as u64),
            "{of}"
        );
        assert_eq!(rollup.sequencer_part.value, Ok(Bps::new(7000).expect("less than all")));
        assert_eq!(rollup.reward.value, Ok(U256::from(500) * U256::from(10).pow(U256::from(18))));
        assert!(
            rollup.payable.value.is_ok() && rollup.flush_size.value.is_ok() && rollup.epoch.value.is_ok()
        );
    }
    let validating = facts.sequencers.iter().filter(|sequencer| sequencer.status == "validating").count();
    let active: u64 = pulse.rollups.iter().map(|rollup| rollup.active.value.clone().expect("read")).sum();
    assert!(active >= validating as u64, "those of providers and others: {active}");
}
