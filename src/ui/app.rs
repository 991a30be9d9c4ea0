use leptos::{mount::mount_to, prelude::*};

use super::{
    Cx, aztec,
    cx::Parts,
    frame,
    kit::{self, later, live},
    rest::{Loader, Place},
};
use crate::{
    chain::Network,
    platform::{self, dom},
    state::{EndpointChoice, Page, Route, Scope, Shell, spawn, watch},
};

/// Draws the app beside the skeleton that `index.html` shows, and takes its place when there is a page.
pub(crate) fn mount() {
    let Some(root) = platform::app_root() else { return };
    // the app lives as long as the page
    mount_to(root, app).forget();
}

/// The whole page.
fn app() -> AnyView {
    let shell = Shell::start();
    let (toasts, rest) = (kit::Toasts::start(), Loader::new());
    kit::listen_for_choices();
    // a network is opened anew when its description or its endpoints change, and only then
    let opened = Memo::new(move |_| {
        let network = shell.network()?;
        let endpoints = shell.endpoints(&network);
        // the wallet counts as an endpoint only while one is connected, and as another one on another chain
        let wallet = endpoints.contains(&EndpointChoice::Wallet).then(|| {
            shell.session.wallet.with(|wallet| wallet.as_ref().map(|now| (now.key.clone(), now.chain_id)))
        });
        Some((network, endpoints, wallet))
    });
    let page = live(move || match opened.get() {
        Some((network, endpoints, _)) => untrack(|| open(shell, toasts, rest, network, &endpoints)),
        None => frame::unopened(shell),
    });
    let skip: Box<dyn FnMut(leptos::ev::MouseEvent)> = Box::new(|event| {
        // the hash belongs to the router
        event.prevent_default();
        dom::focus("main");
    });
    view! {
        <a class="skip" href="#main" on:click=skip>"Skip to content"</a>
        {page}
        {kit::toast_tray(toasts)}
        {kit::listen_for_copies()}
    }
    .into_any()
}

/// The page with a network open.
fn open(
    shell: Shell,
    toasts: kit::Toasts,
    rest: Loader,
    network: Network,
    endpoints: &[EndpointChoice],
) -> AnyView {
    let id = network.id.clone();
    let cx = Cx::new(Parts {
        shell,
        scope: Scope::open(shell, network, endpoints),
        sources: kit::Sources::start(),
        rest,
        toasts,
        picker: RwSignal::new(false),
        finder: RwSignal::new(false),
        keys: RwSignal::new(false),
        watched: Memo::new(move |_| shell.route.with(|route| route.watch)),
    });
    if shell.route.with_untracked(|route| route.network.is_empty()) {
        shell.adjust(Route { network: id, ..shell.route.get_untracked() });
    }
    frame::follow(cx);
    // it says what is wrong, compares endpoints with each other, and knows when blocks were: it comes when somebody begins
    // to use the page (boot.js), and at once where something is wrong
    spawn(async move {
        // a page without boot.js is one of the tests: there it comes at once
        platform::shipped("used").await.ok();
        cx.rest.want();
    });
    watch(move || {
        let (head, contracts) = (cx.scope.head, cx.scope.contracts);
        let contradicted =
            || contracts.with(|found| found.last().is_some_and(|all| !all.mismatches.is_empty()));
        let unread = || contracts.with(|found| found.failure().is_some());
        if head.error.with(Option::is_some) || head.stale.get() || unread() || contradicted() {
            cx.rest.want();
        }
    });
    let banners = live(move || cx.rest.here().map(|rest| untrack(|| (rest.banners)(cx))).into_any());
    // one mark greys every figure of the page
    watch(move || dom::flag("main", "data-stale", cx.scope.head.stale.get()));
    // what the figures of the list are sorted by changes the address, but is no other page
    let key = Memo::new(move |_| shell.route.with(|route| PageKey::of(&route.page)));
    let mut before = None;
    watch(move || {
        let now = key.get();
        if before.replace(now).is_some_and(|before| before != now) {
            platform::scroll_to_top();
            // who reads by ear or goes by keys begins at the new page, not where the link was
            dom::focus("main");
        }
    });
    let page = move || {
        let key = key.get();
        untrack(move || {
            cx.sources.forget();
            match key {
                PageKey::Providers => aztec::providers_page(cx),
                PageKey::NotFound => frame::not_found(cx),
                PageKey::Other(place) => {
                    cx.rest.view(move |rest| (rest.page)(cx, place), frame::page_skeleton)
                }
            }
        })
    };
    // drawn by the second file, which is asked for when the first source is
    let source = live(move || {
        if !cx.sources.is_open() {
            return ().into_any();
        }
        if let Some(rest) = cx.rest.get() {
            return untrack(|| (rest.source)(cx));
        }
        let trouble = cx.rest.trouble();
        trouble.map(|said| view! { <div class="pop toasts" role="alert">{said}</div> }).into_any()
    });
    // after what the page draws later, or that would push it down before everybody's eyes
    let below = later(move || {
        later(move || {
            platform::unveil();
            view! { {frame::footer(cx)}{frame::tab_bar(cx)}{frame::keyboard(cx)} }.into_any()
        })
    });
    view! {
        {later(move || frame::top_bar(cx))}
        <main class="page" id="main" tabindex="-1">{banners}{later(move || live(page))}</main>
        {below}
        {source}
    }
    .into_any()
}

/// What makes a page another page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PageKey {
    Providers,
    NotFound,
    Other(Place),
}

impl PageKey {
    fn of(page: &Page) -> Self {
        match page {
            Page::Providers(_) => Self::Providers,
            Page::Overview => Self::Other(Place::Overview),
            Page::Provider { provider_id, .. } => Self::Other(Place::Provider(*provider_id)),
            Page::Governance(id) => Self::Other(Place::Governance(*id)),
            Page::Positions(_) => Self::Other(Place::Positions),
            Page::Provide(_) => Self::Other(Place::Provide),
            Page::Settings => Self::Other(Place::Settings),
            Page::NotFound => Self::NotFound,
        }
    }
}
