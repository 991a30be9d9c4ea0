use alloy_primitives::{Address, B256, U256};

use crate::units::Bps;

/// The words of an event: indexed ones first, then those of its data. Typed decoders of `sol!` do the same at several
/// times the size; every event of the table is plain words, apart from one list.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    topics: &'a [B256],
    data: &'a [u8],
}

impl<'a> Fields<'a> {
    /// Topics with topic 0, and data.
    pub const fn new(topics: &'a [B256], data: &'a [u8]) -> Self {
        Self { topics, data }
    }

    /// How many words are indexed.
    pub const fn indexed(&self) -> usize {
        self.topics.len().saturating_sub(1)
    }

    fn data_word(&self, place: usize) -> Option<B256> {
        let start = place.checked_mul(32)?;
        self.data.get(start..start.checked_add(32)?).map(B256::from_slice)
    }

    fn word(&self, place: usize) -> Option<B256> {
        match place.checked_sub(self.indexed()) {
            None => self.topics.get(place + 1).copied(),
            Some(place) => self.data_word(place),
        }
    }

    /// A `uint256`, or a smaller one.
    pub fn number(&self, place: usize) -> Option<U256> {
        self.word(place).map(Into::into)
    }

    /// A number that fits: identifiers.
    pub fn id(&self, place: usize) -> Option<u64> {
        self.number(place)?.try_into().ok()
    }

    /// An `address`.
    pub fn address(&self, place: usize) -> Option<Address> {
        address(self.word(place)?)
    }

    /// A share.
    pub fn bps(&self, place: usize) -> Option<Bps> {
        Bps::new(self.number(place)?.try_into().ok()?)
    }

    /// A `bool`.
    pub fn flag(&self, place: usize) -> Option<bool> {
        match self.id(place)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    /// An `address[]`, by the word that says where it is.
    pub fn addresses(&self, place: usize) -> Option<Vec<Address>> {
        let start = usize::try_from(self.id(place)?).ok()?;
        let list = Self { topics: &[], data: self.data.get(start..)? };
        let count = usize::try_from(list.id(0)?).ok()?;
        // what the data cannot hold is not believed before anything is reserved
        if count > list.data.len() / 32 {
            return None;
        }
        (1..=count).map(|place| list.address(place)).collect()
    }
}

fn address(word: B256) -> Option<Address> {
    word.0[..12].iter().all(|byte| *byte == 0).then(|| Address::from_word(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(number: u64) -> B256 {
        U256::from(number).into()
    }

    #[test]
    fn indexed_words_come_before_those_of_the_data() {
        let (topics, data) = ([B256::repeat_byte(9), word(7), word(8)], [word(1), word(2)].concat());
        let fields = Fields::new(&topics, &data);
        let read: Vec<_> = (0..6).map(|place| fields.id(place)).collect();
        assert_eq!(read, [Some(7), Some(8), Some(1), Some(2), None, None]);
    }

    #[test]
    fn what_does_not_fit_is_not_read() {
        let data = [B256::repeat_byte(1), word(10_001), word(2)].concat();
        let fields = Fields::new(&[], &data);
        assert_eq!(
            (fields.id(0), fields.address(0), fields.bps(1), fields.flag(2)),
            (None, None, None, None)
        );
        assert_eq!(fields.number(2), Some(U256::from(2)));
    }

    #[test]
    fn lists_end_where_they_say_and_never_reach_beyond_the_data() {
        let list = |words: &[u64]| {
            let data: Vec<u8> = words.iter().flat_map(|number| word(*number).0).collect();
            Fields::new(&[], &data).addresses(0).map(|found| found.len())
        };
        assert_eq!(list(&[32, 0]), Some(0));
        assert_eq!(list(&[32, 2, 5, 6]), Some(2));
        for broken in [&[32, 3, 5, 6][..], &[64, 2], &[u64::MAX, 1], &[32, u64::MAX], &[32], &[]] {
            assert_eq!(list(broken), None, "{broken:?}");
        }
    }
}
