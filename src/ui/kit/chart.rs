//! Charts: plain SVG whose lengths across are parts of the width, so that it is drawn at the width there is and no
//! text is ever scaled. Every chart can be read as a sentence, value by value with the arrow keys, and as a table.

use leptos::prelude::*;

use super::{live, press};
use crate::platform::dom;

/// What a chart shows, in words: the same rows make the table, the spoken values and the tips.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    /// The finding, in a sentence.
    pub(crate) finding: String,
    /// Headings of the table.
    pub(crate) columns: Vec<String>,
    /// One row per mark, in the order of the marks.
    pub(crate) rows: Vec<Vec<String>>,
}

/// How a reader looks at a chart. Lives outside of what is drawn again at every block.
#[derive(Clone, Copy)]
pub(crate) struct Looking {
    as_table: RwSignal<bool>,
    at: RwSignal<Option<usize>>,
}

impl Looking {
    /// At the drawing, at no value.
    pub(crate) fn new() -> Self {
        Self { as_table: RwSignal::new(false), at: RwSignal::new(None) }
    }

    /// The button that turns the drawing into a table and back.
    pub(crate) fn toggle(&self) -> AnyView {
        let as_table = self.as_table;
        live(move || {
            let words = if as_table.get() { "View as chart" } else { "View as table" };
            let turn = press(move || as_table.update(|on| *on = !*on));
            view! { <button type="button" class="btn quiet sm" on:click=turn>{words}</button> }.into_any()
        })
    }
}

/// The drawing with its sentence and the value that is pointed at, or the table.
pub(crate) fn chart(looking: Looking, told: Told, height: u32, marks: AnyView) -> AnyView {
    if looking.as_table.get() {
        return table(told);
    }
    let last = told.rows.len().saturating_sub(1);
    let at = looking.at;
    let step: Box<dyn FnMut(leptos::ev::KeyboardEvent)> = Box::new(move |event| {
        let now = at.get_untracked();
        let next = match (dom::key(&event).as_str(), now) {
            ("ArrowRight" | "ArrowDown", None) | ("Home", _) => 0,
            ("ArrowRight" | "ArrowDown", Some(at)) => (at + 1).min(last),
            ("ArrowLeft" | "ArrowUp", None) | ("End", _) => last,
            ("ArrowLeft" | "ArrowUp", Some(at)) => at.saturating_sub(1),
            _ => return,
        };
        event.prevent_default();
        at.set(Some(next));
    });
    let rows = told.rows;
    let value = live(move || {
        let said = at.get().and_then(|at| rows.get(at)).map(|row| row.join(", "));
        view! { <p class="small ink2 chartvalue" role="status">{said.unwrap_or_default()}</p> }.into_any()
    });
    view! {
        <svg class="chart" height=height role="img" tabindex="0" aria-label=format!("{} Arrow keys read the values.", told.finding) on:keydown=step>{marks}</svg>
        {value}
    }
    .into_any()
}

fn table(told: Told) -> AnyView {
    let headings: Vec<_> =
        told.columns.into_iter().map(|name| view! { <th scope="col">{name}</th> }).collect();
    let row = |cells: Vec<String>| {
        let cells: Vec<_> = cells.into_iter().map(|cell| view! { <td>{cell}</td> }).collect();
        view! { <tr>{cells}</tr> }.into_any()
    };
    view! {
        <p class="small ink2">{told.finding}</p>
        <div class="tablewrap charttable" tabindex="0">
            <table class="table tight">
                <thead><tr>{headings}</tr></thead>
                <tbody>{told.rows.into_iter().map(row).collect::<Vec<_>>()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// One bar in thousandths of the heights, with its class.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bar {
    /// Above the line.
    pub(crate) up: u64,
    /// Below the line.
    pub(crate) down: u64,
    /// The class that gives its colour.
    pub(crate) class: &'static str,
    /// What it says when it is pointed at.
    pub(crate) tip: String,
}

/// Hundredths of a per cent: the width that one of so many marks has. A bar alone should not be a wall.
pub(crate) fn slot(marks: usize) -> u64 {
    (10_000 / u64::try_from(marks.max(1)).unwrap_or(1)).min(1_200)
}

/// Bars side by side between two heights, in pixels from the top; they stand on `zero`.
pub(crate) fn bars(bars: &[Bar], (top, zero, bottom): (u64, u64, u64)) -> AnyView {
    let slot = slot(bars.len());
    let visible = |part: u64, height: u64| if part == 0 { 0 } else { (part * height / 1_000).max(1) };
    let draw = |(bar, place): (&Bar, u64)| {
        let (x, width) = (across(slot * place + slot / 7), across(slot * 5 / 7));
        let (up, down) = (visible(bar.up, zero - top), visible(bar.down, bottom - zero));
        view! {
            <g>
                <title>{bar.tip.clone()}</title>
                <rect x=x.clone() width=width.clone() y=zero - up height=up rx="1" class=bar.class></rect>
                <rect x=x width=width y=zero + 1 height=down rx="1" class="m-warn"></rect>
            </g>
        }
        .into_any()
    };
    bars.iter().zip(0..).map(draw).collect::<Vec<_>>().into_any()
}

/// A hairline across, with what it stands for above its left end.
pub(crate) fn gridline(y: u64, class: &'static str, label: String) -> AnyView {
    view! {
        <line x1="0" x2="100%" y1=y y2=y class=class></line>
        <text x="0" y=y.saturating_sub(4)>{label}</text>
    }
    .into_any()
}

/// A length across, from hundredths of a per cent.
pub(crate) fn across(part: u64) -> String {
    format!("{}.{:02}%", part / 100, part % 100)
}

/// A value that holds until the next one: where it begins, in hundredths of a per cent of the width, and its height in
/// thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stair {
    /// Where it begins.
    pub(crate) from: u64,
    /// How high it is.
    pub(crate) up: u64,
}

/// Room at the right end for what the last value is called.
pub(crate) const END: u64 = 9_000;

/// Values that hold until the next one, as stairs between two heights.
pub(crate) fn stairs(stairs: &[Stair], (top, zero): (u64, u64)) -> AnyView {
    let y = |stair: &Stair| zero - stair.up * (zero - top) / 1_000;
    let draw = |(place, stair): (usize, &Stair)| {
        let (next, height) = (stairs.get(place + 1), y(stair));
        let end = next.map_or(END, |next| next.from).max(stair.from);
        let riser = next.map(|next| {
            view! { <line x1=across(end) x2=across(end) y1=height y2=y(next) class="m-line"></line> }
        });
        view! {
            <rect x=across(stair.from) width=across(end - stair.from) y=height height=zero - height class="m-soft"></rect>
            <line x1=across(stair.from) x2=across(end) y1=height y2=height class="m-line"></line>
            {riser}
        }
        .into_any()
    };
    stairs.iter().enumerate().map(draw).collect::<Vec<_>>().into_any()
}
