//! What the app encodes and decodes, compared with viem, which shares no code with it (`tests/tools/encode.mjs`).
#![cfg(not(target_arch = "wasm32"))]

#[path = "encoder/fuzz.rs"]
mod fuzz;
mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use alloy_primitives::{Address, B256, Bytes, U256, hex};
use rota::{
    aztec::{
        abi::{CATALOG, G1Point, G2Point, KeyStore},
        coinbase,
        plan::{self, ProviderChange, Purse, Setting, StakeFigures, StakeIntent},
        read::{Backing, KeyVerdict, ProviderConfig, Usable},
        rules::ProposalState,
    },
    chain::{
        BlockRef,
        abi::{Argument, write_value},
        host::Random,
    },
    tx::Plan,
    units::Bps,
};
use serde::Deserialize;
use serde_json::{Value, json};
use support::{NodeTool, counted_random, devnet};

#[derive(Deserialize)]
struct Encoded {
    calls: Vec<Bytes>,
    functions: Vec<Sample>,
    errors: Vec<Sample>,
}

#[derive(Deserialize)]
struct Sample {
    name: String,
    data: Bytes,
    /// As `cast` writes them.
    args: Vec<String>,
    #[serde(default)]
    returned: Bytes,
    #[serde(default)]
    results: Vec<String>,
}

fn encode(input: &Value) -> Encoded {
    serde_json::from_str(&NodeTool::run("tools/encode.mjs", &input.to_string())).expect("what it promises")
}

/// Eight of every function and error with arguments.
static SAMPLES: LazyLock<Encoded> = LazyLock::new(|| encode(&json!({ "samples": 8, "seed": 20_261_120 })));

fn texts(arguments: &[Argument]) -> Vec<String> {
    arguments.iter().map(|argument| write_value(&argument.value)).collect()
}

#[test]
fn calls_of_every_function_are_decoded_to_their_arguments() {
    let mut seen = BTreeMap::<[u8; 4], usize>::new();
    for sample in &SAMPLES.functions {
        let selector: [u8; 4] = sample.data[..4].try_into().expect("four");
        if CATALOG.function(selector.into()).is_none() {
            continue;
        }
        let call = CATALOG.call(&sample.data);
        let call = call.unwrap_or_else(|| panic!("{} {} is not understood", sample.name, sample.data));
        assert_eq!((&call.name, texts(&call.args)), (&sample.name, sample.args.clone()), "{}", sample.data);
        *seen.entry(selector).or_default() += 1;
    }
    let known: BTreeSet<[u8; 4]> = CATALOG.functions().map(|function| function.selector().0).collect();
    let tried: BTreeSet<[u8; 4]> = seen.keys().copied().collect();
    assert_eq!(
        known.difference(&tried).map(hex::encode).collect::<Vec<_>>(),
        Vec::<String>::new(),
        "all of them"
    );
    let few = CATALOG
        .functions()
        .filter(|function| seen[&function.selector().0] < if function.inputs.is_empty() { 1 } else { 8 });
    assert_eq!(few.map(|function| &function.name).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn what_functions_return_is_decoded() {
    let mut count = 0;
    for sample in &SAMPLES.functions {
        if CATALOG.call(&sample.data).is_some() {
            let returned = CATALOG.returned(&sample.data, &sample.returned);
            let returned = returned.unwrap_or_else(|| panic!("{} {}", sample.name, sample.returned));
            assert_eq!(texts(&returned), sample.results, "{}", sample.name);
            count += sample.results.len();
        }
    }
    let functions = CATALOG.functions().filter(|function| !function.outputs.is_empty()).count();
    assert!(functions > 20 && count >= functions, "{count} results of {functions} functions");
}

#[test]
fn errors_are_decoded_to_their_arguments() {
    let mut seen = BTreeSet::new();
    for sample in &SAMPLES.errors {
        let Some(error) = CATALOG.error(&sample.data) else { continue };
        assert_eq!((&error.name, texts(&error.args)), (&sample.name, sample.args.clone()), "{}", sample.data);
        assert_eq!(error.text(), format!("{}({})", sample.name, sample.args.join(", ")));
        seen.insert(sample.data[..4].to_vec());
    }
    let known: BTreeSet<Vec<u8>> = CATALOG.errors().map(|error| error.selector().to_vec()).collect();
    assert_eq!(
        known.difference(&seen).map(hex::encode).collect::<Vec<_>>(),
        Vec::<String>::new(),
        "all of them"
    );
}

#[test]
fn no_byte_of_a_call_can_be_changed_without_being_seen() {
    let random = counted_random(5);
    for sample in SAMPLES.functions.iter().filter(|sample| CATALOG.call(&sample.data).is_some()) {
        let call = CATALOG.call(&sample.data).expect("decoded");
        for _ in 0..8 {
            let mut changed = sample.data.to_vec();
            let at =
                usize::try_from(random.next() % u64::try_from(changed.len()).expect("short")).expect("small");
            changed[at] ^= u8::try_from(1 + random.next() % 255).expect("small");
            // another value, another function, or not understood: never the same picture of other bytes
            assert_ne!(CATALOG.call(&changed).as_ref(), Some(&call), "{} at byte {at}", sample.name);
        }
    }
}

fn address(random: &dyn Random) -> Address {
    let word = [random.next(), random.next(), random.next()].map(u64::to_be_bytes).concat();
    Address::from_slice(&word[..20])
}

/// A plan and the calls that it should consist of.
type Case = (Plan, Vec<Value>);

fn stake_case(setting: &Setting<'_>, random: &dyn Random) -> Case {
    let sequencers = 1 + random.next() % 5;
    let threshold = U256::from(random.next());
    let needed = threshold * U256::from(sequencers);
    let allowance =
        [U256::ZERO, needed, needed - U256::from(1)][usize::try_from(random.next() % 3).expect("small")];
    let intent = StakeIntent {
        provider_id: random.next(),
        provider: "x".to_owned(),
        sequencers,
        withdrawer: address(random),
        rewards_recipient: address(random),
        follow_upgrades: random.next().is_multiple_of(2),
        take_rate: Bps::new(u16::try_from(random.next() % 10_001).expect("small")).expect("legal"),
    };
    let key = |index| KeyVerdict { index, attester: address(random), problem: Ok(None) };
    let figures = StakeFigures {
        open_slots: 9,
        activation_threshold: threshold,
        tokens: needed,
        allowance,
        keys: (1..=u128::from(sequencers)).map(key).collect(),
    };
    let plan = plan::stake(setting, &intent, &figures).expect("a plan");
    let stake = json!({ "fn": "stake", "args": [
        intent.provider_id.to_string(), setting.contracts.canonical().version.to_string(), intent.withdrawer,
        intent.take_rate.get().to_string(), intent.rewards_recipient, intent.follow_upgrades,
    ]});
    let mut calls = Vec::new();
    if allowance < needed {
        calls.push(
            json!({ "fn": "approve", "args": [setting.contracts.staking_registry, needed.to_string()] }),
        );
    }
    calls.extend(vec![stake; usize::try_from(sequencers).expect("few")]);
    (plan, calls)
}

/// Keys in both forms: the app's, and the one for viem.
fn keys(random: &dyn Random) -> (Vec<KeyStore>, Value) {
    let number = || U256::from_limbs([random.next(), random.next(), random.next(), random.next()]);
    let point = || G1Point { x: number(), y: number() };
    let key = || KeyStore {
        attester: address(random),
        publicKeyG1: point(),
        publicKeyG2: G2Point { x0: number(), x1: number(), y0: number(), y1: number() },
        proofOfPossession: point(),
    };
    let keys: Vec<_> = (0..=random.next() % 4).map(|_| key()).collect();
    let text = |key: &KeyStore| {
        let (first, second, proof) = (&key.publicKeyG1, &key.publicKeyG2, &key.proofOfPossession);
        json!({
            "attester": key.attester,
            "first": { "x": first.x, "y": first.y },
            "second": { "x0": second.x0, "x1": second.x1, "y0": second.y0, "y1": second.y1 },
            "proof": { "x": proof.x, "y": proof.y },
        })
    };
    let texts = keys.iter().map(text).collect();
    (keys, texts)
}

/// What an admin does with keys, and to hand the provider over.
fn admin_cases(setting: &Setting<'_>, random: &dyn Random) -> [Case; 4] {
    let (other, id, count) = (address(random), random.next(), 1 + random.next() % 1_000);
    let config =
        ProviderConfig { admin: setting.from, take_rate: Bps::WHOLE, rewards_recipient: Address::ZERO };
    let (keys, texts) = keys(random);
    let call = |name: &str, args: Value| vec![json!({ "fn": name, "args": args })];
    let number = id.to_string();
    [
        (
            plan::add_keys(setting, id, &config, &keys).expect("a plan"),
            call("addKeysToProvider", json!([number, texts])),
        ),
        (
            plan::drip(setting, id, &config, count, 1_000).expect("a plan"),
            call("dripProviderQueue", json!([number, count.to_string()])),
        ),
        (
            plan::offer_admin(setting, id, &config, Address::ZERO, other).expect("a plan"),
            call("updateProviderAdmin", json!([number, other])),
        ),
        (
            plan::accept_admin(setting, id, setting.from).expect("a plan"),
            call("acceptProviderAdmin", json!([number])),
        ),
    ]
}

fn provider_cases(setting: &Setting<'_>, random: &dyn Random) -> [Case; 4] {
    let rate = Bps::new(u16::try_from(random.next() % 10_000).expect("small")).expect("legal");
    let (admin, recipient, id) = (address(random), address(random), random.next());
    let config =
        ProviderConfig { admin: setting.from, take_rate: Bps::WHOLE, rewards_recipient: Address::ZERO };
    let change = |change| plan::change_provider(setting, id, &config, change).expect("a plan");
    let call = |name: &str, args: Value| vec![json!({ "fn": name, "args": args })];
    let rate_text = rate.get().to_string();
    [
        (
            plan::register(setting, admin, rate, recipient).expect("a plan"),
            call("registerProvider", json!([admin, rate_text, recipient])),
        ),
        (
            change(ProviderChange::TakeRate(rate)),
            call("updateProviderTakeRate", json!([id.to_string(), rate_text])),
        ),
        (
            change(ProviderChange::RewardsRecipient(recipient)),
            call("updateProviderRewardsRecipient", json!([id.to_string(), recipient])),
        ),
        (plan::return_allowance(setting), call("approve", json!([setting.contracts.staking_registry, "0"]))),
    ]
}

fn governance_cases(setting: &Setting<'_>, random: &dyn Random) -> Vec<Case> {
    let (id, amount, to, whom) =
        (random.next(), U256::from(random.next()) + U256::ONE, address(random), address(random));
    let support = random.next().is_multiple_of(2);
    let usable = Usable { power: amount, used: U256::ZERO, is_forecast: false };
    let stake = Backing { attester: address(random), instance: Some(to), balance: amount, delegatee: to };
    let call = |name: &str, args: Value| vec![json!({ "fn": name, "args": args })];
    let (number, many) = (id.to_string(), amount.to_string());
    let vote = |purse| plan::vote(setting, id, purse, &usable, amount, support).expect("a plan");
    let lock = |deposited| plan::Lock { amount, deposited, held: amount, allowance: U256::ZERO };
    let settle = |state| plan::settle(setting, id, state).expect("a plan");
    let voted = || call("vote", json!([number, many, support]));
    vec![
        (
            plan::deposit(setting, amount, amount, amount).expect("a plan"),
            call("deposit", json!([setting.from, many])),
        ),
        (vote(Purse::Deposited), voted()),
        (vote(Purse::Delegated), voted()),
        (plan::default_vote(setting, id).expect("a plan"), call("vote", json!([number]))),
        (
            plan::delegate_vote(setting, &stake, whom).expect("a plan"),
            call("delegate", json!([to, stake.attester, whom])),
        ),
        (
            plan::initiate_withdraw(setting, to, amount, amount).expect("a plan"),
            call("initiateWithdraw", json!([to, many])),
        ),
        (
            plan::propose_with_lock(setting, to, whom, &lock(amount)).expect("a plan"),
            call("proposeWithLock", json!([to, whom])),
        ),
        (
            plan::propose_with_lock(setting, to, whom, &lock(U256::ZERO)).expect("a plan"),
            vec![
                json!({ "fn": "approve", "args": [setting.contracts.gse, many] }),
                json!({ "fn": "proposeWithLock", "args": [to, whom] }),
            ],
        ),
        (plan::finalise_withdraw(setting, id, 0).expect("a plan"), call("finalizeWithdraw", json!([number]))),
        (plan::submit_round(setting, id).expect("a plan"), call("submitRoundWinner", json!([number]))),
        (settle(ProposalState::Executable), call("execute", json!([number]))),
        (settle(ProposalState::Droppable), call("dropProposal", json!([number]))),
    ]
}

#[tokio::test]
async fn plans_are_made_of_the_bytes_that_viem_makes() {
    let contracts = devnet().contracts().await;
    let random = counted_random(3);
    let mut cases = Vec::new();
    for _ in 0..400 {
        let read_at = BlockRef { number: 1, hash: [1; 32].into(), parent: [0; 32].into(), timestamp: 1 };
        let setting = Setting { network: "aztec-local", contracts, from: address(&*random), read_at };
        cases.push(stake_case(&setting, &*random));
        cases.extend(provider_cases(&setting, &*random));
        cases.extend(admin_cases(&setting, &*random));
        cases.extend(governance_cases(&setting, &*random));
    }
    let asked: Vec<_> = cases.iter().flat_map(|(_, calls)| calls.clone()).collect();
    let planned: Vec<_> =
        cases.iter().flat_map(|(plan, _)| plan.steps.iter().map(|step| step.call.data.clone())).collect();
    let encoded = encode(&json!({ "calls": asked })).calls;
    assert!(encoded.len() > 2_500, "{} calls", encoded.len());
    for ((planned, encoded), asked) in planned.iter().zip(&encoded).zip(&asked) {
        assert_eq!(planned, encoded, "{asked}");
    }
    assert_eq!(planned.len(), encoded.len());
}

#[tokio::test]
async fn a_safe_file_has_the_checksum_that_another_program_finds() {
    let contracts = devnet().contracts().await;
    let random = counted_random(11);
    for round in 0..4_u64 {
        let read_at = BlockRef { number: 1, hash: [1; 32].into(), parent: [0; 32].into(), timestamp: 1 };
        let setting = Setting { network: "aztec-local", contracts, from: address(&*random), read_at };
        let (mut plan, _) = stake_case(&setting, &*random);
        plan.title.push_str(
            ["", " \"“\\\n\u{1}", " ümläut \u{2028}", " 𝔖"][usize::try_from(round).expect("small")],
        );
        let file = rota::tx::safe::batch_file(&plan, random.next() >> 20);
        let told: Value = serde_json::from_str(&file).expect("JSON");
        let found = NodeTool::run("tools/safe-checksum.mjs", &file);
        assert_eq!(told["meta"]["checksum"], found.trim(), "{file}");
    }
}

#[derive(Deserialize)]
struct Paying {
    proposals: Vec<Proposal>,
    proofs: Vec<Proof>,
    unknown: Vec<Unknown>,
}

#[derive(Deserialize)]
struct Unknown {
    name: String,
    input: Bytes,
    archive: B256,
    end: u64,
}

#[derive(Deserialize)]
struct Proposal {
    name: String,
    input: Bytes,
    archive: B256,
    coinbase: Address,
    slot: u64,
}

#[derive(Deserialize)]
struct Proof {
    name: String,
    input: Bytes,
    start: u64,
    end: u64,
    coinbases: Vec<Address>,
}

#[test]
fn who_is_paid_is_found_in_the_calldata_of_every_generation() {
    let told: Paying =
        serde_json::from_str(&NodeTool::run("tools/coinbase.mjs", "")).expect("what it promises");
    assert_eq!((told.proposals.len(), told.proofs.len()), (12, 12));
    for Proposal { name, input, archive, coinbase, slot } in told.proposals {
        let found = coinbase::in_proposal(&input, archive);
        assert_eq!(found, Some(coinbase::Proposed { coinbase, slot }), "{name}");
        assert_eq!(coinbase::in_proposal(&input, B256::repeat_byte(7)), None, "{name}: another archive");
        assert_eq!(coinbase::in_proposal(&input[..input.len() / 4], archive), None, "{name}: cut");
        // a form that nobody knows says nothing
        let unknown = input
            .to_vec()
            .iter()
            .map(|byte| if *byte == archive[0] { *byte } else { byte ^ 1 })
            .collect::<Vec<_>>();
        assert_eq!(coinbase::in_proposal(&unknown, archive), None, "{name}: another form");
    }
    // a generation that nobody here knows is not checked, whatever stands in it
    assert_eq!(told.unknown.len(), 16);
    for Unknown { name, input, archive, end } in told.unknown {
        assert_eq!(coinbase::in_proposal(&input, archive), None, "{name}");
        assert_eq!(coinbase::in_proof(&input, end), None, "{name}");
    }
    for Proof { name, input, start, end, coinbases } in told.proofs {
        assert_eq!(coinbase::in_proof(&input, end), Some((start, coinbases)), "{name}");
        assert_eq!(coinbase::in_proof(&input, end + 1), None, "{name}: of another checkpoint");
        assert_eq!(coinbase::in_proof(&input[..input.len() / 8], end), None, "{name}: cut");
    }
}
