use std::{sync::Arc, time::Duration};

use futures::channel::mpsc::UnboundedSender;
use leptos::prelude::*;

use super::{
    Remote, Shell,
    session::WalletState,
    tasks::{spawn, watch},
    vaults::known_vaults,
};
use crate::{
    aztec::{Book, Deployment, Learned, Names},
    chain::{Network, Pool, host::Random as _},
    platform::{Browser, LocalStorage, WebLocks},
    tx::{
        Explanation, Lexicon, Plan, Refusal,
        driver::{Context, CurrentWallet, Driver, Hold},
        journal,
        machine::{Event, Phase, Run},
    },
};

/// A run and whether a reload would find it again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RunView {
    /// The run.
    pub(crate) run: Run,
    /// Whether the browser keeps it.
    pub(crate) kept: bool,
}

/// What a driver needs to work with.
#[derive(Clone)]
struct Needs {
    pool: Pool,
    wallet: CurrentWallet,
    hold: Hold,
    poll: Duration,
    contracts: Arc<Deployment>,
    names: Arc<Names>,
}

/// Every run of the open network, and the way to steer them.
///
/// The code that drives a run is heavy and not needed before there is one: nothing that this type does by itself calls
/// it, only [`Self::propose`] and [`Self::restore`].
#[derive(Clone, Copy)]
pub(crate) struct TxCenter {
    /// Oldest first.
    runs: RwSignal<Vec<RunView>>,
    senders: StoredValue<Vec<(u64, UnboundedSender<Event>)>>,
    needs: StoredValue<Option<Needs>>,
    network: StoredValue<String>,
    /// Known once somebody's rewards were read.
    learned: StoredValue<Arc<Learned>>,
}

impl TxCenter {
    /// Ready as soon as the contracts are known.
    pub(super) fn start(
        shell: Shell,
        network: &Network,
        pool: &Pool,
        contracts: ReadSignal<Remote<Deployment>>,
        names: Memo<Arc<Names>>,
        hold: &Hold,
    ) -> Self {
        let runs = Self {
            runs: RwSignal::default(),
            senders: StoredValue::default(),
            needs: StoredValue::new(None),
            network: StoredValue::new(network.id.clone()),
            learned: StoredValue::default(),
        };
        let (pool, hold) = (pool.clone(), hold.clone());
        let look_again = Duration::from_millis(if network.is_local() { 700 } else { 4_000 });
        let wallet = shell.session.current_wallet();
        watch(move || {
            let names = names.get();
            let Some(contracts) = contracts.with(|remote| remote.last().cloned()) else { return };
            runs.needs.set_value(Some(Needs {
                pool: pool.clone(),
                wallet: wallet.clone(),
                hold: hold.clone(),
                poll: look_again,
                contracts,
                names,
            }));
        });
        runs
    }

    /// Whether an earlier visit left runs behind.
    pub(crate) fn keeps_runs() -> bool {
        journal::any(&LocalStorage)
    }

    /// Takes up the runs that the journal kept. To be called once, when the contracts are known.
    pub(crate) fn restore(&self) {
        for run in self.network.with_value(|network| journal::load(&LocalStorage, network)) {
            self.drive(run, true);
        }
    }

    /// What reading rewards taught.
    pub(crate) fn learned(&self) -> Arc<Learned> {
        self.learned.get_value()
    }

    /// Keeps it, for what is said of transactions that touch it.
    pub(crate) fn learn(&self, learned: Learned) {
        self.learned.set_value(Arc::new(learned));
    }

    fn context(&self) -> Option<Context> {
        let needs = self.needs.get_value()?;
        Some(Context {
            pool: needs.pool,
            wallet: needs.wallet,
            lexicon: Arc::new(Book {
                contracts: needs.contracts,
                names: needs.names,
                learned: self.learned(),
                vaults: self.network.with_value(|network| known_vaults(network)),
            }),
            store: Arc::new(LocalStorage),
            locks: Arc::new(WebLocks),
            hold: needs.hold,
            poll: needs.poll,
        })
    }

    /// A change of account or chain stops what is not signed yet.
    pub(crate) fn heed(&self, wallet: RwSignal<Option<WalletState>>) {
        let runs = *self;
        let mut changed = false;
        watch(move || {
            let state = wallet.get();
            // what it is at the start is no change
            if !std::mem::replace(&mut changed, true) {
                return;
            }
            for RunView { run, .. } in runs.runs.get_untracked() {
                let account = state.as_ref().map(|wallet| wallet.account);
                let chain = state.as_ref().and_then(|wallet| wallet.chain_id);
                let refusal = match (account, chain) {
                    (found, _) if found != Some(run.plan.from) => {
                        Refusal::OtherAccount { expected: run.plan.from, found }
                    }
                    (_, Some(found)) if found != run.plan.chain_id => {
                        Refusal::OtherChain { expected: run.plan.chain_id, found }
                    }
                    _ => continue,
                };
                runs.send(run.run_id, Event::SessionChanged(refusal));
            }
        });
    }

    /// Opens a plan for review. `None` until the contracts are known.
    pub(crate) fn propose(&self, plan: Plan) -> Option<u64> {
        let run_id = Browser.next();
        self.drive(Run::new(run_id, plan), false).then_some(run_id)
    }

    fn drive(&self, run: Run, restored: bool) -> bool {
        let Some(context) = self.context() else { return false };
        let center = *self;
        let run_id = run.run_id;
        let (driver, sender) = Driver::new(context, run);
        self.senders.update_value(|senders| senders.push((run_id, sender)));
        // not tied to the page that started it: it goes on while the reader browses, and ends when the scope drops
        // the sender
        spawn(driver.drive(restored, move |run, kept| {
            let closed = run.phase == Phase::Closed;
            if closed {
                center.senders.try_update_value(|senders| senders.retain(|(id, _)| *id != run_id));
            }
            center.runs.try_update(|runs| {
                let view = RunView { run: run.clone(), kept };
                match runs.iter_mut().find(|view| view.run.run_id == run_id) {
                    Some(known) if !closed => *known = view,
                    Some(_) => runs.retain(|view| view.run.run_id != run_id),
                    None if closed => {}
                    None => runs.push(view),
                }
            });
        }));
        true
    }

    /// Tells a run what happened or what the person wants.
    pub(crate) fn send(&self, run_id: u64, event: Event) {
        self.senders.with_value(|senders| {
            if let Some((_, sender)) = senders.iter().find(|(id, _)| *id == run_id) {
                // a run that was put away hears nothing any more
                sender.unbounded_send(event).ok();
            }
        });
    }

    /// Why nothing may be signed at present, whatever it is.
    pub(crate) fn held(&self) -> Option<Explanation> {
        self.needs.with_value(|needs| needs.as_ref().and_then(|needs| (needs.hold)()))
    }

    /// What is known about the system's calls; `None` until the contracts are found.
    pub(crate) fn lexicon(&self) -> Option<Arc<dyn Lexicon>> {
        self.context().map(|context| context.lexicon)
    }

    /// All runs, oldest plan first.
    pub(crate) fn all(&self) -> Vec<RunView> {
        self.runs.get()
    }
}
