//! A chain, a person with a wallet, and the pages in which they carry out plans.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use alloy_primitives::{Address, U256};
use futures::channel::mpsc::UnboundedSender;
use rota::{
    aztec::{Book, plan},
    chain::{Pool, PoolConfig},
    tx::{
        Plan,
        driver::{Context, Driver, Hold},
        journal,
        machine::{Event, Pause, Phase, Run, StepState},
    },
};
use serde_json::Value;
use tokio::{sync::watch, task::JoinHandle};

use crate::support::{
    Deeds, Forgetful, Fork, IRollup, IStakingRegistry, IToken, Memory, Mutexes, Planner, TestWallet, devnet,
    endpoint, real_host,
};

const DEADLINE: Duration = Duration::from_secs(20);

/// One person on a chain of their own.
pub(crate) struct Scene {
    pub(crate) fork: Fork,
    pub(crate) deeds: Deeds,
    pub(crate) book: Book,
    pub(crate) from: Address,
    pub(crate) wallet: TestWallet,
    pub(crate) store: Memory,
    pub(crate) locks: Mutexes,
}

impl Scene {
    /// A person of the network (`tests/devnet/accounts.mjs`).
    pub(crate) async fn of(name: &str) -> Self {
        let fork = Fork::new().await;
        let from = devnet().facts.account(name);
        let wallet = TestWallet::new(&fork, from);
        let (deeds, book) = (Deeds::on(&fork), fork.book().await);
        Self { fork, deeds, book, from, wallet, store: Memory::default(), locks: Mutexes::default() }
    }

    /// The same with an allowance for so many stakes, so that a plan for them has no approval.
    pub(crate) async fn with_allowance(name: &str, stakes: u64) -> Self {
        let scene = Self::of(name).await;
        let value = devnet().facts.parameters.activation_threshold * U256::from(stakes);
        let call = IToken::approveCall { spender: scene.staking_registry(), value };
        scene.deeds.act(scene.from, scene.token(), call).await;
        scene
    }

    pub(crate) fn staking_registry(&self) -> Address {
        self.book.contracts.staking_registry
    }

    pub(crate) fn token(&self) -> Address {
        self.book.contracts.token.address
    }

    pub(crate) fn rollup(&self) -> Address {
        self.book.contracts.canonical().address
    }

    pub(crate) fn planner(&self) -> Planner<'_> {
        Planner { chain: &self.fork, book: &self.book, from: self.from }
    }

    pub(crate) async fn stake(&self, provider: u64, sequencers: u64) -> Plan {
        self.planner().stake(provider, sequencers).await
    }

    pub(crate) async fn return_allowance(&self) -> Plan {
        plan::return_allowance(&self.planner().setting().await)
    }

    /// What a page works with.
    pub(crate) fn context(&self) -> Context {
        self.context_over(self.fork.pool())
    }

    pub(crate) fn context_over(&self, pool: Pool) -> Context {
        let hold: Hold = Arc::new(|| None);
        Context {
            pool,
            wallet: self.wallet.connected(),
            lexicon: Arc::new(self.book.clone()),
            store: Arc::new(self.store.clone()),
            locks: Arc::new(self.locks.clone()),
            hold,
            poll: Duration::from_millis(15),
        }
    }

    /// A page in which the person reviews a plan.
    pub(crate) fn propose(&self, plan: Plan) -> Page {
        Page::open(self.context(), Run::new(7, plan), false)
    }

    /// A page that is loaded: it finds the one run of the journal.
    pub(crate) fn reload(&self) -> Page {
        let mut runs = journal::load(&self.store, "aztec-local");
        assert_eq!(runs.len(), 1, "the journal holds one run");
        Page::open(self.context(), runs.remove(0), true)
    }

    /// The one run of the journal.
    pub(crate) fn kept(&self) -> Run {
        journal::load(&self.store, "aztec-local").remove(0)
    }

    /// What a page works with whose only endpoint has the states of the newest blocks alone.
    pub(crate) async fn forgetful(&self, blocks: u64) -> Context {
        let oldest = self.fork.latest().await.number - blocks;
        let specs = vec![endpoint("forgetful", Forgetful::new(&self.fork.url, oldest))];
        self.context_over(Pool::new(31_337, specs, real_host(), PoolConfig::default()))
    }

    pub(crate) async fn tokens_of(&self, account: Address) -> U256 {
        self.fork.read(self.token(), IToken::balanceOfCall { account }).await
    }

    pub(crate) async fn allowance(&self) -> U256 {
        let call = IToken::allowanceCall { owner: self.from, spender: self.staking_registry() };
        self.fork.read(self.token(), call).await
    }

    pub(crate) async fn keys_left(&self, provider: u64) -> u64 {
        let call = IStakingRegistry::getProviderQueueLengthCall { id: U256::from(provider) };
        self.fork.read(self.staking_registry(), call).await.to()
    }

    /// The deposits that wait, attester and withdrawer, head first.
    pub(crate) async fn entry_queue(&self) -> Vec<(Address, Address)> {
        let length = self.fork.read(self.rollup(), IRollup::getEntryQueueLengthCall {}).await;
        let mut waiting = Vec::new();
        for index in 0..length.to::<u64>() {
            let entry = self
                .fork
                .read(self.rollup(), IRollup::getEntryQueueAtCall { index: U256::from(index) })
                .await;
            waiting.push((entry.attester, entry.withdrawer));
        }
        waiting
    }

    /// How many stakes of the person were mined and succeeded.
    pub(crate) async fn stakes_made(&self) -> usize {
        let before = devnet().facts.entry_queue.iter().filter(|entry| entry.withdrawer == self.from).count();
        self.entry_queue().await.iter().filter(|(_, withdrawer)| *withdrawer == self.from).count() - before
    }
}

/// A page of the browser with one run in it.
pub(crate) struct Page {
    events: UnboundedSender<Event>,
    shown: watch::Receiver<(Run, bool)>,
    driver: JoinHandle<()>,
}

impl Page {
    pub(crate) fn open(context: Context, run: Run, restored: bool) -> Self {
        let (show, shown) = watch::channel((run.clone(), true));
        let (driver, events) = Driver::new(context, run);
        let driver = tokio::spawn(driver.drive(restored, move |run, kept| {
            show.send((run.clone(), kept)).ok();
        }));
        Self { events, shown, driver }
    }

    pub(crate) fn send(&self, event: Event) {
        self.events.unbounded_send(event).expect("the page is open");
    }

    /// What the page shows.
    pub(crate) fn run(&self) -> Run {
        self.shown.borrow().0.clone()
    }

    /// Whether the page says that a reload would find it again.
    pub(crate) fn kept(&self) -> bool {
        self.shown.borrow().1
    }

    /// Waits until the page shows what is wanted.
    pub(crate) async fn until(&mut self, wanted: impl Fn(&Run) -> bool) -> Run {
        let found = tokio::time::timeout(DEADLINE, self.shown.wait_for(|(run, _)| wanted(run))).await;
        let found = found.map(|shown| shown.expect("the driver runs").0.clone());
        found
            .unwrap_or_else(|_| panic!("the page still shows {:?}, {:?}", self.run().phase, self.run().steps))
    }

    pub(crate) async fn reviewed(&mut self) -> Run {
        let run = self.until(|run| matches!(run.phase, Phase::Review(_) | Phase::Blocked(..))).await;
        assert!(matches!(run.phase, Phase::Review(_)), "{:?}", run.phase);
        run
    }

    /// The person looks at it and confirms.
    pub(crate) async fn confirm(&mut self) {
        self.reviewed().await;
        self.send(Event::Confirm);
    }

    pub(crate) async fn paused(&mut self) -> (usize, Pause) {
        let run = self.until(|run| matches!(run.phase, Phase::Paused(..) | Phase::Done)).await;
        let Phase::Paused(step, pause) = run.phase else { panic!("{:?}", run.phase) };
        (step, pause)
    }

    /// Waits until a lost transaction may be sent again, which takes blocks, and does it.
    pub(crate) async fn send_again_later(&mut self, scene: &Scene) {
        scene.fork.mine(50).await;
        self.until(|run| matches!(run.phase, Phase::Paused(_, Pause::Dropped { again: true, .. }))).await;
        self.send(Event::Again);
    }

    /// Waits until the run is done.
    pub(crate) async fn done(&mut self) -> Run {
        let run =
            self.until(|run| matches!(run.phase, Phase::Done | Phase::Paused(..) | Phase::Blocked(..))).await;
        assert_eq!(run.phase, Phase::Done, "{:?}", run.steps);
        run
    }

    /// Waits until a step's transaction is in the pool, and gives it.
    pub(crate) async fn waiting(&mut self, step: usize) -> rota::tx::track::Sent {
        let run = self.until(|run| matches!(run.steps[step], StepState::Sent(_))).await;
        let StepState::Sent(sent) = run.steps[step].clone() else { unreachable!() };
        sent
    }

    /// The page is gone, whatever it was doing.
    pub(crate) async fn close(self) {
        self.driver.abort();
        self.driver.await.ok();
    }
}

/// Waits until something is so.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, so: impl Fn() -> F) {
    let begun = Instant::now();
    while !so().await {
        assert!(begun.elapsed() < DEADLINE, "{what} never came");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The transaction hash of every step that is confirmed.
pub(crate) fn hashes(run: &Run) -> Vec<Value> {
    run.steps
        .iter()
        .map(|step| match step {
            StepState::Confirmed(outcome) => serde_json::json!(outcome.hash),
            other => panic!("{other:?}"),
        })
        .collect()
}
