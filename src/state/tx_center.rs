use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures::channel::mpsc::UnboundedSender;
use leptos::{prelude::*, task::spawn_local};

use super::Shell;
use crate::{
    aztec::Book,
    chain::{Network, Pool, host::Random as _},
    platform::{Browser, LocalStorage, WebLocks},
    tx::{
        Lexicon, Plan, Refusal,
        driver::{Context, Driver, Hold},
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

/// Every run of the open network, and the way to steer them.
#[derive(Clone, Copy)]
pub(crate) struct TxCenter {
    /// By id.
    runs: RwSignal<BTreeMap<u64, RunView>>,
    senders: StoredValue<BTreeMap<u64, UnboundedSender<Event>>>,
    context: StoredValue<Option<Context>>,
}

impl TxCenter {
    /// Starts with the runs that the journal kept, as soon as the contracts are known.
    pub(super) fn start(
        shell: Shell,
        network: &Network,
        pool: &Pool,
        book: Memo<Option<Arc<Book>>>,
        hold: &Hold,
    ) -> Self {
        let center = Self {
            runs: RwSignal::default(),
            senders: StoredValue::default(),
            context: StoredValue::new(None),
        };
        let (network, pool, hold) = (network.clone(), pool.clone(), hold.clone());
        let wallet = shell.session.current_wallet();
        Effect::new(move |restored: Option<bool>| {
            let Some(book) = book.get() else { return restored.unwrap_or_default() };
            center.context.set_value(Some(Context {
                pool: pool.clone(),
                wallet: wallet.clone(),
                lexicon: book,
                store: Arc::new(LocalStorage),
                locks: Arc::new(WebLocks),
                hold: hold.clone(),
                poll: Duration::from_millis(if network.is_local() { 700 } else { 4_000 }),
            }));
            if restored != Some(true) {
                for run in journal::load(&LocalStorage, &network.id) {
                    center.drive(run, true);
                }
            }
            true
        });
        center.watch_session(shell);
        center
    }

    /// A change of account or chain stops what is not signed yet.
    fn watch_session(self, shell: Shell) {
        let wallet = shell.session.wallet;
        Effect::new(move |first: Option<()>| {
            let state = wallet.get();
            // the first run of the effect is no change
            if first.is_none() {
                return;
            }
            let runs: Vec<_> =
                self.runs.with_untracked(|runs| runs.values().map(|view| view.run.clone()).collect());
            for run in runs {
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
                self.send(run.run_id, Event::SessionChanged(refusal));
            }
        });
    }

    /// Opens a plan for review. `None` until the contracts are known.
    pub(crate) fn propose(&self, plan: Plan) -> Option<u64> {
        let run_id = Browser.next();
        self.drive(Run::new(run_id, plan), false).then_some(run_id)
    }

    fn drive(&self, run: Run, restored: bool) -> bool {
        let Some(context) = self.context.get_value() else { return false };
        let center = *self;
        let run_id = run.run_id;
        let (driver, sender) = Driver::new(context, run);
        self.senders.update_value(|senders| {
            senders.insert(run_id, sender);
        });
        // not tied to the page that started it: it goes on while the reader browses, and ends when the scope drops
        // the sender
        spawn_local(driver.drive(restored, move |run, kept| {
            center.runs.try_update(|runs| {
                if run.phase == Phase::Closed {
                    runs.remove(&run_id);
                } else {
                    runs.insert(run_id, RunView { run: run.clone(), kept });
                }
            });
        }));
        true
    }

    /// Tells a run what happened or what the person wants.
    pub(crate) fn send(&self, run_id: u64, event: Event) {
        self.senders.with_value(|senders| {
            if let Some(sender) = senders.get(&run_id) {
                // a run that was put away hears nothing any more
                sender.unbounded_send(event).ok();
            }
        });
    }

    /// What is known about the system's calls; `None` until the contracts are found.
    pub(crate) fn lexicon(&self) -> Option<Arc<dyn Lexicon>> {
        self.context.with_value(|context| context.as_ref().map(|context| context.lexicon.clone()))
    }

    /// One run.
    pub(crate) fn get(&self, run_id: u64) -> Option<RunView> {
        self.runs.with(|runs| runs.get(&run_id).cloned())
    }

    /// All runs, oldest plan first.
    pub(crate) fn all(&self) -> Vec<RunView> {
        self.runs.with(|runs| runs.values().cloned().collect())
    }

    /// Ids of all runs.
    pub(crate) fn ids(&self) -> Vec<u64> {
        self.runs.with(|runs| runs.keys().copied().collect())
    }
}
