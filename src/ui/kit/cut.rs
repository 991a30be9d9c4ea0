use leptos::prelude::*;

use super::press;
use crate::units::format;

/// How many of `count` lines are drawn, and what stands below them while that is not all: `first` until somebody asks for
/// `everything`.
pub(crate) fn cut(everything: RwSignal<bool>, first: usize, count: usize) -> (usize, Option<AnyView>) {
    if everything.get() || count <= first {
        return (count, None);
    }
    let all = press(move || everything.set(true));
    let said = format!("{first} of {} shown", format::count(count as u64));
    let more = view! {
        <footer class="row apart">
            <span>{said}</span>
            <button type="button" class="btn sm" on:click=all>"Show all"</button>
        </footer>
    };
    (first, Some(more.into_any()))
}
