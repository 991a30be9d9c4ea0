use alloy_primitives::{Address, Bytes, U256};

use super::{proposals, proposals::ProposalRow};
use crate::{
    aztec::{
        Deployment,
        abi::{IGSE, IGovernance, IGovernanceProposer, IPayload},
        rules::Ballot,
    },
    chain::{At, Batch, BlockRef, Pool, ReadError, Reading, Source},
};

/// One proposal with everything that its page says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalPage {
    /// As in the list.
    pub row: ProposalRow,
    /// Where it comes from.
    pub origin: Reading<Origin>,
    /// What it would execute now: `getActions()` of its payload, the wrapper's last one included. Others may be answered
    /// at the time of execution.
    pub actions: Reading<Vec<Action>>,
    /// What the GSE voted, for all stake together: `getBallot(id, GSE)`.
    pub staked_ballot: Reading<Ballot>,
    /// Power that the rollup whose sequencers signalled and the bonus instance have used: their default vote, which is
    /// yea. Nothing where nobody signalled: then they cannot vote.
    pub default_vote: Reading<U256>,
    /// Power that the default vote could still cast: of that rollup, and of the bonus instance where it was with that
    /// rollup; at the snapshot where that is past, otherwise now.
    pub default_power: Reading<U256>,
}

impl ProposalPage {
    /// Whether the contract says that there is no such proposal.
    pub fn is_missing(&self) -> bool {
        matches!(self.row.state.value, Err(ReadError::Reverted(_)))
    }

    /// Why it is not complete, when it is that nobody answered.
    pub fn unanswered(&self) -> Option<ReadError> {
        let row = self.row.proposal.unanswered().or_else(|| self.row.state.unanswered());
        let votes = || self.default_vote.unanswered().or_else(|| self.default_power.unanswered());
        row.or_else(|| self.origin.unanswered())
            .or_else(|| self.actions.unanswered())
            .or_else(|| self.staked_ballot.unanswered())
            .or_else(votes)
    }
}

/// Who made a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The sequencers of this rollup signalled for it (`getProposalProposer(id)` of its own proposer).
    Signalled {
        /// Whose.
        rollup: Address,
    },
    /// Somebody locked tokens.
    Locked,
}

/// One call of a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// Whom it calls.
    pub target: Address,
    /// With what.
    pub data: Bytes,
}

/// Reads it. Six requests. Fails when there is no such proposal.
pub async fn proposal(
    pool: &Pool,
    contracts: &Deployment,
    id: u64,
    block: BlockRef,
) -> Result<At<ProposalPage>, ReadError> {
    let (governance, gse) = (contracts.governance, contracts.gse);
    let proposal_id = U256::from(id);
    let mut batch = Batch::new();
    let power = batch.add(governance, IGovernance::totalPowerNowCall {});
    let ballot = IGovernance::getBallotCall { _proposalId: proposal_id, _user: gse };
    let ballot = batch.add(governance, ballot);
    let bonus = batch.add(gse, IGSE::getBonusInstanceAddressCall {});
    let answers = batch.run(pool, &block).await;
    let rows = proposals::rows(pool, contracts, std::iter::once(id), &answers.get(power), block).await;
    let row = rows.into_iter().next().ok_or(ReadError::Incomplete)?;
    let payload = row.proposal.get().map_or(Address::ZERO, |found| found.payload);

    // apart from the rest: what a payload answers may be of any size, or no answer at all
    let mut own = Batch::new();
    let actions = own.add(payload, IPayload::getActionsCall {});
    let bonus = answers.get(bonus);
    let (own, (origin, by_default)) = futures::join!(own.run(pool, &block), async {
        let origin = origin(pool, contracts, &row, block).await;
        let by_default = by_default(pool, contracts, &row, (&origin, &bonus), block).await;
        (origin, by_default)
    });
    let actions = own.get(actions).map(|actions| {
        actions.into_iter().map(|action| Action { target: action.target, data: action.data }).collect()
    });
    let staked_ballot = answers.get(ballot).map(|ballot| Ballot { yea: ballot.yea, nay: ballot.nay });
    let (default_vote, default_power) = by_default;
    let page = ProposalPage { row, origin, actions, staked_ballot, default_vote, default_power };
    Ok(At { block, value: page })
}

/// Who made it: asked of its own proposer, for the proposer of today knows nothing of older ones.
async fn origin(pool: &Pool, contracts: &Deployment, row: &ProposalRow, block: BlockRef) -> Reading<Origin> {
    let proposer = row.proposal.get().map_or(Address::ZERO, |found| found.standing.proposer);
    if proposer == contracts.governance {
        return Reading { value: Ok(Origin::Locked), source: row.proposal.source.clone() };
    }
    let mut batch = Batch::new();
    let call = IGovernanceProposer::getProposalProposerCall { _proposalId: U256::from(row.id) };
    let origin = batch.add(proposer, call);
    batch.run(pool, &block).await.get(origin).map(|rollup| Origin::Signalled { rollup })
}

/// What the default vote has used, and what it could still cast.
async fn by_default(
    pool: &Pool,
    contracts: &Deployment,
    row: &ProposalRow,
    (origin, bonus): (&Reading<Origin>, &Reading<Address>),
    block: BlockRef,
) -> (Reading<U256>, Reading<U256>) {
    let known = || Ok((origin.need()?, bonus.need()?, row.proposal.need()?.standing.phases.pending));
    let (rollup, bonus, snapshot) = match known() {
        Ok((Origin::Signalled { rollup }, bonus, snapshot)) => (rollup, bonus, snapshot),
        Ok((Origin::Locked, ..)) => {
            let nothing = Reading { value: Ok(U256::ZERO), source: origin.source.clone() };
            return (nothing.clone(), nothing);
        }
        Err(error) => {
            let unread = Reading { value: Err(error), source: origin.source.clone() };
            return (unread.clone(), unread);
        }
    };
    let gse = contracts.gse;
    let (mut batch, moment) = (Batch::new(), U256::from(snapshot));
    let used = |delegatee| IGSE::getPowerUsedCall { _delegatee: delegatee, _proposalId: U256::from(row.id) };
    let used = [rollup, bonus].map(|delegatee| batch.add(gse, used(delegatee)));
    let (latest, power) = if block.timestamp <= snapshot {
        let power = [rollup, bonus].map(|of| batch.add(gse, IGSE::getVotingPowerCall { _delegatee: of }));
        (batch.add(gse, IGSE::getLatestRollupCall {}), power)
    } else {
        let power = |of| IGSE::getVotingPowerAtCall { _delegatee: of, _timestamp: moment };
        let power = [rollup, bonus].map(|of| batch.add(gse, power(of)));
        (batch.add(gse, IGSE::getLatestRollupAtCall { _timestamp: moment }), power)
    };
    let answers = batch.run(pool, &block).await;
    let [used, power] = [used, power].map(|slots| slots.map(|slot| answers.get(slot)));
    let latest = answers.get(latest);
    let both = |of: &[Reading<U256>; 2]| Ok(of[0].need()?.saturating_add(of[1].need()?));
    let of = |place: usize| -> Result<U256, ReadError> {
        Ok(power[place].need()?.saturating_sub(used[place].need()?))
    };
    let left = || -> Result<U256, ReadError> {
        let following = if latest.need()? == rollup { of(1)? } else { U256::ZERO };
        Ok(of(0)?.saturating_add(following))
    };
    let inputs = |of: &[Reading<U256>; 2]| {
        [("the rollup", of[0].source.clone()), ("the bonus instance", of[1].source.clone())]
    };
    let voted = Reading { value: both(&used), source: Source::derived("power used by both", inputs(&used)) };
    let formula = "power − power used, of the bonus instance only where it is with the rollup";
    (voted, Reading { value: left(), source: Source::derived(formula, inputs(&power)) })
}
