use crate::ANSWER;

/// A point of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// The public key in G1.
    PublicKeyG1,
    /// The public key in G2.
    PublicKeyG2,
    /// The proof of possession, in G1.
    Proof,
}

/// Why the contract will not accept a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A coordinate is not below the field's prime: the same number can be written smaller.
    NotCanonical(Point),
    /// All coordinates are zero, which stands for the point at infinity.
    Zero(Point),
    /// The point is not on its curve (for G2: on the twist).
    OffCurve(Point),
    /// The point in G2 is on the twist, but not in the subgroup of the curve's order.
    OffSubgroup,
    /// The public keys in G1 and G2 are of different secrets.
    DifferentSecrets,
    /// The proof was not made with the secret of the public key.
    WrongProof,
}

/// The faults in the order of their codes, which begin with 1.
const FAULTS: [Fault; 12] = [
    Fault::NotCanonical(Point::PublicKeyG1),
    Fault::NotCanonical(Point::PublicKeyG2),
    Fault::NotCanonical(Point::Proof),
    Fault::Zero(Point::PublicKeyG1),
    Fault::Zero(Point::PublicKeyG2),
    Fault::Zero(Point::Proof),
    Fault::OffCurve(Point::PublicKeyG1),
    Fault::OffCurve(Point::PublicKeyG2),
    Fault::OffCurve(Point::Proof),
    Fault::OffSubgroup,
    Fault::DifferentSecrets,
    Fault::WrongProof,
];

/// What was found out about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The first fault; `None` for a good key.
    pub fault: Option<Fault>,
    /// How often the contract has to hash until the public key becomes a point; 0 where that was not asked because of a
    /// fault.
    pub attempts: u8,
    /// How many of the attempts take a square root: those below the field's prime.
    pub square_roots: u8,
}

impl Finding {
    /// Code of the fault (0 is none), attempts, square roots, and a byte that is 1: a buffer of zeros is no answer.
    pub fn to_bytes(self) -> [u8; ANSWER] {
        let place = self.fault.and_then(|fault| FAULTS.iter().position(|known| *known == fault));
        let code = place.and_then(|place| u8::try_from(place + 1).ok()).unwrap_or_default();
        [code, self.attempts, self.square_roots, 1]
    }

    /// From [`Finding::to_bytes`]; `None` for bytes that are no answer.
    pub fn from_bytes(bytes: [u8; ANSWER]) -> Option<Self> {
        let [code, attempts, square_roots, 1] = bytes else { return None };
        let fault = match usize::from(code).checked_sub(1) {
            None => None,
            Some(place) => Some(*FAULTS.get(place)?),
        };
        Some(Self { fault, attempts, square_roots })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_survives_the_way() {
        for fault in FAULTS.into_iter().map(Some).chain([None]) {
            let finding = Finding { fault, attempts: 7, square_roots: 3 };
            assert_eq!(Finding::from_bytes(finding.to_bytes()), Some(finding));
        }
        assert_eq!(Finding::from_bytes([0; ANSWER]), None);
        assert_eq!(Finding::from_bytes([13, 0, 0, 1]), None);
    }
}
