//! Wallet extensions: hostile until proven otherwise.

use std::{cell::RefCell, rc::Rc, sync::Arc};

use js_sys::{Object, Reflect};
use rota::{
    chain::host::{Link as _, LinkError},
    platform::{self, Announced, JsProvider, Listener, WalletEvent, WalletLink},
    tx::{Eip1193 as _, WalletError},
};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{CustomEvent, Event, EventTarget};

use crate::js;

/// A wallet that answers every request with `answer`.
fn wallet(mut answer: impl FnMut(JsValue) -> Result<JsValue, JsValue> + 'static) -> JsValue {
    js::object(&[("request", &js::function(move |asked| Ok(js::settled(answer(asked)))))])
}

async fn ask(wallet: &JsValue) -> Result<Value, WalletError> {
    JsProvider::from_js(wallet.clone()).expect("a wallet").request("eth_chainId", json!([])).await
}

#[wasm_bindgen_test]
fn only_an_object_with_a_request_function_is_a_wallet() {
    let no_function = js::object(&[("request", &"request".into())]);
    for none in [JsValue::NULL, JsValue::UNDEFINED, "x".into(), 1.into(), js::object(&[]), no_function] {
        assert!(JsProvider::from_js(none).is_none());
    }
    assert!(JsProvider::from_js(wallet(Ok)).is_some());
}

#[wasm_bindgen_test]
async fn a_request_arrives_as_plain_data() {
    let asked = Rc::new(RefCell::new(JsValue::NULL));
    let heard = asked.clone();
    let wallet = wallet(move |request| {
        *heard.borrow_mut() = request;
        Ok(js::object(&[("a", &1.into()), ("b", &js_sys::Array::of1(&JsValue::NULL))]))
    });
    let params = json!([{ "to": "0x00", "n": 5, "none": null }, ["x"], true]);
    let provider = JsProvider::from_js(wallet).expect("a wallet");
    assert_eq!(provider.request("eth_call", params.clone()).await, Ok(json!({ "a": 1, "b": [null] })));
    let asked = asked.borrow();
    assert_eq!(js::get(&asked, "method"), "eth_call");
    let text = js_sys::JSON::stringify(&js::get(&asked, "params")).expect("JSON").as_string().expect("text");
    assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), params);
}

#[wasm_bindgen_test]
async fn errors_are_told_by_their_number() {
    let coded = |code: i32| js::object(&[("code", &code.into()), ("message", &"no".into())]);
    let nested = js::object(&[
        ("code", &(-32603).into()),
        ("message", &"Internal JSON-RPC error.".into()),
        ("data", &js::object(&[("originalError", &coded(4001))])),
    ]);
    let other = |code, message: &str| WalletError::Other { code, message: message.to_owned() };
    for (error, expected) in [
        (coded(4001), WalletError::Rejected),
        (coded(4100), WalletError::Unauthorized),
        (coded(4200), WalletError::Unsupported),
        (coded(4900), WalletError::Disconnected),
        (coded(4901), WalletError::ChainDisconnected),
        (coded(4902), WalletError::UnknownChain),
        (coded(-32002), WalletError::Busy),
        (nested, WalletError::Rejected),
        (coded(-32603), other(-32603, "no")),
        // no number, no message, no object
        (js::object(&[("code", &"4001".into())]), other(0, "")),
        ("rejected\u{202e}\n".into(), other(0, "rejected ")),
        (js_sys::Error::new("broken").into(), other(0, "broken")),
        (JsValue::UNDEFINED, other(0, "")),
        (JsValue::NULL, other(0, "")),
        (js::object(&[("code", &f64::NAN.into())]), other(0, "")),
    ] {
        let rejects = wallet({
            let error = error.clone();
            move |_| Err(error.clone())
        });
        assert_eq!(ask(&rejects).await, Err(expected.clone()));
        let throws = js::object(&[("request", &js::function(move |_| Err(error.clone())))]);
        assert_eq!(ask(&throws).await, Err(expected));
    }
}

#[wasm_bindgen_test]
async fn a_wallet_may_answer_without_a_promise() {
    let hasty = js::object(&[("request", &js::function(|_| Ok("0x1".into())))]);
    assert_eq!(ask(&hasty).await, Ok(json!("0x1")));
}

#[wasm_bindgen_test]
async fn an_answer_that_is_no_data_is_an_error() {
    for strange in [js::function(Ok), js_sys::Symbol::for_("x").into()] {
        let answer = ask(&wallet(move |_| Ok(strange.clone()))).await;
        assert!(matches!(answer, Err(WalletError::Other { code: 0, .. })), "{answer:?}");
    }
}

#[wasm_bindgen_test]
fn events_are_heard_until_the_subscription_is_dropped() {
    type Listeners = Rc<RefCell<Vec<(String, JsValue)>>>;
    let listeners = Listeners::default();
    let wallet = wallet(Ok);
    let (added, removed) = (listeners.clone(), listeners.clone());
    let text = |name: JsValue| name.as_string().expect("a name");
    js::set(
        &wallet,
        "on",
        &js::function_of_two(move |name, listener| added.borrow_mut().push((text(name), listener))),
    );
    let remove = move |name: JsValue, listener: JsValue| {
        let gone = (text(name), listener);
        removed.borrow_mut().retain(|known| *known != gone);
    };
    js::set(&wallet, "removeListener", &js::function_of_two(remove));

    let heard = Rc::new(RefCell::new(Vec::new()));
    let hear = heard.clone();
    let provider = JsProvider::from_js(wallet).expect("a wallet");
    let subscription = provider.subscribe(move |event| hear.borrow_mut().push(event));
    let known = listeners.borrow().clone();
    assert_eq!(
        known.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["accountsChanged", "chainChanged", "disconnect"]
    );
    for (_, listener) in &known {
        js::call(listener, &JsValue::NULL);
    }
    assert_eq!(*heard.borrow(), [WalletEvent::Accounts, WalletEvent::Chain, WalletEvent::Disconnect]);
    drop(subscription);
    assert!(listeners.borrow().is_empty());
}

#[wasm_bindgen_test]
fn a_wallet_without_events_can_be_used() {
    let provider = JsProvider::from_js(wallet(Ok)).expect("a wallet");
    drop(provider.subscribe(|_| {}));
}

#[wasm_bindgen_test]
async fn the_wallets_connection_is_for_reading_only() {
    let wallet = wallet(|asked| match js::get(&asked, "method").as_string().as_deref() {
        Some("eth_blockNumber") => Ok("0x10".into()),
        Some("eth_call") => {
            Err(js::object(&[("code", &3.into()), ("message", &"execution reverted".into())]))
        }
        _ => Err(js::object(&[("code", &4900.into())])),
    });
    let link = WalletLink::new(Arc::new(JsProvider::from_js(wallet).expect("a wallet")));
    let ask =
        |method: &str| link.exchange(json!({ "jsonrpc": "2.0", "id": 7, "method": method }).to_string());
    let answer = |text: String| serde_json::from_str::<Value>(&text).expect("JSON");
    assert_eq!(
        answer(ask("eth_blockNumber").await.expect("an answer").body),
        json!({ "jsonrpc": "2.0", "id": 7, "result": "0x10" })
    );
    assert_eq!(
        answer(ask("eth_call").await.expect("an answer").body)["error"],
        json!({ "code": 3, "message": "execution reverted" })
    );
    assert_eq!(ask("eth_getLogs").await.expect_err("no connection"), LinkError::Unreachable);
    for forbidden in
        ["eth_sendTransaction", "eth_requestAccounts", "personal_sign", "wallet_switchEthereumChain", ""]
    {
        assert_eq!(ask(forbidden).await.expect_err("refused"), LinkError::NotAllowed, "{forbidden}");
    }
}

fn window() -> EventTarget {
    js_sys::global().unchecked_into()
}

fn announce(detail: &JsValue) {
    let event = CustomEvent::new("eip6963:announceProvider").expect("an event");
    event.init_custom_event_with_can_bubble_and_cancelable_and_detail(
        "eip6963:announceProvider",
        false,
        false,
        detail,
    );
    window().dispatch_event(&event).expect("dispatched");
}

fn info<'a>(changed: &[(&'a str, &'a JsValue)]) -> JsValue {
    let text = |text: &str| JsValue::from_str(text);
    let info = js::object(&[
        ("uuid", &text("1-2-3")),
        ("name", &text("Wallet")),
        ("rdns", &text("org.example.wallet")),
        ("icon", &text("data:image/png;base64,AA==")),
    ]);
    for (name, value) in changed {
        js::set(&info, name, value);
    }
    info
}

fn detail(info: &JsValue) -> JsValue {
    js::object(&[("info", info), ("provider", &wallet(Ok))])
}

/// Those found from now on, for as long as the discovery lives.
fn discover() -> (Listener, Rc<RefCell<Vec<Announced>>>) {
    let found = Rc::new(RefCell::new(Vec::new()));
    let hear = found.clone();
    (platform::discover(move |wallet| hear.borrow_mut().push(wallet)), found)
}

#[wasm_bindgen_test]
fn wallets_that_announce_themselves_are_found() {
    let asked = Rc::new(RefCell::new(0));
    let count = asked.clone();
    let asking = Closure::<dyn FnMut(Event)>::new(move |_| *count.borrow_mut() += 1);
    window()
        .add_event_listener_with_callback("eip6963:requestProvider", asking.as_ref().unchecked_ref())
        .expect("added");
    let (discovery, found) = discover();
    assert_eq!(*asked.borrow(), 1);
    announce(&detail(&info(&[])));
    {
        let found = found.borrow();
        assert_eq!(found.len(), 1);
        assert_eq!(
            (&*found[0].uuid, &*found[0].name, &*found[0].rdns),
            ("1-2-3", "Wallet", "org.example.wallet")
        );
        assert_eq!(found[0].icon.as_deref(), Some("data:image/png;base64,AA=="));
    }
    drop(discovery);
    announce(&detail(&info(&[])));
    assert_eq!(found.borrow().len(), 1);
    window()
        .remove_event_listener_with_callback("eip6963:requestProvider", asking.as_ref().unchecked_ref())
        .expect("removed");
}

#[wasm_bindgen_test]
fn what_a_wallet_says_of_itself_is_tamed() {
    let (_discovery, found) = discover();
    announce(&detail(&info(&[
        ("name", &format!("Good\u{202e}\nWallet\u{0} {}", "x".repeat(99)).as_str().into()),
        ("uuid", &"u".repeat(1000).as_str().into()),
        ("icon", &" data:image/svg+xml,<svg onload='alert(1)'/> ".into()),
    ])));
    let large = format!("data:image/png;base64,{}", "A".repeat(200_000));
    let icons = ["javascript:alert(1)", "https://example.org/track.png", "data:text/html,x", &large];
    for icon in icons {
        announce(&detail(&info(&[("icon", &icon.into())])));
    }
    announce(&detail(&info(&[("icon", &JsValue::UNDEFINED)])));
    let found = found.borrow();
    assert_eq!(found.len(), 2 + icons.len());
    assert!(
        found[0].name.starts_with("Good Wallet xxx") && found[0].name.chars().count() == 41,
        "{}",
        found[0].name
    );
    assert_eq!(found[0].uuid.chars().count(), 65);
    assert_eq!(found[0].icon.as_deref(), Some("data:image/svg+xml,<svg onload='alert(1)'/>"));
    assert!(found[1..].iter().all(|wallet| wallet.icon.is_none()));
}

#[wasm_bindgen_test]
fn announcements_that_are_none_are_ignored() {
    let (_discovery, found) = discover();
    let throws = Object::new();
    let descriptor = js::object(&[("get", &js::function(|_| Err("a trap".into())))]);
    Reflect::define_property(&throws, &"info".into(), descriptor.unchecked_ref()).expect("defined");
    for hostile in [
        JsValue::NULL,
        JsValue::UNDEFINED,
        1.into(),
        js::object(&[]),
        throws.into(),
        js::object(&[("info", &info(&[]))]),
        js::object(&[("info", &info(&[])), ("provider", &js::object(&[]))]),
        js::object(&[("info", &"info".into()), ("provider", &wallet(Ok))]),
        detail(&info(&[("uuid", &1.into())])),
        detail(&info(&[("name", &js::object(&[]))])),
        detail(&info(&[("rdns", &JsValue::NULL)])),
    ] {
        announce(&hostile);
    }
    // an event without a detail at all
    window().dispatch_event(&Event::new("eip6963:announceProvider").expect("an event")).expect("dispatched");
    assert!(found.borrow().is_empty());
}
