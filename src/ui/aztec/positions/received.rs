//! Rewards that the address receives for stakes of others.

use alloy_primitives::U256;
use leptos::prelude::*;

use super::{Desk, act, named_splits};
use crate::{
    aztec::positions::{Gain, Receiver},
    state::Page,
    ui::kit::press,
    units::format,
};

/// Rows drawn at most: one claim takes all of them anyway.
const MOST: usize = 50;

/// The splits of others’ stakes, and the field for one that is not found by itself.
pub(super) fn received(desk: Desk) -> AnyView {
    let (failed, unread) =
        desk.received.with(|read| (read.failure().is_some(), read.last().map_or(0, |at| at.value.unread)));
    let shown = desk.sheet.get().map(|sheet| sheet.received.clone()).unwrap_or_default();
    let gap = match (failed, unread) {
        (true, _) => Some(
            "Whether this address receives rewards of others’ stakes was not read. Rota tries again."
                .to_owned(),
        ),
        (false, 0) => None,
        (false, n) => Some(format!(
            "Of {} it could not be told whom they pay.",
            format::plural(n as u64, "split contract")
        )),
    };
    // that some split of somebody is strange says nothing about an address that none pays
    let gap = gap.filter(|_| failed || !shown.is_empty());
    let rows: Vec<_> = shown.iter().rev().take(MOST).map(|one| row(desk, one)).collect();
    let rest = shown.len().saturating_sub(MOST);
    let rest = (rest > 0)
        .then(|| format!("and {} more, which “Claim all” takes along. ", format::count(rest as u64)));
    let foot = rest.into_iter().chain(gap).collect::<String>();
    let foot = (!foot.is_empty()).then(|| view! { <footer><span class="muted small">{foot}</span></footer> });
    let table = (!shown.is_empty()).then(|| {
        view! {
            <div class="tablewrap">
                <table class="table tight cards">
                    <thead><tr>
                        <th scope="col">"Provider and attester"</th><th scope="col">"Withdrawer"</th><th scope="col">"Split contract"</th>
                        <th scope="col" class="num">"Unclaimed"</th><th scope="col"><span class="vh">"Actions"</span></th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    });
    view! {
        <section class="panel" aria-label="Rewards of others’ stakes">
            <header><h2>"Rewards of others’ stakes"</h2><p>"Splits that pay this address and are not of its own stakes: it can neither exit nor vote with those"</p></header>
            {table}
            {named_splits::fold(desk)}
            {foot}
        </section>
    }
    .into_any()
}

fn row(desk: Desk, one: &Receiver) -> AnyView {
    let (cx, made) = (desk.cx, one.made.as_ref());
    let some = |gain: &&Gain| gain.unclaimed.get().is_none_or(|amount| *amount > U256::ZERO);
    let mut shown: Vec<&Gain> = one.gains.iter().filter(some).collect();
    if shown.is_empty() {
        shown.extend(one.gains.first());
    }
    let figures: Vec<_> = shown
        .into_iter()
        .map(|gain| {
            let name = format!("Unclaimed at split {} in {}", one.split, gain.token);
            view! { <div>{cx.sources.fig(name, desk.coin(gain.token, &gain.unclaimed), "w8")}</div> }
                .into_any()
        })
        .collect();
    let (tokens, split) = (desk.tokens(), one.split);
    let worth =
        |gain: &Gain| gain.unclaimed.get().is_some_and(|share| *share > act::dust(&tokens, gain.token));
    let claim = one.gains.iter().any(worth).then(|| {
        let label = format!("Claim from split {}", format::short_address(split));
        let go = press(move || act::propose_claim(desk, &[split], false));
        view! { <button type="button" class="btn sm" aria-label=label on:click=go>"Claim"</button> }
    });
    let whose = match made {
        Some(made) => {
            let page = Page::Provider { provider_id: made.provider_id, standing: None };
            view! { <a class="n" href=cx.link(page)>{cx.scope.label(made.provider_id)}</a><span class="sub">{cx.addr(made.attester)}</span> }.into_any()
        }
        None => view! { "As named here"<span class="sub">"no event says of which stake"</span> }.into_any(),
    };
    let withdrawer = match made.and_then(|made| made.withdrawer) {
        Some(withdrawer) => cx.addr(withdrawer),
        None => view! { <span class="muted">"not known"</span> }.into_any(),
    };
    view! {
        <tr>
            <td class="full"><div class="who"><div>{whose}</div></div></td>
            <td data-l="Withdrawer">{withdrawer}</td>
            <td class="skip-sm">{cx.addr(split)}</td>
            <td class="num" data-l="Unclaimed">{figures}</td>
            <td class="num full">{claim}</td>
        </tr>
    }
    .into_any()
}
