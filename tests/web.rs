//! `platform` in a real browser: `cargo xtask test wasm`.
#![cfg(target_arch = "wasm32")]

#[path = "web/js.rs"]
mod js;
#[path = "web/network.rs"]
mod network;
#[path = "web/page.rs"]
mod page;
#[path = "web/store.rs"]
mod store;
#[path = "web/wallet.rs"]
mod wallet;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
