// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {BaseStaker} from "./VaultStakers.sol";
import {MilestoneStatus, VaultRegistry} from "./VaultRegistry.sol";

enum VaultType {
    Linear,
    Milestone,
    NonClaim
}

struct Lock {
    uint256 startTime;
    uint256 cliff;
    uint256 endTime;
    uint256 allocation;
}

/// Tokens of one beneficiary that unlock over time and can be staked before.
///
/// A stand-in for the three contracts of this role on Aztec's networks, written from their published interface and
/// behaviour: no package holds the originals, which are clones where this is a contract each. What it must share with
/// them are signatures, events, errors and the order of effects.
abstract contract Vault {
    using SafeERC20 for IERC20;

    IERC20 internal immutable TOKEN;
    VaultRegistry internal immutable REGISTRY;
    address internal immutable BENEFICIARY;
    BaseStaker internal immutable STAKER;
    uint256 internal immutable ALLOCATION;

    address internal operator;
    uint256 internal claimed;

    event StakerInitialized(address staker);
    event StakerUpgraded(uint256 version);
    event StakerOperatorUpdated(address operator);
    event ApprovedStaker(uint256 allowance);
    event Claimed(uint256 amount);

    error NotBeneficiary(address caller, address beneficiary);
    error NoClaimable();
    error ExecutionNotAllowedYet(uint256 timestamp, uint256 allowedAt);
    error InsufficientStakeable(uint256 stakeable, uint256 allowance);
    error InvalidUpgrade();
    error RevokedOrFailed();
    error NotRevokable();

    modifier onlyBeneficiary() {
        if (msg.sender != getBeneficiary()) revert NotBeneficiary(msg.sender, getBeneficiary());
        _;
    }

    constructor(VaultRegistry registry, IERC20 token, address beneficiary, uint256 allocation) {
        REGISTRY = registry;
        TOKEN = token;
        BENEFICIARY = beneficiary;
        ALLOCATION = allocation;
        address first = registry.getStakerImplementation(0);
        STAKER = BaseStaker(
            address(new ERC1967Proxy(first, abi.encodeCall(BaseStaker.initialize, (address(this)))))
        );
        emit StakerInitialized(address(STAKER));
    }

    function upgradeStaker(uint256 version) external onlyBeneficiary {
        address implementation = REGISTRY.getStakerImplementation(version);
        if (STAKER.getImplementation() == implementation) revert InvalidUpgrade();
        STAKER.upgradeToAndCall(implementation, "");
        emit StakerUpgraded(version);
    }

    function updateStakerOperator(address newOperator) external virtual onlyBeneficiary {
        operator = newOperator;
        emit StakerOperatorUpdated(newOperator);
    }

    function approveStaker(uint256 allowance) external onlyBeneficiary {
        uint256 allowedAt = REGISTRY.getExecuteAllowedAt();
        if (block.timestamp < allowedAt) revert ExecutionNotAllowedYet(block.timestamp, allowedAt);
        uint256 stakeable = getStakeableAmount();
        if (allowance > stakeable) revert InsufficientStakeable(stakeable, allowance);
        TOKEN.forceApprove(address(STAKER), allowance);
        emit ApprovedStaker(allowance);
    }

    function claim() external virtual onlyBeneficiary returns (uint256 amount) {
        amount = getClaimable();
        if (amount == 0) revert NoClaimable();
        claimed += amount;
        TOKEN.safeTransfer(BENEFICIARY, amount);
        emit Claimed(amount);
    }

    function getBeneficiary() public view virtual returns (address) {
        return BENEFICIARY;
    }

    function getOperator() external view returns (address) {
        return operator;
    }

    function getStaker() external view returns (address) {
        return address(STAKER);
    }

    function getRegistry() external view returns (address) {
        return address(REGISTRY);
    }

    function getToken() external view returns (address) {
        return address(TOKEN);
    }

    function getAllocation() external view returns (uint256) {
        return ALLOCATION;
    }

    function getClaimed() external view returns (uint256) {
        return claimed;
    }

    function getGlobalLock() public view returns (Lock memory) {
        (uint256 start, uint256 cliff, uint256 length) = REGISTRY.getGlobalLockParams();
        return Lock(start, start + cliff, start + length, ALLOCATION);
    }

    function getClaimable() public view virtual returns (uint256) {
        Lock memory lock = getGlobalLock();
        uint256 free = TOKEN.balanceOf(address(this)) - getRevokableAmount();
        return block.timestamp >= lock.endTime ? free : Math.min(free, unlocked(lock) - claimed);
    }

    function getExecuteAllowedAt() external view returns (uint256) {
        return REGISTRY.getExecuteAllowedAt();
    }

    function getStakeableAmount() public view virtual returns (uint256) {
        return type(uint256).max;
    }

    function getRevokableAmount() public view virtual returns (uint256) {
        return 0;
    }

    function getIsRevokable() external view virtual returns (bool) {
        return false;
    }

    function getType() external pure virtual returns (VaultType);

    function unlocked(Lock memory lock) internal view returns (uint256) {
        if (block.timestamp < lock.cliff) return 0;
        if (block.timestamp >= lock.endTime) return lock.allocation;
        return lock.allocation * (block.timestamp - lock.startTime) / (lock.endTime - lock.startTime);
    }
}

/// Unlocks with time. A part of it may still be taken back, and that part cannot be staked.
contract LinearVault is Vault {
    uint256 internal immutable REVOKABLE;

    constructor(VaultRegistry registry, IERC20 token, address beneficiary, uint256 allocation, uint256 revokable)
        Vault(registry, token, beneficiary, allocation)
    {
        REVOKABLE = revokable;
    }

    function getAccumulationLock() external view returns (Lock memory) {
        if (REVOKABLE == 0) revert NotRevokable();
        return getGlobalLock();
    }

    function getIsRevokable() external view override returns (bool) {
        return REVOKABLE != 0;
    }

    function getRevokableAmount() public view override returns (uint256) {
        return REVOKABLE;
    }

    function getStakeableAmount() public view override returns (uint256) {
        return REVOKABLE == 0 ? type(uint256).max : TOKEN.balanceOf(address(this)) - REVOKABLE;
    }

    function getType() external pure override returns (VaultType) {
        return VaultType.Linear;
    }
}

/// Unlocks with time, once its milestone has succeeded.
contract MilestoneVault is Vault {
    uint96 public immutable getMilestoneId;

    constructor(VaultRegistry registry, IERC20 token, address beneficiary, uint256 allocation, uint96 milestone)
        Vault(registry, token, beneficiary, allocation)
    {
        getMilestoneId = milestone;
    }

    function updateStakerOperator(address newOperator) external override onlyBeneficiary {
        if (getIsRevoked()) revert RevokedOrFailed();
        operator = newOperator;
        emit StakerOperatorUpdated(newOperator);
    }

    function getIsRevoked() public view returns (bool) {
        return REGISTRY.getMilestoneStatus(getMilestoneId) == MilestoneStatus.Failed;
    }

    function getBeneficiary() public view override returns (address) {
        return getIsRevoked() ? REGISTRY.getRevoker() : BENEFICIARY;
    }

    function getClaimable() public view override returns (uint256) {
        return REGISTRY.getMilestoneStatus(getMilestoneId) == MilestoneStatus.Succeeded ? super.getClaimable() : 0;
    }

    function getType() external pure override returns (VaultType) {
        return VaultType.Milestone;
    }
}

/// Says what it could be claimed for, and lets nobody claim: its tokens leave through the staker.
contract NonClaimVault is Vault {
    constructor(VaultRegistry registry, IERC20 token, address beneficiary, uint256 allocation)
        Vault(registry, token, beneficiary, allocation)
    {}

    function claim() external view override onlyBeneficiary returns (uint256) {
        revert NoClaimable();
    }

    function getAccumulationLock() external pure returns (Lock memory) {
        revert NotRevokable();
    }

    function getType() external pure override returns (VaultType) {
        return VaultType.NonClaim;
    }
}
