//! The network that all tests of a binary read: `tests/devnet`, by the facts file that `ROTA_FACTS` names, or started
//! for this binary alone.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use alloy_primitives::{Address, B256, U256};
use rota::{aztec::Deployment, chain::BlockRef};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::OnceCell;

use super::{Chain, NodeTool};

/// What must hold, written down by whoever made the network and not read from its contracts.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    pub rpc: String,
    pub network: Value,
    built: Built,
    pub contracts: BTreeMap<String, Address>,
    pub rollups: Vec<Rollup>,
    pub parameters: Parameters,
    accounts: BTreeMap<String, Account>,
    pub purses: BTreeMap<String, U256>,
    pub total_staked: U256,
    pub providers: Vec<Provider>,
    pub sequencers: Vec<Sequencer>,
    pub entry_queue: Vec<Waiting>,
    pub proposals: Vec<Proposal>,
    pub vaults: Vec<Vault>,
    pub hostile_payloads: BTreeMap<String, Address>,
    pub signalling: Signalling,
    pub rewards: Rewards,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proposal {
    pub id: u64,
    /// The one that was written, not its wrapper.
    pub payload: Address,
    pub created_at: u64,
    pub state: String,
    /// Whether it was proposed with a lock.
    #[serde(default)]
    pub lock: bool,
    /// The round that it won.
    #[serde(default)]
    pub round: Option<u64>,
}

#[derive(Debug, Deserialize)]
pub struct Signalling {
    pub won: Won,
    pub running: Running,
}

#[derive(Debug, Deserialize)]
pub struct Won {
    pub round: u64,
    pub payload: Address,
    pub signals: u64,
}

#[derive(Debug, Deserialize)]
pub struct Running {
    pub round: u64,
    pub payloads: Vec<Signalled>,
}

#[derive(Debug, Deserialize)]
pub struct Signalled {
    pub payload: Address,
    pub signals: u64,
}

/// A token vault. Nobody staked from it, but from the one called `staking`.
#[derive(Clone, Debug, Deserialize)]
pub struct Vault {
    pub name: String,
    /// `linear`, `milestone` or `nonClaim`.
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(rename = "vault")]
    pub address: Address,
    pub staker: Address,
    pub beneficiary: Address,
    pub operator: Option<Address>,
    pub allocation: U256,
    pub version: u64,
    pub allowance: U256,
}

/// Where every reward is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rewards {
    pub accrued: Vec<Accrued>,
    pub held_by_split: Vec<AtSplit>,
    pub in_warehouse: Vec<OfOwner>,
}

#[derive(Debug, Deserialize)]
pub struct Accrued {
    pub rollup: u64,
    pub coinbase: Address,
    pub amount: U256,
}

#[derive(Debug, Deserialize)]
pub struct AtSplit {
    pub split: Address,
    pub amount: U256,
}

#[derive(Debug, Deserialize)]
pub struct OfOwner {
    pub owner: Address,
    pub amount: U256,
}

impl Rewards {
    /// What the warehouse holds for somebody.
    pub fn stored(&self, owner: Address) -> U256 {
        self.in_warehouse.iter().filter(|entry| entry.owner == owner).map(|entry| entry.amount).sum()
    }
}

#[derive(Debug, Deserialize)]
struct Built {
    block: u64,
    hash: B256,
}

#[derive(Debug, Deserialize)]
struct Account {
    address: Address,
}

#[derive(Debug, Deserialize)]
pub struct Rollup {
    pub version: u64,
    pub address: Address,
    pub canonical: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Parameters {
    pub activation_threshold: U256,
    pub ejection_threshold: U256,
    pub local_ejection_threshold: U256,
    pub exit_delay: u64,
    pub governance_withdrawal_delay: u64,
    pub slot_seconds: u64,
    pub epoch_slots: u64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Provider {
    pub id: u64,
    pub name: String,
    pub admin: Address,
    pub pending_admin: Option<Address>,
    pub take_rate: u16,
    pub recipient: Address,
    pub keys_left: u64,
    pub queue: Vec<Address>,
    pub first_index: u128,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sequencer {
    pub attester: Address,
    pub withdrawer: Address,
    pub provider: Option<u64>,
    pub split: Option<Split>,
    pub rollup: u64,
    pub moves_with_latest: bool,
    pub status: String,
    pub balance: U256,
    pub slashed: U256,
    pub failure: Option<String>,
    pub exit: Option<Exit>,
    pub staked: Moment,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Split {
    pub address: Address,
    pub recipients: Vec<Address>,
    pub allocations: Vec<u16>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Exit {
    pub exitable_at: u64,
    pub unlocks_at: u64,
    pub finalisable_at: u64,
    pub amount: U256,
    pub recipient: Option<Address>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Moment {
    pub block: u64,
    pub transaction: B256,
}

#[derive(Debug, Deserialize)]
pub struct Waiting {
    pub place: u64,
    pub attester: Address,
    pub withdrawer: Address,
}

impl Facts {
    /// A contract by its name in the facts.
    pub fn contract(&self, name: &str) -> Address {
        self.contracts[name]
    }

    /// A token vault by its name in the scenario.
    pub fn vault(&self, name: &str) -> &Vault {
        self.vaults.iter().find(|vault| vault.name == name).expect("a vault")
    }

    /// A person's account.
    pub fn account(&self, name: &str) -> Address {
        self.accounts[name].address
    }

    /// A provider by its number.
    pub fn provider(&self, provider_id: u64) -> &Provider {
        self.providers.iter().find(|provider| provider.id == provider_id).expect("a provider")
    }

    /// The delegations to a provider, in the order in which they were made.
    pub fn delegations(&self, provider_id: u64) -> impl Iterator<Item = &Sequencer> {
        self.sequencers.iter().filter(move |sequencer| sequencer.provider == Some(provider_id))
    }

    /// Where a rollup version stands in the registry.
    pub fn rollup_index(&self, version: u64) -> usize {
        self.rollups.iter().position(|rollup| rollup.version == version).expect("a version")
    }
}

/// The network: nobody may change it.
pub struct Devnet {
    pub chain: Chain,
    pub facts: Facts,
    contracts: OnceCell<Deployment>,
    /// Ends when this process does.
    _process: Option<NodeTool>,
}

impl Devnet {
    /// The height that the facts speak of.
    pub fn height(&self) -> u64 {
        self.facts.built.block
    }

    /// The block that the facts speak of.
    pub async fn block(&self) -> BlockRef {
        let block = self.chain.pool().block(self.height()).await.expect("the node answers").block();
        assert_eq!(
            block.hash, self.facts.built.hash,
            "the facts tell of another network than {}",
            self.chain.url
        );
        block
    }

    /// What the app finds there; read once.
    pub async fn contracts(&self) -> &Deployment {
        self.contracts.get_or_init(|| self.chain.contracts()).await
    }
}

static DEVNET: LazyLock<Devnet> = LazyLock::new(|| {
    let (process, file) = if let Some(file) = env::var_os("ROTA_FACTS") {
        (None, PathBuf::from(file))
    } else {
        let file = env::temp_dir().join(format!("rota-facts-{}.json", std::process::id()));
        let path = file.to_str().expect("a plain path");
        let arguments = ["--port", "0", "--facts", path, "--stdin-bound", "--quiet"];
        (Some(NodeTool::start("devnet/cli.mjs", &arguments).0), file)
    };
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    if process.is_some() {
        fs::remove_file(&file).ok();
    }
    let facts: Facts = serde_json::from_str(&text).expect("facts as tests/devnet/facts.mjs writes them");
    Devnet { chain: Chain::at(&facts.rpc), facts, contracts: OnceCell::new(), _process: process }
});

/// The network of this test binary.
pub fn devnet() -> &'static Devnet {
    &DEVNET
}

/// The folder `tests`.
pub fn tests_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// Where a Foundry program is, as `tests/devnet/binaries.mjs` finds it.
pub fn foundry(program: &str) -> PathBuf {
    let given = env::var_os(format!("ROTA_{}", program.to_uppercase()));
    let packaged =
        || tests_folder().join(format!("node_modules/@foundry-rs/{program}-linux-amd64/bin/{program}"));
    let path = given.map_or_else(packaged, PathBuf::from);
    assert!(
        path.exists(),
        "no {program} at {}: run `npm ci` in tests/, or set ROTA_{}",
        path.display(),
        program.to_uppercase()
    );
    path
}
