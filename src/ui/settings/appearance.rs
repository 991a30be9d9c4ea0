use leptos::prelude::*;

use crate::{platform::Theme, state::Shell};

/// Light, dark, or as the system.
#[component]
pub(super) fn Appearance() -> impl IntoView {
    let shell = expect_context::<Shell>();
    let choices = [(Theme::System, "As the system"), (Theme::Light, "Light"), (Theme::Dark, "Dark")];
    view! {
        <section class="panel" aria-label="Appearance">
            <header>
                <h2>"Theme"</h2>
                <div class="end seg" role="group" aria-label="Theme">
                    {choices.into_iter().map(|(theme, label)| view! {
                        <button
                            type="button"
                            aria-pressed=move || shell.settings.with(|settings| settings.theme == theme).to_string()
                            on:click=move |_| shell.settings.update(|settings| settings.theme = theme)
                        >{label}</button>
                    }).collect_view()}
                </div>
            </header>
        </section>
    }
}
