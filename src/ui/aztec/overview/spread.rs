use alloy_primitives::U256;
use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::concentration::{Holding, Spread},
    chain::ReadError,
    ui::{
        kit::chart::{Bar, Looking, Told, across, bars, chart, gridline, slot},
        text,
    },
    units::{Ratio, Token, format},
};

const HEIGHT: u32 = 224;
const TOP: u64 = 24;
const ZERO: u64 = 184;

/// Stake by provider, largest first, with how many of them hold a third and half of it.
pub(super) fn spread(desk: Desk, looking: Looking) -> AnyView {
    let Some(contracts) = desk.cx.scope.deployment() else { return waiting() };
    let token = &contracts.token;
    match holdings(desk) {
        None => waiting(),
        Some(Err(error)) => {
            let said = text::read_error(&error);
            view! { <p class="small ink2">{said.what}" "{said.todo}</p> }.into_any()
        }
        Some(Ok(spread)) if spread.holdings.is_empty() => {
            view! { <p class="small ink2">"No stake was made through a provider yet."</p> }.into_any()
        }
        Some(Ok(spread)) => drawn(desk, looking, &spread, token),
    }
}

fn waiting() -> AnyView {
    view! { <div class="chartskel"><span class="skel w12"></span></div> }.into_any()
}

/// Stake of every provider; `None` while it is being read.
fn holdings(desk: Desk) -> Option<Result<Spread, ReadError>> {
    let trouble = desk.cx.scope.events_in_trouble();
    let (providers, stakes) = (desk.providers.get(), desk.stakes.get());
    let Some(page) = providers.last() else { return providers.failure().cloned().map(Err) };
    let mut found = Vec::new();
    for row in &page.value.rows {
        match desk.cx.scope.summary(&stakes, row.provider_id)?.stake.value {
            Ok(stake) => found.push(Holding { provider_id: row.provider_id, stake }),
            Err(ReadError::LogsMissing) if !trouble => return None,
            Err(error) => return Some(Err(error)),
        }
    }
    let total = stakes.last()?.value.total.value.clone();
    Some(total.map(|total| Spread::new(found, total)))
}

fn drawn(desk: Desk, looking: Looking, spread: &Spread, token: &Token) -> AnyView {
    let label = |holding: &Holding| desk.cx.scope.label(holding.provider_id);
    let share = |stake: U256| Ratio::new(stake, spread.total).map_or_else(String::new, Ratio::percent);
    let most = spread.holdings.first().map_or(U256::ZERO, |holding| holding.stake);
    let half = spread.holders_of(1, 2);
    let mark = |(place, holding): (usize, &Holding)| Bar {
        up: Ratio::new(holding.stake, most).map_or(0, Ratio::permille),
        down: 0,
        class: if half.is_some_and(|half| place < half) { "m-ink" } else { "m-mute" },
        tip: format!("{}: {}, {}", label(holding), token.amount(holding.stake), share(holding.stake)),
    };
    let marks: Vec<Bar> = spread.holdings.iter().enumerate().map(mark).collect();
    let rows = spread
        .holdings
        .iter()
        .map(|holding| vec![label(holding), token.amount(holding.stake), share(holding.stake)]);
    let rest = vec!["Not through a provider".to_owned(), token.amount(spread.rest()), share(spread.rest())];
    let said = |holders: Option<usize>, what: &str| {
        holders.map(|holders| format!("{} {what}", format::plural(holders as u64, "provider")))
    };
    let (third, half) = (said(spread.holders_of(1, 3), "hold a third"), said(half, "hold half"));
    let all = format!(
        "{} hold {} of all stake, the rest is not through a provider",
        format::plural(spread.holdings.len() as u64, "provider"),
        share(spread.total.saturating_sub(spread.rest()))
    );
    let finding = [third.clone(), half.clone(), Some(all.clone())].into_iter().flatten();
    let told = Told {
        finding: format!("{}.", finding.collect::<Vec<_>>().join("; ")),
        columns: vec!["Provider".to_owned(), "Stake".to_owned(), "Share".to_owned()],
        rows: rows.chain([rest]).collect(),
    };
    let brackets = [spread.holders_of(1, 3).zip(third), spread.holders_of(1, 2).zip(half)];
    let lines: Vec<AnyView> = brackets
        .into_iter()
        .flatten()
        .zip(0..)
        .map(|(found, row)| bracket(found, row, marks.len()))
        .collect();
    let drawing = view! {
        {gridline(TOP, "grid", token.amount(most))}
        {gridline(ZERO, "axis", String::new())}
        {bars(&marks, (TOP, ZERO, ZERO))}
        {lines}
    };
    view! { {chart(looking, told, HEIGHT, drawing.into_any())}<p class="xs muted">{all}"."</p> }.into_any()
}

/// A line below the bars that it speaks of.
fn bracket((holders, said): (usize, String), row: u64, marks: usize) -> AnyView {
    let (y, end) = (ZERO + 12 + row * 20, slot(marks) * holders as u64);
    view! {
        <line x1="0" x2=across(end) y1=y y2=y class="axis"></line>
        <text x=across(end) dx="8" y=y + 4>{said}</text>
    }
    .into_any()
}
