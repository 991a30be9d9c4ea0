use std::{cell::RefCell, collections::BTreeSet, rc::Rc};

use futures::channel::oneshot;
use futures::future::BoxFuture;
use js_sys::{Function, Object, Promise, Reflect};
use send_wrapper::SendWrapper;
use wasm_bindgen::prelude::*;

use super::local;
use crate::tx::driver::Locks;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["navigator", "locks"], js_name = request, catch)]
    fn request_lock(name: &str, options: &JsValue, granted: &JsValue) -> Result<Promise, JsValue>;
}

thread_local! {
    static HELD: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

/// The Web Locks API: one holder per origin, freed by the browser when a tab dies. Where a page may not use it (no
/// secure context), only this tab is kept from doing a thing twice.
#[derive(Clone, Copy, Debug)]
pub struct WebLocks;

/// Gives the lock back when dropped.
struct Guard {
    name: String,
    release: Rc<RefCell<Option<Function>>>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        HELD.with_borrow_mut(|held| held.remove(&self.name));
        if let Some(release) = self.release.borrow_mut().take() {
            // resolving a promise does not throw
            release.call0(&JsValue::UNDEFINED).ok();
        }
    }
}

impl Locks for WebLocks {
    fn try_lock(&self, name: &str) -> BoxFuture<'static, Option<Box<dyn Send>>> {
        let name = name.to_owned();
        local(async move {
            if HELD.with_borrow(|held| held.contains(&name)) {
                return None;
            }
            let release = Rc::new(RefCell::new(None));
            if !granted(&name, &release).await {
                return None;
            }
            HELD.with_borrow_mut(|held| held.insert(name.clone()));
            Some(Box::new(SendWrapper::new(Guard { name, release })) as Box<dyn Send>)
        })
    }
}

/// Whether no other tab holds the lock; from then on it is held until `release` is called.
async fn granted(name: &str, release: &Rc<RefCell<Option<Function>>>) -> bool {
    let options = Object::new();
    if Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE).is_err() {
        return true;
    }
    let (answer, told) = oneshot::channel();
    let release = release.clone();
    let callback = Closure::once_into_js(move |lock: JsValue| -> JsValue {
        if lock.is_null() {
            answer.send(false).ok();
            return JsValue::UNDEFINED;
        }
        // the lock is held for as long as this promise is open
        let open = Promise::new(&mut |resolve, _| *release.borrow_mut() = Some(resolve));
        answer.send(true).ok();
        open.into()
    });
    match request_lock(name, &options, &callback) {
        Ok(_) => told.await.unwrap_or(true),
        Err(_) => true,
    }
}
