use alloy_primitives::Address;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::{
    entry::{Seen, Value},
    secret::is_secret_like,
};
use crate::aztec::abi::KeyStore;

/// Most bytes of one file. A thousand keys take less than one million.
pub const MOST_BYTES: usize = 10_000_000;

/// Most keys of all files together.
pub const MOST_KEYS: usize = 1_000;

/// Why nothing was taken from a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// It holds secrets, or looks like it. It was not read to its end.
    #[error("this is a private keystore")]
    Private,
    /// The browser cannot read it, or not any more.
    #[error("it cannot be read")]
    NotReadable,
    /// More than [`MOST_BYTES`].
    #[error("{0} bytes are too many")]
    TooLarge(usize),
    /// More than [`MOST_KEYS`].
    #[error("more than {MOST_KEYS} keys")]
    TooMany,
    /// Not JSON; the line and column where it ends to be.
    #[error("not JSON at line {0}, column {1}")]
    NotJson(usize, usize),
    /// JSON without any key.
    #[error("no keys in it")]
    NoKeys,
}

/// What the text of one key lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// A field is not there.
    Missing(&'static str),
    /// A field is not a number of at most 256 bits, or for the attester not an address.
    NotRead(&'static str),
    /// It is not an object.
    NotAKey,
}

/// One key of a file.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its place in the file, from 1.
    pub place: usize,
    /// Its address, where it has one.
    pub attester: Option<Address>,
    /// The key as the contract takes it.
    pub key: Result<KeyStore, Malformed>,
}

/// The keys of a `*_staker_output.json`: a list of objects, or one object, in any form that a tool ever wrote. A single
/// bad key spoils no other.
///
/// Refuses a private keystore at the first field or value that shows it: a field of a keystore, an attester that is an
/// object or has 32 bytes, or 32 bytes under an unknown name.
pub fn parse(text: &str) -> Result<Vec<Line>, FileError> {
    if text.len() > MOST_BYTES {
        return Err(FileError::TooLarge(text.len()));
    }
    let seen = Seen::default();
    let mut reader = serde_json::Deserializer::from_str(text.trim_start_matches('\u{feff}'));
    let read = File(&seen).deserialize(&mut reader).and_then(|lines| reader.end().map(|()| lines));
    match read {
        _ if seen.private.get() => Err(FileError::Private),
        _ if seen.too_many.get() => Err(FileError::TooMany),
        Ok(lines) if lines.is_empty() => Err(FileError::NoKeys),
        Ok(lines) => Ok(lines),
        Err(error) => Err(FileError::NotJson(error.line(), error.column())),
    }
}

/// All of it.
struct File<'a>(&'a Seen);

impl<'de> DeserializeSeed<'de> for File<'_> {
    type Value = Vec<Line>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for File<'_> {
    type Value = Vec<Line>;

    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("a list of keys")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut lines = Vec::new();
        while let Some(entry) = list.next_element_seed(Value(self.0, 0))? {
            if lines.len() == MOST_KEYS {
                self.0.too_many.set(true);
                return Err(A::Error::custom("too many"));
            }
            lines.push(entry.line(lines.len() + 1));
        }
        Ok(lines)
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Self::Value, A::Error> {
        let entry = Value(self.0, 0).visit_map(fields)?;
        // an object without any field of a key is something else altogether
        Ok(if entry.is_key() { vec![entry.line(1)] } else { Vec::new() })
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        if is_secret_like(text) { Err(self.0.secret()) } else { Ok(Vec::new()) }
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::U256;
    use proptest::prelude::*;
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::aztec::keys::looks_private;

    fn key() -> Json {
        json!({
            "attester": "0x6aB9F1EB8f7D3388F4F9D586F66e99Fd54080DF2",
            "publicKeyG1": { "x": format!("0x{:064x}", 1), "y": "0x2" },
            "publicKeyG2": { "x0": "3", "x1": "0x04", "y0": 5, "y1": "0x6" },
            "proofOfPossession": { "x": "0x7", "y": "0x8" },
        })
    }

    fn with(change: impl Fn(&mut Json)) -> Json {
        let mut key = key();
        change(&mut key);
        key
    }

    #[test]
    fn every_form_of_a_key_is_read() {
        let expected = parse(&json!([key()]).to_string()).expect("a list").remove(0).key.expect("whole");
        assert_eq!(expected.publicKeyG2.y0, U256::from(5));
        let older = with(|key| {
            let proof = key.as_object_mut().expect("fields").remove("proofOfPossession");
            key["signature"] = proof.expect("there");
            key["comment"] = json!("mine");
            key["attester"] = json!("0x6AB9F1EB8F7D3388F4F9D586F66E99FD54080DF2");
        });
        for form in [key(), json!([key()]), older] {
            for text in [form.to_string(), format!("\u{feff}{form:#}\n")] {
                let lines = parse(&text).expect("read");
                assert_eq!(lines[0].key.as_ref().expect("whole"), &expected, "{text}");
                assert_eq!((lines.len(), lines[0].place), (1, 1));
            }
        }
    }

    #[test]
    fn a_bad_key_spoils_no_other() {
        let remove =
            |name: &'static str| with(move |key| drop(key.as_object_mut().expect("fields").remove(name)));
        let table = [
            (remove("attester"), Malformed::Missing("attester")),
            (remove("publicKeyG1"), Malformed::Missing("publicKeyG1")),
            (remove("publicKeyG2"), Malformed::Missing("publicKeyG2")),
            (remove("proofOfPossession"), Malformed::Missing("proofOfPossession")),
            (with(|key| key["attester"] = json!("0x12")), Malformed::NotRead("attester")),
            (with(|key| key["publicKeyG1"]["x"] = json!(-1)), Malformed::NotRead("publicKeyG1")),
            (with(|key| key["publicKeyG1"]["x"] = json!(1.5)), Malformed::NotRead("publicKeyG1")),
            (with(|key| key["publicKeyG1"] = json!("0x1")), Malformed::NotRead("publicKeyG1")),
            (with(|key| key["publicKeyG2"]["y1"] = json!([1])), Malformed::NotRead("publicKeyG2")),
            (json!(5), Malformed::NotAKey),
            (json!(null), Malformed::NotAKey),
            (json!([[1]]), Malformed::NotAKey),
        ];
        let entries: Vec<_> =
            std::iter::once(key()).chain(table.iter().map(|(entry, _)| entry.clone())).collect();
        let lines = parse(&Json::from(entries).to_string()).expect("a list");
        assert!(lines[0].key.is_ok());
        for (line, (entry, expected)) in lines[1..].iter().zip(&table) {
            assert_eq!(line.key.as_ref().expect_err("bad"), expected, "{entry}");
        }
    }

    #[test]
    fn secrets_are_refused_wherever_they_stand() {
        let secret = format!("0x{:064x}", 0xfeed);
        let keystore = json!({
            "schemaVersion": 1,
            "validators": [{ "attester": { "eth": secret, "bls": secret }, "publisher": [secret], "coinbase": "0x00" }],
        });
        let hidden = [
            keystore.clone(),
            json!([keystore]),
            json!([key(), { "attester": { "eth": secret } }]),
            json!([with(|key| key["attester"] = json!(secret))]),
            json!([with(|key| key["attester"] = json!(&secret[2..]))]),
            json!([with(|key| key["note"] = json!(secret))]),
            json!([with(|key| key["note"] = json!([secret]))]),
            json!([with(|key| key["note"] = json!({ "deep": { "deeper": secret } }))]),
            json!([secret]),
            json!(secret),
            json!({ "crypto": { "cipher": 1 } }),
            json!({ "mnemonic": "test test" }),
        ];
        for file in hidden {
            assert_eq!(parse(&file.to_string()).expect_err("refused"), FileError::Private, "{file}");
        }
        // it is the first thing that is said, whatever comes after
        assert_eq!(parse(r#"{"schemaVersion": 1, nonsense"#).expect_err("refused"), FileError::Private);
        assert!(looks_private(r#"{"schemaVersion": 1, "#) && !looks_private(&key().to_string()));
    }

    #[test]
    fn hostile_files_are_survived() {
        let deep = |open: &str| open.repeat(200_000);
        for text in [
            deep("["),
            deep("{\"a\":"),
            format!("[{}", deep("{\"attester\":")),
            format!("[{{\"x\":{}", deep("[")),
        ] {
            assert!(
                matches!(parse(&text), Err(FileError::NotJson(..) | FileError::Private)),
                "{}",
                &text[..20]
            );
        }
        for text in ["", " ", "{", "[1,]", "nul", "[] []", "\u{0}"] {
            assert!(matches!(parse(text), Err(FileError::NotJson(..))), "{text}");
        }
        for text in ["[]", "{}", "5", "null", "\"a\"", "{\"a\":1}"] {
            assert_eq!(parse(text).expect_err("no keys"), FileError::NoKeys, "{text}");
        }
        let long = format!("[\"{}\"]", "x".repeat(MOST_BYTES));
        assert_eq!(parse(&long).expect_err("large"), FileError::TooLarge(long.len()));
        let large = format!("[{{\"attester\":\"{}\"}}]", "9".repeat(MOST_BYTES - 30));
        assert!(parse(&large).expect("read")[0].key.is_err());
        let many = |count| Json::from(vec![key(); count]).to_string();
        assert_eq!(parse(&many(MOST_KEYS)).expect("as many as may be").len(), MOST_KEYS);
        assert_eq!(parse(&many(MOST_KEYS + 1)).expect_err("more"), FileError::TooMany);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn any_text_is_survived(text in r#"[\[\]{}",:0-9a-fx \\"]{0,200}"#) {
            parse(&text).ok();
        }

        #[test]
        fn any_change_of_a_file_is_survived(at in 0_usize..600, with in ".{0,3}") {
            let mut text = json!([key(), key()]).to_string();
            let at = at.min(text.len());
            text.insert_str(at, &with);
            parse(&text).ok();
            text.truncate(at);
            parse(&text).ok();
        }
    }
}
