// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {Split} from "./Split.sol";
import {SplitsWarehouse} from "./SplitsWarehouse.sol";

/// A reward address shared by a provider and a delegator. What it holds goes, on anybody's call, to their balances in
/// the warehouse, from where each withdraws.
///
/// A stand-in for the 0xSplits contract of this name, for the kind that Aztec uses: nobody owns it, so its shares
/// never change and nobody can pause it. ERC-20 only. Every balance it empties keeps 1 wei.
contract PullSplit {
    using SafeERC20 for IERC20;

    address public immutable FACTORY;
    SplitsWarehouse public immutable SPLITS_WAREHOUSE;

    bytes32 public splitHash;

    event SplitUpdated(Split _split);
    event SplitDistributed(address indexed token, address indexed distributor, uint256 amount);

    error InvalidSplit();
    error UnauthorizedInitializer();

    /// Clones run this contract's code, so the values set here are theirs too.
    constructor(SplitsWarehouse warehouse) {
        FACTORY = msg.sender;
        SPLITS_WAREHOUSE = warehouse;
    }

    function initialize(Split calldata _split) external {
        if (msg.sender != FACTORY) revert UnauthorizedInitializer();
        splitHash = keccak256(abi.encode(_split));
        emit SplitUpdated(_split);
    }

    /// Everything but the last wei of both balances.
    function distribute(Split calldata _split, address _token, address _distributor) external {
        requireOwnParameters(_split);
        (uint256 held, uint256 stored) = getSplitBalance(_token);
        uint256 amount = allButOneWei(held) + allButOneWei(stored);
        depositToWarehouse(_token, allButOneWei(held));
        share(_split, _token, amount, _distributor);
    }

    /// A part of the balance in the warehouse, which the split's own tokens join first where that is asked for.
    function distribute(
        Split calldata _split,
        address _token,
        uint256 _distributeAmount,
        bool _performWarehouseTransfer,
        address _distributor
    ) external {
        requireOwnParameters(_split);
        if (_performWarehouseTransfer) {
            (uint256 held,) = getSplitBalance(_token);
            depositToWarehouse(_token, allButOneWei(held));
        }
        share(_split, _token, _distributeAmount, _distributor);
    }

    function getSplitBalance(address _token) public view returns (uint256 splitBalance, uint256 warehouseBalance) {
        splitBalance = IERC20(_token).balanceOf(address(this));
        warehouseBalance = SPLITS_WAREHOUSE.balanceOf(address(this), uint256(uint160(_token)));
    }

    function owner() external pure returns (address) {
        return address(0);
    }

    function paused() external pure returns (bool) {
        return false;
    }

    function share(Split calldata _split, address token, uint256 amount, address distributor) internal {
        uint256[] memory shares = new uint256[](_split.recipients.length);
        for (uint256 i = 0; i < shares.length; ++i) {
            shares[i] = amount * _split.allocations[i] / _split.totalAllocation;
        }
        SPLITS_WAREHOUSE.batchTransfer(_split.recipients, token, shares);
        emit SplitDistributed(token, distributor, amount);
    }

    function depositToWarehouse(address token, uint256 amount) internal {
        if (amount == 0) return;
        IERC20(token).forceApprove(address(SPLITS_WAREHOUSE), amount);
        SPLITS_WAREHOUSE.deposit(address(this), token, amount);
    }

    function requireOwnParameters(Split calldata _split) internal view {
        if (keccak256(abi.encode(_split)) != splitHash) revert InvalidSplit();
    }

    function allButOneWei(uint256 balance) internal pure returns (uint256) {
        return balance == 0 ? 0 : balance - 1;
    }
}
