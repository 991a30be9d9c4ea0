//! The Web Worker: keys in, findings out. `public/keycheck.js` starts it and has the protocol.

#[cfg(target_arch = "wasm32")]
mod worker {
    use js_sys::{Function, Reflect, Uint8Array};
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};

    /// Answers every message with the findings of its keys.
    pub(super) fn start() -> Result<(), JsValue> {
        let scope = JsValue::from(js_sys::global());
        let post: Function = Reflect::get(&scope, &"postMessage".into())?.dyn_into()?;
        let here = scope.clone();
        let on_message = Closure::<dyn FnMut(JsValue)>::new(move |message: JsValue| {
            let keys = Reflect::get(&message, &"data".into()).unwrap_or_default();
            let answer = rota_keycheck::answer(&Uint8Array::new(&keys).to_vec());
            // there is nobody else to tell
            post.call1(&here, &Uint8Array::from(answer.as_slice())).ok();
        });
        Reflect::set(&scope, &"onmessage".into(), &on_message.into_js_value())?;
        Ok(())
    }
}

fn main() {
    #[cfg(target_arch = "wasm32")]
    worker::start().ok();
}
