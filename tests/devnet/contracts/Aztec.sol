// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {G1Point, G2Point} from "./ProviderQueue.sol";

// The parts of the real Aztec contracts that the staking registry calls.

interface IRollupRegistry {
    function getRollup(uint256 version) external view returns (address);
}

interface IRollup {
    function getActivationThreshold() external view returns (uint256);

    function deposit(
        address attester,
        address withdrawer,
        G1Point calldata publicKeyG1,
        G2Point calldata publicKeyG2,
        G1Point calldata proofOfPossession,
        bool moveWithLatestRollup
    ) external;
}
