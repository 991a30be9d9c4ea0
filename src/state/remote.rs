use std::{cell::Cell, pin::Pin, rc::Rc, sync::Arc};

use futures::{
    StreamExt as _,
    channel::mpsc::{UnboundedReceiver, unbounded},
};
use leptos::prelude::*;

use super::{
    Head,
    tasks::{spawn_scoped, turn, watch},
};
use crate::{
    chain::{At, BlockRef, ReadError, RpcError},
    platform::idle,
};

/// Something read from the chain, as a page sees it. Cheap to clone.
#[derive(Debug)]
pub(crate) enum Remote<T> {
    /// The first answer is not there yet.
    Loading,
    /// As of the newest block that was seen.
    Ready(Arc<T>),
    /// The last good answer; the newest attempt failed, or came to a part of it only.
    Stale(Arc<T>, ReadError),
    /// A part of an answer, while there is no good one.
    Partial(Arc<T>, ReadError),
    /// No good answer yet.
    Failed(ReadError),
}

impl<T> Clone for Remote<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Loading => Self::Loading,
            Self::Ready(value) => Self::Ready(value.clone()),
            Self::Stale(value, error) => Self::Stale(value.clone(), error.clone()),
            Self::Partial(value, error) => Self::Partial(value.clone(), error.clone()),
            Self::Failed(error) => Self::Failed(error.clone()),
        }
    }
}

impl<T> Remote<T> {
    /// The last good answer, or what there is of one.
    pub(crate) fn last(&self) -> Option<&Arc<T>> {
        match self {
            Self::Ready(value) | Self::Stale(value, _) | Self::Partial(value, _) => Some(value),
            Self::Loading | Self::Failed(_) => None,
        }
    }

    /// Why the newest attempt failed.
    pub(crate) fn error(&self) -> Option<&ReadError> {
        match self {
            Self::Stale(_, error) | Self::Partial(_, error) | Self::Failed(error) => Some(error),
            Self::Loading | Self::Ready(_) => None,
        }
    }

    /// Why there is nothing to show.
    pub(crate) fn failure(&self) -> Option<&ReadError> {
        match self {
            Self::Failed(error) => Some(error),
            _ => None,
        }
    }
}

impl<T> Remote<At<T>> {
    /// The block that what is shown was read at, when a newer one could not be read.
    pub(crate) fn aged(&self) -> Option<u64> {
        match self {
            Self::Stale(at, _) => Some(at.block.number),
            _ => None,
        }
    }
}

/// Why a reading came to nothing, and what there is of it all the same.
#[derive(Debug)]
pub(crate) struct Miss<T> {
    error: ReadError,
    part: Option<T>,
}

impl<T> From<ReadError> for Miss<T> {
    fn from(error: ReadError) -> Self {
        Self { error, part: None }
    }
}

impl<T> From<RpcError> for Miss<T> {
    fn from(error: RpcError) -> Self {
        ReadError::from(error).into()
    }
}

/// An answer, unless there is a reason to call it a part of one.
pub(crate) fn whole<T>(answer: T, unanswered: Option<ReadError>) -> Result<T, Miss<T>> {
    match unanswered {
        None => Ok(answer),
        Some(error) => Err(Miss { error, part: Some(answer) }),
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

/// A future that stays on the page's thread.
pub(crate) type Task<T> = Pin<Box<dyn Future<Output = T>>>;

/// Reads again as the head moves or `key` changes, one reading at a time; while `key` is `None` nothing is read.
///
/// An answer for another key than the present one is dropped; a failure keeps the last good answer of the same
/// screen. Ends with the current owner.
pub(crate) fn read<K, T>(
    head: Head,
    rhythm: Rhythm<K>,
    key: impl Fn() -> Option<K> + 'static,
    fetch: impl Fn(K, BlockRef) -> Task<Result<T, Miss<T>>> + 'static,
) -> ReadSignal<Remote<T>>
where
    K: Clone + PartialEq + 'static,
    T: Send + Sync + 'static,
{
    let (remote, set_remote) = signal(Remote::Loading);
    let (jobs, queue) = unbounded();
    let fetch = Rc::new(fetch);
    let mut previous = None::<K>;
    let (mut question, screen) = (0, Rc::new(Cell::new(0)));
    let present = screen.clone();
    watch(move || {
        let wanted = key();
        if wanted != previous {
            question += 1;
            // what is on screen belongs to the old key: it must not stand under another one while that is read
            let same =
                matches!((&previous, &wanted), (Some(old), Some(new)) if (rhythm.same_screen)(old, new));
            if !same {
                screen.set(screen.get() + 1);
                set_remote.set(Remote::Loading);
            }
            previous.clone_from(&wanted);
        }
        let (Some(key), Some(block)) = (wanted, head.block.get()) else { return };
        let fetch = fetch.clone();
        let ask = move || -> Task<Outcome> {
            let answer = fetch(key, block);
            Box::pin(async move {
                let answer = answer.await;
                Outcome { good: answer.is_ok(), publish: Box::new(move || publish(set_remote, answer)) }
            })
        };
        // the receiver lives as long as this effect
        jobs.unbounded_send(Job { question, screen: screen.get(), block: block.number, ask: Box::new(ask) })
            .ok();
    });
    spawn_scoped(serve(queue, rhythm.period, present));
    remote
}

fn publish<T: Send + Sync + 'static>(to: WriteSignal<Remote<T>>, answer: Result<T, Miss<T>>) {
    to.update(|remote| *remote = after(std::mem::replace(remote, Remote::Loading), answer));
}

/// What is known after one more attempt. A part takes the place of nothing and of another part, never of a whole.
fn after<T>(known: Remote<T>, answer: Result<T, Miss<T>>) -> Remote<T> {
    match (known, answer) {
        (_, Ok(value)) => Remote::Ready(Arc::new(value)),
        (Remote::Ready(last) | Remote::Stale(last, _), Err(miss)) => Remote::Stale(last, miss.error),
        (_, Err(Miss { error, part: Some(part) })) => Remote::Partial(Arc::new(part), error),
        (Remote::Partial(last, _), Err(miss)) => Remote::Partial(last, miss.error),
        (Remote::Loading | Remote::Failed(_), Err(miss)) => Remote::Failed(miss.error),
    }
}

/// One reading to be made. `question` and `screen` are numbers that change with the key.
struct Job {
    question: u64,
    screen: u64,
    block: u64,
    ask: Box<dyn FnOnce() -> Task<Outcome>>,
}

struct Outcome {
    good: bool,
    publish: Box<dyn FnOnce()>,
}

/// Works through the jobs; `present` is the screen whose answers are still wanted.
async fn serve(mut queue: UnboundedReceiver<Job>, period: u64, present: Rc<Cell<u64>>) {
    // the job that came while another one ran
    let mut waiting = None;
    // question and block of the last good answer
    let mut last: Option<(u64, u64)> = None;
    loop {
        let next = match waiting.take() {
            Some(job) => Some(job),
            None => queue.next().await,
        };
        let Some(job) = next else { return };
        // only the newest of the jobs that waited matters
        let Job { question, screen, block, ask } = newest(&mut queue).unwrap_or(job);
        let fresh = last
            .is_some_and(|(asked, at)| asked == question && (at..at.saturating_add(period)).contains(&block));
        if (fresh && period > 1) || present.get() != screen {
            continue;
        }
        // to draw what led here and to ask take a turn each: none of them keeps the page for long
        turn().await;
        let outcome = ask().await;
        // answers that come at about the same time are drawn in one: each layout of a page takes longer than its part of it
        idle().await;
        waiting = newest(&mut queue);
        if present.get() == screen {
            last = outcome.good.then_some((question, block));
            (outcome.publish)();
        }
    }
}

fn newest<T>(queue: &mut UnboundedReceiver<T>) -> Option<T> {
    let mut last = None;
    while let Ok(job) = queue.try_recv() {
        last = Some(job);
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is shown, and whether it is said to be old.
    fn shown(remote: &Remote<u8>) -> (Option<u8>, bool) {
        (remote.last().map(|value| **value), matches!(remote, Remote::Stale(..)))
    }

    #[test]
    fn a_part_never_takes_the_place_of_a_whole() {
        let part = |n| Err(Miss { error: ReadError::Incomplete, part: Some(n) });
        let nothing = || Err(ReadError::Incomplete.into());
        let mut known = Remote::Loading;
        for (answer, expected) in [
            (nothing(), (None, false)),
            (part(1), (Some(1), false)),
            (nothing(), (Some(1), false)),
            (part(2), (Some(2), false)),
            (Ok(3), (Some(3), false)),
            (part(4), (Some(3), true)),
            (nothing(), (Some(3), true)),
            (Ok(5), (Some(5), false)),
        ] {
            known = after(known, answer);
            assert_eq!(shown(&known), expected);
        }
    }
}
