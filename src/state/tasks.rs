//! What runs beside the views. Leptos' entry points are generic over every closure and future; behind a box they are
//! compiled once, which is most of what a page costs in bytes.

use std::time::Duration;

use leptos::{prelude::*, task};

use crate::{chain::host::Sleep as _, platform::Browser};

/// Runs `act` now and whenever a signal that it read changes; ends with the current owner.
pub(crate) fn watch(act: impl FnMut() + 'static) {
    let act: Box<dyn FnMut()> = Box::new(act);
    Effect::new(act);
}

/// Runs a task to its end, whatever becomes of the page that started it.
pub(crate) fn spawn(work: impl Future<Output = ()> + 'static) {
    let work: std::pin::Pin<Box<dyn Future<Output = ()>>> = Box::pin(work);
    task::spawn_local(work);
}

/// Runs a task that ends with the current owner.
pub(crate) fn spawn_scoped(work: impl Future<Output = ()> + 'static) {
    let work: std::pin::Pin<Box<dyn Future<Output = ()>>> = Box::pin(work);
    task::spawn_local_scoped_with_cancellation(work);
}

/// Waits a while.
pub(crate) async fn pause(duration: Duration) {
    Browser.sleep(duration).await;
}

/// Ends the turn: whatever else waits for the page, painting too, comes first.
pub(crate) async fn turn() {
    Browser.turn().await;
}
