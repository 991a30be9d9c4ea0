use leptos::prelude::*;

use super::{Desk, admin::Foot};
use crate::{
    aztec::plan::{ProviderChange, change_provider},
    ui::kit::{Field, Kind, field, live},
    units::{self, format},
};

/// Changes who receives the commission of later delegations.
pub(super) fn recipient(desk: Desk, provider_id: u64) -> AnyView {
    let typed = RwSignal::new(String::new());
    let foot = Foot::new(desk);
    live(move || form(desk, foot, provider_id, typed))
}

fn form(desk: Desk, foot: Foot, provider_id: u64, typed: RwSignal<String>) -> AnyView {
    let parsed = units::address(&typed.get());
    let config = desk.config(provider_id);
    let plan = parsed.as_ref().ok().zip(config).and_then(|(recipient, config)| {
        let change = ProviderChange::RewardsRecipient(*recipient);
        desk.as_admin(provider_id, |setting| change_provider(setting, provider_id, &config, change))
    });
    let now = config.map(|config| format!("now {}", format::short_address(config.rewards_recipient)));
    let input = field(Field {
        label: "New rewards recipient",
        text: typed,
        error: parsed.err().map(|error| error.to_string()),
        hint: now.unwrap_or_default(),
        kind: Kind::Code("0x…"),
    });
    view! {
        <section class="panel">
            <header><h2>"Rewards recipient"</h2><p>"Who receives the commission of delegations made from now on"</p></header>
            <div class="body pair">
                {input}
                <div>
                    <h3>"What changes"</h3>
                    <dl class="facts end">
                        <dt>"Existing delegations"</dt><dd>"keep paying the present recipient: it is fixed in their split contracts"</dd>
                        <dt>"New delegations"</dt><dd>"pay the new one"</dd>
                        <dt>"Delegations in flight"</dt><dd>"pay whichever is set when they are mined: they do not name it"</dd>
                    </dl>
                </div>
            </div>
            {desk.foot(foot, provider_id, plan, "Enter a new recipient")}
        </section>
    }
    .into_any()
}
