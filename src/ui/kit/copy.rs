use std::time::Duration;

use leptos::prelude::*;

use super::icon;
use crate::{
    chain::host::Sleep as _,
    platform::{
        self, Browser, Listener,
        dom::{self, Element},
    },
    state::spawn,
};

/// Says what came of a press to those who do not see the mark change.
const SAID: &str = "said";

/// Puts exactly this text on the clipboard. `label` names it for those who do not see the mark: `Copy address
/// 0x27…B0`; `word` stands beside the mark.
pub(crate) fn copy_button(text: String, label: String, word: &'static str, class: &'static str) -> AnyView {
    view! {
        <button type="button" class=class aria-label=label data-copy=text>{icon("copy", 14)}{word}</button>
    }
    .into_any()
}

/// Answers every copy button of the page, and is where the outcome is said.
pub(crate) fn listen_for_copies() -> AnyView {
    let listener = Listener::new("click", |event| {
        let Some(button) = dom::around(&event, "[data-copy]") else { return };
        if let Some(text) = button.get_attribute("data-copy") {
            spawn(copy(button, text));
        }
    });
    on_cleanup(move || drop(listener));
    view! { <span class="vh" role="status" id=SAID></span> }.into_any()
}

async fn copy(button: Element, text: String) {
    let (mark, said) = if platform::copy(&text).await {
        ("#i-check", "Copied")
    } else {
        ("#i-x", "The browser does not allow copying")
    };
    dom::mark(&button, "use", "href", mark);
    dom::set_text(SAID, said);
    Browser.sleep(Duration::from_secs(2)).await;
    dom::mark(&button, "use", "href", "#i-copy");
    dom::set_text(SAID, "");
}
