use futures::{
    StreamExt as _,
    channel::mpsc::{UnboundedReceiver, unbounded},
};
use gloo_net::http::Request;
use js_sys::{Array, Function, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use web_sys::{Event, RequestCredentials};

/// The Web Worker that checks keys (`public/keycheck.js`): arithmetic that would stop the page for seconds. It ends with
/// this value.
pub struct KeyWorker {
    worker: JsValue,
    answers: UnboundedReceiver<JsValue>,
    _callbacks: [Closure<dyn FnMut(Event)>; 2],
}

impl core::fmt::Debug for KeyWorker {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("KeyWorker")
    }
}

/// Said when its files do not come, or are not those that the page was built with.
const NOT_LOADED: &str = "the code that checks keys could not be loaded";

/// `new Worker("keycheck.js", { type: "module" })`, by names: typed bindings would cost bytes of the first load.
fn construct() -> Result<JsValue, JsValue> {
    let options = JsValue::from(Object::new());
    Reflect::set(&options, &"type".into(), &"module".into())?;
    let worker: Function = Reflect::get(&js_sys::global(), &"Worker".into())?.dyn_into()?;
    Reflect::construct(&worker, &Array::of2(&"keycheck.js".into(), &options))
}

impl KeyWorker {
    /// Loads it. The wasm has to have the checksum that the page was built with.
    pub async fn start() -> Result<Self, String> {
        let failed = |_| NOT_LOADED.to_owned();
        let boot = web_sys::window()
            .and_then(|window| window.document())
            .and_then(|page| page.get_element_by_id("boot"));
        let checksum = boot.and_then(|boot| boot.get_attribute("data-keycheck")).ok_or(NOT_LOADED)?;
        // its name is the same in every release, and a host may let browsers keep it for long
        let place = format!("rota-keycheck_bg.wasm?{checksum}");
        let request = Request::get(&place).credentials(RequestCredentials::SameOrigin);
        let response = request.integrity(&checksum).send().await.map_err(|_error| NOT_LOADED)?;
        let wasm = response.binary().await.map_err(|_error| NOT_LOADED)?;

        let worker = construct().map_err(failed)?;
        let (told, answers) = unbounded();
        let failing = told.clone();
        let on_message: Box<dyn FnMut(Event)> = Box::new(move |event| {
            let data = Reflect::get(&event, &"data".into()).unwrap_or_default();
            // nobody listens any more
            told.unbounded_send(data).ok();
        });
        let on_error: Box<dyn FnMut(Event)> = Box::new(move |event| {
            event.prevent_default();
            failing.unbounded_send(JsValue::NULL).ok();
        });
        let callbacks = [Closure::wrap(on_message), Closure::wrap(on_error)];
        for (name, callback) in ["onmessage", "onerror"].into_iter().zip(&callbacks) {
            Reflect::set(&worker, &name.into(), callback.as_ref()).map_err(failed)?;
        }
        let mut started = Self { worker, answers, _callbacks: callbacks };
        started.call("postMessage", &Uint8Array::from(wasm.as_slice())).map_err(failed)?;
        match started.answers.next().await.and_then(|ready| ready.as_string()) {
            Some(ready) if ready == "ready" => Ok(started),
            _ => Err(NOT_LOADED.to_owned()),
        }
    }

    fn call(&self, method: &str, argument: &JsValue) -> Result<JsValue, JsValue> {
        let method: Function = Reflect::get(&self.worker, &method.into())?.dyn_into()?;
        method.call1(&self.worker, argument)
    }

    /// Lets it answer a message of bytes.
    pub async fn ask(&mut self, message: &[u8]) -> Result<Vec<u8>, String> {
        let failed = || "the check of the keys failed".to_owned();
        self.call("postMessage", &Uint8Array::from(message)).map_err(|_js| failed())?;
        let answer = self.answers.next().await.ok_or_else(failed)?;
        Ok(answer.dyn_into::<Uint8Array>().map_err(|_js| failed())?.to_vec())
    }
}

impl Drop for KeyWorker {
    fn drop(&mut self) {
        // an answer may be on its way; the handlers end with this value
        for name in ["onmessage", "onerror"] {
            Reflect::set(&self.worker, &name.into(), &JsValue::NULL).ok();
        }
        self.call("terminate", &JsValue::UNDEFINED).ok();
    }
}
