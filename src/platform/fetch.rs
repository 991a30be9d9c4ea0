//! The only way from Rust to the network: to the endpoints in Settings and nowhere else.

use std::{cell::RefCell, time::Duration};

use gloo_net::http::{Request, Response};
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache, RequestCredentials,
    RequestRedirect,
};

use crate::chain::host::{LinkAnswer, LinkError};

/// Bytes of an answer that are read before the endpoint is given up: a screen needs a few hundred kilobytes.
const MOST: usize = 16 << 20;

/// The same for events, which can be asked for again in smaller ranges: an answer takes several times its size while it
/// is read, and memory that a page once took is never given back. Three times what one answer should bring (`chain::logs`):
/// what was asked for before anybody knew how many there are is not thrown away.
const MOST_EVENTS: usize = 3 << 20;

thread_local! {
    static ALLOWED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Replaces the endpoints that may be asked. Called by Settings, with what it shows.
pub fn allow(endpoints: impl IntoIterator<Item = String>) {
    ALLOWED.with_borrow_mut(|allowed| {
        allowed.clear();
        allowed.extend(endpoints);
    });
}

/// Ends the request when its future is dropped.
struct Abort(AbortController);

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Posts JSON to an endpoint. Without cookies, referrer, cache, and without following a redirect to elsewhere.
pub async fn fetch(url: &str, body: String) -> Result<LinkAnswer, LinkError> {
    if !ALLOWED.with_borrow(|allowed| allowed.iter().any(|known| known == url)) {
        return Err(LinkError::NotAllowed);
    }
    let unreachable = |_| LinkError::Unreachable;
    let most = if body.contains(r#""eth_getLogs""#) { MOST_EVENTS } else { MOST };
    // as bytes, for of a text the browser would make two copies; and not held while it is answered
    let bytes = Uint8Array::from(body.as_bytes());
    drop(body);
    let abort = Abort(AbortController::new().map_err(|_js| LinkError::Unreachable)?);
    let request = Request::post(url)
        .header("content-type", "application/json")
        .credentials(RequestCredentials::Omit)
        .referrer_policy(ReferrerPolicy::NoReferrer)
        .cache(RequestCache::NoStore)
        .redirect(RequestRedirect::Error)
        .abort_signal(Some(&abort.0.signal()))
        .body(bytes)
        .map_err(unreachable)?;
    let response = request.send().await.map_err(unreachable)?;
    let retry_after = response
        .headers()
        .get("retry-after")
        .and_then(|value| value.trim().parse().ok())
        .map(Duration::from_secs);
    let status = response.status();
    let body = text_of(&response, most).await?;
    Ok(LinkAnswer { status, retry_after, body })
}

async fn text_of(response: &Response, most: usize) -> Result<String, LinkError> {
    let Some(stream) = response.body() else { return Ok(String::new()) };
    let reader: ReadableStreamDefaultReader =
        stream.get_reader().dyn_into().map_err(|_js| LinkError::Unreachable)?;
    // put together when all of it is there: until then it is not in the memory of wasm, which grows and never shrinks
    let (mut parts, mut length) = (Vec::new(), 0);
    loop {
        let chunk = JsFuture::from(reader.read()).await.map_err(|_js: JsValue| LinkError::Unreachable)?;
        let done = Reflect::get(&chunk, &"done".into()).is_ok_and(|done| done.is_truthy());
        if done {
            break;
        }
        let value =
            Reflect::get(&chunk, &"value".into()).ok().and_then(|value| value.dyn_into::<Uint8Array>().ok());
        if let Some(part) = value {
            length += part.length() as usize;
            if length > most {
                return Err(LinkError::TooLarge(most));
            }
            parts.push(part);
        }
    }
    let (mut bytes, mut filled) = (vec![0; length], 0);
    for part in parts {
        let end = filled + part.length() as usize;
        part.copy_to(&mut bytes[filled..end]);
        filled = end;
    }
    // what is not UTF-8 is not JSON either; the transport will say so
    Ok(String::from_utf8(bytes).unwrap_or_default())
}
