use leptos::prelude::*;

use super::{
    choice::{choose, toggle},
    rows::{Row, Rows},
    table::registered,
};
use crate::{
    state::{Page, endpoint_label},
    ui::{
        Cx,
        kit::{Figure, icon, press},
    },
    units::format,
};

/// Chosen providers side by side, in the order in which they were chosen.
pub(crate) fn compare(cx: Cx, all: Memo<Option<Rows>>, numbers: &[u64]) -> AnyView {
    let Some(rows) = all.get() else { return ().into_any() };
    let chosen: Vec<&Row> = numbers
        .iter()
        .filter_map(|number| rows.0.iter().find(|row| row.provider_id == *number).map(|row| &**row))
        .collect();
    let line = |name: &'static str, cell: &dyn Fn(&Row) -> AnyView| {
        let cells: Vec<_> = chosen.iter().map(|row| view! { <td>{cell(row)}</td> }.into_any()).collect();
        view! { <tr><th scope="row">{name}</th>{cells}</tr> }.into_any()
    };
    // the table below shows the same figures: each name may stand on the page once
    let fig = |row: &Row, what: &str, figure: &Figure, width| {
        let name = format!("{what} of provider {}, side by side", row.provider_id);
        cx.sources.fig(name, figure.clone(), width)
    };
    let heads: Vec<_> = chosen.iter().map(|row| head(cx, row)).collect();
    let close = press(move || choose(cx, Vec::new()));
    view! {
        <section class="panel" aria-label="Providers side by side">
            <header><h2>"Side by side"</h2><div class="end"><button type="button" class="btn sm" on:click=close>"Close"</button></div></header>
            <div class="tablewrap">
                <table class="table compare">
                    <thead><tr><td></td>{heads}</tr></thead>
                    <tbody>
                        {line("Commission", &|row| fig(row, "Commission", &row.commission, "w4"))}
                        {line("Commission before", &|row| before(row).into_any())}
                        {line("Sequencers", &|row| fig(row, "Sequencers", &row.sequencers_figure, "w4"))}
                        {line("Queued, leaving", &|row| others(cx, row))}
                        {line("Stake", &|row| fig(row, "Stake", &row.stake_figure, "w8"))}
                        {line("Of all stake", &|row| match &row.share {
                            Some(share) => fig(row, "Share", share, "w4"),
                            None => instead(cx, row, "Share", &row.stake_figure, "Not read"),
                        })}
                        {line("Open slots", &|row| fig(row, "Open slots", &row.slots_figure, "w4"))}
                        {line("Registered", &|row| registered(cx, row, ", side by side"))}
                        {line("Slashed", &|row| fig(row, "Slashed", &row.slashed_figure, "w8"))}
                        {line("Failed deposits", &|row| failed(cx, row))}
                        {line("Site, its own claim", &|row| row.site.as_ref().map_or_else(|| "–".to_owned(), |site| endpoint_label(site)).into_any())}
                    </tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn head(cx: Cx, row: &Row) -> AnyView {
    let page = cx.link(Page::Provider { provider_id: row.provider_id, standing: None });
    let id = row.provider_id;
    let leave = press(move || toggle(cx, id));
    view! {
        <th scope="col">
            <span class="row fix gap5">
                <a href=page>{row.label.clone()}</a>
                <button type="button" class="btn icon sm" aria-label=format!("Leave out {}", row.label) on:click=leave>{icon("x", 12)}</button>
            </span>
        </th>
    }
    .into_any()
}

/// What stands in the place of a figure that is not there: `words` where what it is made of was read, and otherwise what
/// became of that.
fn instead(cx: Cx, row: &Row, what: &str, of: &Figure, words: &'static str) -> AnyView {
    match of.clone().without_value() {
        Figure::Loading if !matches!(of, Figure::Loading) => words.into_any(),
        figure => {
            cx.sources.fig(format!("{what} of provider {}, side by side", row.provider_id), figure, "w4")
        }
    }
}

fn others(cx: Cx, row: &Row) -> AnyView {
    match &row.others {
        Some(others) => others.clone().into_any(),
        None => instead(cx, row, "Queued, leaving", &row.sequencers_figure, "none"),
    }
}

/// Deposits that were refunded, by events. They stand or fall with the slashes, which are events too.
fn failed(cx: Cx, row: &Row) -> AnyView {
    match &row.past {
        Some(past) => format::count(past.failed).into_any(),
        None => instead(cx, row, "Failed deposits", &row.slashed_figure, "Not read"),
    }
}

/// The commissions before the present one, newest first.
fn before(row: &Row) -> String {
    let Some(past) = &row.past else { return String::new() };
    let earlier: Vec<String> = past.rates.iter().rev().skip(1).map(|(_, rate)| rate.to_string()).collect();
    if earlier.is_empty() { "never another".to_owned() } else { earlier.join(", ") }
}
