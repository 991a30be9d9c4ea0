//! Being a provider: register, set the commission, say who receives it.

mod commission;
mod recipient;
mod register;
mod summary;

use alloy_primitives::Address;
use leptos::prelude::*;

use self::{commission::Commission, recipient::Recipient, register::Register, summary::Facts};
use crate::{
    aztec::{
        plan::{PlanError, Setting},
        read::{ProviderConfig, Providers},
        summary::Stakes,
    },
    chain::At,
    state::{Page, Remote, Scope, Shell},
    tx::Plan,
    ui::{
        frame::WalletDialog,
        kit::{Icon, Spinner},
        text,
        tx::RunList,
    },
};

/// What the panels share.
#[derive(Clone, Copy)]
pub(super) struct Console {
    pub(super) providers: ReadSignal<Remote<At<Providers>>>,
    pub(super) stakes: ReadSignal<Remote<At<Stakes>>>,
    pub(super) account: Signal<Option<Address>>,
    /// The provider that is managed.
    pub(super) managed: Memo<Option<u64>>,
}

impl Console {
    /// A provider's registration, once read.
    pub(super) fn config(&self, provider_id: u64) -> Option<ProviderConfig> {
        self.providers.with(|providers| {
            let rows = &providers.last()?.value.rows;
            rows.iter().find(|row| row.provider_id == provider_id)?.config.get().copied()
        })
    }
}

/// The page of a provider's admin.
#[component]
pub(crate) fn ProvidePage() -> impl IntoView {
    let shell = expect_context::<Shell>();
    let scope = expect_context::<Scope>();
    crate::platform::set_title("Provide · Rota");
    let providers = scope.providers();
    let account =
        Signal::derive(move || shell.session.account().or_else(|| shell.route.with(|route| route.watch)));
    let mine = Memo::new(move |_| {
        let account = account.get()?;
        providers.with(|providers| {
            let rows = &providers.last()?.value.rows;
            let own =
                rows.iter().filter(|row| row.config.get().is_some_and(|config| config.admin == account));
            Some(own.map(|row| row.provider_id).collect::<Vec<_>>())
        })
    });
    let managed = Memo::new(move |_| {
        let chosen = shell.route.with(|route| match route.page {
            Page::Provide(provider_id) => provider_id,
            _ => None,
        });
        chosen.or_else(|| mine.with(|mine| mine.as_ref().and_then(|mine| mine.first().copied())))
    });
    let console = Console { providers, stakes: scope.stakes(None), account, managed };
    provide_context(console);
    let name = move |id: u64| scope.names.with(|names| names.label(id));
    let choose = move |event: String| {
        shell.adjust(shell.route.get_untracked().with(Page::Provide(event.parse().ok())));
    };
    view! {
        <div class="pagehead">
            <div>
                <h1>"Provide"</h1>
                <p>{move || match managed.get() {
                    Some(id) => format!("{}, provider {id}", name(id)),
                    None => "Run sequencers for others and earn a commission on their rewards.".to_owned(),
                }}</p>
            </div>
            <Show when=move || mine.with(|mine| mine.as_ref().is_some_and(|mine| mine.len() > 1))>
                <label class="input choose">
                    <span>"Manage"</span>
                    <select aria-label="Provider to manage" on:change:target=move |event| choose(event.target().value())>
                        {move || mine.get().unwrap_or_default().into_iter().map(|id| view! {
                            <option value=id.to_string() selected=move || managed.get() == Some(id)>{name(id)}</option>
                        }).collect_view()}
                    </select>
                </label>
            </Show>
        </div>
        <Show when=move || account.get().is_none()><NotConnected/></Show>
        <div class="pagebody" class:stale=move || scope.head.is_stale()>
            <div class="cols withside">
                <div class="stack main">
                    <RunList/>
                    {move || managed.get().map(|provider_id| view! {
                        <Commission provider_id=provider_id/>
                        <Recipient provider_id=provider_id/>
                    })}
                    <Register/>
                </div>
                <div class="side stack">
                    {move || managed.get().map(|provider_id| view! { <Facts provider_id=provider_id/> })}
                </div>
            </div>
        </div>
    }
}

#[component]
fn NotConnected() -> impl IntoView {
    let wallet = expect_context::<WalletDialog>();
    view! {
        <div class="banner">
            <Icon name="power"/>
            <div><b>"Not connected"</b><p>"You are reading the chain directly. Connect the admin’s wallet to manage a provider, or any wallet to register one."</p></div>
            <button type="button" class="btn primary" on:click=move |_| wallet.open()>"Connect wallet"</button>
        </div>
    }
}

/// Makes a plan with the network's contracts at the newest block.
pub(super) fn with_setting(
    scope: Scope,
    account: Option<Address>,
    make: impl FnOnce(&Setting<'_>) -> Result<Plan, PlanError>,
) -> Option<Result<Plan, PlanError>> {
    let contracts = scope.deployment()?;
    let read_at = scope.head.block.get()?;
    let network = scope.network.with_value(|network| network.id.clone());
    Some(make(&Setting { network: &network, contracts: &contracts, from: account?, read_at }))
}

/// The button of a form: what it does, or why it does not.
#[component]
pub(super) fn Propose(
    /// The plan, once the form amounts to one.
    plan: Signal<Option<Result<Plan, PlanError>>>,
    /// What the button says when there is nothing to do yet.
    idle: &'static str,
) -> impl IntoView {
    let scope = expect_context::<Scope>();
    let console = expect_context::<Console>();
    let wallet = expect_context::<WalletDialog>();
    let refusal = move || {
        plan.with(|plan| match plan {
            Some(Err(error)) => scope.deployment().map(|contracts| text::plan_error(error, &contracts.token)),
            _ => None,
        })
    };
    let act = move |_| {
        if let Some(Ok(plan)) = plan.get_untracked() {
            scope.transactions.propose(plan);
        }
    };
    let ready = move || plan.with(|plan| matches!(plan, Some(Ok(_))));
    view! {
        <footer class="row apart">
            <span class="bad small" role="status">{refusal}</span>
            {move || if console.account.get().is_none() {
                view! { <button type="button" class="btn primary" on:click=move |_| wallet.open()>"Connect wallet"</button> }.into_any()
            } else if scope.deployment().is_none() {
                view! { <button type="button" class="btn primary" disabled><Spinner size=14/>"Reading the chain"</button> }.into_any()
            } else {
                view! {
                    <button type="button" class="btn primary" disabled=move || !ready() on:click=act>
                        {move || plan.with(|plan| match plan {
                            Some(Ok(plan)) => format!("Review: {}", plan.title),
                            _ => idle.to_owned(),
                        })}
                    </button>
                }.into_any()
            }}
        </footer>
    }
}
