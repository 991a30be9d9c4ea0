//! What leaves the page, and what came with it.

use rota::{
    chain::host::{Link as _, LinkError},
    platform::{self, FetchLink},
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::js;

fn own_origin() -> String {
    js::get(&js::get(&js_sys::global(), "location"), "origin").as_string().expect("a text")
}

#[wasm_bindgen_test]
async fn only_allowed_endpoints_are_asked() {
    let own = format!("{}/", own_origin());
    platform::allow([own.clone()]);
    for other in [own_origin(), format!("{own}x"), "https://example.org/".to_owned(), String::new()] {
        let answer = FetchLink::new(&other).exchange("{}".to_owned()).await;
        assert_eq!(answer.expect_err("refused"), LinkError::NotAllowed, "{other}");
    }
    // what the test's server says to it does not matter, only that it was asked
    let answer = platform::fetch(&own, "{}".to_owned()).await.expect("an answer");
    assert!(answer.status >= 200, "{answer:?}");
    assert_eq!(answer.retry_after, None);

    platform::allow([]);
    assert_eq!(platform::fetch(&own, "{}".to_owned()).await.expect_err("refused"), LinkError::NotAllowed);
}

#[wasm_bindgen_test]
async fn an_endpoint_that_is_not_there_is_unreachable() {
    // a port that no browser connects to
    let nowhere = "http://127.0.0.1:1/";
    platform::allow([nowhere.to_owned()]);
    let answer = FetchLink::new(nowhere).exchange("{}".to_owned()).await;
    assert_eq!(answer.expect_err("nothing"), LinkError::Unreachable);
    platform::allow([]);
}

#[wasm_bindgen_test]
async fn shipped_files_come_from_the_boot_script() {
    let files = js::object(&[
        ("good.json", &js::settled(Ok("[]".into()))),
        ("bad.json", &js::settled(Err("bad.json: the server answered 404".into()))),
        ("strange.json", &js::settled(Ok(JsValue::from_f64(1.0)))),
        ("thrown.json", &js::settled(Err(js_sys::Error::new("x").into()))),
        ("no promise", &"[]".into()),
    ]);
    let _replaced = js::Replaced::new(&js_sys::global(), "rota", &[("value", &files)]);
    for (name, text) in [
        ("good.json", Ok("[]")),
        ("bad.json", Err("bad.json: the server answered 404")),
        ("strange.json", Err("strange.json is not a text")),
        ("thrown.json", Err("thrown.json could not be loaded")),
        ("no promise", Err("no promise was not requested by boot.js")),
        ("other.json", Err("other.json was not requested by boot.js")),
    ] {
        assert_eq!(platform::shipped(name).await, text.map(str::to_owned).map_err(str::to_owned));
    }
}
