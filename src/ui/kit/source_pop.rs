use std::sync::Arc;

use alloy_primitives::Address;
use leptos::prelude::*;

use super::{Sources, addr, copy_button, icon, live, press, sources::Open};
use crate::{chain::Source, platform::dom, state::spawn, units::format};

/// A source in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Described {
    /// The contract, by name and address, and where the explorer shows it.
    pub(crate) contract: Option<(String, Address, Option<String>)>,
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
    pub(crate) inputs: Vec<(&'static str, Self)>,
}

/// Puts a source into words.
pub(crate) type Describe = Arc<dyn Fn(&Source) -> Described + Send + Sync>;
/// Reads everything on the page again.
pub(crate) type Reread = Arc<dyn Fn() + Send + Sync>;

/// Shows the open source beside its figure. One that was pressed takes the focus, and gives it back to the figure.
pub(crate) fn source_pop(sources: Sources, describe: Describe, reread: Reread) -> AnyView {
    // what it says is written anew with every block; the box, where the focus may be, stays
    let shown = Memo::new(move |_| sources.open.get());
    live(move || match shown.get() {
        Some(open) => {
            let (describe, reread) = (describe.clone(), reread.clone());
            untrack(move || popover(sources, open, describe, reread))
        }
        None => ().into_any(),
    })
}

const ID: &str = "source";

fn popover(sources: Sources, open: Open, describe: Describe, reread: Reread) -> AnyView {
    let (left, top, bottom) = position(&open);
    let (name, figure) = (open.label.clone(), open.label.clone());
    if open.pinned {
        // what is drawn at the end of the page is out of reach otherwise
        spawn(async { dom::focus(ID) });
    }
    on_cleanup(move || {
        if dom::holds_focus(ID) {
            sources.give_back(&figure);
        }
    });
    let body = live(move || {
        sources.open.track();
        let Some(described) = sources.source(&open.label).map(|source| describe(&source)) else {
            return ().into_any();
        };
        let origin = if described.formula.is_some() { "Computed here" } else { "Read on chain" };
        let reread = reread.clone();
        view! {
            <div class="row apart">
                <b>{open.label.clone()}</b>
                <span class="badge ok">{icon("check", 12)}{origin}</span>
            </div>
            {facts(described)}
            <div class="row">
                <button type="button" class="btn quiet sm" on:click=press(move || reread())>"Read again"</button>
            </div>
        }
        .into_any()
    });
    view! {
        <div
            class="pop sourcepop"
            id=ID
            role="dialog"
            tabindex="-1"
            aria-label=format!("Source of {name}")
            style=("left", left)
            style=("top", top)
            style=("bottom", bottom)
        >
            {body}
        </div>
    }
    .into_any()
}

/// Below the figure, or above it where there is no room.
fn position(open: &Open) -> (String, String, String) {
    let (width, height) = dom::viewport();
    let auto = || "auto".to_owned();
    let left = format!("{}px", open.place.left.min(width - 352).max(8));
    if open.place.bottom + 320 < height || open.place.top < 320 {
        (left, format!("{}px", open.place.bottom + 6), auto())
    } else {
        (left, auto(), format!("{}px", height - open.place.top + 6))
    }
}

fn facts(described: Described) -> AnyView {
    let fact = |name: &'static str, value: AnyView| view! { <dt>{name}</dt><dd>{value}</dd> }.into_any();
    let mut lines = Vec::new();
    if let Some(formula) = described.formula {
        lines.push(fact("Formula", formula.into_any()));
    }
    if let Some((name, address, explorer)) = described.contract {
        lines.push(fact("Contract", view! { {name}" "{addr(address, explorer)} }.into_any()));
    }
    if let Some(what) = described.what {
        lines.push(fact("Reads", view! { <code>{what}</code> }.into_any()));
    }
    if let Some(raw) = described.raw {
        lines.push(fact("Raw value", view! { <span class="mono">{raw}</span> }.into_any()));
    }
    if let Some(block) = described.block {
        lines.push(fact("Block", format::count(block).into_any()));
    }
    let copy = described.command.map(|command| {
        let button = copy_button(command, "Copy the cast command".to_owned(), "Copy cast call", "btn sm");
        view! { <div class="row">{button}</div> }
    });
    let inputs = described.inputs.into_iter().map(|(name, input)| {
        view! { <div class="input-source"><h3>{name}</h3>{facts(input)}</div> }.into_any()
    });
    view! { <dl class="facts">{lines}</dl>{copy}{inputs.collect::<Vec<_>>()} }.into_any()
}
