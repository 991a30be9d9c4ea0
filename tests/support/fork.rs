//! A chain that one test may change: an anvil of its own that begins where the network of all tests is.

use std::{
    net::TcpListener,
    ops::Deref,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{
    Chain,
    chain::{DEADLINE, number},
    devnet, foundry,
};

/// A fork of the network at the block of the facts. It ends when it is dropped, or with this process.
pub struct Fork {
    chain: Chain,
    node: Child,
    guard: Child,
}

impl Deref for Fork {
    type Target = Chain;

    fn deref(&self) -> &Chain {
        &self.chain
    }
}

/// Below the range from which the kernel takes the ports of outgoing connections.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % 10_000).expect("small");
    loop {
        let port = 20_000 + (start + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

impl Fork {
    /// A fork of the network.
    pub async fn new() -> Self {
        let fork = Self::start(&devnet().chain.url, Some(devnet().height())).await;
        // anvil gives all of its accounts the same purse
        fork.set_ether(devnet().facts.account("penniless"), alloy_primitives::U256::ZERO).await;
        fork
    }

    async fn start(of: &str, height: Option<u64>) -> Self {
        loop {
            let port = free_port();
            // the address that a node says it forks is how we know that it is ours
            let fork_url = format!("{of}/?port={port}&of={}", std::process::id());
            let mut command = Command::new(foundry("anvil"));
            command.args([
                "--fork-url",
                &fork_url,
                "--port",
                &port.to_string(),
                "--accounts",
                "23",
                "--balance",
                "100",
            ]);
            command.args(["--no-storage-caching", "--no-rate-limit", "--enable-tx-gas-limit", "--silent"]);
            command.args(height.map(|height| format!("--fork-block-number={height}")));
            let node = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
            let node = node.expect("anvil starts");
            let guard = guard(&node);
            let mut fork = Self { chain: Chain::at(&format!("http://127.0.0.1:{port}")), node, guard };
            if fork.is_ready(&fork_url).await {
                return fork;
            }
        }
    }

    /// Whether it answers as ours; `false` when somebody else took the port.
    async fn is_ready(&mut self, fork_url: &str) -> bool {
        let begun = Instant::now();
        while self.node.try_wait().expect("our child").is_none() {
            assert!(begun.elapsed() < DEADLINE, "anvil did not answer at {}", self.chain.url);
            let port = self.chain.url.rsplit(':').next().expect("a port");
            if std::net::TcpStream::connect(format!("127.0.0.1:{port}")).is_ok() {
                let info = self.chain.rpc.ask("anvil_nodeInfo", json!([])).await.unwrap_or_default();
                return info["forkConfig"]["forkUrl"] == fork_url;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        false
    }

    /// Whether each transaction gets a block at once.
    pub async fn set_automine(&self, on: bool) {
        self.rpc.must("evm_setAutomine", json!([on])).await;
    }

    /// Mines blocks.
    pub async fn mine(&self, blocks: u64) {
        self.rpc.must("anvil_mine", json!([format!("{blocks:#x}")])).await;
    }

    /// The timestamp of the next block.
    pub async fn set_next_time(&self, timestamp: u64) {
        self.rpc.must("evm_setNextBlockTimestamp", json!([timestamp])).await;
    }

    /// Mines a block with that timestamp.
    pub async fn warp_to(&self, timestamp: u64) {
        self.set_next_time(timestamp).await;
        self.mine(1).await;
    }

    /// The transactions that wait, as the node shows them.
    pub async fn waiting(&self) -> Vec<Value> {
        let pool = self.rpc.must("txpool_content", json!([])).await;
        let accounts =
            pool["pending"].as_object().into_iter().flat_map(|accounts| accounts.values().cloned());
        accounts
            .flat_map(|by_nonce| {
                by_nonce.as_object().cloned().unwrap_or_default().into_iter().map(|(_, tx)| tx)
            })
            .collect()
    }

    /// Every transaction of an account since the fork began, in order.
    pub async fn sent_by(&self, account: alloy_primitives::Address) -> Vec<Value> {
        let newest = number(&self.rpc.must("eth_blockNumber", json!([])).await);
        let mut found = Vec::new();
        for height in devnet().height() + 1..=newest {
            let block = self.rpc.must("eth_getBlockByNumber", json!([format!("{height:#x}"), true])).await;
            let transactions = block["transactions"].as_array().cloned().unwrap_or_default();
            found.extend(transactions.into_iter().filter(|tx| tx["from"] == json!(account)));
        }
        found
    }
}

/// Waits for the end of its standard input, which only the end of this process brings.
fn guard(node: &Child) -> Child {
    let mut command = Command::new("sh");
    command.args(["-c", "cat >/dev/null; kill -9 \"$1\" 2>/dev/null", "guard", &node.id().to_string()]);
    command.stdin(Stdio::piped()).spawn().expect("there is a shell")
}

impl Drop for Fork {
    fn drop(&mut self) {
        self.node.kill().ok();
        self.node.wait().ok();
        // only now: until the node is gone the guard may be needed, afterwards the number may be another program's
        self.guard.kill().ok();
        self.guard.wait().ok();
    }
}
