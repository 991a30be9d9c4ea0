use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::Event;

/// Hears one kind of event of the window, where what happens to any element arrives too, until it is dropped.
pub struct Listener {
    kind: &'static str,
    callback: SendWrapper<Closure<dyn FnMut(Event)>>,
}

impl core::fmt::Debug for Listener {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Listener({})", self.kind)
    }
}

impl Listener {
    /// Calls `act` for every event of a kind (`"click"`, `"focusin"`).
    pub fn new(kind: &'static str, act: impl FnMut(Event) + 'static) -> Self {
        let act: Box<dyn FnMut(Event)> = Box::new(act);
        let callback = Closure::wrap(act);
        if let Some(window) = web_sys::window() {
            // fails only for a listener that is no function
            window.add_event_listener_with_callback(kind, callback.as_ref().unchecked_ref()).ok();
        }
        Self { kind, callback: SendWrapper::new(callback) }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(window) = web_sys::window() {
            let callback = (*self.callback).as_ref().unchecked_ref();
            window.remove_event_listener_with_callback(self.kind, callback).ok();
        }
    }
}
