use std::sync::Arc;

use leptos::prelude::*;

use super::{
    Disagreement, EndpointChoice, Head, Ledger, Remote, Rhythm, Shell, TxCenter, agreement, head, ledger,
    names, remote,
};
use crate::{
    aztec::{self, Book, Deployment, Names, plan},
    chain::{EndpointSpec, Network, Pool, PoolConfig, ReadError},
    platform::{self, FetchLink, WalletLink},
    tx::{
        Explanation,
        driver::Hold,
        machine::{Event, Run},
    },
};

/// One open network. Provided as context; gone, with all its loops, when another one is opened or its endpoints
/// change.
#[derive(Clone, Copy)]
pub(crate) struct Scope {
    /// Its description.
    pub(crate) network: StoredValue<Network>,
    /// Its endpoints.
    pub(crate) pool: StoredValue<Pool>,
    /// The newest block.
    pub(crate) head: Head,
    /// Its contracts. Found once, and again when the canonical rollup may have changed.
    pub(crate) contracts: Signal<Remote<Arc<Deployment>>>,
    /// Provider names.
    pub(crate) names: Memo<Arc<Names>>,
    /// Events.
    pub(crate) ledger: ReadSignal<Option<Ledger>>,
    /// Whether the endpoints contradict each other.
    pub(crate) disagreement: ReadSignal<Option<Disagreement>>,
    /// Transactions.
    pub(crate) transactions: TxCenter,
}

/// Contracts are looked for again after this many blocks: a new rollup is announced days ahead, so an hour is soon.
const REDISCOVER_BLOCKS: u64 = 300;

/// What an endpoint is called: its host, without path and query, which may hold a key.
pub(crate) fn endpoint_label(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned()
}

impl Scope {
    /// Opens a network for as long as the current owner lives.
    pub(crate) fn provide(shell: Shell, network: Network, endpoints: &[EndpointChoice]) -> Self {
        let pool = open_pool(shell, &network, endpoints);
        let head = head::Head::start(&pool, &network);
        let contracts = discover(head, &pool, &network);
        let names = names::names(shell, &network);
        let ledger = ledger::follow(head, &pool, contracts);
        shell.session.offer_local(&network);
        shell.settings.update_untracked(|settings| settings.last_network = Some(network.id.clone()));
        let book = Memo::new(move |_| {
            let contracts = contracts.with(|remote| remote.last().cloned())?;
            Some(Arc::new(Book { contracts, names: names.get() }))
        });
        let disagreement = agreement::watch(&pool);
        let hold = reasons_to_wait(head, disagreement, contracts);
        let transactions = TxCenter::start(shell, &network, &pool, book, &hold);
        let scope = Self {
            network: StoredValue::new(network),
            pool: StoredValue::new(pool),
            head,
            contracts: contracts.into(),
            names,
            ledger,
            disagreement,
            transactions,
        };
        provide_context(scope);
        scope
    }

    /// Puts a stopped run away and offers to take back the allowance that it may have left.
    pub(crate) fn take_allowance_back(&self, run: &Run) {
        let (Some(contracts), Some(read_at)) = (self.deployment(), self.head.block.get_untracked()) else {
            return;
        };
        let network = self.network.with_value(|network| network.id.clone());
        let setting =
            plan::Setting { network: &network, contracts: &contracts, from: run.plan.from, read_at };
        self.transactions.propose(plan::return_allowance(&setting));
        self.transactions.send(run.run_id, Event::Close);
    }

    /// The contracts, once found.
    pub(crate) fn deployment(&self) -> Option<Arc<Deployment>> {
        self.contracts.with(|remote| remote.last().cloned())
    }
}

/// What forbids signing on the whole network.
fn reasons_to_wait(
    head: Head,
    disagreement: ReadSignal<Option<Disagreement>>,
    contracts: Memo<Remote<Arc<Deployment>>>,
) -> Hold {
    Arc::new(move || {
        let agree = disagreement.try_get_untracked().flatten().is_none();
        let consistent = contracts.try_with_untracked(|remote| {
            remote.last().is_some_and(|found| found.blocking().next().is_none())
        });
        match () {
            () if !agree => Some(Explanation::new(
                "Your endpoints disagree about the chain.",
                "Nothing was signed. Compare them in Settings.",
            )),
            () if head.is_stale_untracked() => Some(Explanation::new(
                "What is shown is too old.",
                "Nothing was signed. Wait for the next block, or add an endpoint.",
            )),
            () if consistent != Some(true) => Some(Explanation::new(
                "The contracts of this network contradict each other.",
                "Nothing was signed. Check the network in Settings.",
            )),
            () => None,
        }
    })
}

fn open_pool(shell: Shell, network: &Network, endpoints: &[EndpointChoice]) -> Pool {
    let urls = endpoints.iter().filter_map(|choice| match choice {
        EndpointChoice::Url(url) => Some(url.clone()),
        EndpointChoice::Wallet => None,
    });
    platform::allow(urls);
    let specs = endpoints.iter().filter_map(|choice| match choice {
        EndpointChoice::Url(url) => {
            let link = Arc::new(FetchLink::new(url.clone()));
            Some(EndpointSpec { key: url.clone(), label: endpoint_label(url), link })
        }
        EndpointChoice::Wallet => {
            let link = Arc::new(WalletLink::new(shell.session.provider()?));
            Some(EndpointSpec { key: "wallet".to_owned(), label: "Wallet".to_owned(), link })
        }
    });
    let pool = Pool::new(network.chain_id, specs.collect(), platform::host(), PoolConfig::default());
    pool.recall(|key| shell.settings.with_untracked(|settings| settings.learned.get(key).copied()));
    let closing = pool.clone();
    on_cleanup(move || {
        // what was learned about these endpoints, for the next visit
        shell.settings.try_update(|settings| settings.learned.extend(closing.learned()));
    });
    pool
}

fn discover(head: Head, pool: &Pool, network: &Network) -> Memo<Remote<Arc<Deployment>>> {
    let (pool, network) = (pool.clone(), network.clone());
    // the contracts change with governance, not with blocks
    let period =
        Memo::new(move |_| head.block.with(|block| block.map(|block| block.number / REDISCOVER_BLOCKS)));
    let found = StoredValue::new(None::<(u64, Arc<Deployment>)>);
    let found_again = remote::read(
        head,
        Rhythm::every_block(),
        move || Some(()),
        move |(), block| {
            let (pool, network) = (pool.clone(), network.clone());
            async move {
                let now = period.get_untracked().unwrap_or_default();
                if let Some((then, contracts)) = found.try_get_value().flatten()
                    && then == now
                {
                    return Ok(contracts);
                }
                let contracts = Arc::new(aztec::read::deployment(&pool, &network, block).await?.value);
                found.try_set_value(Some((now, contracts.clone())));
                Ok::<_, ReadError>(contracts)
            }
        },
    );
    // the same answer at every block is no news
    Memo::new(move |_| found_again.get())
}
