use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use super::Icon;
use crate::{
    chain::host::Sleep as _,
    platform::{self, Browser},
};

/// Puts exactly the text that is shown on the clipboard, and says whether that worked.
#[component]
pub(crate) fn CopyButton(
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// Name for those who do not see the mark: `Copy address 0x27…B0`.
    #[prop(into)]
    label: String,
    /// A word beside the mark.
    #[prop(optional)]
    word: &'static str,
    #[prop(default = "")] class: &'static str,
) -> impl IntoView {
    let (outcome, set_outcome) = signal(None::<bool>);
    let copy = move |_| {
        let text = text.get_untracked();
        spawn_local(async move {
            set_outcome.try_set(Some(platform::copy(&text).await));
            Browser.sleep(Duration::from_secs(2)).await;
            set_outcome.try_set(None);
        });
    };
    let said = move || match outcome.get() {
        Some(true) => "Copied",
        Some(false) => "The browser does not allow copying",
        None => "",
    };
    view! {
        <button type="button" class=class aria-label=label on:click=copy>
            {move || match outcome.get() {
                Some(true) => view! { <Icon name="check" size=14/> },
                Some(false) => view! { <Icon name="x" size=14/> },
                None => view! { <Icon name="copy" size=14/> },
            }}
            {word}
        </button>
        <span class="vh" role="status">{said}</span>
    }
}
