use leptos::prelude::*;

use super::{Console, Propose, with_setting};
use crate::{
    aztec::plan::register,
    state::Scope,
    ui::kit::{Field, Icon, Parsed},
    units,
};

/// Registers a provider.
#[component]
pub(super) fn Register() -> impl IntoView {
    let scope = expect_context::<Scope>();
    let console = expect_context::<Console>();
    let admin = RwSignal::new(Parsed::new("", units::address));
    let rate = RwSignal::new(Parsed::new("", units::bps));
    let recipient = RwSignal::new(Parsed::new("", units::address));
    let plan = Signal::derive(move || {
        let admin = admin.with(|typed| typed.value.clone().ok())?;
        let rate = rate.with(|typed| typed.value.clone().ok())?;
        let recipient = recipient.with(|typed| typed.value.clone().ok())?;
        with_setting(scope, console.account.get(), |setting| register(setting, admin, rate, recipient))
    });
    let next = move || console.providers.with(|providers| providers.last().map(|at| at.value.rows.len() + 1));
    let own = move || console.account.get().map(|account| account.to_checksum(None));
    let points = move || {
        let rate = rate.with(|typed| typed.value.clone().ok());
        let points = rate.map(|rate| format!("{} basis points. ", rate.get())).unwrap_or_default();
        format!("{points}Delegators keep the commission of the day they join.")
    };
    view! {
        <section class="panel">
            <header>
                <h2>"Register a provider"</h2>
                <p>{move || console.managed.get().map(|id| format!("For a new team: you manage provider {id} already"))}</p>
            </header>
            <div class="body pair">
                <div class="stack tight">
                    <Field
                        label="Admin"
                        text=Signal::derive(move || admin.with(|typed| typed.text.clone()))
                        on_input=move |text| admin.set(Parsed::new(text, units::address))
                        error=Signal::derive(move || admin.with(|typed| typed.value.as_ref().err().map(ToString::to_string)))
                        hint=Signal::derive(|| "May change commission, recipient and keys. A multisig is safer than one key.".to_owned())
                        placeholder="0x…"
                        mono=true
                    />
                    {move || own().map(|own| view! {
                        <div><button type="button" class="btn sm" on:click=move |_| admin.set(Parsed::new(own.clone(), units::address))>"Use this account"</button></div>
                    })}
                </div>
                <Field
                    label="Commission"
                    text=Signal::derive(move || rate.with(|typed| typed.text.clone()))
                    on_input=move |text| rate.set(Parsed::new(text, units::bps))
                    error=Signal::derive(move || rate.with(|typed| typed.value.as_ref().err().map(ToString::to_string)))
                    hint=Signal::derive(points)
                    unit="%"
                />
                <div class="stack tight">
                    <Field
                        label="Rewards recipient"
                        text=Signal::derive(move || recipient.with(|typed| typed.text.clone()))
                        on_input=move |text| recipient.set(Parsed::new(text, units::address))
                        error=Signal::derive(move || recipient.with(|typed| typed.value.as_ref().err().map(ToString::to_string)))
                        hint=Signal::derive(|| "Where your share is paid.".to_owned())
                        placeholder="0x…"
                        mono=true
                    />
                    {move || own().map(|own| view! {
                        <div><button type="button" class="btn sm" on:click=move |_| recipient.set(Parsed::new(own.clone(), units::address))>"Use this account"</button></div>
                    })}
                </div>
                <div class="stack tight small ink2">
                    <p>{move || match next() {
                        Some(next) => format!("Registration gives you a number, probably {next}: somebody else may be faster. The real one comes from the receipt."),
                        None => "Registration gives you a number. The real one comes from the receipt.".to_owned(),
                    }}</p>
                    <p>"Then add keys: nobody can delegate to a provider without keys in its queue."</p>
                    <p class="oneway"><Icon name="oneway"/>"A provider cannot be deleted"</p>
                </div>
            </div>
            <Propose plan=plan idle="Fill in the three fields"/>
        </section>
    }
}
