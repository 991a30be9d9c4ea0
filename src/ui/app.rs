use leptos::{mount::mount_to, prelude::*};

use super::{aztec, frame, kit, settings};
use crate::{
    chain::Network,
    platform,
    state::{EndpointChoice, Page, Route, Scope, Shell},
};

/// Puts the app in the place of the skeleton that `index.html` shows until then.
pub(crate) fn mount() {
    let Some(root) = platform::app_root() else { return };
    // the app lives as long as the page
    mount_to(root, App).forget();
}

/// The whole page.
#[component]
fn App() -> impl IntoView {
    let shell = Shell::provide();
    let toasts = kit::Toasts::provide();
    // a network is opened anew when its description or its endpoints change, and only then
    let opened = Memo::new(move |_| {
        let network = shell.network()?;
        let endpoints = shell.endpoints(&network);
        // the wallet counts as an endpoint only while one is connected
        let wallet =
            endpoints.contains(&EndpointChoice::Wallet).then(|| shell.session.wallet.with(Option::is_some));
        Some((network, endpoints, wallet))
    });
    view! {
        <a class="skip" href="#main" on:click=move |event| {
            // the hash belongs to the router
            event.prevent_default();
            platform::focus("main");
        }>"Skip to content"</a>
        {move || match opened.get() {
            Some((network, endpoints, _)) => view! { <Opened network=network endpoints=endpoints/> }.into_any(),
            None => view! { <frame::Unopened/> }.into_any(),
        }}
        <kit::ToastTray toasts=toasts/>
    }
}

/// The page with a network open.
#[component]
fn Opened(network: Network, endpoints: Vec<EndpointChoice>) -> impl IntoView {
    let shell = expect_context::<Shell>();
    let id = network.id.clone();
    let scope = Scope::provide(shell, network, &endpoints);
    let sources = kit::Sources::provide();
    frame::WalletDialog::provide();
    // what the figures of the list are sorted by changes the address, but is no other page
    let page = Memo::new(move |_| shell.route.with(|route| PageKey::of(&route.page)));
    Effect::new(move |previous: Option<()>| {
        page.track();
        sources.close();
        if previous.is_some() {
            platform::scroll_to_top();
        }
    });
    if shell.route.with_untracked(|route| route.network.is_empty()) {
        shell.adjust(Route { network: id, ..shell.route.get_untracked() });
    }
    view! {
        <frame::TopBar/>
        <main class="page" id="main" tabindex="-1">
            <frame::Banners/>
            {move || match page.get() {
                PageKey::Providers => view! { <aztec::ProvidersPage/> }.into_any(),
                PageKey::Provider(provider_id) => view! { <aztec::ProviderPage provider_id=provider_id/> }.into_any(),
                PageKey::Provide => view! { <aztec::ProvidePage/> }.into_any(),
                PageKey::Settings => view! { <settings::SettingsPage/> }.into_any(),
                PageKey::NotFound => view! { <frame::NotFound/> }.into_any(),
            }}
        </main>
        <frame::Footer/>
        <frame::TabBar/>
        <aztec::SourceView scope=scope sources=sources/>
    }
}

/// What makes a page another page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PageKey {
    Providers,
    Provider(u64),
    Provide,
    Settings,
    NotFound,
}

impl PageKey {
    fn of(page: &Page) -> Self {
        match page {
            Page::Providers(_) => Self::Providers,
            Page::Provider { provider_id, .. } => Self::Provider(*provider_id),
            Page::Provide(_) => Self::Provide,
            Page::Settings => Self::Settings,
            Page::NotFound => Self::NotFound,
        }
    }
}
