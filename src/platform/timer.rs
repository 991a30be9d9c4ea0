use std::{cell::RefCell, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use js_sys::{Date, Function, Math, Promise};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdleRequestOptions, Performance};

use super::{local, page::is_visible};
use crate::chain::host::{Clock, Host, Random, Sleep};

/// Timers, clock and chance of the page.
#[derive(Clone, Copy, Debug)]
pub struct Browser;

/// The browser as [`Host`].
pub fn host() -> Host {
    let browser = Arc::new(Browser);
    Host { sleep: browser.clone(), clock: browser.clone(), random: browser }
}

impl Sleep for Browser {
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        local(async move {
            let millis = i32::try_from(duration.as_millis()).unwrap_or(i32::MAX);
            let mut timer = None;
            let promise = Promise::new(&mut |resolve, _| {
                if let Some(window) = web_sys::window() {
                    // fails only for a handler that is not a function
                    let set = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
                    timer = Some(Timer(set.unwrap_or(0), resolve));
                }
            });
            // a timer's promise is never rejected
            JsFuture::from(promise).await.ok();
            drop(timer);
        })
    }

    fn turn(&self) -> BoxFuture<'static, ()> {
        // where nobody sees the page there is nothing to paint, and a timer may wait for a minute
        if is_visible() { self.sleep(Duration::ZERO) } else { Box::pin(std::future::ready(())) }
    }
}

thread_local! {
    /// What everybody who waits for the page to be idle waits for.
    static IDLE: RefCell<Option<Promise>> = const { RefCell::new(None) };
}

/// No longer than so many milliseconds, however busy the page is.
const IDLE_BY: u32 = 60;

/// Waits until the page has nothing else to do: for what is drawn, of which several things that come at about the same time
/// are best drawn together. All who wait go on at the same time.
pub async fn idle() {
    if !is_visible() {
        return;
    }
    let begin = || {
        let options = IdleRequestOptions::new();
        options.set_timeout(IDLE_BY);
        Promise::new(&mut |resolve, _| {
            let Some(window) = web_sys::window() else { return };
            // Safari has no such callback
            if window.request_idle_callback_with_options(&resolve, &options).is_err() {
                window.set_timeout_with_callback(&resolve).ok();
            }
        })
    };
    let promise = IDLE.with_borrow_mut(|promise| promise.get_or_insert_with(begin).clone());
    let _waiting = Waiting;
    // never rejected
    JsFuture::from(promise).await.ok();
}

/// Who comes after somebody has waited, or given up, waits for the next end: at worst two wait for two of them.
struct Waiting;

impl Drop for Waiting {
    fn drop(&mut self) {
        IDLE.set(None);
    }
}

/// Does something after whatever else waits for the page now. For the very beginning: the rest of the app has
/// `state::pause`.
pub fn next_turn(act: impl FnOnce() + 'static) {
    if let Some(window) = web_sys::window() {
        // fails only for what is not a function
        window.set_timeout_with_callback(&Closure::once_into_js(act).unchecked_into()).ok();
    }
}

/// A timer that nobody waits for any more is cleared: the limit of a request that was answered in time. Its promise is
/// kept then all the same: what waits for a promise that is never settled stays in memory for good.
struct Timer(i32, Function);

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(window) = web_sys::window() {
            window.clear_timeout_with_handle(self.0);
        }
        // resolving a promise does not throw
        self.1.call0(&JsValue::UNDEFINED).ok();
    }
}

impl Clock for Browser {
    fn ticks(&self) -> u64 {
        let performance = js_sys::Reflect::get(&js_sys::global(), &"performance".into()).ok();
        whole(performance.and_then(|p| p.dyn_into::<Performance>().ok()).map_or_else(Date::now, |p| p.now()))
    }

    fn wall(&self) -> u64 {
        whole(Date::now())
    }
}

impl Random for Browser {
    fn next(&self) -> u64 {
        let half = || whole(Math::random() * f64::from(u32::MAX));
        half() << 32 | half()
    }
}

/// Whole milliseconds of a JS time, which is a positive double.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive and far below 2^53")]
fn whole(millis: f64) -> u64 {
    millis as u64
}
