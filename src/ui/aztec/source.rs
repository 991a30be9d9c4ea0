use alloy_primitives::Address;
use leptos::prelude::*;

use crate::{
    aztec::{Book, abi::CATALOG, events},
    chain::{
        Origin, Source,
        abi::{cast_call, write_value},
        text::tame,
    },
    tx::Lexicon as _,
    ui::{
        Cx,
        kit::{Described, source_pop},
    },
};

/// The popover that says where a figure comes from.
pub(crate) fn source(cx: Cx) -> AnyView {
    source_pop(cx.sources, move |source| described(cx, source), move || cx.scope.head.refresh())
}

/// Puts a source into words: names of contracts, decoded arguments, the command that reads the same.
fn described(cx: Cx, source: &Source) -> Described {
    let scope = cx.scope;
    let book = untrack(move || scope.deployment())
        .map(|contracts| Book { contracts, names: scope.names.get_untracked() });
    let named = |address: Address| {
        let name = book.as_ref().and_then(|book| book.name(address));
        (name.unwrap_or_else(|| "Contract".to_owned()), address, scope.explorer(address))
    };
    describe(source, &named)
}

/// Name, address and where the explorer shows it.
type Named = (String, Address, Option<String>);

fn describe(source: &Source, named: &dyn Fn(Address) -> Named) -> Described {
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
                contract: Some(named(*to)),
                what: Some(call.as_ref().map_or_else(|| data.to_string(), arguments)),
                raw: Some(returned.map_or_else(|| "no answer".to_owned(), |returned| tame(&returned, 600))),
                block: Some(*block),
                command: call.map(|call| cast_call(*to, &call, *block)),
                ..Described::default()
            }
        }
        Origin::Logs { contracts, event, from, to, matches } => Described {
            contract: contracts.first().map(|contract| named(*contract)),
            what: Some(match events::name_of(*event) {
                Some(name) => format!("{name} events"),
                None => format!("events of kind {}", crate::units::format::short_hash(*event)),
            }),
            raw: Some(format!("{matches} in blocks {from} to {to}")),
            command: contracts.first().map(|contract| {
                format!("cast logs --address {contract} --from-block {from} --to-block {to} {event} --rpc-url $ETH_RPC_URL")
            }),
            ..Described::default()
        },
        Origin::Derived { formula, inputs } => Described {
            formula: Some(formula),
            inputs: inputs.iter().map(|(input, source)| (*input, describe(source, named))).collect(),
            ..Described::default()
        },
    }
}
