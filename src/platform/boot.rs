use js_sys::{Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The text of a file that ships beside the page (`networks.json`, `providers.json`), or why there is none.
///
/// `public/boot.js` starts these requests together with the one for the wasm and leaves their promises in
/// `globalThis.rota`, so that they are neither made late nor twice.
pub async fn shipped(name: &str) -> Result<String, String> {
    let missing = || format!("{name} was not requested by boot.js");
    let files = Reflect::get(&js_sys::global(), &"rota".into()).map_err(|_js| missing())?;
    let promise: Promise =
        Reflect::get(&files, &name.into()).ok().and_then(|p| p.dyn_into().ok()).ok_or_else(missing)?;
    let failed = |error: JsValue| error.as_string().unwrap_or_else(|| format!("{name} could not be loaded"));
    let text = JsFuture::from(promise).await.map_err(failed)?;
    text.as_string().ok_or_else(|| format!("{name} is not a text"))
}
