//! What a call of a proposal makes of a setting: now and after.

use alloy_dyn_abi::DynSolValue;
use leptos::prelude::*;

use super::words::whole;
use crate::{
    aztec::{
        Book, Deployment,
        effects::{Unit, number},
        read::SettingChange,
    },
    chain::{abi::write_value, text::tame},
    tx::Lexicon as _,
    ui::{
        Cx,
        kit::{Figure, Written},
    },
    units::{Bps, Token, format},
};

/// Characters of a value drawn.
const VALUE: usize = 120;

/// A setting's value in words.
pub(super) fn written(contracts: &Deployment, unit: Unit, value: &DynSolValue) -> String {
    let other = || tame(&write_value(value), VALUE);
    match unit {
        Unit::Address => value.as_address().map_or_else(other, format::short_address),
        Unit::Flag => value.as_bool().map_or_else(other, |yes| if yes { "Yes" } else { "No" }.to_owned()),
        _ => number(value).map_or_else(other, |number| quantity(&contracts.token, unit, number)),
    }
}

fn quantity(token: &Token, unit: Unit, number: alloy_primitives::U256) -> String {
    let plain = || format::grouped(&number.to_string());
    match unit {
        Unit::Tokens => token.amount(number),
        Unit::Fraction => super::tally::percent(number, whole()),
        Unit::Seconds => u64::try_from(number).map_or_else(|_error| plain(), format::duration),
        Unit::Bps => {
            let bps = u16::try_from(number).ok().and_then(Bps::new);
            bps.map_or_else(plain, |bps| bps.to_string())
        }
        Unit::Address | Unit::Flag | Unit::Count => plain(),
    }
}

/// By how much a setting changes.
pub(super) fn difference(
    contracts: &Deployment,
    unit: Unit,
    now: &DynSolValue,
    after: &DynSolValue,
) -> String {
    if now == after {
        return "no change".to_owned();
    }
    match (number(now), number(after)) {
        (Some(now), Some(after)) if after > now => {
            format!("+{}", quantity(&contracts.token, unit, after - now))
        }
        (Some(now), Some(after)) => format!("\u{2212}{}", quantity(&contracts.token, unit, now - after)),
        _ => "changes".to_owned(),
    }
}

/// A value with what it is called, where it is an address.
pub(super) fn value(cx: Cx, book: &Book, unit: Unit, value: &DynSolValue) -> AnyView {
    match value.as_address() {
        Some(address) if address.is_zero() => "Nobody".into_any(),
        Some(address) => {
            let name = book.name(address).unwrap_or_else(|| "Not a contract that Rota knows".to_owned());
            view! { {cx.addr(address)}<span class="sub">{name}</span> }.into_any()
        }
        None => written(&book.contracts, unit, value).into_any(),
    }
}

/// The settings of a call as a table.
pub(super) fn settings(cx: Cx, book: &Book, place: usize, changes: &[SettingChange]) -> AnyView {
    let contracts = &*book.contracts;
    let line = |change: &SettingChange| {
        let setting = &change.setting;
        let label = format!("{}, call {}", setting.label, place + 1);
        let (now, differs) = match &change.now {
            Some(reading) => {
                let figure = Figure::of(reading, |now| Written::Text(written(contracts, setting.unit, now)));
                let differs =
                    reading.get().map(|now| difference(contracts, setting.unit, now, &setting.after));
                (cx.sources.fig(label, figure, "w8"), differs)
            }
            None => (view! { <span class="muted">"The contract does not tell"</span> }.into_any(), None),
        };
        let earlier = change.by_earlier.then(|| view! { <span class="sub">"by an earlier call"</span> });
        view! {
            <tr><td class="full">{setting.label}</td><td class="num" data-l="Now">{now}{earlier}</td><td class="num" data-l="After"><b>{value(cx, book, setting.unit, &setting.after)}</b></td><td class="num" data-l="Change">{differs.unwrap_or_default()}</td></tr>
        }
        .into_any()
    };
    let lines: Vec<_> = changes.iter().map(line).collect();
    view! {
        <div class="tablewrap"><table class="table tight cards"><thead><tr><th scope="col">"Setting"</th><th class="num" scope="col">"Now"</th><th class="num" scope="col">"After"</th><th class="num" scope="col">"Change"</th></tr></thead><tbody>{lines}</tbody></table></div>
    }
    .into_any()
}
