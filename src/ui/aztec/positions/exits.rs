use leptos::prelude::*;

use super::{Desk, Terms, label};
use crate::{
    aztec::{model::ExitView, positions::Line, rules::Position},
    chain::{Reading, Source},
    ui::kit::{Figure, Written},
    units::format,
};

/// Exits with both of their delays; nothing where none is under way.
pub(super) fn exits(desk: Desk) -> AnyView {
    let Some(sheet) = desk.sheet.get() else { return ().into_any() };
    let terms = Terms::of(desk);
    let rows: Vec<_> = sheet
        .lines
        .iter()
        .filter_map(|line| match line.position.get()? {
            Position::Exiting { exit, .. } => Some(row(desk, &terms, line, exit, true)),
            Position::Zombie { exit, .. } => Some(row(desk, &terms, line, exit, false)),
            _ => None,
        })
        .collect();
    if rows.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="panel">
            <header><h2>"Exits"</h2><p>"The later of two dates counts: the rollup’s and governance’s"</p></header>
            <div class="tablewrap">
                <table class="table tight cards">
                    <thead><tr>
                        <th scope="col">"Attester"</th><th scope="col" class="num">"Returns"</th><th scope="col" class="num">"Rollup lets go"</th>
                        <th scope="col" class="num">"Governance lets go"</th><th scope="col" class="num">"Can be finalised"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn row(desk: Desk, terms: &Terms, line: &Line, exit: &ExitView, named: bool) -> AnyView {
    let fig = |what: &str, figure: Figure| desk.cx.sources.fig(label(what, line), figure, "w8");
    let date = |at: u64| -> Written {
        if at <= terms.now { "now".to_owned() } else { format::date_time(at, terms.now) }.into()
    };
    let source = || line.position.source.clone();
    let until =
        |what: &str, value| fig(what, Figure::of(&Reading { value, source: source() }, |at| date(*at)));
    let end = Source::derived("the later of exitableAt and unlocksAt", [("the exit", source())]);
    let end = match exit.ends_at() {
        // nothing moves before the withdrawer has said where to
        Ok(_) if !named => view! { <span class="muted">"after a recipient is named"</span> }.into_any(),
        ends => fig("Can be finalised", Figure::of(&Reading { value: ends, source: end }, |at| date(*at))),
    };
    let slashable =
        (exit.exitable_at > terms.now).then(|| view! { <span class="sub">"slashable until then"</span> });
    let to = exit.recipient.map(|to| view! { <span class="sub">"to "{desk.cx.addr(to)}</span> });
    view! {
        <tr>
            <td class="full">{desk.cx.addr(line.stake.attester)}</td>
            <td class="num" data-l="Returns">{fig("Returns", Figure::of(&line.amount, |raw| desk.amount(*raw)))}{to}</td>
            <td class="num" data-l="Rollup lets go">{until("Rollup lets go", Ok(exit.exitable_at))}{slashable}</td>
            <td class="num" data-l="Governance lets go">{until("Governance lets go", exit.unlocks_at.clone())}</td>
            <td class="num" data-l="Can be finalised">{end}</td>
        </tr>
    }
    .into_any()
}
