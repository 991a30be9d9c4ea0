use std::{collections::HashMap, time::Duration};

use leptos::prelude::*;

use crate::{
    chain::{Source, host::Sleep as _},
    platform::{
        Browser, Listener,
        dom::{self, Element, Place},
    },
    state::spawn,
};

/// The figure whose source is open.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Open {
    /// What it is.
    pub(super) label: String,
    /// Where it stands.
    pub(super) place: Place,
    /// Opened by a press: it stays until it is closed.
    pub(super) pinned: bool,
}

/// Where the figures on the page come from, and which one is asked about. One set of listeners serves them all.
#[derive(Clone, Copy)]
pub(crate) struct Sources {
    known: StoredValue<HashMap<String, Source>>,
    pub(super) open: RwSignal<Option<Open>>,
    asked: Memo<bool>,
    /// Counts what the pointer does, so that a timer knows whether it is still wanted.
    intent: StoredValue<u64>,
    /// Whether the focus goes back to a figure right now: it is not asked about.
    returning: StoredValue<bool>,
}

/// Resting on a figure this long shows its source.
const HOVER: Duration = Duration::from_millis(300);
/// Leaving it this long closes it again: time to move into it.
const LEAVE: Duration = Duration::from_millis(250);

impl Sources {
    /// None known; listens for as long as the current owner lives.
    pub(crate) fn start() -> Self {
        let open = RwSignal::new(None);
        let sources = Self {
            known: StoredValue::default(),
            open,
            asked: Memo::new(move |_| open.with(Option::is_some)),
            intent: StoredValue::new(0),
            returning: StoredValue::new(false),
        };
        let kinds = ["click", "mouseover", "mouseout", "focusin", "focusout", "pointerdown", "keydown"];
        let listeners = kinds.map(|kind| Listener::new(kind, move |event| sources.heard(kind, &event)));
        on_cleanup(move || drop(listeners));
        sources
    }

    fn heard(&self, kind: &str, event: &leptos::ev::Event) {
        let inside = || dom::around(event, ".sourcepop").is_some();
        let figure = dom::around(event, ".src");
        match (kind, figure) {
            ("click", Some(figure)) => self.press(&figure),
            ("mouseover", Some(figure)) => {
                let sources = *self;
                self.after(HOVER, move || sources.show(&figure, false));
            }
            ("mouseover", None) if inside() => self.stay(),
            ("mouseout" | "focusout", Some(_)) => self.leave(),
            ("mouseout", None) if inside() => self.leave(),
            // a press focuses too; only the keyboard should open by focus
            ("focusin", Some(figure))
                if !self.returning.get_value() && dom::matches(&figure, ":focus-visible") =>
            {
                self.show(&figure, false);
            }
            ("pointerdown", None) if !inside() => self.open.set(None),
            ("keydown", _) if dom::key(event) == "Escape" => self.open.set(None),
            _ => {}
        }
    }

    fn show(&self, figure: &Element, pinned: bool) {
        let Some(label) = figure.get_attribute("data-source") else { return };
        if pinned || !self.is_pinned() {
            self.open.set(Some(Open { label, place: dom::place(figure), pinned }));
        }
    }

    fn press(&self, figure: &Element) {
        self.stay();
        let label = figure.get_attribute("data-source");
        let again = self.open.with_untracked(|open| {
            open.as_ref().is_some_and(|open| open.pinned && Some(&open.label) == label.as_ref())
        });
        if again {
            self.open.set(None);
        } else {
            self.show(figure, true);
        }
    }

    fn after(&self, pause: Duration, act: impl FnOnce() + 'static) {
        let act: Box<dyn FnOnce()> = Box::new(act);
        let intent = self.intent;
        self.stay();
        let mine = intent.get_value();
        spawn(async move {
            Browser.sleep(pause).await;
            if intent.try_get_value() == Some(mine) {
                act();
            }
        });
    }

    fn leave(&self) {
        let sources = *self;
        self.after(LEAVE, move || {
            if !sources.is_pinned() {
                sources.open.set(None);
            }
        });
    }

    fn stay(&self) {
        self.intent.update_value(|count| *count += 1);
    }

    fn is_pinned(&self) -> bool {
        self.open.with_untracked(|open| open.as_ref().is_some_and(|open| open.pinned))
    }

    /// Remembers where a figure comes from; what is open follows.
    pub(super) fn keep(&self, label: &str, source: Source) {
        let old =
            self.known.try_update_value(|known| known.insert(label.to_owned(), source.clone())).flatten();
        let is_open = self.open.with_untracked(|open| open.as_ref().is_some_and(|open| open.label == label));
        if is_open && old.as_ref() != Some(&source) {
            self.open.notify();
        }
    }

    /// Gives the focus back to a figure.
    pub(super) fn give_back(&self, label: &str) {
        self.returning.set_value(true);
        dom::focus_marked("data-source", label);
        self.returning.set_value(false);
    }

    /// Where a figure comes from.
    pub(super) fn source(&self, label: &str) -> Option<Source> {
        self.known.with_value(|known| known.get(label).cloned())
    }

    /// Whether a source is shown, or waits to be.
    pub(crate) fn is_open(&self) -> bool {
        self.asked.get()
    }

    /// Another page was opened: its figures are others.
    pub(crate) fn forget(&self) {
        self.stay();
        self.open.set(None);
        self.known.update_value(HashMap::clear);
    }
}
