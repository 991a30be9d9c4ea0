use std::sync::Arc;

use alloy_primitives::{Address, B256, U256};
use leptos::prelude::*;

use crate::{
    aztec::{Book, abi::CATALOG},
    chain::{
        Origin, Source,
        abi::{cast_call, cast_logs, write_value},
        text::tame,
    },
    tx::Lexicon as _,
    ui::{
        Cx,
        kit::{Describe, Described, source_pop},
    },
};

/// The popover that says where a figure comes from.
pub(crate) fn source(cx: Cx) -> AnyView {
    let describe: Describe = Arc::new(move |source| described(cx, source));
    source_pop(cx.sources, describe, Arc::new(move || cx.scope.head.refresh()))
}

/// Puts a source into words: names of contracts, decoded arguments, the command that reads the same.
fn described(cx: Cx, source: &Source) -> Described {
    let scope = cx.scope;
    let book = untrack(move || scope.deployment()).map(|contracts| Book {
        contracts,
        names: scope.names.get_untracked(),
        learned: scope.transactions.learned(),
        vaults: scope.known_vaults(),
    });
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
            let answer = answer.as_ref().map(crate::chain::Returned::bytes);
            let returned = answer.map(|answer| match CATALOG.returned(data, &answer) {
                Some(values) => {
                    values.iter().map(|value| write_value(&value.value)).collect::<Vec<_>>().join(", ")
                }
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
        Origin::Logs { contracts, event, topic, from, to, matches } => Described {
            contract: contracts.first().map(|contract| named(*contract)),
            what: Some(match topic {
                Some(topic) => format!("event {event}, the first value being {}", word(*topic)),
                None => format!("event {event}"),
            }),
            raw: Some(format!("{matches} in blocks {from} to {to}")),
            command: contracts.first().map(|contract| cast_logs(*contract, event, *topic, *from, *to)),
            ..Described::default()
        },
        Origin::Node { method, answer, block } => Described {
            what: Some((*method).to_owned()),
            raw: Some(answer.clone()),
            block: Some(*block),
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
            inputs: inputs.iter().map(|(input, source)| (*input, describe(source, named))).collect(),
            ..Described::default()
        },
    }
}

/// A topic as people write it: numbers in decimals, anything longer as it is.
fn word(topic: B256) -> String {
    u64::try_from(U256::from_be_bytes(topic.0))
        .map_or_else(|_| topic.to_string(), |number| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_named_and_those_of_one_provider_told_apart() {
        let source = Source::from(Origin::Logs {
            contracts: vec![Address::ZERO],
            event: "Staked(uint256)",
            topic: Some(U256::from(7).into()),
            from: 1,
            to: 9,
            matches: 3,
        });
        let described = describe(&source, &|address| ("StakingRegistry".to_owned(), address, None));
        assert_eq!(described.what.as_deref(), Some("event Staked(uint256), the first value being 7"));
        assert!(
            described.command.is_some_and(|line| line.contains(&format!(" {} ", B256::from(U256::from(7)))))
        );
    }
}
