use std::sync::Arc;

use alloy_primitives::{Address, B256};
use leptos::prelude::*;

use super::{
    Comparison, Dates, EndpointChoice, Following, Head, Ledger, Remote, Rhythm, Settings, Shell, TxCenter,
    agreement, asked, head, ledger, remote, settings, tasks::spawn_scoped,
};
use crate::{
    aztec::{self, Deployment, Names, plan},
    chain::{EndpointSpec, Network, Pool, PoolConfig},
    platform::{self, FetchLink, WalletLink},
    tx::{Explanation, driver::Hold},
};

/// One open network. Gone, with all its loops, when another one is opened or its endpoints
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
    pub(crate) contracts: ReadSignal<Remote<Deployment>>,
    /// Provider names.
    pub(crate) names: Memo<Arc<Names>>,
    /// Events.
    pub(crate) ledger: ReadSignal<Option<Ledger>>,
    /// Whether the endpoints contradict each other, and which are behind.
    pub(crate) comparison: RwSignal<Comparison>,
    /// What is kept of them.
    pub(crate) events: Following,
    /// When blocks were.
    pub(crate) dates: Dates,
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
    pub(crate) fn open(shell: Shell, network: Network, endpoints: &[EndpointChoice]) -> Self {
        let pool = open_pool(shell, &network, endpoints);
        spawn_scoped(asked::ask_again(pool.clone(), network.id.clone()));
        let head = head::Head::start(&pool, &network);
        let contracts = discover(head, &pool, &network);
        let (chain_id, registry) = (network.chain_id, network.staking_registry);
        let names =
            Memo::new(move |_| Arc::new(shell.names.with(|json| Names::from_json(json, chain_id, registry))));
        let events = ledger::follow(head, &pool, &network.id, contracts);
        let opened = Some(network.id.clone());
        if shell.settings.with_untracked(|settings| settings.last_network != opened) {
            shell.settings.update(|settings| settings.last_network = opened);
        }
        let dates = Dates::start();
        let comparison = RwSignal::new(Comparison::default());
        let hold = reasons_to_wait(head, comparison, contracts);
        let transactions = TxCenter::start(shell, &network, &pool, contracts, names, &hold);
        Self {
            network: StoredValue::new(network),
            pool: StoredValue::new(pool),
            head,
            contracts,
            names,
            ledger: events.ledger,
            events,
            comparison,
            dates,
            transactions,
        }
    }

    /// Begins to compare the endpoints with each other, for as long as the network is open. Called by the second file,
    /// where this is: nothing can be signed without it.
    pub(crate) fn compare_endpoints(&self) {
        agreement::watch(self.pool.get_value(), self.head, self.comparison);
    }

    /// Begins to keep what the page asks for, for the next visit. Called by the second file, where this is.
    pub(crate) fn keep_questions(&self) {
        let network = self.network.with_value(|network| network.id.clone());
        spawn_scoped(asked::keep(self.pool.get_value(), network));
    }

    /// Begins to read when blocks were. Called by the second file, where this is.
    pub(crate) fn read_dates(&self) {
        let pool = self.pool.get_value();
        self.network.with_value(|network| self.dates.begin(self.head, pool, network));
    }

    /// Offers to take back the allowance that a run may have left.
    pub(crate) fn take_allowance_back(&self, from: Address, spender: Address) {
        let (Some(contracts), Some(read_at)) = (self.deployment(), self.head.block.get_untracked()) else {
            return;
        };
        let network = self.network.with_value(|network| network.id.clone());
        let setting = plan::Setting { network: &network, contracts: &contracts, from, read_at };
        self.transactions.propose(plan::return_allowance_of(&setting, spender));
    }

    /// Whether the endpoints contradict each other.
    pub(crate) fn is_disputed(&self) -> bool {
        self.comparison.with(|found| found.disagreement.is_some())
    }

    /// The contracts, once found.
    pub(crate) fn deployment(&self) -> Option<Arc<Deployment>> {
        self.contracts.with(|remote| remote.last().cloned())
    }

    /// Where the explorer shows an account or contract.
    pub(crate) fn explorer(&self, address: Address) -> Option<String> {
        self.network.with_value(|network| network.explorer_address(address))
    }

    /// Where the explorer shows a transaction.
    pub(crate) fn explorer_tx(&self, hash: B256) -> Option<String> {
        self.network.with_value(|network| network.explorer_tx(hash))
    }

    /// What a provider is called.
    pub(crate) fn label(&self, provider_id: u64) -> String {
        self.names.with(|names| names.label(provider_id))
    }
}

/// What forbids signing on the whole network.
fn reasons_to_wait(
    head: Head,
    comparison: RwSignal<Comparison>,
    contracts: ReadSignal<Remote<Deployment>>,
) -> Hold {
    Arc::new(move || {
        let agree = comparison.try_with_untracked(|found| found.disagreement.is_none()) != Some(false);
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
    let known = settings::learned();
    pool.recall(|key| known.get(key).copied());
    // what was learned about these endpoints, for the next visit: kept when the network is left, and when the tab is
    let closing = pool.clone();
    let keep = move || settings::keep_learned(closing.learned());
    let left = keep.clone();
    let hidden = platform::on_visible(move |visible| {
        // the tab also goes out of sight when everything was just forgotten
        if !visible && Settings::are_kept() {
            left();
        }
    });
    on_cleanup(move || {
        drop(hidden);
        keep();
    });
    pool
}

fn discover(head: Head, pool: &Pool, network: &Network) -> ReadSignal<Remote<Deployment>> {
    let (pool, network) = (pool.clone(), network.clone());
    // the contracts change with governance, not with blocks
    let rhythm = Rhythm { period: REDISCOVER_BLOCKS, same_screen: |(), ()| true };
    remote::read(
        head,
        rhythm,
        || Some(()),
        move |(), block| {
            let (pool, network) = (pool.clone(), network.clone());
            Box::pin(async move { Ok(aztec::read::deployment(&pool, &network, block).await?.value) })
        },
    )
}
