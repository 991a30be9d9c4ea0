use send_wrapper::SendWrapper;
use wasm_bindgen::prelude::*;
use web_sys::Event;

/// The part of the address after `#`, where all view state lives.
pub struct Location {
    listener: SendWrapper<Closure<dyn FnMut(Event)>>,
}

impl core::fmt::Debug for Location {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Location")
    }
}

impl Location {
    /// The present hash without `#`.
    pub fn hash() -> String {
        let hash = web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default();
        hash.strip_prefix('#').unwrap_or_default().to_owned()
    }

    /// Goes to another page, with an entry in the history.
    pub fn push(hash: &str) {
        if let Some(window) = web_sys::window() {
            // a hash is always a legal address
            window.location().set_hash(hash).ok();
        }
    }

    /// Changes the address in place, for view state that is not a page of its own. Fires no event.
    pub fn replace(hash: &str) {
        let history = web_sys::window().and_then(|window| window.history().ok());
        if let Some(history) = history {
            history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("#{hash}"))).ok();
        }
    }

    /// Calls `changed` with the new hash until it is dropped.
    pub fn watch(changed: impl Fn(String) + 'static) -> Self {
        let listener = Closure::<dyn FnMut(Event)>::new(move |_| changed(Self::hash()));
        if let Some(window) = web_sys::window() {
            window.add_event_listener_with_callback("hashchange", listener.as_ref().unchecked_ref()).ok();
        }
        Self { listener: SendWrapper::new(listener) }
    }
}

impl Drop for Location {
    fn drop(&mut self) {
        if let Some(window) = web_sys::window() {
            window
                .remove_event_listener_with_callback("hashchange", (*self.listener).as_ref().unchecked_ref())
                .ok();
        }
    }
}
