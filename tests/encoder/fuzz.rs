//! Parsers of what strangers write, fed with mutations of what they should be fed with. There is no coverage to guide
//! them (that takes a nightly compiler): a seeded generator makes the same inputs in every run.
//!
//! A second each with the other tests; `cargo xtask fuzz` gives each a minute and says how many inputs that were.

use std::{
    io::{Write as _, stderr},
    time::{Duration, Instant},
};

use alloy_primitives::B256;
use rota::aztec::{coinbase, keys};
use serde_json::{Value, json};

use super::{NodeTool, Paying};

/// xorshift64*: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % (most.max(1) as u64)).expect("small")
    }
}

/// Bytes that parsers trip over: lengths and offsets at the edges, and what JSON is made of.
const TRICKS: [&[u8]; 14] = [
    &[0xff; 32],
    &[0; 32],
    &[
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff,
    ],
    &[0x06, 0x9d, 0x15, 0x25],
    &[0xd8, 0xea, 0x42, 0x77],
    &[0x72, 0x63, 0x6d, 0xf9],
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    b"{\"attester\":",
    b"\"0x",
    b"\\u0000\\ud800",
    b"1e999",
    b"-0",
    b"\xef\xbb\xbf",
    b"null,",
];

fn mutated(dice: &mut Dice, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = corpus[dice.below(corpus.len())].clone();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len() + 1);
        let end = at + dice.below(bytes.len() - at + 1).min(64);
        match dice.below(6) {
            0 => bytes.truncate(at),
            1 => bytes.splice(at..at, TRICKS[dice.below(TRICKS.len())].iter().copied()).for_each(drop),
            2 => bytes.splice(at..end, []).for_each(drop),
            3 => {
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy).for_each(drop);
            }
            4 => {
                let other = &corpus[dice.below(corpus.len())];
                let from = dice.below(other.len() + 1);
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << dice.below(8);
                }
            }
        }
    }
    bytes
}

/// Runs until the time is over, and gives how many inputs that were.
fn run(time: Duration, corpus: &[Vec<u8>], target: &dyn Fn(&[u8])) -> u64 {
    let (begun, mut dice, mut count) = (Instant::now(), Dice(0x9e37_79b9_7f4a_7c15), 0);
    while begun.elapsed() < time {
        target(&mutated(&mut dice, corpus));
        count += 1;
    }
    count
}

fn key_files() -> Vec<Vec<u8>> {
    let out = NodeTool::run("tools/staker-output.mjs", &json!({ "seeds": ["a", "b", "c"] }).to_string());
    let out: Value = serde_json::from_str(&out).expect("JSON");
    let keystore = json!({ "schemaVersion": 1, "validators": [{ "attester": { "eth": format!("0x{}", "5".repeat(64)) } }] });
    [out["keys"].clone(), out["keys"][0].clone(), keystore, json!([]), json!([[1], "x", null])]
        .iter()
        .map(|json| json.to_string().into_bytes())
        .collect()
}

fn keys_survive(time: Duration) -> u64 {
    let files = key_files();
    run(time, &files, &|bytes| {
        let text = String::from_utf8_lossy(bytes);
        if let Ok(lines) = keys::parse(&text) {
            assert!(!lines.is_empty() && lines.len() <= keys::MOST_KEYS);
            assert!(lines.iter().zip(1..).all(|(line, place)| line.place == place));
        }
        keys::looks_private(&text);
    })
}

fn headers_survive(time: Duration) -> u64 {
    let told: Paying =
        serde_json::from_str(&NodeTool::run("tools/coinbase.mjs", "")).expect("what it promises");
    let archive = told.proposals[0].archive;
    let inputs = told.proposals.iter().map(|one| one.input.to_vec());
    let inputs: Vec<_> = inputs.chain(told.proofs.iter().map(|one| one.input.to_vec())).collect();
    let end = told.proofs[0].end;
    run(time, &inputs, &|bytes| {
        if coinbase::in_proposal(bytes, archive).is_some() {
            // nothing is found that is not there
            assert!(bytes.windows(32).any(|window| window == archive.as_slice()));
        }
        coinbase::in_proposal(bytes, B256::ZERO);
        if let Some((start, receivers)) = coinbase::in_proof(bytes, end) {
            assert_eq!(receivers.len() as u64, end - start + 1);
        }
    })
}

/// Whoever runs it by hand wants to know how much it was.
fn tell(what: &str, count: u64) {
    writeln!(stderr(), "{what}: {count} inputs in a minute").expect("a terminal");
}

#[test]
fn parsers_survive_a_second_of_mutations() {
    let second = Duration::from_secs(1);
    assert!(keys_survive(second) > 100);
    assert!(headers_survive(second) > 100);
}

#[test]
#[ignore = "takes a minute"]
fn fuzz_the_key_parser() {
    let count = keys_survive(Duration::from_mins(1));
    tell("key parser", count);
    assert!(count > 10_000, "{count}");
}

#[test]
#[ignore = "takes a minute"]
fn fuzz_the_header_decoder() {
    let count = headers_survive(Duration::from_mins(1));
    tell("header decoder", count);
    assert!(count > 10_000, "{count}");
}
