use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;

use super::{PlanError, Setting};
use crate::{
    aztec::{
        abi::{IERC20, IGSE, IGovernance, IGovernanceProposer, IRollup},
        read::{Backing, Usable},
        rules::ProposalState,
    },
    tx::{Allowance, Call, Plan, Step},
    units::format,
};

fn plan(setting: &Setting<'_>, title: String, steps: Vec<Step>) -> Result<Plan, PlanError> {
    let contracts = setting.contracts;
    if contracts.blocking().next().is_some() {
        return Err(PlanError::ContractsDisagree);
    }
    Ok(setting.plan(title, steps))
}

fn single(setting: &Setting<'_>, title: String, to: Address, call: impl SolCall) -> Result<Plan, PlanError> {
    let step = Step { title: title.clone(), call: Call::new(to, call.abi_encode()) };
    plan(setting, title, vec![step])
}

/// Deposits tokens into Governance, where they are voting power of the signer: an exact approval where the allowance is
/// too small, then `deposit`.
pub fn deposit(setting: &Setting<'_>, amount: U256, held: U256, allowance: U256) -> Result<Plan, PlanError> {
    let contracts = setting.contracts;
    if amount.is_zero() {
        return Err(PlanError::NoAmount);
    }
    if held < amount {
        return Err(PlanError::NotEnoughTokens { needed: amount, held });
    }
    let said = contracts.token.amount(amount);
    let mut steps = Vec::new();
    if allowance < amount {
        let approve = IERC20::approveCall { spender: contracts.governance, value: amount };
        let call = Call::new(contracts.token.address, approve.abi_encode());
        steps.push(Step { title: format!("Approve {said}"), call });
    }
    let deposit = IGovernance::depositCall { _beneficiary: setting.from, _amount: amount };
    let call = Call::new(contracts.governance, deposit.abi_encode());
    steps.push(Step { title: format!("Deposit {said}"), call });
    let plan = plan(setting, format!("Deposit {said} into Governance"), steps)?;
    let allowance = Allowance { token: contracts.token.address, spender: contracts.governance };
    Ok(Plan { allowance: Some(allowance), ..plan })
}

/// Which of an account's two purses votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purse {
    /// Tokens deposited in Governance: `Governance.vote`.
    Deposited,
    /// Stake that was delegated to the account: `GSE.vote`.
    Delegated,
}

/// Votes with some of a purse. What was voted stays voted.
pub fn vote(
    setting: &Setting<'_>,
    id: u64,
    purse: Purse,
    usable: &Usable,
    amount: U256,
    support: bool,
) -> Result<Plan, PlanError> {
    let contracts = setting.contracts;
    if amount.is_zero() {
        return Err(PlanError::NoAmount);
    }
    if usable.is_forecast {
        return Err(PlanError::NotVotingYet);
    }
    let held = usable.left();
    if held < amount {
        return Err(PlanError::NotEnoughPower { needed: amount, held });
    }
    let title = format!(
        "Vote {} on proposal {id} with {}",
        if support { "yea" } else { "nay" },
        contracts.token.amount(amount)
    );
    let proposal = U256::from(id);
    match purse {
        Purse::Deposited => {
            let call = IGovernance::voteCall { _proposalId: proposal, _amount: amount, _support: support };
            single(setting, title, contracts.governance, call)
        }
        Purse::Delegated => {
            let call = IGSE::voteCall { _proposalId: proposal, _amount: amount, _support: support };
            single(setting, title, contracts.gse, call)
        }
    }
}

/// Gives the vote of one's stake to somebody, on the instance that holds it: anywhere else the call would succeed and
/// move nothing.
pub fn delegate_vote(setting: &Setting<'_>, stake: &Backing, delegatee: Address) -> Result<Plan, PlanError> {
    let instance = stake.instance.ok_or(PlanError::NoStake)?;
    if stake.delegatee == delegatee {
        return Err(PlanError::SameValue);
    }
    let call = IGSE::delegateCall { _instance: instance, _attester: stake.attester, _delegatee: delegatee };
    let whom = if delegatee == setting.from {
        "yourself".to_owned()
    } else if delegatee == instance {
        "its rollup".to_owned()
    } else {
        format::short_address(delegatee)
    };
    let attester = format::short_address(stake.attester);
    single(setting, format!("Delegate the vote of {attester} to {whom}"), setting.contracts.gse, call)
}

/// Gives the votes of several stakes to one account, or with `None` back to the instances that hold them: a step for each,
/// for the GSE asks who sends. Those that are there already are left out.
pub fn delegate_votes(
    setting: &Setting<'_>,
    stakes: &[Backing],
    delegatee: Option<Address>,
) -> Result<Plan, PlanError> {
    let mut steps = Vec::new();
    for stake in stakes {
        let Some(to) = delegatee.or(stake.instance) else { continue };
        match delegate_vote(setting, stake, to) {
            Ok(plan) => steps.extend(plan.steps),
            // nothing to delegate, or nothing to change
            Err(PlanError::NoStake | PlanError::SameValue) => {}
            Err(error) => return Err(error),
        }
    }
    if steps.is_empty() {
        return Err(PlanError::SameValue);
    }
    let whom = match delegatee {
        Some(to) if to == setting.from => "yourself".to_owned(),
        Some(to) => format::short_address(to),
        None => "its rollup".to_owned(),
    };
    let count = format::plural(steps.len() as u64, "stake");
    plan(setting, format!("Delegate the votes of {count} to {whom}"), steps)
}

/// What proposing without signals takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lock {
    /// `proposeConfig.lockAmount`, token units.
    pub amount: U256,
    /// Power that the signer has deposited.
    pub deposited: U256,
    /// Tokens that the signer holds.
    pub held: U256,
    /// What the GSE may take of them.
    pub allowance: U256,
}

/// Proposes a payload without signals. Locks deposited power where there is enough of it; otherwise tokens, through the GSE,
/// with an exact approval where its allowance is too small. `returns_to` gets them back after the delay.
pub fn propose_with_lock(
    setting: &Setting<'_>,
    payload: Address,
    returns_to: Address,
    lock: &Lock,
) -> Result<Plan, PlanError> {
    let contracts = setting.contracts;
    let title = format!(
        "Propose {} with {} locked",
        format::short_address(payload),
        contracts.token.amount(lock.amount)
    );
    if lock.deposited >= lock.amount {
        let call = IGovernance::proposeWithLockCall { _payload: payload, _to: returns_to };
        return single(setting, title, contracts.governance, call);
    }
    if lock.held < lock.amount {
        return Err(PlanError::NotEnoughTokens { needed: lock.amount, held: lock.held });
    }
    let mut steps = Vec::new();
    if lock.allowance < lock.amount {
        let approve = IERC20::approveCall { spender: contracts.gse, value: lock.amount };
        let call = Call::new(contracts.token.address, approve.abi_encode());
        steps.push(Step { title: format!("Approve {}", contracts.token.amount(lock.amount)), call });
    }
    let call = IGSE::proposeWithLockCall { _payload: payload, _to: returns_to };
    steps.push(Step { title: title.clone(), call: Call::new(contracts.gse, call.abi_encode()) });
    let plan = plan(setting, title, steps)?;
    let allowance = Allowance { token: contracts.token.address, spender: contracts.gse };
    Ok(Plan { allowance: Some(allowance), ..plan })
}

/// Begins to take tokens out of Governance. Their power is gone at once; they are paid out after the delay.
pub fn initiate_withdraw(
    setting: &Setting<'_>,
    to: Address,
    amount: U256,
    held: U256,
) -> Result<Plan, PlanError> {
    if amount.is_zero() {
        return Err(PlanError::NoAmount);
    }
    if held < amount {
        return Err(PlanError::NotEnoughPower { needed: amount, held });
    }
    let call = IGovernance::initiateWithdrawCall { _to: to, _amount: amount };
    let title = format!("Begin to withdraw {}", setting.contracts.token.amount(amount));
    single(setting, title, setting.contracts.governance, call)
}

/// Pays out a withdrawal whose delay is over. Anybody may.
pub fn finalise_withdraw(setting: &Setting<'_>, withdrawal: u64, unlocks_at: u64) -> Result<Plan, PlanError> {
    if setting.read_at.timestamp < unlocks_at {
        return Err(PlanError::NotUntil(unlocks_at));
    }
    let call = IGovernance::finalizeWithdrawCall { _withdrawalId: U256::from(withdrawal) };
    single(setting, format!("Pay out withdrawal {withdrawal}"), setting.contracts.governance, call)
}

/// Makes the winner of a round a proposal. Anybody may.
pub fn submit_round(setting: &Setting<'_>, round: u64) -> Result<Plan, PlanError> {
    let proposer = setting.contracts.governance_proposer;
    let proposer = proposer.ok_or(PlanError::NotRead("the governance proposer"))?;
    let call = IGovernanceProposer::submitRoundWinnerCall { _roundNumber: U256::from(round) };
    single(setting, format!("Submit the winner of round {}", format::count(round)), proposer, call)
}

/// Triggers the vote of the stake that was left with the canonical rollup: all of it, yea. Anybody may, once.
pub fn default_vote(setting: &Setting<'_>, id: u64) -> Result<Plan, PlanError> {
    let call = IRollup::voteCall { _proposalId: U256::from(id) };
    let title = format!("Trigger the default vote on proposal {id}");
    single(setting, title, setting.contracts.canonical().address, call)
}

/// Executes a proposal, or drops it, whichever its state allows. Anybody may.
pub fn settle(setting: &Setting<'_>, id: u64, state: ProposalState) -> Result<Plan, PlanError> {
    let (governance, number) = (setting.contracts.governance, U256::from(id));
    match state {
        ProposalState::Executable => {
            let call = IGovernance::executeCall { _proposalId: number };
            single(setting, format!("Execute proposal {id}"), governance, call)
        }
        ProposalState::Droppable => {
            let call = IGovernance::dropProposalCall { _proposalId: number };
            single(setting, format!("Drop proposal {id}"), governance, call)
        }
        _ => Err(PlanError::NothingToSettle),
    }
}
