use std::collections::BTreeMap;

use alloy_dyn_abi::{DynSolType, DynSolValue, Specifier};
use alloy_json_abi::{AbiItem, Error as AbiError, Function, Param};
use alloy_primitives::Selector;

/// The functions and errors a system's contracts are known to have, by selector.
#[derive(Debug, Default)]
pub struct Catalog {
    functions: BTreeMap<Selector, Function>,
    errors: BTreeMap<Selector, AbiError>,
}

/// A line that is no ABI item. A defect of the app: its lines are fixed at compile time and tested.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} is not a human-readable ABI item: {text}")]
pub struct CatalogError {
    /// 1-based.
    pub line: usize,
    /// The line.
    pub text: String,
}

/// One argument of a decoded call.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// As in the contract's source; empty where it has none.
    pub name: String,
    /// Solidity type, tuples spelt out.
    pub ty: String,
    /// The value.
    pub value: DynSolValue,
}

/// Calldata whose function is known and whose bytes are exactly the encoding of these arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodedCall {
    /// The function's name.
    pub name: String,
    /// `stake(uint256,uint256,address,uint16,address,bool)`.
    pub signature: String,
    /// The types it returns, for `cast call`: `(uint256)`.
    pub outputs: String,
    /// Its arguments in order.
    pub args: Vec<Argument>,
}

/// Revert data of a known error.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodedError {
    /// The error's name.
    pub name: String,
    /// Its arguments in order.
    pub args: Vec<Argument>,
}

impl DecodedError {
    /// `QueueIsEmpty()`, `StakingRegistry__UnexpectedTakeRate(800, 900)`.
    pub fn text(&self) -> String {
        let args: Vec<_> = self.args.iter().map(|arg| super::write_value(&arg.value)).collect();
        format!("{}({})", self.name, args.join(", "))
    }
}

impl Catalog {
    /// Reads one item per line (`function …`, `error …`); empty lines and lines that begin with `#` are skipped.
    pub fn parse(lines: &str) -> Result<Self, CatalogError> {
        let mut catalog = Self::default();
        for (index, line) in lines.lines().enumerate() {
            let text = line.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            match AbiItem::parse(text) {
                Ok(AbiItem::Function(item)) => {
                    catalog.functions.insert(item.selector(), item.into_owned());
                }
                Ok(AbiItem::Error(item)) => {
                    catalog.errors.insert(item.selector(), item.into_owned());
                }
                _ => return Err(CatalogError { line: index + 1, text: text.to_owned() }),
            }
        }
        Ok(catalog)
    }

    /// The function behind a selector.
    pub fn function(&self, selector: Selector) -> Option<&Function> {
        self.functions.get(&selector)
    }

    /// All functions.
    pub fn functions(&self) -> impl Iterator<Item = &Function> {
        self.functions.values()
    }

    /// All errors.
    pub fn errors(&self) -> impl Iterator<Item = &AbiError> {
        self.errors.values()
    }

    /// Calldata as a call, or `None` when the function is unknown or the bytes are not exactly its encoding.
    pub fn call(&self, data: &[u8]) -> Option<DecodedCall> {
        let (selector, body) = data.split_first_chunk::<4>()?;
        let function = self.functions.get(&Selector::from(*selector))?;
        let args = decode(&function.inputs, body)?;
        Some(DecodedCall {
            name: function.name.clone(),
            signature: function.signature(),
            outputs: type_list(&function.outputs),
            args,
        })
    }

    /// What a call of a known function returned.
    pub fn returned(&self, calldata: &[u8], returned: &[u8]) -> Option<Vec<Argument>> {
        let selector = calldata.first_chunk::<4>()?;
        // decoded leniently: newer generations append fields to a tuple
        let function = self.functions.get(&Selector::from(*selector))?;
        let values = decode_values(&function.outputs, returned)?;
        Some(name_all(&function.outputs, values))
    }

    /// Revert data as an error.
    pub fn error(&self, data: &[u8]) -> Option<DecodedError> {
        let (selector, body) = data.split_first_chunk::<4>()?;
        let error = self.errors.get(&Selector::from(*selector))?;
        Some(DecodedError { name: error.name.clone(), args: decode(&error.inputs, body)? })
    }
}

fn type_list(params: &[Param]) -> String {
    let types: Vec<_> = params.iter().map(|p| p.selector_type().into_owned()).collect();
    format!("({})", types.join(","))
}

fn types(params: &[Param]) -> Option<Vec<DynSolType>> {
    params.iter().map(|param| param.resolve().ok()).collect()
}

fn decode_values(params: &[Param], body: &[u8]) -> Option<Vec<DynSolValue>> {
    match DynSolType::Tuple(types(params)?).abi_decode_params(body).ok()? {
        DynSolValue::Tuple(values) => Some(values),
        single => Some(vec![single]),
    }
}

fn name_all(params: &[Param], values: Vec<DynSolValue>) -> Vec<Argument> {
    let named = params.iter().zip(values);
    named
        .map(|(p, value)| Argument { name: p.name.clone(), ty: p.selector_type().into_owned(), value })
        .collect()
}

/// Strict: bytes that the arguments do not account for would be signed without being shown.
fn decode(params: &[Param], body: &[u8]) -> Option<Vec<Argument>> {
    let values = decode_values(params, body)?;
    let again = DynSolValue::Tuple(values.clone()).abi_encode_params();
    (again == body).then(|| name_all(params, values))
}

#[cfg(test)]
mod tests {
    use alloy_primitives::hex;

    use super::*;

    fn catalog() -> Catalog {
        Catalog::parse(
            "# comment\nfunction stake(uint256 id, (uint256,bytes[]) point, bool) returns (uint256)\n\nerror Bad(address who, string why)\nerror Empty()",
        )
        .expect("catalog")
    }

    fn sample(catalog: &Catalog) -> Vec<u8> {
        let function = catalog.functions().next().expect("one");
        let values = DynSolValue::Tuple(vec![
            DynSolValue::Uint(alloy_primitives::U256::from(7), 256),
            DynSolValue::Tuple(vec![
                DynSolValue::Uint(alloy_primitives::U256::from(9), 256),
                DynSolValue::Array(vec![DynSolValue::Bytes(vec![1, 2])]),
            ]),
            DynSolValue::Bool(true),
        ]);
        [function.selector().as_slice(), &values.abi_encode_params()].concat()
    }

    #[test]
    fn a_known_call_is_named() {
        let catalog = catalog();
        let call = catalog.call(&sample(&catalog)).expect("decoded");
        assert_eq!(call.signature, "stake(uint256,(uint256,bytes[]),bool)");
        assert_eq!(call.outputs, "(uint256)");
        let args: Vec<_> =
            call.args.iter().map(|a| (a.name.as_str(), super::super::write_value(&a.value))).collect();
        assert_eq!(
            args,
            [("id", "7".to_owned()), ("point", "(9,[0x0102])".to_owned()), ("", "true".to_owned())]
        );
    }

    #[test]
    fn bytes_that_would_not_be_shown_are_not_a_known_call() {
        let catalog = catalog();
        let mut data = sample(&catalog);
        data.extend([0; 32]);
        assert_eq!(catalog.call(&data), None);
        assert_eq!(catalog.call(&data[..40]), None);
        assert_eq!(catalog.call(&[]), None);
    }

    #[test]
    fn errors_are_named() {
        let catalog = catalog();
        let empty = catalog.errors().find(|e| e.name == "Empty").expect("there").selector();
        assert_eq!(catalog.error(empty.as_slice()).map(|e| e.text()), Some("Empty()".to_owned()));
        assert_eq!(catalog.error(&hex!("deadbeef")), None);
    }

    #[test]
    fn a_wrong_line_is_named() {
        assert_eq!(Catalog::parse("\nnonsense").expect_err("no item").line, 2);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(data: Vec<u8>) {
            let catalog = catalog();
            let _ = (catalog.call(&data), catalog.error(&data));
            let mut call = sample(&catalog);
            let at = data.len() % call.len();
            call[at] ^= data.first().copied().unwrap_or(1);
            if let Some(decoded) = catalog.call(&call) {
                proptest::prop_assert_eq!(decoded.args.len(), 3);
            }
        }
    }
}
