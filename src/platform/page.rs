use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, Document, HtmlAnchorElement, HtmlElement, Url, VisibilityState};

use super::Listener;

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// The element that the app is drawn into. Not seen before [`unveil`].
pub fn app_root() -> Option<HtmlElement> {
    document()?.get_element_by_id("app")?.dyn_into().ok()
}

/// The app takes the place of what `index.html` shows until then. Once is enough.
pub fn unveil() {
    let element = |id| document()?.get_element_by_id(id);
    if let (Some(before), Some(app)) = (element("boot-page"), element("app")) {
        before.remove();
        // present until now, which is what it was looked for by
        app.remove_attribute("hidden").ok();
    }
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system is set.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// Sets the page's theme. `public/boot.js` does the same before the first paint, from the same stored setting.
pub fn set_theme(theme: Theme) {
    let Some(root) = document().and_then(|document| document.document_element()) else { return };
    // neither call fails for a constant, legal name
    match theme {
        Theme::System => root.remove_attribute("data-theme").ok(),
        Theme::Light => root.set_attribute("data-theme", "light").ok(),
        Theme::Dark => root.set_attribute("data-theme", "dark").ok(),
    };
}

/// Sets the tab's title.
pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// Loads the page again.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        // refused only for a page that is going away anyway
        window.location().reload().ok();
    }
}

/// Back to the top, as a new page begins.
pub fn scroll_to_top() {
    if let Some(window) = web_sys::window() {
        window.scroll_to_with_x_and_y(0.0, 0.0);
    }
}

/// Whether the tab can be seen.
pub fn is_visible() -> bool {
    document().is_none_or(|document| document.visibility_state() == VisibilityState::Visible)
}

/// Calls `changed` when the tab is shown or hidden, until the listener is dropped.
pub fn on_visible(changed: impl Fn(bool) + 'static) -> Listener {
    Listener::new("visibilitychange", move |_| changed(is_visible()))
}

/// Offers a text as a file. It is made in the page and sent nowhere.
pub fn download(name: &str, mime: &str, text: &str) {
    let options = BlobPropertyBag::new();
    options.set_type(mime);
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options);
    let url = blob.and_then(|blob| Url::create_object_url_with_blob(&blob));
    if let (Ok(url), Some(document)) = (url, document()) {
        if let Ok(anchor) = document.create_element("a").map(JsCast::unchecked_into::<HtmlAnchorElement>) {
            anchor.set_href(&url);
            anchor.set_download(name);
            anchor.click();
        }
        Url::revoke_object_url(&url).ok();
    }
}
