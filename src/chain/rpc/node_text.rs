//! The one place that reads the words of a node. JSON-RPC has too few codes: the same refusal comes as -32000,
//! -32603, -32602 or 3 with a sentence that differs by client and by provider.

use alloy_primitives::Bytes;
use serde_json::Value;

use super::wire::Words;
use crate::chain::{Fault, NodeError, text::tame};

/// What a JSON-RPC error means for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeErrorKind {
    /// The call ran and reverted.
    Reverted,
    /// The call needs more gas than the node grants to an `eth_call`.
    OutOfGas,
    /// `eth_getLogs`: range too wide or too many results; ask for less.
    TooManyLogs,
    /// The method does not exist or is switched off here.
    NoMethod,
    /// The state of that block is pruned here.
    NoState,
    /// The sender cannot pay value and gas.
    InsufficientFunds,
    /// The transaction is in the pool already, or its nonce is used.
    Nonce,
    /// Everything else.
    Other,
}

/// The endpoint is overloaded by us or by others.
const BUSY: [&str; 6] =
    ["rate limit", "too many requests", "request limit", "compute units", "capacity exceeded", "throughput"];

/// -32005 means too much: requests, unless it is about logs.
const ABOUT_LOGS: [&str; 5] =
    ["block range", "results", "limit exceeded for logs", "query returned", "range limit"];

const NO_BLOCK: [&str; 5] = [
    "header not found",
    "unknown block",
    "block not found",
    "block could not be found",
    "could not find block",
];

/// Words and what they mean; the first that is found counts.
const KINDS: [(NodeErrorKind, &[&str]); 7] = [
    (
        NodeErrorKind::OutOfGas,
        &[
            "out of gas",
            "outofgas",
            "gas required exceeds",
            "exceeds block gas limit",
            "gas limit is too high",
            "max gas",
            "gas limit reached",
            "intrinsic gas too high",
        ],
    ),
    (
        NodeErrorKind::TooManyLogs,
        &[
            "block range",
            "too many results",
            "more than 10000",
            "query returned more",
            "range is too",
            "range too",
            "limited to",
            "exceeds max results",
            "response size",
            "log response",
            "please limit",
            "eth_getlogs",
            "too many logs",
            "logs requested",
            "ranges over",
            "range limit",
            "range exceed",
            "exceeds the range",
            "too many blocks",
            "requested blocks",
            "response is too big",
            "response too large",
            "range too large",
            "query timeout",
            "query timed out",
            "smaller range",
        ],
    ),
    (
        NodeErrorKind::NoState,
        &[
            "missing trie node",
            "pruned",
            "archive",
            "historical state",
            "state not available",
            "state is not available",
            "old data not available",
            "distance to target block",
        ],
    ),
    (NodeErrorKind::Reverted, &["revert"]),
    (
        NodeErrorKind::NoMethod,
        &[
            "method not found",
            "does not exist",
            "not supported",
            "unsupported method",
            "not available",
            "not whitelisted",
            "not allowed",
            "disabled",
        ],
    ),
    (
        NodeErrorKind::InsufficientFunds,
        &["insufficient funds", "insufficient balance for transfer", "insufficient eth"],
    ),
    (
        NodeErrorKind::Nonce,
        &["nonce too low", "already known", "replacement transaction underpriced", "nonce is too low"],
    ),
];

/// Either a refusal of the request itself, or a fault of this endpoint.
pub(super) fn classify(answer: Words) -> Result<NodeError, Fault> {
    let data = revert_data(&answer.data);
    let words = answer.message.to_ascii_lowercase();
    let has = |needles: &[&str]| needles.iter().any(|needle| words.contains(needle));
    let too_many = answer.code == 429 || answer.code == -32005 && !has(&ABOUT_LOGS);
    if too_many || has(&BUSY) {
        return Err(Fault::RateLimited { retry_after: None });
    }
    let by_words = || KINDS.iter().find(|(_, needles)| has(needles)).map(|(kind, _)| *kind);
    let kind = match answer.code {
        3 => NodeErrorKind::Reverted,
        -32601 => NodeErrorKind::NoMethod,
        _ if has(&NO_BLOCK) => return Err(Fault::NoBlock(0)),
        code => match by_words() {
            Some(kind) => kind,
            None if data.is_some() => NodeErrorKind::Reverted,
            // JSON-RPC "internal error" without more: this endpoint's trouble
            None if code == -32603 => return Err(Fault::Internal(tame(&answer.message, 120))),
            None => NodeErrorKind::Other,
        },
    };
    Ok(NodeError { code: answer.code, message: tame(&answer.message, 200), data, kind })
}

/// Revert data in both forms in use: `error.data` as a hex string, or one level deeper.
fn revert_data(data: &Value) -> Option<Bytes> {
    let text = match data {
        Value::String(text) => text,
        Value::Object(fields) => fields.get("data").or_else(|| fields.get("result"))?.as_str()?,
        _ => return None,
    };
    // "Reverted 0x…" is the form of some older clients
    text.strip_prefix("Reverted ").unwrap_or(text).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(json: &str) -> Words {
        serde_json::from_str(json).expect("payload")
    }

    /// Messages as the clients and providers named send them.
    #[test]
    fn real_messages() {
        use NodeErrorKind::{
            InsufficientFunds, NoMethod, NoState, Nonce, Other, OutOfGas, Reverted, TooManyLogs,
        };
        for (json, kind) in [
            // geth, reth, anvil
            (
                r#"{"code":3,"message":"execution reverted: custom error 0x63c36549","data":"0x63c36549"}"#,
                Reverted,
            ),
            (r#"{"code":-32000,"message":"execution reverted"}"#, Reverted),
            (r#"{"code":-32015,"message":"VM execution error.","data":"Reverted 0x63c36549"}"#, Reverted),
            (r#"{"code":-32603,"message":"VM Exception","data":{"data":"0x63c36549"}}"#, Reverted),
            (r#"{"code":-32000,"message":"out of gas"}"#, OutOfGas),
            (r#"{"code":-32603,"message":"EVM error OutOfGas"}"#, OutOfGas),
            (r#"{"code":-32003,"message":"Out of gas: gas required exceeds allowance: 50000000"}"#, OutOfGas),
            (
                r#"{"code":-32601,"message":"the method eth_simulateV1 does not exist/is not available"}"#,
                NoMethod,
            ),
            (r#"{"code":-32000,"message":"missing trie node 3b1f (path )"}"#, NoState),
            (
                r#"{"code":-32000,"message":"insufficient funds for gas * price + value: balance 0"}"#,
                InsufficientFunds,
            ),
            (r#"{"code":-32000,"message":"nonce too low: next nonce 4, tx nonce 3"}"#, Nonce),
            // eth_getLogs limits
            (r#"{"code":-32005,"message":"query returned more than 10000 results"}"#, TooManyLogs),
            (r#"{"code":-32602,"message":"eth_getLogs is limited to a 10,000 range"}"#, TooManyLogs),
            (r#"{"code":-32600,"message":"Log response size exceeded."}"#, TooManyLogs),
            (r#"{"code":-32000,"message":"block range is too wide"}"#, TooManyLogs),
            (r#"{"code":-32701,"message":"Please limit the query to at most 1000 blocks"}"#, TooManyLogs),
            (
                r#"{"code":-32600,"message":"Under the Free tier plan, you can make eth_getLogs requests with up to a 10 block range."}"#,
                TooManyLogs,
            ),
            (
                r#"{"code":35,"message":"ranges over 10000 blocks are not supported on freetier"}"#,
                TooManyLogs,
            ),
            (r#"{"code":-32000,"message":"exceed maximum block range: 50000"}"#, TooManyLogs),
            (
                r#"{"code":-32047,"message":"Invalid eth_getLogs request. 'fromBlock'-'toBlock' range too large. Max range: 800"}"#,
                TooManyLogs,
            ),
            (
                r#"{"code":-32000,"message":"Too many logs requested. Max logs per response is 20000."}"#,
                TooManyLogs,
            ),
            (r#"{"code":-32005,"message":"Requested range exceeds maximum RPC range limit"}"#, TooManyLogs),
            (
                r#"{"code":-32000,"message":"requested too many blocks from 0 to 5000, maximum is set to 2048"}"#,
                TooManyLogs,
            ),
            (r#"{"code":-32000,"message":"Maximum allowed number of requested blocks is 500"}"#, TooManyLogs),
            (
                r#"{"code":-32602,"message":"query exceeds max results 20000, retry with the range 1-2"}"#,
                TooManyLogs,
            ),
            (r#"{"code":-32008,"message":"Response is too big"}"#, TooManyLogs),
            (r#"{"code":-32000,"message":"backend response too large"}"#, TooManyLogs),
            (r#"{"code":-32000,"message":"query timeout exceeded"}"#, TooManyLogs),
            (r#"{"code":-32602,"message":"invalid argument 0"}"#, Other),
        ] {
            assert_eq!(classify(payload(json)).map(|e| e.kind), Ok(kind), "{json}");
        }
    }

    #[test]
    fn faults_of_the_endpoint() {
        for (json, fault) in [
            (
                r#"{"code":-32005,"message":"daily request count exceeded, request rate limited"}"#,
                Fault::RateLimited { retry_after: None },
            ),
            (r#"{"code":429,"message":"Too Many Requests"}"#, Fault::RateLimited { retry_after: None }),
            (r#"{"code":-32000,"message":"header not found"}"#, Fault::NoBlock(0)),
            (r#"{"code":-32001,"message":"Unknown block"}"#, Fault::NoBlock(0)),
            (r#"{"code":-32603,"message":"Internal error"}"#, Fault::Internal("Internal error".to_owned())),
        ] {
            assert_eq!(classify(payload(json)), Err(fault), "{json}");
        }
    }

    #[test]
    fn revert_data_in_both_places() {
        for json in [
            r#"{"code":3,"message":"execution reverted","data":"0x63c36549"}"#,
            r#"{"code":-32603,"message":"x","data":{"data":"0x63c36549","message":"y"}}"#,
            r#"{"code":-32015,"message":"x","data":"Reverted 0x63c36549"}"#,
        ] {
            let data = classify(payload(json)).expect("a refusal").data;
            assert_eq!(data.as_ref().map(|d| d.to_vec()), Some(vec![0x63, 0xc3, 0x65, 0x49]), "{json}");
        }
    }
}
