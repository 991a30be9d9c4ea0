//! A plan as a file for Safe's Transaction Builder: whoever's wallet is a Safe imports it there and collects signatures.
//!
//! The form and its checksum are those of the Transaction Builder app (`BatchFile` version 1.0). The app refuses nothing
//! over a wrong checksum but warns loudly, as it should: the file was changed on its way.

use alloy_primitives::{Address, B256, Bytes, keccak256};
use serde::Serialize;
use serde_json::Value;

use super::Plan;

/// The version of the Transaction Builder whose form this is.
const TX_BUILDER: &str = "1.18.0";
/// What the bytes of some calls do not say.
const ON_QUEUES: &str =
    "A call that removes keys of a provider concerns whichever are at the front of its queue then.";
/// Titles longer than this are cut: they come from plans, which may quote text from elsewhere.
const LONGEST_NAME: usize = 120;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BatchFile {
    version: &'static str,
    /// A decimal text.
    chain_id: String,
    /// Milliseconds since 1970.
    created_at: u64,
    meta: Meta,
    transactions: Vec<Transaction>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Meta {
    name: String,
    description: String,
    tx_builder_version: &'static str,
    created_from_safe_address: String,
    created_from_owner_address: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    checksum: Option<B256>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Transaction {
    to: String,
    /// Wei, a decimal text.
    value: String,
    data: Bytes,
    /// The app decodes the calldata itself where these are `null`.
    contract_method: Option<()>,
    contract_inputs_values: Option<()>,
}

/// The plan's calls in order as a Transaction Builder file, checksum included; the Safe is who the plan is from.
///
/// `created_at` is the time in milliseconds since 1970. The file holds the very bytes of the plan's steps: what is
/// previewed is what is exported.
pub fn batch_file(plan: &Plan, created_at: u64) -> String {
    let transactions = plan.steps.iter().map(|step| Transaction {
        to: step.call.to.to_checksum(None),
        value: step.call.value.to_string(),
        data: step.call.data.clone(),
        contract_method: None,
        contract_inputs_values: None,
    });
    let mut file = BatchFile {
        version: "1.0",
        chain_id: plan.chain_id.to_string(),
        created_at,
        meta: Meta {
            name: plan.title.chars().take(LONGEST_NAME).collect(),
            description: format!(
                "Made at block {}. Nothing checks it when it is executed, and the chain moves on: simulate it again before. {ON_QUEUES}",
                plan.read_at.number
            ),
            tx_builder_version: TX_BUILDER,
            created_from_safe_address: plan.from.to_checksum(None),
            created_from_owner_address: "",
            checksum: None,
        },
        transactions: transactions.collect(),
    };
    file.meta.checksum = Some(checksum(&json(&file)));
    format!("{:#}\n", json(&file))
}

/// Whether a file's checksum is the one of its contents; `None` when it is no such file or has none.
pub fn is_intact(file: &str) -> Option<bool> {
    let parsed: Value = serde_json::from_str(file).ok()?;
    let told: B256 = parsed["meta"]["checksum"].as_str()?.parse().ok()?;
    Some(told == checksum(&parsed))
}

/// The name under which a file is saved: `rota-safe-1-0x1234abcd.json`.
pub fn file_name(chain_id: u64, safe: Address) -> String {
    let safe = safe.to_string().to_lowercase();
    format!("rota-safe-{chain_id}-{}.json", &safe[..10])
}

fn json(file: &BatchFile) -> Value {
    // texts and numbers only: this cannot fail, and a file of `null` would not pass for one
    serde_json::to_value(file).unwrap_or_default()
}

/// Keccak-256 of the file in the builder's own canonical form, with its name put to `null` and without its checksum.
fn checksum(file: &Value) -> B256 {
    let mut file = file.clone();
    if let Some(meta) = file.get_mut("meta").and_then(Value::as_object_mut) {
        meta.insert("name".to_owned(), Value::Null);
        meta.remove("checksum");
    }
    let mut canonical = String::new();
    write(&mut canonical, &file);
    keccak256(canonical)
}

/// `{["a","b"]A,B,}` for an object of `a` and `b`, in the order of names; a list as in JSON, and so is the rest.
fn write(out: &mut String, value: &Value) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            let names: Vec<_> = fields.iter().map(|(name, _)| Value::from(name.as_str())).collect();
            out.push('{');
            out.push_str(&Value::from(names).to_string());
            for (_, value) in fields {
                write(out, value);
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(values) => {
            out.push('[');
            for (place, value) in values.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write(out, value);
            }
            out.push(']');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::U256;

    use super::*;
    use crate::{
        chain::BlockRef,
        tx::{Call, Step},
    };

    fn plan() -> Plan {
        let call = Call { to: Address::repeat_byte(0xab), value: U256::from(7), data: vec![1, 2, 3].into() };
        Plan {
            title: "Set the commission to 5 % “now”\n\"quoted\"".to_owned(),
            network: "aztec-mainnet".to_owned(),
            chain_id: 1,
            from: Address::repeat_byte(0x5a),
            read_at: BlockRef { number: 1, hash: B256::ZERO, parent: B256::ZERO, timestamp: 1 },
            steps: vec![
                Step { title: "x".to_owned(), call: call.clone() },
                Step { title: "y".to_owned(), call },
            ],
            allowance: None,
        }
    }

    #[test]
    fn the_file_holds_the_plans_bytes() {
        let file: Value = serde_json::from_str(&batch_file(&plan(), 1_700_000_000_123)).expect("JSON");
        assert_eq!((&file["version"], &file["chainId"]), (&"1.0".into(), &"1".into()));
        assert_eq!(file["createdAt"], 1_700_000_000_123_u64);
        assert_eq!(file["meta"]["createdFromSafeAddress"], plan().from.to_checksum(None));
        let calls = file["transactions"].as_array().expect("a list");
        assert_eq!(calls.len(), 2);
        assert_eq!((&calls[0]["value"], &calls[0]["data"]), (&"7".into(), &"0x010203".into()));
        assert_eq!(calls[0]["to"], plan().steps[0].call.to.to_checksum(None));
        assert!(calls[0]["contractMethod"].is_null() && calls[0]["contractInputsValues"].is_null());
    }

    #[test]
    fn any_change_but_of_the_name_breaks_the_checksum() {
        let file = batch_file(&plan(), 5);
        assert_eq!(is_intact(&file), Some(true));
        let table = [
            ("0x010203", "0x010204", Some(false)),
            ("\"value\": \"7\"", "\"value\": \"8\"", Some(false)),
            ("\"chainId\": \"1\"", "\"chainId\": \"10\"", Some(false)),
            ("\"createdAt\": 5", "\"createdAt\": 6", Some(false)),
            // the builder lets a batch be renamed
            ("commission", "remission", Some(true)),
            ("\"checksum\"", "\"sum\"", None),
        ];
        for (from, to, expected) in table {
            let changed = file.replacen(from, to, 1);
            assert_ne!(changed, file, "{from}");
            assert_eq!(is_intact(&changed), expected, "{from}");
        }
        assert_eq!(is_intact("not JSON"), None);
    }

    #[test]
    fn the_canonical_form_is_as_published() {
        let mut out = String::new();
        write(&mut out, &serde_json::json!({ "b": [1, null, "x\u{1f}"], "a": { "c": true } }));
        assert_eq!(out, r#"{["a","b"]{["c"]true,},[1,null,"x\u001f"],}"#);
    }
}
