use alloy_primitives::{Address, B256};
use leptos::prelude::*;

use super::{copy_button, icon};
use crate::units::format;

/// An address in four and four, with copy and a link to where the explorer shows it.
pub(crate) fn addr(address: Address, explorer: Option<String>) -> AnyView {
    let short = format::short_address(address);
    let full = address.to_checksum(None);
    let go = explorer.map(|href| {
        let label = format!("Open {short} in the explorer");
        view! { <a class="go" href=href target="_blank" rel="noopener noreferrer" aria-label=label>{icon("ext", 14)}</a> }
    });
    let copy = copy_button(full.clone(), format!("Copy address {short}"), "", "");
    view! { <span class="addr"><span title=full>{short}</span>{copy}{go}</span> }.into_any()
}

/// All forty digits in groups of four, for reading aloud before signing.
pub(crate) fn full_addr(address: Address) -> AnyView {
    let groups = format::address_groups(address);
    let last = groups.len() - 1;
    let groups = groups.into_iter().enumerate().map(|(index, group)| match index {
        // first and last stand out: they are what people compare
        index if index == 0 || index == last => view! { <b>{group}</b> }.into_any(),
        index if index % 2 == 1 => view! { <i>{group}</i> }.into_any(),
        _ => group.into_any(),
    });
    view! { <span class="addr-full"><i>"0x"</i>{groups.collect::<Vec<_>>()}</span> }.into_any()
}

/// A transaction in six and four, linked to the explorer where there is one.
pub(crate) fn hash_link(hash: B256, explorer: Option<String>) -> AnyView {
    let (short, full) = (format::short_hash(hash), hash.to_string());
    match explorer {
        Some(href) => view! {
            <a class="mono hash" href=href target="_blank" rel="noopener noreferrer" title=full>{short}</a>
        }
        .into_any(),
        None => view! { <span class="mono hash" title=full>{short}</span> }.into_any(),
    }
}
