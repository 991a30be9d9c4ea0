use leptos::prelude::*;

use super::rows::Row;
use crate::{
    state::{Page, ProvidersView, Shell, Sort},
    ui::kit::{Fig, Figure, Icon, Ident, Shape},
    units::format,
};

const COLUMNS: [(Sort, &str, bool); 5] = [
    (Sort::Name, "Provider", false),
    (Sort::Commission, "Commission", true),
    (Sort::Sequencers, "Sequencers", true),
    (Sort::Stake, "Stake", true),
    (Sort::OpenSlots, "Open slots", true),
];

/// One line per provider; shimmering lines until they are there.
#[component]
pub(super) fn Table(rows: Memo<Option<Vec<Row>>>, view: Memo<ProvidersView>) -> impl IntoView {
    let loaded = Memo::new(move |_| rows.with(Option::is_some));
    view! {
        <div class="tablewrap">
            <table class="table cards">
                <thead>
                    <tr>
                        {COLUMNS.into_iter().map(|(sort, label, numeric)| view! { <Heading sort=sort label=label numeric=numeric view=view/> }).collect_view()}
                        <th scope="col"><span class="vh">"Action"</span></th>
                    </tr>
                </thead>
                <tbody>
                    {move || if loaded.get() {
                        view! {
                            <For
                                each=move || rows.with(|rows| rows.iter().flatten().map(|row| row.provider_id).collect::<Vec<_>>())
                                key=|id| *id
                                let:id
                            >
                                <Line rows=rows provider_id=id/>
                            </For>
                        }.into_any()
                    } else {
                        (0..6).map(|_| view! { <Waiting/> }).collect_view().into_any()
                    }}
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Heading(sort: Sort, label: &'static str, numeric: bool, view: Memo<ProvidersView>) -> impl IntoView {
    let shell = expect_context::<Shell>();
    let direction =
        move || view.with(|view| (view.sort == sort).then(|| sort.starts_descending() != view.reversed));
    let choose = move |_| {
        let old = view.get_untracked();
        let reversed = old.sort == sort && !old.reversed;
        shell.adjust(shell.route.get_untracked().with(Page::Providers(ProvidersView {
            sort,
            reversed,
            ..old
        })));
    };
    view! {
        <th scope="col" class:num=numeric aria-sort=move || direction().map(|down| if down { "descending" } else { "ascending" })>
            <button type="button" on:click=choose>
                {label}
                {move || direction().map(|down| view! { <Icon name=if down { "desc" } else { "asc" } size=12/> })}
            </button>
        </th>
    }
}

#[component]
fn Waiting() -> impl IntoView {
    view! {
        <tr>
            <td class="full"><div class="who"><span class="skel mark30"></span><div><span class="skel w12"></span><span class="sub"><span class="skel w8"></span></span></div></div></td>
            <td class="num" data-l="Commission"><span class="skel w4"></span></td>
            <td class="num" data-l="Sequencers"><span class="skel w4"></span></td>
            <td class="num" data-l="Stake"><span class="skel w8"></span><span class="sub"><span class="skel w4"></span></span></td>
            <td class="num" data-l="Open slots"><span class="skel w4"></span></td>
            <td class="num"></td>
        </tr>
    }
}

#[component]
fn Line(rows: Memo<Option<Vec<Row>>>, provider_id: u64) -> impl IntoView {
    let shell = expect_context::<Shell>();
    let row = Memo::new(move |_| {
        rows.with(|rows| rows.iter().flatten().find(|row| row.provider_id == provider_id).cloned())
    });
    let figure = move |pick: fn(&Row) -> Figure| -> Signal<Figure> {
        Memo::new(move |_| row.with(|row| row.as_ref().map_or(Figure::Loading, pick))).into()
    };
    let text = move |pick: fn(&Row) -> Option<String>| {
        Memo::new(move |_| row.with(|row| row.as_ref().and_then(pick)))
    };
    let label =
        Memo::new(move |_| row.with(|row| row.as_ref().map(|row| row.label.clone()).unwrap_or_default()));
    let admin = Memo::new(move |_| row.with(|row| row.as_ref().and_then(|row| row.admin)));
    let below = text(|row| {
        let site = row.site.as_ref().map(|site| crate::state::endpoint_label(site));
        site.or_else(|| row.admin.map(format::short_address))
    });
    let named = Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(|row| row.named)));
    let others = text(|row| row.others.clone());
    let share = Memo::new(move |_| row.with(|row| row.as_ref().and_then(|row| row.share.clone())));
    let full = Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(|row| row.open_slots == Some(0))));
    let page = move || {
        format!("#{}", shell.route.with(|route| route.with(Page::Provider { provider_id, standing: None })))
    };
    view! {
        <tr>
            <td class="full">
                <div class="who">
                    {move || admin.get().map(|admin| view! { <Ident address=admin shape=Shape::Square size=30/> })}
                    <div>
                        <a class="n" href=page>{label}</a>
                        <span class="sub">
                            <span>{below}</span>
                            <Show when=move || named.get()><span title="Name and site are the provider's own claim">"unverified"</span></Show>
                        </span>
                    </div>
                </div>
            </td>
            <td class="num" data-l="Commission"><b><Fig label="Commission" figure=figure(|row| row.commission.clone())/></b></td>
            <td class="num" data-l="Sequencers">
                <Fig label="Sequencers validating" figure=figure(|row| row.sequencers_figure.clone())/>
                {move || others.get().map(|others| view! { <span class="sub">{others}</span> })}
            </td>
            <td class="num" data-l="Stake">
                <Fig label="Stake" figure=figure(|row| row.stake_figure.clone()) width="w8"/>
                {move || share.get().map(|share| view! { <span class="sub"><Fig label="Share of all stake" figure=Signal::derive(move || share.clone())/>" of stake"</span> })}
            </td>
            <td class="num" data-l="Open slots"><Fig label="Open slots" figure=figure(|row| row.slots_figure.clone())/></td>
            <td class="num act">
                {move || if full.get() {
                    view! { <span class="btn sm" aria-disabled="true" title="No keys left in this provider’s queue">"Full"</span> }.into_any()
                } else {
                    view! { <a class="btn sm" href=page aria-label=move || format!("Delegate to {}", label.get())>"Delegate"</a> }.into_any()
                }}
            </td>
        </tr>
    }
}
