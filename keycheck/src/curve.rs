use alloy_primitives::{U256, keccak256};
use ark_bn254::{Bn254, Fq, Fq2, G1Affine, G1Projective, G2Affine};
use ark_ec::{AffineRepr, CurveGroup, PrimeGroup, pairing::Pairing};
use ark_ff::{BigInteger, Field, PrimeField, Zero};

use crate::{ANSWER, Fault, Finding, KEY, Point};

/// What a proof of possession signs begins with it, filled up with zeros to 32 bytes.
const DOMAIN: &[u8; 22] = b"AZTEC_BLS_POP_BN254_V1";
/// More attempts than any honest key needs: each succeeds with about one in five. The contract would run out of gas.
const MOST_ATTEMPTS: u8 = 250;

/// Answers for keys that stand one after the other; a rest that is no whole key gets none.
pub fn answer(keys: &[u8]) -> Vec<u8> {
    let (keys, _rest) = keys.as_chunks::<KEY>();
    keys.iter().flat_map(|key| examine(key).to_bytes()).collect::<Vec<u8>>()
}

/// Examines a key; its bytes are described at [`KEY`].
pub fn examine(key: &[u8; KEY]) -> Finding {
    match points(key) {
        Err(fault) => Finding { fault: Some(fault), attempts: 0, square_roots: 0 },
        Ok(points) => points.examine(key),
    }
}

struct Points {
    first: G1Affine,
    second: G2Affine,
    proof: G1Affine,
}

fn points(key: &[u8; KEY]) -> Result<Points, Fault> {
    let (words, _none) = key.as_chunks::<32>();
    let [x, y, x0, x1, y0, y1, px, py] = words else { return Err(Fault::WrongProof) };
    Ok(Points {
        first: in_g1(Point::PublicKeyG1, x, y)?,
        second: in_g2([x0, x1, y0, y1])?,
        proof: in_g1(Point::Proof, px, py)?,
    })
}

fn in_g1(which: Point, x: &[u8; 32], y: &[u8; 32]) -> Result<G1Affine, Fault> {
    let (Some(x), Some(y)) = (coordinate(x), coordinate(y)) else { return Err(Fault::NotCanonical(which)) };
    if x.is_zero() && y.is_zero() {
        return Err(Fault::Zero(which));
    }
    // its cofactor is 1: every point of the curve is in the group
    let point = G1Affine::new_unchecked(x, y);
    if point.is_on_curve() { Ok(point) } else { Err(Fault::OffCurve(which)) }
}

fn in_g2(words: [&[u8; 32]; 4]) -> Result<G2Affine, Fault> {
    let [Some(x0), Some(x1), Some(y0), Some(y1)] = words.map(coordinate) else {
        return Err(Fault::NotCanonical(Point::PublicKeyG2));
    };
    let (x, y) = (Fq2::new(x0, x1), Fq2::new(y0, y1));
    if x.is_zero() && y.is_zero() {
        return Err(Fault::Zero(Point::PublicKeyG2));
    }
    let point = G2Affine::new_unchecked(x, y);
    if !point.is_on_curve() {
        return Err(Fault::OffCurve(Point::PublicKeyG2));
    }
    if !point.is_in_correct_subgroup_assuming_on_curve() {
        return Err(Fault::OffSubgroup);
    }
    Ok(point)
}

/// `None` when the number is not below the field's prime.
fn coordinate(word: &[u8; 32]) -> Option<Fq> {
    let number = Fq::from_be_bytes_mod_order(word);
    (number.into_bigint().to_bytes_be() == word).then_some(number)
}

impl Points {
    fn examine(&self, key: &[u8; KEY]) -> Finding {
        let hashed = hash_to_point(&key[..64]);
        let Some((digest, attempts, square_roots)) = hashed else {
            return Finding { fault: Some(Fault::WrongProof), attempts: MOST_ATTEMPTS, square_roots: 0 };
        };
        let fault = if self.holds_together(key, digest) {
            None
        } else if self.is_one_secret() {
            Some(Fault::WrongProof)
        } else {
            Some(Fault::DifferentSecrets)
        };
        Finding { fault, attempts, square_roots }
    }

    /// Both conditions in one pairing product, which takes half the time: `e(first + c·proof, G2) = e(G1 + c·digest,
    /// second)`. The factor `c` comes from the key's own bytes, so that no two wrong halves can be made to cancel.
    fn holds_together(&self, key: &[u8; KEY], digest: G1Affine) -> bool {
        let hash = U256::from_be_bytes(keccak256(key).0);
        let [low, high, ..] = *hash.as_limbs();
        let (factor, generator) = ([low, high], G1Projective::generator());
        let left = self.proof.mul_bigint(factor) + self.first;
        let right = -(digest.mul_bigint(factor) + generator);
        equal(left, right, self.second)
    }

    /// `e(first, G2) = e(G1, second)`.
    fn is_one_secret(&self) -> bool {
        equal(self.first.into(), -G1Projective::generator(), self.second)
    }
}

/// Whether `e(left, G2) · e(right, second) = 1`.
fn equal(left: G1Projective, right: G1Projective, second: G2Affine) -> bool {
    let firsts = [left.into_affine(), right.into_affine()];
    Bn254::multi_pairing(firsts, [G2Affine::generator(), second]).is_zero()
}

/// The point that a proof of possession signs, as `BN254Lib` finds it: try and increment until an x has a y; with the
/// number of attempts, and of those that took a square root.
fn hash_to_point(public_key: &[u8]) -> Option<(G1Affine, u8, u8)> {
    let mut square_roots = 0;
    for attempt in 0..MOST_ATTEMPTS {
        let Some(x) = coordinate(&hash(public_key, U256::from(attempt))) else { continue };
        square_roots += 1;
        let Some(root) = (x * x * x + Fq::from(3)).sqrt() else { continue };
        let (smaller, larger) =
            if root.into_bigint() < (-root).into_bigint() { (root, -root) } else { (-root, root) };
        // the last index, out of the attempts' reach, chooses between the two roots
        let even = hash(public_key, U256::MAX)[31].is_multiple_of(2);
        let y = if even { smaller } else { larger };
        return Some((G1Affine::new_unchecked(x, y), attempt + 1, square_roots));
    }
    None
}

/// `keccak256(abi.encode(domain, publicKey, index))`.
fn hash(public_key: &[u8], index: U256) -> [u8; 32] {
    let mut text = Vec::with_capacity(6 * 32);
    text.extend_from_slice(DOMAIN);
    text.resize(32, 0);
    for word in [U256::from(3 * 32), index, U256::from(public_key.len())] {
        text.extend_from_slice(&word.to_be_bytes::<32>());
    }
    text.extend_from_slice(public_key);
    keccak256(text).0
}

/// Each answer has [`ANSWER`] bytes.
const _: () = assert!(ANSWER == 4 && KEY == 256);
