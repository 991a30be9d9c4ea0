//! What an endpoint has to show before it is believed: the chain it serves, and that it has the block in question.

use std::sync::Arc;

use alloy_primitives::U64;
use serde_json::value::to_raw_value;

use super::{
    endpoint::Endpoint,
    params::Params,
    pool::{Outcome, Pool},
};
use crate::chain::Fault;

/// What an endpoint is asked first.
const CHAIN_ID: &str = "eth_chainId";

/// Asks for a block by its height or tag.
pub(super) const BLOCK: &str = "eth_getBlockByNumber";

/// No parameters.
const NO_PARAMS: &str = "[]";

/// The newest block that cannot be reorganised away, without its transactions.
const FINAL: &str = r#"["finalized",false]"#;

impl Pool {
    /// Asks an endpoint for its chain for the first time, and with it the question itself (half as long until the first
    /// block is there) and which block is final, which every visit needs. `None` where the question has to be asked for
    /// alone.
    pub(super) async fn introduce(
        &self,
        endpoint: &Arc<Endpoint>,
        method: &'static str,
        params: &Params<'_>,
    ) -> Result<Option<Result<String, Outcome>>, Fault> {
        if params.is_short() && endpoint.takes_batches() && !endpoint.wire.link.may_wander() {
            let started = self.host().clock.ticks();
            let (nothing, last) = (Params::fixed(NO_PARAMS), Params::fixed(FINAL));
            let questions = [(CHAIN_ID, &nothing), (BLOCK, &last), (method, params)];
            let said = endpoint.wire.ask_together(endpoint.count_request(), &questions).await?;
            let said = said.and_then(|said| <[_; 3]>::try_from(said.apart()).ok());
            if let Some([chain, last, said]) = said {
                self.judge_chain(endpoint, self.heard(endpoint, started, chain))?;
                // not every endpoint tells
                last.ok().into_iter().for_each(|last| endpoint.keep_final(last));
                return Ok(Some(self.heard(endpoint, started, said)));
            }
            // a fault of the moment is none of batches
            self.check_chain(endpoint).await?;
            endpoint.takes_no_batches();
            return Ok(None);
        }
        self.check_chain(endpoint).await.map(|()| None)
    }

    pub(super) async fn check_chain(&self, endpoint: &Arc<Endpoint>) -> Result<(), Fault> {
        self.judge_chain(endpoint, self.send(endpoint, CHAIN_ID, &Params::fixed(NO_PARAMS)).await)
    }

    fn judge_chain(&self, endpoint: &Arc<Endpoint>, said: Result<String, Outcome>) -> Result<(), Fault> {
        let raw = match said {
            Ok(raw) => raw,
            Err(Outcome::Next(fault)) => return Err(fault),
            Err(_) => return Err(Fault::Malformed("eth_chainId was refused".to_owned())),
        };
        let got: U64 = serde_json::from_str(&raw).map_err(|e| Fault::Malformed(e.to_string()))?;
        let good = got.to::<u64>() == self.chain_id();
        endpoint.set_chain_checked(good);
        if good { Ok(()) } else { Err(Fault::WrongChain { expected: self.chain_id(), got: got.to() }) }
    }

    pub(super) async fn check_height(&self, endpoint: &Arc<Endpoint>, height: u64) -> Result<(), Fault> {
        let Ok(block) = to_raw_value(&(format!("{height:#x}"), false)) else { return Ok(()) };
        match self.send(endpoint, BLOCK, &Params::Held(block)).await {
            Ok(raw) if raw == "null" => Err(Fault::NoBlock(height)),
            Err(Outcome::Next(fault)) => Err(fault),
            // a node that does not answer this at all is judged by its answer to the request itself
            Ok(_) | Err(_) => {
                endpoint.saw(height);
                Ok(())
            }
        }
    }
}
