use leptos::prelude::*;

use super::rows::{Row, Rows};
use crate::{
    state::{Page, ProvidersView, Sort, endpoint_label},
    ui::{
        Cx,
        kit::{Shape, icon, ident, press},
    },
    units::format,
};

const COLUMNS: [(Sort, &str, &str); 5] = [
    (Sort::Name, "Provider", ""),
    (Sort::Commission, "Commission", "num"),
    (Sort::Sequencers, "Sequencers", "num"),
    (Sort::Stake, "Stake", "num"),
    (Sort::OpenSlots, "Open slots", "num"),
];

/// One line per provider; shimmering lines until they are there.
pub(super) fn table(cx: Cx, rows: Option<Rows>, view: ProvidersView) -> AnyView {
    let headings: Vec<_> =
        COLUMNS.into_iter().map(|(sort, label, class)| heading(cx, sort, label, class, &view)).collect();
    let lines: Vec<_> = match rows {
        Some(rows) => rows.0.iter().map(|row| line(cx, row)).collect(),
        None => (0..6).map(|_| waiting()).collect(),
    };
    view! {
        <div class="tablewrap">
            <table class="table cards providers">
                <thead><tr>{headings}<th scope="col"><span class="vh">"Action"</span></th></tr></thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
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
            <td class="num" data-l="Commission"><span class="skel w4"></span></td>
            <td class="num" data-l="Sequencers"><span class="skel w4"></span><span class="sub">"\u{a0}"</span></td>
            <td class="num" data-l="Stake"><span class="skel w8"></span><span class="sub"><span class="skel w4"></span></span></td>
            <td class="num" data-l="Open slots"><span class="skel w4"></span></td>
            <td class="num"></td>
        </tr>
    }
    .into_any()
}

fn line(cx: Cx, row: &Row) -> AnyView {
    // by number: two providers may claim one name
    let name = |what: &str| format!("{what}, provider {}", row.provider_id);
    let fig =
        |what, figure: &crate::ui::kit::Figure, width| cx.sources.fig(name(what), figure.clone(), width);
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
    view! {
        <tr>
            <td class="full">
                <div class="who">
                    {row.admin.map(|admin| ident(admin, Shape::Square, 30))}
                    <div>
                        <a class="n" href=page>{row.label.clone()}</a>
                        <span class="sub"><span>{below}</span>{unverified}</span>
                    </div>
                </div>
            </td>
            <td class="num" data-l="Commission"><b>{fig("Commission", &row.commission, "w4")}</b></td>
            <td class="num" data-l="Sequencers">{fig("Sequencers validating", &row.sequencers_figure, "w4")}<span class="sub">{others}</span></td>
            <td class="num" data-l="Stake">{fig("Stake", &row.stake_figure, "w8")}<span class="sub">{share}</span></td>
            <td class="num" data-l="Open slots">{fig("Open slots", &row.slots_figure, "w4")}</td>
            <td class="num act">{action}</td>
        </tr>
    }
    .into_any()
}
