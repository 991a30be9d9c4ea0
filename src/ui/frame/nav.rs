use leptos::prelude::*;

use crate::{
    state::{Page, ProvidersView, Shell},
    ui::kit::Icon,
};

/// The pages that exist, in the order of the bar.
fn pages() -> [(&'static str, &'static str, Page); 3] {
    [
        ("Providers", "list", Page::Providers(ProvidersView::default())),
        ("Provide", "key", Page::Provide(None)),
        ("Settings", "gauge", Page::Settings),
    ]
}

fn is_current(item: &Page, page: &Page) -> bool {
    match (item, page) {
        (Page::Providers(_), Page::Providers(_) | Page::Provider { .. })
        | (Page::Provide(_), Page::Provide(_))
        | (Page::Settings, Page::Settings) => true,
        _ => false,
    }
}

/// The links of a bar; with marks in the one at the bottom.
#[component]
pub(super) fn Links(#[prop(optional)] marked: bool) -> impl IntoView {
    let shell = expect_context::<Shell>();
    pages().into_iter().map(|(label, icon, page)| {
        let (target, item) = (page.clone(), page);
        view! {
            <a
                href=move || format!("#{}", shell.route.with(|route| route.with(target.clone())))
                aria-current=move || shell.route.with(|route| is_current(&item, &route.page)).then_some("page")
            >
                {marked.then(|| view! { <Icon name=icon size=20/> })}
                {label}
            </a>
        }
    }).collect_view()
}

/// The bar at the bottom of small screens.
#[component]
pub(crate) fn TabBar() -> impl IntoView {
    view! {
        <nav class="tabbar" aria-label="Primary, small screens">
            <Links marked=true/>
        </nav>
    }
}
