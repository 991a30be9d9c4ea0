use leptos::prelude::*;

use crate::{
    chain::At,
    state::Remote,
    ui::{kit::press, text},
};

/// A section that reads nothing before somebody opens it: its name, what it is about, and what it shows once it is open.
pub(super) fn on_demand(
    title: &'static str,
    about: &'static str,
    open: RwSignal<bool>,
    body: impl FnOnce() -> AnyView,
) -> AnyView {
    let is_open = open.get();
    let show = (!is_open).then(|| {
        let act = press(move || open.set(true));
        let word = format!("Show {}", title.to_lowercase());
        view! { <div class="row"><button type="button" class="btn" on:click=act>{word}</button></div> }
    });
    let body = is_open.then(body);
    view! {
        <section class="panel" aria-label=title><header><h2>{title}</h2></header><div class="body stack tight"><p class="small ink2">{about}</p>{show}</div>{body}</section>
    }
    .into_any()
}

/// What was found, or why there is nothing, or that it is on its way.
pub(super) fn when_read<T>(found: &Remote<At<T>>, draw: impl FnOnce(&T) -> AnyView) -> AnyView {
    match (found.last(), found.failure()) {
        (Some(at), _) => draw(&at.value),
        (None, Some(error)) => {
            let said = text::read_error(error);
            view! { <div class="body"><p class="small ink2">{said.what}" "{said.todo}</p></div> }.into_any()
        }
        (None, None) => {
            view! { <div class="body" aria-busy="true"><span class="skel w12"></span></div> }.into_any()
        }
    }
}
