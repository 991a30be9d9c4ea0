use std::{sync::Arc, time::Duration};

use alloy_primitives::Address;
use leptos::prelude::*;
use send_wrapper::SendWrapper;

use super::{Settings, tasks::spawn};
use crate::{
    chain::{
        Network,
        host::{Link, Sleep as _},
        text::tame,
    },
    platform::{self, Announced, Browser, FetchLink, JsProvider, Listener, WalletEvent},
    tx::{
        Eip1193, UnlockedAccounts, Wallet, WalletError,
        driver::CurrentWallet,
        safe_app::{SafeApp, SafeInfo},
    },
    units::format,
};

/// A wallet that can be connected.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    /// The same at every visit; what a silent reconnection looks for.
    pub(crate) key: String,
    /// Of this page load only (EIP-6963): one wallet may announce itself again.
    uuid: String,
    /// What it calls itself.
    pub(crate) name: String,
    /// A second line: its domain, or the account.
    pub(crate) detail: String,
    /// A `data:` picture of its own.
    pub(crate) icon: Option<String>,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Extension(JsProvider),
    Local {
        endpoint: String,
        chain_id: u64,
        account: Address,
    },
    /// The page around this one.
    Safe(SafeApp),
}

impl Choice {
    fn announced(wallet: &Announced) -> Self {
        Self {
            key: wallet.rdns.clone(),
            uuid: wallet.uuid.clone(),
            name: wallet.name.clone(),
            detail: wallet.rdns.clone(),
            icon: wallet.icon.clone(),
            kind: Kind::Extension(wallet.provider.clone()),
        }
    }

    fn injected(provider: JsProvider) -> Self {
        Self {
            key: "injected".to_owned(),
            uuid: String::new(),
            name: "Browser wallet".to_owned(),
            detail: "window.ethereum".to_owned(),
            icon: None,
            kind: Kind::Extension(provider),
        }
    }

    fn local(network: &Network, account: Address) -> Option<Self> {
        Some(Self {
            key: format!("{LOCAL}{account}"),
            uuid: String::new(),
            name: "Local account".to_owned(),
            detail: account.to_checksum(None),
            icon: None,
            kind: Kind::Local { endpoint: network.rpc.first()?.clone(), chain_id: network.chain_id, account },
        })
    }

    /// A Safe whose page, at `origin`, this one is in. Whoever connects it sees both.
    fn safe(origin: &str, info: SafeInfo, app: SafeApp) -> Self {
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        let may = if info.read_only { ", read only: you are none of its signers" } else { "" };
        let key = format!("{SAFE}{origin}");
        Self {
            uuid: key.clone(),
            key,
            name: "Safe".to_owned(),
            detail: format!("{} at {}{may}", format::short_address(info.address), tame(host, 60)),
            icon: None,
            kind: Kind::Safe(app),
        }
    }

    fn provider(&self) -> Arc<dyn Eip1193> {
        match &self.kind {
            Kind::Safe(app) => Arc::new(app.clone()),
            Kind::Extension(provider) => Arc::new(provider.clone()),
            Kind::Local { endpoint, chain_id, account } => {
                let link: Arc<dyn Link> = Arc::new(FetchLink::new(endpoint.clone()));
                Arc::new(UnlockedAccounts::new(link, *chain_id).only(*account))
            }
        }
    }
}

/// How the keys of local accounts begin.
const LOCAL: &str = "local:";
/// How the keys of the Safe around the page begin.
const SAFE: &str = "safe:";

/// The connected wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WalletState {
    /// Which one, see [`Choice::key`].
    pub(crate) key: String,
    /// What it calls itself.
    pub(crate) name: String,
    /// The account it has selected.
    pub(crate) account: Address,
    /// The chain it is on; `None` when it does not say.
    pub(crate) chain_id: Option<u64>,
}

/// The wallets of this browser and the connection to one of them.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    /// Extensions that announced themselves, each once.
    announced: RwSignal<Vec<Choice>>,
    /// Accounts of a local node that signs for itself.
    local: RwSignal<Vec<Choice>>,
    /// The connected one.
    pub(crate) wallet: RwSignal<Option<WalletState>>,
    /// Why the last attempt to connect or switch came to nothing.
    pub(crate) error: RwSignal<Option<WalletError>>,
    /// The wallet that is asked to connect right now; it may never answer.
    pub(crate) asked: RwSignal<Option<String>>,
    /// Whether the wallet is asked to switch right now.
    pub(crate) busy: RwSignal<bool>,
    provider: StoredValue<Option<Arc<dyn Eip1193>>>,
    subscription: StoredValue<Option<Box<dyn Send + Sync>>>,
    settings: RwSignal<Settings>,
    /// Counts what people decide: a wallet that was asked before the last decision is not adopted any more.
    turn: StoredValue<u64>,
    /// Counts looks at the connected wallet: only the newest one counts.
    looks: StoredValue<u64>,
    /// Hears of wallets that announce themselves, as long as the page is open.
    discovery: StoredValue<Option<SendWrapper<Listener>>>,
}

/// A wallet that fails to say its accounts is asked again after this long, so many times.
const HICCUP: Duration = Duration::from_secs(2);
const ATTEMPTS: u32 = 5;

impl Session {
    /// Knows of no wallet yet.
    pub(super) fn start(settings: RwSignal<Settings>) -> Self {
        Self {
            announced: RwSignal::default(),
            local: RwSignal::default(),
            wallet: RwSignal::new(None),
            error: RwSignal::new(None),
            asked: RwSignal::new(None),
            busy: RwSignal::new(false),
            provider: StoredValue::new(None),
            subscription: StoredValue::new(None),
            settings,
            turn: StoredValue::new(0),
            looks: StoredValue::new(0),
            discovery: StoredValue::new(None),
        }
    }

    /// Whether a wallet was connected at the last visit, and not disconnected.
    pub(crate) fn is_expected(&self) -> bool {
        self.settings.with_untracked(|settings| settings.last_wallet.is_some())
    }

    /// Listens for wallets and connects the one of the last visit, without asking anybody. Called for each network that
    /// is opened: its node may have accounts of its own.
    pub(crate) fn begin(&self, network: &Network) {
        let session = *self;
        if session.discovery.with_value(Option::is_none) {
            let discovery = platform::discover(move |wallet| {
                let choice = Choice::announced(&wallet);
                session.announced.update(|all| {
                    all.retain(|known| known.uuid != choice.uuid);
                    all.push(choice.clone());
                });
                session.resume(&choice);
            });
            session.discovery.set_value(Some(SendWrapper::new(discovery)));
            session.look_around();
            if let Some(provider) = JsProvider::injected() {
                session.resume(&Choice::injected(provider));
            }
        }
        session.resume_local(network);
    }

    /// Asks the page around this one, if there is one, whether it is a Safe's.
    fn look_around(&self) {
        let session = *self;
        let Some(frame) = platform::SafeFrame::around() else { return };
        spawn(async move {
            let app = SafeApp::new(Arc::new(frame.clone()));
            for _ in 0..ATTEMPTS {
                // it may not listen yet; one that never answers is no Safe's
                if let (Ok(info), Some(origin)) = (app.info().await, frame.origin()) {
                    let choice = Choice::safe(&origin, info, app);
                    session.announced.update(|all| all.push(choice.clone()));
                    session.resume(&choice);
                    return;
                }
                Browser.sleep(HICCUP).await;
            }
        });
    }

    /// What can be connected on a network: extensions by name, then the accounts of a local node.
    pub(crate) fn choices(&self) -> Vec<Choice> {
        let mut all = self.announced.get();
        // the Safe that the page is in comes first: it is why the page is there
        let rank = |choice: &Choice| !choice.key.starts_with(SAFE);
        all.sort_unstable_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.name.cmp(&b.name)));
        if all.iter().all(|choice| choice.key.starts_with(SAFE)) {
            all.extend(JsProvider::injected().map(Choice::injected));
        }
        all.extend(self.local.get());
        all
    }

    /// Looks for the local account of the last visit, if it was one.
    fn resume_local(&self, network: &Network) {
        self.local.set(Vec::new());
        let was_local = self.settings.with_untracked(|settings| {
            settings.last_wallet.as_ref().is_some_and(|last| last.starts_with(LOCAL))
        });
        if was_local {
            self.offer_local(network);
        }
    }

    /// Offers the accounts of a network's own node, if it is one that signs for itself. Asked when somebody wants to
    /// connect: a page that is only read needs none.
    pub(crate) fn offer_local(&self, network: &Network) {
        let session = *self;
        let Some(endpoint) = network.rpc.first().filter(|_| network.unlocked()).cloned() else { return };
        let network = network.clone();
        spawn(async move {
            let node = UnlockedAccounts::new(Arc::new(FetchLink::new(endpoint)), network.chain_id);
            // a node that does not answer has no accounts to offer
            let accounts = Wallet::new(Arc::new(node)).accounts().await.unwrap_or_default();
            let choices: Vec<_> =
                accounts.into_iter().filter_map(|account| Choice::local(&network, account)).collect();
            if let Some(last) = choices.iter().find(|choice| session.is_last(choice)) {
                session.resume(last);
            }
            session.local.try_set(choices);
        });
    }

    fn is_last(&self, choice: &Choice) -> bool {
        self.settings.with_untracked(|settings| settings.last_wallet.as_ref() == Some(&choice.key))
    }

    /// The number of the next decision or look.
    fn next(count: StoredValue<u64>) -> u64 {
        count.update_value(|count| *count += 1);
        count.get_value()
    }

    /// Another wallet is connected now, or none: what was asked before no longer counts.
    fn replaced(&self) {
        Self::next(self.turn);
        Self::next(self.looks);
    }

    /// Connects the wallet of the last visit if it still lets this page see an account.
    fn resume(&self, choice: &Choice) {
        if !self.is_last(choice) || self.wallet.with_untracked(Option::is_some) {
            return;
        }
        let (session, choice, turn) = (*self, choice.clone(), self.turn.get_value());
        spawn(async move {
            let provider = choice.provider();
            if let Ok(accounts) = Wallet::new(provider.clone()).accounts().await
                && !accounts.is_empty()
            {
                session.adopt(&choice, provider, &accounts, turn).await;
            }
        });
    }

    /// Asks a wallet for its accounts. The outcome shows in `wallet` or `error`.
    pub(crate) fn connect(&self, choice: &Choice) {
        let (session, choice, turn) = (*self, choice.clone(), Self::next(self.turn));
        self.asked.set(Some(choice.key.clone()));
        self.error.set(None);
        spawn(async move {
            let provider = choice.provider();
            let answer = Wallet::new(provider.clone()).connect().await;
            // another one may have been chosen meanwhile
            if session.turn.try_get_value() != Some(turn) {
                return;
            }
            session.asked.set(None);
            match answer {
                Ok(accounts) if !accounts.is_empty() => {
                    session.adopt(&choice, provider, &accounts, turn).await;
                }
                Ok(_) => session.error.set(Some(WalletError::Unauthorized)),
                Err(error) => session.error.set(Some(error)),
            }
        });
    }

    /// Makes a wallet the connected one, unless something else was decided since it was asked.
    async fn adopt(&self, choice: &Choice, provider: Arc<dyn Eip1193>, accounts: &[Address], turn: u64) {
        let Some(account) = accounts.first().copied() else { return };
        let chain_id = Wallet::new(provider.clone()).chain_id().await.ok();
        if self.turn.try_get_value() != Some(turn) {
            return;
        }
        self.replaced();
        self.provider.set_value(Some(provider));
        if let Kind::Extension(extension) = &choice.kind {
            let session = *self;
            let subscription = extension.subscribe(move |event| session.heard(event));
            self.subscription.set_value(Some(Box::new(SendWrapper::new(subscription))));
        } else {
            self.subscription.set_value(None);
        }
        self.wallet.set(Some(WalletState {
            key: choice.key.clone(),
            name: choice.name.clone(),
            account,
            chain_id,
        }));
        self.settings.update(|settings| settings.last_wallet = Some(choice.key.clone()));
    }

    fn heard(&self, event: WalletEvent) {
        if event == WalletEvent::Disconnect {
            // the wallet lost its own connection to the chain; its accounts stay connected (EIP-1193)
            self.wallet.update(|wallet| {
                if let Some(wallet) = wallet {
                    wallet.chain_id = None;
                }
            });
            return;
        }
        if event == WalletEvent::Chain {
            // whatever came of the last attempt to switch
            self.error.set(None);
        }
        self.look_again();
    }

    /// Asks the wallet, silently, which account and chain it has now. One that fails to say stays connected and is asked
    /// again.
    pub(crate) fn look_again(&self) {
        let session = *self;
        let Some(wallet) = session.current() else { return };
        let look = Self::next(session.looks);
        spawn(async move {
            for _ in 0..ATTEMPTS {
                let accounts = match wallet.accounts().await {
                    Ok(accounts) => Some(accounts),
                    Err(WalletError::Unauthorized) => Some(Vec::new()),
                    Err(_) => None,
                };
                let chain_id = wallet.chain_id().await.ok();
                if session.looks.try_get_value() != Some(look) {
                    return;
                }
                session.wallet.update(|state| match (state, accounts.as_ref().map(|all| all.first())) {
                    (Some(state), Some(Some(account))) => {
                        (state.account, state.chain_id) = (*account, chain_id);
                    }
                    (state, Some(None)) => *state = None,
                    (Some(state), None) => state.chain_id = chain_id,
                    (None, _) => {}
                });
                if accounts.is_some() {
                    return;
                }
                Browser.sleep(HICCUP).await;
            }
        });
    }

    /// Forgets the wallet. The permission it gave is its own affair; nothing is connected again at the next visit.
    pub(crate) fn disconnect(&self) {
        self.replaced();
        self.asked.set(None);
        self.wallet.set(None);
        self.provider.set_value(None);
        self.subscription.set_value(None);
        self.settings.update(|settings| settings.last_wallet = None);
    }

    /// Asks the wallet to move to a network's chain.
    pub(crate) fn switch_to(&self, network: &Network) {
        let (session, network) = (*self, network.clone());
        let Some(wallet) = session.current() else { return };
        self.busy.set(true);
        self.error.set(None);
        spawn(async move {
            if let Err(error) = wallet.switch_to(&network).await {
                session.error.set(Some(error));
            }
            session.busy.set(false);
            session.look_again();
        });
    }

    /// Whether the connected wallet proposes to others instead of sending.
    pub(crate) fn proposes(&self) -> bool {
        self.wallet.with(|wallet| wallet.as_ref().is_some_and(|wallet| wallet.key.starts_with(SAFE)))
    }

    /// The connected wallet, to be asked for something.
    pub(crate) fn current(&self) -> Option<Wallet> {
        self.provider.get_value().map(Wallet::new)
    }

    /// The same as a function, for the transaction driver.
    pub(super) fn current_wallet(&self) -> CurrentWallet {
        let session = *self;
        Arc::new(move || session.current())
    }

    /// Its connection to the chain, to be used as an endpoint.
    pub(crate) fn provider(&self) -> Option<Arc<dyn Eip1193>> {
        self.provider.get_value()
    }

    /// The connected account.
    pub(crate) fn account(&self) -> Option<Address> {
        self.wallet.with(|wallet| wallet.as_ref().map(|wallet| wallet.account))
    }
}
