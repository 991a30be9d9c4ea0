//! Being a provider: register, set the commission, say who receives it.

mod admin;
mod alerts;
mod claim;
mod commission;
mod handover;
mod keys;
mod past;
mod payees;
mod queue;
mod recipient;
mod register;
mod summary;
mod words;

pub(super) use keys::chosen;
pub(super) use words::Reader;

use alloy_primitives::Address;
use leptos::prelude::*;

use crate::{
    aztec::{
        coinbase::Audit,
        read::{Holder, ProviderConfig, ProviderRow, Providers, Rewards, Stakes},
    },
    platform,
    state::{Page, Screen},
    ui::{
        Cx,
        frame::run_list,
        kit::{icon, live, press, typed},
    },
};

/// What the panels share.
#[derive(Clone, Copy)]
struct Desk {
    cx: Cx,
    providers: Screen<Providers>,
    stakes: Screen<Stakes>,
    /// The provider that is managed.
    managed: Memo<Option<u64>>,
    /// What its admin is.
    holder: Screen<Holder>,
    /// Who is proposed as its admin; zero is nobody.
    pending: Screen<Address>,
    /// Whom its sequencers named as receivers of their rewards.
    audit: Screen<Audit>,
    /// What its splits earned.
    earned: Screen<Rewards>,
}

impl Desk {
    fn row<T>(&self, provider_id: u64, pick: impl FnOnce(&ProviderRow) -> T) -> Option<T> {
        self.providers.with(|providers| {
            providers.last()?.value.rows.iter().find(|row| row.provider_id == provider_id).map(pick)
        })
    }

    /// A provider's registration, once read.
    fn config(&self, provider_id: u64) -> Option<ProviderConfig> {
        self.row(provider_id, |row| row.config.get().copied()).flatten()
    }
}

/// The page of a provider's admin.
pub(crate) fn provide_page(cx: Cx) -> AnyView {
    platform::set_title("Provide · Rota");
    let providers = cx.scope.providers();
    let mine = Memo::new(move |_| {
        let account = cx.account();
        providers.with(|providers| {
            let rows = providers.last().map_or(&[][..], |at| &at.value.rows);
            let own = rows
                .iter()
                .filter(|row| row.config.get().is_some_and(|config| Some(config.admin) == account));
            own.map(|row| row.provider_id).collect::<Vec<_>>()
        })
    });
    let managed = Memo::new(move |_| match cx.shell.route.with(|route| route.page.clone()) {
        Page::Provide(Some(chosen)) => Some(chosen),
        _ => mine.with(|mine| mine.first().copied()),
    });
    let admin = Memo::new(move |_| {
        let id = managed.get()?;
        providers.with(|providers| {
            let row = providers.last()?.value.rows.iter().find(|row| row.provider_id == id)?;
            row.config.get().map(|config| config.admin).filter(|admin| !admin.is_zero())
        })
    });
    let desk = Desk {
        cx,
        providers,
        stakes: cx.scope.stakes(None),
        managed,
        holder: cx.scope.holder(move || admin.get()),
        pending: cx.scope.pending_admin(move || managed.get()),
        audit: cx.scope.coinbases(move || managed.get()),
        earned: cx.scope.commission(move || managed.get()),
    };
    let new = cx.scope.new_keys(move || {
        let slots = managed.get().and_then(|id| desk.row(id, |row| row.open_slots.get().copied()));
        slots.flatten().unwrap_or_default()
    });
    let changes = live(move || match managed.get() {
        Some(provider_id) => untrack(|| {
            view! {
                {admin::notice(desk, provider_id)}
                {queue::queue(desk, provider_id)}
                {keys::upload(desk, provider_id, new)}
                {payees::payees(desk, provider_id)}
                {claim::claim(desk, provider_id)}
                {commission::commission(desk, provider_id)}
                {recipient::recipient(desk, provider_id)}
                {past::past(desk, provider_id)}
            }
            .into_any()
        }),
        None => ().into_any(),
    });
    let side = live(move || match managed.get() {
        Some(provider_id) => untrack(|| {
            view! { {live(move || summary::facts(desk, provider_id))}{alerts::alerts(desk, provider_id)}{handover::handover(desk, provider_id)} }
                .into_any()
        }),
        None => before_registering(),
    });
    view! {
        {live(move || heading(desk, &mine.get()))}
        {live(move || if cx.account().is_none() { not_connected(cx) } else { ().into_any() })}
        <div class="pagebody">
            <div class="cols withside">
                <div class="stack main">{run_list(cx)}{changes}{register::register(desk)}</div>
                <div class="side stack">{side}</div>
            </div>
        </div>
    }
    .into_any()
}

fn heading(desk: Desk, mine: &[u64]) -> AnyView {
    let cx = desk.cx;
    let managed = desk.managed.get();
    let said = match managed {
        Some(id) if cx.scope.names.with(|names| names.get(id).is_some()) => {
            format!("{}, provider {id}", cx.scope.label(id))
        }
        Some(id) => format!("Provider {id}"),
        None => "Run sequencers for others and earn a commission on their rewards.".to_owned(),
    };
    let choose = (mine.len() > 1).then(|| {
        let choose = typed(move |id| {
            cx.shell.adjust(cx.shell.route.get_untracked().with(Page::Provide(id.parse().ok())));
        });
        let options = mine.iter().map(|id| {
            let chosen = managed == Some(*id);
            view! { <option value=id.to_string() prop:selected=chosen>{cx.scope.label(*id)}</option> }.into_any()
        });
        view! {
            <label class="input choose">
                <span>"Manage"</span>
                <select aria-label="Provider to manage" on:change=choose>{options.collect::<Vec<_>>()}</select>
            </label>
        }
    });
    view! { <div class="pagehead"><div><h1>"Provide"</h1><p>{said}</p></div>{choose}</div> }.into_any()
}

fn not_connected(cx: Cx) -> AnyView {
    let connect = press(move || cx.picker.set(true));
    view! {
        <div class="banner">
            {icon("power", 16)}
            <div><b>"Not connected"</b><p>"You are reading the chain directly. Connect the admin’s wallet to manage a provider, or any wallet to register one."</p></div>
            <button type="button" class="btn primary" on:click=connect>"Connect wallet"</button>
        </div>
    }
    .into_any()
}

/// What to know before there is a provider to manage.
fn before_registering() -> AnyView {
    let step = |n: &'static str, title: &'static str, text: &'static str| {
        view! { <li><span class="mk">{n}</span><span class="t">{title}</span><span class="st"></span><div class="d">{text}</div></li> }
            .into_any()
    };
    view! {
        <section class="panel">
            <header><h2>"How providing works"</h2></header>
            <div class="body">
                <ol class="steps">
                    {step("1", "Register", "Admin, commission and who receives it. Costs gas only.")}
                    {step("2", "Add keys", "One for each sequencer you are ready to run. Nobody can delegate without.")}
                    {step("3", "Run the nodes", "A delegation takes the next key of your queue; that sequencer has to be online from then on.")}
                    {step("4", "Pay what you promised", "Your node names the receiver of each reward. Delegators can check whether it is their split contract.")}
                </ol>
            </div>
        </section>
    }
    .into_any()
}
