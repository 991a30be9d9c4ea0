use leptos::prelude::*;

/// A mark of the sprite in `index.html`. Never the only carrier of a meaning: a word goes with it.
#[component]
pub(crate) fn Icon(
    /// Name of the symbol without `i-`.
    name: &'static str,
    /// Edge in pixels.
    #[prop(default = 16)]
    size: u16,
) -> impl IntoView {
    view! {
        <svg class="icon" width=size height=size aria-hidden="true">
            <use href=format!("#i-{name}")/>
        </svg>
    }
}

/// Something is under way. Stands still where the system asks for less motion; the word beside it says the same.
#[component]
pub(crate) fn Spinner(#[prop(default = 16)] size: u16) -> impl IntoView {
    view! {
        <svg class="icon spin" width=size height=size aria-hidden="true">
            <use href="#i-spin"/>
        </svg>
    }
}
