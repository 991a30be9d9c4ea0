//! The code that the list of providers does not need comes as a second file, loaded when something first asks for it.
//!
//! There is one door, [`second`]: it gives a table of functions, and whatever can be reached through that table alone
//! is put into the second file by the build (`xtask/post-build.mjs`, feature `split`). Without the feature everything
//! is in one file and the door opens at once.

use std::time::Duration;

use leptos::prelude::*;

use super::{
    Cx, aztec, frame,
    kit::{empty, icon, live, press},
    settings, tx,
};
use crate::state::{RunView, pause, spawn};

/// A page of the second file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Overview,
    Provider(u64),
    Governance(Option<u64>),
    Positions,
    Provide,
    Settings,
}

/// What the second file can do.
pub(crate) struct Rest {
    /// Draws a page.
    pub(crate) page: fn(Cx, Place) -> AnyView,
    /// Draws providers side by side.
    pub(crate) compare: fn(Cx, Memo<Option<aztec::Rows>>, Vec<u64>) -> AnyView,
    /// Draws the runs of transactions.
    pub(crate) runs: fn(Cx, Vec<RunView>) -> AnyView,
    /// Looks for wallets, takes up the runs that the journal kept, and tells about their ends wherever the reader is.
    pub(crate) follow: fn(Cx),
    /// What is wrong with the whole page.
    pub(crate) banners: fn(Cx) -> AnyView,
    /// The popover that says where a figure comes from.
    pub(crate) source: fn(Cx) -> AnyView,
    /// What is in the dialog that connects a wallet.
    pub(crate) picker: fn(Cx) -> AnyView,
    /// What is in the dialog that finds pages, providers and addresses.
    pub(crate) finder: fn(Cx) -> AnyView,
    /// The list of keys.
    pub(crate) keys: fn(Cx) -> AnyView,
}

static REST: Rest = Rest {
    page,
    compare: |cx, all, numbers| live(move || aztec::compare(cx, all, &numbers)),
    runs: tx::runs,
    follow,
    banners: frame::banners,
    source: aztec::source,
    picker: frame::picker,
    finder: frame::finder,
    keys: frame::keys,
};

fn follow(cx: Cx) {
    cx.scope.network.with_value(|network| cx.shell.session.begin(network));
    tx::follow(cx);
}

fn page(cx: Cx, place: Place) -> AnyView {
    match place {
        Place::Overview => aztec::overview_page(cx),
        Place::Provider(provider_id) => aztec::provider_page(cx, provider_id),
        Place::Governance(None) => aztec::governance_page(cx),
        Place::Governance(Some(id)) => aztec::proposal_page(cx, id),
        Place::Positions => aztec::positions_page(cx),
        Place::Provide => aztec::provide_page(cx),
        Place::Settings => settings::settings_page(cx),
    }
}

/// The second file did not come.
#[derive(Clone, Copy, Debug)]
struct Missing;

#[cfg(not(feature = "split"))]
fn second() -> std::future::Ready<Result<&'static Rest, Missing>> {
    std::future::ready(Ok(&REST))
}

#[cfg(feature = "split")]
mod door {
    use leptos::wasm_split::{SplitLoaderError, wasm_split};

    use super::{Missing, REST, Rest};

    impl From<SplitLoaderError> for Missing {
        fn from(_: SplitLoaderError) -> Self {
            Self
        }
    }

    #[wasm_split(second, fallible, wasm_split_path = ::leptos::wasm_split)]
    pub(super) fn second() -> Result<&'static Rest, Missing> {
        Ok(&REST)
    }
}
#[cfg(feature = "split")]
use door::second;

#[derive(Clone, Copy)]
enum State {
    Unasked,
    Loading,
    Here(&'static Rest),
    Failed,
}

/// The second file: absent, on its way or here.
#[derive(Clone, Copy)]
pub(crate) struct Loader(RwSignal<State>);

impl Loader {
    /// Not asked for yet.
    pub(crate) fn new() -> Self {
        Self(RwSignal::new(State::Unasked))
    }

    /// Asks for it, unless somebody did.
    pub(crate) fn want(&self) {
        if matches!(self.0.get_untracked(), State::Unasked | State::Failed) {
            self.0.set(State::Loading);
            let state = self.0;
            spawn(async move {
                let found = second().await;
                // what waits for it takes a turn of its own
                pause(Duration::ZERO).await;
                state.set(found.map_or(State::Failed, State::Here));
            });
        }
    }

    /// It, if somebody asked for it and it is here.
    pub(crate) fn here(&self) -> Option<&'static Rest> {
        match self.0.get() {
            State::Here(rest) => Some(rest),
            _ => None,
        }
    }

    /// It, once it is here; asks for it.
    pub(crate) fn get(&self) -> Option<&'static Rest> {
        match self.0.get() {
            State::Here(rest) => Some(rest),
            State::Unasked => {
                self.want();
                None
            }
            State::Loading | State::Failed => None,
        }
    }

    /// Draws with it, or says what became of it; `meanwhile` stands in its place until then.
    pub(crate) fn view(
        &self,
        draw: impl Fn(&'static Rest) -> AnyView + Send + 'static,
        meanwhile: fn() -> AnyView,
    ) -> AnyView {
        let loader = *self;
        live(move || match (loader.get(), loader.0.get()) {
            (Some(rest), _) => untrack(|| draw(rest)),
            (None, State::Failed) => view! { <section class="panel">{loader.trouble()}</section> }.into_any(),
            (None, _) => meanwhile(),
        })
    }

    /// That it did not come, with a way to ask again; `None` unless it failed.
    pub(crate) fn trouble(&self) -> Option<AnyView> {
        let loader = *self;
        if !matches!(loader.0.get(), State::Failed) {
            return None;
        }
        let again = press(move || loader.want());
        let again = view! { <button type="button" class="btn" on:click=again>{icon("refresh", 16)}"Try again"</button> };
        Some(empty(
            "warn",
            "A part of Rota could not be loaded",
            "Its host does not answer, or the file is not the one this page was built with.",
            Some(again.into_any()),
        ))
    }
}
