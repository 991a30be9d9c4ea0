//! Addresses: `#/<network>/<page>/…?<view state>`. Pure; tested by table.

use core::fmt;

use alloy_primitives::Address;
use form_urlencoded::{Serializer, parse};

use crate::units::{self, Bps};

/// Where the reader is, with everything that a link must reproduce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// A network's id; empty when the address names none.
    pub(crate) network: String,
    /// The page.
    pub(crate) page: Page,
    /// An address looked at without its wallet.
    pub(crate) watch: Option<Address>,
}

/// The pages there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// How the network is doing.
    Overview,
    /// All providers.
    Providers(ProvidersView),
    /// One provider.
    Provider {
        /// Its on-chain number.
        provider_id: u64,
        /// Filter of its sequencers.
        standing: Option<String>,
    },
    /// Proposals and signalling, or one proposal.
    Governance(Option<u64>),
    /// What somebody has staked; without an address, the connected account.
    Positions(Option<Address>),
    /// Being a provider; with the one that is managed.
    Provide(Option<u64>),
    /// Endpoints, networks, theme.
    Settings,
    /// An address that leads nowhere.
    NotFound,
}

/// Column that the providers are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sort {
    Name,
    Commission,
    #[default]
    Sequencers,
    Stake,
    OpenSlots,
    Slashed,
    Registered,
}

impl Sort {
    const ALL: [(Self, &str); 7] = [
        (Self::Name, "name"),
        (Self::Commission, "commission"),
        (Self::Sequencers, "sequencers"),
        (Self::Stake, "stake"),
        (Self::OpenSlots, "slots"),
        (Self::Slashed, "slashed"),
        (Self::Registered, "registered"),
    ];

    /// Whether the interesting end comes first when the column is chosen.
    pub(crate) fn starts_descending(self) -> bool {
        !matches!(self, Self::Name | Self::Commission)
    }
}

/// What the list of providers shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProvidersView {
    /// Part of a name, site or address.
    pub(crate) search: String,
    /// Column.
    pub(crate) sort: Sort,
    /// Direction against the column's own.
    pub(crate) reversed: bool,
    /// Only providers with keys left.
    pub(crate) open_only: bool,
    /// Only commissions up to this.
    pub(crate) most: Option<Bps>,
    /// Providers side by side, in the order in which they were chosen.
    pub(crate) compare: Vec<u64>,
}

impl ProvidersView {
    /// Side by side at most: more are not seen at one glance.
    pub(crate) const SIDE_BY_SIDE: usize = 4;
}

impl Page {
    /// The same page of another network, without what means something else there: numbers of providers, and names
    /// and addresses that were searched for.
    pub(crate) fn elsewhere(&self) -> Self {
        match self {
            Self::Provider { .. } => Self::Providers(ProvidersView::default()),
            Self::Providers(view) => {
                Self::Providers(ProvidersView { search: String::new(), compare: Vec::new(), ..view.clone() })
            }
            Self::Provide(_) => Self::Provide(None),
            Self::Governance(_) => Self::Governance(None),
            Self::Overview | Self::Positions(_) | Self::Settings | Self::NotFound => self.clone(),
        }
    }
}

impl Route {
    /// The first page of a network.
    pub(crate) fn home(network: &str) -> Self {
        Self { network: network.to_owned(), page: Page::Providers(ProvidersView::default()), watch: None }
    }

    /// The same place on another page.
    pub(crate) fn with(&self, page: Page) -> Self {
        Self { page, ..self.clone() }
    }

    /// An address, without `#`. Anything is accepted; what leads nowhere is [`Page::NotFound`].
    pub(crate) fn parse(hash: &str) -> Self {
        let (path, query) = hash.split_once('?').unwrap_or((hash, ""));
        let get = |name: &str| {
            parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let page = match parts.get(1..).unwrap_or_default() {
            [] | ["providers"] => Page::Providers(ProvidersView {
                search: get("q").map(|text| text.chars().take(80).collect()).unwrap_or_default(),
                sort: get("sort")
                    .and_then(|name| Sort::ALL.iter().find(|(_, n)| *n == name))
                    .map_or_else(Sort::default, |(sort, _)| *sort),
                reversed: get("reversed").is_some(),
                open_only: get("open").is_some(),
                most: get("most").and_then(|bps| bps.parse().ok()).and_then(Bps::new),
                compare: numbers(&get("compare").unwrap_or_default()),
            }),
            ["providers", number] => match number.parse() {
                Ok(provider_id) => Page::Provider { provider_id, standing: get("show") },
                Err(_) => Page::NotFound,
            },
            ["overview"] => Page::Overview,
            ["governance"] => Page::Governance(None),
            ["governance", number] => number.parse().map_or(Page::NotFound, |id| Page::Governance(Some(id))),
            ["positions"] => Page::Positions(None),
            ["positions", text] => Page::Positions(units::address(text).ok()),
            ["provide"] => Page::Provide(get("provider").and_then(|number| number.parse().ok())),
            ["settings"] => Page::Settings,
            _ => Page::NotFound,
        };
        Self {
            network: parts.first().copied().unwrap_or_default().to_owned(),
            page,
            watch: get("watch").and_then(|text| units::address(&text).ok()),
        }
    }

    fn query(&self) -> String {
        let mut query = Serializer::new(String::new());
        match &self.page {
            Page::Providers(view) => {
                if !view.search.is_empty() {
                    query.append_pair("q", &view.search);
                }
                if view.sort != Sort::default() {
                    let name =
                        Sort::ALL.iter().find(|(sort, _)| *sort == view.sort).map_or("", |(_, name)| name);
                    query.append_pair("sort", name);
                }
                if view.reversed {
                    query.append_pair("reversed", "1");
                }
                if view.open_only {
                    query.append_pair("open", "1");
                }
                if let Some(most) = view.most {
                    query.append_pair("most", &most.get().to_string());
                }
                if !view.compare.is_empty() {
                    let numbers: Vec<String> = view.compare.iter().map(u64::to_string).collect();
                    query.append_pair("compare", &numbers.join("."));
                }
            }
            Page::Provider { standing: Some(standing), .. } => {
                query.append_pair("show", standing);
            }
            Page::Provide(Some(provider_id)) => {
                query.append_pair("provider", &provider_id.to_string());
            }
            Page::Overview
            | Page::Positions(_)
            | Page::Provider { .. }
            | Page::Governance(_)
            | Page::Provide(None)
            | Page::Settings
            | Page::NotFound => {}
        }
        if let Some(watch) = self.watch {
            query.append_pair("watch", &watch.to_string());
        }
        query.finish()
    }
}

/// Different numbers between points, as many as can stand side by side.
fn numbers(text: &str) -> Vec<u64> {
    let mut all = Vec::new();
    for number in text.split('.').filter_map(|number| number.parse().ok()) {
        if !all.contains(&number) && all.len() < ProvidersView::SIDE_BY_SIDE {
            all.push(number);
        }
    }
    all
}

/// The address without `#`: `/aztec-mainnet/providers/7`.
impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.network.is_empty() {
            // whichever network was open last, at its first page
            return f.write_str("/");
        }
        write!(f, "/{}", self.network)?;
        match &self.page {
            Page::Overview => f.write_str("/overview")?,
            Page::Providers(_) => f.write_str("/providers")?,
            Page::Provider { provider_id, .. } => write!(f, "/providers/{provider_id}")?,
            Page::Governance(None) => f.write_str("/governance")?,
            Page::Governance(Some(id)) => write!(f, "/governance/{id}")?,
            Page::Positions(None) => f.write_str("/positions")?,
            Page::Positions(Some(address)) => write!(f, "/positions/{address}")?,
            Page::Provide(_) => f.write_str("/provide")?,
            Page::Settings => f.write_str("/settings")?,
            Page::NotFound => f.write_str("/nowhere")?,
        }
        let query = self.query();
        if query.is_empty() { Ok(()) } else { write!(f, "?{query}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_reads_back() {
        for hash in [
            "/aztec-mainnet/overview",
            "/aztec-mainnet/providers",
            "/aztec-mainnet/providers?q=a+b%26c&sort=stake&reversed=1&open=1&most=1500",
            "/aztec-mainnet/providers?sort=registered&compare=7.2.31",
            "/aztec-mainnet/providers/7",
            "/aztec-mainnet/providers/7?show=queued&watch=0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "/aztec-local/governance",
            "/aztec-local/governance/0",
            "/aztec-local/positions",
            "/aztec-local/positions/0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "/aztec-local/provide",
            "/aztec-local/provide?provider=3",
            "/x/settings",
        ] {
            assert_eq!(Route::parse(hash).to_string(), hash);
        }
    }

    #[test]
    fn what_belongs_to_a_network_stays_there() {
        for (here, there) in [
            ("/a/provide?provider=3", "/b/provide"),
            ("/a/providers/7?show=queued", "/b/providers"),
            ("/a/providers?q=7&sort=stake&open=1&compare=1.2", "/b/providers?sort=stake&open=1"),
            ("/a/governance/7", "/b/governance"),
            ("/a/settings", "/b/settings"),
        ] {
            let page = Route::parse(here).page.elsewhere();
            assert_eq!(Route { network: "b".to_owned(), page, watch: None }.to_string(), there);
        }
    }

    #[test]
    fn anything_is_an_address() {
        for (hash, network, page) in [
            ("", "", Page::Providers(ProvidersView::default())),
            ("/", "", Page::Providers(ProvidersView::default())),
            ("/aztec-mainnet", "aztec-mainnet", Page::Providers(ProvidersView::default())),
            ("/aztec-mainnet/", "aztec-mainnet", Page::Providers(ProvidersView::default())),
            ("/n/providers/x", "n", Page::NotFound),
            ("/n/providers/-1", "n", Page::NotFound),
            ("/n/providers/1/2", "n", Page::NotFound),
            ("/n/governance/x", "n", Page::NotFound),
            ("/n/wat", "n", Page::NotFound),
            ("/n/positions/0x12", "n", Page::Positions(None)),
            ("/n/providers?sort=wat&most=20000&watch=0x12", "n", Page::Providers(ProvidersView::default())),
        ] {
            let route = Route::parse(hash);
            assert_eq!((route.network.as_str(), route.page, route.watch), (network, page, None), "{hash}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_address_panics_and_its_writing_is_stable(hash: String) {
            let written = Route::parse(&hash).to_string();
            proptest::prop_assert_eq!(Route::parse(&written).to_string(), written);
        }
    }
}
