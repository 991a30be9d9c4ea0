//! What stake earned and what it would earn, from the real contracts.

use alloy_primitives::U256;
use rota::{
    aztec::{
        events::Place,
        positions::{self, ENOUGH_SECONDS, Fate, Given, KeptReading, Outcome, Sheet},
        read::{self, Credit, Deed, Proofs},
        rules::Position,
    },
    units::Bps,
};

use crate::{
    positions::{moves_of, stakes_of},
    support::devnet,
};

#[tokio::test]
async fn what_rollups_pay_is_what_they_say_one_by_one() {
    let (pool, contracts, block) =
        (devnet().chain.pool(), devnet().contracts().await, devnet().block().await);
    let terms = read::reward_terms(&pool, contracts, block).await.value;
    assert!(pool.requests() <= 2, "{} requests", pool.requests());
    let pulse = read::pulse(&pool, contracts, block).await.value;
    for ((terms, pulse), rollup) in terms.iter().zip(&pulse.rollups).zip(&contracts.rollups) {
        let terms = terms.value.clone().expect("read");
        assert_eq!(Ok(terms.checkpoint), pulse.reward.value);
        assert_eq!(Ok(terms.sequencer_part), pulse.sequencer_part.value);
        assert_eq!(Ok(terms.active), pulse.active.value);
        assert_eq!(terms.slots, rollup.clock.value.clone().expect("read").slot_at(block.timestamp));
        assert_eq!(terms.token, contracts.token.address);
        let (least, most) = terms.yearly(Bps::WHOLE, terms.token).expect("some");
        assert!(least.permille() <= most.permille() && most.permille() > 0);
    }
}

#[tokio::test]
async fn what_was_credited_is_all_that_ever_came_to_the_split() {
    let contracts = devnet().contracts().await;
    let facts = &devnet().facts;
    let mut known = 0;
    for person in ["alice", "bob", "carol", "dave"] {
        let (stakes, at) = stakes_of(person).await;
        let read = &at.value;
        let moves = moves_of(person, &read.rewards).await;
        let sheet = positions::sheet(contracts, facts.account(person), stakes, read);
        let terms = read::reward_terms(&devnet().chain.pool(), contracts, at.block).await.value;
        let time = |place: &Place| place.time;
        let given = Given {
            contracts,
            read,
            terms: &terms,
            moves: &moves,
            kept: &[],
            now: at.block.timestamp,
            time: &time,
        };
        let found = positions::observed(&sheet, given);
        let made = sheet
            .lines
            .iter()
            .filter(|line| line.stake.delegation.is_some() && matches!(line.stake.fate, Fate::Joined(_)));
        assert_eq!(found.len(), made.count(), "{person}");
        for (place, outcome) in &found {
            let Outcome::Known(whole, _) = outcome else { panic!("{person}: {outcome:?}") };
            let split = sheet.lines[*place].stake.delegation.as_ref().expect("one").split;
            let shared = moves.iter().filter_map(|moved| match moved.deed {
                Deed::Shared { split: of, amount, .. } if of == split => Some(amount),
                _ => None,
            });
            let held = facts.rewards.held_by_split.iter().filter(|held| held.split == split);
            let owed = facts.rewards.accrued.iter().filter(|owed| owed.coinbase == split);
            let all = shared.sum::<U256>()
                + held.map(|held| held.amount).sum::<U256>()
                + owed.map(|owed| owed.amount).sum::<U256>();
            let share = read.rewards.splits[&split].terms.clone().expect("read");
            let net = share.share_of(share.delegator().expect("one"), all);
            assert!(whole.net.abs_diff(net) <= U256::from(2), "{person}: {} of {net}", whole.net);
            assert!(whole.since + whole.seconds <= at.block.timestamp);
            known += usize::from(!whole.net.is_zero());
        }
        by_proofs(&sheet, given);
        // the splits that were read can be kept, and tell the same later
        let kept = KeptReading::of(contracts, read, (at.block.number, at.block.timestamp)).expect("all read");
        assert_eq!(kept.owed.len(), read.rewards.splits.len());
    }
    assert!(known > 3, "{known} with rewards");
}

/// Proofs of 31 days say what they credited, and nothing where one of them is not understood.
fn by_proofs(sheet: &Sheet, given: Given<'_>) {
    const MONTH: u64 = 31 * 86_400;
    let one = U256::from(350) * U256::from(10).pow(U256::from(18));
    for line in
        sheet.lines.iter().filter(|line| matches!(line.position.value, Ok(Position::Validating { .. })))
    {
        let Some(made) = &line.stake.delegation else { continue };
        let credit = Credit { checkpoints: 10, gross: one * U256::from(10), elsewhere: 0 };
        let proofs = Proofs {
            between: (given.now - MONTH, given.now),
            count: 800,
            asked: [made.split].into(),
            credits: [(made.split, credit)].into(),
            ..Proofs::default()
        };
        let found = positions::by_proofs(line, &proofs, given).expect("all of it is read");
        let joined = line.stake.joined().and_then(|place| place.time).expect("known");
        assert_eq!((found.since, found.seconds), (joined.max(given.now - MONTH), given.now - found.since));
        assert_eq!(found.checkpoints, 10);
        let terms = given.read.rewards.splits[&made.split].terms.clone().expect("read");
        assert_eq!(found.net, terms.share_of(terms.delegator().expect("one"), credit.gross));
        assert_eq!(found.rate().is_some(), found.seconds >= ENOUGH_SECONDS, "never below thirty days");
        let hole = Proofs { unknown: vec![1], ..proofs.clone() };
        assert_eq!(positions::by_proofs(line, &hole, given), None);
        let other = Credit { elsewhere: 1, ..credit };
        let other = Proofs { credits: [(made.split, other)].into(), ..proofs.clone() };
        assert_eq!(positions::by_proofs(line, &other, given), None, "paid in another token");
        let none = Proofs { credits: std::collections::BTreeMap::new(), ..proofs };
        let others = Proofs { asked: [alloy_primitives::Address::ZERO].into(), ..none.clone() };
        assert_eq!(positions::by_proofs(line, &others, given), None, "not asked about is not nothing");
        let nothing = positions::by_proofs(line, &none, given).expect("that nothing came is known");
        assert_eq!((nothing.checkpoints, nothing.net), (0, U256::ZERO));
    }
}
