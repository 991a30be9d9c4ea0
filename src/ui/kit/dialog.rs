use leptos::{html, prelude::*};

use super::Icon;

/// A modal dialog on the browser's own `<dialog>`: it holds the focus, closes on Escape and gives the focus back.
#[component]
pub(crate) fn Dialog(
    #[prop(into)] title: String,
    /// One line below the title.
    #[prop(optional, into)]
    subtitle: Option<Signal<String>>,
    /// Whether it is open; closing it sets this.
    open: RwSignal<bool>,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = node.get() {
            // the only failures: already in the wanted state, or not in the page yet, which calls this again
            match (open.get(), dialog.open()) {
                (true, false) => drop(dialog.show_modal()),
                (false, true) => dialog.close(),
                _ => {}
            }
        }
    });
    let heading = StoredValue::new(title);
    view! {
        <dialog node_ref=node class="dialog" aria-label=move || heading.get_value() on:close=move |_| open.set(false)>
            <Show when=move || open.get()>
                <header>
                    <div>
                        <h2>{heading.get_value()}</h2>
                        {subtitle.map(|text| view! { <p class="muted small">{text}</p> })}
                    </div>
                    <button type="button" class="btn quiet icon" aria-label="Close" on:click=move |_| open.set(false)>
                        <Icon name="x"/>
                    </button>
                </header>
                {children()}
            </Show>
        </dialog>
    }
}
