//! Who a proposer and a prover named as receivers, in the calldata of their transactions.
//!
//! Nodes send these calls through Multicall3, a forwarder or a proxy, so the call is looked for inside the transaction's
//! input, wherever it stands. What is found counts only with what the chain's event says: the archive root, the last
//! checkpoint. A form that is not known gives nothing, which is "not checked" and never an accusation.

use alloy_primitives::{Address, B256, U256};

/// What a proposal says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// Who is to be paid.
    pub coinbase: Address,
    /// The slot that it was proposed in.
    pub slot: u64,
}

/// A generation's `propose`: selector, and the words after it that hold coinbase and slot. Word 0 is the archive root.
const PROPOSE: [([u8; 4], usize, usize); 3] = [
    // v2
    ([0x48, 0xae, 0xda, 0x19], 16, 14),
    // v4
    ([0x85, 0xb9, 0x8f, 0xd8], 9, 7),
    // v5, whose header has accumulated fees at its end
    ([0x72, 0x63, 0x6d, 0xf9], 9, 7),
];

/// How a generation's `submitEpochRootProof` names receivers.
#[derive(Clone, Copy)]
enum Paid {
    /// `fees[2i]`, the address in its low 20 bytes.
    Fees,
    /// `headers[i]`, of so many words, the address in this one.
    Headers { words: usize, coinbase: usize },
}

/// A generation's `submitEpochRootProof`: selector, the word of the arguments that holds the list's place, and the list.
const PROOF: [([u8; 4], usize, Paid); 3] = [
    // v2: three public inputs
    ([0x46, 0xc6, 0xdf, 0xdf], 5, Paid::Fees),
    // v4: four
    ([0xd8, 0xea, 0x42, 0x77], 6, Paid::Fees),
    // v5
    ([0x06, 0x9d, 0x15, 0x25], 6, Paid::Headers { words: 13, coinbase: 7 }),
];

/// Checkpoints of one proof at most: an epoch has 32 slots.
const MOST: usize = 1_024;

/// The word at a place, if the input is that long.
fn word(input: &[u8], at: usize) -> Option<&[u8; 32]> {
    input.get(at..at.checked_add(32)?)?.first_chunk()
}

/// A word as a small number.
fn number(input: &[u8], at: usize) -> Option<u64> {
    U256::from_be_bytes(*word(input, at)?).try_into().ok()
}

fn place(input: &[u8], at: usize) -> Option<usize> {
    usize::try_from(number(input, at)?).ok()
}

/// A word as an address; `None` unless the bytes before it are zero.
fn address(input: &[u8], at: usize) -> Option<Address> {
    let word = word(input, at)?;
    let (zeros, address) = word.split_at(12);
    zeros.iter().all(|byte| *byte == 0).then(|| Address::from_slice(address))
}

/// The proposal with this archive root in a transaction's input; `None` when there is none, or none of a known form.
pub fn in_proposal(input: &[u8], archive: B256) -> Option<Proposed> {
    let places = input.windows(36).enumerate().filter(|(_, window)| window[4..] == archive[..]);
    let mut found = places.filter_map(|(at, window)| {
        let (_, coinbase, slot) = PROPOSE.iter().find(|(selector, ..)| window[..4] == selector[..])?;
        let words = at + 4;
        Some(Proposed {
            coinbase: address(input, words + 32 * coinbase)?,
            slot: number(input, words + 32 * slot)?,
        })
    });
    let first = found.next()?;
    // two that contradict each other: the transaction cannot be read from here
    found.all(|other| other == first).then_some(first)
}

/// The receivers of the checkpoints that a proof pays, with the number of the first one; `end` is the last, by the
/// `L2ProofVerified` event. `None` when the input holds no proof of a known form that ends there.
pub fn in_proof(input: &[u8], end: u64) -> Option<(u64, Vec<Address>)> {
    let mut found = input.windows(4).enumerate().filter_map(|(at, window)| {
        let (_, list, paid) = PROOF.iter().find(|(selector, ..)| window == selector)?;
        receivers(&input[at + 4..], *list, *paid, end)
    });
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

fn receivers(words: &[u8], list: usize, paid: Paid, end: u64) -> Option<(u64, Vec<Address>)> {
    // one argument, of variable length: its place, then its parts
    let args = words.get(place(words, 0)?..)?;
    let (begin, finish) = (number(args, 0)?, number(args, 32)?);
    let count = usize::try_from(finish.checked_sub(begin)?.checked_add(1)?).ok()?;
    if finish != end || count > MOST {
        return None;
    }
    let list = args.get(place(args, 32 * list)?..)?;
    let (length, items) = (place(list, 0)?, list.get(32..)?);
    let at = |index: usize| match paid {
        // a pair of receiver and fee for each, and room for more at the end
        Paid::Fees => (2 * index < length).then(|| low_address(items, 64 * index))?,
        Paid::Headers { words, coinbase } => {
            (index < length).then(|| address(items, 32 * (words * index + coinbase)))?
        }
    };
    Some((begin, (0..count).map(at).collect::<Option<_>>()?))
}

/// The low 20 bytes of a word, whatever stands above.
fn low_address(input: &[u8], at: usize) -> Option<Address> {
    Some(Address::from_slice(&word(input, at)?[12..]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Transactions are anybody's: no bytes may stop the page.
        #[test]
        fn any_input_is_survived(
            bytes in prop::collection::vec(any::<u8>(), 0..800),
            places in prop::collection::vec((0_usize..800, 0_usize..6), 0..4),
            small in prop::collection::vec(0_usize..800, 0..8),
        ) {
            let mut bytes = bytes;
            let selectors: Vec<_> = PROPOSE.iter().map(|known| known.0).chain(PROOF.iter().map(|known| known.0)).collect();
            for (at, which) in places {
                if let Some(slot) = bytes.get_mut(at..at + 4) {
                    slot.copy_from_slice(&selectors[which]);
                }
            }
            // places and lengths that look like some
            for at in small {
                if let Some(slot) = bytes.get_mut(at..at + 31) {
                    slot.fill(0);
                }
            }
            in_proposal(&bytes, B256::ZERO);
            in_proof(&bytes, 0);
            if let Some(end) = bytes.last() {
                in_proof(&bytes, u64::from(*end));
            }
        }
    }
}
