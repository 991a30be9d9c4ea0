//! One key of a file, field by field, before it is known what it is.

use std::cell::Cell;

use alloy_primitives::{Address, U256};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{
    file::{Line, Malformed},
    secret::{OF_SECRETS, is_secret_like},
};
use crate::{
    aztec::abi::{G1Point, G2Point, KeyStore},
    units::coordinate,
};

/// Why reading was stopped, beyond what an error of the JSON reader can tell.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) private: Cell<bool>,
    pub(super) too_many: Cell<bool>,
}

impl Seen {
    /// Stops the reading.
    pub(super) fn secret<E: serde::de::Error>(&self) -> E {
        self.private.set(true);
        E::custom("a secret")
    }
}

/// What stands at a place of a key: a text or number, or fields.
#[derive(Default)]
pub(super) struct Entry {
    /// `None` where there is no plain value.
    text: Option<String>,
    is_object: bool,
    fields: Vec<(&'static str, Self)>,
}

/// The fields of a key and of its points. `signature` is the proof's older name.
const FIELDS: [&str; 11] = [
    "attester",
    "publicKeyG1",
    "publicKeyG2",
    "proofOfPossession",
    "signature",
    "x",
    "y",
    "x0",
    "x1",
    "y0",
    "y1",
];

impl Entry {
    fn field(&self, name: &str) -> Option<&Self> {
        self.fields.iter().rev().find(|(known, _)| *known == name).map(|(_, entry)| entry)
    }

    /// Whether it has any field of a key.
    pub(super) fn is_key(&self) -> bool {
        FIELDS[..5].iter().any(|name| self.field(name).is_some())
    }

    /// As the line at this place of the file.
    pub(super) fn line(&self, place: usize) -> Line {
        let attester = self.field("attester").and_then(|entry| entry.text.as_deref()?.trim().parse().ok());
        Line { place, attester, key: self.key(attester) }
    }

    fn key(&self, attester: Option<Address>) -> Result<KeyStore, Malformed> {
        if !self.is_object {
            return Err(Malformed::NotAKey);
        }
        self.field("attester").ok_or(Malformed::Missing("attester"))?;
        let proof = if self.field("proofOfPossession").is_some() { "proofOfPossession" } else { "signature" };
        let [x, y] = self.point("publicKeyG1", ["x", "y"])?;
        let [x0, x1, y0, y1] = self.point("publicKeyG2", ["x0", "x1", "y0", "y1"])?;
        let [proof_x, proof_y] = self.point(proof, ["x", "y"]).map_err(|problem| match problem {
            Malformed::Missing("signature") => Malformed::Missing("proofOfPossession"),
            other => other,
        })?;
        Ok(KeyStore {
            attester: attester.ok_or(Malformed::NotRead("attester"))?,
            publicKeyG1: G1Point { x, y },
            publicKeyG2: G2Point { x0, x1, y0, y1 },
            proofOfPossession: G1Point { x: proof_x, y: proof_y },
        })
    }

    fn point<const N: usize>(
        &self,
        name: &'static str,
        axes: [&'static str; N],
    ) -> Result<[U256; N], Malformed> {
        let point = self.field(name).ok_or(Malformed::Missing(name))?;
        let mut numbers = [U256::ZERO; N];
        for (slot, axis) in numbers.iter_mut().zip(axes) {
            let text = point.field(axis).and_then(|entry| entry.text.as_deref());
            *slot = text.and_then(coordinate).ok_or(Malformed::NotRead(name))?;
        }
        Ok(numbers)
    }
}

/// A value inside a key, at this depth; only fields of a key are kept.
#[derive(Clone, Copy)]
pub(super) struct Value<'a>(pub(super) &'a Seen, pub(super) usize);

/// No number is longer, with room for zeros in front; longer texts are not kept.
const LONGEST_TEXT: usize = 320;

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = Entry;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Entry, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = Entry;

    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("a part of a key")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Entry, A::Error> {
        let mut entry = Entry { is_object: true, ..Entry::default() };
        while let Some(name) = fields.next_key::<std::borrow::Cow<'_, str>>()? {
            if OF_SECRETS.contains(&&*name) {
                return Err(self.0.secret());
            }
            let value = fields.next_value_seed(Value(self.0, self.1 + 1))?;
            let known = FIELDS.into_iter().find(|known| *known == name);
            let is_text_of_secret = value.text.as_deref().is_some_and(is_secret_like);
            match known {
                // the address of an attester is no object and has 20 bytes: anything else is its secret
                Some("attester") if value.is_object || is_text_of_secret => return Err(self.0.secret()),
                Some(known) => entry.fields.push((known, value)),
                None if is_text_of_secret => return Err(self.0.secret()),
                None => {}
            }
        }
        Ok(entry)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Entry, A::Error> {
        // at the top a list of lists is nothing; further in, what is not understood may still hold secrets
        while let Some(value) = list.next_element_seed(Value(self.0, self.1 + 1))? {
            if value.text.as_deref().is_some_and(is_secret_like) {
                return Err(self.0.secret());
            }
        }
        Ok(Entry::default())
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Entry, E> {
        // a bare secret in the list
        if self.1 == 0 && is_secret_like(text) {
            return Err(self.0.secret());
        }
        let text = (text.len() <= LONGEST_TEXT).then(|| text.to_owned());
        Ok(Entry { text, ..Entry::default() })
    }

    fn visit_u64<E>(self, number: u64) -> Result<Entry, E> {
        Ok(Entry { text: Some(number.to_string()), ..Entry::default() })
    }

    fn visit_bool<E>(self, _: bool) -> Result<Entry, E> {
        Ok(Entry::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Entry, E> {
        Ok(Entry::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Entry, E> {
        Ok(Entry::default())
    }

    fn visit_unit<E>(self) -> Result<Entry, E> {
        Ok(Entry::default())
    }
}
