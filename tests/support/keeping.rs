//! Where runs are kept, and who may carry them on, within one process.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use rota::{
    chain::host::{BoxFuture, KeptBytes, LogStore, NotKept},
    tx::{driver::Locks, journal::Store},
};

/// A store that lives as long as its clones: two drivers with one of them are two tabs of one browser.
#[derive(Clone, Default)]
pub struct Memory {
    texts: Arc<Mutex<BTreeMap<String, String>>>,
    full: bool,
}

impl Memory {
    /// A store that refuses, as in a private window.
    pub fn refusing() -> Self {
        Self { full: true, ..Self::default() }
    }

    /// Everything in it.
    pub fn texts(&self) -> BTreeMap<String, String> {
        self.texts.lock().expect("not poisoned").clone()
    }
}

impl Store for Memory {
    fn list(&self, prefix: &str) -> Vec<(String, String)> {
        self.texts().into_iter().filter(|(key, _)| key.starts_with(prefix)).collect()
    }

    fn put(&self, key: &str, value: &str) -> bool {
        if !self.full {
            self.texts.lock().expect("not poisoned").insert(key.to_owned(), value.to_owned());
        }
        !self.full
    }

    fn remove(&self, key: &str) {
        self.texts.lock().expect("not poisoned").remove(key);
    }
}

/// Locks between the drivers of one process.
#[derive(Clone, Default)]
pub struct Mutexes(Arc<Mutex<BTreeSet<String>>>);

impl Mutexes {
    /// The locks that are taken.
    pub fn held(&self) -> BTreeSet<String> {
        self.0.lock().expect("not poisoned").clone()
    }
}

struct Guard {
    name: String,
    mutexes: Mutexes,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.mutexes.0.lock().expect("not poisoned").remove(&self.name);
    }
}

impl Locks for Mutexes {
    fn try_lock(&self, name: &str) -> BoxFuture<'static, Option<Box<dyn Send>>> {
        let (name, mutexes) = (name.to_owned(), self.clone());
        Box::pin(async move {
            let free = mutexes.0.lock().expect("not poisoned").insert(name.clone());
            free.then(|| Box::new(Guard { name, mutexes }) as Box<dyn Send>)
        })
    }
}

/// Bytes that live as long as the clones of their store: two archives with one of them are two tabs of one browser.
#[derive(Clone, Default)]
pub struct Shelf {
    records: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    refuses: Option<NotKept>,
}

impl Shelf {
    /// A store that can be read and not written, or not even read.
    pub fn refusing(why: NotKept) -> Self {
        Self { refuses: Some(why), ..Self::default() }
    }

    /// Everything in it, to look at and to break.
    pub fn records(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.records.lock().expect("not poisoned")
    }
}

impl LogStore for Shelf {
    fn load(&self, prefix: String) -> BoxFuture<'static, Result<Vec<KeptBytes>, NotKept>> {
        let found = self.records().clone().into_iter().filter(|(key, _)| key.starts_with(&prefix)).collect();
        let answer =
            if self.refuses == Some(NotKept::Forbidden) { Err(NotKept::Forbidden) } else { Ok(found) };
        Box::pin(async { answer })
    }

    fn write(&self, new: Vec<KeptBytes>, gone: Vec<String>) -> BoxFuture<'static, Result<(), NotKept>> {
        if let Some(why) = self.refuses {
            return Box::pin(async move { Err(why) });
        }
        let mut records = self.records();
        records.retain(|key, _| !gone.iter().any(|prefix| key.starts_with(prefix)));
        records.extend(new);
        Box::pin(async { Ok(()) })
    }
}
