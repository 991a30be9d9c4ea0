// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// What rewards are paid in on networks where that is not the staked token. Six decimals, so that nobody can take one for
/// the other; anybody may make some.
contract FeeAsset is ERC20("Fee Juice", "FEE") {
    function decimals() public pure override returns (uint8) {
        return 6;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}
