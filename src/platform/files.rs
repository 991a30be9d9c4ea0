//! Files that a person chose or dropped. They are read in the page and sent nowhere.

use js_sys::{Array, Reflect};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Event};

/// A file that was not read yet.
#[derive(Clone, Debug)]
pub struct PickedFile {
    /// Its name, as its owner chose it: untrusted.
    pub name: String,
    /// Bytes.
    pub size: usize,
    blob: SendWrapper<Blob>,
}

/// The files of a file field, or of what was dropped; the browser does nothing else with them.
pub fn picked(event: &Event) -> Vec<PickedFile> {
    event.prevent_default();
    let property = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).unwrap_or_default();
    let dropped = property(event.as_ref(), "dataTransfer");
    let holder = if dropped.is_object() { dropped } else { property(event.as_ref(), "target") };
    let files = property(&holder, "files");
    if !files.is_object() {
        return Vec::new();
    }
    let file = |file: JsValue| {
        let name = property(&file, "name").as_string().unwrap_or_default();
        let blob: Blob = file.dyn_into().ok()?;
        Some(PickedFile { name, size: whole(blob.size()), blob: SendWrapper::new(blob) })
    };
    let files = Array::from(&files).iter().filter_map(file).collect();
    // the same file can be chosen again
    Reflect::set(&holder, &"value".into(), &"".into()).ok();
    files
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates; sizes are whole numbers"
)]
const fn whole(size: f64) -> usize {
    size as usize
}

impl PickedFile {
    /// Its first bytes as text; `None` when it cannot be read.
    pub async fn beginning(&self, bytes: i32) -> Option<String> {
        text(&self.blob.slice_with_i32_and_i32(0, bytes).ok()?).await
    }

    /// All of it as text; `None` when it cannot be read.
    pub async fn text(&self) -> Option<String> {
        text(&self.blob).await
    }
}

async fn text(blob: &Blob) -> Option<String> {
    JsFuture::from(blob.text()).await.ok()?.as_string()
}
