//! Notifications, by the names of what the browser offers: typed bindings would cost bytes of the first load.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The browser's constructor, where it has one.
fn offered() -> Option<Function> {
    Reflect::get(&js_sys::global(), &"Notification".into()).ok()?.dyn_into().ok()
}

/// Whether the person has allowed notifications.
pub fn may_notify() -> bool {
    let permission = offered().and_then(|offered| Reflect::get(&offered, &"permission".into()).ok());
    permission.and_then(|permission| permission.as_string()).is_some_and(|permission| permission == "granted")
}

/// Asks the person, who may say no. Only as the answer to a press: browsers ignore it otherwise.
pub async fn ask_to_notify() -> bool {
    let asked = offered().and_then(|offered| {
        let ask: Function = Reflect::get(&offered, &"requestPermission".into()).ok()?.dyn_into().ok()?;
        ask.call0(&offered).ok()?.dyn_into::<Promise>().ok()
    });
    if let Some(asked) = asked {
        JsFuture::from(asked).await.ok();
    }
    may_notify()
}

/// Shows a notification. One with the same `tag` takes the place of the one before.
pub fn notify(title: &str, body: &str, tag: &str) {
    let Some(offered) = offered().filter(|_| may_notify()) else { return };
    let options = JsValue::from(Object::new());
    for (name, text) in [("body", body), ("tag", tag)] {
        Reflect::set(&options, &name.into(), &text.into()).ok();
    }
    // fails on phones, where only a service worker may
    Reflect::construct(&offered, &Array::of2(&title.into(), &options)).ok();
}
