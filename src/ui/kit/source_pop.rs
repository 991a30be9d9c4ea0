use std::time::Duration;

use alloy_primitives::Address;
use leptos::{ev, prelude::*, task::spawn_local};

use super::{Addr, CopyButton, Icon};
use crate::{
    chain::{Source, host::Sleep as _},
    platform::{
        Browser,
        dom::{self, Element, Place},
    },
    units::format,
};

/// A source in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Described {
    /// The contract, by name and address.
    pub(crate) contract: Option<(String, Address)>,
    /// Function with its arguments, event, header field.
    pub(crate) what: Option<String>,
    /// What the chain said, undecorated.
    pub(crate) raw: Option<String>,
    /// Height.
    pub(crate) block: Option<u64>,
    /// The command that reads the same.
    pub(crate) command: Option<String>,
    /// How it is computed.
    pub(crate) formula: Option<&'static str>,
    /// From what.
    pub(crate) inputs: Vec<(&'static str, Described)>,
}

#[derive(Clone, PartialEq)]
struct Open {
    label: String,
    source: Source,
    place: Place,
    /// Opened by a press: it stays until it is closed.
    pinned: bool,
}

/// Which figure's source is open. One at a time, as context.
#[derive(Clone, Copy)]
pub(crate) struct Sources {
    open: RwSignal<Option<Open>>,
    /// Counts what the pointer does, so that a timer knows whether it is still wanted.
    intent: StoredValue<u64>,
}

/// Resting on a figure this long shows its source.
const HOVER: Duration = Duration::from_millis(300);
/// Leaving it this long closes it again: time to move into it.
const LEAVE: Duration = Duration::from_millis(250);

impl Sources {
    /// Nothing open, as context.
    pub(crate) fn provide() -> Self {
        let sources = Self { open: RwSignal::new(None), intent: StoredValue::new(0) };
        provide_context(sources);
        sources
    }

    fn show(&self, label: String, source: &Source, anchor: &Element, pinned: bool) {
        self.open.set(Some(Open { label, source: source.clone(), place: dom::place(anchor), pinned }));
    }

    fn after(&self, pause: Duration, act: impl FnOnce() + 'static) {
        let intent = self.intent;
        intent.update_value(|count| *count += 1);
        let mine = intent.get_value();
        spawn_local(async move {
            Browser.sleep(pause).await;
            if intent.try_get_value() == Some(mine) {
                act();
            }
        });
    }

    pub(super) fn press(&self, label: String, source: Option<Source>, anchor: &Element) {
        let Some(source) = source else { return };
        self.intent.update_value(|count| *count += 1);
        let again = self
            .open
            .with_untracked(|open| open.as_ref().is_some_and(|open| open.pinned && open.source == source));
        if again {
            self.open.set(None);
        } else {
            self.show(label, &source, anchor, true);
        }
    }

    pub(super) fn hover(&self, label: String, source: Option<Source>, anchor: &Element) {
        let Some(source) = source.filter(|_| !self.is_pinned()) else { return };
        let (sources, anchor) = (*self, anchor.clone());
        self.after(HOVER, move || sources.show(label, &source, &anchor, false));
    }

    pub(super) fn focus(&self, label: String, source: Option<Source>, anchor: &Element) {
        // a press focuses too; only the keyboard should open by focus
        if let Some(source) = source.filter(|_| !self.is_pinned() && dom::focused_by_keyboard(anchor)) {
            self.show(label, &source, anchor, false);
        }
    }

    pub(super) fn leave(&self) {
        let open = self.open;
        self.after(LEAVE, move || {
            open.try_update(|open| {
                if open.as_ref().is_some_and(|open| !open.pinned) {
                    *open = None;
                }
            });
        });
    }

    fn keep(&self) {
        self.intent.update_value(|count| *count += 1);
    }

    fn is_pinned(&self) -> bool {
        self.open.with_untracked(|open| open.as_ref().is_some_and(|open| open.pinned))
    }

    /// Closes it: another page was opened.
    pub(crate) fn close(&self) {
        self.keep();
        self.open.set(None);
    }
}

/// Shows the open source beside its figure.
#[component]
pub(crate) fn SourcePop(
    sources: Sources,
    /// Puts a source into words.
    describe: impl Fn(&Source) -> Described + Send + Sync + 'static,
    /// Where the explorer shows a contract.
    explorer: impl Fn(Address) -> Option<String> + Send + Sync + Copy + 'static,
    /// Reads everything on the page again.
    reread: impl Fn() + Send + Sync + Copy + 'static,
) -> impl IntoView {
    let outside = window_event_listener(ev::pointerdown, move |event| {
        if !dom::happened_in(&event, ".sourcepop, .src") {
            sources.open.set(None);
        }
    });
    let escape = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" {
            sources.open.set(None);
        }
    });
    on_cleanup(move || {
        outside.remove();
        escape.remove();
    });
    let position = move |place: Place| {
        let (width, height) = dom::viewport();
        let left = place.left.min(width - 352.0).max(8.0);
        // above the figure where there is no room below
        let below = place.bottom + 320.0 < height || place.top < 320.0;
        let auto = || "auto".to_owned();
        let top = if below { format!("{}px", place.bottom + 6.0) } else { auto() };
        let bottom = if below { auto() } else { format!("{}px", height - place.top + 6.0) };
        (format!("{left}px"), top, bottom)
    };
    move || {
        sources.open.get().map(|open| {
            let (left, top, bottom) = position(open.place);
            let described = describe(&open.source);
            let derived = described.formula.is_some();
            view! {
                <div
                    class="pop sourcepop"
                    role="dialog"
                    aria-label=format!("Source of {}", open.label)
                    style:left=left
                    style:top=top
                    style:bottom=bottom
                    on:mouseenter=move |_| sources.keep()
                    on:mouseleave=move |_| sources.leave()
                >
                    <div class="row apart">
                        <b>{open.label.clone()}</b>
                        <span class="badge ok">
                            <Icon name="check" size=12/>
                            {if derived { "Computed here" } else { "Read on chain" }}
                        </span>
                    </div>
                    {facts(&described, explorer)}
                    <div class="row">
                        <button type="button" class="btn quiet sm" on:click=move |_| reread()>"Read again"</button>
                    </div>
                </div>
            }
        })
    }
}

fn facts(
    described: &Described,
    explorer: impl Fn(Address) -> Option<String> + Copy + Send + 'static,
) -> AnyView {
    let described = described.clone();
    let command = described.command.clone();
    view! {
        <dl class="facts">
            {described.formula.map(|formula| view! { <dt>"Formula"</dt><dd>{formula}</dd> })}
            {described
                .contract
                .map(|(name, address)| {
                    view! {
                        <dt>"Contract"</dt>
                        <dd>{name} " " <Addr address=address explorer=explorer(address)/></dd>
                    }
                })}
            {described.what.map(|what| view! { <dt>"Reads"</dt><dd><code>{what}</code></dd> })}
            {described.raw.map(|raw| view! { <dt>"Raw value"</dt><dd class="mono">{raw}</dd> })}
            {described.block.map(|block| view! { <dt>"Block"</dt><dd>{format::count(block)}</dd> })}
        </dl>
        {command
            .map(|command| {
                view! {
                    <div class="row">
                        <CopyButton text=command.clone() label="Copy the cast command" word="Copy cast call" class="btn sm"/>
                    </div>
                }
            })}
        {described
            .inputs
            .into_iter()
            .map(|(name, input)| view! { <div class="input-source"><h3>{name}</h3>{facts(&input, explorer)}</div> })
            .collect_view()}
    }
    .into_any()
}
