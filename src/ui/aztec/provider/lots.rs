use alloy_primitives::U256;
use leptos::prelude::*;

use super::form::Form;
use crate::{
    ui::kit::{Figure, icon, press},
    units::format,
};

/// Lots drawn as buttons; more are reached by the plus.
const LOTS: u64 = 8;

/// How many sequencers: lots of the activation threshold.
pub(super) fn lots(form: Form) -> AnyView {
    let desk = form.desk;
    let sources = desk.cx.sources;
    let count = form.count.get();
    let one = desk.get(|page| &page.activation_threshold);
    let open = desk.get(|page| &page.open_slots);
    let most = open.unwrap_or(1).max(1);
    let step = move |n: u64| press(move || form.count.set(n.clamp(1, most)));
    // a row of buttons that follows the choice once it is beyond the first few
    let first = count.saturating_sub(1) / LOTS * LOTS + 1;
    let button = |n: u64| {
        let name = format::plural(n, "sequencer");
        view! {
            <button
                type="button"
                class=if n <= count { "on" } else { "" }
                disabled={n > most}
                aria-pressed=if n == count { "true" } else { "false" }
                aria-label=name
                on:click=step(n)
            >{n}</button>
        }
        .into_any()
    };
    let said = [
        open.map(|n| format!("{} open", format::count(n))),
        affordable(form, one).map(|n| format!("you can fund {}", format::count(n))),
    ];
    let total = desk.figure(|at| {
        Figure::of(&at.value.activation_threshold, |one| desk.amount(one.saturating_mul(U256::from(count))))
    });
    let each = one
        .zip(desk.cx.scope.deployment())
        .map(|(one, contracts)| format!("{count} × {}", format::amount(one, contracts.token.decimals, 4)));
    let balance = desk.cx.account().map(|_| {
        let figure = match form.vault() {
            Some(vault) => Figure::of(&vault.balance, |raw| desk.amount(*raw)),
            None => form
                .funds
                .with(|funds| Figure::at(funds, |at| Figure::of(&at.value.tokens, |raw| desk.amount(*raw)))),
        };
        view! { ". Balance "{sources.fig("Balance", figure, "w8")} }
    });
    view! {
        <div class="field">
            <div class="row apart">
                <span class="label" id="lots-label">"Sequencers"</span>
                <span class="muted xs">{said.into_iter().flatten().collect::<Vec<_>>().join(", ")}</span>
            </div>
            <div class="row fix">
                <button type="button" class="btn icon" aria-label="One fewer" disabled={count <= 1} on:click=step(count.saturating_sub(1))>{icon("minus", 16)}</button>
                <div class="lots grow" role="group" aria-labelledby="lots-label">{(first..first + LOTS).map(button).collect::<Vec<_>>()}</div>
                <button type="button" class="btn icon" aria-label="One more" disabled={count >= most} on:click=step(count + 1)>{icon("plus", 16)}</button>
            </div>
            <div class="row apart baseline">
                <span class="big">{sources.fig("Amount", total, "w8")}</span>
                <span class="muted xs">{each}{balance}</span>
            </div>
        </div>
    }
    .into_any()
}

/// How many sequencers the tokens pay for: the account's, or the vault's that was chosen.
fn affordable(form: Form, one: Option<U256>) -> Option<u64> {
    let tokens = match form.vault() {
        Some(vault) => *vault.balance.get()?.min(vault.stakeable.get()?),
        None => form.funds.with(|funds| funds.last()?.value.tokens.get().copied())?,
    };
    tokens.checked_div(one?).map(|n| n.saturating_to())
}
