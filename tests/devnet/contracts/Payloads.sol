// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

struct Action {
    address target;
    bytes data;
}

/// What a proposal executes, as Aztec's `IPayload` has it.
contract Payload {
    string private uri;
    Action[] private actions;

    constructor(string memory uri_, Action[] memory actions_) {
        uri = uri_;
        for (uint256 i = 0; i < actions_.length; i++) {
            actions.push(actions_[i]);
        }
    }

    function getURI() external view returns (string memory) {
        return uri;
    }

    function getActions() external view returns (Action[] memory) {
        return actions;
    }
}

/// A payload that tries what it can with whoever reads it.
contract HostilePayload {
    uint256 private immutable COUNT;
    uint256 private immutable LENGTH;

    error OutsideBusinessHours(uint256 day, uint256 hour);

    /// No actions: `getActions` reverts.
    constructor(uint256 count, uint256 length) {
        COUNT = count;
        LENGTH = length;
    }

    function getURI() external pure returns (string memory) {
        return "<img src=x onerror=alert(1)> javascript:alert(1)";
    }

    /// Only the governance proposer's wrapper is one.
    function getOriginalPayload() external view returns (address) {
        return address(this);
    }

    function getActions() external view returns (Action[] memory actions) {
        if (COUNT == 0) {
            revert OutsideBusinessHours(6, 23);
        }
        actions = new Action[](COUNT);
        for (uint256 i = 0; i < COUNT; i++) {
            actions[i] = Action(address(this), new bytes(LENGTH));
        }
    }
}
