//! The questions of an earlier visit, asked again at once.
//!
//! A page finds its contracts in rounds, each of which needs the answers of the one before. Who comes a second time asks
//! the same again: so all of it is asked as soon as there is a block, and each round finds its answers there. Only
//! questions are remembered, never answers; one that nobody needs any more costs the endpoint a call.

use std::sync::{Arc, Mutex, PoisonError};

use alloy_primitives::{Address, Bytes};
use futures::{
    FutureExt as _,
    channel::oneshot,
    future::{BoxFuture, Shared, join_all},
};

use super::{BlockRef, Pool, ReadError};

/// A call: the contract and the calldata.
pub type Question = (Address, Bytes);

/// What calls returned, in their order.
pub(super) type Results = Vec<Result<Bytes, ReadError>>;

/// Questions that are remembered at most: those of a network ten times as large as today's.
const MOST: usize = 20_000;

type Chunk = Shared<BoxFuture<'static, Arc<Results>>>;

/// What a pool foresees of one visit. Over with the second block that is read at.
#[derive(Default)]
pub(super) struct Foresight(Mutex<State>);

#[derive(Default)]
struct State {
    /// What was asked at the last visit, once it is loaded.
    remembered: Option<Shared<BoxFuture<'static, Arc<Vec<Question>>>>>,
    /// To whoever drives the requests.
    begun: Option<oneshot::Sender<Vec<Chunk>>>,
    /// The first block that was read at; all the rest is about it.
    block: Option<BlockRef>,
    /// Questions and the requests that hold them, each with as many of them.
    questions: Arc<Vec<Question>>,
    chunks: Vec<Chunk>,
    size: usize,
    /// The question after the one that was looked for last: they come in the same order again.
    next: usize,
    /// What is asked at this visit.
    asked: Vec<Question>,
    over: bool,
}

impl Pool {
    /// Asks what an earlier visit asked as soon as anything is read. The future carries the requests; it ends when they
    /// do.
    pub fn foresee(
        &self,
        remembered: impl Future<Output = Vec<Question>> + Send + 'static,
    ) -> BoxFuture<'static, ()> {
        let (begun, begins) = oneshot::channel();
        let remembered: BoxFuture<'static, _> = Box::pin(remembered.map(Arc::new));
        self.foresight().with(|state| {
            (state.remembered, state.begun) = (Some(remembered.shared()), Some(begun));
        });
        Box::pin(async move {
            if let Ok(chunks) = begins.await {
                join_all(chunks).await;
            }
        })
    }

    /// How much was asked at the first block so far.
    pub fn asked(&self) -> usize {
        self.foresight().with(|state| state.asked.len())
    }

    /// All of it, for the next visit. From now on nothing is foreseen, and nothing noted.
    pub fn take_asked(&self) -> Vec<Question> {
        self.foresight().with(|state| {
            state.end();
            std::mem::take(&mut state.asked)
        })
    }
}

impl Foresight {
    fn with<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
        // the closures do not panic; a poisoned lock would still hold good answers
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The answers to those of `calls` that were foreseen at this block. Whatever failed counts as not foreseen.
    pub(super) async fn answers(
        &self,
        pool: &Pool,
        block: &BlockRef,
        calls: &[Question],
    ) -> Vec<Option<Result<Bytes, ReadError>>> {
        let none = || vec![None; calls.len()];
        let Some(remembered) = self.with(|state| state.remembered.clone().filter(|_| !state.over)) else {
            return none();
        };
        let remembered = remembered.await;
        let Some(found) = self.with(|state| {
            state.begin(pool, block, &remembered);
            (!state.over).then(|| state.find(calls))
        }) else {
            return none();
        };
        let mut answers = Vec::with_capacity(calls.len());
        for place in found {
            answers.push(match place {
                Some((chunk, index)) => chunk.await.get(index).cloned().filter(is_answer),
                None => None,
            });
        }
        answers
    }
}

fn is_answer(result: &Result<Bytes, ReadError>) -> bool {
    !result.as_ref().is_err_and(ReadError::is_unanswered)
}

impl State {
    /// Sends everything, if this is the first block that is read at, and ends if it is another.
    fn begin(&mut self, pool: &Pool, block: &BlockRef, remembered: &Arc<Vec<Question>>) {
        match self.block {
            Some(known) if known != *block => self.end(),
            Some(_) => {}
            None => {
                self.block = Some(*block);
                self.questions = remembered.clone();
                self.size = pool.capability().calls.max(1);
                // once is enough: what fails is asked again by whoever needs it
                let (pool, block, size) = (pool.once(), *block, self.size);
                let chunk = |first: usize| -> Chunk {
                    let (pool, questions) = (pool.clone(), remembered.clone());
                    let ask = async move {
                        let last = questions.len().min(first + size);
                        Arc::new(super::batch::ask(&pool, &block, &questions[first..last]).await)
                    };
                    let ask: BoxFuture<'static, _> = Box::pin(ask);
                    ask.shared()
                };
                self.chunks = (0..remembered.len()).step_by(size).map(chunk).collect();
                if let Some(begun) = self.begun.take() {
                    // nobody drives them when the network was left
                    begun.send(self.chunks.clone()).ok();
                }
            }
        }
    }

    fn end(&mut self) {
        *self = Self { over: true, asked: std::mem::take(&mut self.asked), ..Self::default() };
    }

    /// Where the answer to each call will be, and notes that it was asked.
    fn find(&mut self, calls: &[Question]) -> Vec<Option<(Chunk, usize)>> {
        let room = MOST.saturating_sub(self.asked.len());
        self.asked.extend_from_slice(&calls[..calls.len().min(room)]);
        calls
            .iter()
            .map(|call| {
                let (before, after) = self.questions.split_at(self.next.min(self.questions.len()));
                let here = |part: &[Question]| part.iter().position(|question| question == call);
                let place = here(after).map(|place| before.len() + place).or_else(|| here(before))?;
                self.next = place + 1;
                Some((self.chunks[place / self.size].clone(), place % self.size))
            })
            .collect()
    }
}

/// As few bytes as a simple form needs.
pub fn to_bytes(questions: &[Question]) -> Vec<u8> {
    let mut out = Vec::new();
    for (to, data) in questions {
        // calldata of a getter is a few words long
        let Ok(length) = u16::try_from(data.len()) else { continue };
        out.extend_from_slice(to.as_slice());
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(data);
    }
    out
}

/// What [`to_bytes`] wrote; what comes after anything else is left out.
pub fn from_bytes(mut bytes: &[u8]) -> Vec<Question> {
    let mut questions = Vec::new();
    while let Some((to, rest)) = bytes.split_first_chunk::<20>()
        && let Some((length, rest)) = rest.split_first_chunk::<2>()
        && let Some((data, rest)) = rest.split_at_checked(u16::from_be_bytes(*length).into())
        && questions.len() < MOST
    {
        questions.push((Address::from(*to), Bytes::copy_from_slice(data)));
        bytes = rest;
    }
    questions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_come_back_as_they_were() {
        let questions: Vec<Question> =
            (0..5_u8).map(|n| (Address::repeat_byte(n), vec![n; usize::from(n) * 30].into())).collect();
        let bytes = to_bytes(&questions);
        assert_eq!(from_bytes(&bytes), questions);
        for end in 0..bytes.len() {
            let some = from_bytes(&bytes[..end]);
            assert!(questions.starts_with(&some) && some.len() < questions.len());
        }
    }
}
