use js_sys::Reflect;
use send_wrapper::SendWrapper;
use wasm_bindgen::prelude::*;
use web_sys::Event;

use super::eip1193::JsProvider;
use crate::chain::text::tame;

/// A wallet that announced itself (EIP-6963). Name and picture are its own claims.
#[derive(Clone, Debug)]
pub struct Announced {
    /// Unique for this page load.
    pub uuid: String,
    /// Its name, tamed.
    pub name: String,
    /// Its reverse domain name, tamed; the same at every visit.
    pub rdns: String,
    /// A `data:image/` URI, if it gave one of reasonable size.
    pub icon: Option<String>,
    /// The wallet.
    pub provider: JsProvider,
}

/// Listens for announcements until it is dropped.
pub struct Discovery {
    listener: SendWrapper<Closure<dyn FnMut(Event)>>,
}

impl core::fmt::Debug for Discovery {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Discovery")
    }
}

const ANNOUNCE: &str = "eip6963:announceProvider";

impl Discovery {
    /// Asks all wallets to announce themselves; `found` is called for each, also for those that come later.
    pub fn start(found: impl Fn(Announced) + 'static) -> Self {
        let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            if let Some(wallet) = announced(&event) {
                found(wallet);
            }
        });
        if let Some(window) = web_sys::window() {
            // both fail only for a listener that is not a function or an event in dispatch
            window.add_event_listener_with_callback(ANNOUNCE, listener.as_ref().unchecked_ref()).ok();
            if let Ok(request) = Event::new("eip6963:requestProvider") {
                window.dispatch_event(&request).ok();
            }
        }
        Self { listener: SendWrapper::new(listener) }
    }
}

impl Drop for Discovery {
    fn drop(&mut self) {
        if let Some(window) = web_sys::window() {
            window
                .remove_event_listener_with_callback(ANNOUNCE, (*self.listener).as_ref().unchecked_ref())
                .ok();
        }
    }
}

fn announced(event: &Event) -> Option<Announced> {
    let field = |object: &JsValue, name: &str| Reflect::get(object, &name.into()).ok();
    let detail = field(event, "detail")?;
    let info = field(&detail, "info")?;
    let text = |name: &str, limit: usize| Some(tame(&field(&info, name)?.as_string()?, limit));
    let icon = field(&info, "icon").and_then(|icon| icon.as_string());
    Some(Announced {
        uuid: text("uuid", 64)?,
        name: text("name", 40)?,
        rdns: text("rdns", 60)?,
        // shown in an <img>, where nothing in it can run
        icon: icon
            .map(|icon| icon.trim().to_owned())
            .filter(|icon| icon.starts_with("data:image/") && icon.len() < 100_000),
        provider: JsProvider::from_js(field(&detail, "provider")?)?,
    })
}
