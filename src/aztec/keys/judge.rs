use std::collections::HashMap;

use alloy_primitives::{Address, U256};
use rota_keycheck::{Fault, Finding, KEY};

use super::{Line, Malformed};
use crate::{
    aztec::{
        abi::KeyStore,
        read::{KeyProblem, KeyStanding},
    },
    chain::ReadError,
};

/// What the GSE itself says of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Oracle {
    /// It passes every check.
    Accepts,
    /// The name of the error that it answers.
    Refuses(String),
}

/// What is wrong with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Issue {
    /// Its text is no key.
    Malformed(Malformed),
    /// Its numbers are no key pair.
    Curve(Fault),
    /// Its address or its first public key stands earlier in what was uploaded, in this line from 1.
    Repeated(usize),
    /// It waits in the queue of this provider.
    Offered(u64),
    /// It was used, or waits in an entry queue.
    Standing(KeyProblem),
    /// The GSE refuses it for a reason that was not found before: the name of its error.
    Contract(String),
    /// It is accepted today, but proving it may take more gas than the GSE allows.
    Costly {
        /// At most, by the published model.
        bound: u64,
        /// `GSE.proofOfPossessionGasLimit()`.
        limit: u64,
    },
}

/// What becomes of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not everything is known yet.
    Checking,
    /// Something could not be read: it is not added.
    Unread(ReadError),
    /// It can be added.
    Good,
    /// It can be added; think about it.
    Risky(Issue),
    /// A key of no use here: used or offered elsewhere.
    LeftOut(Issue),
    /// No key that any contract would accept.
    Broken(Issue),
}

impl Verdict {
    /// Whether the key is added.
    pub const fn is_usable(&self) -> bool {
        matches!(self, Self::Good | Self::Risky(_))
    }
}

/// What is known about one key.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    /// The line, from 1, in which the same address or public key stands before.
    pub repeated: Option<usize>,
    /// From the arithmetic; `None` until it is done.
    pub finding: Option<Finding>,
    /// From the chain; `None` until it is read.
    pub standing: Option<&'a KeyStanding>,
    /// `GSE.proofOfPossessionGasLimit()`.
    pub gas_limit: Option<u64>,
}

/// The verdict over a key: what makes it useless for ever comes before what makes it useless here.
pub fn judge(line: &Line, facts: Facts<'_>) -> Verdict {
    match &line.key {
        Err(malformed) => return Verdict::Broken(Issue::Malformed(malformed.clone())),
        Ok(key) if key.attester.is_zero() => {
            return Verdict::Broken(Issue::Standing(KeyProblem::Empty));
        }
        Ok(_) => {}
    }
    if let Some(fault) = facts.finding.and_then(|finding| finding.fault) {
        return Verdict::Broken(Issue::Curve(fault));
    }
    if let Some(before) = facts.repeated {
        return Verdict::LeftOut(Issue::Repeated(before));
    }
    let (Some(finding), Some(standing)) = (facts.finding, facts.standing) else { return Verdict::Checking };
    match (&standing.offered_by, &standing.problem, &standing.oracle) {
        (Ok(Some(provider)), ..) => Verdict::LeftOut(Issue::Offered(*provider)),
        (_, Ok(Some(problem)), _) => Verdict::LeftOut(Issue::Standing(problem.clone())),
        (.., Ok(Oracle::Refuses(error))) => Verdict::Broken(Issue::Contract(error.clone())),
        (Err(error), ..) | (_, Err(error), _) | (.., Err(error)) => Verdict::Unread(error.clone()),
        (Ok(None), Ok(None), Ok(Oracle::Accepts)) => match facts.gas_limit {
            Some(limit) if gas_bound(finding) > limit => {
                Verdict::Risky(Issue::Costly { bound: gas_bound(finding), limit })
            }
            _ => Verdict::Good,
        },
    }
}

/// Gas that the GSE has to grant at least for proving a key, at most: the model that the contract's authors measured
/// (AZIP on registration gas), of the attempts of hashing to a point.
pub fn gas_bound(finding: Finding) -> u64 {
    let (attempts, roots) = (u64::from(finding.attempts), u64::from(finding.square_roots));
    132_694 + 515 * attempts + 4_580 * roots + (95_975 * attempts * attempts).div_ceil(1_000_000)
}

/// A key as the worker takes it (see [`KEY`]).
pub fn to_bytes(key: &KeyStore) -> [u8; KEY] {
    let (first, second, proof) = (&key.publicKeyG1, &key.publicKeyG2, &key.proofOfPossession);
    let words = [first.x, first.y, second.x0, second.x1, second.y0, second.y1, proof.x, proof.y];
    let mut bytes = [0; KEY];
    for (slot, word) in bytes.as_chunks_mut::<32>().0.iter_mut().zip(words) {
        *slot = word.to_be_bytes();
    }
    bytes
}

/// For each line the one, from 1, in which its address or its first public key stands before.
pub fn repeats(lines: &[Line]) -> Vec<Option<usize>> {
    let mut attesters: HashMap<Address, usize> = HashMap::new();
    let mut points: HashMap<(U256, U256), usize> = HashMap::new();
    let places = lines.iter().zip(1..).map(|(line, place)| {
        let key = line.key.as_ref().ok()?;
        let attester = *attesters.entry(key.attester).or_insert(place);
        let point = *points.entry((key.publicKeyG1.x, key.publicKeyG1.y)).or_insert(place);
        Some(attester.min(point)).filter(|first| *first < place)
    });
    places.collect()
}

#[cfg(test)]
mod tests {
    use rota_keycheck::Point;

    use super::*;
    use crate::aztec::keys::parse;

    fn line(attester: u8, x: u8) -> Line {
        let text = format!(
            r#"{{"attester":"{}","publicKeyG1":{{"x":"{x}","y":"2"}},"publicKeyG2":{{"x0":"3","x1":"4","y0":"5","y1":"6"}},"proofOfPossession":{{"x":"7","y":"8"}}}}"#,
            Address::repeat_byte(attester)
        );
        parse(&text).expect("a key").remove(0)
    }

    const GOOD: Finding = Finding { fault: None, attempts: 3, square_roots: 1 };

    fn standing() -> KeyStanding {
        KeyStanding { offered_by: Ok(None), problem: Ok(None), oracle: Ok(Oracle::Accepts) }
    }

    #[test]
    fn nothing_is_good_before_all_is_known() {
        let (line, standing) = (line(1, 1), standing());
        let all = Facts {
            finding: Some(GOOD),
            standing: Some(&standing),
            gas_limit: Some(250_000),
            repeated: None,
        };
        assert_eq!(judge(&line, all), Verdict::Good);
        assert_eq!(judge(&line, Facts { finding: None, ..all }), Verdict::Checking);
        assert_eq!(judge(&line, Facts { standing: None, ..all }), Verdict::Checking);
        for unread in 0..3 {
            let mut standing = standing.clone();
            match unread {
                0 => standing.offered_by = Err(ReadError::Decode),
                1 => standing.problem = Err(ReadError::Decode),
                _ => standing.oracle = Err(ReadError::Decode),
            }
            let facts = Facts { standing: Some(&standing), ..all };
            assert_eq!(judge(&line, facts), Verdict::Unread(ReadError::Decode));
        }
    }

    #[test]
    fn the_reason_that_holds_for_ever_comes_first() {
        let line = line(1, 1);
        let fault = Fault::OffCurve(Point::PublicKeyG1);
        let bad = Finding { fault: Some(fault), ..GOOD };
        let used = KeyProblem::Used(Address::ZERO);
        let both = KeyStanding {
            offered_by: Ok(Some(4)),
            problem: Ok(Some(used.clone())),
            oracle: Ok(Oracle::Refuses("X".to_owned())),
        };
        let facts = Facts { finding: Some(bad), standing: Some(&both), repeated: Some(1), gas_limit: None };
        assert_eq!(judge(&line, facts), Verdict::Broken(Issue::Curve(fault)));
        let facts = Facts { finding: Some(GOOD), ..facts };
        assert_eq!(judge(&line, facts), Verdict::LeftOut(Issue::Repeated(1)));
        let facts = Facts { repeated: None, ..facts };
        assert_eq!(judge(&line, facts), Verdict::LeftOut(Issue::Offered(4)));
        let alone = KeyStanding { offered_by: Ok(None), ..both.clone() };
        let facts = Facts { standing: Some(&alone), ..facts };
        assert_eq!(judge(&line, facts), Verdict::LeftOut(Issue::Standing(used)));
        let refused = KeyStanding { problem: Ok(None), ..alone.clone() };
        let facts = Facts { standing: Some(&refused), ..facts };
        assert_eq!(judge(&line, facts), Verdict::Broken(Issue::Contract("X".to_owned())));
    }

    #[test]
    fn the_gas_bound_is_the_published_model() {
        let finding = |attempts, square_roots| Finding { fault: None, attempts, square_roots };
        assert_eq!(gas_bound(finding(1, 1)), 132_694 + 515 + 4_580 + 1);
        assert_eq!(gas_bound(finding(100, 20)), 132_694 + 51_500 + 91_600 + 960);
        let standing = standing();
        let facts = |n| Facts {
            finding: Some(finding(n, n)),
            standing: Some(&standing),
            gas_limit: Some(250_000),
            repeated: None,
        };
        assert_eq!(judge(&line(1, 1), facts(22)), Verdict::Good);
        let Verdict::Risky(Issue::Costly { bound, limit: 250_000 }) = judge(&line(1, 1), facts(24)) else {
            panic!("more than is granted")
        };
        assert!(bound > 250_000);
    }

    #[test]
    fn repeats_are_of_either_part() {
        let lines = [line(1, 1), line(2, 2), line(1, 3), line(4, 2), line(5, 5)];
        assert_eq!(repeats(&lines), [None, None, Some(1), Some(2), None]);
    }
}
