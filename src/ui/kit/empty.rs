use leptos::prelude::*;

use super::Icon;

/// There is nothing here: why, and the next step.
#[component]
pub(crate) fn Empty(
    icon: &'static str,
    #[prop(into)] title: Signal<String>,
    #[prop(into)] text: Signal<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name=icon size=28/>
            <h3>{title}</h3>
            <p>{text}</p>
            {children.map(|children| view! { <div class="row">{children()}</div> })}
        </div>
    }
}
