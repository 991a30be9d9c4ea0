//! The whole of what a person sees before signing, as text. To accept a change: `INSTA_UPDATE=always cargo test --test
//! plans`, and read the difference.

use std::fmt::Write as _;

use alloy_primitives::U256;
use rota::{
    aztec::{
        Book,
        plan::{self, ProviderChange, StakeIntent},
        read,
    },
    tx::{
        Lexicon as _, Plan,
        preview::{self, Preview},
        simulate::{Simulated, simulate},
    },
    units::Bps,
};

use crate::support::{Chain, Deeds, Fork, IToken, Planner, devnet};

fn step_text(book: &Book, plan: &Plan, simulated: &Simulated, shown: &Preview) -> String {
    let mut text = String::new();
    let mut line = |words: String| writeln!(text, "   {words}").expect("a string");
    line(format!("target: {}", shown.target.as_deref().unwrap_or("unknown")));
    line(format!("function: {}", shown.function.as_deref().unwrap_or("unknown")));
    for argument in &shown.lines {
        let meaning = argument.meaning.as_deref().unwrap_or("-");
        line(format!("  {} {} = {} ({meaning})", argument.ty, argument.name, argument.value));
    }
    for (to, inner) in &shown.calls {
        line(format!("  calls {to}: {}", inner.function.as_deref().unwrap_or("unknown")));
        for argument in &inner.lines {
            let meaning = argument.meaning.as_deref().unwrap_or("-");
            line(format!("    {} {} = {} ({meaning})", argument.ty, argument.name, argument.value));
        }
    }
    for movement in preview::movements(book, plan.from, simulated).expect("events") {
        let account = movement.name.unwrap_or_else(|| movement.account.to_string());
        let (sign, amount) =
            (if movement.change.is_negative() { '-' } else { '+' }, movement.change.unsigned_abs());
        line(format!("moves: {account} {sign}{}", movement.token.amount(amount)));
    }
    for permission in preview::permissions(book, plan.from, simulated) {
        let spender = permission.name.unwrap_or_else(|| permission.spender.to_string());
        line(format!("permits: {spender} may take {}", permission.token.amount(permission.amount)));
    }
    line(format!("cast: {}", shown.cast));
    text
}

/// The review of a plan as text: the plan is simulated, and what is shown is decoded from its bytes.
pub(crate) async fn review(chain: &Chain, book: &Book, plan: &Plan) -> String {
    let calls: Vec<_> = plan.steps.iter().map(|step| step.call.clone()).collect();
    let simulation = simulate(&chain.pool(), plan.from, &calls, 0).await.expect("simulated");
    assert_eq!(simulation.calls.len(), plan.steps.len());
    let mut text =
        format!("{}\nnetwork {}, chain {}, from {}\n", plan.title, plan.network, plan.chain_id, plan.from);
    if let Some(allowance) = plan.allowance {
        let name = |address| book.name(address).expect("a known contract");
        let (token, spender) = (name(allowance.token), name(allowance.spender));
        writeln!(text, "if stopped half-way: {spender} may still take {token}").expect("a string");
    }
    for (number, (step, simulated)) in plan.steps.iter().zip(&simulation.calls).enumerate() {
        assert!(matches!(simulated, Simulated::Succeeds { gas: Some(21_000..), .. }), "{simulated:?}");
        let shown = preview::preview(book, plan.from, &step.call);
        write!(text, "\n{}. {}\n{}", number + 1, step.title, step_text(book, plan, simulated, &shown))
            .expect("a string");
    }
    text
}

pub(crate) fn assert_golden(name: &str, text: &str) {
    insta::with_settings!({ snapshot_path => "../golden", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

#[tokio::test]
async fn delegations_are_previewed() {
    let (chain, facts) = (&devnet().chain, &devnet().facts);
    let book = chain.book().await;
    let planner = Planner { chain, book: &book, from: facts.account("delegator") };
    for (name, provider, sequencers) in
        [("delegate_one", 1, 1), ("delegate_three", 2, 3), ("delegate_to_greedy", 4, 1)]
    {
        assert_golden(name, &review(chain, &book, &planner.stake(provider, sequencers).await).await);
    }

    let mut intent: StakeIntent = planner.intent(3, 1).await;
    intent.follow_upgrades = false;
    intent.withdrawer = facts.account("alice");
    intent.rewards_recipient = facts.account("coldWallet");
    let plan = planner.stake_as(&intent).await.expect("a plan");
    assert_golden("delegate_for_others_pinned", &review(chain, &book, &plan).await);
}

#[tokio::test]
async fn allowances_are_used_and_returned() {
    let facts = &devnet().facts;
    let fork = Fork::new().await;
    let (book, from) = (fork.book().await, facts.account("whale"));
    let value = facts.parameters.activation_threshold * U256::from(2);
    let approve = IToken::approveCall { spender: facts.contract("stakingRegistry"), value };
    Deeds::on(&fork).act(from, facts.contract("token"), approve).await;

    let planner = Planner { chain: &fork, book: &book, from };
    assert_golden("delegate_two_with_allowance", &review(&fork, &book, &planner.stake(1, 2).await).await);
    // not enough for three: the approval replaces the old one
    assert_golden(
        "delegate_three_with_allowance_for_two",
        &review(&fork, &book, &planner.stake(1, 3).await).await,
    );
    let plan = plan::return_allowance(&planner.setting().await);
    assert_golden("return_allowance", &review(&fork, &book, &plan).await);
}

#[tokio::test]
async fn providers_are_previewed() {
    let (chain, facts) = (&devnet().chain, &devnet().facts);
    let book = chain.book().await;
    let rate = Bps::new(650).expect("legal");
    let planner = Planner { chain, book: &book, from: facts.account("fresh") };
    let plan =
        plan::register(&planner.setting().await, facts.account("admin1"), rate, facts.account("coldWallet"));
    assert_golden("register", &review(chain, &book, &plan.expect("a plan")).await);

    let planner = Planner { chain, book: &book, from: facts.account("admin2") };
    let page = read::provider(&chain.pool(), &book.contracts, 2, chain.latest().await).await.value;
    let config = page.config.value.expect("read");
    for (name, change) in [
        ("change_commission", ProviderChange::TakeRate(rate)),
        ("change_recipient", ProviderChange::RewardsRecipient(facts.account("coldWallet"))),
    ] {
        let plan = plan::change_provider(&planner.setting().await, 2, &config, change).expect("a plan");
        assert_golden(name, &review(chain, &book, &plan).await);
    }
}

#[tokio::test]
async fn claims_are_previewed_call_by_call() {
    let (chain, facts) = (&devnet().chain, &devnet().facts);
    let book = chain.book().await;
    // anybody may: the money goes to the recipients
    for (name, person, signer) in
        [("claim_all_of_bob", "bob", "bob"), ("claim_one_as_a_stranger", "alice", "fresh")]
    {
        let planner = Planner { chain, book: &book, from: facts.account(signer) };
        let (splits, rewards) = planner.rewards(facts.account(person)).await;
        let splits = if signer == "fresh" { &splits[..1] } else { &splits[..] };
        let dust = U256::from(10).pow(U256::from(16));
        let claim = plan::claim(&planner.setting().await, &rewards, splits, None, &|_| dust).expect("a plan");
        assert_golden(name, &review(chain, &book, &claim.plan).await);
    }
}

#[tokio::test]
async fn exits_are_previewed() {
    let (chain, facts) = (&devnet().chain, &devnet().facts);
    let book = chain.book().await;
    let planner = Planner { chain, book: &book, from: facts.account("alice") };
    let own = |status: &str| {
        let of =
            |s: &&crate::support::Sequencer| s.withdrawer == facts.account("alice") && s.status == status;
        facts.sequencers.iter().find(of).expect("one").clone()
    };
    let staked = own("validating");
    let rollup = &book.contracts.rollups[facts.rollup_index(staked.rollup)];
    let setting = planner.setting().await;
    let recipient = facts.account("coldWallet");
    let plan = plan::start_exit(&setting, rollup, staked.attester, staked.withdrawer, recipient);
    assert_golden("start_exit", &review(chain, &book, &plan.expect("a plan")).await);

    let ready = facts.sequencers.iter().find(|s| {
        s.exit
            .as_ref()
            .is_some_and(|exit| exit.finalisable_at <= setting.read_at.timestamp && s.status == "exiting")
    });
    let ready = ready.expect("one can be finalised");
    let exit = planner.exit(ready.attester).await;
    let rollup = &book.contracts.rollups[facts.rollup_index(ready.rollup)];
    let plan = plan::finish_exit(&setting, rollup, ready.attester, &exit).expect("a plan");
    assert_golden("finish_exit", &review(chain, &book, &plan).await);
}

#[tokio::test]
async fn bytes_that_nobody_knows_are_shown_raw() {
    use rota::tx::Call;
    let book = devnet().chain.book().await;
    let from = devnet().facts.account("delegator");
    let registry = devnet().facts.contract("stakingRegistry");
    let known =
        plan::return_allowance(&Planner { chain: &devnet().chain, book: &book, from }.setting().await);
    let data = known.steps[0].call.data.clone();
    for (call, target) in [
        // a known function on a contract that is not known to have it
        (Call::new(facts_account("whale"), data.clone()), None),
        // one byte too many
        (Call::new(book.contracts.token.address, [&data[..], &[0]].concat()), Some("AZTEC")),
        (Call::new(registry, vec![0xde, 0xad, 0xbe, 0xef]), Some("StakingRegistry")),
        (Call::new(registry, vec![]), Some("StakingRegistry")),
    ] {
        let shown = preview::preview(&book, from, &call);
        assert_eq!((shown.target.as_deref(), shown.function, shown.lines), (target, None, vec![]));
        assert!(shown.cast.contains(&call.data.to_string()), "{}", shown.cast);
    }
}

fn facts_account(name: &str) -> alloy_primitives::Address {
    devnet().facts.account(name)
}
