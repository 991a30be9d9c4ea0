use leptos::{ev, prelude::*};

use super::Icon;
use crate::units::InputError;

/// What was typed, and what it is. Both are kept: bad input loses nothing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Parsed<T> {
    /// As typed.
    pub(crate) text: String,
    /// As understood.
    pub(crate) value: Result<T, InputError>,
}

impl<T> Parsed<T> {
    /// Text and the function that understands it.
    pub(crate) fn new(text: impl Into<String>, parse: impl Fn(&str) -> Result<T, InputError>) -> Self {
        let text = text.into();
        Self { value: parse(&text), text }
    }
}

/// A labelled text field with a hint below it, or the sentence that says what to do about what was typed.
#[component]
pub(crate) fn Field(
    #[prop(into)] label: String,
    /// What stands in it.
    #[prop(into)]
    text: Signal<String>,
    /// Called with what was typed.
    on_input: impl Fn(String) + 'static,
    /// The mistake, once something was typed.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// What it is for.
    #[prop(optional, into)]
    hint: Option<Signal<String>>,
    /// Unit after it.
    #[prop(optional)]
    unit: &'static str,
    #[prop(optional)] placeholder: &'static str,
    /// Hexadecimal or code.
    #[prop(optional)]
    mono: bool,
) -> impl IntoView {
    let id = format!("field-{}", label.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
    let below = format!("{id}-below");
    // an empty field is not a mistake before somebody leaves it
    let (touched, set_touched) = signal(false);
    let shown = move || error.get().filter(|_| touched.get() || text.with(|text| !text.is_empty()));
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <div class="input" class:mono=mono class:num=!unit.is_empty() data-invalid=move || shown().map(|_| "")>
                <input
                    id=id
                    type="text"
                    autocomplete="off"
                    spellcheck="false"
                    placeholder=placeholder
                    inputmode=if unit.is_empty() { "text" } else { "decimal" }
                    aria-describedby=below.clone()
                    aria-invalid=move || shown().is_some().to_string()
                    prop:value=text
                    on:input:target=move |event| on_input(event.target().value())
                    on:blur=move |_: ev::FocusEvent| set_touched.set(true)
                />
                {(!unit.is_empty()).then(|| view! { <span>{unit}</span> })}
            </div>
            <div id=below>
                {move || match shown() {
                    Some(error) => view! { <span class="err"><Icon name="warn" size=14/>{error}</span> }.into_any(),
                    None => view! { <span class="hint">{hint.map(|hint| hint.get())}</span> }.into_any(),
                }}
            </div>
        </div>
    }
}
