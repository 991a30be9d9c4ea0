//! Questions about elements that a view has to ask.

use wasm_bindgen::JsCast;
pub use web_sys::Element;
use web_sys::Event;

/// Where an element is in the window, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Distance from the window's left edge.
    pub left: f64,
    /// Distance of its upper edge from the window's top.
    pub top: f64,
    /// Distance of its lower edge from the window's top.
    pub bottom: f64,
}

/// Where an element is.
pub fn place(element: &Element) -> Place {
    let rect = element.get_bounding_client_rect();
    Place { left: rect.left(), top: rect.top(), bottom: rect.bottom() }
}

/// Width and height of the window, in CSS pixels.
pub fn viewport() -> (f64, f64) {
    let edge = |name: &str| {
        let value = js_sys::Reflect::get(&js_sys::global(), &name.into()).ok();
        value.and_then(|value| value.as_f64()).unwrap_or(1024.0)
    };
    (edge("innerWidth"), edge("innerHeight"))
}

/// Whether an event happened inside an element that matches the selector.
pub fn happened_in(event: &Event, selector: &str) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    // fails only for a selector that is none
    target.is_some_and(|target| target.closest(selector).ok().flatten().is_some())
}

/// Whether the focus came to an element by the keyboard.
pub fn focused_by_keyboard(element: &Element) -> bool {
    element.matches(":focus-visible").unwrap_or_default()
}
