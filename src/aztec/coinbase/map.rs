use std::collections::BTreeMap;

use alloy_primitives::Address;
use serde_json::{Value, json};

use crate::aztec::{
    events::{Fact, Told},
    history::{Fate, History},
};

/// An attester and the split that its rewards should go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payee {
    /// The key's address.
    pub attester: Address,
    /// The delegation's split contract.
    pub split: Address,
    /// Height of the delegation.
    pub block: u64,
    /// Its position among the block's logs.
    pub index: u64,
}

/// What a provider's nodes should be told, the newest delegation first: each attester that is staked with the provider and
/// was neither refunded nor paid out since. Complete only when all events are read.
pub fn payees(history: &History, provider_id: u64) -> Vec<Payee> {
    let mut live: BTreeMap<Address, Payee> = BTreeMap::new();
    for made in history.of_provider(provider_id) {
        let payee =
            Payee { attester: made.attester, split: made.split, block: made.block, index: made.index };
        let Some(deposit) = history.deposit(made) else { continue };
        let joined = matches!(deposit.fate, Fate::Joined(_));
        let over = match deposit.fate {
            Fate::Refunded(_) => true,
            Fate::Joined(_) => is_paid_out(history, made.attester),
            Fate::Waiting => false,
        };
        // a key joins once: of several deposits with it the one that did is live, or else the first that waits
        if !over && (joined || !live.contains_key(&made.attester)) {
            live.insert(made.attester, payee);
        }
    }
    let mut payees: Vec<_> = live.into_values().collect();
    payees.sort_by_key(|payee| core::cmp::Reverse((payee.block, payee.index)));
    payees
}

/// Whether the stake of a key that joined was paid out. That happens once: the GSE refuses the key afterwards.
fn is_paid_out(history: &History, attester: Address) -> bool {
    let paid = |told: &Told| matches!(told.fact, Fact::ExitFinished { attester: of, .. } if of == attester);
    history.facts().any(paid)
}

/// The map in the form of a node's keystore, public parts only: each validator by its address, with its coinbase.
pub fn keystore(payees: &[Payee]) -> String {
    let validators: Vec<_> = payees
        .iter()
        .map(|payee| json!({ "attester": payee.attester.to_checksum(None), "coinbase": payee.split.to_checksum(None) }))
        .collect();
    format!("{:#}\n", json!({ "schemaVersion": 1, "validators": validators }))
}

/// Why a pasted text is not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapError {
    /// It holds a number of 32 bytes: perhaps a private key. It was not read.
    Private,
    /// Longer than a map of a thousand keys.
    TooLarge,
    /// Not JSON, or without any pair of addresses.
    NoMap,
}

/// Most bytes of a pasted map.
const MOST: usize = 1_000_000;

/// The pairs of attester and coinbase in a pasted public map: a keystore's form, or an object of addresses.
pub fn pasted(text: &str) -> Result<BTreeMap<Address, Address>, MapError> {
    if text.len() > MOST {
        return Err(MapError::TooLarge);
    }
    let mut runs = text.split(|c: char| !c.is_ascii_hexdigit());
    if runs.any(|run| run.len() >= 64) {
        return Err(MapError::Private);
    }
    let value: Value = serde_json::from_str(text).map_err(|_error| MapError::NoMap)?;
    let mut pairs = BTreeMap::new();
    collect(&value, &mut pairs);
    if pairs.is_empty() { Err(MapError::NoMap) } else { Ok(pairs) }
}

fn address(value: &Value) -> Option<Address> {
    value.as_str()?.trim().parse().ok()
}

fn collect(value: &Value, pairs: &mut BTreeMap<Address, Address>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect(value, pairs)),
        Value::Object(fields) => {
            if let Some(coinbase) = fields.get("coinbase").and_then(address) {
                // one validator may have several attesters
                let attesters = fields.get("attester").into_iter();
                let each = attesters
                    .flat_map(|one| one.as_array().map_or_else(|| std::slice::from_ref(one), Vec::as_slice));
                pairs.extend(each.filter_map(address).map(|attester| (attester, coinbase)));
            }
            for (name, value) in fields {
                match (name.trim().parse::<Address>(), address(value)) {
                    (Ok(attester), Some(coinbase)) => drop(pairs.insert(attester, coinbase)),
                    _ => collect(value, pairs),
                }
            }
        }
        _ => {}
    }
}

/// A line of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// As it should be.
    Same(Payee),
    /// The pasted map does not have the attester.
    Missing(Payee),
    /// It pays somebody else.
    Other(Payee, Address),
    /// It has an attester that is not staked with the provider.
    Foreign(Address, Address),
}

/// The pasted map against what it should be; what needs an act first.
pub fn compare(payees: &[Payee], pasted: &BTreeMap<Address, Address>) -> Vec<Compared> {
    let own = payees.iter().map(|payee| match pasted.get(&payee.attester) {
        None => Compared::Missing(*payee),
        Some(coinbase) if *coinbase == payee.split => Compared::Same(*payee),
        Some(coinbase) => Compared::Other(*payee, *coinbase),
    });
    let known: std::collections::BTreeSet<_> = payees.iter().map(|payee| payee.attester).collect();
    let foreign = pasted.iter().filter(|(attester, _)| !known.contains(*attester));
    let mut all: Vec<_> =
        own.chain(foreign.map(|(attester, to)| Compared::Foreign(*attester, *to))).collect();
    all.sort_by_key(|line| match line {
        Compared::Other(..) => 0,
        Compared::Missing(_) => 1,
        Compared::Foreign(..) => 2,
        Compared::Same(_) => 3,
    });
    all
}

impl Payee {
    /// Whether the delegation was made after this place.
    pub const fn is_after(&self, block: u64) -> bool {
        self.block > block
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use alloy_primitives::{B256, U256};

    use super::*;
    use crate::aztec::{events::Place, history::Chunk};

    fn a(n: u8) -> Address {
        Address::repeat_byte(n)
    }

    fn history(facts: Vec<Fact>) -> History {
        let told = (1..).zip(facts).map(|(block, fact)| {
            // stakes and their deposits are of one transaction
            let tx = match &fact {
                Fact::Queued { attester, .. } | Fact::Staked { attester, .. } => {
                    B256::left_padding_from(attester.as_slice())
                }
                _ => B256::repeat_byte(u8::try_from(block % 200).expect("small")),
            };
            let place = Place { block, index: 0, tx, time: None };
            Arc::new(Told { place, by: a(0xee), fact })
        });
        History::from_chunks(vec![Arc::new(told.collect::<Chunk>())])
    }

    fn stake(attester: u8, split: u8, withdrawer: u8) -> [Fact; 2] {
        [
            Fact::Queued { attester: a(attester), withdrawer: a(withdrawer) },
            Fact::Staked {
                provider: 7,
                rollup: a(0xee),
                attester: a(attester),
                split: a(split),
                account: a(withdrawer),
            },
        ]
    }

    #[test]
    fn refunded_and_finished_delegations_are_not_paid() {
        let joined = |attester, withdrawer| Fact::Deposited {
            attester: a(attester),
            withdrawer: a(withdrawer),
            amount: U256::ONE,
        };
        let facts = [
            stake(1, 101, 9).to_vec(),
            vec![joined(1, 9)],
            stake(2, 102, 9).to_vec(),
            vec![Fact::Refunded { attester: a(2), withdrawer: a(9) }],
            stake(3, 103, 9).to_vec(),
            vec![joined(3, 9), Fact::ExitFinished { attester: a(3), recipient: a(9), amount: U256::ONE }],
            stake(4, 104, 9).to_vec(),
            // the key of the first once more, by somebody else: refunded
            stake(1, 105, 8).to_vec(),
            vec![Fact::Refunded { attester: a(1), withdrawer: a(8) }],
        ];
        let history = history(facts.concat());
        let found: Vec<_> =
            payees(&history, 7).into_iter().map(|payee| (payee.attester, payee.split)).collect();
        assert_eq!(found, [(a(4), a(104)), (a(1), a(101))]);
        assert!(payees(&history, 8).is_empty());
    }

    #[test]
    fn of_the_same_key_twice_the_one_that_joined_is_paid() {
        let joined = Fact::Deposited { attester: a(1), withdrawer: a(9), amount: U256::ONE };
        let refunded = Fact::Refunded { attester: a(1), withdrawer: a(9) };
        let splits = |rest: &[Fact]| {
            let facts = [stake(1, 101, 9).to_vec(), stake(1, 102, 9).to_vec(), rest.to_vec()].concat();
            let history = history(facts);
            payees(&history, 7).into_iter().map(|payee| payee.split).collect::<Vec<_>>()
        };
        assert_eq!(splits(&[]), [a(101)]);
        // the entry queue lets the first one in first
        assert_eq!(splits(&[joined.clone(), refunded.clone()]), [a(101)]);
        assert_eq!(splits(&[refunded, joined.clone()]), [a(102)]);
        // the second one still waits, and will be refunded
        assert_eq!(splits(std::slice::from_ref(&joined)), [a(101)]);
        let out = Fact::ExitFinished { attester: a(1), recipient: a(9), amount: U256::ONE };
        assert_eq!(splits(&[joined, out]), [a(102)], "waits, as far as is known");
    }

    #[test]
    fn a_map_is_read_back() {
        let payees = payees(&history([stake(1, 101, 9), stake(2, 102, 9)].concat()), 7);
        let text = keystore(&payees);
        let pairs = pasted(&text).expect("a map");
        assert_eq!(pairs, BTreeMap::from([(a(1), a(101)), (a(2), a(102))]));
        assert!(compare(&payees, &pairs).iter().all(|line| matches!(line, Compared::Same(_))));
        let short = format!("{{\"{}\": \"{}\"}}", a(1), a(101));
        assert_eq!(pasted(&short).expect("a map"), BTreeMap::from([(a(1), a(101))]));
    }

    #[test]
    fn what_needs_an_act_comes_first() {
        let payees = payees(&history([stake(1, 101, 9), stake(2, 102, 9), stake(3, 103, 9)].concat()), 7);
        let pairs = BTreeMap::from([(a(1), a(101)), (a(2), a(66)), (a(5), a(105))]);
        let found = compare(&payees, &pairs);
        assert!(matches!(
            found.as_slice(),
            [Compared::Other(_, _), Compared::Missing(_), Compared::Foreign(_, _), Compared::Same(_)]
        ));
    }

    #[test]
    fn secrets_are_not_read() {
        let secret = format!("{{\"attester\": {{\"eth\": \"0x{:064x}\"}}}}", 5);
        assert_eq!(pasted(&secret), Err(MapError::Private));
        assert_eq!(pasted("[1, 2]"), Err(MapError::NoMap));
        assert_eq!(pasted("{"), Err(MapError::NoMap));
        assert_eq!(pasted(&"[".repeat(900_000)), Err(MapError::NoMap));
        assert_eq!(pasted(&" ".repeat(MOST + 1)), Err(MapError::TooLarge));
    }
}
