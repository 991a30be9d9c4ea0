//! placeholder
use leptos::prelude::*;
#[component]
pub(crate) fn SettingsPage() -> impl IntoView {
    view! { <h1>"Settings"</h1> }
}
