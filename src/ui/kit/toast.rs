use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use super::{Icon, Spinner};
use crate::{chain::host::Sleep as _, platform::Browser};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tone {
    Busy,
    Good,
    Bad,
}

#[derive(Clone, Debug, PartialEq)]
struct Toast {
    toast_id: u64,
    tone: Tone,
    title: String,
    text: String,
}

/// Short messages at the edge of the page. Good news leaves by itself, bad news stays until it is read.
#[derive(Clone, Copy)]
pub(crate) struct Toasts(RwSignal<Vec<Toast>>);

impl Toasts {
    /// An empty tray, as context.
    pub(crate) fn provide() -> Self {
        let toasts = Self(RwSignal::new(Vec::new()));
        provide_context(toasts);
        toasts
    }

    fn push(&self, tone: Tone, title: String, text: String) {
        let list = self.0;
        let toast_id = list.with_untracked(|list| list.last().map_or(0, |last| last.toast_id + 1));
        list.update(|list| list.push(Toast { toast_id, tone, title, text }));
        if tone != Tone::Bad {
            spawn_local(async move {
                Browser.sleep(Duration::from_secs(6)).await;
                list.try_update(|list| list.retain(|toast| toast.toast_id != toast_id));
            });
        }
    }

    /// Something was done.
    pub(crate) fn good(&self, title: impl Into<String>, text: impl Into<String>) {
        self.push(Tone::Good, title.into(), text.into());
    }

    /// Something is under way.
    pub(crate) fn busy(&self, title: impl Into<String>, text: impl Into<String>) {
        self.push(Tone::Busy, title.into(), text.into());
    }

    /// Something failed.
    pub(crate) fn bad(&self, title: impl Into<String>, text: impl Into<String>) {
        self.push(Tone::Bad, title.into(), text.into());
    }
}

/// Shows the messages.
#[component]
pub(crate) fn ToastTray(toasts: Toasts) -> impl IntoView {
    let list = toasts.0;
    let mark = |tone| match tone {
        Tone::Busy => view! { <span class="accentc"><Spinner size=18/></span> }.into_any(),
        Tone::Good => view! { <span class="ok"><Icon name="check" size=18/></span> }.into_any(),
        Tone::Bad => view! { <span class="bad"><Icon name="x" size=18/></span> }.into_any(),
    };
    view! {
        <div class="toasts">
            <For each=move || list.get() key=|toast| toast.toast_id let:toast>
                <div class="toast" role=if toast.tone == Tone::Bad { "alert" } else { "status" }>
                    {mark(toast.tone)} <b>{toast.title.clone()}</b>
                    <button
                        type="button"
                        class="btn quiet icon sm"
                        aria-label="Dismiss"
                        on:click=move |_| list.update(|list| list.retain(|other| other.toast_id != toast.toast_id))
                    >
                        <Icon name="x" size=14/>
                    </button>
                    <p>{toast.text.clone()}</p>
                </div>
            </For>
        </div>
    }
}
