use alloy_primitives::U256;
use leptos::prelude::*;

use super::{
    Screen,
    effects::Effects,
    form::{Form, Missing, Target},
};
use crate::{
    state::{Scope, Shell},
    ui::{
        frame::WalletDialog,
        kit::{Addr, Field, Fig, Figure, Icon, Parsed, Spinner, Written, figure},
        text,
    },
    units::{self, format},
};

/// Lots drawn as buttons; more are reached by the plus.
const LOTS: u64 = 8;

/// The panel that makes a delegation out of a few choices.
#[component]
pub(super) fn Delegate() -> impl IntoView {
    let shell = expect_context::<Shell>();
    let scope = expect_context::<Scope>();
    let screen = expect_context::<Screen>();
    let form = Form::new(scope, shell, screen);
    provide_context(form);
    let name = move || scope.names.with(|names| names.label(screen.provider_id));
    view! {
        <section class="panel deleg" aria-label=move || format!("Delegate to {}", name())>
            <header><h2>{move || format!("Delegate to {}", name())}</h2></header>
            <div class="body stack loose">
                <Lots/>
                <TargetField
                    title="Stake returns to"
                    target=form.withdrawer
                    hint="Only this address can exit, receive the stake and vote with it. It can never be changed."
                />
                <TargetField title="Rewards go to" target=form.rewards hint="Rewards only. Fixed in the split contract of this delegation."/>
                <Follow/>
                <hr/>
                <Effects/>
                <Act/>
            </div>
        </section>
    }
}

fn open_slots(screen: Screen) -> Option<u64> {
    screen.page.with(|page| page.last().and_then(|at| at.value.open_slots.get().copied()))
}

fn affordable(screen: Screen, form: Form) -> Option<u64> {
    let one =
        screen.page.with(|page| page.last().and_then(|at| at.value.activation_threshold.get().copied()))?;
    let tokens = form.funds.with(|funds| funds.last().and_then(|at| at.value.tokens.get().copied()))?;
    tokens.checked_div(one).map(|n| n.saturating_to())
}

/// How many sequencers: lots of the activation threshold.
#[component]
fn Lots() -> impl IntoView {
    let scope = expect_context::<Scope>();
    let screen = expect_context::<Screen>();
    let form = expect_context::<Form>();
    let open = Memo::new(move |_| open_slots(screen));
    let fund = Memo::new(move |_| affordable(screen, form));
    let most = move || open.get().unwrap_or(1).max(1);
    let set = move |n: u64| form.count.set(n.clamp(1, most()));
    // a row of buttons that follows the choice once it is beyond the first few
    let first = move || (form.count.get().saturating_sub(1) / LOTS) * LOTS + 1;
    let said = move || {
        let open = open.get().map(|n| format!("{} open", format::count(n)));
        let fund = fund.get().map(|n| format!("you can fund {}", format::count(n)));
        [open, fund].into_iter().flatten().collect::<Vec<_>>().join(", ")
    };
    let total = Memo::new(move |_| {
        let one = screen.page.with(|page| page.last().map(|at| at.value.activation_threshold.clone()));
        match (one, scope.deployment()) {
            (Some(one), Some(contracts)) => {
                let count = form.count.get();
                Figure::of(&one, |one| {
                    Written::amount(&contracts.token, one.saturating_mul(U256::from(count)))
                })
            }
            _ => Figure::Loading,
        }
    });
    let each = move || {
        let one = screen
            .page
            .with(|page| page.last().and_then(|at| at.value.activation_threshold.get().copied()))?;
        let contracts = scope.deployment()?;
        Some(format!("{} × {}", form.count.get(), format::amount(one, contracts.token.decimals, 4)))
    };
    let balance = figure(form.funds, move |at| match scope.deployment() {
        Some(contracts) => Figure::of(&at.value.tokens, |raw| Written::amount(&contracts.token, *raw)),
        None => Figure::Loading,
    });
    view! {
        <div class="field">
            <div class="row apart"><span class="label" id="lots-label">"Sequencers"</span><span class="muted xs">{said}</span></div>
            <div class="row fix">
                <button type="button" class="btn icon" aria-label="One fewer" disabled=move || { form.count.get() <= 1 } on:click=move |_| set(form.count.get_untracked() - 1)>
                    <Icon name="minus"/>
                </button>
                <div class="lots grow" role="group" aria-labelledby="lots-label">
                    {move || {
                        let first = first();
                        (first..first + LOTS).map(|n| view! {
                            <button
                                type="button"
                                class:on=move || { n <= form.count.get() }
                                disabled=move || { n > most() }
                                aria-pressed=move || (n == form.count.get()).to_string()
                                aria-label=format::plural(n, "sequencer")
                                on:click=move |_| set(n)
                            >{n}</button>
                        }).collect_view()
                    }}
                </div>
                <button type="button" class="btn icon" aria-label="One more" disabled=move || { form.count.get() >= most() } on:click=move |_| set(form.count.get_untracked() + 1)>
                    <Icon name="plus"/>
                </button>
            </div>
            <div class="row apart baseline">
                <span class="big"><Fig label="Stake" figure=total width="w8"/></span>
                <span class="muted xs">
                    {each}
                    <Show when=move || form.account.get().is_some()>". Balance "<Fig label="Balance" figure=balance width="w8"/></Show>
                </span>
            </div>
        </div>
    }
}

/// This account, or another address.
#[component]
fn TargetField(title: &'static str, target: Target, hint: &'static str) -> impl IntoView {
    let form = expect_context::<Form>();
    let group = format!("target-{}", title.to_lowercase().replace(' ', "-"));
    view! {
        <fieldset class="field">
            <legend class="label">{title}</legend>
            <label class="choice">
                <input type="radio" name=group.clone() prop:checked=target.own on:change=move |_| target.own.set(true)/>
                "This account"
                <small>{move || match form.account.get() {
                    Some(account) => view! { <Addr address=account/> }.into_any(),
                    None => "the one you connect".into_any(),
                }}</small>
            </label>
            <label class="choice">
                <input type="radio" name=group prop:checked=move || !target.own.get() on:change=move |_| target.own.set(false)/>
                "Another address"
                <small>{hint}</small>
            </label>
            <Show when=move || !target.own.get()>
                <Field
                    label=format!("{title}: address")
                    text=Signal::derive(move || target.other.with(|other| other.text.clone()))
                    on_input=move |text| target.other.set(Parsed::new(text, units::address))
                    error=Signal::derive(move || target.other.with(|other| other.value.as_ref().err().map(ToString::to_string)))
                    placeholder="0x…"
                    mono=true
                />
            </Show>
        </fieldset>
    }
}

#[component]
fn Follow() -> impl IntoView {
    let scope = expect_context::<Scope>();
    let form = expect_context::<Form>();
    let can = move || scope.deployment().and_then(|contracts| contracts.can_follow());
    let said = move || match can() {
        Some(true) => {
            "Stake moves to the next rollup when governance adopts one. Without it, it stays on this rollup: to move later you must exit and wait in the queue again."
        }
        Some(false) => {
            "Not possible now: governance is in the middle of an upgrade. Stake made now stays on this rollup."
        }
        None => "Whether this is possible now was not read.",
    };
    view! {
        <label class="choice bare">
            <input
                type="checkbox"
                prop:checked=move || form.follows(scope)
                disabled=move || can() != Some(true)
                on:change:target=move |event| form.follow.set(Some(event.target().checked()))
            />
            "Follow rollup upgrades"
            <small>{said}</small>
        </label>
    }
}

/// The button, with what still stands in its way.
#[component]
fn Act() -> impl IntoView {
    let scope = expect_context::<Scope>();
    let screen = expect_context::<Screen>();
    let form = expect_context::<Form>();
    let wallet = expect_context::<WalletDialog>();
    let plan = Memo::new(move |_| form.plan(scope, screen));
    let review = move |_| {
        if let Ok(plan) = plan.get_untracked() {
            scope.transactions.propose(plan);
        }
    };
    move || {
        match plan.get() {
        Ok(plan) => view! {
            <button type="button" class="btn primary lg wide" disabled=move || scope.head.is_stale() on:click=review>
                {match plan.steps.len() {
                    1 => "Review 1 transaction".to_owned(),
                    n => format!("Review {n} transactions"),
                }}
            </button>
        }
        .into_any(),
        Err(Missing::Account) => view! {
            <button type="button" class="btn primary lg wide" on:click=move |_| wallet.open()><Icon name="wallet"/>"Connect wallet to delegate"</button>
        }
        .into_any(),
        Err(Missing::Reading) => view! {
            <button type="button" class="btn primary lg wide" disabled aria-busy="true"><Spinner size=14/>"Reading the chain"</button>
        }
        .into_any(),
        Err(Missing::Field) => view! {
            <button type="button" class="btn primary lg wide" disabled>"Enter the address above"</button>
        }
        .into_any(),
        Err(Missing::Refused(error)) => {
            let said = scope.deployment().map(|contracts| text::plan_error(&error, &contracts.token)).unwrap_or_default();
            view! {
                <button type="button" class="btn primary lg wide" disabled aria-describedby="why-not">"Cannot delegate now"</button>
                <p class="status bad wrap" id="why-not" role="alert"><Icon name="warn" size=14/>{said}</p>
            }
            .into_any()
        }
    }
    }
}
