// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IRollup, IRollupRegistry} from "./Aztec.sol";
import {KeyStore, ProviderQueue, ProviderQueueLib} from "./ProviderQueue.sol";
import {PullSplitFactory} from "./PullSplitFactory.sol";
import {Split} from "./Split.sol";

struct ProviderConfiguration {
    address providerAdmin;
    uint16 providerTakeRate;
    address providerRewardsRecipient;
}

/// Providers, their queues of sequencer keys, and delegation to them.
///
/// A stand-in for the contract of this name on Aztec's networks, written from its published interface and behaviour:
/// no package holds the original. What it must share with it are signatures, events, errors and the order of effects.
contract StakingRegistry {
    using SafeERC20 for IERC20;
    using ProviderQueueLib for ProviderQueue;

    /// Take rates are in basis points.
    uint256 internal constant BIPS = 10_000;

    IERC20 public immutable STAKING_ASSET;
    PullSplitFactory public immutable PULL_SPLIT_FACTORY;
    IRollupRegistry public immutable ROLLUP_REGISTRY;

    /// Identifiers begin at 1, so that 0 is never a provider.
    uint256 public nextProviderIdentifier = 1;
    mapping(uint256 id => ProviderConfiguration configuration) public providerConfigurations;
    mapping(uint256 id => ProviderQueue queue) public providerQueues;
    mapping(uint256 id => address admin) public pendingProviderAdmins;

    event ProviderRegistered(
        uint256 indexed providerIdentifier, address indexed providerAdmin, uint16 indexed providerTakeRate
    );
    event ProviderAdminUpdateInitiated(uint256 indexed providerIdentifier, address indexed newAdmin);
    event ProviderAdminUpdated(uint256 indexed providerIdentifier, address indexed newAdmin);
    event ProviderTakeRateUpdated(uint256 indexed providerIdentifier, uint16 newTakeRate);
    event ProviderRewardsRecipientUpdated(uint256 indexed providerIdentifier, address indexed newRewardsRecipient);
    event ProviderQueueDripped(uint256 indexed providerIdentifier, address indexed attester);
    event AttestersAddedToProvider(uint256 indexed providerIdentifier, address[] attesters);
    event StakedWithProvider(
        uint256 indexed providerIdentifier,
        address indexed rollupAddress,
        address indexed attester,
        address coinbaseSplitContractAddress,
        address stakerImplementation
    );

    error StakingRegistry__ZeroAddress();
    error StakingRegistry__InvalidProviderIdentifier(uint256 providerIdentifier);
    error StakingRegistry__NotProviderAdmin();
    error StakingRegistry__UpdatedProviderAdminToSameAddress();
    error StakingRegistry__UpdatedProviderTakeRateToSameValue();
    error StakingRegistry__NotPendingProviderAdmin();
    error StakingRegistry__InvalidTakeRate(uint256 takeRate);
    error StakingRegistry__UnexpectedTakeRate(uint256 expected, uint256 got);

    modifier onlyProviderAdmin(uint256 id) {
        if (msg.sender != providerConfigurations[id].providerAdmin) revert StakingRegistry__NotProviderAdmin();
        _;
    }

    constructor(IERC20 stakingAsset, PullSplitFactory pullSplitFactory, IRollupRegistry rollupRegistry) {
        STAKING_ASSET = stakingAsset;
        PULL_SPLIT_FACTORY = pullSplitFactory;
        ROLLUP_REGISTRY = rollupRegistry;
    }

    function registerProvider(address _providerAdmin, uint16 _providerTakeRate, address _providerRewardsRecipient)
        external
        returns (uint256 id)
    {
        requireNotZero(_providerAdmin);
        requireNotZero(_providerRewardsRecipient);
        requireLegalRate(_providerTakeRate);

        id = nextProviderIdentifier++;
        providerConfigurations[id] =
            ProviderConfiguration(_providerAdmin, _providerTakeRate, _providerRewardsRecipient);
        providerQueues[id].open();

        emit ProviderRegistered(id, _providerAdmin, _providerTakeRate);
    }

    /// The keys are not looked at: a used key, a bad proof or a zero attester shows only when somebody stakes with it.
    function addKeysToProvider(uint256 _providerIdentifier, KeyStore[] calldata _keyStores)
        external
        onlyProviderAdmin(_providerIdentifier)
    {
        address[] memory attesters = new address[](_keyStores.length);
        for (uint256 i = 0; i < _keyStores.length; ++i) {
            providerQueues[_providerIdentifier].push(_keyStores[i]);
            attesters[i] = _keyStores[i].attester;
        }
        emit AttestersAddedToProvider(_providerIdentifier, attesters);
    }

    function dripProviderQueue(uint256 _providerIdentifier, uint256 _numberOfKeysToDrip)
        external
        onlyProviderAdmin(_providerIdentifier)
    {
        for (uint256 i = 0; i < _numberOfKeysToDrip; ++i) {
            emit ProviderQueueDripped(_providerIdentifier, providerQueues[_providerIdentifier].pop().attester);
        }
    }

    function updateProviderAdmin(uint256 _providerIdentifier, address _newAdmin)
        external
        onlyProviderAdmin(_providerIdentifier)
    {
        requireNotZero(_newAdmin);
        if (_newAdmin == providerConfigurations[_providerIdentifier].providerAdmin) {
            revert StakingRegistry__UpdatedProviderAdminToSameAddress();
        }
        pendingProviderAdmins[_providerIdentifier] = _newAdmin;
        emit ProviderAdminUpdateInitiated(_providerIdentifier, _newAdmin);
    }

    function acceptProviderAdmin(uint256 _providerIdentifier) external {
        if (msg.sender != pendingProviderAdmins[_providerIdentifier]) {
            revert StakingRegistry__NotPendingProviderAdmin();
        }
        delete pendingProviderAdmins[_providerIdentifier];
        providerConfigurations[_providerIdentifier].providerAdmin = msg.sender;
        emit ProviderAdminUpdated(_providerIdentifier, msg.sender);
    }

    function updateProviderRewardsRecipient(uint256 _providerIdentifier, address _newRewardsRecipient)
        external
        onlyProviderAdmin(_providerIdentifier)
    {
        requireNotZero(_newRewardsRecipient);
        providerConfigurations[_providerIdentifier].providerRewardsRecipient = _newRewardsRecipient;
        emit ProviderRewardsRecipientUpdated(_providerIdentifier, _newRewardsRecipient);
    }

    function updateProviderTakeRate(uint256 _providerIdentifier, uint16 _newTakeRate)
        external
        onlyProviderAdmin(_providerIdentifier)
    {
        if (_newTakeRate == providerConfigurations[_providerIdentifier].providerTakeRate) {
            revert StakingRegistry__UpdatedProviderTakeRateToSameValue();
        }
        requireLegalRate(_newTakeRate);
        providerConfigurations[_providerIdentifier].providerTakeRate = _newTakeRate;
        emit ProviderTakeRateUpdated(_providerIdentifier, _newTakeRate);
    }

    function stake(
        uint256 _providerIdentifier,
        uint256 _rollupVersion,
        address _withdrawalAddress,
        uint16 _expectedProviderTakeRate,
        address _userRewardsRecipient,
        bool _moveWithLatestRollup
    ) external {
        ProviderConfiguration memory provider = providerConfigurations[_providerIdentifier];
        if (provider.providerAdmin == address(0)) {
            revert StakingRegistry__InvalidProviderIdentifier(_providerIdentifier);
        }
        requireNotZero(_withdrawalAddress);
        requireNotZero(_userRewardsRecipient);
        if (_expectedProviderTakeRate != provider.providerTakeRate) {
            revert StakingRegistry__UnexpectedTakeRate(_expectedProviderTakeRate, provider.providerTakeRate);
        }

        IRollup rollup = IRollup(ROLLUP_REGISTRY.getRollup(_rollupVersion));
        KeyStore memory key = providerQueues[_providerIdentifier].pop();

        uint256 amount = rollup.getActivationThreshold();
        STAKING_ASSET.safeTransferFrom(msg.sender, address(this), amount);
        STAKING_ASSET.forceApprove(address(rollup), amount);
        rollup.deposit(
            key.attester,
            _withdrawalAddress,
            key.publicKeyG1,
            key.publicKeyG2,
            key.proofOfPossession,
            _moveWithLatestRollup
        );

        address split = PULL_SPLIT_FACTORY.createSplit(
            splitOf(provider, _userRewardsRecipient), address(0), address(this)
        );

        emit StakedWithProvider(_providerIdentifier, address(rollup), key.attester, split, msg.sender);
    }

    function getProviderQueueLength(uint256 _providerIdentifier) external view returns (uint256) {
        return providerQueues[_providerIdentifier].length();
    }

    function getFirstIndexInQueue(uint256 _providerIdentifier) external view returns (uint128) {
        return providerQueues[_providerIdentifier].first;
    }

    function getLastIndexInQueue(uint256 _providerIdentifier) external view returns (uint128) {
        return providerQueues[_providerIdentifier].last;
    }

    function getValueAtIndexInQueue(uint256 _providerIdentifier, uint128 _index)
        external
        view
        returns (KeyStore memory)
    {
        return providerQueues[_providerIdentifier].at(_index);
    }

    function getActivationThreshold(uint256 _rollupVersion) external view returns (uint256) {
        return IRollup(ROLLUP_REGISTRY.getRollup(_rollupVersion)).getActivationThreshold();
    }

    /// The rate of this moment goes into the split for good: a later change of rate touches new delegations only.
    function splitOf(ProviderConfiguration memory provider, address userRewardsRecipient)
        internal
        pure
        returns (Split memory split)
    {
        split.recipients = new address[](2);
        split.recipients[0] = provider.providerRewardsRecipient;
        split.recipients[1] = userRewardsRecipient;
        split.allocations = new uint256[](2);
        split.allocations[0] = provider.providerTakeRate;
        split.allocations[1] = BIPS - provider.providerTakeRate;
        split.totalAllocation = BIPS;
    }

    function requireNotZero(address account) internal pure {
        if (account == address(0)) revert StakingRegistry__ZeroAddress();
    }

    function requireLegalRate(uint16 takeRate) internal pure {
        if (takeRate > BIPS) revert StakingRegistry__InvalidTakeRate(takeRate);
    }
}
