// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

struct G1Point {
    uint256 x;
    uint256 y;
}

struct G2Point {
    uint256 x0;
    uint256 x1;
    uint256 y0;
    uint256 y1;
}

/// One sequencer that a provider offers: its address, its registration keys and the proof that it holds their secret.
struct KeyStore {
    address attester;
    G1Point publicKeyG1;
    G2Point publicKeyG2;
    G1Point proofOfPossession;
}

/// Live entries stand at indexes `first` up to, not including, `last`. Both begin at 1.
struct ProviderQueue {
    mapping(uint256 index => KeyStore key) keys;
    uint128 first;
    uint128 last;
}

error QueueIsEmpty();
error QueueIndexOutOfBounds();

/// First in, first out. Popped entries stay in storage: only the indexes move.
library ProviderQueueLib {
    function open(ProviderQueue storage queue) internal {
        queue.first = 1;
        queue.last = 1;
    }

    function push(ProviderQueue storage queue, KeyStore calldata key) internal {
        queue.keys[queue.last] = key;
        queue.last += 1;
    }

    function pop(ProviderQueue storage queue) internal returns (KeyStore memory key) {
        if (length(queue) == 0) revert QueueIsEmpty();
        key = queue.keys[queue.first];
        queue.first += 1;
    }

    function at(ProviderQueue storage queue, uint128 index) internal view returns (KeyStore memory) {
        if (index < queue.first || index >= queue.last) revert QueueIndexOutOfBounds();
        return queue.keys[index];
    }

    function length(ProviderQueue storage queue) internal view returns (uint256) {
        return queue.last - queue.first;
    }
}
