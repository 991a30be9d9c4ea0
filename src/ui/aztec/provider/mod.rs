//! One provider: decide, and delegate.

mod act;
mod checks;
mod coinbases;
mod delegate;
mod effects;
mod facts;
mod form;
mod lots;
pub(super) mod past;
mod sequencers;
mod vault;

pub(super) use sequencers::frozen;

use leptos::prelude::*;

use crate::{
    aztec::{
        read::{self, ProviderConfig, Stakes},
        record::Record,
        summary::Summary,
    },
    chain::{At, ReadError, Reading},
    platform,
    state::{Page, ProvidersView, Remote, Screen, watch},
    ui::{
        Cx,
        frame::run_list,
        kit::{Figure, Written, empty, icon, live},
        text,
    },
};

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Desk {
    cx: Cx,
    provider_id: u64,
    page: Screen<read::ProviderPage>,
    stakes: Screen<Stakes>,
    /// Its past, once all events are read.
    record: Memo<Option<Record>>,
    /// Whether its admin is a contract.
    admin: Screen<bool>,
}

impl Desk {
    /// The registration, once read.
    fn config(&self) -> Option<ProviderConfig> {
        self.page.with(|page| page.last()?.value.config.get().copied())
    }

    /// Anything of the page that was read.
    fn get<T: Clone>(&self, pick: impl FnOnce(&read::ProviderPage) -> &Reading<T>) -> Option<T> {
        self.page.with(|page| pick(&page.last()?.value).get().cloned())
    }

    /// A figure of the page.
    fn figure(&self, pick: impl FnOnce(&At<read::ProviderPage>) -> Figure) -> Figure {
        self.page.with(|page| Figure::at(page, pick))
    }

    /// The commission, as a figure.
    fn commission(&self) -> Figure {
        self.figure(|at| Figure::of(&at.value.config, |config| config.take_rate.to_string().into()))
    }

    /// A figure of the summary.
    fn summed(&self, summary: Option<&Summary>, pick: impl FnOnce(&Summary) -> Figure) -> Figure {
        Figure::within(summary, None, pick)
            .awaiting_events(self.cx.scope.events_in_trouble())
            .aged(self.stakes.with(Remote::aged))
    }

    fn past(&self) -> past::Past {
        past::Past { cx: self.cx, provider_id: self.provider_id, record: self.record }
    }

    fn summary(&self) -> Option<Summary> {
        self.stakes.with(|stakes| self.cx.scope.summary(stakes, self.provider_id))
    }

    /// An amount of the staking token as text.
    fn amount(&self, raw: alloy_primitives::U256) -> Written {
        match self.cx.scope.deployment() {
            Some(contracts) => Written::amount(&contracts.token, raw),
            None => Written::Text(raw.to_string()),
        }
    }
}

/// The last good answer, or why there is none, or that it is on its way.
fn answered<T: Clone>(remote: &Remote<At<T>>) -> Option<Result<T, ReadError>> {
    match (remote.last(), remote.failure()) {
        (Some(at), _) => Some(Ok(at.value.clone())),
        (None, Some(error)) => Some(Err(error.clone())),
        (None, None) => None,
    }
}

/// A provider's page.
pub(crate) fn provider_page(cx: Cx, provider_id: u64) -> AnyView {
    let scope = cx.scope;
    let record = Memo::new(move |_| {
        scope.ledger.with(|ledger| {
            let ledger = ledger.as_ref().filter(|ledger| ledger.is_complete())?;
            Some(Record::of(&ledger.history, provider_id))
        })
    });
    let page = scope.provider(provider_id);
    let admin = move || {
        page.with(|page| Some(page.last()?.value.config.get()?.admin)).filter(|admin| !admin.is_zero())
    };
    let desk = Desk {
        cx,
        provider_id,
        page,
        admin: scope.is_contract(admin),
        stakes: scope.stakes(Some(provider_id)),
        record,
    };
    watch(move || platform::set_title(&format!("{} · Rota", scope.label(provider_id))));
    let unknown = Memo::new(move |_| desk.config().is_some_and(|config| config.admin.is_zero()));
    let list = move || cx.link(Page::Providers(ProvidersView::default()));
    let body =
        live(move || if unknown.get() { no_such(provider_id, list()) } else { untrack(|| found(desk)) });
    let back = live(move || {
        view! { <a class="small row back" href=list()>{icon("cl", 14)}"Providers"</a> }.into_any()
    });
    view! { {back}{body} }.into_any()
}

fn no_such(provider_id: u64, list: String) -> AnyView {
    let next = view! { <a class="btn primary" href=list>"Browse providers"</a> }.into_any();
    let said = empty(
        "search",
        "There is no provider with this number",
        "Numbers begin at 1 and are given by the StakingRegistry.",
        Some(next),
    );
    view! {
        <div class="pagehead"><h1>{format!("Provider {provider_id}")}</h1></div>
        <section class="panel">{said}</section>
    }
    .into_any()
}

fn found(desk: Desk) -> AnyView {
    let failed = live(move || {
        let said = desk.page.with(|page| page.failure().map(text::read_error));
        said.map(|said| {
            view! {
                <div class="banner bad" role="alert">{icon("warn", 16)}<div><b>{said.what}</b><p>{said.todo}</p></div></div>
            }
        })
        .into_any()
    });
    // together, once there is something to show: one that arrives before the other would push it about
    let keys = desk.cx.scope.next_keys(desk.provider_id, || Some(checks::KEYS));
    let ready = Memo::new(move |_| {
        let read = desk.page.with(|page| page.last().is_some() || page.failure().is_some());
        read && keys.with(|keys| answered(keys).is_some())
            && desk.stakes.with(|stakes| answered(stakes).is_some())
    });
    let looks = past::Looks::new();
    let lower = live(move || {
        if ready.get() {
            untrack(|| {
                view! { {checks::checks(desk, keys)}{coinbases::coinbases(desk)}{past::past(desk.past(), looks)}{sequencers::sequencers(desk)} }
                    .into_any()
            })
        } else {
            view! { <section class="panel" aria-busy="true"><header><span class="skel w12"></span></header></section> }
                .into_any()
        }
    });
    view! {
        {failed}
        <div class="pagebody">
            <section class="panel">
                {live(move || facts::identity(desk))}
                {live(move || facts::readouts(desk))}
            </section>
            <div class="cols withside">
                <div class="stack main">{run_list(desk.cx)}{lower}</div>
                <div class="side">{delegate::delegate(desk)}</div>
            </div>
        </div>
    }
    .into_any()
}
