use leptos::prelude::*;

use super::{Desk, Terms, gaps::Of};
use crate::{
    aztec::read::Seen,
    state::Gap,
    ui::{
        aztec::words,
        kit::{Figure, empty, icon},
    },
    units::format,
};

/// What can be told while no endpoint gives events: where each key is, and nothing about how it came there.
pub(super) fn panel(desk: Desk) -> AnyView {
    let terms = Terms::of(desk);
    let (found, failed) =
        desk.seen.with(|seen| (seen.last().map(|at| at.value.clone()), seen.failure().is_some()));
    let body = match found {
        Some(found) if found.is_empty() => empty(
            "stack",
            "No position found",
            "None validates, waits or left lately. Others need logs.",
            None,
        ),
        Some(found) => {
            let rows: Vec<_> = found.iter().map(|seen| row(desk, &terms, seen)).collect();
            view! {
                <div class="tablewrap">
                    <table class="table tight cards">
                        <thead><tr><th scope="col">"Attester"</th><th scope="col">"Status"</th><th scope="col">"Provider, split, commission, rewards"</th></tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            }
            .into_any()
        }
        None if failed => empty("warn", "Not read", "The chain could not be asked. Rota tries again.", None),
        None => view! { <div class="body"><span class="skel w12"></span></div> }.into_any(),
    };
    let vaults = match desk.gap(Of::Stakes) {
        Gap::None => "",
        Gap::Awaited => ". Token vaults are still being read: what they stake is missing here",
        Gap::Unread => ". Not all token vaults could be read: what they stake is missing here",
    };
    view! {
        <section class="panel">
            <header><h2>"Stakes"</h2><p>"Without events: no endpoint gives them at present"{vaults}</p></header>
            {body}
        </section>
    }
    .into_any()
}

fn row(desk: Desk, terms: &Terms, seen: &Seen) -> AnyView {
    let status = match &seen.position.value {
        Ok(position) => {
            let (mark, tone, word) = words::position(position, terms.full(position));
            let version = terms.version(position).map(|version| format!("rollup {version}"));
            view! {
                <span class=format!("status {tone}")>{icon(mark, 14)}{word}</span>
                <span class="sub">{version}</span>
            }
            .into_any()
        }
        Err(error) => {
            let figure = Figure::NotRead(error.clone(), Some(seen.position.source.clone()));
            let label = format!("Status of {}", format::short_address(seen.attester));
            desk.cx.sources.fig(label, figure, "w8")
        }
    };
    view! {
        <tr>
            <td class="full">{desk.cx.addr(seen.attester)}</td>
            <td data-l="Status">{status}</td>
            <td data-l="Provider, rewards"><span class="muted">"needs logs"</span></td>
        </tr>
    }
    .into_any()
}
