use std::sync::Arc;

use alloy_primitives::{Address, B256, Bytes};

use super::{ReadError, Returned};

/// Where a figure comes from: enough to show it, to repeat it with `cast`, and to check it.
///
/// The texts (function name, arguments, raw value) are decoded from these bytes when somebody asks
/// ([`super::abi::Catalog`]), so they cannot differ from what was sent and received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source(pub Arc<Origin>);

/// The kinds of [`Source`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// One call of a contract.
    Call {
        /// The contract.
        to: Address,
        /// Calldata.
        data: Bytes,
        /// Returned data; `None` when the call failed.
        answer: Option<Returned>,
        /// Height it was read at.
        block: u64,
    },
    /// Events of a contract.
    Logs {
        /// The contracts.
        contracts: Vec<Address>,
        /// The event's signature, whose hash is topic 0: `Transfer(address,address,uint256)`.
        event: &'static str,
        /// Topic 1, where only the events with this one count.
        topic: Option<B256>,
        /// First block looked at.
        from: u64,
        /// Last block looked at.
        to: u64,
        /// Events that count towards the figure.
        matches: usize,
    },
    /// What a node says that no contract does: gas of a simulation, a price.
    Node {
        /// The JSON-RPC method, and of what.
        method: &'static str,
        /// Its answer as text.
        answer: String,
        /// Height it was asked at.
        block: u64,
    },
    /// A field of a block header.
    Block {
        /// The field.
        field: &'static str,
        /// Height.
        block: u64,
    },
    /// Computed from others.
    Derived {
        /// How, in words and symbols a person can redo.
        formula: &'static str,
        /// From what: the name each has in the formula.
        inputs: Vec<(&'static str, Source)>,
    },
}

impl Source {
    /// A computed figure.
    pub fn derived(formula: &'static str, inputs: impl IntoIterator<Item = (&'static str, Self)>) -> Self {
        Origin::Derived { formula, inputs: inputs.into_iter().collect() }.into()
    }
}

impl From<Origin> for Source {
    fn from(origin: Origin) -> Self {
        Self(Arc::new(origin))
    }
}

/// One figure: its value, or why there is none, and its source either way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading<T> {
    /// The value. An error is shown as "Not read".
    pub value: Result<T, ReadError>,
    /// Where it comes from.
    pub source: Source,
}

impl<T> Reading<T> {
    /// A figure that was read.
    pub const fn new(value: T, source: Source) -> Self {
        Self { value: Ok(value), source }
    }

    /// The value, if it was read.
    pub fn get(&self) -> Option<&T> {
        self.value.as_ref().ok()
    }

    /// Why there is no value, when it is that nobody answered.
    pub fn unanswered(&self) -> Option<ReadError> {
        unanswered(&self.value)
    }

    /// The same figure in another form.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Reading<U> {
        Reading { value: self.value.map(f), source: self.source }
    }

    /// A figure that can turn out not to be what the type promised.
    pub fn and_then<U>(self, f: impl FnOnce(T) -> Result<U, ReadError>) -> Reading<U> {
        Reading { value: self.value.and_then(f), source: self.source }
    }

    /// The value by reference, with the source kept.
    pub fn as_ref(&self) -> Reading<&T> {
        Reading { value: self.value.as_ref().map_err(Clone::clone), source: self.source.clone() }
    }
}

impl<T: Clone> Reading<T> {
    /// The value, or the error of a figure that is computed from it, to be used with `?`.
    pub fn need(&self) -> Result<T, ReadError> {
        let computed = |error: ReadError| if error.is_unanswered() { error } else { ReadError::Incomplete };
        self.value.clone().map_err(computed)
    }
}

/// The error of a result, when it is that nobody answered.
pub fn unanswered<T>(value: &Result<T, ReadError>) -> Option<ReadError> {
    value.as_ref().err().filter(|error| error.is_unanswered()).cloned()
}
