use leptos::prelude::*;

/// A figure with its name above and a word about it below.
pub(crate) fn readout(name: &'static str, figure: AnyView, below: AnyView) -> AnyView {
    view! { <div class="readout"><div class="k">{name}</div><div class="v">{figure}</div><div class="s">{below}</div></div> }
        .into_any()
}
