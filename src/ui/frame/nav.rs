use leptos::prelude::*;

use crate::{
    state::{Page, ProvidersView},
    ui::{
        Cx,
        kit::{icon, live},
    },
};

/// The pages that exist, in the order of the bar: name, mark, page.
pub(super) fn pages() -> [(&'static str, &'static str, Page); 6] {
    [
        ("Overview", "stack", Page::Overview),
        ("Providers", "list", Page::Providers(ProvidersView::default())),
        ("Positions", "wallet", Page::Positions(None)),
        ("Governance", "gov", Page::Governance(None)),
        ("Provide", "key", Page::Provide(None)),
        ("Settings", "gauge", Page::Settings),
    ]
}

/// Which of them a page belongs to.
fn section(page: &Page) -> Option<usize> {
    match page {
        Page::Overview => Some(0),
        Page::Providers(_) | Page::Provider { .. } => Some(1),
        Page::Positions(_) => Some(2),
        Page::Governance(_) => Some(3),
        Page::Provide(_) => Some(4),
        Page::Settings => Some(5),
        Page::NotFound => None,
    }
}

/// The links of a bar; with marks in the one at the bottom.
pub(super) fn links(cx: Cx, marked: bool) -> AnyView {
    let current = Memo::new(move |_| cx.shell.route.with(|route| section(&route.page)));
    live(move || {
        let current = current.get();
        let link = |(index, (label, mark, page)): (usize, (&'static str, &'static str, Page))| {
            let here = (current == Some(index)).then_some("page");
            // keys press the links of the upper bar
            let id = (!marked).then(|| format!("nav-{index}"));
            view! { <a id=id href=cx.link(page) aria-current=here>{marked.then(|| icon(mark, 20))}{label}</a> }
                .into_any()
        };
        pages().into_iter().enumerate().map(link).collect::<Vec<_>>().into_any()
    })
}

/// The bar at the bottom of small screens.
pub(crate) fn tab_bar(cx: Cx) -> AnyView {
    view! { <nav class="tabbar" aria-label="Primary, small screens">{links(cx, true)}</nav> }.into_any()
}
