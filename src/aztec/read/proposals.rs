use alloy_primitives::{Address, U256};

use crate::{
    aztec::{
        Deployment,
        abi::{self, IGovernance, IPayload},
        rules::{Ballot, Phases, ProposalState, Standing, Thresholds},
    },
    chain::{At, Batch, BlockRef, Pool, ReadError, Reading, Slot, Source, text},
};

/// One proposal as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalRow {
    /// Its number, from 0.
    pub id: u64,
    /// `getProposal(id)`.
    pub proposal: Reading<Proposal>,
    /// `getProposalState(id)`: the contract's own word.
    pub state: Reading<ProposalState>,
    /// The power that quorum is counted of, in token units: at the snapshot where that is past, otherwise now, which is
    /// a forecast.
    pub power: Reading<U256>,
    /// Whether `power` is a forecast.
    pub is_forecast: bool,
    /// The payload that was signalled, where the proposal's is a wrapper around it (`getOriginalPayload()`).
    pub original: Option<Address>,
    /// What the payload says about itself: `getURI()`, tamed. A stranger's words.
    pub uri: Reading<String>,
}

/// What a proposal is: its own copy of the rules, and its votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// What it executes.
    pub payload: Address,
    /// Unix seconds.
    pub creation: u64,
    /// Times, thresholds, votes, proposer.
    pub standing: Standing,
}

/// All proposals, newest first, and what they are counted against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposals {
    /// `proposalCount()`.
    pub count: Reading<u64>,
    /// `governanceProposer()`.
    pub proposer: Reading<Address>,
    /// All power of now: `totalPowerNow()`, token units.
    pub power: Reading<U256>,
    /// The rules that the next proposal will get: `getConfiguration()`.
    pub rules: Reading<Rules>,
    /// The newest first; not more than 500.
    pub rows: Vec<ProposalRow>,
}

/// Rules of a proposal that is created now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Its times if it were created at second 0.
    pub phases: Phases,
    /// What it must reach.
    pub thresholds: Thresholds,
    /// What proposing without signals locks, in token units.
    pub lock_amount: U256,
    /// For how many seconds.
    pub lock_delay: u64,
}

/// Proposals read at once.
const MOST: u64 = 500;

/// Characters of a URI that are kept.
pub(super) const URI_LENGTH: usize = 300;

impl Proposals {
    /// Why it is not complete, when it is that nobody answered.
    pub fn unanswered(&self) -> Option<ReadError> {
        let row = |row: &ProposalRow| row.proposal.unanswered().or_else(|| row.state.unanswered());
        self.count.unanswered().or_else(|| self.rows.iter().find_map(row))
    }
}

pub(super) fn small(number: U256) -> Result<u64, ReadError> {
    u64::try_from(number).map_err(|_error| ReadError::Decode)
}

fn proposal(raw: abi::Proposal) -> Result<Proposal, ReadError> {
    let config = raw.config;
    let delays = [config.votingDelay, config.votingDuration, config.executionDelay, config.gracePeriod];
    let [delay, duration, execution, grace] = delays.map(small);
    let creation = small(raw.creation)?;
    let standing = Standing {
        cached: ProposalState::from_number(raw.cachedState).ok_or(ReadError::Decode)?,
        proposer: raw.proposer,
        phases: Phases::new(creation, [delay?, duration?, execution?, grace?]),
        thresholds: Thresholds {
            quorum: config.quorum,
            required_yea_margin: config.requiredYeaMargin,
            minimum_votes: config.minimumVotes,
        },
        ballot: Ballot { yea: raw.summedBallot.yea, nay: raw.summedBallot.nay },
    };
    Ok(Proposal { payload: raw.payload, creation, standing })
}

fn rules(config: abi::Configuration) -> Result<Rules, ReadError> {
    let delays = [config.votingDelay, config.votingDuration, config.executionDelay, config.gracePeriod];
    let [delay, duration, execution, grace] = delays.map(small);
    Ok(Rules {
        phases: Phases::new(0, [delay?, duration?, execution?, grace?]),
        thresholds: Thresholds {
            quorum: config.quorum,
            required_yea_margin: config.requiredYeaMargin,
            minimum_votes: config.minimumVotes,
        },
        lock_amount: config.proposeConfig.lockAmount,
        lock_delay: small(config.proposeConfig.lockDelay)?,
    })
}

/// Reads them. Three requests: how many there are, what each is, and what each is counted against.
///
/// Never fails as a whole.
pub async fn proposals(pool: &Pool, contracts: &Deployment, block: BlockRef) -> At<Proposals> {
    let governance = contracts.governance;
    let mut batch = Batch::new();
    let count = batch.add(governance, IGovernance::proposalCountCall {});
    let proposer = batch.add(governance, IGovernance::governanceProposerCall {});
    let power = batch.add(governance, IGovernance::totalPowerNowCall {});
    let config = batch.add(governance, IGovernance::getConfigurationCall {});
    let answers = batch.run(pool, &block).await;
    let count = answers.get(count).and_then(small);
    let all = *count.get().unwrap_or(&0);
    let power = answers.get(power);
    let ids = (all.saturating_sub(MOST)..all).rev();
    let rows = rows(pool, contracts, ids, &power, block).await;
    let (proposer, rules) = (answers.get(proposer), answers.get(config).and_then(rules));
    At { block, value: Proposals { count, proposer, power, rules, rows } }
}

/// What is asked about a proposal once its payload and times are known.
struct Details {
    power: Option<Slot<U256>>,
    original: Slot<Address>,
    uri: Slot<String>,
}

/// Reads the rows of these proposals; `power_now` stands in for snapshots that are not past.
pub(super) async fn rows(
    pool: &Pool,
    contracts: &Deployment,
    ids: impl Iterator<Item = u64>,
    power_now: &Reading<U256>,
    block: BlockRef,
) -> Vec<ProposalRow> {
    let governance = contracts.governance;
    let mut batch = Batch::new();
    let slots: Vec<_> = ids
        .map(|id| {
            let number = U256::from(id);
            let proposal = batch.add(governance, IGovernance::getProposalCall { _proposalId: number });
            let state = batch.add(governance, IGovernance::getProposalStateCall { _proposalId: number });
            (id, proposal, state)
        })
        .collect();
    let answers = batch.run(pool, &block).await;
    let found: Vec<_> = slots
        .into_iter()
        .map(|(id, raw, state)| {
            let state = answers.get(state);
            let state = state.and_then(|number| ProposalState::from_number(number).ok_or(ReadError::Decode));
            (id, answers.get(raw).and_then(proposal), state)
        })
        .collect();

    let mut batch = Batch::new();
    let details: Vec<_> = found
        .iter()
        .map(|(_, proposal, _)| {
            // of a proposal that was not read, nothing is known; its answers are errors too
            let (payload, snapshot) = proposal
                .get()
                .map_or((Address::ZERO, 0), |found| (found.payload, found.standing.phases.pending));
            let past = snapshot < block.timestamp;
            let call = IGovernance::totalPowerAtCall { _ts: U256::from(snapshot) };
            Details {
                power: past.then(|| batch.add(governance, call)),
                original: batch.add(payload, IPayload::getOriginalPayloadCall {}),
                uri: batch.add(payload, IPayload::getURICall {}),
            }
        })
        .collect();
    let answers = batch.run(pool, &block).await;
    let is_wrapped = |proposal: &Reading<Proposal>| {
        proposal.get().is_some_and(|found| found.standing.proposer != governance)
    };
    let row = |((id, proposal, state), details): ((u64, Reading<Proposal>, _), Details)| {
        let power = details.power.map(|power| answers.get(power));
        ProposalRow {
            id,
            is_forecast: power.is_none(),
            power: power.unwrap_or_else(|| power_now.clone()),
            // any payload may say that it wraps another; only the governance proposer's wrappers are known to
            original: answers.value(details.original).ok().filter(|_| is_wrapped(&proposal)),
            uri: answers.get(details.uri).map(|uri| text::tame(&uri, URI_LENGTH)),
            proposal,
            state,
        }
    };
    found.into_iter().zip(details).map(row).collect()
}

impl ProposalRow {
    /// A figure that is computed from votes and power, when both were read.
    pub fn counted<T>(&self, formula: &'static str, count: impl FnOnce(&Proposal, U256) -> T) -> Reading<T> {
        let value = self.proposal.need().and_then(|proposal| Ok(count(&proposal, self.power.need()?)));
        let inputs = [("proposal", self.proposal.source.clone()), ("total power", self.power.source.clone())];
        Reading { value, source: Source::derived(formula, inputs) }
    }
}
