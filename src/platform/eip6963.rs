use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use web_sys::Event;

use super::{Listener, eip1193::JsProvider};
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

/// Asks all wallets to announce themselves; `found` is called for each, also for those that come later, until the
/// listener is dropped.
pub fn discover(found: impl Fn(Announced) + 'static) -> Listener {
    let listener = Listener::new("eip6963:announceProvider", move |event| {
        if let Some(wallet) = announced(&event) {
            found(wallet);
        }
    });
    if let (Some(window), Ok(request)) = (web_sys::window(), Event::new("eip6963:requestProvider")) {
        // fails only for an event in dispatch
        window.dispatch_event(&request).ok();
    }
    listener
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
