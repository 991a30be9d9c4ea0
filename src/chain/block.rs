use alloy_primitives::{B256, U64, U128};
use serde::{Deserialize, Serialize};

/// One block, by number and hash: what a screen is pinned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BlockRef {
    /// Height.
    pub number: u64,
    /// Block hash.
    pub hash: B256,
    /// Hash of the block before; what `blockhash(number - 1)` gives inside a call, see [`super::Batch`].
    pub parent: B256,
    /// Unix seconds: chain time.
    pub timestamp: u64,
}

/// The fields of a block header that the app uses.
///
/// Own type and not alloy's: that one carries every fork's header fields and transactions into the bundle, and
/// fails on chains that add their own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Header {
    number: U64,
    hash: B256,
    parent_hash: B256,
    timestamp: U64,
    #[serde(default)]
    base_fee_per_gas: Option<U128>,
}

impl Header {
    /// The block's identity.
    pub fn block(&self) -> BlockRef {
        BlockRef {
            number: self.number.to(),
            hash: self.hash,
            parent: self.parent_hash,
            timestamp: self.timestamp.to(),
        }
    }

    /// Wei per gas that the next transaction burns at least; `None` before EIP-1559.
    pub fn base_fee(&self) -> Option<u128> {
        self.base_fee_per_gas.map(|fee| fee.to())
    }
}
