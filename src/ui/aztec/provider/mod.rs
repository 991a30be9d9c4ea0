//! One provider: decide, and delegate.

mod checks;
mod delegate;
mod effects;
mod facts;
mod form;
mod sequencers;

use leptos::prelude::*;

use self::{checks::Checks, delegate::Delegate, facts::Facts, sequencers::Sequencers};
use crate::{
    aztec::{read, summary::Stakes},
    chain::At,
    state::{Page, ProvidersView, Remote, Scope, Shell},
    ui::{
        kit::{Empty, Icon},
        text,
        tx::RunList,
    },
};

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(super) struct Screen {
    pub(super) provider_id: u64,
    pub(super) page: ReadSignal<Remote<At<read::ProviderPage>>>,
    pub(super) stakes: ReadSignal<Remote<At<Stakes>>>,
}

/// A provider's page.
#[component]
pub(crate) fn ProviderPage(provider_id: u64) -> impl IntoView {
    let shell = expect_context::<Shell>();
    let scope = expect_context::<Scope>();
    let screen =
        Screen { provider_id, page: scope.provider(provider_id), stakes: scope.stakes(Some(provider_id)) };
    provide_context(screen);
    Effect::new(move |_| {
        crate::platform::set_title(&format!("{} · Rota", scope.names.with(|names| names.label(provider_id))))
    });
    let unknown = Memo::new(move |_| {
        screen.page.with(|page| {
            page.last().is_some_and(|at| at.value.config.get().is_some_and(|config| config.admin.is_zero()))
        })
    });
    let failed = Memo::new(move |_| {
        screen.page.with(|page| match page {
            Remote::Failed(error) => Some(text::read_error(error)),
            _ => None,
        })
    });
    let list = move || {
        format!("#{}", shell.route.with(|route| route.with(Page::Providers(ProvidersView::default()))))
    };
    view! {
        <a class="small row back" href=list><Icon name="cl" size=14/>"Providers"</a>
        {move || if unknown.get() {
            view! {
                <div class="pagehead"><h1>{format!("Provider {provider_id}")}</h1></div>
                <section class="panel">
                    <Empty icon="search" title="There is no provider with this number" text="Numbers begin at 1 and are given by the StakingRegistry.">
                        <a class="btn primary" href=list>"Browse providers"</a>
                    </Empty>
                </section>
            }.into_any()
        } else {
            view! {
                {move || failed.get().map(|said| view! {
                    <div class="banner bad" role="alert"><Icon name="warn"/><div><b>{said.what}</b><p>{said.todo}</p></div></div>
                })}
                <div class="pagebody" class:stale=move || scope.head.is_stale()>
                    <Facts/>
                    <div class="cols withside">
                        <div class="stack main">
                            <RunList/>
                            <Checks/>
                            <Sequencers/>
                        </div>
                        <div class="side"><Delegate/></div>
                    </div>
                </div>
            }.into_any()
        }}
    }
}
