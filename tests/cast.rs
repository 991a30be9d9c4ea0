//! The commands that the app shows, run with the real `cast` by a real shell: they must read the same and send the same.
#![cfg(not(target_arch = "wasm32"))]

mod support;

use std::{
    collections::BTreeMap,
    env,
    process::{Command, Output},
};

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::SolEvent as _;
use rota::{
    aztec::{
        Book,
        abi::{CATALOG, IStakingRegistry::StakedWithProvider},
        plan::{self, ProviderChange},
        read,
    },
    chain::{
        Origin, Source,
        abi::{cast_call, cast_logs, cast_send, write_value},
    },
    tx::{Call, Plan, preview::preview},
    units::Bps,
};
use serde_json::{Value, json};
use support::{Chain, Fork, NodeTool, Planner, devnet, foundry};

/// Runs a line in a shell that finds `cast` and an endpoint, as a person's does.
fn shell(line: &str, endpoint: &str) -> Output {
    let cast = foundry("cast");
    let folder = cast.parent().expect("in a folder").display().to_string();
    let path = format!("{folder}:{}", env::var("PATH").unwrap_or_default());
    let mut command = Command::new("sh");
    command.args(["-c", line]).env("PATH", path).env("ETH_RPC_URL", endpoint).env("NO_COLOR", "1");
    command.output().expect("there is a shell")
}

fn run(line: &str, endpoint: &str) -> String {
    let output = shell(line, endpoint);
    assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}

/// What `cast` prints, without its remarks (`200000 [2e5]`) and spaces.
fn plain(printed: &str) -> String {
    let mut text = String::new();
    let mut rest = printed;
    while let Some((before, after)) = rest.split_once(" [") {
        let (inside, behind) = after.split_once(']').expect("closed");
        text.push_str(before);
        if !inside.chars().all(|c| c.is_ascii_digit() || "e.".contains(c)) || !inside.contains('e') {
            text.extend([" [", inside, "]"]);
        }
        rest = behind;
    }
    (text + rest).replace(' ', "")
}

/// Everything that a figure goes back to.
fn roots(source: &Source, found: &mut BTreeMap<(Address, Bytes), (Bytes, u64)>) {
    match &*source.0 {
        Origin::Call { to, data, answer, block } => {
            let answer = answer.as_ref().expect("it was read").bytes();
            found.insert((*to, data.clone()), (answer, *block));
        }
        Origin::Derived { inputs, .. } => inputs.iter().for_each(|(_, input)| roots(input, found)),
        Origin::Logs { .. } | Origin::Node { .. } | Origin::Block { .. } => {}
    }
}

async fn sources() -> Vec<Source> {
    let (pool, contracts, block) =
        (devnet().chain.pool(), devnet().contracts().await, devnet().block().await);
    let mut sources = Vec::new();
    for rollup in &contracts.rollups {
        sources.push(rollup.activation_threshold.source.clone());
        sources.push(rollup.ejection_threshold.source.clone());
        sources.push(rollup.local_ejection_threshold.source.clone());
    }
    let providers = read::providers(&pool, contracts, block).await.expect("read").value;
    for row in &providers.rows {
        sources.extend([row.config.source.clone(), row.open_slots.source.clone()]);
    }
    let page = read::provider(&pool, contracts, 4, block).await.value;
    sources.extend([page.pending_admin.source, page.exit_terms.source, page.duty_lag_epochs.source]);
    for queue in page.queues {
        sources.extend([queue.length.source, queue.flush_size.source, queue.available.source]);
    }
    let funds = read::funds(&pool, contracts, devnet().facts.account("delegator"), block).await.value;
    sources.extend([funds.tokens.source, funds.allowance.source]);
    let attesters: Vec<_> =
        devnet().facts.sequencers.iter().step_by(4).map(|sequencer| sequencer.attester).collect();
    let stakes = read::stakes(&pool, contracts, &attesters, block).await.value;
    sources.push(stakes.total.source);
    sources.extend(stakes.active.into_iter().map(|active| active.source));
    sources.extend(stakes.states.into_values().map(|state| state.source));
    sources
}

#[tokio::test]
async fn every_figure_can_be_read_again_by_its_command() {
    let mut calls = BTreeMap::new();
    for source in sources().await {
        roots(&source, &mut calls);
    }
    let mut functions = std::collections::BTreeSet::new();
    for ((to, data), (answer, block)) in calls {
        let call = CATALOG.call(&data).expect("a known function");
        let line = cast_call(to, &call, block);
        let printed = run(&line, &devnet().chain.url);
        let returned = CATALOG.returned(&data, &answer).expect("of its type");
        let expected: Vec<_> = returned.iter().map(|value| write_value(&value.value)).collect();
        assert_eq!(plain(&printed), expected.join("\n"), "{line}");
        functions.insert(call.name);
    }
    assert!(functions.len() >= 15, "{functions:?}");
}

#[tokio::test]
async fn the_command_of_events_lists_those_that_count() {
    let (contracts, chain) = (devnet().contracts().await, &devnet().chain);
    let to = devnet().block().await.number;
    let all = devnet().facts.sequencers.iter().filter_map(|sequencer| sequencer.provider).count();
    for provider in &devnet().facts.providers {
        let topic = Some(U256::from(provider.id).into());
        let line = cast_logs(contracts.staking_registry, StakedWithProvider::SIGNATURE, topic, 0, to);
        let found = run(&line, &chain.url).matches("transactionHash").count();
        let expected = devnet().facts.sequencers.iter().filter(|of| of.provider == Some(provider.id)).count();
        assert_eq!(found, expected, "{line}");
        assert!(found < all);
    }
}

#[tokio::test]
async fn the_command_of_a_past_block_reads_the_past() {
    // the second provider's commission was 10 % once
    let contracts = devnet().contracts().await;
    let registered = 60;
    let pool = devnet().chain.pool();
    let block = pool.block(registered).await.expect("kept").block();
    let rows = read::providers(&pool, contracts, block).await.expect("read").value.rows;
    assert_eq!(rows[1].config.get().map(|config| config.take_rate), Bps::new(1_000));
    let Origin::Call { to, data, block, .. } = &*rows[1].config.source.0 else { panic!("a call") };
    let printed = run(&cast_call(*to, &CATALOG.call(data).expect("known"), *block), &devnet().chain.url);
    assert_eq!(printed.lines().nth(1).map(plain), Some("1000".to_owned()));
}

/// The same command for a node that signs by itself.
fn unlocked(line: &str) -> String {
    assert!(line.contains(" --ledger "), "{line}");
    line.replace(" --ledger ", " --unlocked ")
}

async fn sends(fork: &Fork, book: &Book, plan: &Plan) {
    for step in &plan.steps {
        let shown = preview(book, plan.from, &step.call);
        run(&unlocked(&shown.cast), &fork.url);
        let sent = fork.sent_by(plan.from).await.pop().expect("it was mined");
        assert_eq!(sent["to"], json!(step.call.to), "{}", shown.cast);
        assert_eq!(
            (&sent["input"], &sent["value"]),
            (&json!(step.call.data), &json!("0x0")),
            "{}",
            shown.cast
        );
        let receipt = fork.rpc.must("eth_getTransactionReceipt", json!([sent["hash"]])).await;
        assert_eq!(receipt["status"], "0x1", "{}", shown.cast);
    }
}

#[tokio::test]
async fn a_plan_can_be_carried_out_by_its_commands() {
    let facts = &devnet().facts;
    let fork = Fork::new().await;
    let book = fork.book().await;
    let from = facts.account("delegator");
    let planner = Planner { chain: &fork, book: &book, from };
    let queue = read::entry_queues(&fork.pool(), &book.contracts, fork.latest().await).await.value;
    let before = queue[book.contracts.canonical].length.value.clone().expect("read");
    sends(&fork, &book, &planner.stake(1, 1).await).await;
    let queue = read::entry_queues(&fork.pool(), &book.contracts, fork.latest().await).await.value;
    let entries = queue[book.contracts.canonical].entries.clone().expect("read");
    assert_eq!(u64::try_from(entries.len()).expect("few"), before + 1);
    let last = entries.last().expect("one");
    assert_eq!((last.attester, last.withdrawer), (facts.provider(1).queue[0], from));
    sends(&fork, &book, &plan::return_allowance(&planner.setting().await)).await;

    let rate = Bps::new(650).expect("legal");
    let admin = Planner { chain: &fork, book: &book, from: facts.provider(2).admin };
    let setting = admin.setting().await;
    sends(&fork, &book, &plan::register(&setting, from, rate, from).expect("a plan")).await;
    let page = read::provider(&fork.pool(), &book.contracts, 2, fork.latest().await).await.value;
    let config = page.config.value.expect("read");
    for change in [ProviderChange::TakeRate(rate), ProviderChange::RewardsRecipient(from)] {
        sends(&fork, &book, &plan::change_provider(&setting, 2, &config, change).expect("a plan")).await;
    }
}

#[tokio::test]
async fn bytes_that_are_no_known_call_are_sent_as_they_are() {
    let fork = Fork::new().await;
    let book = fork.book().await;
    let from = devnet().facts.account("whale");
    let call = Call {
        to: Address::repeat_byte(0x55),
        value: U256::from(10).pow(U256::from(15)),
        data: vec![0xde, 0xad, 0xbe, 0xef, 1].into(),
    };
    let line = preview(&book, from, &call).cast;
    assert_eq!(line, cast_send(from, call.to, call.value, None, &call.data));
    run(&unlocked(&line), &fork.url);
    let sent = fork.sent_by(from).await.pop().expect("it was mined");
    assert_eq!((&sent["to"], &sent["input"]), (&json!(call.to), &json!(call.data)));
    assert_eq!(sent["value"], json!(call.value));
}

/// The words of every function of the catalogue, through the shell and `cast`, make the same bytes again.
#[test]
fn the_words_of_every_function_survive_shell_and_cast() {
    let encoded = NodeTool::run("tools/encode.mjs", &json!({ "samples": 1, "seed": 7 }).to_string());
    let encoded: Value = serde_json::from_str(&encoded).expect("JSON");
    let samples = encoded["functions"].as_array().expect("samples").iter();
    let data = samples.map(|sample| serde_json::from_value::<Bytes>(sample["data"].clone()).expect("bytes"));
    let known: Vec<_> = data
        .filter_map(|data| Some((CATALOG.call(&data)?, data)))
        .filter(|(call, _)| !call.args.is_empty())
        .collect();
    let lines: Vec<_> = known
        .iter()
        .map(|(call, data)| {
            let line = cast_send(Address::ZERO, Address::ZERO, U256::ZERO, Some(call), data);
            let words = line
                .strip_prefix("cast send 0x0000000000000000000000000000000000000000 ")
                .expect("so it begins");
            format!("cast calldata {}", words.split(" --from ").next().expect("its words"))
        })
        .collect();
    let with_arguments = CATALOG.functions().filter(|function| !function.inputs.is_empty()).count();
    assert!(lines.len() >= with_arguments && with_arguments > 20, "{} functions", lines.len());
    // in two processes, as many as this machine is sure to have
    let halves = lines.split_at(lines.len() / 2);
    let printed = std::thread::scope(|scope| {
        let other = scope.spawn(|| run(&halves.1.join("\n"), ""));
        [run(&halves.0.join("\n"), ""), other.join().expect("no panic")].join("\n")
    });
    let printed: Vec<_> = printed.lines().collect();
    assert_eq!(printed.len(), known.len());
    for ((printed, (_, data)), line) in printed.iter().zip(&known).zip(&lines) {
        assert_eq!(*printed, data.to_string(), "{line}");
    }
}

#[tokio::test]
async fn a_command_that_fails_is_told_apart() {
    let chain: &Chain = &devnet().chain;
    let output = shell(
        "cast call 0x0000000000000000000000000000000000000001 'nonsense(' --rpc-url $ETH_RPC_URL",
        &chain.url,
    );
    assert!(!output.status.success(), "or else every comparison above would be of empty texts");
}
