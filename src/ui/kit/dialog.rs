use leptos::prelude::*;

use super::{icon, press};
use crate::{platform::dom, state::watch};

/// A modal dialog on the browser's own `<dialog>`: it holds the focus, closes on Escape and gives the focus back.
/// `open` opens it, and closing it sets that back. `subtitle` is one line below the title.
pub(crate) fn dialog(
    id: &'static str,
    title: &'static str,
    subtitle: AnyView,
    open: RwSignal<bool>,
    body: AnyView,
) -> AnyView {
    watch(move || dom::set_modal(id, open.get()));
    let closed: Box<dyn FnMut(leptos::ev::Event)> = Box::new(move |_| open.set(false));
    view! {
        <dialog id=id class="dialog" aria-label=title on:close=closed>
            <header>
                <div><h2>{title}</h2>{subtitle}</div>
                <button type="button" class="btn quiet icon" aria-label="Close" on:click=press(move || open.set(false))>
                    {icon("x", 16)}
                </button>
            </header>
            {body}
        </dialog>
    }
    .into_any()
}
