use alloy_primitives::Address;
use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::positions::export,
    platform::download,
    ui::kit::{icon, press},
    units::format,
};

/// The formats: what the button says, its mark, and the end of the file's name.
const FORMATS: [(&str, &str, &str); 3] =
    [("CSV", "down", "csv"), ("ICS", "cal", "ics"), ("JSON", "file", "json")];

/// Files of what the page shows, made in the page. Not before all of it is known: a file with a hole looks whole.
pub(super) fn exports(desk: Desk, owner: Address) -> AnyView {
    let complete = desk.told.with(|told| told.as_ref().is_some_and(|told| told.complete));
    let ready = complete && desk.sheet.with(Option::is_some);
    let button = |(word, mark, end): (&'static str, &'static str, &'static str)| {
        let save = press(move || save(desk, owner, end));
        let label = format!("Export as {word}");
        view! { <button type="button" class="btn" disabled=!ready aria-label=label on:click=save>{icon(mark, 16)}{word}</button> }
            .into_any()
    };
    view! { <div class="row">{FORMATS.into_iter().map(button).collect::<Vec<_>>()}</div> }.into_any()
}

fn save(desk: Desk, owner: Address, end: &'static str) {
    let scope = desk.cx.scope;
    let read = desk.read.with_untracked(|read| read.last().map(|at| at.block));
    let (Some(sheet), Some(contracts), Some(block)) = (desk.sheet.get_untracked(), scope.deployment(), read)
    else {
        return;
    };
    let (token, chain) = (&contracts.token, contracts.chain_id);
    let (mime, text) = match end {
        "csv" => {
            let names = scope.names.get_untracked();
            ("text/csv", export::table(&sheet, token, &names))
        }
        "ics" => ("text/calendar", export::calendar(&sheet, token, chain, block.timestamp)),
        _ => ("application/json", export::json(&sheet, owner, token, chain, block)),
    };
    let day = format::iso(Some(block.timestamp));
    let day = day.split('T').next().unwrap_or_default();
    download(&format!("rota-{}-{day}.{end}", owner.to_checksum(None)), mime, &text);
}
