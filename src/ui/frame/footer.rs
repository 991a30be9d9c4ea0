use leptos::prelude::*;

use crate::{state::Scope, units::format};

/// When and through whom the page was read, and what the app does not do.
#[component]
pub(crate) fn Footer() -> impl IntoView {
    let scope = expect_context::<Scope>();
    let read = move || {
        scope.head.block.with(|block| match block {
            Some(block) => {
                format!("Read at block {}, {}", format::count(block.number), format::clock(block.timestamp))
            }
            None => "Nothing read yet".to_owned(),
        })
    };
    let calls = move || {
        scope.head.ticks.track();
        let (labels, requests) = scope.pool.with_value(|pool| {
            let asked =
                pool.health().into_iter().filter(|health| health.requests > 0).map(|health| health.label);
            (asked.collect::<Vec<_>>().join(", "), pool.requests())
        });
        format!("{labels} · {}", format::plural(requests, "request"))
    };
    view! {
        <footer class="footer">
            <div>
                <span class="when">{read}</span>
                <span>{calls}</span>
                <span class="end">{concat!("Rota ", env!("CARGO_PKG_VERSION"))}" · no server, no tracking"</span>
            </div>
        </footer>
    }
}
