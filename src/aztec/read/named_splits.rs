//! Splits that somebody named because they pay an address: no event need tell of them.

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolEvent as _;
use futures::future::join_all;

use super::purses;
use crate::{
    aztec::{
        Deployment,
        abi::{IPullSplit, IPullSplitFactory},
        positions::SplitTerms,
    },
    chain::{
        Answers, At, Batch, BlockRef, Pool, ReadError, Slot,
        logs::{self, LogQuery},
    },
};

/// A split that somebody named, with the terms that they say it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedSplit {
    /// The contract.
    pub split: Address,
    /// Its terms, where they were given. They count only when their hash is the split's.
    pub terms: Option<SplitTerms>,
}

/// Why a split that somebody named is not shown among the rewards of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotPaid {
    /// Nobody answered.
    NotRead(ReadError),
    /// It does not answer as a split does, or is no copy of what the network's factory makes: it could say of itself
    /// whatever it likes.
    NoSplit,
    /// Its terms are in an event that could not be read: somebody has to give them.
    NeedsTerms(ReadError),
    /// Those that were given have another hash than `splitHash()`.
    OtherTerms,
    /// This account may give it other terms at any time, or stop it (`owner()`).
    Owned(Address),
    /// A part goes to whoever shares it out, which nobody is told of here.
    Rewards,
    /// The address is the first of two, which in a delegation's split is the provider.
    PaysProvider,
    /// It pays these, the address among them, and is nothing that a delegation makes.
    PaysAmong(Vec<Address>),
    /// It pays these, and not the address.
    PaysOthers(Vec<Address>),
}

impl NotPaid {
    /// The error, where nobody answered: the next attempt may tell something else.
    pub fn unanswered(&self) -> Option<&ReadError> {
        match self {
            Self::NotRead(error) | Self::NeedsTerms(error) => {
                Some(error).filter(|error| error.is_unanswered())
            }
            _ => None,
        }
    }
}

/// What came of a split that somebody named: its terms, which have its hash and pay the address.
pub type Named = (Address, Result<SplitTerms, NotPaid>);

/// Bytes of a minimal proxy at most: the shortest of those that are common has 44, those with arguments a few words more.
const LONGEST_COPY: usize = 128;

/// Looks at splits that somebody named, for an address that may be paid by them. Two requests for all of them, one for the
/// code of each, and one (times the pieces that the endpoint cuts the range into) for the event of each whose terms were
/// not given. Never fails as a whole.
///
/// A split keeps only the hash of its terms. Whoever named it is not believed: neither that it is a split (its code has to
/// be a copy of what the network's factory makes, and its warehouse that of the original), nor the terms.
pub async fn named_splits(
    pool: &Pool,
    contracts: &Deployment,
    owner: Address,
    named: &[NamedSplit],
    block: BlockRef,
) -> At<Vec<Named>> {
    if named.is_empty() {
        return At { block, value: Vec::new() };
    }
    let original = original(pool, contracts, &block).await;
    let mut batch = Batch::new();
    let slots: Vec<_> = named
        .iter()
        .map(|named| {
            let hash = batch.add(named.split, IPullSplit::splitHashCall {});
            let warehouse = batch.add(named.split, IPullSplit::SPLITS_WAREHOUSECall {});
            (hash, warehouse, batch.add(named.split, IPullSplit::ownerCall {}))
        })
        .collect();
    let answers = batch.run(pool, &block).await;
    let (answers, original) = (&answers, &original);
    let looks = named.iter().zip(slots).map(|(named, slots)| async move {
        let found = match hash_of(pool, original, named.split, (answers, slots), &block).await {
            Ok(hash) => terms_of(pool, contracts, named, hash, &block).await,
            Err(why) => Err(why),
        };
        (named.split, found.and_then(|terms| pays(terms, owner)))
    });
    At { block, value: join_all(looks).await }
}

/// What the network's splits are copies of, and the warehouse of all of them.
async fn original(
    pool: &Pool,
    contracts: &Deployment,
    block: &BlockRef,
) -> Result<(Address, Address), ReadError> {
    let mut batch = Batch::new();
    let factory = contracts.split_factory.ok_or(ReadError::Incomplete)?;
    let slot = batch.add(factory, IPullSplitFactory::SPLIT_WALLET_IMPLEMENTATIONCall {});
    let original = batch.run(pool, block).await.value(slot)?;
    Ok((original, purses::warehouse_of(pool, Ok(original), block).await?))
}

/// What a split was asked: its hash, its warehouse, its owner.
type Asked = (Slot<B256>, Slot<Address>, Slot<Address>);

/// The hash that a split keeps, where it is one and nobody can change it.
async fn hash_of(
    pool: &Pool,
    original: &Result<(Address, Address), ReadError>,
    split: Address,
    (answers, (hash, warehouse, owner)): (&Answers, Asked),
    block: &BlockRef,
) -> Result<B256, NotPaid> {
    let (original, general) = original.clone().map_err(NotPaid::NotRead)?;
    let (hash, warehouse) =
        (answers.value(hash).map_err(no_split)?, answers.value(warehouse).map_err(no_split)?);
    let code = pool.code(split, block.number).await.map_err(|error| NotPaid::NotRead(error.into()))?;
    if warehouse != general || !is_copy(&code, original) {
        return Err(NotPaid::NoSplit);
    }
    match answers.value(owner).map_err(no_split)? {
        Address::ZERO => Ok(hash),
        somebody => Err(NotPaid::Owned(somebody)),
    }
}

fn no_split(error: ReadError) -> NotPaid {
    if error.is_unanswered() { NotPaid::NotRead(error) } else { NotPaid::NoSplit }
}

/// Whether code does nothing but hand on to another contract. There are several forms of that; what they share is looked
/// at as the EVM reads it, instruction after instruction: one call, which is a `DELEGATECALL` of an address that stands
/// there, and else only what moves the calldata there and the answer back. It cannot tell one function from another, nor
/// one day from the next, so all that it says is said by the original.
fn is_copy(code: &[u8], original: Address) -> bool {
    const PUSH1: u8 = 0x60;
    const PUSH20: u8 = 0x73;
    const PUSH32: u8 = 0x7f;
    const GAS: u8 = 0x5a;
    const DELEGATECALL: u8 = 0xf4;
    if code.len() > LONGEST_COPY {
        return false;
    }
    let (mut at, mut calls) = (0, 0);
    while let Some(&instruction) = code.get(at) {
        at += match instruction {
            PUSH20 if code.get(at + 1..at + 21) == Some(original.as_slice()) => {
                if code.get(at + 21..at + 23) != Some(&[GAS, DELEGATECALL]) {
                    return false;
                }
                calls += 1;
                23
            }
            PUSH1..=PUSH32 => usize::from(instruction - PUSH1) + 2,
            // STOP ADD CALLVALUE CALLDATASIZE CALLDATACOPY CODECOPY RETURNDATASIZE RETURNDATACOPY POP MSTORE
            0x00 | 0x01 | 0x34 | 0x36 | 0x37 | 0x39 | 0x3d | 0x3e | 0x50 | 0x52
            // JUMP JUMPI MSIZE GAS JUMPDEST PUSH0 DUP SWAP LOG RETURN REVERT
            | 0x56 | 0x57 | 0x59..=0x5b | 0x5f | 0x80..=0x9f | 0xa0..=0xa4 | 0xf3 | 0xfd => 1,
            _ => return false,
        };
    }
    calls == 1
}

/// The terms that have a hash: those that were given, otherwise those of the split's own event.
async fn terms_of(
    pool: &Pool,
    contracts: &Deployment,
    named: &NamedSplit,
    hash: B256,
    block: &BlockRef,
) -> Result<SplitTerms, NotPaid> {
    if let Some(terms) = &named.terms {
        return if terms.hash() == hash { Ok(terms.clone()) } else { Err(NotPaid::OtherTerms) };
    }
    let query =
        LogQuery { contracts: vec![named.split], events: vec![IPullSplit::SplitUpdated::SIGNATURE_HASH] };
    let mut entries = Vec::new();
    let range = contracts.from_block.block()..=block.number;
    logs::scan(pool, &query, range, |part| entries.extend(part.entries))
        .await
        .map_err(|error| NotPaid::NeedsTerms(error.into()))?;
    let mut told = entries.iter().filter_map(SplitTerms::from_event);
    told.find(|terms| terms.hash() == hash).ok_or(NotPaid::NeedsTerms(ReadError::LogsMissing))
}

/// Terms that pay the address what a stake earned. A copy of the factory's original may be anybody's, with any number of
/// recipients: only the place of the delegator counts.
fn pays(terms: SplitTerms, owner: Address) -> Result<SplitTerms, NotPaid> {
    if terms.delegator() == Some(owner) {
        if terms.incentive == 0 { Ok(terms) } else { Err(NotPaid::Rewards) }
    } else if terms.provider() == Some(owner) && terms.recipients.len() == 2 {
        Err(NotPaid::PaysProvider)
    } else if terms.recipients.contains(&owner) {
        Err(NotPaid::PaysAmong(terms.recipients))
    } else {
        Err(NotPaid::PaysOthers(terms.recipients))
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{U256, hex};

    use super::*;
    use crate::{chain::RpcError, units::Bps};

    const ORIGINAL: Address = Address::repeat_byte(0xab);

    #[test]
    fn a_copy_does_nothing_but_hand_on_to_its_original() {
        let proxy =
            [&hex!("363d3d373d3d3d363d73")[..], ORIGINAL.as_slice(), &hex!("5af43d82803e903d91602b57fd5bf3")];
        let proxy = proxy.concat();
        assert_eq!(proxy.len(), 45);
        assert!(is_copy(&proxy, ORIGINAL));
        assert!(!is_copy(&proxy, Address::repeat_byte(0xac)), "of something else");
        assert!(!is_copy(&[], ORIGINAL), "no contract");
        let whole = [proxy, vec![0; LONGEST_COPY]].concat();
        assert!(!is_copy(&whole, ORIGINAL), "code that could do anything");

        let of = |address: Address, tail: &[u8]| {
            [
                &hex!("363d3d373d3d3d363d73")[..],
                address.as_slice(),
                &hex!("5af43d82803e903d91602b57fd5bf3"),
                tail,
            ]
            .concat()
        };
        let stranger = Address::repeat_byte(0xcd);
        assert!(!is_copy(&of(stranger, ORIGINAL.as_slice()), ORIGINAL), "named where nobody comes");
        let pushed = [&hex!("5b73")[..], ORIGINAL.as_slice()].concat();
        assert!(!is_copy(&of(stranger, &pushed), ORIGINAL), "pushed, and another is called");
        assert!(!is_copy(&of(ORIGINAL, &of(stranger, &[])), ORIGINAL), "and another");
        for (tail, what) in [
            (&hex!("5b5f3560e01c")[..], "which function is asked for"),
            (&hex!("5b42"), "what time it is"),
            (&hex!("5b33"), "who asks"),
            (&hex!("5b5f54"), "what it has stored"),
            (&hex!("5bf1"), "another call"),
        ] {
            assert!(!is_copy(&of(ORIGINAL, tail), ORIGINAL), "{what}");
        }
        // what the factory of splits makes: it takes ether, with an event, and else hands on
        let splits = [
            &hex!(
                "36602c57343d527f9e4ac34f21c619cefc926c8bd93b54bf5a39c7ab2127a895af1cc0691d7e3dff593da1005b3d3d3d3d363d3d37363d73"
            )[..],
            ORIGINAL.as_slice(),
            &hex!("5af43d3d93803e605757fd5bf3"),
        ];
        assert!(is_copy(&splits.concat(), ORIGINAL));
    }

    #[test]
    fn only_the_one_whose_stake_earned_it_is_paid() {
        let [provider, delegator, other] = [1, 2, 3].map(Address::repeat_byte);
        let terms = SplitTerms::of_delegation(provider, delegator, Bps::new(500).expect("a share"));
        assert_eq!(pays(terms.clone(), delegator), Ok(terms.clone()));
        assert_eq!(pays(terms.clone(), provider), Err(NotPaid::PaysProvider));
        assert_eq!(pays(terms.clone(), other), Err(NotPaid::PaysOthers(vec![provider, delegator])));
        // of three, whoever is not in the delegator's place is not told that it gets nothing
        let generous = SplitTerms { incentive: 1, ..terms.clone() };
        assert_eq!(pays(generous, delegator), Err(NotPaid::Rewards));
        let recipients = vec![provider, delegator, other];
        let three = SplitTerms { recipients: recipients.clone(), allocations: vec![U256::ONE; 3], ..terms };
        assert_eq!(pays(three.clone(), delegator), Ok(three.clone()));
        for one in [provider, other] {
            assert_eq!(pays(three.clone(), one), Err(NotPaid::PaysAmong(recipients.clone())));
        }
    }

    #[test]
    fn a_scan_that_nobody_answered_is_no_answer() {
        let unanswered = ReadError::Rpc(RpcError::NoEndpoint);
        for (why, expected) in [
            (NotPaid::NotRead(unanswered.clone()), Some(&unanswered)),
            (NotPaid::NeedsTerms(unanswered.clone()), Some(&unanswered)),
            (NotPaid::NeedsTerms(ReadError::LogsMissing), None),
            (NotPaid::NoSplit, None),
        ] {
            assert_eq!(why.unanswered(), expected, "{why:?}");
        }
    }
}
