use leptos::prelude::*;

use super::copy_button;

/// A block of text to be copied as it stands.
pub(crate) fn code(title: String, text: String) -> AnyView {
    let copy = copy_button(text.clone(), format!("Copy: {title}"), "Copy", "btn quiet sm");
    view! {
        <div class="code">
            <header><span>{title.clone()}</span>{copy}</header>
            <pre tabindex="0" class="wrap" aria-label=title>{text}</pre>
        </div>
    }
    .into_any()
}
