//! placeholder
use leptos::prelude::*;
#[component]
pub(crate) fn ProvidePage() -> impl IntoView {
    view! { <h1>"Provide"</h1> }
}
