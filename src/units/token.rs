use alloy_primitives::{Address, U256};

/// An ERC-20 token as its contract describes it. `symbol` is text from the chain: already shortened and
/// stripped of control characters by the reader (`chain::text`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The token contract.
    pub address: Address,
    /// `symbol()`.
    pub symbol: String,
    /// `decimals()`.
    pub decimals: u8,
}

impl Token {
    /// `raw` with its symbol, cut off after four decimals: `842.1097 AZTEC`.
    pub fn amount(&self, raw: U256) -> String {
        format!("{} {}", super::format::amount(raw, self.decimals, 4), self.symbol)
    }
}
