//! One exchange by JSON-RPC 2.0 over a [`Link`]: the envelope, the time limit, and HTTP's ways to fail as [`Fault`]s.

use std::{ops::Range, sync::Arc, time::Duration};

use serde::{Deserialize, Deserializer};
use serde_json::{Value, value::RawValue};

use super::params::Params;
use crate::chain::{
    Fault,
    host::{Link, LinkAnswer, LinkError, Sleep, timeout},
};

/// What an endpoint says instead of a result.
#[derive(Debug, Deserialize)]
pub(super) struct Words {
    pub(super) code: i64,
    #[serde(default)]
    pub(super) message: String,
    #[serde(default)]
    pub(super) data: Value,
}

#[derive(Deserialize)]
struct Reply<'a> {
    #[serde(default)]
    id: Value,
    /// `null` is a legal result: a block or receipt that does not exist (yet).
    #[serde(default, borrow, deserialize_with = "present")]
    result: Option<&'a RawValue>,
    error: Option<Words>,
}

fn present<'de, D: Deserializer<'de>>(value: D) -> Result<Option<&'de RawValue>, D::Error> {
    Deserialize::deserialize(value).map(Some)
}

/// A result as the text of its JSON, or the endpoint's words.
pub(super) type Said = Result<String, Words>;

/// What was said to several questions, still in the text of the answer: that may be long.
pub(super) struct Together {
    body: String,
    said: Vec<Result<Range<usize>, Words>>,
}

impl Together {
    /// Each for itself.
    pub(super) fn apart(self) -> Vec<Said> {
        let each = |said: Result<Range<usize>, Words>| said.map(|place| self.body[place].to_owned());
        self.said.into_iter().map(each).collect()
    }

    /// The results, with nothing where there is none.
    pub(super) fn results(&self) -> impl Iterator<Item = Option<&str>> {
        self.said.iter().map(|said| self.body.get(said.as_ref().ok()?.clone()))
    }
}

/// Where a result is in the body that it was read from.
fn place_in(body: &str, result: &RawValue) -> Range<usize> {
    let start = result.get().as_ptr().addr() - body.as_ptr().addr();
    start..start + result.get().len()
}

/// The way to one endpoint.
pub(super) struct Wire {
    pub(super) link: Arc<dyn Link>,
    pub(super) sleep: Arc<dyn Sleep>,
    pub(super) limit: Duration,
}

impl Wire {
    /// Asks once. The inner error is the endpoint's answer to the request itself.
    pub(super) async fn ask(
        &self,
        id: u64,
        method: &'static str,
        params: &Params<'_>,
    ) -> Result<Said, Fault> {
        let mut answer = match self.exchange(params.request(id, method)).await {
            // as if the endpoint had said it by itself: smaller ranges may do
            Err(Fault::TooLarge(_)) if method == "eth_getLogs" => {
                let message = "response too large".to_owned();
                return Ok(Err(Words { code: -32_000, message, data: Value::Null }));
            }
            answer => answer?,
        };
        // some nodes answer 4xx/5xx with a JSON-RPC error inside, which says more than the status
        let good = answer.status == 200;
        let place = match serde_json::from_str(&answer.body) {
            Ok(Reply { id: found, error: Some(words), .. }) => {
                // the id is null when the node could not read the request
                return if found == id || found.is_null() { Ok(Err(words)) } else { Err(Fault::WrongId) };
            }
            _ if !good => return Err(Fault::Http(answer.status)),
            Ok(Reply { id: found, .. }) if found != id => return Err(Fault::WrongId),
            Ok(Reply { result: Some(result), .. }) => place_in(&answer.body, result),
            Ok(_) | Err(_) => return Err(Fault::NotJson),
        };
        // cut out where it is: a second copy of a long answer is memory that the page never gives back
        answer.body.truncate(place.end);
        answer.body.drain(..place.start);
        Ok(Ok(answer.body))
    }

    /// Asks several things at once (a batch of JSON-RPC 2.0), with the ids from `id` on. `None` where the endpoint does not
    /// answer all of them: not every one takes batches.
    pub(super) async fn ask_together(
        &self,
        id: u64,
        questions: &[(&'static str, &Params<'_>)],
    ) -> Result<Option<Together>, Fault> {
        let mut all = String::from("[");
        for (id, (method, params)) in (id..).zip(questions) {
            if all.len() > 1 {
                all.push(',');
            }
            params.write(id, method, &mut all);
        }
        all.push(']');
        let answer = self.exchange(all).await?;
        let mut replies: Vec<Reply<'_>> = serde_json::from_str(&answer.body).unwrap_or_default();
        // they may come in any order
        let mut take = |id: u64| {
            let place = replies.iter().position(|reply| reply.id == id)?;
            match replies.swap_remove(place) {
                Reply { error: Some(words), .. } => Some(Err(words)),
                Reply { result: Some(result), .. } => Some(Ok(place_in(&answer.body, result))),
                Reply { .. } => None,
            }
        };
        let said: Option<Vec<_>> = (id..).take(questions.len()).map(&mut take).collect();
        Ok(said.map(|said| Together { body: answer.body, said }))
    }

    async fn exchange(&self, body: String) -> Result<LinkAnswer, Fault> {
        match timeout(&*self.sleep, self.limit, self.link.exchange(body)).await {
            None => Err(Fault::TimedOut(self.limit)),
            Some(Err(LinkError::Unreachable)) => Err(Fault::Unreachable),
            Some(Err(LinkError::NotAllowed)) => Err(Fault::NotAllowed),
            Some(Err(LinkError::TooLarge(limit))) => Err(Fault::TooLarge(limit)),
            Some(Ok(answer)) if answer.status == 429 => {
                Err(Fault::RateLimited { retry_after: answer.retry_after })
            }
            Some(Ok(answer)) => Ok(answer),
        }
    }
}
