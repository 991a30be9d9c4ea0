//! Storage, locks, time.

use std::time::Duration;

use js_sys::{Function, Promise};
use rota::{
    chain::host::{Clock as _, LogStore as _, Random as _, Sleep as _},
    platform::{Browser, IndexedDb, LocalStorage, WebLocks},
    tx::{driver::Locks as _, journal::Store as _},
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::js;

async fn millis(millis: u64) {
    Browser.sleep(Duration::from_millis(millis)).await;
}

#[wasm_bindgen_test]
fn storage_keeps_texts_by_prefix() {
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    LocalStorage.clear("test.");
    assert!(LocalStorage.put("test.a.1", "one") && LocalStorage.put("test.a.2", "two"));
    assert!(LocalStorage.put("test.b", "ünïcode\n"));
    let mut listed = LocalStorage.list("test.a.");
    listed.sort();
    assert_eq!(listed, [pair("test.a.1", "one"), pair("test.a.2", "two")]);
    assert_eq!(LocalStorage.get("test.b").as_deref(), Some("ünïcode\n"));

    LocalStorage.remove("test.a.1");
    LocalStorage.remove("test.never was");
    assert_eq!(LocalStorage.list("test.a."), [pair("test.a.2", "two")]);
    LocalStorage.clear("test.a.");
    assert_eq!(LocalStorage.list("test."), [pair("test.b", "ünïcode\n")]);
    LocalStorage.clear("test.");
    assert_eq!(LocalStorage.get("test.b"), None);
}

#[wasm_bindgen_test]
fn a_full_storage_says_so() {
    let much = "x".repeat(6 << 20);
    assert!(!LocalStorage.put("test.much", &much));
    assert_eq!(LocalStorage.get("test.much"), None);
}

#[wasm_bindgen_test]
async fn the_first_opening_of_a_database_ends_also_when_nobody_waits() {
    let databases = js::get(&js_sys::global(), "indexedDB");
    let delete: Function = js::get(&databases, "deleteDatabase").unchecked_into();
    let request = delete.call1(&databases, &"rota".into()).expect("asked");
    wasm_bindgen_futures::JsFuture::from(Promise::new(&mut |gone, _| js::set(&request, "onsuccess", &gone)))
        .await
        .expect("deleted");
    let mut loading = IndexedDb.load(String::new());
    assert!(futures::poll!(&mut loading).is_pending());
    drop(loading);
    millis(100).await;

    // had the opening been dropped with it, there would be a database without a table
    IndexedDb.write(vec![("test".into(), vec![1, 2])], Vec::new()).await.expect("kept");
    assert_eq!(IndexedDb.load("te".into()).await, Ok(vec![("test".to_owned(), vec![1, 2])]));
    IndexedDb.write(Vec::new(), vec!["te".into()]).await.expect("forgotten");
    assert_eq!(IndexedDb.load(String::new()).await, Ok(Vec::new()));
}

#[wasm_bindgen_test]
async fn a_lock_has_one_holder() {
    let first = WebLocks.try_lock("test.one").await;
    assert!(first.is_some());
    assert!(WebLocks.try_lock("test.one").await.is_none());
    assert!(WebLocks.try_lock("test.other").await.is_some());
    drop(first);
    for _ in 0..50 {
        if WebLocks.try_lock("test.one").await.is_some() {
            return;
        }
        // the browser hears of it in its own time
        millis(10).await;
    }
    panic!("the lock was not given back");
}

#[wasm_bindgen_test]
async fn a_lock_that_another_tab_holds_is_not_free() {
    let locks = js::get(&js::get(&js_sys::global(), "navigator"), "locks");
    let request: Function = js::get(&locks, "request").unchecked_into();
    // a promise that stays open holds it
    let hold = js::function(|_| Ok(Promise::new(&mut |_, _| {}).into()));
    request.call2(&locks, &"test.elsewhere".into(), &hold).expect("asked");
    assert!(WebLocks.try_lock("test.elsewhere").await.is_none());
}

#[wasm_bindgen_test]
async fn time_passes_while_it_sleeps() {
    let (ticks, wall) = (Browser.ticks(), Browser.wall());
    millis(30).await;
    assert!(Browser.ticks() >= ticks + 29, "{} after {ticks}", Browser.ticks());
    assert!(Browser.wall() >= wall);
    // 2026 has begun
    assert!(wall > 1_767_225_600_000);
    // a duration no timer takes is a long one, not one of zero
    let long = Browser.sleep(Duration::from_secs(u64::MAX / 2_000));
    let short = Browser.sleep(Duration::from_millis(20));
    assert!(matches!(futures::future::select(long, short).await, futures::future::Either::Right(_)));
}

#[wasm_bindgen_test]
fn chance_does_not_repeat_itself() {
    let drawn: std::collections::BTreeSet<u64> = (0..100).map(|_| Browser.next()).collect();
    assert_eq!(drawn.len(), 100);
    assert!(drawn.iter().any(|bits| bits >> 32 != 0));
}
