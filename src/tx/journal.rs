//! Runs that survive a reload and a closed tab.

use super::machine::Run;
use crate::units::sorted;

/// A place for small texts that outlives the page. Every call may fail: private windows forbid it, quotas end it.
pub trait Store: Send + Sync {
    /// All texts whose key begins with `prefix`.
    fn list(&self, prefix: &str) -> Vec<(String, String)>;
    /// Keeps a text. `false` when it could not be kept.
    fn put(&self, key: &str, value: &str) -> bool;
    /// Drops a text.
    fn remove(&self, key: &str);
}

/// Version of the layout of [`Run`] as JSON. A run of another version is not understood and left alone.
const PREFIX: &str = "rota.run.1.";

fn key(run_id: u64) -> String {
    format!("{PREFIX}{run_id:016x}")
}

/// Writes a run. `false` when the store refuses: a reload will not find it.
pub fn save(store: &dyn Store, run: &Run) -> bool {
    serde_json::to_string(run).is_ok_and(|text| store.put(&key(run.run_id), &text))
}

/// What is kept of a run, as text: two readings are equal when nobody wrote in between.
pub fn kept(store: &dyn Store, run_id: u64) -> Option<String> {
    let key = key(run_id);
    store.list(&key).into_iter().find(|(found, _)| *found == key).map(|(_, text)| text)
}

/// Removes a run.
pub fn forget(store: &dyn Store, run: &Run) {
    store.remove(&key(run.run_id));
}

/// Whether there may be a run to load.
pub fn any(store: &dyn Store) -> bool {
    !store.list(PREFIX).is_empty()
}

/// Every run of a network that was not put away.
pub fn load(store: &dyn Store, network: &str) -> Vec<Run> {
    let texts = store.list(PREFIX).into_iter().map(|(_, text)| text);
    let mut runs: Vec<Run> = texts.filter_map(|text| serde_json::from_str(&text).ok()).collect();
    runs.retain(|run| {
        run.plan.network == network && !run.plan.steps.is_empty() && run.steps.len() == run.plan.steps.len()
    });
    sorted(runs, |a, b| a.plan.read_at.number.cmp(&b.plan.read_at.number))
}
