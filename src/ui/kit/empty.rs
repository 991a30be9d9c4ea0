use leptos::prelude::*;

use super::icon;

/// There is nothing here: why, and the next step.
pub(crate) fn empty(
    mark: &str,
    title: impl Into<String>,
    text: impl Into<String>,
    next: Option<AnyView>,
) -> AnyView {
    let (title, text): (String, String) = (title.into(), text.into());
    view! {
        <div class="empty">
            {icon(mark, 28)}
            <b>{title}</b>
            <p>{text}</p>
            {next.map(|next| view! { <div class="row">{next}</div> })}
        </div>
    }
    .into_any()
}
