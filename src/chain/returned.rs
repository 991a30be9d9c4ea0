use std::fmt;

use alloy_primitives::Bytes;

/// What a call returned, in few bytes: nearly all of it are words whose leading bytes are zero. A figure keeps it for as long
/// as it is shown, and there are thousands.
#[derive(Clone, PartialEq, Eq)]
pub struct Returned(Box<[u8]>);

impl Returned {
    /// All of it.
    pub fn bytes(&self) -> Bytes {
        let mut out = Vec::new();
        let Some((rest, mut words)) = self.0.split_first() else { return Bytes::new() };
        while words.len() > usize::from(*rest) {
            let Some((size, after)) = words.split_first() else { break };
            let (significant, after) = after.split_at_checked((*size).into()).unwrap_or((after, &[]));
            out.resize(out.len() + 32 - significant.len(), 0);
            out.extend_from_slice(significant);
            words = after;
        }
        out.extend_from_slice(words);
        out.into()
    }
}

impl From<&[u8]> for Returned {
    fn from(bytes: &[u8]) -> Self {
        let (words, rest) = bytes.as_chunks::<32>();
        // shorter than a word, each of them
        let small = |size: usize| u8::try_from(size).unwrap_or(u8::MAX);
        let mut out = vec![small(rest.len())];
        for word in words {
            let zeros = word.iter().take_while(|byte| **byte == 0).count();
            out.push(small(32 - zeros));
            out.extend_from_slice(&word[zeros..]);
        }
        out.extend_from_slice(rest);
        Self(out.into())
    }
}

impl fmt::Debug for Returned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    proptest! {
        #[test]
        fn comes_back_as_it_was(bytes in vec(prop_oneof![3 => Just(0_u8), 1 => any::<u8>()], 0..200)) {
            prop_assert_eq!(Returned::from(&*bytes).bytes(), bytes);
        }
    }

    #[test]
    fn a_number_takes_few_bytes() {
        let word = alloy_primitives::U256::from(0x0102_u64).to_be_bytes::<32>();
        assert_eq!(Returned::from(&word[..]).0.len(), 4);
    }
}
