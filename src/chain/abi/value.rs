use alloy_dyn_abi::DynSolValue;

/// A value as `cast` reads and writes it: integers in decimal, addresses with checksum, tuples in round and arrays
/// in square brackets.
pub fn write_value(value: &DynSolValue) -> String {
    let list = |items: &[DynSolValue]| items.iter().map(write_value).collect::<Vec<_>>().join(",");
    match value {
        DynSolValue::Bool(b) => b.to_string(),
        DynSolValue::Int(n, _) => n.to_string(),
        DynSolValue::Uint(n, _) => n.to_string(),
        DynSolValue::FixedBytes(word, size) => alloy_primitives::hex::encode_prefixed(&word[..*size]),
        DynSolValue::Address(address) => address.to_checksum(None),
        DynSolValue::Function(function) => alloy_primitives::hex::encode_prefixed(function),
        DynSolValue::Bytes(bytes) => alloy_primitives::hex::encode_prefixed(bytes),
        // quotes and control characters escaped: the text is a stranger's
        DynSolValue::String(text) => format!("{text:?}"),
        DynSolValue::Array(items) | DynSolValue::FixedArray(items) => format!("[{}]", list(items)),
        DynSolValue::Tuple(items) => format!("({})", list(items)),
    }
}
