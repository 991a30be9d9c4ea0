//! Address, theme, clipboard, files.

use std::{cell::RefCell, rc::Rc, time::Duration};

use rota::{
    chain::host::Sleep as _,
    platform::{self, Browser, Listener, Location, Theme, dom},
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Document, Element, Event, HtmlElement};

use crate::js::{self, Replaced};

fn document() -> Document {
    js::get(&js_sys::global(), "document").unchecked_into()
}

/// An element with an id at the end of the page, gone when this is dropped.
struct Added(Element);

impl Added {
    fn new(tag: &str, id: &str) -> Self {
        let element = document().create_element(tag).expect("an element");
        element.set_id(id);
        let body: HtmlElement = js::get(&document(), "body").unchecked_into();
        body.append_child(&element).expect("appended");
        Self(element)
    }
}

impl Drop for Added {
    fn drop(&mut self) {
        self.0.remove();
    }
}

/// What was written down, and the pen.
fn notes() -> (Rc<RefCell<Vec<String>>>, impl Fn(&str) + Clone) {
    let notes = Rc::new(RefCell::new(Vec::new()));
    let pen = notes.clone();
    (notes, move |text: &str| pen.borrow_mut().push(text.to_owned()))
}

/// Events of the history come after the call that made them.
async fn a_moment() {
    Browser.sleep(Duration::from_millis(50)).await;
}

/// As a link does.
fn go_to(hash: &str) {
    let location = js::get(&js_sys::global(), "location");
    js_sys::Reflect::set(&location, &"hash".into(), &hash.into()).expect("a hash is always a legal address");
}

#[wasm_bindgen_test]
async fn the_address_is_written_and_watched() {
    let before = Location::hash();
    let (seen, pen) = notes();
    let location = Location::watch(move |hash| pen(&hash));
    go_to("/aztec-local/providers");
    a_moment().await;
    Location::replace("/aztec-local/providers?sort=stake");
    a_moment().await;
    assert_eq!(Location::hash(), "/aztec-local/providers?sort=stake");
    // changing it in place is no news
    assert_eq!(*seen.borrow(), ["/aztec-local/providers"]);

    // what a person can type
    go_to("/a b/é/%2F/<script>");
    a_moment().await;
    assert!(
        Location::hash().starts_with("/a%20b/") && !Location::hash().contains('<'),
        "{}",
        Location::hash()
    );
    drop(location);
    go_to("/unheard");
    a_moment().await;
    assert_eq!(seen.borrow().len(), 2);
    Location::replace(&before);
}

#[wasm_bindgen_test]
fn the_theme_is_on_the_root() {
    let root = document().document_element().expect("a root");
    for (theme, value) in [(Theme::Dark, Some("dark")), (Theme::Light, Some("light")), (Theme::System, None)]
    {
        platform::set_theme(theme);
        assert_eq!(root.get_attribute("data-theme").as_deref(), value);
    }
    // boot.js reads the same words
    assert_eq!(
        serde_json::to_string(&[Theme::System, Theme::Light, Theme::Dark]).expect("JSON"),
        r#"["system","light","dark"]"#
    );
}

#[wasm_bindgen_test]
async fn a_text_is_copied_where_the_browser_lets_it() {
    let navigator = js::get(&js_sys::global(), "navigator");
    let (copied, pen) = notes();
    let clipboards = [
        (
            js::function(move |text| {
                pen(&text.as_string().unwrap_or_default());
                Ok(js::settled(Ok(JsValue::UNDEFINED)))
            }),
            true,
        ),
        (js::function(|_| Ok(js::settled(Err("NotAllowedError".into())))), false),
    ];
    for (write, works) in clipboards {
        let clipboard = js::object(&[("writeText", &write)]);
        let _replaced = Replaced::new(&navigator, "clipboard", &[("value", &clipboard)]);
        assert_eq!(platform::copy("0xabc").await, works);
    }
    let _replaced = Replaced::new(&navigator, "clipboard", &[("value", &JsValue::UNDEFINED)]);
    assert!(!platform::copy("no secure context").await);
    assert_eq!(*copied.borrow(), ["0xabc"]);
}

#[wasm_bindgen_test]
async fn a_file_is_made_in_the_page() {
    let url = js::get(&js_sys::global(), "URL");
    let anchor = js::get(&js::get(&js_sys::global(), "HTMLAnchorElement"), "prototype");
    let element = js::get(&js::get(&js_sys::global(), "HTMLElement"), "prototype");
    let (deeds, pen) = notes();
    let blob = Rc::new(RefCell::new(JsValue::NULL));
    {
        let kept = blob.clone();
        let create = js::function(move |blob| {
            *kept.borrow_mut() = blob;
            Ok("blob:test".into())
        });
        let (named, clicked, revoked) = (pen.clone(), pen.clone(), pen);
        let name = js::function(move |name| {
            named(&name.as_string().unwrap_or_default());
            Ok(JsValue::UNDEFINED)
        });
        let click = js::function(move |_| {
            clicked("click");
            Ok(JsValue::UNDEFINED)
        });
        let revoke = js::function(move |url| {
            revoked(&url.as_string().unwrap_or_default());
            Ok(JsValue::UNDEFINED)
        });
        let _replaced = [
            Replaced::new(&url, "createObjectURL", &[("value", &create)]),
            Replaced::new(&url, "revokeObjectURL", &[("value", &revoke)]),
            Replaced::new(&anchor, "download", &[("set", &name)]),
            Replaced::new(&element, "click", &[("value", &click)]),
        ];
        platform::download("rewards.csv", "text/csv", "block,amount\n1,2\n");
    }
    assert_eq!(*deeds.borrow(), ["rewards.csv", "click", "blob:test"]);
    let blob = blob.borrow().clone();
    assert_eq!(js::get(&blob, "type"), "text/csv");
    let text = js::get(&blob, "text").unchecked_into::<js_sys::Function>().call0(&blob).expect("a promise");
    let text = JsFuture::from(js_sys::Promise::from(text)).await.expect("a text");
    assert_eq!(text, "block,amount\n1,2\n");
}

#[wasm_bindgen_test]
fn the_app_takes_the_place_of_the_skeleton_when_it_is_unveiled() {
    assert!(platform::app_root().is_none());
    let before = Added::new("div", "boot-page");
    let app = Added::new("div", "app");
    app.0.set_attribute("hidden", "").expect("an attribute");
    let root = platform::app_root().expect("the element");
    assert!(before.0.is_connected() && root.has_attribute("hidden"));
    for _ in 0..2 {
        platform::unveil();
        assert!(!before.0.is_connected() && !root.has_attribute("hidden"));
    }
}

#[wasm_bindgen_test]
fn focus_and_title_are_set() {
    let field = Added::new("input", "field");
    dom::focus("field");
    assert_eq!(document().active_element().as_ref(), Some(&field.0));
    dom::focus("not there");
    dom::reveal("not there");
    platform::set_title("Providers · Rota");
    assert_eq!(document().title(), "Providers · Rota");
}

/// An event that reaches the window, as the browser's own do.
fn rising(kind: &str) -> Event {
    let options = js::object(&[("bubbles", &JsValue::TRUE)]);
    let arguments = js_sys::Array::of2(&kind.into(), &options);
    let class: js_sys::Function = js::get(&js_sys::global(), "Event").unchecked_into();
    js_sys::Reflect::construct(&class, &arguments).expect("an event").unchecked_into()
}

#[wasm_bindgen_test]
fn a_tab_that_is_shown_is_told() {
    let (seen, pen) = notes();
    let _listener = platform::on_visible(move |visible| pen(if visible { "shown" } else { "hidden" }));
    for (state, word) in [("hidden", "hidden"), ("visible", "shown")] {
        let state = JsValue::from_str(state);
        let read = js::function(move |_| Ok(state.clone()));
        let _replaced = Replaced::new(&document(), "visibilityState", &[("get", &read)]);
        document().dispatch_event(&rising("visibilitychange")).expect("dispatched");
        assert_eq!(seen.borrow().last().map(String::as_str), Some(word));
        assert_eq!(platform::is_visible(), word == "shown");
    }
}

#[wasm_bindgen_test]
fn elements_know_where_they_are() {
    let outer = Added::new("div", "outer");
    outer.0.set_class_name("outer");
    outer.0.set_inner_html("<button>x</button>");
    let button = outer.0.first_element_child().expect("a button");
    let place = dom::place(&button);
    assert!(place.bottom > place.top && place.left >= 0, "{place:?}");
    let (width, height) = dom::viewport();
    assert!(width > 0 && height > 0);

    let (seen, pen) = notes();
    let listener = Listener::new("click", move |event| {
        for selector in [".outer", ".other", "no [ selector"] {
            if dom::around(&event, selector).is_some() {
                pen(selector);
            }
        }
    });
    let button = button.unchecked_into::<HtmlElement>();
    button.click();
    assert_eq!(*seen.borrow(), [".outer"]);
    drop(listener);
    button.click();
    assert_eq!(seen.borrow().len(), 1);
}
