use web_sys::Storage;

use crate::tx::journal::Store;

/// `localStorage`. Private windows forbid it and quotas end it: every call may come to nothing.
#[derive(Clone, Copy, Debug)]
pub struct LocalStorage;

impl LocalStorage {
    fn storage() -> Option<Storage> {
        web_sys::window()?.local_storage().ok()?
    }

    /// The text kept under `key`.
    pub fn get(&self, key: &str) -> Option<String> {
        Self::storage()?.get_item(key).ok()?
    }

    /// Removes everything whose key begins with `prefix`.
    pub fn clear(&self, prefix: &str) {
        for (key, _) in self.list(prefix) {
            self.remove(&key);
        }
    }
}

impl Store for LocalStorage {
    fn list(&self, prefix: &str) -> Vec<(String, String)> {
        let Some(storage) = Self::storage() else { return Vec::new() };
        let keys = (0..storage.length().unwrap_or(0)).filter_map(|index| storage.key(index).ok()?);
        let ours = keys.filter(|key| key.starts_with(prefix));
        ours.filter_map(|key| Some((key.clone(), storage.get_item(&key).ok()??))).collect()
    }

    fn put(&self, key: &str, value: &str) -> bool {
        Self::storage().is_some_and(|storage| storage.set_item(key, value).is_ok())
    }

    fn remove(&self, key: &str) {
        if let Some(storage) = Self::storage() {
            // removing what is not there is no error
            storage.remove_item(key).ok();
        }
    }
}
