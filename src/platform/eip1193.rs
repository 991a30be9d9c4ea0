use std::{cell::Cell, rc::Rc};

use futures::future::BoxFuture;
use js_sys::{Function, JSON, Object, Promise, Reflect};
use send_wrapper::SendWrapper;
use serde_json::Value;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::local;
use crate::tx::{Eip1193, WalletError};

#[wasm_bindgen]
extern "C" {
    /// The object that an extension puts into the page.
    #[derive(Clone, Debug)]
    type Provider;

    // not `async`: what is no promise, or thrown and not rejected, would then end the page
    #[wasm_bindgen(method, catch)]
    fn request(this: &Provider, arguments: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn on(this: &Provider, event: &str, listener: &Function) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = removeListener)]
    fn remove_listener(this: &Provider, event: &str, listener: &Function) -> Result<JsValue, JsValue>;
}

/// A wallet extension (EIP-1193).
#[derive(Clone)]
pub struct JsProvider(SendWrapper<Provider>);

impl core::fmt::Debug for JsProvider {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("JsProvider")
    }
}

/// What a wallet tells without being asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WalletEvent {
    /// `accountsChanged`.
    Accounts,
    /// `chainChanged`.
    Chain,
    /// `disconnect`.
    Disconnect,
}

const EVENTS: [(&str, WalletEvent); 3] = [
    ("accountsChanged", WalletEvent::Accounts),
    ("chainChanged", WalletEvent::Chain),
    ("disconnect", WalletEvent::Disconnect),
];

/// Listens until it is dropped.
#[derive(Debug)]
pub struct Subscription {
    provider: Provider,
    listeners: Vec<(&'static str, Function)>,
    over: Rc<Cell<bool>>,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.over.set(true);
        for (event, listener) in &self.listeners {
            // a provider that cannot forget a listener keeps one that does nothing any more
            self.provider.remove_listener(event, listener).ok();
        }
    }
}

impl JsProvider {
    /// The provider in a JS value that is an object with a `request` function.
    pub fn from_js(value: JsValue) -> Option<Self> {
        let request = Reflect::get(&value, &"request".into()).ok()?;
        request.is_function().then(|| Self(SendWrapper::new(value.unchecked_into())))
    }

    /// `window.ethereum`, for wallets that do not announce themselves.
    pub fn injected() -> Option<Self> {
        Self::from_js(Reflect::get(&js_sys::global(), &"ethereum".into()).ok()?)
    }

    /// Calls `listener` at every event until the subscription is dropped.
    pub fn subscribe(&self, listener: impl Fn(WalletEvent) + Clone + 'static) -> SendWrapper<Subscription> {
        let provider = (*self.0).clone();
        let mut listeners = Vec::new();
        let over = Rc::new(Cell::new(false));
        for (name, event) in EVENTS {
            let (listener, over) = (listener.clone(), over.clone());
            let act = Closure::<dyn FnMut(JsValue)>::new(move |_| {
                if !over.get() {
                    listener(event);
                }
            });
            // it lives as long as the wallet knows it: calling one that is gone would throw in the wallet's own code
            let act: Function = act.into_js_value().unchecked_into();
            // a provider without events works; the session is compared again before each signature
            if provider.on(name, &act).is_ok() {
                listeners.push((name, act));
            }
        }
        SendWrapper::new(Subscription { provider, listeners, over })
    }
}

impl Eip1193 for JsProvider {
    fn request(&self, method: &'static str, params: Value) -> BoxFuture<'static, Result<Value, WalletError>> {
        let provider = (*self.0).clone();
        local(async move {
            let strange = |what: &str| WalletError::Other { code: 0, message: what.to_owned() };
            let unfit = |_js| strange("the request could not be passed on");
            let params = JSON::parse(&params.to_string()).map_err(unfit)?;
            let arguments = Object::new();
            for (key, value) in [("method", &JsValue::from_str(method)), ("params", &params)] {
                Reflect::set(&arguments, &key.into(), value).map_err(unfit)?;
            }
            let answer = provider.request(&arguments).map_err(|error| error_of(&error))?;
            let answer = JsFuture::from(Promise::resolve(&answer)).await.map_err(|error| error_of(&error))?;
            if answer.is_undefined() {
                // methods that answer nothing
                return Ok(Value::Null);
            }
            let text = JSON::stringify(&answer).ok().and_then(|text| text.as_string());
            let value = text.and_then(|text| serde_json::from_str(&text).ok());
            value.ok_or_else(|| strange("the answer is not plain data"))
        })
    }
}

fn error_of(error: &JsValue) -> WalletError {
    let field =
        |object: &JsValue, name: &str| Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED);
    let message = field(error, "message").as_string().or_else(|| error.as_string()).unwrap_or_default();
    // some wallets wrap the node's error: { code: -32603, data: { originalError: { code: 4001 } } }
    let inner = field(&field(&field(error, "data"), "originalError"), "code").as_f64();
    let code = inner.or_else(|| field(error, "code").as_f64());
    #[expect(clippy::cast_possible_truncation, reason = "error codes are small integers")]
    WalletError::from_code(code.map_or(0, |code| code as i64), &message)
}
