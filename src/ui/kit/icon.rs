use leptos::prelude::*;

/// A mark of the sprite in `index.html`, by its name without `i-` and its edge in pixels. Never the only carrier of a
/// meaning: a word goes with it.
pub(crate) fn icon(name: &str, size: u16) -> AnyView {
    view! {
        <svg class="icon" width=size height=size aria-hidden="true">
            <use href=format!("#i-{name}")/>
        </svg>
    }
    .into_any()
}

/// Something is under way. Stands still where the system asks for less motion; the word beside it says the same.
pub(crate) fn spinner(size: u16) -> AnyView {
    view! {
        <svg class="icon spin" width=size height=size aria-hidden="true">
            <use href="#i-spin"/>
        </svg>
    }
    .into_any()
}
