use alloy_primitives::Address;
use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::plan,
    ui::{
        aztec::propose::{propose, with_setting},
        kit::{Field, Kind, field, icon, live, press},
    },
    units::{self, InputError},
};

/// What is typed.
#[derive(Clone, Copy)]
struct Draft {
    admin: RwSignal<String>,
    rate: RwSignal<String>,
    recipient: RwSignal<String>,
}

/// Registers a provider.
pub(super) fn register(desk: Desk) -> AnyView {
    let text = || RwSignal::new(String::new());
    let draft = Draft { admin: text(), rate: text(), recipient: text() };
    live(move || form(desk, draft))
}

/// A field for an address, with a way to put the own account in.
fn party(
    desk: Desk,
    label: &'static str,
    text: RwSignal<String>,
    hint: &'static str,
) -> (AnyView, Result<Address, InputError>) {
    let parsed = units::address(&text.get());
    let error = parsed.as_ref().err().map(ToString::to_string);
    let input = field(Field { label, text, error, hint: hint.to_owned(), kind: Kind::Code("0x…") });
    let own = desk.cx.account().map(|account| {
        let put = press(move || text.set(account.to_checksum(None)));
        view! { <div><button type="button" class="btn sm" on:click=put>"Use this account"</button></div> }
    });
    (view! { <div class="stack tight">{input}{own}</div> }.into_any(), parsed)
}

fn form(desk: Desk, draft: Draft) -> AnyView {
    let (admin_field, admin) = party(
        desk,
        "Admin",
        draft.admin,
        "May change commission, recipient and keys. A multisig is safer than one key.",
    );
    let (recipient_field, recipient) =
        party(desk, "Rewards recipient", draft.recipient, "Where your share is paid.");
    let rate = units::bps(&draft.rate.get());
    let points = rate.as_ref().map(|rate| format!("{} basis points. ", rate.get())).unwrap_or_default();
    let rate_field = field(Field {
        label: "Commission",
        text: draft.rate,
        error: rate.as_ref().err().map(ToString::to_string),
        hint: format!("{points}Delegators keep the commission of the day they join."),
        kind: Kind::Number("%"),
    });
    let plan = match (admin, rate, recipient) {
        (Ok(admin), Ok(rate), Ok(recipient)) => {
            with_setting(desk.cx, |setting| plan::register(setting, admin, rate, recipient))
        }
        _ => None,
    };
    let next = desk.providers.with(|providers| providers.last().map(|at| at.value.rows.len() + 1));
    let number = match next {
        Some(next) => format!(
            "Registration gives you a number, probably {next}: somebody else may be faster. The real one comes from the receipt."
        ),
        None => "Registration gives you a number. The real one comes from the receipt.".to_owned(),
    };
    let own = |id: &u64| desk.config(*id).is_some_and(|config| Some(config.admin) == desk.cx.account());
    let managed = desk.managed.get().filter(own);
    let managed = managed.map(|id| format!("For a new team: you manage provider {id} already"));
    view! {
        <section class="panel">
            <header><h2>"Register a provider"</h2><p>{managed}</p></header>
            <div class="body pair">
                {admin_field}
                {rate_field}
                {recipient_field}
                <div class="stack tight small ink2">
                    <p>{number}</p>
                    <p>"Then add keys: nobody can delegate to a provider without keys in its queue."</p>
                    <p class="oneway">{icon("oneway", 16)}"A provider cannot be deleted"</p>
                </div>
            </div>
            {propose(desk.cx, plan, "Fill in the three fields")}
        </section>
    }
    .into_any()
}
