// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";

import {PullSplit} from "./PullSplit.sol";
import {Split} from "./Split.sol";
import {SplitsWarehouse} from "./SplitsWarehouse.sol";

/// Makes splits that nobody owns. `nonces` tells how many exist with the same parameters.
contract PullSplitFactory {
    PullSplit public immutable SPLIT_WALLET_IMPLEMENTATION;

    /// By keccak256(abi.encode(parameters, owner)).
    mapping(bytes32 hash => uint256 nonce) public nonces;

    event SplitCreated(address indexed split, Split splitParams, address owner, address creator, uint256 nonce);

    /// The original also makes splits that an owner may change; Aztec's staking never asks for one.
    error OnlySplitsWithoutOwner();

    constructor(SplitsWarehouse warehouse) {
        SPLIT_WALLET_IMPLEMENTATION = new PullSplit(warehouse);
    }

    function createSplit(Split calldata _splitParams, address _owner, address _creator)
        external
        returns (address split)
    {
        if (_owner != address(0)) revert OnlySplitsWithoutOwner();
        bytes32 hash = keccak256(abi.encode(_splitParams, _owner));
        uint256 nonce = nonces[hash]++;

        split = Clones.cloneDeterministic(
            address(SPLIT_WALLET_IMPLEMENTATION), keccak256(abi.encode(hash, nonce))
        );
        PullSplit(split).initialize(_splitParams);

        emit SplitCreated(split, _splitParams, _owner, _creator, nonce);
    }
}
