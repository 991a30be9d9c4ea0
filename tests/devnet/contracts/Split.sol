// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// Who gets how much of what arrives at a split. A split keeps only the hash: callers bring the parameters along.
struct Split {
    address[] recipients;
    uint256[] allocations;
    uint256 totalAllocation;
    uint16 distributionIncentive;
}
