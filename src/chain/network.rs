use alloy_primitives::Address;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::units;

/// A family of contracts that the app understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum System {
    /// Aztec staking and governance on Ethereum.
    Aztec,
}

/// One network as `public/networks.json` or Settings describe it. Everything else is read from the chain, starting
/// at `registry` and `staking_registry`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Network {
    /// First part of every address: `#/aztec-mainnet/…`. Lower-case letters, digits and hyphens.
    pub id: String,
    /// Which contracts to expect.
    pub system: System,
    /// What people call it.
    pub name: String,
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// Endpoints in the order they are asked.
    pub rpc: Vec<String>,
    /// Block explorer, without a trailing slash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explorer: Option<String>,
    /// The Aztec Registry: knows every rollup.
    pub registry: Address,
    /// The `StakingRegistry`: knows every provider. The Registry does not point to it.
    pub staking_registry: Address,
    /// First block that can hold a log of these contracts. Default: computed from the rollups' own genesis block.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_block: Option<u64>,
    /// Registries of token vaults.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub atp_registries: Vec<Address>,
    /// Factories of token vaults.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub atp_factories: Vec<Address>,
    /// The node signs for its own accounts. Counts only for endpoints on this machine, see [`Network::unlocked`].
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    unlocked: bool,
}

/// What is wrong with a network's description: one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NetworkError(pub String);

/// Whether a URL leads to this machine, where no certificate and no privacy is at stake.
pub(crate) fn is_loopback(url: &str) -> bool {
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://")).unwrap_or_default();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    matches!(host, "127.0.0.1" | "localhost")
}

/// An endpoint's address, or what to change about it. The page's security policy allows no other.
pub(crate) fn check_endpoint(url: &str) -> Result<String, NetworkError> {
    let url = url.trim();
    let fail = |what: &str| Err(NetworkError(format!("{what}: {}", super::text::tame(url, 60))));
    let Some((scheme, rest)) = url.split_once("://") else { return fail("An endpoint begins with https://") };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty()
        || url.len() > 300
        || !url.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\')
    {
        return fail("This is not a web address");
    }
    if host.contains('@') {
        return fail("Leave user name and password out of the endpoint");
    }
    match scheme {
        "https" => Ok(url.to_owned()),
        "http" if is_loopback(url) => Ok(url.to_owned()),
        "http" => fail("Use https://; plain http:// is allowed for 127.0.0.1 and localhost only"),
        _ => fail("An endpoint begins with https://"),
    }
}

impl Network {
    /// Whether the node's own accounts may be offered as a wallet: asked for, and every endpoint is on this machine.
    pub fn unlocked(&self) -> bool {
        self.unlocked && !self.rpc.is_empty() && self.rpc.iter().all(|url| is_loopback(url))
    }

    /// Whether this is a chain on the user's own machine, whose clock and blocks follow no network's rhythm.
    pub fn is_local(&self) -> bool {
        !self.rpc.is_empty() && self.rpc.iter().all(|url| is_loopback(url))
    }

    /// A link to an address in the explorer.
    pub fn explorer_address(&self, address: Address) -> Option<String> {
        self.explorer.as_ref().map(|base| format!("{base}/address/{address}"))
    }

    /// A link to a transaction in the explorer.
    pub fn explorer_tx(&self, hash: alloy_primitives::B256) -> Option<String> {
        self.explorer.as_ref().map(|base| format!("{base}/tx/{hash}"))
    }

    /// A description as JSON gives it; the first mistake is the error.
    pub fn from_json(value: &Value) -> Result<Self, NetworkError> {
        let fields =
            value.as_object().ok_or_else(|| NetworkError("A network is an object in braces".to_owned()))?;
        Fields(fields).network()
    }
}

/// All networks of a JSON text: one object or an array of them, each good or with its mistake.
pub fn networks_from_json(text: &str) -> Result<Vec<Result<Network, NetworkError>>, NetworkError> {
    let value: Value = serde_json::from_str(text).map_err(|error| {
        NetworkError(format!("This is not valid JSON: line {}, column {}", error.line(), error.column()))
    })?;
    Ok(match &value {
        Value::Array(items) => items.iter().map(Network::from_json).collect(),
        one => vec![Network::from_json(one)],
    })
}

struct Fields<'a>(&'a Map<String, Value>);

const KNOWN: [&str; 12] = [
    "id",
    "system",
    "name",
    "chainId",
    "rpc",
    "explorer",
    "registry",
    "stakingRegistry",
    "fromBlock",
    "atpRegistries",
    "atpFactories",
    "unlocked",
];

impl Fields<'_> {
    fn network(&self) -> Result<Network, NetworkError> {
        let id = self.text("id")?;
        let fail = |what: String| NetworkError(format!("{}: {what}", super::text::tame(id, 40)));
        let in_id = |error: NetworkError| fail(error.0);
        if id.is_empty()
            || id.len() > 40
            || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        {
            return Err(fail(
                "id may hold lower-case letters, digits and hyphens only, at most 40".to_owned(),
            ));
        }
        if let Some(unknown) = self.0.keys().find(|key| !KNOWN.contains(&key.as_str())) {
            return Err(fail(format!("{} is not a field of a network", super::text::tame(unknown, 30))));
        }
        match self.text("system").map_err(in_id)? {
            "aztec" => {}
            other => {
                return Err(fail(format!("system {} is not known; use aztec", super::text::tame(other, 20))));
            }
        }
        let name = self.text("name").map_err(in_id)?;
        if name.trim().is_empty() || name != super::text::tame(name, 40) {
            return Err(fail("name needs 1 to 40 printable characters".to_owned()));
        }
        let chain_id = self.0.get("chainId").and_then(Value::as_u64).filter(|n| (1..1 << 53).contains(n));
        let rpc = self.list("rpc").map_err(in_id)?;
        let rpc: Vec<String> =
            rpc.into_iter().map(check_endpoint).collect::<Result<_, _>>().map_err(in_id)?;
        if rpc.is_empty() || rpc.len() > 10 {
            return Err(fail("rpc needs 1 to 10 endpoints".to_owned()));
        }
        if rpc.iter().enumerate().any(|(i, url)| rpc[..i].contains(url)) {
            return Err(fail("rpc names an endpoint twice".to_owned()));
        }
        let explorer = match self.0.get("explorer") {
            None | Some(Value::Null) => None,
            Some(Value::String(url)) if super::text::https_link(url).is_some() => {
                Some(url.trim_end_matches('/').to_owned())
            }
            Some(_) => return Err(fail("explorer must be an https:// address".to_owned())),
        };
        let from_block = match self.0.get("fromBlock") {
            None | Some(Value::Null) => None,
            Some(value) => {
                Some(value.as_u64().ok_or_else(|| fail("fromBlock must be a block number".to_owned()))?)
            }
        };
        let unlocked = match self.0.get("unlocked") {
            None => false,
            Some(Value::Bool(flag)) => *flag,
            Some(_) => return Err(fail("unlocked must be true or false".to_owned())),
        };
        if unlocked && !rpc.iter().all(|url| is_loopback(url)) {
            return Err(fail(
                "unlocked is for endpoints on this machine (127.0.0.1 or localhost) only".to_owned(),
            ));
        }
        Ok(Network {
            id: id.to_owned(),
            system: System::Aztec,
            name: name.trim().to_owned(),
            chain_id: chain_id.ok_or_else(|| fail("chainId must be a positive whole number".to_owned()))?,
            rpc,
            explorer,
            registry: self.address("registry").map_err(in_id)?,
            staking_registry: self.address("stakingRegistry").map_err(in_id)?,
            from_block,
            atp_registries: self.addresses("atpRegistries").map_err(in_id)?,
            atp_factories: self.addresses("atpFactories").map_err(in_id)?,
            unlocked,
        })
    }

    fn text(&self, field: &str) -> Result<&str, NetworkError> {
        match self.0.get(field) {
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(NetworkError(format!("{field} must be a text in quotes"))),
            None => Err(NetworkError(format!("{field} is missing"))),
        }
    }

    fn list(&self, field: &str) -> Result<Vec<&str>, NetworkError> {
        let texts = match self.0.get(field) {
            None => return Ok(Vec::new()),
            Some(Value::Array(items)) => items.iter().map(Value::as_str).collect::<Option<Vec<_>>>(),
            Some(_) => None,
        };
        texts.ok_or_else(|| NetworkError(format!("{field} must be a list of texts in square brackets")))
    }

    fn address(&self, field: &str) -> Result<Address, NetworkError> {
        units::address(self.text(field)?).map_err(|error| NetworkError(format!("{field}: {error}")))
    }

    fn addresses(&self, field: &str) -> Result<Vec<Address>, NetworkError> {
        let items = self.list(field)?;
        items
            .into_iter()
            .map(|item| units::address(item).map_err(|e| NetworkError(format!("{field}: {e}"))))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn good() -> Value {
        json!({
            "id": "aztec-test", "system": "aztec", "name": "Aztec Test", "chainId": 1,
            "rpc": ["https://example.org/key"], "explorer": "https://etherscan.io/",
            "registry": "0x35b22e09Ee0390539439E24f06Da43D83f90e298",
            "stakingRegistry": "0x042dF8f42790d6943F41C25C2132400fd727f452", "fromBlock": 23_700_000
        })
    }

    #[test]
    fn a_good_description_survives_its_own_export() {
        let network = Network::from_json(&good()).expect("good");
        assert_eq!(network.explorer.as_deref(), Some("https://etherscan.io"));
        assert!(!network.unlocked());
        let again = serde_json::to_value(&network).expect("plain data");
        assert_eq!(Network::from_json(&again), Ok(network));
    }

    #[test]
    fn each_mistake_has_its_sentence() {
        for (field, value, sentence) in [
            (
                "id",
                json!("Aztec Main"),
                "Aztec Main: id may hold lower-case letters, digits and hyphens only, at most 40",
            ),
            ("id", Value::Null, "id must be a text in quotes"),
            ("system", json!("solana"), "aztec-test: system solana is not known; use aztec"),
            ("name", json!("a\u{202e}b"), "aztec-test: name needs 1 to 40 printable characters"),
            ("chainId", json!("1"), "aztec-test: chainId must be a positive whole number"),
            ("chainId", json!(0), "aztec-test: chainId must be a positive whole number"),
            ("rpc", json!([]), "aztec-test: rpc needs 1 to 10 endpoints"),
            ("rpc", json!("https://a.b"), "aztec-test: rpc must be a list of texts in square brackets"),
            (
                "rpc",
                json!(["http://a.b"]),
                "aztec-test: Use https://; plain http:// is allowed for 127.0.0.1 and localhost only: http://a.b",
            ),
            ("rpc", json!(["https://a.b", "https://a.b"]), "aztec-test: rpc names an endpoint twice"),
            (
                "rpc",
                json!(["https://u:p@a.b"]),
                "aztec-test: Leave user name and password out of the endpoint: https://u:p@a.b",
            ),
            ("rpc", json!(["ws://a.b"]), "aztec-test: An endpoint begins with https://: ws://a.b"),
            ("explorer", json!("javascript:x"), "aztec-test: explorer must be an https:// address"),
            ("registry", json!("0x35b2"), "aztec-test: registry: Too short: 6 of 42 characters"),
            (
                "registry",
                json!("0x35B22e09Ee0390539439E24f06Da43D83f90e298"),
                "aztec-test: registry: Checksum does not match. Copy it again",
            ),
            ("fromBlock", json!(-1), "aztec-test: fromBlock must be a block number"),
            (
                "atpFactories",
                json!([1]),
                "aztec-test: atpFactories must be a list of texts in square brackets",
            ),
            ("unlocked", json!("yes"), "aztec-test: unlocked must be true or false"),
            (
                "unlocked",
                json!(true),
                "aztec-test: unlocked is for endpoints on this machine (127.0.0.1 or localhost) only",
            ),
            ("rpcs", json!([]), "aztec-test: rpcs is not a field of a network"),
        ] {
            let mut description = good();
            description[field] = value;
            assert_eq!(Network::from_json(&description), Err(NetworkError(sentence.to_owned())));
        }
    }

    #[test]
    fn unlocked_counts_on_this_machine_only() {
        let mut local = good();
        local["unlocked"] = json!(true);
        local["rpc"] = json!(["http://127.0.0.1:8545", "http://localhost:1"]);
        assert!(Network::from_json(&local).expect("good").unlocked());
        for url in ["http://127.0.0.1.evil.org", "http://localhost.evil.org:80", "http://evil.org/127.0.0.1"]
        {
            assert!(!is_loopback(url), "{url}");
            assert!(check_endpoint(url).is_err(), "{url}");
        }
    }

    #[test]
    fn broken_json_is_named_by_its_place() {
        assert_eq!(
            networks_from_json("[\n{]").expect_err("broken").0,
            "This is not valid JSON: line 2, column 2"
        );
    }

    #[test]
    fn the_shipped_networks_are_good() {
        let all = networks_from_json(include_str!("../../public/networks.json")).expect("JSON");
        let ids: Vec<_> = all.into_iter().map(|n| n.expect("a good network").id).collect();
        assert_eq!(ids, ["aztec-mainnet", "aztec-sepolia", "aztec-local"]);
    }
}
