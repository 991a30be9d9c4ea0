use wasm_bindgen::JsValue;

use super::Listener;

/// The part of the address after `#`, where all view state lives.
#[derive(Debug)]
pub struct Location;

impl Location {
    /// The present hash without `#`.
    pub fn hash() -> String {
        let hash = web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default();
        hash.strip_prefix('#').unwrap_or_default().to_owned()
    }

    /// The whole address of a place of this page, to be given to others.
    pub fn address(hash: &str) -> String {
        let href = web_sys::window().and_then(|window| window.location().href().ok()).unwrap_or_default();
        let page = href.split('#').next().unwrap_or_default();
        format!("{page}#{}", hash.trim_start_matches('#'))
    }

    /// Changes the address in place, for view state that is not a page of its own. Fires no event.
    pub fn replace(hash: &str) {
        let history = web_sys::window().and_then(|window| window.history().ok());
        if let Some(history) = history {
            history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("#{hash}"))).ok();
        }
    }

    /// Calls `changed` with the new hash until the listener is dropped.
    pub fn watch(changed: impl Fn(String) + 'static) -> Listener {
        Listener::new("hashchange", move |_| changed(Self::hash()))
    }
}
