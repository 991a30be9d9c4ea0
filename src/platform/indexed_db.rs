use futures::{
    channel::oneshot,
    future::{BoxFuture, LocalBoxFuture},
};
use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{IdbDatabase, IdbKeyRange, IdbObjectStore, IdbRequest, IdbTransaction, IdbTransactionMode};

use crate::chain::host::{KeptBytes, LogStore, NotKept};

const NAME: &str = "rota";
const TABLE: &str = "bytes";
/// Raised once: a browser that gave up the very first opening halfway has a database of the first version without its
/// table, and making it is what an upgrade does.
const VERSION: u32 = 2;

/// `IndexedDB`: room for megabytes, shared by the tabs of an origin. Private windows may forbid it, and quotas end it.
/// Opened for each use: a connection that is held would be in the way of a browser that clears its data.
#[derive(Clone, Copy, Debug)]
pub struct IndexedDb;

impl LogStore for IndexedDb {
    fn load(&self, prefix: String) -> BoxFuture<'static, Result<Vec<KeptBytes>, NotKept>> {
        to_the_end(async move { load(&prefix).await.ok_or(NotKept::Forbidden) })
    }

    fn write(&self, new: Vec<KeptBytes>, gone: Vec<String>) -> BoxFuture<'static, Result<(), NotKept>> {
        to_the_end(async move {
            let database = open().await.ok_or(NotKept::Forbidden)?;
            let written = write(&database, &new, &gone).await.ok_or(NotKept::Full);
            database.close();
            written
        })
    }
}

/// Runs the work as a task of its own, which ends also when nobody waits for it any more. Were it dropped halfway (by a
/// time limit), the browser would call a handler that is gone; and a first opening without its upgrade leaves a database
/// without a table, for good.
#[expect(clippy::disallowed_methods, reason = "the one task that must not end with its owner")]
fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, NotKept>> + 'static,
) -> BoxFuture<'static, Result<T, NotKept>> {
    let (tell, told) = oneshot::channel();
    let work: LocalBoxFuture<'static, Result<T, NotKept>> = Box::pin(work);
    spawn_local(async move {
        // nobody waits any more
        tell.send(work.await).ok();
    });
    Box::pin(async move { told.await.unwrap_or(Err(NotKept::Forbidden)) })
}

async fn load(prefix: &str) -> Option<Vec<KeptBytes>> {
    let database = open().await?;
    let read = read(&database, prefix).await;
    database.close();
    read
}

async fn read(database: &IdbDatabase, prefix: &str) -> Option<Vec<KeptBytes>> {
    let table = database.transaction_with_str(TABLE).ok()?.object_store(TABLE).ok()?;
    let range = from_prefix(prefix)?;
    let keys = table.get_all_keys_with_key(&range).ok()?;
    let values = table.get_all_with_key(&range).ok()?;
    // asked in one transaction: both lists are of the same moment
    let (keys, values) = futures::join!(done(&keys), done(&values));
    let (keys, values) = (Array::from(&keys?), Array::from(&values?));
    let keys = keys.iter().filter_map(|key| key.as_string());
    Some(keys.zip(values.iter().map(|value| Uint8Array::new(&value).to_vec())).collect())
}

async fn write(database: &IdbDatabase, new: &[KeptBytes], gone: &[String]) -> Option<()> {
    let work = database.transaction_with_str_and_mode(TABLE, IdbTransactionMode::Readwrite).ok()?;
    let table: IdbObjectStore = work.object_store(TABLE).ok()?;
    for prefix in gone {
        table.delete(&from_prefix(prefix)?).ok()?;
    }
    for (key, bytes) in new {
        table.put_with_key(&Uint8Array::from(bytes.as_slice()), &JsValue::from_str(key)).ok()?;
    }
    finished(&work).await
}

fn from_prefix(prefix: &str) -> Option<JsValue> {
    let end = format!("{prefix}\u{ffff}");
    Some(IdbKeyRange::bound(&JsValue::from_str(prefix), &JsValue::from_str(&end)).ok()?.into())
}

async fn open() -> Option<IdbDatabase> {
    // the getter throws where the browser forbids it
    let request = web_sys::window()?.indexed_db().ok()??.open_with_u32(NAME, VERSION).ok()?;
    let of = request.clone();
    let upgrade = Closure::once(move || {
        // it is a database by the specification; making a table fails only where it exists, which is as good
        of.result()
            .ok()
            .and_then(|made| made.unchecked_into::<IdbDatabase>().create_object_store(TABLE).ok());
    });
    request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
    done(&request).await.map(JsCast::unchecked_into)
}

async fn done(request: &IdbRequest) -> Option<JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(promise).await.ok()?;
    request.result().ok()
}

async fn finished(work: &IdbTransaction) -> Option<()> {
    let promise = Promise::new(&mut |resolve, reject| {
        work.set_oncomplete(Some(&resolve));
        work.set_onerror(Some(&reject));
        work.set_onabort(Some(&reject));
    });
    JsFuture::from(promise).await.ok().map(drop)
}
