use futures::{
    StreamExt as _,
    channel::mpsc::{UnboundedReceiver, unbounded},
};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

use super::Head;
use crate::chain::{BlockRef, ReadError};

/// Something read from the chain, as a page sees it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Remote<T> {
    /// The first answer is not there yet.
    Loading,
    /// As of the newest block that was seen.
    Ready(T),
    /// The last good answer; the newest attempt failed.
    Stale(T, ReadError),
    /// No good answer yet.
    Failed(ReadError),
}

impl<T> Remote<T> {
    /// The last good answer.
    pub(crate) fn last(&self) -> Option<&T> {
        match self {
            Self::Ready(value) | Self::Stale(value, _) => Some(value),
            Self::Loading | Self::Failed(_) => None,
        }
    }

    /// Why the newest attempt failed.
    pub(crate) fn error(&self) -> Option<&ReadError> {
        match self {
            Self::Stale(_, error) | Self::Failed(error) => Some(error),
            Self::Loading | Self::Ready(_) => None,
        }
    }
}

/// When something is read again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rhythm<K> {
    /// Blocks between two readings with the same key. 1 is every block.
    pub(crate) period: u64,
    /// Whether the answer for one key may stand on the screen until the one for another key is there.
    pub(crate) same_screen: fn(&K, &K) -> bool,
}

impl<K: PartialEq> Rhythm<K> {
    /// At every block; each key is a screen of its own.
    pub(crate) fn every_block() -> Self {
        Self { period: 1, same_screen: K::eq }
    }
}

/// Reads again as the head moves or `key` changes, one reading at a time; while `key` is `None` nothing is read.
///
/// An answer for another key than the present one is dropped; a failure keeps the last good answer of the same
/// screen. Ends with the current owner.
pub(crate) fn read<K, T, F>(
    head: Head,
    rhythm: Rhythm<K>,
    key: impl Fn() -> Option<K> + 'static,
    fetch: impl Fn(K, BlockRef) -> F + 'static,
) -> ReadSignal<Remote<T>>
where
    K: Clone + PartialEq + 'static,
    T: Send + Sync + 'static,
    F: Future<Output = Result<T, ReadError>> + 'static,
{
    let (remote, set_remote) = signal(Remote::Loading);
    let (jobs, mut queue) = unbounded::<(K, BlockRef)>();
    Effect::new(move |previous: Option<Option<K>>| {
        let wanted = key();
        // what is on screen belongs to the old key: it must not stand under another one while that is read
        let changed = previous.is_some_and(|previous| match (&previous, &wanted) {
            (Some(old), Some(new)) => !(rhythm.same_screen)(old, new),
            (None, None) => false,
            _ => true,
        });
        if changed {
            set_remote.set(Remote::Loading);
        }
        if let (Some(key), Some(block)) = (&wanted, head.block.get()) {
            // the receiver lives as long as this effect
            jobs.unbounded_send((key.clone(), block)).ok();
        }
        wanted
    });
    spawn_local_scoped_with_cancellation(async move {
        let mut waiting = None;
        let mut last: Option<(K, u64)> = None;
        loop {
            let next = match waiting.take() {
                Some(job) => Some(job),
                None => queue.next().await,
            };
            let Some(job) = next else { return };
            // only the newest of the jobs that waited matters
            let (key, block) = newest(&mut queue).unwrap_or(job);
            let fresh = last.as_ref().is_some_and(|(read, at)| {
                *read == key && (*at..at.saturating_add(rhythm.period)).contains(&block.number)
            });
            if fresh && rhythm.period > 1 {
                continue;
            }
            let answer = fetch(key.clone(), block).await;
            waiting = newest(&mut queue);
            if waiting.as_ref().is_some_and(|(other, _)| !(rhythm.same_screen)(other, &key)) {
                continue;
            }
            last = answer.is_ok().then_some((key, block.number));
            set_remote.update(|remote| {
                *remote = match (std::mem::replace(remote, Remote::Loading), answer) {
                    (_, Ok(value)) => Remote::Ready(value),
                    (Remote::Ready(last) | Remote::Stale(last, _), Err(error)) => Remote::Stale(last, error),
                    (Remote::Loading | Remote::Failed(_), Err(error)) => Remote::Failed(error),
                };
            });
        }
    });
    remote
}

fn newest<T>(queue: &mut UnboundedReceiver<T>) -> Option<T> {
    let mut last = None;
    while let Ok(job) = queue.try_recv() {
        last = Some(job);
    }
    last
}
