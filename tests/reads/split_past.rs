//! The past of a split, by the real contracts' events.

use alloy_primitives::{Address, U256};
use rota::aztec::read::{self, Deed, SplitPast, SplitPastAsked};

use crate::support::{Deeds, Fork, Planner, devnet};

#[tokio::test]
async fn terms_payments_and_shares_are_found_and_add_up() {
    let fork = Fork::new().await;
    let book = fork.book().await;
    let planner = Planner { chain: &fork, book: &book, from: devnet().facts.account("fresh") };
    let (_, _, rewards) = planner.commission(1).await;
    let rollup = book.contracts.canonical();
    let at = book.contracts.canonical;
    let owed = |split: &read::SplitRewards| split.accrued.get(at).and_then(|owed| owed.get().copied());
    let (split, found) = rewards
        .splits
        .iter()
        .find(|(_, found)| owed(found).is_some_and(|owed| !owed.is_zero()))
        .expect("one that is owed something");
    let asked = SplitPastAsked {
        split: *split,
        since: 0,
        tokens: rewards.tokens.keys().copied().collect(),
        warehouse: *found.warehouse.get().expect("read"),
    };
    let look = async || -> SplitPast {
        let last = fork.latest().await.number;
        read::split_past(&fork.pool(), &book.contracts, &asked, 0..=last).await.expect("read")
    };
    let before = look().await;
    // nobody owns a delegation's split: its terms were set once, and are those that its hash is of
    let [(made, terms)] = before.terms.as_slice() else { panic!("{:?}", before.terms) };
    assert_eq!(Ok(terms), found.terms.as_ref());
    assert!(before.moves.iter().all(|moved| moved.place.position() > made.position()));

    let call = ISequencerRewards::claimSequencerRewardsCall { coinbase: *split };
    Deeds::on(&fork).act(devnet().facts.account("voter"), rollup.address, call).await;
    let after = look().await;
    let [rest @ .., last] = after.moves.as_slice() else { panic!("nothing") };
    assert_eq!(rest, before.moves);
    let token = book.contracts.token.address;
    let paid =
        Deed::Claimed { rollup: rollup.address, split: *split, token, amount: owed(found).expect("read") };
    assert_eq!(last.deed, paid);
    // what came is what was shared out, what is there, and the unit that never leaves
    let sum = |pick: fn(&Deed) -> Option<U256>| -> U256 {
        after.moves.iter().filter_map(|moved| pick(&moved.deed)).sum()
    };
    let came = sum(|deed| if let Deed::Claimed { amount, .. } = deed { Some(*amount) } else { None });
    let left = sum(|deed| if let Deed::Shared { amount, .. } = deed { Some(*amount) } else { None });
    let there = fork.read(token, IBalance::balanceOfCall { account: *split }).await;
    assert!(
        came >= left && came - left <= there + U256::from(10),
        "{came} came, {left} left, {there} is there"
    );

    // anybody can have the token say that nothing was paid, and the split that it shared out nothing of it
    let nothing = IBalance::transferFromCall { from: rollup.address, to: *split, value: U256::ZERO };
    let receipt = Deeds::on(&fork).act(devnet().facts.account("voter"), token, nothing).await;
    assert_eq!(receipt["logs"].as_array().map(Vec::len), Some(1), "it says so");
    assert_eq!(look().await, after, "and it is no payment");

    // of a contract that is no split there is nothing, and it is not an error
    let nothing = SplitPastAsked { split: Address::repeat_byte(0x42), ..asked.clone() };
    let last = fork.latest().await.number;
    let found = read::split_past(&fork.pool(), &book.contracts, &nothing, 0..=last).await;
    assert_eq!(found, Ok(SplitPast::default()));
    // without knowing what is paid in, nothing found would look like nothing paid
    let blind = SplitPastAsked { tokens: Vec::new(), ..asked.clone() };
    assert!(read::split_past(&fork.pool(), &book.contracts, &blind, 0..=last).await.is_err());
}

alloy_sol_types::sol! {
    interface ISequencerRewards {
        function claimSequencerRewards(address coinbase) external returns (uint256);
    }
    interface IBalance {
        function balanceOf(address account) external view returns (uint256);
        function transferFrom(address from, address to, uint256 value) external returns (bool);
    }
}
