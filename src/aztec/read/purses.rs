use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};

use crate::{
    aztec::{
        Deployment,
        abi::{IERC20, IPullSplit, ISplitsWarehouse},
    },
    chain::{Answers, Batch, BlockRef, Pool, ReadError, Reading, Slot, Source, text::tame},
    units::Token,
};

/// What a recipient may withdraw from the warehouse, from all splits together and in one token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purse {
    /// The warehouse; zero where it was not read, and then nothing else was.
    pub warehouse: Address,
    /// Whose.
    pub recipient: Address,
    /// The token.
    pub token: Address,
    /// `balanceOf(recipient, token)`. One unit of it never leaves.
    pub stored: Reading<U256>,
    /// Whether only the recipient itself may withdraw: `withdrawConfig(recipient).paused`.
    pub paused: Reading<bool>,
}

/// The warehouse's id of a token.
pub(super) fn id(token: Address) -> U256 {
    U256::from_be_slice(token.as_slice())
}

/// The warehouse of the splits that a factory makes, by what they are copies of. One request.
pub(super) async fn warehouse_of(
    pool: &Pool,
    implementation: Result<Address, ReadError>,
    block: &BlockRef,
) -> Result<Address, ReadError> {
    let mut batch = Batch::new();
    let slot = batch.add(implementation?, IPullSplit::SPLITS_WAREHOUSECall {});
    batch.run(pool, block).await.value(slot)
}

/// Purses that were asked for.
pub(super) struct Purses(Vec<Purse>, Vec<(Slot<U256>, Slot<ISplitsWarehouse::withdrawConfigReturn>)>);

impl Purses {
    /// Asks for every token of every owner. Where the warehouse is not known, the answers say why.
    pub(super) fn ask(
        batch: &mut Batch,
        mut owners: Vec<(Result<Address, ReadError>, Address)>,
        tokens: &[Address],
    ) -> Self {
        owners.sort_unstable_by_key(|(warehouse, owner)| (warehouse.clone().unwrap_or_default(), *owner));
        owners.dedup();
        let mut asked = Self(Vec::new(), Vec::new());
        for (warehouse, recipient) in owners {
            let at = warehouse.clone().unwrap_or_default();
            let paused = batch.add(at, ISplitsWarehouse::withdrawConfigCall { _owner: recipient });
            for token in tokens {
                let call = ISplitsWarehouse::balanceOfCall { _owner: recipient, _id: id(*token) };
                asked.1.push((batch.add(at, call), paused));
                let source = || Source::derived("SPLITS_WAREHOUSE() of a split, which was not read", []);
                // what the answers are put into, where there is a warehouse that can answer
                let error = || warehouse.clone().err().unwrap_or(ReadError::Incomplete);
                asked.0.push(Purse {
                    warehouse: at,
                    recipient,
                    token: *token,
                    stored: Reading { value: Err(error()), source: source() },
                    paused: Reading { value: Err(error()), source: source() },
                });
            }
        }
        asked
    }

    /// Takes the answers.
    pub(super) fn settle(self, answers: &Answers) -> Vec<Purse> {
        let Self(mut purses, slots) = self;
        for (purse, (stored, paused)) in purses.iter_mut().zip(slots) {
            if !purse.warehouse.is_zero() {
                purse.stored = answers.get(stored);
                purse.paused = answers.get(paused).map(|config| config.paused);
            }
        }
        purses
    }
}

/// Tokens whose names were asked for.
pub(super) struct Names(Vec<Token>, Vec<(Address, Slot<String>, Slot<u8>)>);

impl Names {
    /// Asks each what it is called; the staking token is known.
    pub(super) fn ask(batch: &mut Batch, contracts: &Deployment, tokens: &[Address]) -> Self {
        let (known, others): (Vec<_>, Vec<_>) =
            tokens.iter().copied().partition(|token| *token == contracts.token.address);
        let known = known.into_iter().map(|_| contracts.token.clone()).collect();
        let ask = |token| {
            (token, batch.add(token, IERC20::symbolCall {}), batch.add(token, IERC20::decimalsCall {}))
        };
        Self(known, others.into_iter().map(ask).collect())
    }

    /// Takes the answers.
    pub(super) fn settle(self, answers: &Answers) -> BTreeMap<Address, Reading<Token>> {
        let known = self.0.into_iter().map(|token| {
            let source = Source::derived("the staking token, as the network’s contracts were found", []);
            (token.address, Reading::new(token, source))
        });
        let read = self.1.into_iter().map(|(address, symbol, decimals)| {
            let (symbol, decimals) = (answers.get(symbol), answers.get(decimals));
            let value = symbol.need().and_then(|symbol| {
                Ok(Token { address, symbol: tame(&symbol, 12), decimals: decimals.need()? })
            });
            let inputs = [("symbol", symbol.source), ("decimals", decimals.source)];
            (address, Reading { value, source: Source::derived("symbol() and decimals()", inputs) })
        });
        known.chain(read).collect()
    }
}
