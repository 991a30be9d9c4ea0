//! The browser. Every line that names `web_sys`, `js_sys` or `wasm_bindgen` stands here; everything above sees traits
//! and plain values. JS handles are wrapped in [`send_wrapper::SendWrapper`]: a page has one thread, and the same
//! code has to type-check for native tests.

mod boot;
mod clipboard;
pub mod dom;
mod eip1193;
mod eip6963;
mod fetch;
mod files;
mod indexed_db;
mod link;
mod listener;
mod location;
mod locks;
mod notify;
mod page;
pub mod panic;
mod safe_frame;
mod storage;
mod timer;
mod worker;

pub use boot::shipped;
pub use clipboard::copy;
pub use eip1193::{JsProvider, WalletEvent};
pub use eip6963::{Announced, discover};
pub use fetch::{allow, fetch};
pub use files::{PickedFile, picked};
pub use indexed_db::IndexedDb;
pub use link::{FetchLink, WalletLink};
pub use listener::Listener;
pub use location::Location;
pub use locks::WebLocks;
pub use notify::{ask_to_notify, may_notify, notify};
pub use page::{
    Theme, app_root, download, is_visible, on_visible, reload, scroll_to_top, set_theme, set_title, unveil,
};
pub use safe_frame::SafeFrame;
pub use storage::LocalStorage;
pub use timer::{Browser, host, idle, next_turn};
pub use worker::KeyWorker;

use futures::future::BoxFuture;
use send_wrapper::SendWrapper;

/// A future over JS values as the traits of `chain` and `tx` ask for it.
fn local<T>(future: impl Future<Output = T> + 'static) -> BoxFuture<'static, T> {
    Box::pin(SendWrapper::new(future))
}
