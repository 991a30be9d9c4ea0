// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {LinearVault, MilestoneVault, NonClaimVault, Vault} from "./Vaults.sol";
import {VaultRegistry} from "./VaultRegistry.sol";

/// Makes vaults. What it is given for them has to be sent to them by whoever has the tokens.
contract VaultFactory {
    VaultRegistry internal immutable REGISTRY;
    IERC20 internal immutable TOKEN;

    event ATPCreated(address indexed beneficiary, address indexed atp, uint256 allocation);

    constructor(VaultRegistry registry, IERC20 token) {
        REGISTRY = registry;
        TOKEN = token;
    }

    function createLinear(address beneficiary, uint256 allocation, uint256 revokable) external {
        announce(new LinearVault(REGISTRY, TOKEN, beneficiary, allocation, revokable), beneficiary, allocation);
    }

    function createMilestone(address beneficiary, uint256 allocation, uint96 milestone) external {
        announce(new MilestoneVault(REGISTRY, TOKEN, beneficiary, allocation, milestone), beneficiary, allocation);
    }

    function createNonClaim(address beneficiary, uint256 allocation) external {
        announce(new NonClaimVault(REGISTRY, TOKEN, beneficiary, allocation), beneficiary, allocation);
    }

    function announce(Vault vault, address beneficiary, uint256 allocation) internal {
        emit ATPCreated(beneficiary, address(vault), allocation);
    }
}
