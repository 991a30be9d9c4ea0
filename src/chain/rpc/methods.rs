//! The JSON-RPC methods the app uses, typed (Ethereum execution API specification).

use std::ops::RangeInclusive;

use alloy_primitives::{Address, B256, Bytes, U64, U128, U256};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    introduction::BLOCK,
    pool::{Answer, Pool, Refused},
    request::CallRequest,
};
use crate::chain::{Fault, Header, RpcError, logs::Log};

/// A receipt, as far as the app looks at it. Own type for the reason given at [`Header`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// The transaction.
    pub transaction_hash: B256,
    /// Who sent it.
    #[serde(default)]
    pub from: Option<Address>,
    status: U64,
    block_number: U64,
    /// The block that holds it.
    pub block_hash: B256,
    gas_used: U64,
    #[serde(default)]
    effective_gas_price: Option<U128>,
    /// What it emitted.
    pub logs: Vec<Log>,
}

impl Receipt {
    /// `false` when the transaction reverted.
    pub fn succeeded(&self) -> bool {
        self.status == U64::from(1)
    }

    /// Height of its block.
    pub fn block_number(&self) -> u64 {
        self.block_number.to()
    }

    /// Gas it burnt.
    pub fn gas_used(&self) -> u64 {
        self.gas_used.to()
    }

    /// What it cost in wei, where the node says at which price.
    pub fn fee(&self) -> Option<U256> {
        self.effective_gas_price.map(|price| U256::from(price) * U256::from(self.gas_used()))
    }
}

/// A transaction as the node knows it, pending or mined.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mined {
    /// Its hash.
    pub hash: B256,
    /// Its sender.
    pub from: Address,
    /// Its target; `None` creates a contract.
    #[serde(default)]
    pub to: Option<Address>,
    nonce: U64,
    /// Calldata.
    pub input: Bytes,
    /// Wei sent along.
    pub value: U256,
    #[serde(default)]
    block_number: Option<U64>,
}

impl Mined {
    /// The sender's count of transactions before this one.
    pub fn nonce(&self) -> u64 {
        self.nonce.to()
    }

    /// Height of its block; `None` while it is pending.
    pub fn block_number(&self) -> Option<u64> {
        self.block_number.map(|number| number.to())
    }
}

/// What the next transaction costs per gas, in wei.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeMarket {
    /// Burnt, by the newest block.
    pub base: u128,
    /// Paid to the proposer, as the node suggests.
    pub tip: u128,
    /// Height of the block that the base fee is of.
    pub block: u64,
}

impl FeeMarket {
    /// Both together: the price at the newest block. The next block's base fee may be an eighth higher.
    pub const fn price(self) -> u128 {
        self.base + self.tip
    }
}

fn decoded<T: DeserializeOwned>(raw: &str) -> Result<T, Fault> {
    serde_json::from_str(raw).map_err(|error| Fault::Malformed(error.to_string()))
}

fn quantity(number: u64) -> String {
    format!("{number:#x}")
}

impl Pool {
    /// The header that `tag` names, of a block of these heights; without one the endpoint lacks the first of them.
    async fn header(&self, tag: String, heights: RangeInclusive<u64>) -> Result<Header, RpcError> {
        let check = |endpoint: &super::Endpoint, header: &Option<Header>| match header {
            Some(header) if heights.contains(&header.block().number) => {
                endpoint.saw(header.block().number);
                Ok(())
            }
            _ => Err(Fault::NoBlock(*heights.start())),
        };
        let answer = self.ask_checked::<Option<Header>>(BLOCK, (tag, false), check).await?;
        answer.value.ok_or(RpcError::NoEndpoint)
    }

    /// The newest block.
    pub async fn latest(&self) -> Result<Header, RpcError> {
        self.latest_from(0).await
    }

    /// The newest block that any endpoint has.
    pub async fn newest(&self) -> Result<Header, RpcError> {
        let mut newest: Option<Header> = None;
        let mut take = |raw: &str| {
            let header: Header = decoded(raw)?;
            if newest.as_ref().is_none_or(|known| known.block().number < header.block().number) {
                newest = Some(header);
            }
            Ok(false)
        };
        self.poll(BLOCK, json!(["latest", false]), &mut take).await?;
        newest.ok_or(RpcError::NoEndpoint)
    }

    /// The newest block of the first endpoint that has one at `least` or higher; those that have none are behind.
    pub async fn latest_from(&self, least: u64) -> Result<Header, RpcError> {
        self.header("latest".to_owned(), least..=u64::MAX).await
    }

    /// The newest block that cannot be reorganised away; not every endpoint offers the tag. The first answer is from when
    /// the endpoint was asked for its chain: what was final then is final now.
    pub async fn finalized(&self) -> Result<Header, RpcError> {
        if let Some(header) = self.told_final().and_then(|raw| decoded::<Option<Header>>(&raw).ok()?) {
            return Ok(header);
        }
        self.at_most_once().header("finalized".to_owned(), 0..=u64::MAX).await
    }

    /// The block at a height.
    pub async fn block(&self, number: u64) -> Result<Header, RpcError> {
        self.header(quantity(number), number..=number).await
    }

    /// The transactions of a block.
    pub async fn transactions(&self, number: u64) -> Result<Vec<Mined>, RpcError> {
        #[derive(Deserialize)]
        struct Block {
            transactions: Vec<Mined>,
        }
        let check = |_: &super::Endpoint, block: &Option<Block>| match block {
            Some(_) => Ok(()),
            None => Err(Fault::NoBlock(number)),
        };
        let answer = self.ask_checked(BLOCK, (quantity(number), true), check).await?;
        Ok(answer.value.map_or_else(Vec::new, |block: Block| block.transactions))
    }

    /// Runs a call at a block and gives what it returns.
    pub async fn call(&self, request: &CallRequest, block: u64) -> Result<Bytes, RpcError> {
        Ok(self.ask("eth_call", (request, quantity(block))).await?.value)
    }

    /// The same, as if this code stood at the called address (a state override, which not every endpoint offers).
    pub async fn call_with_code(
        &self,
        request: &CallRequest,
        block: u64,
        code: &Bytes,
    ) -> Result<Bytes, RpcError> {
        let overrides = json!({ request.to.to_string(): { "code": code } });
        Ok(self.once().ask("eth_call", (request, quantity(block), overrides)).await?.value)
    }

    /// The code at an address.
    pub async fn code(&self, address: Address, block: u64) -> Result<Bytes, RpcError> {
        Ok(self.ask("eth_getCode", (address, quantity(block))).await?.value)
    }

    /// Whether a contract stands at an address. 23 bytes that begin with 0xef0100 are an account with a key that
    /// delegated its code (EIP-7702), not a contract.
    pub async fn is_contract(&self, address: Address, block: u64) -> Result<bool, RpcError> {
        let code = self.code(address, block).await?;
        Ok(!code.is_empty() && !code.starts_with(&[0xef, 0x01, 0x00]))
    }

    /// Wei of an account.
    pub async fn balance(&self, address: Address, block: u64) -> Result<U256, RpcError> {
        Ok(self.ask("eth_getBalance", (address, quantity(block))).await?.value)
    }

    /// Transactions of an account that are in blocks: the highest count that an endpoint gives, for those that are
    /// behind give less.
    pub async fn nonce(&self, address: Address) -> Result<u64, RpcError> {
        self.count(address, "latest").await
    }

    /// The same at a block.
    pub async fn nonce_at(&self, address: Address, block: u64) -> Result<u64, RpcError> {
        Ok(self.ask::<U64>("eth_getTransactionCount", (address, quantity(block))).await?.value.to())
    }

    /// The same with those that wait in an endpoint's pool.
    pub async fn pending_nonce(&self, address: Address) -> Result<u64, RpcError> {
        self.count(address, "pending").await
    }

    async fn count(&self, address: Address, tag: &str) -> Result<u64, RpcError> {
        let mut most = 0;
        let mut take = |raw: &str| {
            most = most.max(decoded::<U64>(raw)?.to());
            Ok(false)
        };
        self.poll("eth_getTransactionCount", json!([address, tag]), &mut take).await?;
        Ok(most)
    }

    /// The receipt of a mined transaction, from the first endpoint that has it.
    pub async fn receipt(&self, hash: B256) -> Result<Option<Receipt>, RpcError> {
        self.whoever_has("eth_getTransactionReceipt", hash).await
    }

    /// A transaction, pending or mined, from the first endpoint that knows it.
    pub async fn transaction(&self, hash: B256) -> Result<Option<Mined>, RpcError> {
        self.whoever_has("eth_getTransactionByHash", hash).await
    }

    async fn whoever_has<R: DeserializeOwned + Send>(
        &self,
        method: &'static str,
        hash: B256,
    ) -> Result<Option<R>, RpcError> {
        let mut found = None;
        let mut take = |raw: &str| {
            found = decoded::<Option<R>>(raw)?;
            Ok(found.is_some())
        };
        self.poll(method, json!([hash]), &mut take).await?;
        Ok(found)
    }

    /// The price of gas. Where the node suggests no tip, its `eth_gasPrice` says what both come to.
    pub async fn fees(&self) -> Result<FeeMarket, RpcError> {
        let newest = self.latest().await?;
        let (base, block) = (newest.base_fee().unwrap_or(0), newest.block().number);
        let tip = match self.once().ask::<U128>("eth_maxPriorityFeePerGas", json!([])).await {
            Ok(tip) => tip.value.to(),
            Err(_) => {
                self.ask::<U128>("eth_gasPrice", json!([])).await?.value.to::<u128>().saturating_sub(base)
            }
        };
        Ok(FeeMarket { base, tip, block })
    }

    /// Logs of a filter up to block `to`, from one endpoint that has it.
    pub(in crate::chain) async fn logs(&self, filter: &Value, to: u64) -> Result<Answer<Vec<Log>>, Refused> {
        self.once().ask_at("eth_getLogs", (filter,), to, |_, _| Ok(())).await
    }

    /// All logs of one block, by the receipts of its transactions: one answer, whatever the limits on `eth_getLogs` are.
    pub(in crate::chain) async fn logs_of_block(&self, number: u64) -> Result<Answer<Vec<Log>>, Refused> {
        #[derive(Deserialize)]
        struct Logs {
            logs: Vec<Log>,
        }
        let accept = |_: &_, _: &_| Ok(());
        let answer = self.once().ask_at("eth_getBlockReceipts", (quantity(number),), number, accept).await?;
        let receipts: Vec<Logs> = answer.value;
        Ok(Answer { value: receipts.into_iter().flat_map(|receipt| receipt.logs).collect(), by: answer.by })
    }
}
