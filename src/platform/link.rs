use std::sync::Arc;

use futures::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{fetch::fetch, local};
use crate::{
    chain::host::{Link, LinkAnswer, LinkError},
    tx::{Eip1193, WalletError},
};

/// An endpoint reached by [`fetch`].
#[derive(Clone, Debug)]
pub struct FetchLink {
    url: String,
}

impl FetchLink {
    /// The endpoint at `url`.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into() }
    }
}

impl Link for FetchLink {
    fn exchange(&self, body: String) -> BoxFuture<'static, Result<LinkAnswer, LinkError>> {
        let url = self.url.clone();
        local(async move { fetch(&url, body).await })
    }
}

/// The wallet's own connection to the chain, used like an endpoint: for reading only.
pub struct WalletLink {
    provider: Arc<dyn Eip1193>,
}

impl core::fmt::Debug for WalletLink {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("WalletLink")
    }
}

/// What may be asked through a [`WalletLink`]. Nothing here opens a window or signs.
const READS: [&str; 15] = [
    "eth_blockNumber",
    "eth_call",
    "eth_chainId",
    "eth_estimateGas",
    "eth_gasPrice",
    "eth_getBalance",
    "eth_getBlockByNumber",
    "eth_getCode",
    "eth_getLogs",
    "eth_getTransactionByHash",
    "eth_getTransactionCount",
    "eth_getTransactionReceipt",
    "eth_maxPriorityFeePerGas",
    "eth_feeHistory",
    "eth_simulateV1",
];

impl WalletLink {
    /// The connection of `provider`.
    pub fn new(provider: Arc<dyn Eip1193>) -> Self {
        Self { provider }
    }
}

#[derive(Deserialize)]
struct Request {
    id: Value,
    method: String,
    #[serde(default)]
    params: Value,
}

impl Link for WalletLink {
    fn exchange(&self, body: String) -> BoxFuture<'static, Result<LinkAnswer, LinkError>> {
        let provider = self.provider.clone();
        local(async move {
            let request: Request = serde_json::from_str(&body).map_err(|_not_json| LinkError::Unreachable)?;
            let method =
                READS.into_iter().find(|read| *read == request.method).ok_or(LinkError::NotAllowed)?;
            let params = if request.params.is_null() { json!([]) } else { request.params };
            let answer = match provider.request(method, params).await {
                Ok(result) => json!({ "jsonrpc": "2.0", "id": request.id, "result": result }),
                Err(WalletError::Disconnected | WalletError::ChainDisconnected) => {
                    return Err(LinkError::Unreachable);
                }
                Err(WalletError::Unsupported) => error(&request.id, -32601, "method not supported"),
                Err(WalletError::Other { code, message }) => error(&request.id, code, &message),
                Err(other) => error(&request.id, -32603, &other.to_string()),
            };
            Ok(LinkAnswer { status: 200, retry_after: None, body: answer.to_string() })
        })
    }

    fn may_wander(&self) -> bool {
        true
    }
}

fn error(id: &Value, code: i64, message: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
}
