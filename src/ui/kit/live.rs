use std::time::Duration;

use leptos::{
    ev::{Event, MouseEvent, SubmitEvent},
    prelude::*,
};

use crate::{
    platform::dom,
    state::{pause, spawn},
};

/// A part of the page that is drawn again when a signal it reads changes. Behind a box, so that the machinery around
/// it is compiled once.
pub(crate) fn live(view: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    let view: Box<dyn Fn() -> AnyView + Send> = Box::new(view);
    (move || view()).into_any()
}

/// A part of the page that is drawn in a turn of its own, after what is around it. What is called for the first time is
/// compiled then: all at once would hold up the page for as long as all of it takes.
pub(crate) fn later(view: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    let turn = RwSignal::new(false);
    spawn(async move {
        pause(Duration::ZERO).await;
        // gone with the page it is on
        turn.try_set(true);
    });
    live(move || if turn.get() { untrack(&view) } else { ().into_any() })
}

/// What a button does.
pub(crate) fn press(mut act: impl FnMut() + 'static) -> Box<dyn FnMut(MouseEvent)> {
    Box::new(move |_| act())
}

/// What stands in a field. Not as a property: drawing takes that away and sets it again, and with it the caret and what is
/// selected.
pub(crate) fn holds(id: impl Into<String>, text: String) {
    let id = id.into();
    // it is there when it is drawn
    spawn(async move { dom::fill(&id, &text) });
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
