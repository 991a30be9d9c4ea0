//! How a node signals for a payload.

use alloy_primitives::Address;
use leptos::prelude::*;

use super::Desk;
use crate::{
    ui::kit::{Field, Kind, code, field, press},
    units::{self, format},
};

/// The line of a node's configuration.
fn configuration(payload: Address) -> String {
    format!("GOVERNANCE_PROPOSER_PAYLOAD_ADDRESS={payload}")
}

/// The call of a running node's admin port that does the same without a restart.
fn admin_call(payload: Address) -> String {
    format!(
        "curl -s http://127.0.0.1:8880 -H 'content-type: application/json' -d '{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"aztecAdmin_setConfig\",\"params\":[{{\"governanceProposerPayload\":\"{payload}\"}}]}}'"
    )
}

/// The call that says what a node is set to.
fn admin_check() -> String {
    "curl -s http://127.0.0.1:8880 -H 'content-type: application/json' -d '{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"aztecAdmin_getConfig\",\"params\":[]}'"
        .to_owned()
}

/// The panel, for the payload that is typed or chosen.
pub(super) fn operators(desk: Desk, typed: RwSignal<String>) -> AnyView {
    let found = desk.signalling.get();
    let payloads: Vec<Address> = found
        .last()
        .map(|at| at.value.payloads.iter().map(|signalled| signalled.payload).collect())
        .unwrap_or_default();
    let choose = |payload: Address| {
        let act = press(move || typed.set(payload.to_checksum(None)));
        view! { <button type="button" class="btn sm" on:click=act>{format!("Payload {}", format::short_address(payload))}</button> }.into_any()
    };
    let choices: Vec<_> = payloads.into_iter().take(5).map(choose).collect();
    let payload = units::address(&typed.get());
    let input = field(Field {
        label: "Payload to signal for",
        text: typed,
        error: payload.as_ref().err().map(ToString::to_string),
        hint: "The payload itself, not the wrapper that a proposal puts around it.".to_owned(),
        kind: Kind::Code("0x…"),
    });
    let lines = payload.ok().map(|payload| {
        view! {
            {code("Configuration, then restart the node".to_owned(), configuration(payload))}
            {code("Or, without a restart, on the node’s own machine".to_owned(), admin_call(payload))}
            {code("What the node is set to".to_owned(), admin_check())}
            <p class="muted xs">"With an API key, add -H 'x-api-key: …'. Newer nodes may call the methods nodeAdmin_ instead of aztecAdmin_. From 5.2.0 on a node stops signalling once the payload is a live proposal or was executed; GOVERNANCE_PROPOSER_FORCE_PAYLOAD_VOTE=true overrides that."</p>
        }
    });
    view! {
        <section class="panel" aria-label="Signal with your node"><header><h2>"Signal with your node"</h2></header><div class="body stack">
            <p class="small ink2">"Only the sequencer whose turn a slot is can signal, for one payload, so nodes do it and no wallet can."</p>
            {input}
            <div class="row">{choices}</div>
            {lines}
        </div></section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_name_the_payload_with_its_checksum() {
        let payload = Address::repeat_byte(0xab);
        let text = payload.to_checksum(None);
        assert_eq!(configuration(payload), format!("GOVERNANCE_PROPOSER_PAYLOAD_ADDRESS={text}"));
        let call = admin_call(payload);
        let body = call.split('\'').nth(3).expect("a body");
        let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
        assert_eq!(body["method"], "aztecAdmin_setConfig");
        assert_eq!(body["params"][0]["governanceProposerPayload"], text);
        let check = admin_check();
        assert!(serde_json::from_str::<serde_json::Value>(check.split('\'').nth(3).expect("a body")).is_ok());
    }
}
