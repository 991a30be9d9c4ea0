use leptos::{ev, html, prelude::*};

use crate::{
    platform::dom,
    state::{Page, ProvidersView, Shell},
    ui::kit::Icon,
    units::Bps,
};

/// Offered upper limits of the commission, in basis points.
const LIMITS: [u16; 4] = [0, 500, 1000, 2500];

/// Search and filters. All of it stands in the address.
#[component]
pub(super) fn Filters(
    view: Memo<ProvidersView>,
    /// Rows shown and rows there are.
    count: Signal<(Option<usize>, Option<usize>)>,
) -> impl IntoView {
    let shell = expect_context::<Shell>();
    let change = move |edit: &dyn Fn(&mut ProvidersView)| {
        let mut view = view.get_untracked();
        edit(&mut view);
        shell.adjust(shell.route.get_untracked().with(Page::Providers(view)));
    };
    let search = NodeRef::<html::Input>::new();
    let slash = window_event_listener(ev::keydown, move |event| {
        let typing = dom::happened_in(&event, "input, textarea, select, dialog");
        if event.key() == "/" && !typing && !event.ctrl_key() && !event.meta_key() {
            event.prevent_default();
            if let Some(input) = search.get_untracked() {
                // an element in the page can be focused
                input.focus().ok();
            }
        }
    });
    on_cleanup(move || slash.remove());
    let limit = move |event: String| {
        let most = event.parse().ok().and_then(Bps::new);
        change(&|view| view.most = most);
    };
    view! {
        <div class="row fbar" role="search">
            <label class="input search">
                <Icon name="search"/>
                <input
                    node_ref=search
                    type="search"
                    placeholder="Name, number, site or admin"
                    aria-label="Search providers"
                    prop:value=move || view.with(|view| view.search.clone())
                    on:input:target=move |event| {
                        let text: String = event.target().value().chars().take(80).collect();
                        change(&|view| view.search = text.clone());
                    }
                />
                <span class="kbd">"/"</span>
            </label>
            <button
                type="button"
                class="chip"
                aria-pressed=move || view.with(|view| view.open_only).to_string()
                on:click=move |_| change(&|view| view.open_only = !view.open_only)
            >
                <Show when=move || view.with(|view| view.open_only)><Icon name="check" size=14/></Show>
                "Open slots"
            </button>
            <label class="input choose">
                <span>"Commission"</span>
                <select aria-label="Commission up to" on:change:target=move |event| limit(event.target().value())>
                    <option value="" selected=move || view.with(|view| view.most.is_none())>"any"</option>
                    {LIMITS.into_iter().filter_map(Bps::new).map(|bps| view! {
                        <option value=bps.get().to_string() selected=move || view.with(|view| view.most == Some(bps))>{format!("up to {bps}")}</option>
                    }).collect_view()}
                </select>
            </label>
            <span class="end muted small" role="status">
                {move || match count.get() {
                    (Some(shown), Some(all)) if shown != all => format!("{shown} of {all} shown"),
                    (_, Some(all)) => format!("{all} shown"),
                    _ => String::new(),
                }}
            </span>
        </div>
    }
}
