//! Whom sequencers named as receivers of their rewards: real proposals and proofs, through the rollup's own contract.

use std::collections::BTreeSet;

use alloy_primitives::{Address, B256, U256};
use rota::{
    aztec::{
        Deployment,
        coinbase::{Audit, Kept, NotChecked, Paid, Payee, Unseen, paid},
        read::{self, ReadProofs},
    },
    chain::BlockRef,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{Fork, NodeTool, Shelf, devnet};

/// The provider with the most delegations.
const STEADY: u64 = 1;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Done {
    number: u64,
    proposer: Address,
    transaction: B256,
}

/// Lets sequencers propose and provers prove.
async fn act(fork: &Fork, deeds: Value) -> Vec<Done> {
    let facts = &devnet().facts;
    let rollups: Vec<_> =
        facts.rollups.iter().map(|one| json!({ "version": one.version, "address": one.address })).collect();
    let input = json!({
        "rpc": fork.url, "contracts": facts.contracts, "rollups": rollups, "nextKey": 120, "deeds": deeds,
    });
    let out = tokio::task::spawn_blocking(move || NodeTool::run("tools/checkpoints.mjs", &input.to_string()));
    serde_json::from_str(&out.await.expect("no panic")).expect("what the tool promises")
}

async fn look(
    fork: &Fork,
    contracts: &Deployment,
    attesters: &[Address],
    before: Option<&Audit>,
) -> (BlockRef, Audit) {
    let block = fork.pool().latest().await.expect("a block").block();
    let attesters: BTreeSet<_> = attesters.iter().copied().collect();
    let found = read::coinbases(&fork.pool(), contracts, &attesters, before, block).await.expect("events");
    (found.block, found.value)
}

fn validating() -> Vec<Payee> {
    let facts = &devnet().facts;
    let own = facts.delegations(STEADY).filter(|one| one.status == "validating");
    own.filter_map(|one| {
        Some(Payee { attester: one.attester, split: one.split.as_ref()?.address, block: 0, index: 0 })
    })
    .collect()
}

#[tokio::test]
async fn what_was_proposed_and_what_was_credited_is_found() {
    let fork = Fork::new().await;
    let contracts = devnet().contracts().await;
    let home = contracts.rollups[contracts.canonical].address;
    let payees = validating();
    let attesters: Vec<_> = payees.iter().map(|payee| payee.attester).collect();

    // before anybody proposed, nothing is said about anybody
    let (_, none) = look(&fork, contracts, &attesters, None).await;
    assert_eq!(paid(&none, &payees[0], Some(home)), Paid::NotChecked(NotChecked::NothingTold));

    let stranger = Address::repeat_byte(0x66);
    let split = payees[0].split;
    let done = act(
        &fork,
        json!([
            { "epoch": true },
            { "propose": { "coinbase": split, "attesters": [payees[0].attester] } },
            { "prove": 1 },
            { "propose": { "coinbase": stranger, "attesters": attesters[1..], "direct": true } },
        ]),
    )
    .await;
    let (_, found) = look(&fork, contracts, &attesters, None).await;
    assert_eq!(found.seen.len(), 2, "{:?}", found.seen);
    assert_eq!(found.gap, None);
    let Paid::Split { newest, right: 1, astray: 0 } = paid(&found, &payees[0], Some(home)) else {
        panic!("{:?}", found.seen)
    };
    assert!(newest.credited, "by the proof, which is later than the proposal");
    assert_eq!((newest.number, newest.tx), (done[1].number, done[2].transaction));
    // what the audit says was credited is what the rollup owes
    let owed = fork.read(home, IRollup::getSequencerRewardsCall { coinbase: split }).await;
    assert!(owed > U256::ZERO);

    let wrong = payees.iter().find(|payee| payee.attester == done[3].proposer).expect("one of them");
    let Paid::Other { to, newest, astray: 1 } = paid(&found, wrong, Some(home)) else {
        panic!("{:?}", found.seen)
    };
    assert_eq!((to, newest.credited, newest.tx), (stranger, false, done[3].transaction));

    let silent = payees.iter().find(|payee| found.seen.iter().all(|seen| seen.attester != payee.attester));
    let silent = silent.expect("not everybody had a turn");
    assert_eq!(paid(&found, silent, Some(home)), Paid::NotProposed);

    // a delegation after its checkpoint is not judged by it
    let later = Payee { block: u64::MAX, ..payees[0] };
    assert_eq!(paid(&found, &later, Some(home)), Paid::NotProposed);
}

#[tokio::test]
async fn a_second_look_asks_for_little_and_says_the_same() {
    let fork = Fork::new().await;
    let contracts = devnet().contracts().await;
    let payees = validating();
    let attesters: Vec<_> = payees.iter().map(|payee| payee.attester).collect();
    let to = payees[0].split;
    act(
        &fork,
        json!([{ "epoch": true }, { "propose": { "coinbase": to } }, { "propose": { "coinbase": to } }]),
    )
    .await;
    let (_, first) = look(&fork, contracts, &attesters, None).await;
    fork.mine(100).await;
    let (_, again) = look(&fork, contracts, &attesters, Some(&first)).await;
    assert_eq!(again.seen, first.seen);
    assert_eq!(again.events, first.events);
    assert!(again.blocks.1 >= first.blocks.1 + 100);
}

#[tokio::test]
async fn who_proposed_is_who_the_contract_says() {
    let fork = Fork::new().await;
    let contracts = devnet().contracts().await;
    let everybody: Vec<_> = devnet().facts.sequencers.iter().map(|one| one.attester).collect();
    let to = Address::repeat_byte(0x55);
    let proposals = json!([{ "propose": { "coinbase": to } }, { "propose": { "coinbase": to } }, { "propose": { "coinbase": to } }]);
    let done = act(&fork, proposals).await;
    let (_, found) = look(&fork, contracts, &everybody, None).await;
    let of =
        |done: &Done| found.seen.iter().find(|seen| seen.number == done.number).map(|seen| seen.attester);
    for one in &done {
        assert_eq!(of(one), Some(one.proposer));
    }
    // a proposal in a form that nobody knows is not checked, and accuses nobody
    let mut hidden = found.clone();
    hidden.seen.iter_mut().for_each(|seen| seen.coinbase = Err(Unseen::UnknownForm));
    let payee = Payee { attester: done[0].proposer, split: to, block: 0, index: 0 };
    let home = contracts.rollups[contracts.canonical].address;
    assert_eq!(paid(&hidden, &payee, Some(home)), Paid::NotChecked(NotChecked::UnknownForm));
}

/// What an audit found in final blocks serves the next visit; the rest is read anew.
#[tokio::test]
async fn what_is_final_is_kept_for_the_next_visit() {
    let fork = Fork::new().await;
    let contracts = devnet().contracts().await;
    let payees = validating();
    let attesters: Vec<_> = payees.iter().map(|payee| payee.attester).collect();
    let (right, stranger) = (payees[0].split, Address::repeat_byte(0x66));
    let pool = fork.pool();
    let shelf = Shelf::default();
    let of = ("net", contracts);

    act(&fork, json!([{ "epoch": true }, { "propose": { "coinbase": right, "attesters": attesters } }, { "prove": 1 }])).await;
    fork.mine(200).await;
    act(&fork, json!([{ "propose": { "coinbase": stranger, "attesters": attesters } }])).await;
    let (_, audit) = look(&fork, contracts, &attesters, None).await;
    assert_eq!(audit.seen.len(), 2);
    let until = read::keep_audit(&pool, &shelf, of, (&audit, None), None).await.expect("kept");
    assert!(until < audit.seen[1].place.block, "the newest checkpoint is not final");
    // little became final since: it is not written again
    shelf.records().clear();
    assert_eq!(read::keep_audit(&pool, &shelf, of, (&audit, None), Some(until)).await, Ok(until));
    assert!(shelf.records().is_empty());
    read::keep_audit(&pool, &shelf, of, (&audit, None), None).await.expect("kept");

    let kept = read::kept_audit(&pool, &shelf, "net", contracts).await.expect("this chain’s");
    assert_eq!((&kept.seen, kept.blocks.1), (&audit.seen[..1].to_vec(), until));
    assert!(kept.events.iter().all(|event| event.place.block <= until) && !kept.events.is_empty());
    let (_, again) = look(&fork, contracts, &attesters, Some(&kept)).await;
    assert_eq!((&again.seen, &again.events), (&audit.seen, &audit.events));

    // of another provider it is kept too
    let (_, nobody) = look(&fork, contracts, &[stranger], Some(&kept)).await;
    assert!(nobody.seen.is_empty());
    read::keep_audit(&pool, &shelf, of, (&nobody, Some(&kept)), None).await.expect("kept");
    let both = read::kept_audit(&pool, &shelf, "net", contracts).await.expect("kept");
    assert_eq!(both.seen, kept.seen);

    // another network's is left alone, another chain drops it, and so does what cannot be understood
    assert_eq!(read::kept_audit(&pool, &shelf, "ne", contracts).await, None);
    assert_eq!(shelf.records().len(), 1);
    let elsewhere = Fork::new().await;
    elsewhere.mine(400).await;
    assert_eq!(read::kept_audit(&elsewhere.pool(), &shelf, "net", contracts).await, None);
    assert!(shelf.records().is_empty());
    read::keep_audit(&pool, &shelf, of, (&audit, None), None).await.expect("kept");
    shelf.records().values_mut().for_each(|bytes| bytes.truncate(bytes.len() / 2));
    assert_eq!(read::kept_audit(&pool, &shelf, "net", contracts).await, None);
    assert!(shelf.records().is_empty());
    let full = Shelf::refusing(rota::chain::host::NotKept::Full);
    assert!(read::keep_audit(&pool, &full, of, (&audit, None), None).await.is_err());
}

/// A checkpoint that was final before its proof was is looked into again.
#[tokio::test]
async fn a_proof_that_is_not_final_is_not_kept() {
    let fork = Fork::new().await;
    let contracts = devnet().contracts().await;
    let payees = validating();
    let attesters: Vec<_> = payees.iter().map(|payee| payee.attester).collect();
    let to = payees[0].split;
    let deeds =
        json!([{ "epoch": true }, { "propose": { "coinbase": to, "attesters": attesters } }, { "prove": 1 }]);
    act(&fork, deeds).await;
    let (_, audit) = look(&fork, contracts, &attesters, None).await;
    let seen = audit.seen.first().expect("one");
    let proof = audit.events.iter().map(|event| event.place.block).max().expect("the proof");
    assert!(seen.proven && seen.place.block < proof);
    let seal = fork.pool().block(proof - 1).await.expect("a block").block();
    let kept = Kept::of(&audit, contracts, &seal, None).expect("kept").audit();
    assert!(kept.seen.is_empty() && !kept.events.is_empty());
    let seal = fork.pool().block(proof).await.expect("a block").block();
    assert_eq!(Kept::of(&audit, contracts, &seal, None).expect("kept").audit().seen, audit.seen);
}

#[tokio::test]
async fn decoded_proofs_credit_what_the_rollup_owes() {
    let fork = Fork::new().await;
    let contracts = devnet().contracts().await;
    let home = contracts.rollups[contracts.canonical].address;
    let [mine, other] = [0x55, 0x66].map(Address::repeat_byte);
    let propose = |to: Address| json!({ "propose": { "coinbase": to } });
    // in one epoch, and one more for the first one alone
    act(
        &fork,
        json!([
            { "epoch": true }, propose(mine), propose(other), propose(mine), { "prove": 3 },
            { "epoch": true }, { "epoch": true }, propose(mine), { "prove": 1 },
        ]),
    )
    .await;
    let block = fork.pool().latest().await.expect("a block").block();
    let asked = [mine, other, Address::repeat_byte(0x77)].into();
    let mut told = Vec::new();
    let mut progress = |done, all| told.push((done, all));
    let month = 31 * 86_400;
    let (pool, before) = (fork.pool(), ReadProofs::default());
    let found =
        read::proofs(&pool, contracts, (&asked, month), &before, &mut progress, block).await.expect("read");
    assert_eq!((found.count, found.unknown.iter().sum::<usize>()), (2, 0));
    let at = contracts.canonical;
    assert_eq!(found.events.len(), contracts.rollups.len());
    assert!(found.events[at] >= 2 && found.blocks.1 == block.number, "{:?}", found.events);
    assert_eq!(told, [(0, 2), (1, 2), (2, 2)]);
    assert_eq!(found.between, (block.timestamp - month, block.timestamp));
    let counts = [mine, other].map(|of| found.credits[&of].checkpoints);
    assert_eq!(counts, [3, 1]);
    for of in [mine, other] {
        let owed = fork.read(home, IRollup::getSequencerRewardsCall { coinbase: of }).await;
        assert_eq!(found.credits[&of].gross, owed, "to the last unit: nobody paid fees");
        assert!(owed > U256::ZERO);
    }
    assert_eq!(found.credits.len(), 2, "who proposed nothing was credited nothing");
    // again, for another: no transaction is asked for a second time
    let third: BTreeSet<Address> = [Address::repeat_byte(0x77)].into();
    let again = async |before: &ReadProofs| {
        let sent = pool.requests();
        let found = read::proofs(&pool, contracts, (&third, month), before, &mut |_, _| {}, block).await;
        (found.expect("read"), pool.requests() - sent)
    };
    let ((kept, few), (anew, many)) = (again(&before).await, again(&ReadProofs::default()).await);
    assert_eq!(kept, anew);
    assert_eq!((kept.count, kept.unknown.iter().sum::<usize>(), kept.credits.len()), (2, 0, 0));
    assert!(few < many, "{few} requests, {many} without what was read before");
    assert_eq!((kept.credit_of(mine), found.credit_of(mine)), (None, found.credits.get(&mine).copied()));
    // what was before the time that is asked about does not count
    fork.warp_to(block.timestamp + 86_400).await;
    let later = fork.pool().latest().await.expect("a block").block();
    let none = read::proofs(&fork.pool(), contracts, (&asked, 3_600), &before, &mut |_, _| {}, later).await;
    let none = none.expect("read");
    assert_eq!((none.count, none.credits.len()), (0, 0));
}

alloy_sol_types::sol! {
    interface IRollup {
        function getSequencerRewards(address coinbase) external view returns (uint256);
    }
}
