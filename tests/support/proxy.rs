//! Public endpoints that break on demand: `tests/devnet/proxy.mjs`, one for each test that wants to break it.

use serde_json::{Map, Value, json};

use super::NodeTool;

/// What differs from the limits of a usual public endpoint.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// Most gas for one `eth_call`.
    pub call_gas: Option<u64>,
    /// Most blocks in one `eth_getLogs`.
    pub log_blocks: Option<u64>,
    /// Most logs from one `eth_getLogs`.
    pub log_results: Option<u64>,
}

/// A proxy process in front of a node.
pub struct Proxy {
    pub url: String,
    tool: NodeTool,
}

impl Proxy {
    /// In front of the node at `target`; answers without delay.
    pub fn start(target: &str, limits: Limits) -> Self {
        let given = [
            ("callGas", limits.call_gas),
            ("logBlocks", limits.log_blocks),
            ("logResults", limits.log_results),
            ("latency", Some(0)),
        ];
        let limits: Map<String, Value> =
            given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))).collect();
        let options = json!({ "target": target, "limits": limits }).to_string();
        let (tool, url) = NodeTool::start("support/proxy.mjs", &[&options]);
        Self { url, tool }
    }

    /// Sets a fault on, see `tests/devnet/proxy/faults.mjs`.
    pub fn break_by(&self, fault: Value) {
        let answer = ureq::post(format!("{}/-/faults", self.url)).send(fault.to_string());
        assert_eq!(answer.expect("the proxy runs").status().as_u16(), 200);
    }

    /// Ends all faults.
    pub fn repair(&self) {
        let answer = ureq::delete(format!("{}/-/faults", self.url)).call();
        assert_eq!(answer.expect("the proxy runs").status().as_u16(), 200);
    }

    /// What was asked since the last [`Proxy::forget`].
    pub fn meter(&self) -> Value {
        let mut answer = ureq::get(format!("{}/-/meter", self.url)).call().expect("the proxy runs");
        let text = answer.body_mut().read_to_string().expect("text");
        serde_json::from_str(&text).expect("JSON")
    }

    /// How often a method was asked.
    pub fn count(&self, method: &str) -> u64 {
        self.meter()["methods"][method]["requests"].as_u64().unwrap_or(0)
    }

    /// Counts from zero again.
    pub fn forget(&self) {
        ureq::delete(format!("{}/-/meter", self.url)).call().expect("the proxy runs");
    }
}
