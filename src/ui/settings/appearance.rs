use leptos::prelude::*;

use crate::{
    platform::Theme,
    ui::{Cx, kit::press},
};

/// Light, dark, or as the system.
pub(super) fn appearance(cx: Cx) -> AnyView {
    let present = cx.shell.settings.with(|settings| settings.theme);
    let choices = [(Theme::System, "As the system"), (Theme::Light, "Light"), (Theme::Dark, "Dark")];
    let button = |(theme, label): (Theme, &'static str)| {
        let pressed = if theme == present { "true" } else { "false" };
        let choose = press(move || cx.shell.settings.update(|settings| settings.theme = theme));
        view! { <button type="button" aria-pressed=pressed on:click=choose>{label}</button> }.into_any()
    };
    view! {
        <section class="panel" aria-label="Appearance">
            <header>
                <h2>"Theme"</h2>
                <div class="end seg" role="group" aria-label="Theme">{choices.into_iter().map(button).collect::<Vec<_>>()}</div>
            </header>
        </section>
    }
    .into_any()
}
