//! Who has to sign: the connected account, or somebody elsewhere who gets the same call to take along.

use alloy_primitives::Address;
use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::plan::{PlanError, Setting},
    platform::download,
    tx::{Plan, preview, safe},
    ui::{
        kit::{code, icon, press},
        text,
    },
};

/// Makes a plan at the newest block for whoever has to sign it, connected or not.
pub(super) fn plan_for(
    desk: Desk,
    signer: Address,
    make: impl FnOnce(&Setting<'_>) -> Result<Plan, PlanError>,
) -> Option<Result<Plan, PlanError>> {
    let scope = desk.cx.scope;
    let (contracts, read_at) = (scope.deployment()?, scope.head.block.get()?);
    let network = scope.network.with_value(|network| network.id.clone());
    Some(make(&Setting { network: &network, contracts: &contracts, from: signer, read_at }))
}

/// The foot of a dialog that proposes a plan. The signer reviews it here; for anybody else there is the command of each
/// call and the file for a Safe. `idle` stands on the button while nothing is to be done yet.
pub(super) fn foot(
    desk: Desk,
    plan: Option<Result<Plan, PlanError>>,
    signer: Address,
    idle: &'static str,
    open: RwSignal<bool>,
) -> AnyView {
    let refusal = match &plan {
        Some(Err(error)) => {
            desk.cx.scope.deployment().map(|contracts| text::plan_error(error, &contracts.token))
        }
        _ => None,
    };
    let plan = plan.and_then(Result::ok);
    if desk.cx.shell.session.account() != Some(signer) {
        return elsewhere(desk, plan, refusal, signer);
    }
    let words = plan.as_ref().map_or_else(|| idle.to_owned(), |plan| format!("Review: {}", plan.title));
    let ready = plan.is_some() && !desk.cx.scope.head.stale.get();
    let go = press(move || {
        if let Some(plan) = &plan {
            open.set(false);
            desk.cx.scope.transactions.propose(plan.clone());
        }
    });
    view! {
        <footer class="row apart">
            <span class="bad small" role="status">{refusal}</span>
            <button type="button" class="btn primary" disabled=!ready on:click=go>{words}</button>
        </footer>
    }
    .into_any()
}

/// What somebody else needs to sign it.
fn elsewhere(desk: Desk, plan: Option<Plan>, refusal: Option<String>, signer: Address) -> AnyView {
    let who = view! {
        <p class="status warn wrap">{icon("wallet", 14)}<span>"Only "{desk.cx.addr(signer)}" can sign this. Connect it, or take the call along."</span></p>
    };
    let outlook = desk.outlook;
    let taken = plan.zip(desk.cx.scope.transactions.lexicon()).map(|(plan, book)| {
        outlook.of(&plan);
        let ready = outlook.is_good();
        let calls: Vec<_> = plan
            .steps
            .iter()
            .map(|step| {
                let shown = preview::preview(&*book, plan.from, &step.call);
                code(format!("{} (replace --ledger by your signer)", step.title), shown.cast)
            })
            .collect();
        let created = desk.now().saturating_mul(1_000);
        let save = press(move || {
            // what holds signing back may have come since this was drawn
            if !untrack(|| outlook.is_good()) {
                return;
            }
            let name = format!("rota-safe-{}.json", signer.to_checksum(None));
            download(&name, "application/json", &safe::batch_file(&plan, created));
        });
        // a call that would be refused here is not handed on either
        let calls = ready.then_some(calls);
        view! {
            <p class="small" role="status">{outlook.said()}</p>
            {calls}
            <div class="row apart">
                <span class="muted xs">"For a Safe: import the file in its Transaction Builder. Compare the call there with the one above, and simulate it again before it is executed: Rota cannot check it then."</span>
                <button type="button" class="btn" disabled=!ready on:click=save>{icon("down", 16)}"Safe file"</button>
            </div>
        }
        .into_any()
    });
    // a contract cannot sign what is meant for a wallet
    let staker = "If that is the staker of a token vault, it signs nothing itself: name its vault under “Token vaults” in the positions of its beneficiary.";
    view! {
        <div class="body stack">
            {who}<p class="bad small" role="status">{refusal}</p>{taken}
            <p class="muted xs">{staker}</p>
        </div>
    }
    .into_any()
}
