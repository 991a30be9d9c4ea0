// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

enum MilestoneStatus {
    Pending,
    Failed,
    Succeeded
}

/// Which stakers the vaults of one group may have, and when they unlock.
///
/// A stand-in for the contract of this role on Aztec's networks, written from its published interface and behaviour: no
/// package holds the original. Its owner may do at once what the original allows within limits.
contract VaultRegistry {
    address internal immutable OWNER;

    uint256 public getExecuteAllowedAt;
    uint256 public getUnlockStartTime;
    address[] internal stakers;
    uint256 internal cliffDuration;
    uint256 internal lockDuration;
    mapping(uint96 id => MilestoneStatus status) public getMilestoneStatus;

    event StakerRegistered(uint256 version, address implementation);
    event UpdatedExecuteAllowedAt(uint256 executeAllowedAt);
    event UpdatedUnlockStartTime(uint256 unlockStartTime);

    error UnRegisteredStaker(uint256 version);
    error NotOwner();

    modifier onlyOwner() {
        if (msg.sender != OWNER) revert NotOwner();
        _;
    }

    constructor(uint256 unlockStart, uint256 cliff, uint256 lock, uint256 executeAllowedAt) {
        OWNER = msg.sender;
        getUnlockStartTime = unlockStart;
        cliffDuration = cliff;
        lockDuration = lock;
        getExecuteAllowedAt = executeAllowedAt;
    }

    function registerStakerImplementation(address implementation) external onlyOwner {
        emit StakerRegistered(stakers.length, implementation);
        stakers.push(implementation);
    }

    function setExecuteAllowedAt(uint256 time) external onlyOwner {
        getExecuteAllowedAt = time;
        emit UpdatedExecuteAllowedAt(time);
    }

    function setUnlockStartTime(uint256 time) external onlyOwner {
        getUnlockStartTime = time;
        emit UpdatedUnlockStartTime(time);
    }

    function setMilestoneStatus(uint96 id, MilestoneStatus status) external onlyOwner {
        getMilestoneStatus[id] = status;
    }

    function getNextStakerVersion() external view returns (uint256) {
        return stakers.length;
    }

    function getStakerImplementation(uint256 version) external view returns (address) {
        if (version >= stakers.length) revert UnRegisteredStaker(version);
        return stakers[version];
    }

    function getGlobalLockParams() external view returns (uint256, uint256, uint256) {
        return (getUnlockStartTime, cliffDuration, lockDuration);
    }

    function getRevoker() external view returns (address) {
        return OWNER;
    }

    function getRevokerOperator() external view returns (address) {
        return OWNER;
    }
}
