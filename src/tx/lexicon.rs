use alloy_primitives::Address;

use super::{Call, Explanation, Plan, simulate::Event};
use crate::{
    chain::{Pool, abi::DecodedCall, host::BoxFuture, logs::Log},
    units::Token,
};

/// What a system knows about its own transactions. The pipeline itself knows none of it.
pub trait Lexicon: Send + Sync {
    /// The function behind a call's bytes.
    fn decode(&self, call: &Call) -> Option<DecodedCall>;

    /// The function behind the bytes of a call that Multicall3 makes in its own name. It has no rights of the sender's,
    /// so that a function may be named although its target is not known to have it.
    fn decode_bundled(&self, call: &Call) -> Option<DecodedCall> {
        self.decode(call)
    }

    /// What an address is, if it is one of the system's contracts.
    fn name(&self, address: Address) -> Option<String>;

    /// What an argument means to a person.
    fn meaning(&self, call: &Call, decoded: &DecodedCall, argument: usize) -> Option<String>;

    /// The token at an address, if it is known.
    fn token(&self, address: Address) -> Option<Token>;

    /// Revert data in words.
    fn explain(&self, call: &Call, revert: &[u8]) -> Explanation;

    /// What a successful call brought about, by its events.
    fn outcome(&self, call: &Call, events: &[Log]) -> Option<String>;

    /// What the events of a simulated call say that it does to whom, besides moving tokens: `Key 0x1234…abcd leaves the
    /// queue unused`. In the order of the events. The same call may do it to somebody else at another block.
    fn deeds(&self, call: &Call, events: &[Event]) -> Vec<String>;

    /// A last look at calls that would succeed, in order: do they still do what the person wants? The first one
    /// that does not is named with the reason. `plan` holds the steps that are asked about and no others.
    fn guard(&self, pool: Pool, plan: Plan) -> BoxFuture<'static, Result<(), Explanation>>;
}
