use leptos::prelude::*;

use crate::{
    state::Scope,
    ui::{Cx, kit::live},
    units::format,
};

/// Segments of the strip.
const SEGMENTS: u64 = 32;

/// Epoch, slot in it, and slots of an epoch; `None` before they are read.
fn slot(scope: Scope) -> Option<(u64, u64, u64)> {
    let clock = scope.deployment()?.canonical().clock.value.clone().ok()?;
    let slot = clock.slot_at(scope.head.now()?);
    Some((slot / clock.epoch, slot % clock.epoch, clock.epoch))
}

/// The running epoch as a line of slots: the heartbeat under the bar of every page.
pub(super) fn epoch_strip(cx: Cx) -> AnyView {
    let slot = Memo::new(move |_| slot(cx.scope));
    live(move || {
        let (label, done) = match slot.get() {
            Some((epoch, slot, of)) => (
                format!("Epoch {}: slot {} of {of}", format::count(epoch), slot + 1),
                (slot * SEGMENTS / of).to_string(),
            ),
            // every segment is still to come
            None => ("Epoch not read".to_owned(), "-1".to_owned()),
        };
        view! { <div class="epochstrip" style=("--p", done) role="img" aria-label=label></div> }.into_any()
    })
}
