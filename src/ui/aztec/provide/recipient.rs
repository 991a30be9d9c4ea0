use leptos::prelude::*;

use super::{Console, Propose, with_setting};
use crate::{
    aztec::plan::{ProviderChange, change_provider},
    state::Scope,
    ui::kit::{Field, Parsed},
    units::{self, format},
};

/// Changes who receives the commission of later delegations.
#[component]
pub(super) fn Recipient(provider_id: u64) -> impl IntoView {
    let scope = expect_context::<Scope>();
    let console = expect_context::<Console>();
    let (typed, set_typed) = signal(Parsed::new("", units::address));
    let config = Memo::new(move |_| console.config(provider_id));
    let plan = Signal::derive(move || {
        let recipient = typed.with(|typed| typed.value.clone().ok())?;
        let config = config.get()?;
        with_setting(scope, console.account.get(), |setting| {
            change_provider(setting, provider_id, &config, ProviderChange::RewardsRecipient(recipient))
        })
    });
    let hint = move || {
        config
            .get()
            .map(|config| format!("now {}", format::short_address(config.rewards_recipient)))
            .unwrap_or_default()
    };
    view! {
        <section class="panel">
            <header><h2>"Rewards recipient"</h2><p>"Who receives the commission of delegations made from now on"</p></header>
            <div class="body pair">
                <Field
                    label="New rewards recipient"
                    text=Signal::derive(move || typed.with(|typed| typed.text.clone()))
                    on_input=move |text| set_typed.set(Parsed::new(text, units::address))
                    error=Signal::derive(move || typed.with(|typed| typed.value.as_ref().err().map(ToString::to_string)))
                    hint=Signal::derive(hint)
                    placeholder="0x…"
                    mono=true
                />
                <div>
                    <h3>"What changes"</h3>
                    <dl class="facts end">
                        <dt>"Existing delegations"</dt><dd>"keep paying the present recipient: it is fixed in their split contracts"</dd>
                        <dt>"New delegations"</dt><dd>"pay the new one"</dd>
                        <dt>"Delegations in flight"</dt><dd>"pay whichever is set when they are mined: they do not name it"</dd>
                    </dl>
                </div>
            </div>
            <Propose plan=plan idle="Enter a new recipient"/>
        </section>
    }
}
