use leptos::prelude::*;

use crate::state::Scope;

/// Segments of the strip.
const SEGMENTS: u64 = 32;

/// The running epoch as a line of slots: the heartbeat under the bar of every page.
#[component]
pub(super) fn EpochStrip() -> impl IntoView {
    let scope = expect_context::<Scope>();
    let slot = Memo::new(move |_| {
        let clock = scope.deployment()?.canonical().clock.clone().ok()?;
        let now = scope.head.now()?;
        let slot = clock.slot_at(now);
        Some((slot / clock.epoch, slot % clock.epoch, clock.epoch))
    });
    let label = move || match slot.get() {
        Some((epoch, slot, of)) => {
            format!("Epoch {}: slot {} of {of}", crate::units::format::count(epoch), slot + 1)
        }
        None => "Epoch not read".to_owned(),
    };
    // before the first answer every segment is still to come
    let done = move || {
        slot.get().map_or_else(|| "-1".to_owned(), |(_, slot, of)| (slot * SEGMENTS / of).to_string())
    };
    view! { <div class="epochstrip" style=("--p", done) role="img" aria-label=label></div> }
}
