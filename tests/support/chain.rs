//! A node, by itself and as the app sees it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolCall;
use rota::{
    aztec::{Book, Deployment, Names, read},
    chain::{BlockRef, Network, Pool, PoolConfig, host::Link as _},
};
use serde_json::{Value, json};

use super::{HttpLink, devnet, endpoint, real_host};

/// Longer than anything takes that a test waits for.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// Plain JSON-RPC, for what the app never asks.
#[derive(Clone)]
pub struct Rpc(HttpLink);

impl Rpc {
    pub fn new(url: &str) -> Self {
        Self(HttpLink::new(url))
    }

    /// The result, or the node's error.
    pub async fn ask(&self, method: &str, params: Value) -> Result<Value, Value> {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
        let answer = self.0.exchange(body).await.expect("the node answers");
        let mut answer: Value = serde_json::from_str(&answer.body).expect("JSON");
        if answer["error"].is_null() { Ok(answer["result"].take()) } else { Err(answer["error"].take()) }
    }

    /// The result of a request that must succeed.
    pub async fn must(&self, method: &str, params: Value) -> Value {
        match self.ask(method, params.clone()).await {
            Ok(result) => result,
            Err(error) => panic!("{method} {params}: {error}"),
        }
    }
}

/// A node of the test network.
#[derive(Clone)]
pub struct Chain {
    pub url: String,
    pub rpc: Rpc,
}

impl Chain {
    pub fn at(url: &str) -> Self {
        Self { url: url.to_owned(), rpc: Rpc::new(url) }
    }

    /// The network's entry with this node as its only endpoint.
    pub fn network(&self) -> Network {
        let mut entry = devnet().facts.network.clone();
        entry["rpc"] = json!([self.url]);
        Network::from_json(&entry).expect("a good entry")
    }

    /// A pool with this node as its only endpoint.
    pub fn pool(&self) -> Pool {
        let spec = endpoint(&self.url, HttpLink::new(&self.url));
        Pool::new(
            devnet().facts.network["chainId"].as_u64().expect("a number"),
            vec![spec],
            real_host(),
            PoolConfig::default(),
        )
    }

    /// The newest block.
    pub async fn latest(&self) -> BlockRef {
        self.pool().latest().await.expect("the node answers").block()
    }

    /// What the app finds here, starting at `Registry` and `StakingRegistry`.
    pub async fn contracts(&self) -> Deployment {
        let block = self.latest().await;
        read::deployment(&self.pool(), &self.network(), block).await.expect("the network's contracts").value
    }

    /// What the transaction pipeline knows about them, with the names that the app ships.
    pub async fn book(&self) -> Book {
        let contracts = self.contracts().await;
        let names = include_str!("../../public/providers.json");
        let names = Names::from_json(names, contracts.chain_id, contracts.staking_registry);
        Book {
            contracts: contracts.into(),
            names: names.into(),
            learned: Arc::default(),
            vaults: Arc::default(),
        }
    }

    /// Runs a call on the newest block; an error is revert data.
    pub async fn try_call<C: SolCall>(
        &self,
        from: Address,
        to: Address,
        call: C,
    ) -> Result<C::Return, Bytes> {
        let request = json!({ "from": from, "to": to, "data": Bytes::from(call.abi_encode()) });
        match self.rpc.ask("eth_call", json!([request, "latest"])).await {
            Ok(answer) => {
                let data: Bytes = serde_json::from_value(answer).expect("bytes");
                Ok(C::abi_decode_returns(&data).expect("the type of the call"))
            }
            Err(error) => Err(serde_json::from_value(error["data"].clone()).unwrap_or_default()),
        }
    }

    /// Reads a getter at the newest block.
    pub async fn read<C: SolCall>(&self, to: Address, call: C) -> C::Return {
        self.try_call(Address::ZERO, to, call).await.expect("a getter does not revert")
    }

    /// An account's transactions in blocks.
    pub async fn nonce(&self, account: Address) -> u64 {
        let count = self.rpc.must("eth_getTransactionCount", json!([account, "latest"])).await;
        number(&count)
    }

    /// A receipt, if there is one.
    pub async fn receipt(&self, hash: B256) -> Option<Value> {
        Some(self.rpc.must("eth_getTransactionReceipt", json!([hash])).await)
            .filter(|receipt| !receipt.is_null())
    }

    /// The receipt of a transaction that is being mined: the node answers a sender a moment before.
    pub async fn mined(&self, hash: B256) -> Value {
        let begun = Instant::now();
        loop {
            if let Some(receipt) = self.receipt(hash).await {
                return receipt;
            }
            assert!(begun.elapsed() < DEADLINE, "transaction {hash} is in no block");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Sets an account's ether.
    pub async fn set_ether(&self, account: Address, wei: U256) {
        self.rpc.must("anvil_setBalance", json!([account, wei])).await;
    }
}

/// A quantity of JSON-RPC.
pub fn number(quantity: &Value) -> u64 {
    let digits = quantity.as_str().expect("a quantity").trim_start_matches("0x");
    u64::from_str_radix(digits, 16).expect("hexadecimal")
}
