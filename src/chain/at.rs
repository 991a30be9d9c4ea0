use super::BlockRef;

/// A value together with the block it was read at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At<T> {
    /// Where.
    pub block: BlockRef,
    /// What.
    pub value: T,
}

impl<T> At<T> {
    /// Another value read at the same block.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> At<U> {
        At { block: self.block, value: f(self.value) }
    }
}
