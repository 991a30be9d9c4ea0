use leptos::prelude::*;

use crate::{
    state::{Route, Shell},
    ui::kit::Empty,
};

/// The address leads nowhere.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    let shell = expect_context::<Shell>();
    view! {
        <div class="pagehead"><h1>"Nothing here"</h1></div>
        <section class="panel">
            <Empty icon="search" title="This address leads nowhere" text="It may be mistyped, or from a newer version of Rota.">
                <a class="btn primary" href=move || format!("#{}", Route::home(&shell.route.with(|route| route.network.clone())))>"Browse providers"</a>
            </Empty>
        </section>
    }
}
