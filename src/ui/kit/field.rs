use leptos::prelude::*;

use super::{holds, icon, typed};

/// What is typed into a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A number, with its unit.
    Number(&'static str),
    /// Code, and how it begins.
    Code(&'static str),
}

/// A text field as it is drawn. The text is kept as typed: bad input loses nothing.
#[derive(Debug)]
pub(crate) struct Field {
    /// What it is.
    pub(crate) label: &'static str,
    /// What stands in it.
    pub(crate) text: RwSignal<String>,
    /// What is wrong with that; not said while the field is empty.
    pub(crate) error: Option<String>,
    /// What it is for.
    pub(crate) hint: String,
    /// What is typed into it.
    pub(crate) kind: Kind,
}

/// A labelled text field with a hint below it, or the sentence that says what to do about what was typed. Reads its
/// text: it belongs into something live.
pub(crate) fn field(Field { label, text, error, hint, kind }: Field) -> AnyView {
    let id = format!("field-{}", label.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
    let below = format!("{id}-below");
    let value = text.get();
    // an empty field is not a mistake before somebody tries
    let error = error.filter(|_| !value.is_empty());
    let invalid = error.is_some();
    holds(id.clone(), value);
    let (class, mode, placeholder, unit) = match kind {
        Kind::Number(unit) => ("input num", "decimal", "", Some(unit)),
        Kind::Code(placeholder) => ("input mono", "text", placeholder, None),
    };
    let said = match error {
        Some(error) => view! { <span class="err">{icon("warn", 14)}{error}</span> }.into_any(),
        None => view! { <span class="hint">{hint}</span> }.into_any(),
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <div class=class data-invalid=invalid.then_some("")>
                <input
                    id=id
                    type="text"
                    autocomplete="off"
                    spellcheck="false"
                    placeholder=placeholder
                    inputmode=mode
                    aria-describedby=below.clone()
                    aria-invalid=if invalid { "true" } else { "false" }
                    on:input=typed(move |now| text.set(now))
                />
                {unit.map(|unit| view! { <span>{unit}</span> })}
            </div>
            <div id=below>{said}</div>
        </div>
    }
    .into_any()
}
