use alloy_primitives::Address;
use leptos::prelude::*;

use crate::{
    aztec::plan::{PlanError, Setting},
    tx::Plan,
    ui::{
        Cx,
        kit::{press, spinner},
        text,
    },
};

/// What a form amounts to: nothing yet, a plan, or the reason why there is none.
pub(crate) type Proposal = Option<Result<Plan, PlanError>>;

/// Makes a plan with the network's contracts at the newest block.
pub(crate) fn with_setting(cx: Cx, make: impl FnOnce(&Setting<'_>) -> Result<Plan, PlanError>) -> Proposal {
    setting_of(cx, cx.account()?, make)
}

/// The same for an account that may be another one than the wallet's.
pub(crate) fn setting_of(
    cx: Cx,
    from: Address,
    make: impl FnOnce(&Setting<'_>) -> Result<Plan, PlanError>,
) -> Proposal {
    let contracts = cx.scope.deployment()?;
    let read_at = cx.scope.head.block.get()?;
    let network = cx.scope.network.with_value(|network| network.id.clone());
    Some(make(&Setting { network: &network, contracts: &contracts, from, read_at }))
}

/// What a button with nothing to fill in does: proposes its plan, or says why there is none.
pub(crate) fn submit(cx: Cx, plan: Proposal) {
    match plan {
        Some(Ok(plan)) => drop(cx.scope.transactions.propose(plan)),
        Some(Err(error)) => {
            if let Some(contracts) = cx.scope.deployment() {
                cx.toasts.bad("Not possible now", text::plan_error(&error, &contracts.token));
            }
        }
        None if cx.account().is_none() => cx.picker.set(true),
        None => cx
            .toasts
            .bad("Not possible yet", "The chain is still being read: try again in a moment.".to_owned()),
    }
}

/// The foot of a form: what its button does, or why it does not. `idle` is what it says when nothing is to be done
/// yet.
pub(crate) fn propose(cx: Cx, plan: Proposal, idle: &'static str) -> AnyView {
    let refusal = match &plan {
        Some(Err(error)) => cx.scope.deployment().map(|contracts| text::plan_error(error, &contracts.token)),
        _ => None,
    };
    let connected = cx.account().is_some();
    let reading = connected && cx.scope.deployment().is_none();
    let words = match &plan {
        _ if !connected => "Connect wallet".into_any(),
        _ if reading => view! { {spinner(14)}"Reading the chain" }.into_any(),
        Some(Ok(plan)) => format!("Review: {}", plan.title).into_any(),
        _ => idle.into_any(),
    };
    let ready = !connected || matches!(plan, Some(Ok(_)));
    let plan = plan.and_then(Result::ok);
    let act = press(move || match &plan {
        Some(plan) => drop(cx.scope.transactions.propose(plan.clone())),
        None => cx.picker.set(true),
    });
    view! {
        <footer class="row apart">
            <span class="bad small" role="status">{refusal}</span>
            <button type="button" class="btn primary" disabled=!ready on:click=act>{words}</button>
        </footer>
    }
    .into_any()
}
