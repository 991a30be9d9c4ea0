use std::time::Duration;

use leptos::prelude::*;

use super::{icon, live, press, spinner};
use crate::{chain::host::Sleep as _, platform::Browser, state::spawn};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tone {
    Busy,
    Good,
    Bad,
}

#[derive(Clone, Debug, PartialEq)]
struct Toast {
    number: u64,
    about: Option<u64>,
    tone: Tone,
    title: String,
    text: String,
}

/// Short messages at the edge of the page. Good news leaves by itself, bad news stays until it is read, or until what it is
/// about went on.
#[derive(Clone, Copy)]
pub(crate) struct Toasts {
    list: RwSignal<Vec<Toast>>,
    /// How many there ever were: a number is never used again, or the timer of a message that was put away would take
    /// another one with it.
    count: StoredValue<u64>,
    about: Option<u64>,
}

impl Toasts {
    /// An empty tray.
    pub(crate) fn start() -> Self {
        Self { list: RwSignal::new(Vec::new()), count: StoredValue::new(0), about: None }
    }

    /// For messages about a run of transactions, by its number: those that were there before are out of date.
    pub(crate) fn about(mut self, run: u64) -> Self {
        self.about = Some(run);
        if self.list.with_untracked(|list| list.iter().any(|toast| toast.about == self.about)) {
            self.list.update(|list| list.retain(|toast| toast.about != self.about));
        }
        self
    }

    fn push(&self, tone: Tone, title: String, text: String) {
        let tray = *self;
        let number = tray.count.get_value();
        tray.count.set_value(number + 1);
        tray.list.update(|list| list.push(Toast { number, about: tray.about, tone, title, text }));
        if tone != Tone::Bad {
            spawn(async move {
                Browser.sleep(Duration::from_secs(6)).await;
                tray.drop(number);
            });
        }
    }

    fn drop(&self, number: u64) {
        self.list.update(|list| list.retain(|toast| toast.number != number));
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
pub(crate) fn toast_tray(toasts: Toasts) -> AnyView {
    let line = move |toast: Toast| {
        let (role, tone, mark) = match toast.tone {
            Tone::Busy => ("status", "accentc", spinner(18)),
            Tone::Good => ("status", "ok", icon("check", 18)),
            Tone::Bad => ("alert", "bad", icon("x", 18)),
        };
        view! {
            <div class="toast" role=role>
                <span class=tone>{mark}</span><b>{toast.title}</b>
                <button type="button" class="btn quiet icon sm" aria-label="Dismiss" on:click=press(move || toasts.drop(toast.number))>
                    {icon("x", 14)}
                </button>
                <p>{toast.text}</p>
            </div>
        }
        .into_any()
    };
    let list = live(move || toasts.list.get().into_iter().map(line).collect::<Vec<_>>().into_any());
    view! { <div class="toasts">{list}</div> }.into_any()
}
