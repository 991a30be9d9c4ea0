//! Questions about elements that a view has to ask, and the few things that only a method of an element does.

use wasm_bindgen::{JsCast, JsValue};
pub use web_sys::Element;
use web_sys::{Event, HtmlDialogElement, HtmlElement};

/// Where an element is in the window, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Distance from the window's left edge.
    pub left: i32,
    /// Distance of its upper edge from the window's top.
    pub top: i32,
    /// Distance of its lower edge from the window's top.
    pub bottom: i32,
}

/// Where an element is.
pub fn place(element: &Element) -> Place {
    let rect = element.get_bounding_client_rect();
    Place { left: pixels(rect.left()), top: pixels(rect.top()), bottom: pixels(rect.bottom()) }
}

#[expect(clippy::cast_possible_truncation, reason = "saturates, and no window is that large")]
const fn pixels(length: f64) -> i32 {
    length as i32
}

fn property(of: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(of, &name.into()).ok()
}

/// Width and height of the window, in CSS pixels.
pub fn viewport() -> (i32, i32) {
    let edge = |name| property(&js_sys::global(), name).and_then(|value| value.as_f64()).unwrap_or(1024.0);
    (pixels(edge("innerWidth")), pixels(edge("innerHeight")))
}

/// The nearest element around an event that matches the selector.
pub fn around(event: &Event, selector: &str) -> Option<Element> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    // fails only for a selector that is none
    target.closest(selector).ok()?
}

/// What stands in the field that an event comes from.
pub fn value(event: &Event) -> String {
    let target = event.target().and_then(|target| property(&target, "value"));
    target.and_then(|value| value.as_string()).unwrap_or_default()
}

/// Whether the box that an event comes from is ticked.
pub fn checked(event: &Event) -> bool {
    event.target().and_then(|target| property(&target, "checked")).is_some_and(|value| value.is_truthy())
}

/// The key that a keyboard event is about.
pub fn key(event: &Event) -> String {
    event.dyn_ref::<web_sys::KeyboardEvent>().map(web_sys::KeyboardEvent::key).unwrap_or_default()
}

/// Whether a keyboard event is a command to the browser rather than text.
pub fn has_modifier(event: &Event) -> bool {
    event
        .dyn_ref::<web_sys::KeyboardEvent>()
        .is_some_and(|key| key.ctrl_key() || key.meta_key() || key.alt_key())
}

/// Whether an element matches the selector.
pub fn matches(element: &Element, selector: &str) -> bool {
    element.matches(selector).unwrap_or_default()
}

/// Changes an attribute of the first element below another one that matches the selector.
pub fn mark(below: &Element, selector: &str, name: &str, value: &str) {
    if let Ok(Some(found)) = below.query_selector(selector) {
        found.set_attribute(name, value).ok();
    }
}

fn by_id<T: JsCast>(id: &str) -> Option<T> {
    web_sys::window()?.document()?.get_element_by_id(id)?.dyn_into().ok()
}

/// Sets or removes an attribute without value.
pub fn flag(id: &str, name: &str, on: bool) {
    if let Some(element) = by_id::<Element>(id) {
        // fails only for a name that is none
        element.toggle_attribute_with_force(name, on).ok();
    }
}

/// Sets the text of an element.
pub fn set_text(id: &str, text: &str) {
    if let Some(element) = by_id::<Element>(id) {
        element.set_text_content(Some(text));
    }
}

/// Moves the focus to an element.
pub fn focus(id: &str) {
    if let Some(element) = by_id::<HtmlElement>(id) {
        element.focus().ok();
    }
}

/// Moves the focus to the element that has this attribute with this value.
pub fn focus_marked(name: &str, value: &str) {
    let value = value.replace('\\', "\\\\").replace('"', "\\\"");
    let selector = format!("[{name}=\"{value}\"]");
    let page = web_sys::window().and_then(|window| window.document());
    let found = page.and_then(|page| page.query_selector(&selector).ok().flatten());
    if let Some(found) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
        found.focus().ok();
    }
}

/// Whether the focus is on an element, or inside of it.
pub fn holds_focus(id: &str) -> bool {
    by_id::<Element>(id).is_some_and(|element| matches(&element, ":focus-within"))
}

/// Whether an element is less than a screen below the lower edge of the window, or above it.
pub fn ends_near(id: &str) -> bool {
    let Some(element) = by_id::<Element>(id) else { return false };
    let height = viewport().1;
    place(&element).top < height.saturating_mul(2)
}

/// Empties a field, whatever stands in it.
pub fn clear(id: &str) {
    fill(id, "");
}

/// Puts a text into a field. Where it stands there already nothing is touched: the caret stays, and what is selected.
pub fn fill(id: &str, text: &str) {
    if let Some(field) = by_id::<Element>(id)
        && property(&field, "value").is_none_or(|now| now != text)
    {
        js_sys::Reflect::set(&field, &"value".into(), &text.into()).ok();
    }
}

/// Whether there is an element of this name.
pub fn exists(id: &str) -> bool {
    by_id::<Element>(id).is_some()
}

/// Presses an element.
pub fn click(id: &str) {
    if let Some(element) = by_id::<HtmlElement>(id) {
        element.click();
    }
}

/// Brings an element into view and moves the focus there.
pub fn reveal(id: &str) {
    if let Some(element) = by_id::<HtmlElement>(id) {
        element.scroll_into_view();
        element.focus().ok();
    }
}

/// Opens a `<dialog>` above everything else, or closes it.
pub fn set_modal(id: &str, open: bool) {
    let Some(dialog) = by_id::<HtmlDialogElement>(id) else { return };
    match (open, dialog.open()) {
        (true, false) => drop(dialog.show_modal()),
        (false, true) => dialog.close(),
        _ => {}
    }
}

/// Closes the popover around an event.
pub fn close_popover(event: &Event) {
    if let Some(popover) = around(event, "[popover]").and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
        // throws when it is closed already
        popover.hide_popover().ok();
    }
}
