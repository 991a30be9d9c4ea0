use leptos::prelude::*;

use crate::{
    ui::{
        Cx,
        kit::{live, press},
    },
    units::format,
};

/// When and through whom the page was read, and what the app does not do.
pub(crate) fn footer(cx: Cx) -> AnyView {
    let head = cx.scope.head;
    let body = live(move || {
        // the count of requests goes on between two blocks
        head.ticks.track();
        let read = match head.block.get() {
            Some(block) => {
                format!("Read at block {}, {}", format::count(block.number), format::clock(block.timestamp))
            }
            None => "Nothing read yet".to_owned(),
        };
        let (health, requests) = cx.scope.pool.with_value(|pool| (pool.health(), pool.requests()));
        let asked = health.into_iter().filter(|health| health.requests > 0).map(|health| health.label);
        let labels = asked.collect::<Vec<_>>().join(", ");
        let calls = format!("{labels} · {}", format::plural(requests, "request"));
        view! {
            <span class="when">{read}</span>
            <span>{calls}</span>
            <span class="end">{concat!("Rota ", env!("CARGO_PKG_VERSION"))}" · no server, no tracking"</span>
        }
        .into_any()
    });
    let keys = press(move || cx.keys.set(true));
    view! {
        <footer class="footer">
            <div>{body}<button type="button" class="btn quiet sm sm-hide" on:click=keys><kbd class="kbd">"?"</kbd>"Keys"</button></div>
        </footer>
    }.into_any()
}
