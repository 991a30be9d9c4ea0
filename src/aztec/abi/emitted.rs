use std::sync::LazyLock;

use alloy_dyn_abi::{DynSolType, DynSolValue, Specifier as _};
use alloy_json_abi::{AbiItem, Event, EventParam};
use alloy_primitives::{B256, LogData};

use crate::chain::abi::write_value;

/// The events of the published contracts.
static EVENTS: LazyLock<Vec<(B256, Event)>> = LazyLock::new(|| {
    let lines = include_str!("events.abi").lines();
    let events = lines.filter_map(|line| match AbiItem::parse(line) {
        Ok(AbiItem::Event(event)) => Some((event.selector(), event.into_owned())),
        _ => None,
    });
    events.collect()
});

/// An event as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emitted {
    /// Its name.
    pub name: String,
    /// Names and values of its words, in order. A name is empty where the contract has none.
    pub words: Vec<(String, String)>,
}

/// An event of a known form; anybody's contract may emit the same. `None` where its form is not known.
pub fn emitted(data: &LogData) -> Option<Emitted> {
    let topic = data.topics().first()?;
    let (_, event) = EVENTS.iter().find(|(known, _)| known == topic)?;
    let types = |indexed: bool| -> Option<Vec<DynSolType>> {
        let of = event.inputs.iter().filter(|input| input.indexed == indexed);
        of.map(|input| input.resolve().ok()).collect()
    };
    let mut indexed = types(true)?.into_iter().zip(data.topics().iter().skip(1));
    let body = match DynSolType::Tuple(types(false)?).abi_decode_params(&data.data).ok()? {
        DynSolValue::Tuple(values) => values,
        single => vec![single],
    };
    let mut body = body.into_iter();
    let word = |input: &EventParam| {
        let value = if input.indexed {
            let (ty, topic) = indexed.next()?;
            // of what does not fit into a word, its hash is there
            ty.abi_decode(topic.as_slice()).unwrap_or(DynSolValue::FixedBytes(*topic, 32))
        } else {
            body.next()?
        };
        Some((input.name.clone(), write_value(&value)))
    };
    let words: Option<Vec<_>> = event.inputs.iter().map(word).collect();
    Some(Emitted { name: event.name.clone(), words: words? })
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Address, U256};
    use alloy_sol_types::SolEvent as _;

    use super::*;
    use crate::aztec::abi::IERC20;

    #[test]
    fn every_line_is_an_event() {
        let lines = include_str!("events.abi").lines().filter(|line| line.starts_with("event ")).count();
        assert!(lines > 40, "{lines}");
        assert_eq!(EVENTS.len(), lines);
    }

    #[test]
    fn an_event_is_told_with_the_names_of_its_words() {
        let [from, to] = [1, 2].map(Address::repeat_byte);
        let transfer = IERC20::Transfer { from, to, value: U256::from(7) };
        let told = emitted(&transfer.encode_log_data()).expect("known");
        let words = [("from", from.to_string()), ("to", to.to_string()), ("value", "7".to_owned())];
        assert_eq!(told.name, "Transfer");
        assert_eq!(told.words, words.map(|(name, value)| (name.to_owned(), value)));
    }

    proptest::proptest! {
        #[test]
        fn no_words_panic(place: usize, topics: [[u8; 32]; 3], count in 0usize..4, body: Vec<u8>) {
            let (topic, event) = &EVENTS[place % EVENTS.len()];
            let all = std::iter::once(*topic).chain(topics.map(B256::from)).take(count + 1).collect();
            if let Some(told) = emitted(&LogData::new_unchecked(all, body.into())) {
                proptest::prop_assert_eq!(told.words.len(), event.inputs.len());
            }
        }
    }
}
