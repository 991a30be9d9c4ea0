//! The order of things: every documented transition (tables), what holds along every path (properties), and a world of
//! wallets, pools and blocks in which no step may ever happen twice.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../support/mod.rs"]
mod support;

mod paths;
mod rules;
mod table;
mod world;

use alloy_primitives::{Address, B256, U256};
use rota::{
    chain::BlockRef,
    tx::{
        Call, Plan, Refusal, Step,
        machine::{Checked, Event, Priced, Rehearsal, Run},
        simulate::Simulated,
        track::{Outcome, Sent, Trace},
    },
};

const BLOCK: BlockRef = BlockRef { number: 100, hash: B256::ZERO, parent: B256::ZERO, timestamp: 1 };
const FROM: Address = Address::repeat_byte(0xaa);

/// What the step does: each its own call.
fn call(step: usize) -> Call {
    Call::new(Address::repeat_byte(1), vec![u8::try_from(step).expect("few")])
}

fn run(steps: usize) -> Run {
    let step = |number| Step { title: format!("step {number}"), call: call(number) };
    let plan = Plan {
        title: "a plan".to_owned(),
        network: "aztec-local".to_owned(),
        chain_id: 31_337,
        from: FROM,
        read_at: BLOCK,
        steps: (0..steps).map(step).collect(),
        allowance: None,
    };
    Run::new(7, plan)
}

fn succeeds() -> Simulated {
    Simulated::Succeeds { gas: Some(21_000), events: None }
}

fn rehearsal(run: &Run, first: usize) -> Event {
    let calls = vec![succeeds(); run.steps.len() - first];
    Event::Simulated(Ok(Rehearsal { calls, priced: Priced { block: BLOCK, fees: None } }))
}

/// A check that went well, at a moment with so many transactions in blocks, and with those that wait.
fn checked(used: u64, next: u64) -> Checked {
    Checked { simulated: succeeds(), used, next, gone: false, by_contract: false, block: 100 + used }
}

fn hash(number: u64) -> B256 {
    U256::from(number).into()
}

fn sent(step: usize, nonce: u64, hash_number: u64) -> Sent {
    Sent {
        hash: hash(hash_number),
        from: FROM,
        call: call(step),
        nonce,
        used: nonce,
        since_block: 100,
        trace: Trace::Shown,
        by_contract: false,
        proposal: None,
    }
}

fn outcome(hash_number: u64) -> Outcome {
    Outcome { hash: hash(hash_number), block: 101, block_hash: B256::ZERO, gas_used: 21_000, says: None }
}

fn refusal() -> Refusal {
    Refusal::NotReadable("no endpoint answered".to_owned())
}
