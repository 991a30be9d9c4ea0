use alloy_primitives::{Address, Bytes, U256};

use super::{proposals, proposals::ProposalRow};
use crate::{
    aztec::{
        Deployment,
        abi::{IGSE, IGovernance, IGovernanceProposer, IPayload},
        rules::Ballot,
    },
    chain::{At, Batch, BlockRef, Pool, ReadError, Reading},
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
    /// Power that the canonical rollup and the bonus instance have used: their default vote, which is yea.
    pub default_vote: Reading<U256>,
}

impl ProposalPage {
    /// Whether the contract says that there is no such proposal.
    pub fn is_missing(&self) -> bool {
        matches!(self.row.state.value, Err(ReadError::Reverted(_)))
    }

    /// Why it is not complete, when it is that nobody answered.
    pub fn unanswered(&self) -> Option<ReadError> {
        let row = self.row.proposal.unanswered().or_else(|| self.row.state.unanswered());
        row.or_else(|| self.actions.unanswered()).or_else(|| self.staked_ballot.unanswered())
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

/// Reads it. Four requests. Fails when there is no such proposal.
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
    let (payload, proposer) = row
        .proposal
        .get()
        .map_or((Address::ZERO, Address::ZERO), |found| (found.payload, found.standing.proposer));

    // apart from the rest: what a payload answers may be of any size, or no answer at all
    let mut own = Batch::new();
    let actions = own.add(payload, IPayload::getActionsCall {});
    let mut batch = Batch::new();
    let used = |delegatee| IGSE::getPowerUsedCall { _delegatee: delegatee, _proposalId: proposal_id };
    let rollup_used = batch.add(gse, used(contracts.canonical().address));
    let bonus_used = batch.add(gse, used(answers.value(bonus).unwrap_or_default()));
    let origin =
        batch.add(proposer, IGovernanceProposer::getProposalProposerCall { _proposalId: proposal_id });
    let (own, rest) = futures::join!(own.run(pool, &block), batch.run(pool, &block));

    let origin = if proposer == governance {
        Reading { value: Ok(Origin::Locked), source: row.proposal.source.clone() }
    } else {
        rest.get(origin).map(|rollup| Origin::Signalled { rollup })
    };
    let bonus_used = rest.value(bonus_used);
    let default_vote = rest.get(rollup_used).and_then(|used: U256| Ok(used.saturating_add(bonus_used?)));
    let actions = own.get(actions).map(|actions| {
        actions.into_iter().map(|action| Action { target: action.target, data: action.data }).collect()
    });
    let ballot = answers.get(ballot).map(|ballot| Ballot { yea: ballot.yea, nay: ballot.nay });
    let page = ProposalPage { row, origin, actions, staked_ballot: ballot, default_vote };
    Ok(At { block, value: page })
}
