//! A panic ends the program: wasm does not unwind. The page says so instead of standing still.

use std::panic::PanicHookInfo;

/// Logs a panic with its place, and shows the notice in `index.html` that offers a reload.
pub fn install() {
    std::panic::set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        console_error_panic_hook::hook(info);
        if let Some(notice) =
            web_sys::window().and_then(|window| window.document()?.get_element_by_id("crash"))
        {
            notice.remove_attribute("hidden").ok();
        }
    }));
}
