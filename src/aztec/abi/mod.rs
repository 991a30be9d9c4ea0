//! The contracts' interfaces: typed calls ([`sol!`] blocks) for what the app asks, and a [`Catalog`] of everything
//! known for what it only has to name. Signatures: `@aztec/l1-artifacts` for the published contracts, the public
//! documentation for the rest (`own.abi`).

mod emitted;
mod vaults;

pub use emitted::{Emitted, emitted};
pub use vaults::{GlobalLock, IATP, IATPFactory, IATPRegistry, IStaker};

use std::sync::LazyLock;

use alloy_sol_types::sol;

use crate::chain::abi::Catalog;

/// Functions and errors of all known contracts, with the names of their parameters.
pub static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let lines = concat!(include_str!("generated.abi"), "\n", include_str!("own.abi"));
    Catalog::parse(lines).expect("the lines are fixed at compile time and parsed by a test")
});

sol! {
    /// Governance's list of rollups.
    interface IRegistry {
        function numberOfVersions() external view returns (uint256);
        function getVersion(uint256 index) external view returns (uint256);
        function getRollup(uint256 version) external view returns (address);
        function getCanonicalRollup() external view returns (address);
        function getGovernance() external view returns (address);
        function owner() external view returns (address);
    }

    #[derive(Debug, PartialEq, Eq)]
    struct G1Point { uint256 x; uint256 y; }
    #[derive(Debug, PartialEq, Eq)]
    struct G2Point { uint256 x0; uint256 x1; uint256 y0; uint256 y1; }
    #[derive(Debug, PartialEq, Eq)]
    struct KeyStore { address attester; G1Point publicKeyG1; G2Point publicKeyG2; G1Point proofOfPossession; }

    /// Providers, their commission and their key queues.
    interface IStakingRegistry {
        event StakedWithProvider(uint256 indexed providerIdentifier, address indexed rollupAddress, address indexed attester, address coinbaseSplitContractAddress, address stakerImplementation);

        function PULL_SPLIT_FACTORY() external view returns (address);
        function STAKING_ASSET() external view returns (address);
        function ROLLUP_REGISTRY() external view returns (address);
        function nextProviderIdentifier() external view returns (uint256);
        function providerConfigurations(uint256 id) external view returns (address providerAdmin, uint16 providerTakeRate, address providerRewardsRecipient);
        function pendingProviderAdmins(uint256 id) external view returns (address);
        function getProviderQueueLength(uint256 id) external view returns (uint256);
        function getFirstIndexInQueue(uint256 id) external view returns (uint128);
        function getValueAtIndexInQueue(uint256 id, uint128 index) external view returns (KeyStore memory);

        function registerProvider(address _providerAdmin, uint16 _providerTakeRate, address _providerRewardsRecipient) external returns (uint256);
        function updateProviderTakeRate(uint256 _providerIdentifier, uint16 _newTakeRate) external;
        function updateProviderRewardsRecipient(uint256 _providerIdentifier, address _newRewardsRecipient) external;
        function updateProviderAdmin(uint256 _providerIdentifier, address _newAdmin) external;
        function acceptProviderAdmin(uint256 _providerIdentifier) external;
        function addKeysToProvider(uint256 _providerIdentifier, KeyStore[] _keyStores) external;
        function dripProviderQueue(uint256 _providerIdentifier, uint256 _numberOfKeysToDrip) external;
        function stake(uint256 _providerIdentifier, uint256 _rollupVersion, address _withdrawalAddress, uint16 _expectedProviderTakeRate, address _userRewardsRecipient, bool _moveWithLatestRollup) external;
    }

    struct Exit { uint256 withdrawalId; uint256 amount; uint256 exitableAt; address recipientOrWithdrawer; bool isRecipient; bool exists; }
    struct AttesterConfig { G1Point publicKey; address withdrawer; }
    struct AttesterView { uint8 status; uint256 effectiveBalance; Exit exit; AttesterConfig config; }
    struct DepositArgs { address attester; address withdrawer; G1Point publicKeyInG1; G2Point publicKeyInG2; G1Point proofOfPossession; bool moveWithLatestRollup; }

    /// The newest generation may say more.
    struct RewardConfig { address rewardDistributor; uint32 sequencerBps; address booster; uint96 checkpointReward; }

    /// One rollup version. Getters that every generation has, except where said.
    interface IRollup {
        function getVersion() external view returns (uint256);
        function getGSE() external view returns (address);
        function getStakingAsset() external view returns (address);
        function getFeeAsset() external view returns (address);
        function getSlasher() external view returns (address);
        function L1_BLOCK_AT_GENESIS() external view returns (uint256);

        function getGenesisTime() external view returns (uint256);
        function getSlotDuration() external view returns (uint256);
        function getEpochDuration() external view returns (uint256);
        function getCurrentEpoch() external view returns (uint256);
        function getLagInEpochsForValidatorSet() external view returns (uint256);

        function getActivationThreshold() external view returns (uint256);
        function getEjectionThreshold() external view returns (uint256);
        function getLocalEjectionThreshold() external view returns (uint256);
        function getExitDelay() external view returns (uint256);

        function getActiveAttesterCount() external view returns (uint256);
        function getAttesterView(address attester) external view returns (AttesterView memory);
        function getEntryQueueLength() external view returns (uint256);
        function getEntryQueueAt(uint256 index) external view returns (DepositArgs memory);
        function getEntryQueueFlushSize() external view returns (uint256);
        function getAvailableValidatorFlushes() external view returns (uint256);

        function getCurrentProposer() external returns (address);
        function getEpochCommittee(uint256 _epoch) external returns (address[] memory);
        function getSampleSeedAt(uint256 _ts) external view returns (uint256);
        /// Not in every generation.
        function getEscapeHatchForEpoch(uint256 _epoch) external view returns (address);
        function getCurrentSlot() external view returns (uint256);
        function vote(uint256 _proposalId) external;
        /// Of one's own sequencer, without a provider. Takes the activation threshold from the caller.
        function deposit(address _attester, address _withdrawer, G1Point _publicKeyInG1, G2Point _publicKeyInG2, G1Point _proofOfPossession, bool _moveWithLatestRollup) external;
        function getCheckpointReward() external view returns (uint256);
        /// The generation before checkpoints.
        function getBlockReward() external view returns (uint256);
        function getProvenCheckpointNumber() external view returns (uint256);
        /// The generation before checkpoints.
        function getProvenBlockNumber() external view returns (uint256);
        function getSequencerRewards(address _sequencer) external view returns (uint256);
        /// Not in every generation; where it is missing, rewards can be claimed.
        function isRewardsClaimable() external view returns (bool);
        function claimSequencerRewards(address _coinbase) external returns (uint256);
        function initiateWithdraw(address _attester, address _recipient) external returns (bool);
        function finalizeWithdraw(address _attester) external;
        function getRewardConfig() external view returns (RewardConfig memory);
        function getRewardDistributor() external view returns (address);
    }

    /// Lets somebody propose whom no committee chose, in some epochs.
    interface IEscapeHatch {
        function isHatchOpen(uint256 _epoch) external view returns (bool, address);
    }

    /// Pays what checkpoints earn.
    interface IRewardDistributor {
        function availableTo(address _rollup) external view returns (uint256);
    }

    /// Holds all stake of all rollups.
    interface IGSE {

        function getGovernance() external view returns (address);
        function ASSET() external view returns (address);
        function getLatestRollup() external view returns (address);
        function isRollupRegistered(address instance) external view returns (bool);
        function totalSupply() external view returns (uint256);
        function supplyOf(address _instance) external view returns (uint256);
        function getWithdrawer(address attester) external view returns (address);
        function ownedPKs(bytes32 hashedPK1) external view returns (bool);
        /// From the rollup only, when it flushes its entry queue.
        function deposit(address _attester, address _withdrawer, G1Point _publicKeyInG1, G2Point _publicKeyInG2, G1Point _proofOfPossession, bool _moveWithLatestRollup) external;
        function proofOfPossessionGasLimit() external view returns (uint64);
        function getLatestRollupAt(uint256 _timestamp) external view returns (address);
        function isRegistered(address _instance, address _attester) external view returns (bool);
        function balanceOf(address _instance, address _attester) external view returns (uint256);
        function getDelegatee(address _instance, address _attester) external view returns (address);
        function getVotingPower(address _delegatee) external view returns (uint256);
        /// Reverts unless the moment is past.
        function getVotingPowerAt(address _delegatee, uint256 _timestamp) external view returns (uint256);
        /// A delegatee's power has changed: what a delegation that moves something emits.
        event DelegateVotesChanged(address indexed delegatee, uint256 oldValue, uint256 newValue);
        function delegate(address _instance, address _attester, address _delegatee) external;
        function vote(uint256 _proposalId, uint256 _amount, bool _support) external;
        /// Takes the lock amount of tokens from the caller, deposits and proposes; `_to` gets them back after the delay.
        function proposeWithLock(address _payload, address _to) external returns (uint256);
        function getPowerUsed(address _delegatee, uint256 _proposalId) external view returns (uint256);
        function getBonusInstanceAddress() external view returns (address);
        function getAttesterCountAtTime(address instance, uint256 timestamp) external view returns (uint256);
        function getAttestersFromIndicesAtTime(address instance, uint256 timestamp, uint256[] indices) external view returns (address[] memory);
    }

    /// Who gets how much of what arrives at a split, which keeps the hash of it only.
    struct Split { address[] recipients; uint256[] allocations; uint256 totalAllocation; uint16 distributionIncentive; }

    /// The contract that a delegation's rewards are paid to.
    interface IPullSplit {
        event SplitUpdated(Split _split);
        event SplitDistributed(address indexed token, address indexed distributor, uint256 amount);
        function distribute(Split _split, address _token, address _distributor) external;
        function splitHash() external view returns (bytes32);
        function SPLITS_WAREHOUSE() external view returns (address);
        function paused() external view returns (bool);
        function owner() external view returns (address);
    }

    /// Makes splits, as copies of one implementation.
    interface IPullSplitFactory {
        function SPLIT_WALLET_IMPLEMENTATION() external view returns (address);
    }

    /// Holds what splits have shared out until it is withdrawn. A token's id is its address.
    interface ISplitsWarehouse {
        event Withdraw(address indexed owner, address indexed token, address indexed withdrawer, uint256 amount, uint256 reward);

        function balanceOf(address _owner, uint256 _id) external view returns (uint256);
        function withdrawConfig(address _owner) external view returns (uint16 incentive, bool paused);
        function withdraw(address _owner, address _token) external;
    }

    struct ProposeConfiguration { uint256 lockDelay; uint256 lockAmount; }
    struct Configuration { ProposeConfiguration proposeConfig; uint256 votingDelay; uint256 votingDuration; uint256 executionDelay; uint256 gracePeriod; uint256 quorum; uint256 requiredYeaMargin; uint256 minimumVotes; }
    struct ProposalConfiguration { uint256 votingDelay; uint256 votingDuration; uint256 executionDelay; uint256 gracePeriod; uint256 quorum; uint256 requiredYeaMargin; uint256 minimumVotes; }
    struct Ballot { uint256 yea; uint256 nay; }
    struct Proposal { ProposalConfiguration config; uint8 cachedState; address payload; address proposer; uint256 creation; Ballot summedBallot; }
    struct Withdrawal { uint256 amount; uint256 unlocksAt; address recipient; bool claimed; }

    /// Votes, and the delay of every exit.
    interface IGovernance {
        event VoteCast(uint256 indexed proposalId, address indexed voter, bool support, uint256 amount);
        event Proposed(uint256 indexed proposalId, address indexed proposal);
        event Deposit(address indexed depositor, address indexed onBehalfOf, uint256 amount);
        /// Of every withdrawal, exit, slash and lock. Who began it is not in it.
        event WithdrawInitiated(uint256 indexed withdrawalId, address indexed recipient, uint256 amount);

        function ASSET() external view returns (address);
        function governanceProposer() external view returns (address);
        function getConfiguration() external view returns (Configuration memory);
        function getWithdrawal(uint256 withdrawalId) external view returns (Withdrawal memory);
        function withdrawalCount() external view returns (uint256);
        function deposit(address _beneficiary, uint256 _amount) external;
        function initiateWithdraw(address _to, uint256 _amount) external returns (uint256);
        function finalizeWithdraw(uint256 _withdrawalId) external;
        function vote(uint256 _proposalId, uint256 _amount, bool _support) external;
        function execute(uint256 _proposalId) external;
        /// Locks the caller's own power; `_to` gets the tokens after the delay.
        function proposeWithLock(address _payload, address _to) external returns (uint256);
        function dropProposal(uint256 _proposalId) external;
        function proposalCount() external view returns (uint256);
        function getProposal(uint256 _proposalId) external view returns (Proposal memory);
        function getProposalState(uint256 _proposalId) external view returns (uint8);
        function totalPowerNow() external view returns (uint256);
        /// Reverts unless the moment is past.
        function totalPowerAt(uint256 _ts) external view returns (uint256);
        function getBallot(uint256 _proposalId, address _user) external view returns (Ballot memory);
        function powerNow(address _owner) external view returns (uint256);
        function powerAt(address _owner, uint256 _ts) external view returns (uint256);
    }

    struct RoundAccounting { uint256 lastSignalSlot; address payloadWithMostSignals; bool executed; }

    /// Where sequencers signal for proposals.
    interface IGovernanceProposer {
        function REGISTRY() external view returns (address);
        function GSE() external view returns (address);
        function ROUND_SIZE() external view returns (uint256);
        function QUORUM_SIZE() external view returns (uint256);
        function LIFETIME_IN_ROUNDS() external view returns (uint256);
        function EXECUTION_DELAY_IN_ROUNDS() external view returns (uint256);
        function getRoundData(address _instance, uint256 _round) external view returns (RoundAccounting memory);
        function signalCount(address _instance, uint256 _round, address _payload) external view returns (uint256);
        function submitRoundWinner(uint256 _roundNumber) external returns (bool);
        /// The rollup whose sequencers signalled. To be asked of the proposal's own proposer.
        function getProposalProposer(uint256 _proposalId) external view returns (address);
    }

    /// May take stake away, unless the vetoer objects.
    interface ISlasher {
        function PROPOSER() external view returns (address);
        function VETOER() external view returns (address);
        /// Not in the oldest generation.
        function isSlashingEnabled() external view returns (bool);
        function slashingDisabledUntil() external view returns (uint256);
        function vetoedPayloads(address payload) external view returns (bool);
    }

    struct SlashAction { address validator; uint256 slashAmount; }

    /// Counts the votes on whom to slash.
    interface ISlashingProposer {
        function ROUND_SIZE() external view returns (uint256);
        function QUORUM() external view returns (uint256);
        function LIFETIME_IN_ROUNDS() external view returns (uint256);
        function EXECUTION_DELAY_IN_ROUNDS() external view returns (uint256);
        function getCurrentRound() external view returns (uint256);
        function getRound(uint256 _round) external view returns (bool isExecuted, uint256 voteCount);
        function getSlashTargetCommittees(uint256 _round) external returns (address[][] memory);
        function getTally(uint256 _round, address[][] _committees) external view returns (SlashAction[] memory);
        function getPayloadAddress(uint256 _round, SlashAction[] _actions) external view returns (address);
    }

    struct Action { address target; bytes data; }

    /// What a proposal executes. Anybody's contract: it may revert, lie or answer something else next time.
    interface IPayload {
        function getURI() external view returns (string memory);
        function getActions() external view returns (Action[] memory);
        /// Only of the wrapper that the governance proposer puts around a signalled payload.
        function getOriginalPayload() external view returns (address);
        /// The wrapper's own last action: that two thirds of the stake are with the latest rollup.
        function amIValid() external view returns (bool);
    }

    /// A multisig as Safe makes them, of every version.
    interface ISafe {
        function getThreshold() external view returns (uint256);
        function getOwners() external view returns (address[] memory);
    }

    /// The token, as ERC-20 names it.
    interface IERC20 {
        event Transfer(address indexed from, address indexed to, uint256 value);
        event Approval(address indexed owner, address indexed spender, uint256 value);
        function symbol() external view returns (string memory);
        function decimals() external view returns (uint8);
        function balanceOf(address account) external view returns (uint256);
        function allowance(address owner, address spender) external view returns (uint256);
        function approve(address spender, uint256 value) external returns (bool);
    }
}

#[cfg(test)]
mod tests {
    use alloy_dyn_abi::DynSolValue;
    use alloy_primitives::U256;
    use alloy_sol_types::SolInterface as _;
    use proptest::{collection::vec, prelude::*};

    use super::*;

    #[test]
    fn every_typed_call_can_be_named() {
        let selectors = [
            IRegistry::IRegistryCalls::selectors().collect::<Vec<_>>(),
            IStakingRegistry::IStakingRegistryCalls::selectors().collect(),
            IRollup::IRollupCalls::selectors().collect(),
            IGSE::IGSECalls::selectors().collect(),
            IGovernance::IGovernanceCalls::selectors().collect(),
            IGovernanceProposer::IGovernanceProposerCalls::selectors().collect(),
            IRewardDistributor::IRewardDistributorCalls::selectors().collect(),
            IEscapeHatch::IEscapeHatchCalls::selectors().collect(),
            IPayload::IPayloadCalls::selectors().collect(),
            ISlasher::ISlasherCalls::selectors().collect(),
            ISlashingProposer::ISlashingProposerCalls::selectors().collect(),
            IPullSplit::IPullSplitCalls::selectors().collect(),
            IPullSplitFactory::IPullSplitFactoryCalls::selectors().collect(),
            ISplitsWarehouse::ISplitsWarehouseCalls::selectors().collect(),
            IERC20::IERC20Calls::selectors().collect(),
            IATP::IATPCalls::selectors().collect(),
            IATPRegistry::IATPRegistryCalls::selectors().collect(),
            IStaker::IStakerCalls::selectors().collect(),
        ];
        for selector in selectors.concat() {
            assert!(CATALOG.function(selector.into()).is_some(), "{selector:02x?} is in no .abi file");
        }
    }

    /// A word as arguments have them: anything, or a small number, which may be an offset or a length.
    fn word() -> impl Strategy<Value = [u8; 32]> {
        let small = (0u64..20).prop_map(|n| U256::from(n * 32).to_be_bytes());
        let few = (0u64..5).prop_map(|n| U256::from(n).to_be_bytes());
        prop_oneof![any::<[u8; 32]>(), small, few]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn random_bytes_are_the_call_they_say_or_none(
            place: usize, words in vec(word(), 0..24), tail in vec(any::<u8>(), 0..8),
        ) {
            let functions: Vec<_> = CATALOG.functions().collect();
            let function = functions[place % functions.len()];
            let body = [words.concat(), tail].concat();
            let data = [function.selector().as_slice(), &body].concat();
            let decoded = CATALOG.call(&data);
            if let Some(call) = &decoded {
                prop_assert_eq!(&call.signature, &function.signature());
                let values = call.args.iter().map(|argument| argument.value.clone()).collect();
                prop_assert_eq!(DynSolValue::Tuple(values).abi_encode_params(), body);
            }
            // without arguments nothing may follow; with words only, anything that fits is a call
            if function.inputs.is_empty() {
                prop_assert_eq!(decoded.is_some(), data.len() == 4);
            }
            let _ = (CATALOG.returned(&data, &data), CATALOG.error(&data));
        }

        #[test]
        fn a_selector_that_nobody_has_is_no_call(data: Vec<u8>) {
            let known = data.first_chunk::<4>().is_some_and(|first| CATALOG.function(first.into()).is_some());
            prop_assert!(known || CATALOG.call(&data).is_none());
        }
    }
}
