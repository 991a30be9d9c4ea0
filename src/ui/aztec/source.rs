use alloy_primitives::Address;
use leptos::prelude::*;

use crate::{
    aztec::{Book, abi::CATALOG},
    chain::{
        Origin, Source,
        abi::{cast_call, write_value},
    },
    state::Scope,
    tx::Lexicon as _,
    ui::kit::{Described, SourcePop, Sources},
};

/// The popover that shows where a figure comes from.
#[component]
pub(crate) fn SourceView(scope: Scope, sources: Sources) -> impl IntoView {
    let name = move |address: Address| {
        let contracts = scope.contracts.with_untracked(|remote| remote.last().cloned())?;
        Book { contracts, names: scope.names.get_untracked() }.name(address)
    };
    let explorer = move |address| scope.network.with_value(|network| network.explorer_address(address));
    view! {
        <SourcePop sources=sources describe=move |source| describe(source, &name) explorer=explorer reread=move || scope.head.refresh()/>
    }
}

fn describe(source: &Source, name: &impl Fn(Address) -> Option<String>) -> Described {
    let named =
        |address: &Address| (name(address.to_owned()).unwrap_or_else(|| "Contract".to_owned()), *address);
    match &*source.0 {
        Origin::Call { to, data, answer, block } => {
            let call = CATALOG.call(data);
            let arguments = |call: &crate::chain::abi::DecodedCall| {
                let values: Vec<_> = call.args.iter().map(|argument| write_value(&argument.value)).collect();
                format!("{}({})", call.name, values.join(", "))
            };
            let returned = answer.as_ref().map(|answer| match CATALOG.returned(data, answer) {
                Some(values) => values.iter().map(|value| write_value(&value.value)).collect::<Vec<_>>().join(", "),
                None => answer.to_string(),
            });
            Described {
                contract: Some(named(to)),
                what: Some(call.as_ref().map_or_else(|| data.to_string(), arguments)),
                raw: Some(returned.unwrap_or_else(|| "no answer".to_owned())),
                block: Some(*block),
                command: call.map(|call| cast_call(*to, &call, *block)),
                ..Described::default()
            }
        }
        Origin::Balance { of, answer, block } => Described {
            contract: Some(("Account".to_owned(), *of)),
            what: Some("eth_getBalance".to_owned()),
            raw: Some(answer.map_or_else(|| "no answer".to_owned(), |wei| format!("{wei} wei"))),
            block: Some(*block),
            command: Some(format!("cast balance {of} --block {block} --rpc-url $ETH_RPC_URL")),
            ..Described::default()
        },
        Origin::Logs { contracts, event, from, to, matches } => Described {
            contract: contracts.first().map(named),
            what: Some(format!("events of kind {}", crate::units::format::short_hash(*event))),
            raw: Some(format!("{matches} in blocks {from} to {to}")),
            command: contracts.first().map(|contract| {
                format!("cast logs --address {contract} --from-block {from} --to-block {to} {event} --rpc-url $ETH_RPC_URL")
            }),
            ..Described::default()
        },
        Origin::Block { field, block } => Described {
            what: Some(format!("{field} of the block")),
            block: Some(*block),
            command: Some(format!("cast block {block} --field {field} --rpc-url $ETH_RPC_URL")),
            ..Described::default()
        },
        Origin::Derived { formula, inputs } => Described {
            formula: Some(formula),
            inputs: inputs.iter().map(|(input, source)| (*input, describe(source, name))).collect(),
            ..Described::default()
        },
    }
}
