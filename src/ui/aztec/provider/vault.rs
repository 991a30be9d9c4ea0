//! Staking tokens of a vault: which one, and what that means for who exits.

use alloy_primitives::Address;
use leptos::prelude::*;

use super::form::Form;
use crate::{
    aztec::vaults::{Ability, Vault},
    ui::kit::{Figure, addr, icon, ticked},
};

/// The account's own tokens, or those of one of its vaults. Nothing where it has none.
pub(super) fn source(form: Form) -> AnyView {
    let account = form.desk.cx.account();
    let found = form.vaults.get();
    let vaults: Vec<Vault> = found
        .last()
        .filter(|at| Some(at.value.owner) == account)
        .map(|at| at.value.vaults.clone())
        .unwrap_or_default();
    if vaults.is_empty() {
        return ().into_any();
    }
    let chosen = form.source.get();
    let choose = |to: Option<Address>| ticked(move |_| form.source.set(to));
    let own = account.map(|account| addr(account, None));
    let rows: Vec<_> = vaults
        .iter()
        .map(|vault| {
            let at = vault.address;
            let held = Figure::of(&vault.balance, |raw| form.desk.amount(*raw));
            let label = format!("In vault {at}");
            view! {
                <label class="choice">
                    <input type="radio" name="source" prop:checked=chosen == Some(at) on:change=choose(Some(at))/>
                    "Vault "{addr(at, None)}
                    <small>{form.desk.cx.sources.fig(label, held, "w8")}" in it"</small>
                </label>
            }
            .into_any()
        })
        .collect();
    let steps = form.vault().map(|vault| steps(form, &vault));
    view! {
        <fieldset class="field">
            <legend class="label">"Stake from"</legend>
            <label class="choice">
                <input type="radio" name="source" prop:checked=chosen.is_none() on:change=choose(None)/>
                "This account’s own tokens"
                <small>{own}</small>
            </label>
            {rows}
            {steps}
        </fieldset>
    }
    .into_any()
}

/// What has to be done with the vault before it stakes, and by whom.
fn steps(form: Form, vault: &Vault) -> AnyView {
    let account = form.desk.cx.account();
    let operator = vault.operator.get().copied();
    let mut said = Vec::new();
    if vault.can(Ability::StakeWithProvider).is_ok_and(|can| !can) {
        said.push("Its staker cannot stake yet: the run upgrades it first.".to_owned());
    }
    if operator.is_some_and(|operator| operator.is_zero()) {
        said.push("It has no operator yet: the run makes its beneficiary the operator.".to_owned());
    }
    let other = operator.filter(|operator| !operator.is_zero() && Some(*operator) != account);
    let take_over = other.filter(|_| account == Some(vault.beneficiary)).map(|operator| {
        let take = ticked(move |on| form.take_over.set(on));
        view! {
            <label class="choice bare">
                <input type="checkbox" prop:checked=form.take_over.get() on:change=take/>
                "Become the operator myself"
                <small>"Its operator is "{addr(operator, None)}", who would stop to be. Otherwise this run ends with the allowance, and that account stakes."</small>
            </label>
        }
        .into_any()
    });
    let said = (!said.is_empty()).then(|| {
        view! { <p class="status wrap small">{icon("info", 14)}{said.join(" ")}</p> }
    });
    view! { {said}{take_over} }.into_any()
}

/// Where the stake of a vault returns; `None` for the account's own tokens.
pub(super) fn returns(form: Form) -> Option<AnyView> {
    let vault = form.vault()?;
    Some(view! {
        <div class="field">
            <span class="label">"Stake returns to"</span>
            <p class="small">"The vault "{addr(vault.address, None)}". Its operator exits and says who votes; it can never be paid to anybody else."</p>
        </div>
    }
    .into_any())
}
