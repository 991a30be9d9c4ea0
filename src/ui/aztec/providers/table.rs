use std::sync::Arc;

use leptos::prelude::*;

use super::{
    choice::toggle,
    rows::{Own, Row, Rows},
};
use crate::{
    aztec::events::Place,
    chain::ReadError,
    state::{Page, ProvidersView, Sort, endpoint_label},
    ui::{
        Cx,
        kit::{Figure, Shape, icon, ident, press},
    },
    units::{Bps, format},
};

const COLUMNS: [(Sort, &str, &str); 7] = [
    (Sort::Name, "Provider", ""),
    (Sort::Commission, "Commission", "num"),
    (Sort::Sequencers, "Sequencers", "num"),
    (Sort::Stake, "Stake", "num"),
    (Sort::OpenSlots, "Open slots", "num"),
    (Sort::Slashed, "Slashed", "num"),
    (Sort::Registered, "Registered", "num"),
];

/// Lines that are drawn each time the end comes near.
pub(super) const MORE: usize = 40;

/// Lines that fill a window of this height in CSS pixels: none is lower than 48, and the page's head makes up for the rest.
pub(super) fn that_fill(height: i32) -> usize {
    usize::try_from(height / 48).unwrap_or_default().max(1)
}

/// With no more lines than this all are drawn at once.
const FEW: usize = 200;

/// One line per provider; shimmering lines until they are there.
pub(super) fn table(cx: Cx, rows: Option<Rows>, view: &ProvidersView, drawn: RwSignal<usize>) -> AnyView {
    let headings: Vec<_> =
        COLUMNS.into_iter().map(|(sort, label, class)| heading(cx, sort, label, class, view)).collect();
    let (lines, count): (Vec<_>, usize) = match &rows {
        Some(rows) => {
            let many = if rows.0.len() > FEW { drawn.get() } else { FEW };
            let full = view.compare.len() >= ProvidersView::SIDE_BY_SIDE;
            let draw = |row: &Arc<Row>| {
                let chosen = view.compare.contains(&row.provider_id);
                line(cx, row, chosen, full && !chosen)
            };
            (rows.0.iter().take(many).map(draw).collect(), rows.0.len())
        }
        None => ((0..6).map(|_| waiting()).collect(), 6),
    };
    let (shown, end) = (lines.len(), rows.and_then(|rows| rows.1).map(|own| last(cx, &own)));
    let rest = (shown < count).then(|| {
        let all = press(move || drawn.set(usize::MAX / 2));
        view! {
            <div class="body row" id="more">
                <span class="small ink2" role="status">{format!("{shown} of {count} lines are drawn; more come as you scroll.")}</span>
                <button type="button" class="btn sm" on:click=all>"Draw all"</button>
            </div>
        }
    });
    view! {
        <div class="tablewrap">
            <table class="table cards providers" aria-rowcount=count + 1>
                <thead><tr>{headings}<th scope="col"><span class="vh">"Action"</span></th></tr></thead>
                <tbody>{lines}{if shown < count { None } else { end }}</tbody>
            </table>
        </div>
        {rest}
    }
    .into_any()
}

/// What no provider runs.
fn last(cx: Cx, own: &Own) -> AnyView {
    let sequencers = cx.sources.fig("Sequencers that no provider runs", own.sequencers.clone(), "w4");
    let stake = cx.sources.fig("Stake that no provider runs", own.stake.clone(), "w8");
    view! {
        <tr>
            <td class="full"><span class="n">"Not through a provider"</span><span class="sub">"people who run their own sequencers"</span></td>
            <td class="num skip-sm"></td>
            <td class="num" data-l="Sequencers">{sequencers}</td>
            <td class="num" data-l="Stake">{stake}</td>
            <td class="num skip-sm"></td>
            <td class="num skip-sm"></td>
            <td class="num skip-sm"></td>
            <td class="num skip-sm"></td>
        </tr>
    }
    .into_any()
}

fn heading(cx: Cx, sort: Sort, label: &'static str, class: &'static str, view: &ProvidersView) -> AnyView {
    let chosen = view.sort == sort;
    let descending = sort.starts_descending() != view.reversed;
    let (order, mark) = if descending { ("descending", "desc") } else { ("ascending", "asc") };
    let reversed = chosen && !view.reversed;
    let next = ProvidersView { sort, reversed, ..view.clone() };
    let choose = press(move || {
        let page = Page::Providers(next.clone());
        cx.shell.adjust(cx.shell.route.get_untracked().with(page));
    });
    view! {
        <th scope="col" class=class aria-sort=chosen.then_some(order)>
            <button type="button" on:click=choose>{label}{chosen.then(|| icon(mark, 12))}</button>
        </th>
    }
    .into_any()
}

fn waiting() -> AnyView {
    view! {
        <tr>
            <td class="full"><div class="who"><span class="skel mark30"></span><div><span class="skel w12"></span><span class="sub"><span class="skel w8"></span></span></div></div></td>
            <td class="num" data-l="Commission"><span class="skel w4"></span><span class="sub">"\u{a0}"</span></td>
            <td class="num" data-l="Sequencers"><span class="skel w4"></span><span class="sub">"\u{a0}"</span></td>
            <td class="num" data-l="Stake"><span class="skel w8"></span><span class="sub"><span class="skel w4"></span></span></td>
            <td class="num" data-l="Open slots"><span class="skel w4"></span></td>
            <td class="num" data-l="Slashed"><span class="skel w4"></span><span class="sub">"\u{a0}"</span></td>
            <td class="num" data-l="Registered"><span class="skel w8"></span></td>
            <td class="num"></td>
        </tr>
    }
    .into_any()
}

fn line(cx: Cx, row: &Row, chosen: bool, full: bool) -> AnyView {
    // by number: two providers may claim one name
    let name = |what: &str| format!("{what}, provider {}", row.provider_id);
    let fig = |what, figure: &Figure, width| cx.sources.fig(name(what), figure.clone(), width);
    let page = cx.link(Page::Provider { provider_id: row.provider_id, standing: None });
    let below =
        row.site.as_ref().map(|site| endpoint_label(site)).or_else(|| row.admin.map(format::short_address));
    let unverified = row.named.then(|| {
        view! { <span title="Name and site are the provider's own claim">"unverified"</span> }
    });
    // second lines have their place before they are known: nothing may jump
    let others = row.others.clone().unwrap_or_else(|| "\u{a0}".to_owned());
    let share = match &row.share {
        Some(share) => view! { {fig("Share of all stake", share, "w4")}" of stake" }.into_any(),
        None => "\u{a0}".into_any(),
    };
    let action = if row.open_slots == Some(0) {
        view! { <span class="btn sm" aria-disabled="true" title="No keys left in this provider’s queue">"Full"</span> }
            .into_any()
    } else {
        view! { <a class="btn sm" href=page.clone() aria-label=format!("Delegate to {}", row.label)>"Delegate"</a> }
            .into_any()
    };
    let provider_id = row.provider_id;
    let compare = press(move || toggle(cx, provider_id));
    let failed = row.past.as_ref().filter(|past| past.failed > 0);
    let failed = failed.map(|past| format::plural(past.failed, "failed deposit"));
    view! {
        <tr>
            <td class="full">
                <div class="who">
                    <input type="checkbox" title="Side by side" aria-label=format!("Compare provider {provider_id}") prop:checked=chosen disabled=full on:click=compare/>
                    {row.admin.map(|admin| ident(admin, Shape::Square, 30))}
                    <div>
                        <a class="n" href=page>{row.label.clone()}</a>
                        <span class="sub"><span>{below}</span>{unverified}</span>
                    </div>
                </div>
            </td>
            <td class="num" data-l="Commission"><b>{fig("Commission", &row.commission, "w4")}</b>{steps(cx, row)}</td>
            <td class="num" data-l="Sequencers">{fig("Sequencers validating", &row.sequencers_figure, "w4")}<span class="sub">{others}</span></td>
            <td class="num" data-l="Stake">{fig("Stake", &row.stake_figure, "w8")}<span class="sub">{share}</span></td>
            <td class="num" data-l="Open slots">{fig("Open slots", &row.slots_figure, "w4")}</td>
            <td class="num" data-l="Slashed">{fig("Slashed", &row.slashed_figure, "w4")}<span class="sub">{failed.unwrap_or_else(|| "\u{a0}".to_owned())}</span></td>
            <td class="num" data-l="Registered">{registered(cx, row, "")}</td>
            <td class="num act">{action}</td>
        </tr>
    }
    .into_any()
}

/// The last change of the commission; where there was one, all of them drawn small.
fn steps(cx: Cx, row: &Row) -> AnyView {
    let said = match (&row.past, row.last_change()) {
        (None, _) => "\u{a0}".to_owned(),
        (Some(_), None) => "unchanged".to_owned(),
        (Some(_), Some((place, up))) => {
            let way = if up { "up" } else { "down" };
            format!("{way} {}", day(cx, place).unwrap_or_else(|| format!("#{}", format::count(place.block))))
        }
    };
    view! { <span class="sub">{stairs(cx, row)}{said}</span> }.into_any()
}

/// The commissions since the registration, the highest at the top.
fn stairs(cx: Cx, row: &Row) -> Option<AnyView> {
    let rates = &row.past.as_ref()?.rates;
    let (first, newest) =
        (rates.first()?.0.block, cx.scope.head.block.with(|block| block.map(|block| block.number))?);
    let most = rates.iter().map(|(_, rate)| u64::from(rate.get())).max()?.max(1);
    let across = |block: u64| (block - first) * 100 / (newest.saturating_sub(first)).max(1);
    let step = |(place, rate): &(Place, Bps)| {
        let up = 18 - u64::from(rate.get()) * 16 / most;
        format!("H{} V{up}", across(place.block))
    };
    let path: String = rates.iter().map(step).collect();
    (rates.len() > 1).then(|| {
        view! { <svg class="spark" viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true"><path d=format!("M{}H100", path.trim_start_matches('H').replacen('V', "", 1))></path></svg> }
            .into_any()
    })
}

/// When a provider came to be. `mark` tells this figure from the same one elsewhere on the page.
pub(super) fn registered(cx: Cx, row: &Row, mark: &str) -> AnyView {
    let place = row.past.as_ref().and_then(|past| past.registered);
    let figure = match (&place, &row.told) {
        (Some(place), Some(source)) => match day(cx, place) {
            Some(day) => Figure::Shown(day.into(), source.clone()),
            None => Figure::Shown(format!("block {}", format::count(place.block)).into(), source.clone()),
        },
        // all events are read, and none says so
        (None, Some(_)) if row.past.is_some() => Figure::NotRead(ReadError::LogsMissing, None),
        _ => row.slashed_figure.clone().without_value(),
    };
    cx.sources.fig(format!("Registered, provider {}{mark}", row.provider_id), figure, "w8")
}

/// The day of an event; `None` while it is read.
fn day(cx: Cx, place: &Place) -> Option<String> {
    Some(format::date(cx.scope.dates.of(place)?, cx.scope.head.now()?))
}
