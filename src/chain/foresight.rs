//! The questions of an earlier visit, asked again at once.
//!
//! A page finds its contracts in rounds, each of which needs the answers of the one before. Who comes a second time asks
//! the same again: so all of it is asked while the page asks for the newest block, and each round finds its answers there. What
//! was answered at another block than that is asked again. Only
//! questions are remembered, never answers; one that nobody needs any more costs the endpoint a call.

use std::sync::{Mutex, PoisonError};

use alloy_primitives::{Address, Bytes};
use tokio::sync::Semaphore;

use super::{BlockRef, Pool, ReadError, host::BoxFuture};

/// A call: the contract and the calldata.
pub type Question = (Address, Bytes);

/// What calls returned, in their order.
pub(super) type Results = Vec<Result<Bytes, ReadError>>;

/// Questions that are remembered at most: those of a network ten times as large as today's.
const MOST: usize = 20_000;

/// What a pool foresees of one visit. Over with the second block that is read at.
pub(super) struct Foresight {
    state: Mutex<State>,
    /// Closed when it is known what was asked at the last visit.
    loaded: Semaphore,
    /// Closed when the first block is known.
    begun: Semaphore,
    /// Closed when the answers are there.
    answered: Semaphore,
}

#[derive(Default)]
struct State {
    /// Whether there is anything to wait for.
    active: bool,
    /// The first block that was read at; all the rest is about it.
    block: Option<BlockRef>,
    questions: Vec<Question>,
    /// In the order of the questions.
    results: Results,
    /// The question after the one that was looked for last: they come in the same order again.
    next: usize,
    /// What is asked at this visit.
    asked: Vec<Question>,
}

impl Pool {
    /// Asks what an earlier visit asked as soon as anything is read. The future does it; reads wait for its answers, or
    /// for its end.
    pub fn foresee(&self, remembered: BoxFuture<'static, Vec<Question>>) -> BoxFuture<'static, ()> {
        self.foresight().with(|state| state.active = true);
        let waiting = Waiting(self.clone());
        Box::pin(async move {
            let pool = &waiting.0;
            let foresight = pool.foresight();
            let questions = remembered.await;
            foresight.with(|state| state.questions.clone_from(&questions));
            foresight.loaded.close();
            // the block is asked for meanwhile
            let results = super::batch::guess(pool, &questions).await;
            foresight.with(|state| {
                // over by now, perhaps: these are about the first block and no other
                if state.active {
                    state.results = results;
                }
            });
        })
    }

    /// Waits until what was foreseen is answered, or will never be.
    pub async fn foreseen(&self) {
        // the error is that it was closed, which is what is waited for
        self.foresight().answered.acquire().await.ok();
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

/// Lets everybody go on who waits, when the answers are there and also when they never will be.
struct Waiting(Pool);

impl Drop for Waiting {
    fn drop(&mut self) {
        let foresight = self.0.foresight();
        foresight.loaded.close();
        foresight.answered.close();
    }
}

impl Default for Foresight {
    fn default() -> Self {
        let nobody = || Semaphore::new(0);
        Self { state: Mutex::default(), loaded: nobody(), begun: nobody(), answered: nobody() }
    }
}

impl Foresight {
    fn with<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
        // the closures do not panic; a poisoned lock would still hold good answers
        f(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The first block that is read at, as soon as it is known; `None` where that is over.
    pub(super) async fn block(&self) -> Option<BlockRef> {
        // the error is that it was closed, which is what is waited for
        self.begun.acquire().await.ok();
        self.with(|state| state.block)
    }

    /// The height of that block, or the name of the newest while it is not known.
    pub(super) fn height(&self) -> String {
        self.with(|state| {
            state.block.map_or_else(|| "latest".to_owned(), |block| format!("{:#x}", block.number))
        })
    }

    /// The answers to those of `calls` that were foreseen at this block. Whatever failed counts as not foreseen.
    pub(super) async fn answers(
        &self,
        block: &BlockRef,
        calls: &[Question],
    ) -> Vec<Option<Result<Bytes, ReadError>>> {
        if self.with(|state| state.active) {
            // the error is that it was closed, which is what is waited for
            self.loaded.acquire().await.ok();
            let places = self.with(|state| state.find(block, calls));
            self.begun.close();
            if places.iter().any(Option::is_some) {
                self.answered.acquire().await.ok();
                return self.with(|state| {
                    let answer = |place: &Option<usize>| state.results.get((*place)?).cloned();
                    places.iter().map(|place| answer(place).filter(is_answer)).collect()
                });
            }
        }
        vec![None; calls.len()]
    }
}

fn is_answer(result: &Result<Bytes, ReadError>) -> bool {
    !result.as_ref().is_err_and(ReadError::is_unanswered)
}

impl State {
    fn end(&mut self) {
        *self = Self { asked: std::mem::take(&mut self.asked), ..Self::default() };
    }

    /// Which question each call is, and notes that it was asked. Over where the block is another one than the first.
    fn find(&mut self, block: &BlockRef, calls: &[Question]) -> Vec<Option<usize>> {
        // what is over begins with no other block
        if self.active && self.block.get_or_insert(*block) != block {
            self.end();
        }
        if !self.active {
            return Vec::new();
        }
        let room = MOST.saturating_sub(self.asked.len());
        self.asked.extend_from_slice(&calls[..calls.len().min(room)]);
        let mut place = |call| {
            let (before, after) = self.questions.split_at(self.next.min(self.questions.len()));
            let here = |part: &[Question]| part.iter().position(|question| question == call);
            let place = here(after).map(|place| before.len() + place).or_else(|| here(before))?;
            self.next = place + 1;
            Some(place)
        };
        calls.iter().map(&mut place).collect()
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
    fn what_is_over_begins_with_no_other_block() {
        let block = |number: u64| BlockRef {
            number,
            hash: alloy_primitives::B256::left_padding_from(&number.to_be_bytes()),
            parent: alloy_primitives::B256::ZERO,
            timestamp: number,
        };
        let question: Question = (Address::ZERO, Bytes::new());
        let mut state = State { active: true, questions: vec![question.clone()], ..State::default() };
        let calls = [question];
        assert_eq!(state.find(&block(1), &calls), [Some(0)]);
        assert_eq!(state.find(&block(2), &calls), []);
        // the third one must not be what the remembered questions are asked at: who waits, waits for the first
        assert_eq!((state.find(&block(3), &calls), state.block), (vec![], None));
    }

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
