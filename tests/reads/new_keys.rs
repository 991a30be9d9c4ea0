//! Keys that a provider is about to add: what the app says of them, and what the contracts do.

use alloy_primitives::U256;
use alloy_sol_types::SolValue as _;
use rota::aztec::{
    abi::KeyStore,
    keys::{self, Facts, Issue, Oracle, Verdict},
    read::{self, KeyProblem, KeyStandings},
};
use rota_keycheck::{Fault, Finding, Point, examine};
use serde_json::{Value, json};

use crate::support::{Deeds, Fork, Key, NodeTool, devnet, key_of};

/// The one without keys.
const SOLD_OUT: u64 = 5;

/// The same key by the other description of it.
fn theirs(key: &KeyStore) -> Key {
    Key::abi_decode(&key.abi_encode()).expect("the same form")
}

/// Keys as the node's tool writes them, and a point on the twist outside the subgroup.
fn made(seeds: &[&str]) -> (Vec<KeyStore>, [U256; 4]) {
    let out = NodeTool::run("tools/staker-output.mjs", &json!({ "seeds": seeds }).to_string());
    let out: Value = serde_json::from_str(&out).expect("JSON");
    let lines = keys::parse(&out["keys"].to_string()).expect("a key file");
    let outside = ["x0", "x1", "y0", "y1"].map(|axis| out["outside"][axis].as_str().expect("hex").parse());
    (lines.into_iter().map(|line| line.key.expect("whole")).collect(), outside.map(|n| n.expect("a number")))
}

fn prime() -> U256 {
    "0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47".parse().expect("a number")
}

type Change = Box<dyn Fn(&mut KeyStore)>;

/// Every way to be wrong that arithmetic can tell, each with what it is called.
fn faults(other: &KeyStore, outside: [U256; 4]) -> Vec<(Change, Fault)> {
    use Fault::{DifferentSecrets, NotCanonical, OffCurve, OffSubgroup, WrongProof, Zero};
    use Point::{Proof, PublicKeyG1, PublicKeyG2};
    let (second, proof) = (other.publicKeyG2.clone(), other.proofOfPossession.clone());
    let one = U256::ONE;
    vec![
        (Box::new(move |k| k.publicKeyG1.x += prime()), NotCanonical(PublicKeyG1)),
        (Box::new(move |k| k.publicKeyG1.y = U256::MAX), NotCanonical(PublicKeyG1)),
        (Box::new(move |k| k.publicKeyG2.x1 += prime()), NotCanonical(PublicKeyG2)),
        (Box::new(move |k| k.proofOfPossession.y += prime()), NotCanonical(Proof)),
        (Box::new(|k| (k.publicKeyG1.x, k.publicKeyG1.y) = (U256::ZERO, U256::ZERO)), Zero(PublicKeyG1)),
        (
            Box::new(|k| {
                let zero = U256::ZERO;
                let point = &mut k.publicKeyG2;
                (point.x0, point.x1, point.y0, point.y1) = (zero, zero, zero, zero);
            }),
            Zero(PublicKeyG2),
        ),
        (
            Box::new(|k| (k.proofOfPossession.x, k.proofOfPossession.y) = (U256::ZERO, U256::ZERO)),
            Zero(Proof),
        ),
        (Box::new(move |k| k.publicKeyG1.y -= one), OffCurve(PublicKeyG1)),
        (Box::new(move |k| k.publicKeyG2.y1 -= one), OffCurve(PublicKeyG2)),
        // its two halves exchanged, as tools did that took c1 for the first
        (Box::new(|k| std::mem::swap(&mut k.publicKeyG2.x0, &mut k.publicKeyG2.x1)), OffCurve(PublicKeyG2)),
        (Box::new(move |k| k.proofOfPossession.x -= one), OffCurve(Proof)),
        (
            Box::new(move |k| {
                let point = &mut k.publicKeyG2;
                [point.x0, point.x1, point.y0, point.y1] = outside;
            }),
            OffSubgroup,
        ),
        (Box::new(move |k| k.publicKeyG2 = second.clone()), DifferentSecrets),
        (Box::new(move |k| k.publicKeyG1.y = prime() - k.publicKeyG1.y), DifferentSecrets),
        (Box::new(move |k| k.proofOfPossession = proof.clone()), WrongProof),
        (Box::new(move |k| k.proofOfPossession.y = prime() - k.proofOfPossession.y), WrongProof),
        (Box::new(|k| k.proofOfPossession = k.publicKeyG1.clone()), WrongProof),
    ]
}

async fn standings(fork: &Fork, keys: &[KeyStore]) -> KeyStandings {
    let contracts = fork.contracts().await;
    read::key_standings(&fork.pool(), &contracts, keys, fork.latest().await).await.value
}

#[tokio::test]
async fn arithmetic_and_contract_agree_about_good_and_bad_keys() {
    let (good, outside) = made(&["corpus 1", "corpus 2", "corpus 3", "corpus 4", "corpus 5", "corpus 6"]);
    let mut corpus: Vec<(KeyStore, Option<Fault>)> = good.iter().map(|key| (key.clone(), None)).collect();
    for (change, fault) in faults(&good[1], outside) {
        let mut key = good[0].clone();
        change(&mut key);
        corpus.push((key, Some(fault)));
    }
    let keys: Vec<_> = corpus.iter().map(|(key, _)| key.clone()).collect();
    let fork = Fork::new().await;
    let told = standings(&fork, &keys).await;
    assert_eq!(told.gas_limit.get(), Some(&250_000));
    for (((key, fault), standing), place) in corpus.iter().zip(&told.keys).zip(1..) {
        let found = examine(&keys::to_bytes(key));
        assert_eq!(found.fault, *fault, "line {place}");
        let oracle =
            standing.oracle.as_ref().unwrap_or_else(|error| panic!("line {place}, {fault:?}: {error}"));
        assert_eq!(*oracle == Oracle::Accepts, fault.is_none(), "line {place}, {fault:?}: {oracle:?}");
    }
}

#[tokio::test]
async fn the_verdict_on_used_and_offered_keys_is_the_chains() {
    let facts = &devnet().facts;
    let fork = Fork::new().await;
    let deeds = Deeds::on(&fork);
    let (good, _) = made(&["standing 1", "standing 2", "standing 3"]);
    let offered = KeyStore::abi_decode(&key_of(&fork, 1, 0).await.abi_encode()).expect("the same form");
    let mut same_point = good[1].clone();
    same_point.publicKeyG1 = offered.publicKeyG1.clone();
    let used = facts.sequencers.iter().find(|s| s.status == "validating").expect("there is one");
    let mut reused = good[2].clone();
    reused.attester = used.attester;
    let provider = facts.provider(SOLD_OUT);
    deeds.add_keys(SOLD_OUT, vec![theirs(&good[2])]).await;
    let mut twice = good[0].clone();
    twice.attester = good[2].attester;

    let keys = [good[0].clone(), offered, same_point, reused.clone(), twice];
    let told = standings(&fork, &keys).await;
    let by: Vec<_> = told.keys.iter().map(|key| key.offered_by.clone().expect("read")).collect();
    assert_eq!(by, [None, Some(1), Some(1), Some(SOLD_OUT), Some(SOLD_OUT)], "{}", provider.name);
    assert_eq!(told.keys[0].problem, Ok(None));
    assert_eq!(told.keys[3].problem, Ok(Some(KeyProblem::Used(used.withdrawer))));
    assert_eq!(told.keys[3].oracle, Ok(Oracle::Refuses("GSE__AlreadyRegistered".to_owned())));

    // the first is added and staked with: from then on it is used
    let text = serde_json::to_string(&[json!({
        "attester": good[0].attester,
        "publicKeyG1": { "x": good[0].publicKeyG1.x.to_string(), "y": good[0].publicKeyG1.y.to_string() },
        "publicKeyG2": {
            "x0": good[0].publicKeyG2.x0, "x1": good[0].publicKeyG2.x1,
            "y0": good[0].publicKeyG2.y0, "y1": good[0].publicKeyG2.y1,
        },
        "signature": { "x": good[0].proofOfPossession.x, "y": good[0].proofOfPossession.y },
    })])
    .expect("JSON");
    let line = keys::parse(&text).expect("older forms are read").remove(0);
    let finding: Finding = examine(&keys::to_bytes(line.key.as_ref().expect("whole")));
    let verdict = |standing| {
        keys::judge(
            &line,
            Facts { finding: Some(finding), standing, gas_limit: Some(250_000), repeated: None },
        )
    };
    assert_eq!(verdict(Some(&told.keys[0])), Verdict::Good);
    deeds.add_keys(SOLD_OUT, vec![theirs(line.key.as_ref().expect("whole"))]).await;
    let told = standings(&fork, &[line.key.clone().expect("whole")]).await;
    assert_eq!(verdict(Some(&told.keys[0])), Verdict::LeftOut(Issue::Offered(SOLD_OUT)));
}
