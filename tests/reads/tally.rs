//! Tally and state of proposals: the contract decides.
//!
//! Thousands of proposals are laid into the real Governance's storage for the length of a call, in the form in which
//! `libraries/compressed-data/Proposal.sol` packs them, and the contract is asked for the state of each.

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_sol_types::{SolCall as _, SolValue as _, sol};
use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use rota::{
    aztec::rules::{Ballot, Phases, ProposalState, Standing, Thresholds, Verdict},
    chain::MULTICALL3,
};
use serde_json::{Map, json};

use crate::support::devnet;

sol! {
    struct Call3 { address target; bool allowFailure; bytes callData; }
    struct Result3 { bool success; bytes returnData; }
    function aggregate3(Call3[] calls) external payable returns (Result3[] returnData);
    function getProposalState(uint256 id) external view returns (uint8);
}

/// Where `Governance.sol` keeps what a state is computed from.
const PROPOSALS: u64 = 3;
const TOTAL: u64 = 9;
const PROPOSAL_COUNT: u64 = 10;

const WHOLE: u64 = 1_000_000_000_000_000_000;

/// A proposal, the power there was at its snapshot, and how far the clock is from the end of one of its phases.
#[derive(Clone, Debug)]
struct Case {
    standing: Standing,
    power: U256,
}

/// Amounts of all sizes; small ones hit every rounding.
fn amount() -> impl Strategy<Value = u128> {
    prop_oneof![0u128..1_000, 0..10u128.pow(29), Just(0)]
}

fn fraction() -> impl Strategy<Value = u64> {
    prop_oneof![Just(WHOLE / 5), Just(WHOLE / 100 * 33), 0..=WHOLE, Just(WHOLE), 0u64..10, any::<u64>()]
}

/// A few more or less than a figure, or anything.
fn about(figure: U256, other: u128, shift: i8) -> U256 {
    let near = match shift {
        -2..0 => figure.saturating_sub(U256::from(shift.unsigned_abs())),
        0..=2 => figure.saturating_add(U256::from(shift.unsigned_abs())),
        _ => U256::from(other),
    };
    near.min(U256::from(u128::MAX >> 1))
}

fn case(now: u64, proposers: [Address; 2]) -> impl Strategy<Value = Case> {
    // the contract adds one to the margin in 64 bits, and its configuration allows no more than one
    let margin = fraction().prop_map(|margin| margin.min(WHOLE * 10));
    let numbers = (amount(), amount(), amount(), amount(), fraction(), margin);
    let shifts = (-4i8..=4, -4i8..=4, -4i8..=4);
    let times = (proptest::array::uniform4(0u64..90 * 86_400), 0usize..5, -2i64..=2, 0u64..400 * 86_400);
    let who = (0u8..10, 0u8..12);
    (numbers, shifts, times, who).prop_map(move |(numbers, shifts, times, (cached, proposer))| {
        let (power, minimum, votes, yea, quorum, margin) = numbers;
        let power = U256::from(power);
        // where the thresholds are, by the Rust that is tested: cases should be near them on either side
        let thresholds = Thresholds {
            quorum: U256::from(quorum),
            required_yea_margin: U256::from(margin),
            minimum_votes: about(power, minimum, shifts.0).min(U256::from(u128::MAX >> 32)),
        };
        let cast = about(thresholds.tally(Ballot::default(), power).needed.min(power), votes, shifts.1);
        let limit = thresholds.tally(Ballot { yea: U256::ZERO, nay: cast }, power).yea_limit;
        let yea = about(limit.unwrap_or(cast).min(cast), yea, shifts.2).min(cast);
        let (delays, phase, seconds, age) = times;
        let ends = Phases::new(0, delays);
        let ends = [ends.pending, ends.active, ends.queued, ends.executable, age];
        let creation = now.saturating_sub(ends[phase]).saturating_add_signed(seconds);
        let standing = Standing {
            cached: match cached {
                0 => ProposalState::Executed,
                1 => ProposalState::Dropped,
                other => ProposalState::from_number(other % 5).expect("a state"),
            },
            proposer: match proposer {
                0 => Address::repeat_byte(7),
                1 => proposers[1],
                _ => proposers[0],
            },
            phases: Phases::new(creation, delays),
            thresholds,
            ballot: Ballot { yea, nay: cast - yea },
        };
        Case { standing, power }
    })
}

fn word(parts: &[(U256, usize)]) -> B256 {
    let place =
        |(word, bits): (U256, usize), &(value, width): &(U256, usize)| (word | (value << bits), bits + width);
    B256::from(parts.iter().fold((U256::ZERO, 0), place).0)
}

fn number(value: u64) -> U256 {
    U256::from(value)
}

fn address(value: Address) -> U256 {
    U256::from_be_slice(value.as_slice())
}

/// The four slots of a proposal.
fn packed(Case { standing, .. }: &Case) -> [B256; 4] {
    let Standing { cached, proposer, phases, thresholds, ballot } = standing;
    let creation = phases.pending; // with no voting delay, the snapshot is the creation
    let delays =
        [phases.active - phases.pending, phases.queued - phases.active, phases.executable - phases.queued];
    let mut times = vec![(number(*cached as u64), 8), (number(creation), 32), (U256::ZERO, 32)];
    times.extend(delays.map(|delay| (number(delay), 32)));
    times.push((thresholds.quorum, 64));
    [
        word(&[(address(*proposer), 160), (thresholds.minimum_votes, 96)]),
        word(&times),
        word(&[(ballot.nay, 128), (ballot.yea, 128)]),
        word(&[(U256::ZERO, 160), (thresholds.required_yea_margin, 64)]),
    ]
}

fn slot(base: U256, more: usize) -> String {
    B256::from(base.wrapping_add(U256::from(more))).to_string()
}

/// What the contract's storage would be with these proposals. The power of each is noted at its own snapshot.
fn storage(cases: &[Case]) -> Map<String, serde_json::Value> {
    let mut storage = Map::new();
    let mut put = |slot: String, value: B256| storage.insert(slot, json!(value));
    for (id, case) in cases.iter().enumerate() {
        let base = keccak256((U256::from(id), U256::from(PROPOSALS)).abi_encode());
        for (more, value) in packed(case).into_iter().enumerate() {
            put(slot(base.into(), more), value);
        }
    }
    let trace = keccak256(U256::from(TOTAL).abi_encode());
    for (place, case) in cases.iter().enumerate() {
        put(
            slot(trace.into(), place),
            word(&[(number(case.standing.phases.pending), 32), (case.power, 224)]),
        );
    }
    put(slot(U256::from(TOTAL), 0), U256::from(cases.len()).into());
    put(slot(U256::from(PROPOSAL_COUNT), 0), U256::from(cases.len()).into());
    storage
}

#[tokio::test]
async fn state_and_tally_are_the_contracts() {
    let (contracts, block) = (devnet().contracts().await, devnet().block().await);
    let governance = contracts.governance;
    let proposers = [contracts.governance_proposer.expect("read"), governance];
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut seen = [0usize; 9];
    let mut verdicts = [0usize; 6];
    for _ in 0..20 {
        let any = case(block.timestamp, proposers);
        let mut cases: Vec<_> =
            (0..300).map(|_| any.new_tree(&mut runner).expect("a case").current()).collect();
        // the trace holds one power for each moment
        cases.sort_by_key(|case| case.standing.phases.pending);
        cases.dedup_by_key(|case| case.standing.phases.pending);
        let calls = (0..cases.len()).map(|id| Call3 {
            target: governance,
            allowFailure: true,
            callData: getProposalStateCall { id: U256::from(id) }.abi_encode().into(),
        });
        let request = json!({
            "to": MULTICALL3, "data": Bytes::from(aggregate3Call { calls: calls.collect() }.abi_encode()),
        });
        let overrides = json!({ governance.to_string(): { "stateDiff": storage(&cases) } });
        let block_time = json!({ "time": format!("{:#x}", block.timestamp) });
        let params = json!([request, format!("{:#x}", block.number), overrides, block_time]);
        let answer = devnet().chain.rpc.must("eth_call", params).await;
        let answer: Bytes = serde_json::from_value(answer).expect("bytes");
        let states = aggregate3Call::abi_decode_returns(&answer).expect("an answer of Multicall3");
        assert_eq!(states.len(), cases.len());
        for (case, state) in cases.iter().zip(states) {
            assert!(state.success, "{case:?}: {}", state.returnData);
            let theirs = getProposalStateCall::abi_decode_returns(&state.returnData).expect("a state");
            let ours = case.standing.state(proposers, block.timestamp, || Ok::<_, ()>(case.power));
            assert_eq!(ours, Ok(ProposalState::from_number(theirs).expect("a state")), "{case:?}");
            seen[usize::from(theirs)] += 1;
            let verdict = case.standing.thresholds.tally(case.standing.ballot, case.power).verdict;
            verdicts[verdict as usize] += 1;
        }
    }
    assert!(seen.iter().all(|count| *count > 20), "each state was met: {seen:?}");
    assert!(seen.iter().sum::<usize>() > 4_000, "{seen:?}");
    assert!(verdicts.iter().all(|count| *count > 20), "each verdict was met: {verdicts:?}");
    assert_eq!(verdicts.len(), Verdict::TooFewYeas as usize + 1);
}
