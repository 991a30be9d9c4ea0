use std::{cell::RefCell, collections::HashMap, rc::Rc, time::Duration};

use futures::{
    channel::oneshot::{self, Sender},
    future::BoxFuture,
};
use js_sys::{JSON, Reflect};
use send_wrapper::SendWrapper;
use serde_json::Value;
use wasm_bindgen::JsValue;
use web_sys::{Event, Window};

use super::{Browser, Listener, local};
use crate::{
    chain::host::{Random as _, timeout},
    tx::{
        WalletError,
        safe_app::{self, Frame},
    },
};

/// The page around this one, spoken to by messages. Whoever it is: nothing that comes from it is believed.
#[derive(Clone, Debug)]
pub struct SafeFrame(SendWrapper<Rc<Inner>>);

#[derive(Debug)]
struct Inner {
    parent: Window,
    talk: Rc<RefCell<Talk>>,
    _listener: Listener,
}

#[derive(Debug, Default)]
struct Talk {
    /// Of the first page that answered. What has another origin is not heard, nor asked anything, from then on.
    origin: Option<String>,
    /// By the number of the question.
    open: HashMap<String, Sender<Result<Value, WalletError>>>,
}

impl SafeFrame {
    /// `None` where the page stands alone.
    pub fn around() -> Option<Self> {
        let window = web_sys::window()?;
        let parent = window.parent().ok().flatten()?;
        // a page that stands alone is its own parent
        if JsValue::from(&parent) == JsValue::from(&window) {
            return None;
        }
        let talk: Rc<RefCell<Talk>> = Rc::default();
        let (heard, around) = (talk.clone(), JsValue::from(&parent));
        let listener = Listener::new("message", move |event| {
            if let Some((origin, text)) = message(&event, &around) {
                heard.borrow_mut().hear(origin, &text);
            }
        });
        Some(Self(SendWrapper::new(Rc::new(Inner { parent, talk, _listener: listener }))))
    }

    /// Where the page around comes from, as the browser says; `None` before it answered.
    pub fn origin(&self) -> Option<String> {
        self.0.talk.borrow().origin.clone()
    }
}

/// Origin and content of a message of the page around, as JSON.
fn message(event: &Event, around: &JsValue) -> Option<(String, String)> {
    let field = |name: &str| Reflect::get(event, &name.into()).ok();
    if field("source")? != *around {
        return None;
    }
    let origin = field("origin")?.as_string().filter(|origin| safe_app::may_surround(origin))?;
    // what was sent is plain data: nothing in it runs. Of `undefined` there is no text, whatever the binding's type says
    let text = JSON::stringify(&field("data")?).ok().filter(|text| !text.is_undefined())?;
    (text.length() as usize <= safe_app::MOST_BYTES).then(|| text.as_string().map(|text| (origin, text)))?
}

impl Talk {
    fn hear(&mut self, origin: String, text: &str) {
        if self.origin.as_ref().is_some_and(|known| *known != origin) {
            return;
        }
        let Some((id, said)) = safe_app::answer(text) else { return };
        let Some(waiting) = self.open.remove(&id) else { return };
        self.origin = Some(origin);
        // nobody may wait for it any more
        waiting.send(said).ok();
    }
}

impl Frame for SafeFrame {
    fn ask(
        &self,
        method: &'static str,
        params: Value,
        within: Option<Duration>,
    ) -> BoxFuture<'static, Result<Value, WalletError>> {
        let frame = self.0.clone();
        local(async move {
            let id = format!("{:016x}", Browser.next());
            let question = JSON::parse(&safe_app::question(&id, method, &params).to_string())
                .map_err(|_js| WalletError::Disconnected)?;
            let (sender, answer) = oneshot::channel();
            let origin = {
                let mut talk = frame.talk.borrow_mut();
                talk.open.retain(|_, waiting| !waiting.is_canceled());
                talk.open.insert(id, sender);
                talk.origin.clone()
            };
            // the first question says nothing about anybody; what follows goes to whoever answered it
            let to = match origin {
                Some(origin) => origin,
                None if method == safe_app::WHO => "*".to_owned(),
                None => return Err(WalletError::Disconnected),
            };
            frame.parent.post_message(&question, &to).map_err(|_js| WalletError::Disconnected)?;
            let answer = async { answer.await.map_err(|_closed| WalletError::Disconnected)? };
            match within {
                None => answer.await,
                Some(limit) => {
                    timeout(&Browser, limit, answer).await.unwrap_or(Err(WalletError::Disconnected))
                }
            }
        })
    }
}
