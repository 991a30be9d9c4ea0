use leptos::prelude::*;

use super::form::Missing;
use crate::{
    tx::Plan,
    ui::{
        Cx,
        kit::{icon, press, spinner},
        text,
    },
};

/// The button of the panel, with what still stands in its way.
pub(super) fn act(cx: Cx, plan: Memo<Result<Plan, Missing>>) -> AnyView {
    let (words, ready, why): (AnyView, bool, Option<String>) = match plan.get() {
        Ok(plan) => {
            let said = match plan.steps.len() {
                1 => "Review 1 transaction".to_owned(),
                n => format!("Review {n} transactions"),
            };
            (said.into_any(), !cx.scope.head.stale.get(), None)
        }
        Err(Missing::Account) => {
            (view! { {icon("wallet", 16)}"Connect wallet to delegate" }.into_any(), true, None)
        }
        Err(Missing::Reading) => (view! { {spinner(14)}"Reading the chain" }.into_any(), false, None),
        Err(Missing::Field) => ("Enter the address above".into_any(), false, None),
        Err(Missing::Refused(error)) => {
            let said = cx.scope.deployment().map(|contracts| text::plan_error(&error, &contracts.token));
            ("Cannot delegate now".into_any(), false, said)
        }
    };
    let go = press(move || match plan.get_untracked() {
        Ok(plan) => drop(cx.scope.transactions.propose(plan)),
        Err(Missing::Account) => cx.picker.set(true),
        Err(_) => {}
    });
    let refused = why.is_some();
    let why = why.map(|why| {
        view! { <p class="status bad wrap" id="why-not" role="alert">{icon("warn", 14)}{why}</p> }
    });
    view! {
        <button
            type="button"
            class="btn primary lg wide"
            disabled=!ready
            aria-describedby=refused.then_some("why-not")
            on:click=go
        >{words}</button>
        {why}
    }
    .into_any()
}
