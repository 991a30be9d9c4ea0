use std::time::Duration;

use leptos::prelude::*;

use super::{
    EndpointChoice, Route, Session, Settings, settings,
    tasks::{pause, spawn, watch},
};
use crate::{
    chain::{Network, NetworkError, host::LogStore as _, networks_from_json},
    platform::{self, IndexedDb, Listener, LocalStorage, Location},
};

/// What lives as long as the page.
#[derive(Clone, Copy)]
pub(crate) struct Shell {
    /// Where the reader is.
    pub(crate) route: ReadSignal<Route>,
    set_route: WriteSignal<Route>,
    /// What the user chose.
    pub(crate) settings: RwSignal<Settings>,
    /// Whether the browser keeps it.
    pub(crate) remembers: ReadSignal<bool>,
    /// Networks that ship with the app; `None` until the file is read.
    shipped: ReadSignal<Option<Result<Vec<Network>, NetworkError>>>,
    /// `public/providers.json` as text; empty until it is read.
    pub(crate) names: ReadSignal<String>,
    /// The wallet.
    pub(crate) session: Session,
}

impl Shell {
    /// Starts everything that does not depend on a network.
    pub(crate) fn start() -> Self {
        let (route, set_route) = follow_address();
        let settings = RwSignal::new(Settings::load());
        let remembers = keep(settings);
        follow_other_tabs(settings);
        let (shipped, set_shipped) = signal(None);
        let (names, set_names) = signal(String::new());
        spawn(async move {
            let text = platform::shipped("networks.json").await.map_err(NetworkError);
            // the file is here before the app is: what follows takes a turn of its own
            pause(Duration::ZERO).await;
            set_shipped.set(Some(text.and_then(|text| good_networks(&text))));
        });
        spawn(async move {
            // without the file every provider is called by its number
            set_names.set(platform::shipped("providers.json").await.unwrap_or_default());
        });
        let session = Session::start(settings);
        Self { route, set_route, settings, remembers, shipped, names, session }
    }

    /// All networks: the app's and the user's own, which may replace one of the same id. `None` while loading.
    pub(crate) fn networks(&self) -> Option<Result<Vec<Network>, NetworkError>> {
        let shipped = self.shipped.get()?;
        let own = self.settings.with(Settings::own_networks);
        Some(match shipped {
            Err(error) if own.is_empty() => Err(error),
            shipped => {
                let mut all = shipped.unwrap_or_default();
                all.retain(|network| own.iter().all(|mine| mine.id != network.id));
                all.extend(own);
                Ok(all)
            }
        })
    }

    /// The network that the address names, or else the one used last, or else the first.
    pub(crate) fn network(&self) -> Option<Network> {
        let networks = self.networks()?.ok()?;
        let named = self.route.with(|route| route.network.clone());
        let find = |id: &str| networks.iter().find(|network| network.id == id).cloned();
        if !named.is_empty() {
            return find(&named);
        }
        let last = self.settings.with_untracked(|settings| settings.last_network.clone());
        last.and_then(|id| find(&id)).or_else(|| networks.first().cloned())
    }

    /// Changes view state: the address follows, the back button does not walk through it.
    pub(crate) fn adjust(&self, route: Route) {
        Location::replace(&route.to_string());
        self.set_route.set(route);
    }

    /// Forgets everything that is kept in this browser and begins anew.
    pub(crate) fn clear() {
        LocalStorage.clear(settings::PREFIX);
        spawn(async {
            // what the browser does not let us keep is not there either
            IndexedDb.write(Vec::new(), vec![String::new()]).await.ok();
            platform::reload();
        });
    }

    /// Endpoints of a network, with those of the wallet.
    pub(crate) fn endpoints(&self, network: &Network) -> Vec<EndpointChoice> {
        self.settings.with(|settings| settings.endpoints_of(network))
    }
}

fn good_networks(text: &str) -> Result<Vec<Network>, NetworkError> {
    // one bad entry in the host's file must not hide the others; if all are bad, the first one says why
    let (good, bad): (Vec<_>, Vec<_>) = networks_from_json(text)?.into_iter().partition(Result::is_ok);
    let good: Vec<Network> = good.into_iter().flatten().collect();
    match bad.into_iter().find_map(Result::err) {
        Some(error) if good.is_empty() => Err(error),
        _ => Ok(good),
    }
}

/// The route as a signal. A hash that is no route of ours (`#main` of a skip link) changes nothing.
fn follow_address() -> (ReadSignal<Route>, WriteSignal<Route>) {
    let (route, set_route) = signal(Route::parse(&Location::hash()));
    let watcher = Location::watch(move |hash| {
        if hash.is_empty() || hash.starts_with('/') {
            set_route.set(Route::parse(&hash));
        }
    });
    on_cleanup(move || drop(watcher));
    (route, set_route)
}

/// Writes the settings whenever they change. The signal says whether the browser let us.
fn keep(settings: RwSignal<Settings>) -> ReadSignal<bool> {
    let (remembers, set_remembers) = signal(true);
    watch(move || {
        let kept = settings.with(|settings| {
            platform::set_theme(settings.theme);
            settings.save()
        });
        set_remembers.set(kept);
    });
    remembers
}

/// Takes over what is changed in another tab: whoever saves next would undo it otherwise.
fn follow_other_tabs(settings: RwSignal<Settings>) {
    // sent by the browser to every tab but the one that wrote
    let watcher = Listener::new("storage", move |_| {
        // when everything was just forgotten there is nothing to take over
        if let Some(other) = Settings::stored().filter(|other| settings.with_untracked(|own| own != other)) {
            settings.set(other);
        }
    });
    on_cleanup(move || drop(watcher));
}
