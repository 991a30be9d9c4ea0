//! EIP-1193. The only file that names the methods that sign.

use std::{fmt, sync::Arc};

use alloy_primitives::{Address, B256, U64};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Call;
use crate::chain::{CallRequest, Network, host::BoxFuture};

/// The request that opens the wallet.
pub(super) const SEND: &str = "eth_sendTransaction";
/// Asked of a wallet that proposes: which transaction of the chain carried a proposal out. No wallet's own method.
pub(super) const EXECUTION: &str = "rota_execution";

/// Something that answers `request({ method, params })`: an extension, or the node's own accounts.
pub trait Eip1193: Send + Sync {
    /// Sends a request.
    fn request(&self, method: &'static str, params: Value) -> BoxFuture<'static, Result<Value, WalletError>>;

    /// Whether it proposes to others instead of sending: its answer to a request to send is a proposal's number.
    fn proposes(&self) -> bool {
        false
    }
}

/// A wallet's refusal, by the number it gives (EIP-1193, EIP-1474). Its words are shown, never read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum WalletError {
    /// 4001.
    #[error("the request was rejected in the wallet")]
    Rejected,
    /// 4100.
    #[error("the wallet does not let this page use the account")]
    Unauthorized,
    /// 4200 and -32601.
    #[error("the wallet does not know the method")]
    Unsupported,
    /// 4900.
    #[error("the wallet has no connection")]
    Disconnected,
    /// 4901.
    #[error("the wallet has no connection to this chain")]
    ChainDisconnected,
    /// 4902.
    #[error("the wallet does not know this chain")]
    UnknownChain,
    /// -32002.
    #[error("the wallet has another request open")]
    Busy,
    /// Any other.
    #[error("the wallet answered: {message} ({code})")]
    Other {
        /// Its number.
        code: i64,
        /// Its words, shortened.
        message: String,
    },
}

impl WalletError {
    /// The error behind a code.
    pub fn from_code(code: i64, message: &str) -> Self {
        match code {
            4001 => Self::Rejected,
            4100 => Self::Unauthorized,
            4200 | -32601 => Self::Unsupported,
            4900 => Self::Disconnected,
            4901 => Self::ChainDisconnected,
            4902 => Self::UnknownChain,
            -32002 => Self::Busy,
            code => Self::Other { code, message: crate::chain::text::tame(message, 160) },
        }
    }

    /// Whether this answer to `eth_sendTransaction` says that nothing was sent. Any other error may come after the
    /// transaction went out: a lost connection, a node's complaint about the second of two broadcasts.
    pub fn sent_nothing(&self) -> bool {
        match self {
            Self::Rejected | Self::Unauthorized | Self::Unsupported | Self::UnknownChain | Self::Busy => true,
            Self::Disconnected | Self::ChainDisconnected | Self::Other { .. } => false,
        }
    }

    pub(super) fn strange(what: &str) -> Self {
        Self::Other { code: 0, message: format!("{what} is not what EIP-1193 promises") }
    }
}

/// A connected or connectable wallet.
#[derive(Clone)]
pub struct Wallet(Arc<dyn Eip1193>);

impl fmt::Debug for Wallet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wallet")
    }
}

impl Wallet {
    /// A wallet behind `provider`.
    pub fn new(provider: Arc<dyn Eip1193>) -> Self {
        Self(provider)
    }

    fn addresses(value: Value) -> Result<Vec<Address>, WalletError> {
        serde_json::from_value(value).map_err(|_error| WalletError::strange("the list of accounts"))
    }

    /// Accounts that the wallet already lets this page see. Opens nothing.
    pub async fn accounts(&self) -> Result<Vec<Address>, WalletError> {
        Self::addresses(self.0.request("eth_accounts", json!([])).await?)
    }

    /// Asks the person to let this page see accounts.
    pub async fn connect(&self) -> Result<Vec<Address>, WalletError> {
        Self::addresses(self.0.request("eth_requestAccounts", json!([])).await?)
    }

    /// The chain the wallet is on.
    pub async fn chain_id(&self) -> Result<u64, WalletError> {
        let value = self.0.request("eth_chainId", json!([])).await?;
        // some wallets answer with a number instead of a hex quantity
        let id = value.as_u64().or_else(|| serde_json::from_value::<U64>(value).ok().map(|id| id.to()));
        id.ok_or_else(|| WalletError::strange("the chain id"))
    }

    /// Asks the person to move the wallet to a network's chain, and to add it first where it is unknown
    /// (EIP-3326, EIP-3085).
    pub async fn switch_to(&self, network: &Network) -> Result<(), WalletError> {
        let chain_id = format!("{:#x}", network.chain_id);
        let switch = || self.0.request("wallet_switchEthereumChain", json!([{ "chainId": chain_id }]));
        match switch().await {
            // -32603 is what some mobile wallets give for an unknown chain
            Err(WalletError::UnknownChain | WalletError::Other { code: -32603, .. }) => {
                let description = json!([{
                    "chainId": chain_id,
                    "chainName": network.name,
                    "nativeCurrency": { "name": "Ether", "symbol": "ETH", "decimals": 18 },
                    "rpcUrls": network.rpc,
                    "blockExplorerUrls": network.explorer.iter().collect::<Vec<_>>(),
                }]);
                self.0.request("wallet_addEthereumChain", description).await?;
                // adding does not have to switch
                switch().await.map(drop)
            }
            other => other.map(drop),
        }
    }

    /// See [`Eip1193::proposes`].
    pub fn proposes(&self) -> bool {
        self.0.proposes()
    }

    /// The transaction that carried a proposal out, as the wallet says; `None` while it knows of none.
    pub async fn execution(&self, proposal: B256) -> Result<Option<B256>, WalletError> {
        let told = self.0.request(EXECUTION, json!([proposal])).await?;
        serde_json::from_value(told).map_err(|_error| WalletError::strange("the transaction hash"))
    }

    /// Asks the person to sign and send a call, and gives its hash. With `nonce`, the transaction takes the place
    /// of an earlier one that was lost, so that never both can be mined. The chain is named in the request: a
    /// wallet that moved to another one since it was asked must refuse.
    ///
    /// Called by [`super::driver`] only: nothing reaches it that was not shown and simulated.
    pub(super) async fn send(
        &self,
        from: Address,
        call: &Call,
        chain_id: u64,
        nonce: Option<u64>,
    ) -> Result<B256, WalletError> {
        let request = CallRequest {
            chain_id: Some(U64::from(chain_id)),
            nonce: nonce.map(U64::from),
            ..call.request(from)
        };
        let hash = self.0.request(SEND, json!([request])).await?;
        serde_json::from_value(hash).map_err(|_error| WalletError::strange("the transaction hash"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_decide_not_words() {
        for (code, error) in [
            (4001, WalletError::Rejected),
            (4100, WalletError::Unauthorized),
            (4200, WalletError::Unsupported),
            (-32601, WalletError::Unsupported),
            (4900, WalletError::Disconnected),
            (4901, WalletError::ChainDisconnected),
            (4902, WalletError::UnknownChain),
            (-32002, WalletError::Busy),
            (7, WalletError::Other { code: 7, message: "User rejected the request".to_owned() }),
        ] {
            assert_eq!(WalletError::from_code(code, "User rejected the request"), error);
        }
    }
}
