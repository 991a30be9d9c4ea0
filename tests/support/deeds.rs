//! What people do on a fork besides using the app. The interfaces are written here again, from the contracts'
//! documentation, and not taken from the app.

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::{SolCall, sol};
use serde_json::{Value, json};

use super::{Chain, chain::number, devnet};

sol! {
    struct G1 { uint256 x; uint256 y; }
    struct G2 { uint256 x0; uint256 x1; uint256 y0; uint256 y1; }
    struct Key { address attester; G1 publicKeyG1; G2 publicKeyG2; G1 proofOfPossession; }
    struct Exit { uint256 withdrawalId; uint256 amount; uint256 exitableAt; address recipientOrWithdrawer; bool isRecipient; bool exists; }
    struct View { uint8 status; uint256 effectiveBalance; Exit exit; G1 publicKey; address withdrawer; }
    struct Deposit { address attester; address withdrawer; G1 publicKeyInG1; G2 publicKeyInG2; G1 proofOfPossession; bool move; }

    interface IStakingRegistry {
        function registerProvider(address admin, uint16 takeRate, address recipient) external returns (uint256);
        function addKeysToProvider(uint256 id, Key[] keys) external;
        function dripProviderQueue(uint256 id, uint256 count) external;
        function updateProviderTakeRate(uint256 id, uint16 takeRate) external;
        function updateProviderRewardsRecipient(uint256 id, address recipient) external;
        function updateProviderAdmin(uint256 id, address admin) external;
        function acceptProviderAdmin(uint256 id) external;
        function stake(uint256 id, uint256 version, address withdrawer, uint16 takeRate, address recipient, bool move) external;
        function providerConfigurations(uint256 id) external view returns (address admin, uint16 takeRate, address recipient);
        function nextProviderIdentifier() external view returns (uint256);
        function getProviderQueueLength(uint256 id) external view returns (uint256);
        function getFirstIndexInQueue(uint256 id) external view returns (uint128);
        function getValueAtIndexInQueue(uint256 id, uint128 index) external view returns (Key memory);
        event StakedWithProvider(uint256 indexed id, address indexed rollup, address indexed attester, address split, address staker);
    }

    interface IRollup {
        function flushEntryQueue() external;
        function initiateWithdraw(address attester, address recipient) external returns (bool);
        function finalizeWithdraw(address attester) external;
        function getAttesterView(address attester) external view returns (View memory);
        function getEntryQueueLength() external view returns (uint256);
        function getEntryQueueAt(uint256 index) external view returns (Deposit memory);
        function getCurrentEpoch() external view returns (uint256);
        function getGenesisTime() external view returns (uint256);
        event FailedDeposit(address indexed attester, address indexed withdrawer, G1 a, G2 b, G1 c);
    }

    interface IToken {
        function approve(address spender, uint256 value) external returns (bool);
        function transfer(address to, uint256 value) external returns (bool);
        function allowance(address owner, address spender) external view returns (uint256);
        function balanceOf(address account) external view returns (uint256);
    }
}

/// Less than a transaction may have (EIP-7825), more than any of these takes.
const GAS: &str = "0xf00000";

/// Deeds on one chain.
#[derive(Clone)]
pub struct Deeds(Chain);

impl Deeds {
    /// On `chain`, which should be a fork.
    pub fn on(chain: &Chain) -> Self {
        Self(chain.clone())
    }

    /// Sends a call and gives its hash.
    pub async fn post(&self, from: Address, to: Address, call: impl SolCall) -> B256 {
        self.post_with(from, to, &call.abi_encode(), json!({})).await
    }

    /// The same with other fields: fees, nonce.
    pub async fn post_with(&self, from: Address, to: Address, data: &[u8], fields: Value) -> B256 {
        let mut request = json!({ "from": from, "to": to, "data": Bytes::copy_from_slice(data), "gas": GAS });
        for (field, value) in fields.as_object().expect("fields") {
            request[field] = value.clone();
        }
        let hash = self.0.rpc.must("eth_sendTransaction", json!([request])).await;
        serde_json::from_value(hash).expect("a hash")
    }

    /// Sends a call that must succeed in a block of its own, and gives the receipt.
    pub async fn act(&self, from: Address, to: Address, call: impl SolCall) -> Value {
        let hash = self.post(from, to, call).await;
        let receipt = self.0.mined(hash).await;
        assert_eq!(receipt["status"], "0x1", "{receipt}");
        receipt
    }

    /// Whether a call succeeds in the next block.
    pub async fn succeeds(&self, from: Address, to: Address, call: impl SolCall) -> bool {
        let hash = self.post(from, to, call).await;
        self.0.mined(hash).await["status"] == "0x1"
    }

    fn registry() -> Address {
        devnet().facts.contract("stakingRegistry")
    }

    async fn admin(&self, id: u64) -> Address {
        let call = IStakingRegistry::providerConfigurationsCall { id: U256::from(id) };
        self.0.read(Self::registry(), call).await.admin
    }

    /// A provider changes its commission.
    pub async fn set_take_rate(&self, id: u64, take_rate: u16) {
        let call = IStakingRegistry::updateProviderTakeRateCall { id: U256::from(id), takeRate: take_rate };
        self.act(self.admin(id).await, Self::registry(), call).await;
    }

    /// A provider offers keys.
    pub async fn add_keys(&self, id: u64, keys: Vec<Key>) {
        let call = IStakingRegistry::addKeysToProviderCall { id: U256::from(id), keys };
        self.act(self.admin(id).await, Self::registry(), call).await;
    }

    /// A provider takes keys out of its queue.
    pub async fn drip(&self, id: u64, count: u64) {
        let call = IStakingRegistry::dripProviderQueueCall { id: U256::from(id), count: U256::from(count) };
        self.act(self.admin(id).await, Self::registry(), call).await;
    }

    /// A sequencer's withdrawer starts its exit; gives the time of the block.
    pub async fn start_exit(&self, rollup: Address, attester: Address) -> u64 {
        let view = self.0.read(rollup, IRollup::getAttesterViewCall { attester }).await;
        let call = IRollup::initiateWithdrawCall { attester, recipient: view.withdrawer };
        let receipt = self.act(view.withdrawer, rollup, call).await;
        let block = self.0.rpc.must("eth_getBlockByNumber", json!([receipt["blockNumber"], false])).await;
        number(&block["timestamp"])
    }

    /// Somebody lets in as many from the entry queue as the epoch allows.
    pub async fn flush(&self, rollup: Address) -> Value {
        self.act(devnet().facts.account("voter"), rollup, IRollup::flushEntryQueueCall {}).await
    }
}

/// The key at a place of a provider's queue, counted from its head.
pub async fn key_of(chain: &Chain, id: u64, place: u128) -> Key {
    let (registry, id) = (devnet().facts.contract("stakingRegistry"), U256::from(id));
    let first = chain.read(registry, IStakingRegistry::getFirstIndexInQueueCall { id }).await;
    chain.read(registry, IStakingRegistry::getValueAtIndexInQueueCall { id, index: first + place }).await
}

/// A key that nobody uses, with a proof that no rollup accepts.
pub fn made_up_key(number: u8) -> Key {
    let word = |part: u8| U256::from_be_bytes([part; 32]) >> 8;
    Key {
        attester: Address::repeat_byte(number),
        publicKeyG1: G1 { x: word(number), y: word(number ^ 0x80) },
        publicKeyG2: G2 { x0: U256::ZERO, x1: U256::ZERO, y0: U256::ZERO, y1: U256::ZERO },
        proofOfPossession: G1 { x: U256::ZERO, y: U256::ZERO },
    }
}
