//! Does what the machine commands. The only caller of the wallet.

use std::{fmt, sync::Arc, time::Duration};

use alloy_primitives::{B256, U256};
use futures::{
    FutureExt as _, StreamExt,
    channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
    future::ready,
    select,
    stream::FuturesUnordered,
};

use super::{
    Call, Explanation, Lexicon, Plan, Refusal, Step, Wallet,
    change::worse,
    journal::{self, Store},
    machine::{Checked, Command, Event, News, Phase, Priced, Rehearsal, Run, StepState},
    simulate::{Simulated, Simulation, simulate},
    track::{self, Lost, Outcome, Sent, Sighting, Trace},
};
use crate::chain::{Pool, RpcError, host::BoxFuture, rpc::Receipt};

/// Mutual exclusion between the tabs of one browser (and between runs of one tab).
pub trait Locks: Send + Sync {
    /// Takes a lock if it is free. It is free again when the guard is dropped or the tab is gone.
    fn try_lock(&self, name: &str) -> BoxFuture<'static, Option<Box<dyn Send>>>;
}

/// Gives the connected wallet of the moment.
pub type CurrentWallet = Arc<dyn Fn() -> Option<Wallet> + Send + Sync>;

/// A reason to sign nothing at present, whatever it is: endpoints that disagree, figures that are too old.
pub type Hold = Arc<dyn Fn() -> Option<Explanation> + Send + Sync>;

/// What a driver works with.
#[derive(Clone)]
pub struct Context {
    /// The chain.
    pub pool: Pool,
    /// The wallet.
    pub wallet: CurrentWallet,
    /// The system.
    pub lexicon: Arc<dyn Lexicon>,
    /// Where runs are kept.
    pub store: Arc<dyn Store>,
    /// Who may carry a run on.
    pub locks: Arc<dyn Locks>,
    /// Whether anything may be signed.
    pub hold: Hold,
    /// Time between two looks for a sent transaction.
    pub poll: Duration,
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("pool", &self.pool).finish_non_exhaustive()
    }
}

/// Carries one run from event to event. It ends when the run is put away or when nobody can send it events any more.
pub struct Driver {
    context: Context,
    run: Run,
    events: UnboundedReceiver<Event>,
    tasks: FuturesUnordered<BoxFuture<'static, Event>>,
    /// The look or search for what may be on its way: one at most, the newest that the machine asked for.
    watch: FuturesUnordered<BoxFuture<'static, Event>>,
    lock: Option<Box<dyn Send>>,
    kept: bool,
    /// What the journal holds of the run, as far as this tab knows.
    written: Option<String>,
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").field("run", &self.run).finish_non_exhaustive()
    }
}

impl Driver {
    /// A driver for a new run, and the way to send it events.
    pub fn new(context: Context, run: Run) -> (Self, UnboundedSender<Event>) {
        let (sender, events) = unbounded();
        let (tasks, watch) = (FuturesUnordered::new(), FuturesUnordered::new());
        (Self { context, run, events, tasks, watch, lock: None, kept: true, written: None }, sender)
    }

    /// Works until the run is put away; `publish` is told every state.
    pub async fn drive(mut self, restored: bool, mut publish: impl FnMut(&Run, bool)) {
        let first = if restored {
            self.written = journal::kept(&*self.context.store, self.run.run_id);
            let (run, commands) = self.run.clone().restored();
            self.run = run;
            commands
        } else {
            vec![Command::Simulate(0)]
        };
        self.execute(first).await;
        publish(&self.run, self.kept);
        loop {
            let event = select! {
                event = self.events.next() => event,
                event = self.tasks.select_next_some() => Some(event),
                event = self.watch.select_next_some() => Some(event),
            };
            let Some(event) = event else { return };
            let commands = self.run.next(event);
            self.execute(commands).await;
            publish(&self.run, self.kept);
            if self.run.phase == Phase::Closed {
                return;
            }
        }
    }

    async fn execute(&mut self, commands: Vec<Command>) {
        for command in commands {
            match command {
                Command::Save => self.save(),
                Command::Forget => {
                    if !self.is_behind() {
                        journal::forget(&*self.context.store, &self.run);
                    }
                }
                Command::Simulate(first) => {
                    // what another tab did needs no second look
                    let task = match self.carried_on() {
                        None => rehearse(self.context.clone(), self.run.clone(), first).boxed(),
                        Some(Ok(other)) => ready(Event::Adopt(other)).boxed(),
                        Some(Err(refusal)) => ready(Event::Simulated(Err(refusal))).boxed(),
                    };
                    self.tasks.push(task);
                }
                Command::Check(step) => match self.take_turn(step).await {
                    Some(event) => self.tasks.push(Box::pin(async { event })),
                    None => self.tasks.push(Box::pin(check(self.context.clone(), self.run.clone(), step))),
                },
                Command::Ask(step, nonce) => {
                    self.tasks.push(Box::pin(ask(self.context.clone(), self.run.clone(), step, nonce)));
                }
                Command::Track(step) => {
                    self.watch.clear();
                    self.watch.push(Box::pin(look(self.context.clone(), self.run.clone(), step)));
                }
                Command::FindLost(step) => {
                    self.watch.clear();
                    self.watch.push(Box::pin(find(self.context.clone(), self.run.clone(), step)));
                }
            }
        }
        // while the person decides another run of the account may go on
        let decides = matches!(self.run.phase, Phase::Paused(..) | Phase::Simulating(_));
        if decides || matches!(self.run.phase, Phase::Done | Phase::Closed) {
            self.lock = None;
        }
    }

    /// One account carries on one run at a time, whichever tab it is in; and a run that another tab carried further
    /// is taken over as it is now. `Some` when this tab may not go on with what it has in mind.
    async fn take_turn(&mut self, step: usize) -> Option<Event> {
        if self.lock.is_some() {
            return None;
        }
        let name = format!("rota.account.{}.{}", self.run.plan.chain_id, self.run.plan.from);
        match self.context.locks.try_lock(&name).await {
            None => return Some(Event::Checked(step, Err(Refusal::Elsewhere))),
            Some(lock) => self.lock = Some(lock),
        }
        self.carried_on().map(|other| match other {
            Ok(other) => Event::Adopt(other),
            Err(refusal) => Event::Checked(step, Err(refusal)),
        })
    }

    /// How far another tab carried the run, if it did; an error when it put it away.
    fn carried_on(&mut self) -> Option<Result<Box<Run>, Refusal>> {
        let written = self.written.as_ref()?;
        let kept = journal::kept(&*self.context.store, self.run.run_id);
        if kept.as_ref() == Some(written) {
            return None;
        }
        let Some(other) = kept.as_ref().and_then(|text| serde_json::from_str::<Box<Run>>(text).ok()) else {
            return Some(Err(Refusal::PutAway));
        };
        self.written = kept;
        (other.steps != self.run.steps).then_some(Ok(other))
    }

    /// Whether another tab carried the run further or put it away: what it wrote must stay until this one takes it
    /// over, and what it removed must not come back.
    fn is_behind(&self) -> bool {
        journal::kept(&*self.context.store, self.run.run_id) != self.written
    }

    fn save(&mut self) {
        // who holds the lock carries the run on; what a tab wrote that only looks on is older
        if self.lock.is_some() || !self.is_behind() {
            self.kept = journal::save(&*self.context.store, &self.run);
            self.written = journal::kept(&*self.context.store, self.run.run_id);
        }
    }
}

fn unreadable(error: impl ToString) -> Refusal {
    Refusal::NotReadable(error.to_string())
}

/// Simulates what is left and asks the system's guard about it.
async fn rehearse(context: Context, run: Run, first: usize) -> Event {
    let calls: Vec<Call> = run.plan.steps[first..].iter().map(|step| step.call.clone()).collect();
    let work = async {
        let left = part(&run.plan, first..);
        let simulation = try_out(&context.pool, &*context.lexicon, &left, last_block(&run)).await?;
        let fees = context.pool.fees().await.ok();
        let priced = Priced { block: simulation.block, fees };
        let gas: Option<u64> = simulation.calls.iter().map(Simulated::gas).sum();
        afford(&context, &run, &calls, gas, priced).await?;
        Ok(Rehearsal { calls: simulation.calls, priced })
    };
    Event::Simulated(work.await)
}

/// Simulates the steps of a plan in order as their signer, on the newest block of an endpoint that has block `least`, and
/// asks the system's guard about them: whatever would not be put before a wallet is refused.
pub async fn try_out(
    pool: &Pool,
    lexicon: &dyn Lexicon,
    plan: &Plan,
    least: u64,
) -> Result<Simulation, Refusal> {
    let calls: Vec<Call> = plan.steps.iter().map(|step| step.call.clone()).collect();
    let simulation = simulate(pool, plan.from, &calls, least).await.map_err(unreadable)?;
    for (call, simulated) in calls.iter().zip(&simulation.calls) {
        refuse_failure(lexicon, call, simulated)?;
    }
    lexicon.guard(pool.clone(), plan.clone()).await.map_err(Refusal::Unwise)?;
    Ok(simulation)
}

/// The last block that holds a confirmed step. The endpoint that answers now may be behind the one that told of it, and
/// an allowance that is not there yet looks like one that was used up.
fn last_block(run: &Run) -> u64 {
    let confirmed = run.steps.iter().filter_map(|step| match step {
        StepState::Confirmed(outcome) => Some(outcome.block),
        _ => None,
    });
    confirmed.max().unwrap_or(0)
}

/// A plan with these steps alone.
fn part(plan: &Plan, steps: impl std::slice::SliceIndex<[Step], Output = [Step]>) -> Plan {
    Plan { steps: plan.steps[steps].to_vec(), ..plan.clone() }
}

/// Gas that one transaction may use (EIP-7825). Nodes simulate and estimate beyond it without a word; what is sent is
/// refused.
pub const GAS_CAP: u64 = 16_777_216;

fn refuse_failure(lexicon: &dyn Lexicon, call: &Call, simulated: &Simulated) -> Result<(), Refusal> {
    match simulated {
        Simulated::Reverts(data) => {
            Err(Refusal::Reverts { because: lexicon.explain(call, data), data: data.clone() })
        }
        Simulated::Succeeds { gas: Some(gas), .. } if *gas > GAS_CAP => {
            Err(Refusal::TooMuchGas { gas: *gas, cap: GAS_CAP })
        }
        Simulated::Succeeds { .. } | Simulated::NotSimulated => Ok(()),
    }
}

/// Wallets refuse a transaction that its sender cannot pay for, in words of their own; better to say it before.
async fn afford(
    context: &Context,
    run: &Run,
    calls: &[Call],
    gas: Option<u64>,
    priced: Priced,
) -> Result<(), Refusal> {
    let (Some(gas), Some(fees)) = (gas, priced.fees) else { return Ok(()) };
    let held = context.pool.balance(run.plan.from, priced.block.number).await.map_err(unreadable)?;
    let value = calls.iter().fold(U256::ZERO, |sum, call| sum.saturating_add(call.value));
    let needed = value.saturating_add(U256::from(gas) * U256::from(fees.price()));
    if held >= needed {
        return Ok(());
    }
    // whoever executes what a contract proposes pays for the gas
    let by_contract =
        context.pool.is_contract(run.plan.from, priced.block.number).await.map_err(unreadable)?;
    if by_contract && held >= value { Ok(()) } else { Err(Refusal::NoEther { needed, held }) }
}

/// Everything that has to be true right before the wallet opens for one step.
async fn check(context: Context, run: Run, step: usize) -> Event {
    let plan = &run.plan;
    let call = &plan.steps[step].call;
    // nothing is signed on the word of an endpoint that serves another chain by now
    context.pool.check_chain_again();
    let gone = match earlier_attempt(&context, &run, step).await {
        Ok(Lost::Found(sent)) => return Event::Found(step, Some(*sent)),
        Ok(Lost::Waiting) => return Event::MayWait(step),
        Ok(Lost::Open) => false,
        Ok(Lost::Never) => true,
        Ok(Lost::TooFarBack) => return Event::Checked(step, Err(Refusal::TooFarBack)),
        Err(error) => return Event::Checked(step, Err(unreadable(error))),
    };
    let work = async {
        if let Some(reason) = (context.hold)() {
            return Err(Refusal::Unwise(reason));
        }
        same_session(&context, plan.chain_id, plan.from).await?;
        let only = part(plan, step..=step);
        let simulation = try_out(&context.pool, &*context.lexicon, &only, last_block(&run)).await?;
        let block = simulation.block.number;
        // unread is not the same as none: a contract's transactions are followed in another way
        let by_contract = context.pool.is_contract(plan.from, block).await.map_err(unreadable)?;
        let used = context.pool.nonce_at(plan.from, block).await.map_err(unreadable)?;
        let next = context.pool.pending_nonce(plan.from).await.map_err(unreadable)?.max(used);
        let simulated = simulation.calls.into_iter().next().unwrap_or(Simulated::NotSimulated);
        let priced = Priced { block: simulation.block, fees: context.pool.fees().await.ok() };
        afford(&context, &run, std::slice::from_ref(call), simulated.gas(), priced).await?;
        Ok(Checked { simulated, used, next, gone, by_contract, block })
    };
    let checked = work.await;
    if let (Ok(checked), Some(Some(shown))) = (&checked, run.simulated.get(step))
        && let Some(changed) = worse(&*context.lexicon, plan.from, call, shown, &checked.simulated)
    {
        return Event::Changed(step, changed);
    }
    Event::Checked(step, checked)
}

/// What an attempt before this one came to. One that was lost sight of (a private relay shows it to nobody) may be in a
/// block by now.
async fn earlier_attempt(context: &Context, run: &Run, step: usize) -> Result<Lost, RpcError> {
    let found = |sent: &Sent| Lost::Found(Box::new(sent.clone()));
    if let StepState::Sent(sent) = &run.steps[step]
        && let Some(hash) = execution(context, sent).await
        // one that was named before is looked at below
        && hash != sent.hash
    {
        return Ok(found(&Sent { hash, ..sent.clone() }));
    }
    Ok(match &run.steps[step] {
        StepState::Sent(sent) => match track::look(&context.pool, sent).await? {
            Sighting::Pending { .. } | Sighting::Mined(_) | Sighting::Reverted { .. } => found(sent),
            Sighting::SpedUp { by } => found(&Sent { hash: by, ..sent.clone() }),
            // under another hash and in another place than expected, or else gone: the machine looks again where its
            // place is used
            Sighting::Missing { .. }
            | Sighting::Cancelled { .. }
            | Sighting::Replaced { .. }
            | Sighting::Undone
            | Sighting::Unproven { .. } => {
                let place = (sent.used, sent.nonce);
                match track::find_lost(&context.pool, sent.from, &sent.call, place, sent.since_block).await? {
                    Lost::Never => Lost::Open,
                    other => other,
                }
            }
            Sighting::TooFarBack => Lost::TooFarBack,
        },
        StepState::Asked { .. } => find_lost(context, run, step).await?,
        StepState::Planned | StepState::Confirmed(_) | StepState::Reverted { .. } => Lost::Open,
    })
}

async fn find_lost(context: &Context, run: &Run, step: usize) -> Result<Lost, RpcError> {
    let StepState::Asked { nonce, used, since_block, .. } = run.steps[step] else { return Ok(Lost::Open) };
    let call = &run.plan.steps[step].call;
    track::find_lost(&context.pool, run.plan.from, call, (used, nonce), since_block).await
}

async fn same_session(
    context: &Context,
    chain_id: u64,
    from: alloy_primitives::Address,
) -> Result<Wallet, Refusal> {
    let silent = |error: super::WalletError| Refusal::WalletSilent(error.to_string());
    let Some(wallet) = (context.wallet)() else {
        return Err(Refusal::OtherAccount { expected: from, found: None });
    };
    let accounts = wallet.accounts().await.map_err(silent)?;
    // the first one is the one the wallet has selected
    if accounts.first() != Some(&from) {
        return Err(Refusal::OtherAccount { expected: from, found: accounts.first().copied() });
    }
    let found = wallet.chain_id().await.map_err(silent)?;
    if found == chain_id { Ok(wallet) } else { Err(Refusal::OtherChain { expected: chain_id, found }) }
}

async fn ask(context: Context, run: Run, step: usize, nonce: Option<u64>) -> Event {
    let (from, chain_id, call) = (run.plan.from, run.plan.chain_id, run.plan.steps[step].call.clone());
    // the machine commands Ask only together with that state
    let StepState::Asked { nonce: expected, used, since_block, by_contract, .. } = run.steps[step] else {
        return Event::NotAsked(step, Refusal::PutAway);
    };
    // nothing is awaited between this comparison and the request itself but the wallet's own answers
    let wallet = match same_session(&context, chain_id, from).await {
        Ok(wallet) => wallet,
        Err(refusal) => return Event::NotAsked(step, refusal),
    };
    let sent = wallet.send(from, &call, chain_id, nonce).await;
    let (trace, proposes) = (Trace::Shown, wallet.proposes());
    // a Safe that was not used yet has no code: what it proposes is no transaction of its account all the same
    let by_contract = by_contract || proposes;
    let signed = sent.map(|hash| {
        let proposal = proposes.then_some(hash);
        Sent { hash, from, call, nonce: expected, used, since_block, trace, by_contract, proposal }
    });
    Event::Signed(step, signed)
}

/// The transaction that carried a proposal out, once the wallet names one that says so itself on chain.
async fn execution(context: &Context, sent: &Sent) -> Option<B256> {
    let wallet = (context.wallet)().filter(Wallet::proposes)?;
    let named = wallet.execution(sent.proposal?).await.ok()??;
    let speaks = track::speaks_of(&context.pool, sent, named).await.unwrap_or(false);
    speaks.then_some(named)
}

async fn look(context: Context, run: Run, step: usize) -> Event {
    let StepState::Sent(sent) = &run.steps[step] else { return Event::Found(step, None) };
    loop {
        context.pool.host().sleep.sleep(context.poll).await;
        if sent.is_proposed()
            && let Some(by) = execution(&context, sent).await
        {
            return Event::Seen(step, News::SpedUp(by));
        }
        // a chain that does not answer is no news about the transaction: look again
        if let Ok(sighting) = track::look(&context.pool, sent).await {
            return Event::Seen(step, news(&*context.lexicon, sent, sighting));
        }
    }
}

fn news(lexicon: &dyn Lexicon, sent: &Sent, sighting: Sighting) -> News {
    let outcome = |receipt: &Receipt, says| Outcome {
        hash: receipt.transaction_hash,
        block: receipt.block_number(),
        block_hash: receipt.block_hash,
        gas_used: receipt.gas_used(),
        says,
    };
    match sighting {
        Sighting::Pending { nonce } => News::Pending { nonce },
        Sighting::Missing { block } => News::Missing { block },
        Sighting::TooFarBack => News::TooFarBack,
        Sighting::Mined(receipt) => {
            News::Mined(outcome(&receipt, lexicon.outcome(&sent.call, &receipt.logs)))
        }
        Sighting::Reverted { receipt, data } => {
            News::Reverted(outcome(&receipt, None), data.map(|data| lexicon.explain(&sent.call, &data)))
        }
        Sighting::SpedUp { by } => News::SpedUp(by),
        Sighting::Cancelled { by } => News::Cancelled(by),
        Sighting::Replaced { by } => News::Replaced(by),
        Sighting::Undone => News::Undone,
        Sighting::Unproven { by } => News::Unproven(by),
    }
}

async fn find(context: Context, run: Run, step: usize) -> Event {
    let pause = match find_lost(&context, &run, step).await {
        Ok(Lost::Found(sent)) => return Event::Found(step, Some(*sent)),
        // a transaction that nobody shows may come yet; each look is through many blocks, so they are few
        Ok(Lost::Never | Lost::TooFarBack) => context.poll * 10,
        // it may still be mined, and an unanswered question says nothing: the machine asks again
        Ok(Lost::Waiting | Lost::Open) | Err(_) => context.poll,
    };
    context.pool.host().sleep.sleep(pause).await;
    Event::Found(step, None)
}
