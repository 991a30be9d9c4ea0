use leptos::{ev::Event, prelude::*};

use super::live;
use crate::platform::{Listener, dom};

/// A button with something that opens below it.
#[derive(Debug)]
pub(crate) struct Menu {
    /// Distinguishes it from other menus of the page.
    pub(crate) id: &'static str,
    /// Name of what opens.
    pub(crate) label: String,
    /// Whether the button has the same name; otherwise its content is its name.
    pub(crate) names_button: bool,
    /// Of the button.
    pub(crate) class: &'static str,
    /// Of what opens: where on the bar it hangs.
    pub(crate) place: &'static str,
}

/// A menu on the browser's own popover: a press elsewhere or Escape closes it. `body` is drawn while it is open.
pub(crate) fn menu(menu: Menu, button: AnyView, body: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    let Menu { id, label, names_button, class, place } = menu;
    let open = RwSignal::new(false);
    let toggled: Box<dyn FnMut(Event)> =
        Box::new(move |event| open.set(dom::around(&event, ":popover-open").is_some()));
    let body = live(move || if open.get() { body() } else { ().into_any() });
    view! {
        <button type="button" class=class aria-label=names_button.then(|| label.clone()) popovertarget=id>{button}</button>
        <div id=id popover="auto" class=place role="group" aria-label=label on:toggle=toggled>{body}</div>
    }
    .into_any()
}

/// A choice closes its menu; text in it may be selected.
pub(crate) fn listen_for_choices() {
    let listener = Listener::new("click", |event| {
        if dom::around(&event, "[popover] a, [popover] [data-closes]").is_some() {
            dom::close_popover(&event);
        }
    });
    on_cleanup(move || drop(listener));
}
