use leptos::prelude::*;

use super::CopyButton;

/// A block of text to be copied as it stands.
#[component]
pub(crate) fn Code(
    /// What it is.
    #[prop(into)]
    title: String,
    #[prop(into)] text: Signal<String>,
    /// Breaks long lines instead of scrolling.
    #[prop(optional)]
    wrap: bool,
) -> impl IntoView {
    view! {
        <div class="code">
            <header>
                <span>{title.clone()}</span>
                <CopyButton text=text label=format!("Copy: {title}") word="Copy" class="btn quiet sm"/>
            </header>
            <pre tabindex="0" class:wrap=wrap aria-label=title>{text}</pre>
        </div>
    }
}
