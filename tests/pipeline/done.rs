//! Plans that are carried out, to the last unit.

use std::sync::Arc;

use alloy_primitives::{Address, U64, U256};
use rota::{
    aztec::plan::{self, ProviderChange},
    chain::CallRequest,
    tx::{
        Refusal, Step, UnlockedAccounts, Wallet,
        driver::Context,
        journal,
        machine::{Event, Pause, Phase, StepState},
        simulate::Simulated,
    },
    units::{Bps, format::short_address},
};
use serde_json::json;

use crate::{
    scene::{Page, Scene, hashes},
    support::{HttpLink, Limits, Proxy, devnet},
};

async fn delegates(provider: u64, sequencers: u64) {
    let scene = Scene::of("delegator").await;
    let one = devnet().facts.parameters.activation_threshold;
    let total = one * U256::from(sequencers);
    let (mine, rollups) = (scene.tokens_of(scene.from).await, scene.tokens_of(scene.rollup()).await);
    let (keys, queue) = (devnet().facts.provider(provider).queue.clone(), scene.entry_queue().await);

    let plan = scene.stake(provider, sequencers).await;
    let mut page = scene.propose(plan.clone());
    page.confirm().await;
    let run = page.done().await;

    // the wallet was asked for exactly what was planned, in order, and for nothing else
    let asked: Vec<_> = scene.wallet.asked_to_send();
    let request =
        |step: &Step| CallRequest { chain_id: Some(U64::from(31_337)), ..step.call.request(scene.from) };
    let planned: Vec<_> = plan.steps.iter().map(|step| json!(request(step))).collect();
    assert_eq!(asked, planned);
    let sent: Vec<_> = scene.fork.sent_by(scene.from).await.iter().map(|tx| tx["hash"].clone()).collect();
    assert_eq!(sent, hashes(&run), "and this is what was mined");

    // every unit is where it should be
    assert_eq!(scene.tokens_of(scene.from).await, mine - total);
    assert_eq!(scene.tokens_of(scene.rollup()).await, rollups + total);
    assert_eq!(scene.allowance().await, U256::ZERO, "nothing is left that somebody could take");
    let count = usize::try_from(sequencers).expect("few");
    let joined: Vec<_> = keys[..count].iter().map(|key| (*key, scene.from)).collect();
    assert_eq!(scene.entry_queue().await, [queue, joined].concat());
    assert_eq!(scene.keys_left(provider).await, devnet().facts.provider(provider).keys_left - sequencers);

    // and the page says so
    let StepState::Confirmed(approval) = &run.steps[0] else { panic!("confirmed") };
    assert_eq!(approval.says, None);
    for (step, key) in run.steps[1..].iter().zip(&keys) {
        let StepState::Confirmed(outcome) = step else { panic!("confirmed") };
        let said = outcome.says.clone().expect("what came of it");
        let begin =
            format!("Sequencer {} waits in the entry queue. Its split contract is 0x", short_address(*key));
        assert!(said.starts_with(&begin), "{said}");
        assert!(outcome.gas_used > 21_000 && outcome.block > devnet().height());
    }

    assert_eq!(journal::load(&scene.store, "aztec-local")[0].phase, Phase::Done);
    page.send(Event::Close);
    page.until(|run| run.phase == Phase::Closed).await;
    assert!(scene.store.texts().is_empty() && scene.locks.held().is_empty());
}

#[tokio::test]
async fn one_sequencer_is_delegated() {
    delegates(1, 1).await;
}

#[tokio::test]
async fn three_sequencers_are_delegated() {
    delegates(2, 3).await;
}

#[tokio::test]
async fn a_provider_is_registered_and_changed() {
    let scene = Scene::of("fresh").await;
    let rate = |bps| Bps::new(bps).expect("legal");
    let recipient = Address::repeat_byte(5);
    let plan =
        plan::register(&scene.planner().setting().await, scene.from, rate(650), recipient).expect("a plan");
    let mut page = scene.propose(plan);
    page.confirm().await;
    let StepState::Confirmed(outcome) = &page.done().await.steps[0] else { panic!("confirmed") };
    assert_eq!(outcome.says.as_deref(), Some("Registered as provider 7."));
    page.close().await;

    let (pool, contracts) = (scene.fork.pool(), &scene.book.contracts);
    let read = || async {
        let page = rota::aztec::read::provider(&pool, contracts, 7, scene.fork.latest().await).await;
        page.value.config.value.expect("read")
    };
    for change in [ProviderChange::TakeRate(rate(1)), ProviderChange::RewardsRecipient(scene.from)] {
        let plan = plan::change_provider(&scene.planner().setting().await, 7, &read().await, change)
            .expect("a plan");
        let mut page = scene.propose(plan);
        page.confirm().await;
        page.done().await;
        page.close().await;
    }
    let config = read().await;
    assert_eq!((config.admin, config.take_rate, config.rewards_recipient), (scene.from, rate(1), scene.from));
}

#[tokio::test]
async fn an_allowance_that_is_left_after_stopping_can_be_returned() {
    let scene = Scene::of("delegator").await;
    let one = devnet().facts.parameters.activation_threshold;
    let mut page = scene.propose(scene.stake(1, 3).await);
    page.confirm().await;
    page.until(|run| matches!(run.phase, Phase::Asking(1) | Phase::Waiting(1))).await;
    page.send(Event::Stop);
    assert_eq!(page.paused().await, (2, Pause::Stopped));
    assert_eq!((scene.stakes_made().await, scene.allowance().await), (1, one * U256::from(2)));
    page.send(Event::Close);
    page.until(|run| run.phase == Phase::Closed).await;

    let mut page = scene.propose(scene.return_allowance().await);
    page.confirm().await;
    page.done().await;
    assert_eq!((scene.stakes_made().await, scene.allowance().await), (1, U256::ZERO));
}

#[tokio::test]
async fn who_stops_may_go_on() {
    let scene = Scene::of("delegator").await;
    let mut page = scene.propose(scene.stake(1, 2).await);
    page.confirm().await;
    page.until(|run| matches!(run.phase, Phase::Asking(0) | Phase::Waiting(0))).await;
    page.send(Event::Stop);
    assert_eq!(page.paused().await, (1, Pause::Stopped));
    page.send(Event::Again);
    page.until(|run| run.phase == Phase::Done).await;
    assert_eq!((scene.stakes_made().await, scene.wallet.asked_to_send().len()), (2, 3));
}

#[tokio::test]
async fn without_simulation_of_several_steps_each_is_checked_before_it_is_signed() {
    let scene = Scene::of("delegator").await;
    let proxy = Proxy::start(&scene.fork.url, Limits::default());
    proxy.break_by(json!({ "fault": "missingMethod", "methods": ["eth_simulateV1"] }));
    let spec = crate::support::endpoint("proxy", HttpLink::new(&proxy.url));
    let pool = rota::chain::Pool::new(
        31_337,
        vec![spec],
        crate::support::real_host(),
        rota::chain::PoolConfig::default(),
    );
    let mut page = Page::open(
        scene.context_over(pool.clone()),
        rota::tx::machine::Run::new(7, scene.stake(1, 2).await),
        false,
    );
    let run = page.reviewed().await;
    assert!(
        matches!(
            &run.simulated[..],
            [
                Some(Simulated::Succeeds { gas: Some(_), events: None }),
                Some(Simulated::NotSimulated),
                Some(Simulated::NotSimulated)
            ]
        ),
        "{:?}",
        run.simulated
    );
    page.send(Event::Confirm);
    let run = page.done().await;
    assert!(
        run.simulated.iter().all(|step| matches!(step, Some(Simulated::Succeeds { .. }))),
        "{:?}",
        run.simulated
    );
    assert_eq!(scene.stakes_made().await, 2);
    assert_eq!(proxy.count("eth_simulateV1"), 1, "asked for once, then it is known");
    assert_eq!(pool.learned()[0].1.simulates, Some(false));
}

#[tokio::test]
async fn an_endpoint_that_is_a_block_behind_does_not_stop_a_run() {
    use std::sync::atomic::{AtomicU64, Ordering};

    let scene = Scene::of("delegator").await;
    let (newest, left) = (scene.fork.latest().await.number, Arc::new(AtomicU64::new(3)));
    // after the approval is mined, the first questions for the newest block still get the one before
    let counted = left.clone();
    let behind = crate::support::Rewriting::new(&scene.fork.url, move |request| {
        let latest = request["method"] == "eth_getBlockByNumber" && request["params"][0] == "latest";
        if latest
            && counted
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1).filter(|n| *n < 100))
                .is_ok()
        {
            request["params"][0] = json!(format!("{newest:#x}"));
        }
    });
    left.store(u64::MAX, Ordering::SeqCst);
    let spec = crate::support::endpoint("behind", behind);
    let pool = rota::chain::Pool::new(
        31_337,
        vec![spec],
        crate::support::real_host(),
        rota::chain::PoolConfig::default(),
    );
    let switch = left.clone();
    scene
        .wallet
        .will(crate::support::Answer::SendAfter(Box::pin(async move { switch.store(3, Ordering::SeqCst) })));
    let mut page =
        Page::open(scene.context_over(pool), rota::tx::machine::Run::new(7, scene.stake(1, 1).await), false);
    page.confirm().await;
    page.done().await;
    assert_eq!((left.load(Ordering::SeqCst), scene.stakes_made().await), (0, 1));
}

#[tokio::test]
async fn the_unlocked_accounts_of_a_node_are_a_wallet() {
    let scene = Scene::of("delegator").await;
    let unlocked = UnlockedAccounts::new(Arc::new(HttpLink::new(&scene.fork.url)), 31_337).only(scene.from);
    let wallet = Wallet::new(Arc::new(unlocked));
    assert_eq!(wallet.connect().await, Ok(vec![scene.from]));
    assert_eq!(wallet.chain_id().await, Ok(31_337));
    assert_eq!(wallet.switch_to(&scene.fork.network()).await, Ok(()));
    let mut mainnet = scene.fork.network();
    mainnet.chain_id = 1;
    assert_eq!(
        wallet.switch_to(&mainnet).await,
        Err(rota::tx::WalletError::Unsupported),
        "it cannot add a chain"
    );

    let context = Context { wallet: Arc::new(move || Some(wallet.clone())), ..scene.context() };
    let mut page = Page::open(context, rota::tx::machine::Run::new(7, scene.stake(1, 1).await), false);
    page.confirm().await;
    page.done().await;
    assert_eq!(scene.stakes_made().await, 1);
}

#[tokio::test]
async fn a_page_that_cannot_keep_its_runs_says_so_and_works() {
    let mut scene = Scene::of("delegator").await;
    scene.store = crate::support::Memory::refusing();
    let mut page = scene.propose(scene.stake(1, 1).await);
    page.confirm().await;
    page.done().await;
    assert!(!page.kept());
    assert_eq!((scene.stakes_made().await, scene.wallet.asked_to_send().len()), (1, 2));
}

#[tokio::test]
async fn a_page_without_a_wallet_signs_nothing() {
    let scene = Scene::of("delegator").await;
    let context = Context { wallet: Arc::new(|| None), ..scene.context() };
    let mut page = Page::open(context, rota::tx::machine::Run::new(7, scene.stake(1, 1).await), false);
    page.confirm().await;
    let refusal = Refusal::OtherAccount { expected: scene.from, found: None };
    assert_eq!(page.paused().await, (0, Pause::Refused(refusal)));
    assert_eq!(scene.fork.sent_by(scene.from).await, Vec::<serde_json::Value>::new());
}
