//! Events as few bytes: addresses and event names once, numbers by their length, words without their leading zeros.

use std::ops::RangeInclusive;

use alloy_primitives::{Address, B256, LogData};

use crate::chain::{
    BlockRef,
    logs::{LogEntry, LogQuery, Part},
};

/// The form below. A record of another form is not read but dropped.
const FORM: u8 = 2;

/// A stretch of blocks with the block that was final when they were read: their chain is the one that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) seal: (u64, B256),
    /// What was asked for, also where nothing was found.
    pub(super) query: LogQuery,
    pub(super) part: Part,
}

/// What a record says of itself at its beginning, before anything is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) range: RangeInclusive<u64>,
    pub(super) seal: (u64, B256),
    pub(super) entries: usize,
    pub(super) query: LogQuery,
}

impl Head {
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        Reader(bytes).head()
    }
}

impl Record {
    pub(super) fn new(seal: &BlockRef, query: LogQuery, part: Part) -> Self {
        Self { seal: (seal.number, seal.hash), query, part }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let Part { range, entries } = &self.part;
        // a handful of contracts and of events: looking through them is quick
        let LogQuery { contracts: mut addresses, events: mut names } = self.query.clone();
        for entry in entries {
            place_in(&mut addresses, &entry.address);
            entry.event().map(|name| place_in(&mut names, &name));
        }
        let mut out = vec![FORM];
        for value in [*range.start(), *range.end(), self.seal.0, entries.len() as u64] {
            number(&mut out, value);
        }
        out.extend_from_slice(self.seal.1.as_slice());
        number(&mut out, addresses.len() as u64);
        for address in &addresses {
            out.extend_from_slice(address.as_slice());
        }
        number(&mut out, names.len() as u64);
        for name in &names {
            out.extend_from_slice(name.as_slice());
        }
        let (mut block, mut tx) = (*range.start(), B256::ZERO);
        for entry in entries {
            number(&mut out, entry.block.saturating_sub(block));
            number(&mut out, entry.index);
            number(&mut out, entry.time.map_or(0, |time| time.saturating_add(1)));
            word(&mut out, if entry.tx == tx { B256::ZERO } else { entry.tx });
            (block, tx) = (entry.block, entry.tx);
            number(&mut out, place_in(&mut addresses, &entry.address));
            let topics = entry.data.topics();
            number(&mut out, topics.len() as u64);
            for (place, topic) in topics.iter().enumerate() {
                match place {
                    0 => number(&mut out, place_in(&mut names, topic)),
                    _ => word(&mut out, *topic),
                }
            }
            number(&mut out, entry.bytes().len() as u64);
            let (words, rest) = entry.bytes().as_chunks::<32>();
            for bytes in words {
                word(&mut out, B256::from(*bytes));
            }
            out.extend_from_slice(rest);
        }
        let sum = checksum(&out);
        out.extend_from_slice(&sum);
        out
    }

    /// `None` for anything that [`Record::to_bytes`] did not write.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (body, sum) = bytes.split_last_chunk::<8>()?;
        (checksum(body) == *sum).then_some(())?;
        let mut rest = Reader(body);
        let Head { range, seal, entries: count, query } = rest.head()?;
        let LogQuery { contracts: addresses, events: names } = &query;
        let mut entries = Vec::new();
        let (mut block, mut tx) = (*range.start(), B256::ZERO);
        for _ in 0..count {
            block = block.checked_add(rest.number()?)?;
            let index = rest.number()?;
            let time = rest.number()?.checked_sub(1);
            tx = Some(rest.word()?).filter(|tx| !tx.is_zero()).unwrap_or(tx);
            let address = *addresses.get(rest.size()?)?;
            let mut topics = Vec::new();
            for place in 0..rest.size()? {
                topics.push(if place == 0 { *names.get(rest.size()?)? } else { rest.word()? });
            }
            let size = rest.size()?;
            let mut data = Vec::new();
            for _ in 0..size / 32 {
                data.extend_from_slice(rest.word()?.as_slice());
            }
            data.extend_from_slice(rest.take(size % 32)?);
            let data = LogData::new(topics, data.into())?;
            entries.push(LogEntry { address, data, block, index, tx, time });
        }
        let inside = entries.iter().all(|entry| range.contains(&entry.block));
        (rest.0.is_empty() && inside).then_some(Self { seal, query, part: Part { range, entries } })
    }
}

/// Where it is in the list; put at its end if it is not.
fn place_in<T: Copy + PartialEq>(list: &mut Vec<T>, item: &T) -> u64 {
    let place = list.iter().position(|known| known == item).unwrap_or(list.len());
    if place == list.len() {
        list.push(*item);
    }
    place as u64
}

/// Seven bits a byte, lowest first.
fn number(out: &mut Vec<u8>, mut value: u64) {
    loop {
        let low = (value & 0x7f).to_le_bytes()[0];
        value >>= 7;
        if value == 0 {
            return out.push(low);
        }
        out.push(low | 0x80);
    }
}

fn word(out: &mut Vec<u8>, value: B256) {
    let zeros = value.0.iter().take_while(|byte| **byte == 0).count();
    number(out, (32 - zeros) as u64);
    out.extend_from_slice(&value.0[zeros..]);
}

/// FNV-1a: enough against bytes that went wrong, and nobody else writes here.
fn checksum(bytes: &[u8]) -> [u8; 8] {
    let sum = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3));
    sum.to_le_bytes()
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = *self.take(1)?.first()?;
            value |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn size(&mut self) -> Option<usize> {
        self.number()?.try_into().ok()
    }

    fn word(&mut self) -> Option<B256> {
        let size = self.size().filter(|size| *size <= 32)?;
        Some(B256::left_padding_from(self.take(size)?))
    }

    fn head(&mut self) -> Option<Head> {
        (self.take(1)? == [FORM]).then_some(())?;
        let (range, number, entries) = (self.number()?..=self.number()?, self.number()?, self.size()?);
        let seal = (number, B256::from_slice(self.take(32)?));
        let contracts = self.list(20)?.map(Address::from_slice).collect();
        let events = self.list(32)?.map(B256::from_slice).collect();
        Some(Head { range, seal, entries, query: LogQuery { contracts, events } })
    }

    fn list(&mut self, size: usize) -> Option<std::slice::ChunksExact<'a, u8>> {
        let bytes = self.size()?.checked_mul(size)?;
        Some(self.take(bytes)?.chunks_exact(size))
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::Bytes;
    use proptest::prelude::*;

    use super::*;

    fn entry(block: u64, index: u64, tx: u8, time: Option<u64>, topics: usize, data: Vec<u8>) -> LogEntry {
        let topics = (0..topics).map(|place| B256::with_last_byte(u8::try_from(place).unwrap_or(0) + tx));
        LogEntry {
            address: Address::repeat_byte(tx % 3),
            data: LogData::new_unchecked(topics.collect(), Bytes::from(data)),
            block,
            index,
            tx: B256::repeat_byte(tx),
            time,
        }
    }

    fn records() -> impl Strategy<Value = Record> {
        let data = proptest::collection::vec(prop_oneof![Just(0_u8), any::<u8>()], 0..100);
        let one = (0..50_u64, any::<u64>(), 1..5_u8, proptest::option::of(0..u64::MAX - 1), 0..5_usize, data);
        (any::<u32>(), any::<[u8; 32]>(), proptest::collection::vec(one, 0..20)).prop_map(
            |(first, hash, mut entries)| {
                let first = u64::from(first);
                entries.sort_by_key(|entry| (entry.0, entry.1));
                let entries = entries
                    .into_iter()
                    .map(|(block, index, tx, time, topics, data)| {
                        entry(first + block, index, tx, time, topics, data)
                    })
                    .collect::<Vec<_>>();
                let mut query = LogQuery { contracts: vec![Address::ZERO], events: vec![B256::ZERO] };
                for entry in &entries {
                    place_in(&mut query.contracts, &entry.address);
                    entry.event().map(|event| place_in(&mut query.events, &event));
                }
                Record {
                    seal: (first + 99, hash.into()),
                    query,
                    part: Part { range: first..=first + 49, entries },
                }
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(record in records()) {
            let bytes = record.to_bytes();
            prop_assert_eq!(Head::of(&bytes).map(|head| head.query), Some(record.query.clone()));
            prop_assert_eq!(Record::from_bytes(&bytes), Some(record));
        }

        #[test]
        fn broken_bytes_are_nothing_and_no_panic(record in records(), place: u16, bit in 0..8_u8, cut: u16) {
            let mut bytes = record.to_bytes();
            let length = bytes.len();
            let shorter = &bytes[..usize::from(cut) % length];
            prop_assert_eq!(Record::from_bytes(shorter), None);
            bytes[usize::from(place) % length] ^= 1 << bit;
            prop_assert_eq!(Record::from_bytes(&bytes), None);
            // even where the sum is right
            bytes.truncate(length - 8);
            let sum = checksum(&bytes);
            bytes.extend_from_slice(&sum);
            Record::from_bytes(&bytes);
        }

        #[test]
        fn any_bytes_are_no_panic(bytes: Vec<u8>) {
            prop_assert_eq!(Record::from_bytes(&bytes), None);
        }
    }
}
