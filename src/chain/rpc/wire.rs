//! One exchange by JSON-RPC 2.0 over a [`Link`]: the envelope, the time limit, and HTTP's ways to fail as [`Fault`]s.

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Deserializer};
use serde_json::{Value, value::RawValue};

use crate::chain::{
    Fault,
    host::{Link, LinkError, Sleep, timeout},
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
struct Reply {
    #[serde(default)]
    id: Value,
    /// `null` is a legal result: a block or receipt that does not exist (yet).
    #[serde(default, deserialize_with = "present")]
    result: Option<Box<RawValue>>,
    error: Option<Words>,
}

fn present<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Box<RawValue>>, D::Error> {
    Deserialize::deserialize(value).map(Some)
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
        params: &RawValue,
    ) -> Result<Result<Box<RawValue>, Words>, Fault> {
        let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{}}}"#, params.get());
        let answer = match timeout(&*self.sleep, self.limit, self.link.exchange(body)).await {
            None => return Err(Fault::TimedOut(self.limit)),
            Some(Err(LinkError::Unreachable)) => return Err(Fault::Unreachable),
            Some(Err(LinkError::NotAllowed)) => return Err(Fault::NotAllowed),
            // as if the endpoint had said it by itself: smaller ranges may do
            Some(Err(LinkError::TooLarge(_))) if method == "eth_getLogs" => {
                let message = "response too large".to_owned();
                return Ok(Err(Words { code: -32_000, message, data: Value::Null }));
            }
            Some(Err(LinkError::TooLarge(limit))) => return Err(Fault::TooLarge(limit)),
            Some(Ok(answer)) => answer,
        };
        if answer.status == 429 {
            return Err(Fault::RateLimited { retry_after: answer.retry_after });
        }
        // some nodes answer 4xx/5xx with a JSON-RPC error inside, which says more than the status
        let good = answer.status == 200;
        match serde_json::from_str(&answer.body) {
            Ok(Reply { id: found, error: Some(words), .. }) => {
                // the id is null when the node could not read the request
                if found == id || found.is_null() { Ok(Err(words)) } else { Err(Fault::WrongId) }
            }
            _ if !good => Err(Fault::Http(answer.status)),
            Ok(Reply { id: found, .. }) if found != id => Err(Fault::WrongId),
            Ok(Reply { result: Some(result), .. }) => Ok(Ok(result)),
            Ok(_) | Err(_) => Err(Fault::NotJson),
        }
    }
}
