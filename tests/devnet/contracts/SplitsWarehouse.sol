// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// Holds the tokens that splits have shared out, one balance for each owner and token, until they are withdrawn.
///
/// A stand-in for the 0xSplits contract of this name: the part of it that splits and their recipients use, for ERC-20
/// only. A token's id is its address. A withdrawal incentive can be set and read, and is never paid.
contract SplitsWarehouse {
    using SafeERC20 for IERC20;

    struct WithdrawConfig {
        uint16 incentive;
        bool paused;
    }

    mapping(address owner => mapping(uint256 id => uint256 balance)) public balanceOf;
    mapping(address owner => WithdrawConfig config) public withdrawConfig;

    event Transfer(
        address caller, address indexed sender, address indexed receiver, uint256 indexed id, uint256 amount
    );
    event Withdraw(
        address indexed owner, address indexed token, address indexed withdrawer, uint256 amount, uint256 reward
    );
    event WithdrawConfigUpdated(address indexed owner, WithdrawConfig config);

    error WithdrawalPaused(address owner);
    error LengthMismatch();

    function deposit(address _receiver, address _token, uint256 _amount) external {
        balanceOf[_receiver][idOf(_token)] += _amount;
        emit Transfer(msg.sender, address(0), _receiver, idOf(_token), _amount);
        IERC20(_token).safeTransferFrom(msg.sender, address(this), _amount);
    }

    function batchTransfer(address[] calldata _receivers, address _token, uint256[] calldata _amounts) external {
        if (_receivers.length != _amounts.length) revert LengthMismatch();
        uint256 id = idOf(_token);
        for (uint256 i = 0; i < _receivers.length; ++i) {
            balanceOf[msg.sender][id] -= _amounts[i];
            balanceOf[_receivers[i]][id] += _amounts[i];
            emit Transfer(msg.sender, msg.sender, _receivers[i], id, _amounts[i]);
        }
    }

    /// Pays the owner all but 1 wei, whoever calls, unless the owner has paused this. The owner itself is never kept
    /// out, neither directly nor as the account that started the transaction.
    function withdraw(address _owner, address _token) external {
        bool byOwner = msg.sender == _owner || tx.origin == _owner;
        if (withdrawConfig[_owner].paused && !byOwner) revert WithdrawalPaused(_owner);

        uint256 id = idOf(_token);
        // Checked on purpose: without any balance this is the arithmetic panic that the original gives.
        uint256 amount = balanceOf[_owner][id] - 1;
        balanceOf[_owner][id] = 1;

        emit Transfer(msg.sender, _owner, address(0), id, amount);
        emit Withdraw(_owner, _token, msg.sender, amount, 0);
        IERC20(_token).safeTransfer(_owner, amount);
    }

    function setWithdrawConfig(WithdrawConfig calldata _config) external {
        withdrawConfig[msg.sender] = _config;
        emit WithdrawConfigUpdated(msg.sender, _config);
    }

    function idOf(address token) internal pure returns (uint256) {
        return uint256(uint160(token));
    }
}
