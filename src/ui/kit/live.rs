use leptos::{
    ev::{Event, MouseEvent, SubmitEvent},
    prelude::*,
};

use crate::platform::dom;

/// A part of the page that is drawn again when a signal it reads changes. Behind a box, so that the machinery around
/// it is compiled once.
pub(crate) fn live(view: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    let view: Box<dyn Fn() -> AnyView + Send> = Box::new(view);
    (move || view()).into_any()
}

/// What a button does.
pub(crate) fn press(mut act: impl FnMut() + 'static) -> Box<dyn FnMut(MouseEvent)> {
    Box::new(move |_| act())
}

/// What happens with the text of a field, or the choice of a list.
pub(crate) fn typed(mut act: impl FnMut(String) + 'static) -> Box<dyn FnMut(Event)> {
    Box::new(move |event| act(dom::value(&event)))
}

/// What happens when a box is ticked or not.
pub(crate) fn ticked(mut act: impl FnMut(bool) + 'static) -> Box<dyn FnMut(Event)> {
    Box::new(move |event| act(dom::checked(&event)))
}

/// What a form does; nothing is sent anywhere.
pub(crate) fn submitted(mut act: impl FnMut() + 'static) -> Box<dyn FnMut(SubmitEvent)> {
    Box::new(move |event| {
        event.prevent_default();
        act();
    })
}
