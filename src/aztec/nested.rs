//! Calls inside the arguments of a call: what Multicall3 or a contract with rights of its own is told to do.

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::{Address, Bytes};

use crate::{
    chain::abi::DecodedCall,
    tx::{Call, Lexicon},
};

/// A call inside another one.
#[derive(Clone, Debug, PartialEq)]
pub struct Inner {
    /// Whom it calls.
    pub to: Address,
    /// With what.
    pub data: Bytes,
    /// What that is, where both target and function are known.
    pub decoded: Option<DecodedCall>,
    /// How deep it lies: 1 is directly in the arguments.
    pub depth: usize,
}

/// Deeper ones stay bytes.
const DEEPEST: usize = 4;
/// More than a reader goes through.
const MOST: usize = 100;

/// Calls inside a call's arguments, in order, each before those inside it. An address with bytes after it counts where the
/// bytes are a known function of that address; of a Multicall3 bundle, each of its calls counts, known or not.
pub fn nested(book: &dyn Lexicon, call: &DecodedCall) -> Vec<Inner> {
    let mut found = Vec::new();
    look(book, call, 1, &mut found);
    found
}

fn look(book: &dyn Lexicon, call: &DecodedCall, depth: usize, found: &mut Vec<Inner>) {
    let is_bundle = call.name == "aggregate3";
    let values: Vec<_> = call.args.iter().map(|argument| argument.value.clone()).collect();
    let mut pairs = Vec::new();
    in_list(&values, &mut pairs);
    for (to, data) in pairs {
        let decoded = book.decode(&Call::new(to, data.clone()));
        if found.len() >= MOST || decoded.is_none() && !is_bundle {
            continue;
        }
        found.push(Inner { to, data, decoded: decoded.clone(), depth });
        if let Some(inner) = decoded.filter(|_| depth < DEEPEST) {
            look(book, &inner, depth + 1, found);
        }
    }
}

/// Each `bytes` with the nearest address before it among its neighbours.
fn in_list(values: &[DynSolValue], found: &mut Vec<(Address, Bytes)>) {
    let mut last = None;
    for value in values {
        match value {
            DynSolValue::Address(address) => last = Some(*address),
            DynSolValue::Bytes(bytes) => {
                if let Some(to) = last.take() {
                    found.push((to, bytes.clone().into()));
                }
            }
            DynSolValue::Tuple(inner) | DynSolValue::Array(inner) | DynSolValue::FixedArray(inner) => {
                in_list(inner, found);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_belong_to_the_address_before_them() {
        let [a, b] = [1, 2].map(Address::repeat_byte);
        let call = |to, data: u8| {
            DynSolValue::Tuple(vec![
                DynSolValue::Address(to),
                DynSolValue::Bool(true),
                DynSolValue::Bytes(vec![data]),
            ])
        };
        let values = [
            DynSolValue::Bytes(vec![9]),
            DynSolValue::Array(vec![call(a, 1), call(b, 2)]),
            DynSolValue::Address(b),
            DynSolValue::Bytes(vec![3]),
            DynSolValue::Bytes(vec![4]),
        ];
        let mut found = Vec::new();
        in_list(&values, &mut found);
        let expected = [(a, 1), (b, 2), (b, 3)].map(|(to, data)| (to, Bytes::from(vec![data])));
        assert_eq!(found, expected);
    }
}
