use std::{fmt, sync::Arc, time::Duration};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, value::to_raw_value};

use super::{
    endpoint::{Endpoint, EndpointHealth, EndpointSpec, Learned},
    node_text::classify,
    params::{Params, Write},
    wire::Said,
};
use crate::chain::{Fault, RpcError, foresight::Foresight, host::Host};

/// An answer and the endpoint that gave it.
#[derive(Clone, Debug)]
pub struct Answer<T> {
    /// The result.
    pub value: T,
    /// Who answered.
    pub by: Arc<Endpoint>,
}

/// Limits of a [`Pool`].
#[derive(Clone, Copy, Debug)]
pub struct PoolConfig {
    /// Time for one exchange.
    pub timeout: Duration,
    /// Exchanges under way with one endpoint at once.
    pub parallel: usize,
    /// Times that all endpoints are tried before a request fails.
    pub rounds: u32,
    /// The same where they are only behind: they will catch up, and a request that asks for less would fare no better.
    /// One address may hide two nodes that take turns, and a request that first asks for its block takes two turns.
    pub rounds_behind: u32,
}

impl Default for PoolConfig {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(12), parallel: 4, rounds: 3, rounds_behind: 6 }
    }
}

/// The endpoints of one network in the order of Settings.
///
/// A request goes to the first endpoint that is not resting. A fault of the endpoint moves it to the next one at
/// once; when a whole round failed it waits (back-off with jitter, or what `Retry-After` says) and tries again.
/// A refusal of the request itself (a revert) is an answer and ends the search, except a missing method or an old
/// state that is gone, which the next endpoint may have.
///
/// An endpoint is asked for its chain id before anything else is believed; one that may change its chain
/// ([`Link::may_wander`](crate::chain::host::Link::may_wander)) again after each of its answers.
#[derive(Clone)]
pub struct Pool(Arc<Inner>);

struct Inner {
    chain_id: u64,
    endpoints: Vec<Arc<Endpoint>>,
    host: Host,
    config: PoolConfig,
    foresight: Foresight,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("chain_id", &self.0.chain_id)
            .field("endpoints", &self.0.endpoints)
            .finish()
    }
}

/// The method that not every endpoint has.
const SIMULATE: &str = "eth_simulateV1";

/// Why a request failed, and whose word that is where an endpoint refused it.
pub(in crate::chain) struct Refused {
    pub(in crate::chain) error: RpcError,
    pub(in crate::chain) by: Option<Arc<Endpoint>>,
}

impl From<RpcError> for Refused {
    fn from(error: RpcError) -> Self {
        Self { error, by: None }
    }
}

/// What one exchange came to.
pub(super) enum Outcome {
    Done,
    /// Another endpoint may do better.
    Next(Fault),
    /// No endpoint would.
    Refused(RpcError),
}

impl Pool {
    /// A pool over `endpoints`, which must all serve chain `chain_id`.
    pub fn new(chain_id: u64, endpoints: Vec<EndpointSpec>, host: Host, config: PoolConfig) -> Self {
        let endpoints = endpoints
            .into_iter()
            .map(|spec| Arc::new(Endpoint::new(spec, &host, config.timeout, config.parallel)))
            .collect();
        Self(Arc::new(Inner { chain_id, endpoints, host, config, foresight: Foresight::default() }))
    }

    /// The chain every endpoint must serve.
    pub fn chain_id(&self) -> u64 {
        self.0.chain_id
    }

    /// What was asked at the last visit.
    pub(in crate::chain) fn foresight(&self) -> &Foresight {
        &self.0.foresight
    }

    /// Where this pool runs.
    pub fn host(&self) -> &Host {
        &self.0.host
    }

    /// Each endpoint alone, in order: to compare their answers.
    pub fn each(&self) -> Vec<Self> {
        self.0.endpoints.iter().map(|endpoint| self.with(vec![endpoint.clone()])).collect()
    }

    fn with(&self, endpoints: Vec<Arc<Endpoint>>) -> Self {
        self.tried(endpoints, PoolConfig { rounds: 1, ..self.0.config })
    }

    fn tried(&self, endpoints: Vec<Arc<Endpoint>>, config: PoolConfig) -> Self {
        let (chain_id, host) = (self.0.chain_id, self.0.host.clone());
        Self(Arc::new(Inner { chain_id, endpoints, host, config, foresight: Foresight::default() }))
    }

    /// The same endpoints, tried once round only: for a request that is better asked smaller than again.
    #[must_use]
    pub fn once(&self) -> Self {
        self.with(self.0.endpoints.clone())
    }

    /// The same even where they are behind: for what an endpoint may not have at all.
    pub(super) fn at_most_once(&self) -> Self {
        self.tried(self.0.endpoints.clone(), PoolConfig { rounds: 1, rounds_behind: 1, ..self.0.config })
    }

    /// Every endpoint is asked for its chain id again before anything else is believed.
    pub fn check_chain_again(&self) {
        for endpoint in &self.0.endpoints {
            endpoint.set_chain_checked(false);
        }
    }

    /// What an endpoint said of its newest final block when it was asked for its chain, the first time that somebody asks.
    pub(super) fn told_final(&self) -> Option<String> {
        self.0.endpoints.iter().find_map(|endpoint| endpoint.take_final())
    }

    /// The endpoint that would be asked next.
    pub(super) fn first(&self) -> Option<Arc<Endpoint>> {
        self.order().into_iter().next().map(|(_, endpoint)| endpoint)
    }

    /// How each endpoint is doing.
    pub fn health(&self) -> Vec<EndpointHealth> {
        let now = self.0.host.clock.ticks();
        self.0.endpoints.iter().map(|endpoint| endpoint.health(now)).collect()
    }

    /// Requests sent to all endpoints so far.
    pub fn requests(&self) -> u64 {
        self.0.endpoints.iter().map(|endpoint| endpoint.requests()).sum()
    }

    /// What was learned about each endpoint, by key, to be remembered.
    pub fn learned(&self) -> Vec<(String, Learned)> {
        self.0.endpoints.iter().map(|endpoint| (endpoint.key.clone(), endpoint.learned())).collect()
    }

    /// Restores what an earlier visit learned.
    pub fn recall(&self, learned: impl Fn(&str) -> Option<Learned>) {
        for endpoint in &self.0.endpoints {
            if let Some(known) = learned(&endpoint.key) {
                endpoint.learn(|current| *current = known);
            }
        }
    }

    /// The endpoints that failed with such a fault.
    pub(in crate::chain) fn faulty<'a>(
        &'a self,
        faults: &'a [(String, Fault)],
        such: fn(&Fault) -> bool,
    ) -> impl Iterator<Item = &'a Arc<Endpoint>> {
        let is = move |endpoint: &&Arc<Endpoint>| {
            faults.iter().any(|(label, fault)| *label == endpoint.label && such(fault))
        };
        self.0.endpoints.iter().filter(is)
    }

    /// Corrects what is known about the endpoint that would be asked next. Whether one simulates is learned from its own
    /// answers, and from nothing else.
    pub fn learn(&self, f: impl FnOnce(&mut Learned)) {
        if let Some(endpoint) = self.first() {
            endpoint.learn(|known| {
                let simulates = known.simulates;
                f(known);
                known.simulates = simulates;
            });
        }
    }

    /// What the endpoint that would be asked next is capable of; simulating, if only one of them is.
    pub fn capability(&self) -> Learned {
        let order = self.order();
        let first = order.first().map_or_else(Learned::default, |(_, endpoint)| endpoint.learned());
        let best = order.iter().map(|(_, endpoint)| endpoint.learned().simulates);
        // `Some(true)`, then `None`: one that was not asked yet may
        let best = best.max_by_key(|simulates| simulates.map_or(1, |can| if can { 2 } else { 0 }));
        Learned { simulates: best.flatten(), ..first }
    }

    /// Sends a request and decodes its result.
    pub async fn ask<R: DeserializeOwned + Send>(
        &self,
        method: &'static str,
        params: impl Serialize,
    ) -> Result<Answer<R>, RpcError> {
        self.ask_checked(method, params, |_, _: &R| Ok(())).await
    }

    /// Asks one endpoint after the other until one's answer is enough: what one does not know of yet, another may.
    /// Those that rest are passed over. Fails when none answers.
    pub(super) async fn poll(
        &self,
        method: &'static str,
        params: Value,
        enough: &mut (dyn FnMut(&str) -> Result<bool, Fault> + Send),
    ) -> Result<(), RpcError> {
        // plain data: hashes, addresses, tags
        let Ok(params) = to_raw_value(&params).map(Params::Held) else { return Err(RpcError::NoEndpoint) };
        let mut answered = false;
        for (_, endpoint) in self.order() {
            let mut done = false;
            let mut accept = |_: &Endpoint, raw: String| {
                done = enough(&raw)?;
                Ok(())
            };
            answered |= self.with(vec![endpoint]).ask_raw(method, &params, 0, &mut accept).await.is_ok();
            if done {
                return Ok(());
            }
        }
        if !answered {
            let mut accept = |_: &Endpoint, raw: String| enough(&raw).map(|_| ());
            self.ask_raw(method, &params, 0, &mut accept).await.map_err(|refused| refused.error)?;
        }
        Ok(())
    }

    /// Like [`Pool::ask`]; `check` may find the answer to be a fault of the endpoint, and then the next one is asked.
    pub async fn ask_checked<R: DeserializeOwned + Send>(
        &self,
        method: &'static str,
        params: impl Serialize,
        check: impl FnMut(&Endpoint, &R) -> Result<(), Fault> + Send,
    ) -> Result<Answer<R>, RpcError> {
        self.ask_at(method, params, 0, check).await.map_err(|refused| refused.error)
    }

    /// The same for parameters that are long: they are written when they are sent.
    pub(in crate::chain) async fn ask_written<R: DeserializeOwned + Send>(
        &self,
        method: &'static str,
        params: &Write<'_>,
        check: impl FnMut(&Endpoint, &R) -> Result<(), Fault> + Send,
    ) -> Result<Answer<R>, RpcError> {
        self.ask_params(method, &Params::Written(params), 0, check).await.map_err(|refused| refused.error)
    }

    /// The same for an answer that only an endpoint can give which has block `height`: without it `eth_getLogs` says
    /// that there is nothing. Whoever did not show yet that it has the block is asked for that first.
    pub(super) async fn ask_at<R: DeserializeOwned + Send>(
        &self,
        method: &'static str,
        params: impl Serialize,
        height: u64,
        check: impl FnMut(&Endpoint, &R) -> Result<(), Fault> + Send,
    ) -> Result<Answer<R>, Refused> {
        // plain data: numbers, addresses, bytes, texts
        let Ok(params) = to_raw_value(&params) else { return Err(RpcError::NoEndpoint.into()) };
        self.ask_params(method, &Params::Held(params), height, check).await
    }

    async fn ask_params<R: DeserializeOwned + Send>(
        &self,
        method: &'static str,
        params: &Params<'_>,
        height: u64,
        mut check: impl FnMut(&Endpoint, &R) -> Result<(), Fault> + Send,
    ) -> Result<Answer<R>, Refused> {
        let mut found = None;
        let by = self
            .ask_raw(method, params, height, &mut |endpoint, raw| {
                // the message of serde names types and places, never content
                let value: R = serde_json::from_str(&raw).map_err(|e| Fault::Malformed(e.to_string()))?;
                // a long text is let go of before its content is taken apart
                drop(raw);
                check(endpoint, &value)?;
                found = Some(value);
                Ok(())
            })
            .await?;
        // the search succeeds only after the answer was accepted
        found.map(|value| Answer { value, by }).ok_or_else(|| RpcError::NoEndpoint.into())
    }

    /// The search itself, once for all result types: generic code here would be copied for each of them.
    async fn ask_raw(
        &self,
        method: &'static str,
        params: &Params<'_>,
        height: u64,
        accept: &mut (dyn FnMut(&Endpoint, String) -> Result<(), Fault> + Send),
    ) -> Result<Arc<Endpoint>, Refused> {
        if self.0.endpoints.is_empty() {
            return Err(RpcError::NoEndpoint.into());
        }
        // the last one of each endpoint: not every endpoint is asked in every round
        let mut faults: Vec<Option<Fault>> = vec![None; self.0.endpoints.len()];
        let mut missing = None;
        let PoolConfig { rounds, rounds_behind, .. } = self.0.config;
        for round in 0..rounds.max(rounds_behind) {
            if round >= rounds && !all_behind(&faults) {
                break;
            }
            if round > 0 {
                self.0.host.sleep.sleep(self.pause(round, &faults)).await;
            }
            for (place, endpoint) in self.able(method) {
                match self.exchange(&endpoint, method, params, height, accept).await {
                    Outcome::Done => return Ok(endpoint),
                    Outcome::Refused(refusal) if may_be_elsewhere(&refusal) => missing = Some(refusal),
                    Outcome::Refused(error) => return Err(Refused { error, by: Some(endpoint) }),
                    Outcome::Next(fault) => {
                        endpoint.failed(&fault, self.0.host.clock.ticks());
                        faults[place] = Some(fault);
                    }
                }
            }
            if let Some(refusal) = missing {
                return Err(refusal.into());
            }
        }
        let labels = self.0.endpoints.iter().map(|endpoint| endpoint.label.clone());
        let faults = labels.zip(faults).filter_map(|(label, fault)| Some((label, fault?))).collect();
        Err(RpcError::AllFailed(faults).into())
    }

    /// Endpoints that may be asked now with their places in Settings, in that order; all of them when all rest.
    fn order(&self) -> Vec<(usize, Arc<Endpoint>)> {
        let now = self.0.host.clock.ticks();
        let all = self.0.endpoints.iter().cloned().enumerate();
        let (resting, ready): (Vec<_>, Vec<_>) =
            all.partition(|(_, endpoint)| endpoint.resting(now).is_some());
        if ready.is_empty() { resting } else { ready }
    }

    /// The same without those that are known to lack the method, unless all are.
    fn able(&self, method: &str) -> Vec<(usize, Arc<Endpoint>)> {
        let mut order = self.order();
        let lacks = |endpoint: &Endpoint| endpoint.learned().simulates == Some(false);
        if method == SIMULATE && !order.iter().all(|(_, endpoint)| lacks(endpoint)) {
            order.retain(|(_, endpoint)| !lacks(endpoint));
        }
        order
    }

    /// 0.4 s, 0.8 s … plus up to half of that, or what the servers asked for, at most 10 s. Who is behind is asked again
    /// at once every other time: behind one address there are often several nodes, and the next answer is another one's.
    fn pause(&self, round: u32, faults: &[Option<Fault>]) -> Duration {
        let behind = all_behind(faults);
        if behind && round % 2 == 1 {
            return Duration::ZERO;
        }
        let asked = faults.iter().flatten().filter_map(|fault| match fault {
            Fault::RateLimited { retry_after } => *retry_after,
            _ => None,
        });
        let base = Duration::from_millis(200 << round.min(if behind { 2 } else { 5 }));
        let jitter = base.mul_f64(
            f64::from(u32::try_from(self.0.host.random.next() >> 32).unwrap_or(0))
                / f64::from(u32::MAX)
                / 2.0,
        );
        asked.min().unwrap_or(base + jitter).min(Duration::from_secs(10))
    }

    async fn exchange(
        &self,
        endpoint: &Arc<Endpoint>,
        method: &'static str,
        params: &Params<'_>,
        height: u64,
        accept: &mut (dyn FnMut(&Endpoint, String) -> Result<(), Fault> + Send),
    ) -> Outcome {
        // closed only with the pool, which this future borrows
        let Ok(_permit) = endpoint.gate.acquire().await else { return Outcome::Next(Fault::Unreachable) };
        let mut answer = None;
        if !endpoint.chain_checked() {
            match self.introduce(endpoint, method, params).await {
                Ok(said) => answer = said,
                Err(fault) => return Outcome::Next(fault),
            }
        }
        if endpoint.newest_seen() < height
            && let Err(fault) = self.check_height(endpoint, height).await
        {
            return Outcome::Next(fault);
        }
        let answer = match answer {
            Some(answer) => answer,
            None => self.send(endpoint, method, params).await,
        };
        // what it said, a refusal too, it may have said about another chain
        if !matches!(answer, Err(Outcome::Next(_)))
            && endpoint.wire.link.may_wander()
            && let Err(fault) = self.check_chain(endpoint).await
        {
            return Outcome::Next(fault);
        }
        let outcome = match answer {
            Ok(raw) => match accept(endpoint, raw) {
                Ok(()) => Outcome::Done,
                Err(fault) => Outcome::Next(fault),
            },
            Err(outcome) => outcome,
        };
        match &outcome {
            Outcome::Done if method == SIMULATE => endpoint.learn(|known| known.simulates = Some(true)),
            Outcome::Refused(refusal) if method == SIMULATE && is_missing_method(refusal) => {
                endpoint.learn(|known| known.simulates = Some(false));
            }
            _ => {}
        }
        outcome
    }

    pub(super) async fn send(
        &self,
        endpoint: &Arc<Endpoint>,
        method: &'static str,
        params: &Params<'_>,
    ) -> Result<String, Outcome> {
        let started = self.0.host.clock.ticks();
        let id = endpoint.count_request();
        let said = endpoint.wire.ask(id, method, params).await.map_err(Outcome::Next)?;
        self.heard(endpoint, started, said)
    }

    /// Takes note that an endpoint answered.
    pub(super) fn heard(
        &self,
        endpoint: &Arc<Endpoint>,
        started: u64,
        said: Said,
    ) -> Result<String, Outcome> {
        let millis = self.0.host.clock.ticks().saturating_sub(started);
        match said {
            Ok(raw) => {
                endpoint.answered(millis);
                Ok(raw)
            }
            Err(words) => {
                let refusal = classify(words).map_err(Outcome::Next)?;
                endpoint.answered(millis);
                Err(Outcome::Refused(RpcError::Node(refusal)))
            }
        }
    }
}

fn all_behind(faults: &[Option<Fault>]) -> bool {
    faults.iter().flatten().all(|fault| matches!(fault, Fault::NoBlock(_)))
}

fn is_missing_method(error: &RpcError) -> bool {
    error.node().is_some_and(|node| node.kind == super::node_text::NodeErrorKind::NoMethod)
}

/// What one endpoint does not have and another may: a method, an old state.
fn may_be_elsewhere(error: &RpcError) -> bool {
    use super::node_text::NodeErrorKind::{NoMethod, NoState};
    error.node().is_some_and(|node| matches!(node.kind, NoMethod | NoState))
}
