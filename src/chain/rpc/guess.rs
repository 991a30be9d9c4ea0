//! What is asked before it is known whether the answer can be used.

use super::{
    params::{Params, Write},
    pool::Pool,
    wire::Together,
};

/// Most questions in one request: public endpoints take no more for nothing.
pub(in crate::chain) const TOGETHER: usize = 3;

/// Answers that prove nothing by where they come from.
pub(in crate::chain) struct Guess(Together);

impl Guess {
    /// The JSON of each, with nothing where there is none.
    pub(in crate::chain) fn results(&self) -> impl Iterator<Item = Option<&str>> {
        self.0.results()
    }
}

impl Pool {
    /// Asks the endpoint that comes first up to [`TOGETHER`] things in one request, without a word about its chain or block:
    /// half as long as one after the other. Whoever uses the answers has to see from themselves what they are about.
    /// `None` where that does not work.
    pub(in crate::chain) async fn guess(
        &self,
        method: &'static str,
        questions: &[&Write<'_>],
    ) -> Option<Guess> {
        let endpoint = self.first()?;
        if !endpoint.takes_batches() || endpoint.wire.link.may_wander() {
            return None;
        }
        // closed only with the pool, which this future borrows
        let _permit = endpoint.gate.acquire().await.ok()?;
        let params: Vec<Params<'_>> = questions.iter().map(|write| Params::Written(*write)).collect();
        let questions: Vec<_> = params.iter().map(|params| (method, params)).collect();
        // what went wrong here is no reason to think less of the endpoint: whether it takes batches shows when it is introduced
        endpoint.wire.ask_together(endpoint.count_request(), &questions).await.ok()?.map(Guess)
    }
}
