use std::sync::Arc;

use alloy_primitives::{Address, U64};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Eip1193, WalletError};
use crate::chain::host::{BoxFuture, Link};

/// The accounts of a development node that signs for itself, behind the interface of a wallet. Only for networks that
/// are `unlocked` and on this machine; it makes the demo work without an extension.
pub struct UnlockedAccounts {
    link: Arc<dyn Link>,
    chain_id: u64,
    account: Option<Address>,
}

impl core::fmt::Debug for UnlockedAccounts {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("UnlockedAccounts").field("chain_id", &self.chain_id).finish_non_exhaustive()
    }
}

impl UnlockedAccounts {
    /// The accounts of the node behind `link`, which serves `chain_id`.
    pub fn new(link: Arc<dyn Link>, chain_id: u64) -> Self {
        Self { link, chain_id, account: None }
    }

    /// Only `account` of them, as a wallet has one account selected.
    #[must_use]
    pub fn only(mut self, account: Address) -> Self {
        self.account = Some(account);
        self
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    result: Value,
    error: Option<Refused>,
}

#[derive(Deserialize)]
struct Refused {
    code: i64,
    message: String,
}

impl Eip1193 for UnlockedAccounts {
    fn request(&self, method: &'static str, params: Value) -> BoxFuture<'static, Result<Value, WalletError>> {
        let own_chain = format!("{:#x}", U64::from(self.chain_id));
        // what an extension would ask the person, this one answers itself
        let method = if method == "eth_requestAccounts" { "eth_accounts" } else { method };
        match method {
            "wallet_switchEthereumChain" => {
                let same =
                    params[0]["chainId"].as_str().is_some_and(|asked| asked.eq_ignore_ascii_case(&own_chain));
                let answer = if same { Ok(Value::Null) } else { Err(WalletError::UnknownChain) };
                return Box::pin(async { answer });
            }
            "eth_accounts" if self.account.is_some() => {
                let account = json!([self.account]);
                return Box::pin(async { Ok(account) });
            }
            "wallet_addEthereumChain" => return Box::pin(async { Err(WalletError::Unsupported) }),
            _ => {}
        }
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
        let exchange = self.link.exchange(body);
        Box::pin(async move {
            let answer = exchange.await.map_err(|_error| WalletError::Disconnected)?;
            let answer: Answer =
                serde_json::from_str(&answer.body).map_err(|_error| WalletError::Disconnected)?;
            match answer.error {
                None => Ok(answer.result),
                Some(error) => Err(WalletError::from_code(error.code, &error.message)),
            }
        })
    }
}
