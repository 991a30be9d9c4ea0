use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, U256};
use leptos::prelude::*;

use super::{Desk, gaps::Of, history};
use crate::{
    aztec::{
        events::Place,
        positions::export::{self, Reader},
    },
    platform::download,
    state::{Told, spawn},
    ui::kit::{icon, press},
    units::format,
};

/// A file that can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Table(Reader),
    Calendar,
    Json,
}

/// The formats: what the button says, and its mark.
const FORMATS: [(&str, &str, Format); 5] = [
    ("CSV", "down", Format::Table(Reader::Anybody)),
    ("rotki", "down", Format::Table(Reader::Rotki)),
    ("Koinly", "down", Format::Table(Reader::Koinly)),
    ("ICS", "cal", Format::Calendar),
    ("JSON", "file", Format::Json),
];

/// Files of what the page shows, made in the page. Not before all of it is known: a file with a hole looks whole.
pub(super) fn exports(desk: Desk, owner: Address) -> AnyView {
    let whole = desk.told.with(|told| told.as_ref().is_some_and(Told::is_whole));
    // what was just found is in the next answer of the chain
    let ready = whole && desk.sheet.with(Option::is_some) && !desk.is_catching_up();
    let hole = desk.missing(Of::Rewards);
    let missing = history::missing(desk);
    let listed = ready && missing.is_none();
    let button = |(word, mark, format): (&'static str, &'static str, Format)| {
        let save = press(move || match format {
            Format::Table(Reader::Anybody | Reader::Rotki) => with_fees(desk, owner, format),
            _ => save(desk, owner, format, &BTreeMap::new()),
        });
        let label = format!("Export as {word}");
        let ready = !desk.exporting.get()
            && match format {
                Format::Table(Reader::Anybody) => listed,
                // those programs need the time of each line
                Format::Table(_) => listed && timed(desk),
                Format::Calendar | Format::Json => ready,
            };
        let table = missing.filter(|_| matches!(format, Format::Table(_))).map(history::Missing::said);
        let why = hole.clone().or_else(|| table.map(str::to_owned));
        view! { <button type="button" class="btn" disabled=!ready title=why aria-label=label on:click=save>{icon(mark, 16)}{word}</button> }
            .into_any()
    };
    // while they are only awaited a line that comes and goes would move the page
    let unread = match &hole {
        Some(hole) if desk.is_short() => Some(format!("{hole}: files wait for it.")),
        Some(_) => None,
        None => missing
            .filter(|missing| ready && missing.is_failure())
            .map(|missing| format!("{}: CSV, rotki and Koinly wait for it.", missing.said())),
    };
    let unread = unread.map(|said| view! { <span class="muted xs">{said}</span> });
    view! { <div class="row">{FORMATS.into_iter().map(button).collect::<Vec<_>>()}{unread}</div> }.into_any()
}

/// Whether the time of everything that happened is known.
fn timed(desk: Desk) -> bool {
    let story = desk.story.get().unwrap_or_default();
    // all are asked for, not only those before the first that is missing
    story.iter().filter(|happened| desk.cx.scope.dates.of(&happened.place).is_none()).count() == 0
}

/// Asks for the receipts of what happened first: only they say what it cost.
fn with_fees(desk: Desk, owner: Address, format: Format) {
    let story = desk.story.get_untracked().unwrap_or_default();
    let scope = desk.cx.scope;
    desk.exporting.set(true);
    spawn(async move {
        let fees = scope.fees(owner, story.iter().map(|happened| happened.place.tx)).await;
        // the page may be another one by now
        if !desk.exporting.is_disposed() {
            desk.exporting.set(false);
            if desk.owner.get_untracked() == Some(owner) {
                save(desk, owner, format, &fees);
            }
        }
    });
}

fn save(desk: Desk, owner: Address, format: Format, fees: &BTreeMap<B256, Option<U256>>) {
    let scope = desk.cx.scope;
    let read = desk.read.with_untracked(|read| read.last().map(|at| at.block));
    let (Some(sheet), Some(contracts), Some(block)) = (desk.sheet.get_untracked(), scope.deployment(), read)
    else {
        return;
    };
    let (token, chain_id) = (&contracts.token, contracts.chain_id);
    let (mime, end, text) = match format {
        Format::Table(reader) => {
            let story = desk.story.get_untracked().unwrap_or_default();
            let tokens = desk.tokens();
            let time = |place: &Place| scope.dates.of(place);
            let end = match reader {
                Reader::Anybody => "csv",
                Reader::Rotki => "rotki.csv",
                Reader::Koinly => "koinly.csv",
            };
            let terms = export::Terms { owner, chain_id, tokens: &tokens, time: &time, fees };
            ("text/csv", end, export::table(&story, reader, terms))
        }
        Format::Calendar => {
            ("text/calendar", "ics", export::calendar(&sheet, token, chain_id, block.timestamp))
        }
        Format::Json => ("application/json", "json", export::json(&sheet, owner, token, chain_id, block)),
    };
    let day = format::iso(Some(block.timestamp));
    let day = day.split('T').next().unwrap_or_default();
    download(&format!("rota-{}-{day}.{end}", owner.to_checksum(None)), mime, &text);
}
