use alloy_primitives::{Address, B256};
use leptos::prelude::*;

use super::{CopyButton, Icon, Ident, ident::Shape};
use crate::units::format;

/// An address in four and four, with copy and a link to the explorer.
#[component]
pub(crate) fn Addr(
    address: Address,
    /// Where the explorer shows it.
    #[prop(optional_no_strip)]
    explorer: Option<String>,
    /// Shows the mark of an account before it.
    #[prop(optional)]
    marked: bool,
) -> impl IntoView {
    let short = format::short_address(address);
    let full = address.to_checksum(None);
    view! {
        <span class="addr">
            {marked.then(|| view! { <Ident address=address shape=Shape::Round/> })}
            <span title=full.clone()>{short.clone()}</span>
            <CopyButton text=full label=format!("Copy address {short}")/>
            {explorer
                .map(|href| {
                    view! {
                        <a class="go" href=href target="_blank" rel="noopener noreferrer" aria-label=format!("Open {short} in the explorer")>
                            <Icon name="ext" size=14/>
                        </a>
                    }
                })}
        </span>
    }
}

/// All forty digits in groups of four, for reading aloud before signing.
#[component]
pub(crate) fn FullAddr(address: Address) -> impl IntoView {
    let groups = format::address_groups(address);
    let last = groups.len() - 1;
    let groups = groups.into_iter().enumerate().map(|(index, group)| {
        // first and last stand out: they are what people compare
        if index == 0 || index == last {
            view! { <b>{group}</b> }.into_any()
        } else if index % 2 == 1 {
            view! { <i>{group}</i> }.into_any()
        } else {
            view! { {group} }.into_any()
        }
    });
    view! {
        <span class="addr-full">
            <i>"0x"</i>
            {groups.collect_view()}
        </span>
    }
}

/// A transaction in six and four, linked to the explorer where there is one.
#[component]
pub(crate) fn HashLink(hash: B256, #[prop(optional_no_strip)] explorer: Option<String>) -> impl IntoView {
    let short = format::short_hash(hash);
    match explorer {
        Some(href) => view! {
            <a class="mono hash" href=href target="_blank" rel="noopener noreferrer" title=hash.to_string()>
                {short}
            </a>
        }
        .into_any(),
        None => view! { <span class="mono hash" title=hash.to_string()>{short}</span> }.into_any(),
    }
}
