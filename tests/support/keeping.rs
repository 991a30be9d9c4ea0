//! Where runs are kept, and who may carry them on, within one process.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use rota::{
    chain::host::BoxFuture,
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
