//! Several things in one request: what is asked before it is known whether the answer can be used, and headers.

use std::fmt::Write as _;

use super::{
    endpoint::Endpoint,
    introduction::BLOCK,
    params::{Params, Write},
    pool::Pool,
    wire::Together,
};
use crate::chain::{Fault, Header};

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
        // what goes wrong here is no reason to think less of the endpoint: it may be too much at once
        together(&endpoint, method, questions).await.ok()?
    }

    /// The headers of up to [`TOGETHER`] blocks in one request; nothing in the place of one that does not come that way:
    /// another endpoint may have it. `None` where several are not answered together.
    pub(in crate::chain) async fn headers(&self, numbers: &[u64]) -> Option<Vec<Option<Header>>> {
        // a header does not say of which chain it is
        let endpoint = self.first().filter(|endpoint| endpoint.chain_checked())?;
        let write = |number: u64| {
            move |body: &mut String| {
                // a text takes what is written to it
                let _ = write!(body, r#"["{number:#x}",false]"#);
            }
        };
        let writes: Vec<_> = numbers.iter().map(|number| write(*number)).collect();
        let questions: Vec<_> = writes.iter().map(|write| write as _).collect();
        let told = match together(&endpoint, BLOCK, &questions).await {
            Ok(told) => told?,
            Err(fault) => {
                endpoint.failed(&fault, self.host().clock.ticks());
                return None;
            }
        };
        let header = |(raw, number): (Option<&str>, &u64)| {
            let header: Header = serde_json::from_str(raw?).ok()?;
            (header.block().number == *number).then_some(header)
        };
        Some(told.results().zip(numbers).map(header).collect())
    }
}

/// Asks one endpoint several things. `None` where it does not take them together.
async fn together(
    endpoint: &Endpoint,
    method: &'static str,
    questions: &[&Write<'_>],
) -> Result<Option<Guess>, Fault> {
    if !endpoint.takes_batches() || endpoint.wire.link.may_wander() {
        return Ok(None);
    }
    // closed only with the endpoint, which is held here
    let _permit = endpoint.gate.acquire().await.ok();
    let params: Vec<Params<'_>> = questions.iter().map(|write| Params::Written(*write)).collect();
    let questions: Vec<_> = params.iter().map(|params| (method, params)).collect();
    Ok(endpoint.wire.ask_together(endpoint.count_request(), &questions).await?.map(Guess))
}
