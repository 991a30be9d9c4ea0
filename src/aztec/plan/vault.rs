use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;

use super::{PlanError, Setting, StakeFigures, StakeIntent, stake::check_keys};
use crate::{
    aztec::{
        Rollup,
        abi::{IATP, IStaker},
        read::{Backing, Usable},
        vaults::{Ability, Vault},
    },
    tx::{Call, Plan, Step},
    units::format,
};

/// What a token vault does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The signer is not the beneficiary.
    #[error("only the beneficiary {0} can do this")]
    NotBeneficiary(Address),
    /// The signer is not the operator; zero is nobody.
    #[error("only the operator {0} can do this")]
    NotOperator(Address),
    /// The type pays out by no claim.
    #[error("this type of vault is never claimable")]
    NeverClaimable,
    /// `getClaimable` is 0.
    #[error("nothing can be claimed now")]
    NothingUnlocked,
    /// The registry lets nobody stake before this Unix second.
    #[error("no staking before {0}")]
    NotApprovableBefore(u64),
    /// A part of it may still be revoked.
    #[error("needs {needed}, {stakeable} can be staked")]
    StakeableOnly {
        /// In token units.
        stakeable: U256,
        /// In token units.
        needed: U256,
    },
    /// The vault holds less.
    #[error("needs {needed}, the vault holds {held}")]
    HoldsOnly {
        /// In token units.
        held: U256,
        /// In token units.
        needed: U256,
    },
    /// Its milestone failed.
    #[error("the vault was revoked")]
    Revoked,
    /// No staker that the registry offers last, nor the present one, can do it.
    #[error("no staker of this vault can do this")]
    NoFunction,
    /// The staker cannot do it, the newest one could: the beneficiary has to upgrade it.
    #[error("the beneficiary {0} has to upgrade the staker")]
    NeedsUpgrade(Address),
    /// The beneficiary has to approve the amount.
    #[error("the beneficiary {0} has to approve the staker")]
    NeedsApproval(Address),
    /// The staker holds nothing.
    #[error("the staker holds nothing")]
    NothingToReturn,
    /// `hasStaked()` is false.
    #[error("the staker has never staked")]
    NeverStaked,
    /// The staker empties the vault from this Unix second on.
    #[error("not before {0}")]
    NotBefore(u64),
    /// The delegatee would be a staker, which cannot call `GSE.vote`.
    #[error("a staker cannot vote")]
    StakerCannotVote,
}

fn plan(setting: &Setting<'_>, title: String, steps: Vec<Step>) -> Result<Plan, PlanError> {
    let contracts = setting.contracts;
    if contracts.blocking().next().is_some() {
        return Err(PlanError::ContractsDisagree);
    }
    Ok(Plan {
        network: setting.network.to_owned(),
        chain_id: contracts.chain_id,
        from: setting.from,
        read_at: setting.read_at,
        steps,
        title,
        allowance: None,
    })
}

fn step(title: impl Into<String>, to: Address, call: impl SolCall) -> Step {
    Step { title: title.into(), call: Call::new(to, call.abi_encode()) }
}

fn of_beneficiary(setting: &Setting<'_>, vault: &Vault) -> Result<(), PlanError> {
    if setting.from == vault.beneficiary {
        Ok(())
    } else {
        Err(VaultError::NotBeneficiary(vault.beneficiary).into())
    }
}

fn operator(vault: &Vault) -> Result<Address, PlanError> {
    vault.operator.get().copied().ok_or(PlanError::NotRead("the vault’s operator"))
}

fn can(vault: &Vault, ability: Ability) -> Result<bool, PlanError> {
    vault.can(ability).map_err(|_error| PlanError::NotRead("what the vault’s staker can do"))
}

/// What the staker lacks, if the newest one that its registry offers has it.
fn upgrade(vault: &Vault, ability: Ability) -> Result<Option<Step>, PlanError> {
    if can(vault, ability)? {
        return Ok(None);
    }
    let newest = vault.staker.newest_can.get().copied();
    let newest = newest.ok_or(PlanError::NotRead("what the newest staker can do"))?;
    if !newest.has(ability) {
        return Err(VaultError::NoFunction.into());
    }
    to_newest(vault).map(Some)
}

fn to_newest(vault: &Vault) -> Result<Step, PlanError> {
    let version = vault.newest().ok_or(PlanError::NotRead("the stakers that the vault’s registry offers"))?;
    let call = IATP::upgradeStakerCall { _version: U256::from(version) };
    Ok(step(format!("Upgrade the staker to version {version}"), vault.address, call))
}

/// Who has to sign next for something that a staker does, with `needed` tokens of the vault: the beneficiary while it has to
/// be prepared, then the operator. `None` while that was not read.
pub fn vault_signer(vault: &Vault, ability: Ability, needed: U256) -> Option<Address> {
    let operator = *vault.operator.get()?;
    let ready = vault.can(ability).ok()? && *vault.staker.allowance.get()? >= needed;
    Some(if ready && !operator.is_zero() { operator } else { vault.beneficiary })
}

/// What has to be done before the operator's own call, by whoever signs: the beneficiary upgrades a staker that cannot do
/// it, becomes operator where nobody is, and approves what the call takes of the vault. With another operator only the
/// preparation is the beneficiary's; then `false`.
fn prepared(
    setting: &Setting<'_>,
    vault: &Vault,
    ability: Ability,
    needed: U256,
) -> Result<(Vec<Step>, bool), PlanError> {
    let (from, operator) = (setting.from, operator(vault)?);
    let upgrade = upgrade(vault, ability)?;
    if upgrade.is_some() && from != vault.beneficiary {
        return Err(VaultError::NeedsUpgrade(vault.beneficiary).into());
    }
    if operator != from && from != vault.beneficiary {
        return Err(VaultError::NotOperator(operator).into());
    }
    let approval = approval(setting, vault, needed)?;
    let becomes = (operator != from && operator.is_zero()).then(|| become_operator(vault, from));
    let may = operator == from || becomes.is_some();
    let steps: Vec<Step> = [upgrade, becomes, approval].into_iter().flatten().collect();
    if !may && steps.is_empty() {
        return Err(VaultError::NotOperator(operator).into());
    }
    Ok((steps, may))
}

fn become_operator(vault: &Vault, from: Address) -> Step {
    let call = IATP::updateStakerOperatorCall { _operator: from };
    step("Become the vault’s operator", vault.address, call)
}

/// One call of the staker that takes `needed` of the vault, after what has to be done to be able to make it. Where the
/// signer may only prepare it, the plan is the preparation, and says so.
fn operate(
    setting: &Setting<'_>,
    vault: &Vault,
    (ability, needed): (Ability, U256),
    title: String,
    call: impl SolCall,
) -> Result<Plan, PlanError> {
    let last = step(title.clone(), vault.staker.address, call);
    operate_all(setting, vault, (ability, needed), title, vec![last])
}

/// The same with several calls of the staker.
fn operate_all(
    setting: &Setting<'_>,
    vault: &Vault,
    (ability, needed): (Ability, U256),
    title: String,
    calls: Vec<Step>,
) -> Result<Plan, PlanError> {
    let (mut steps, may) = prepared(setting, vault, ability, needed)?;
    if may {
        steps.extend(calls);
        return plan(setting, title, steps);
    }
    let title = match steps.as_slice() {
        [only] => only.title.clone(),
        _ => "Prepare the vault’s staker".to_owned(),
    };
    plan(setting, title, steps)
}

/// Pays out to the beneficiary what is unlocked (`ATP.claim`).
pub fn vault_claim(setting: &Setting<'_>, vault: &Vault) -> Result<Plan, PlanError> {
    let claimable = vault.to_claim().ok_or(VaultError::NeverClaimable)?;
    let amount = *claimable.get().ok_or(PlanError::NotRead("what can be claimed"))?;
    if amount.is_zero() {
        return Err(VaultError::NothingUnlocked.into());
    }
    of_beneficiary(setting, vault)?;
    let title = format!("Claim {} from the vault", setting.contracts.token.amount(amount));
    let steps = vec![step(title.clone(), vault.address, IATP::claimCall {})];
    plan(setting, title, steps)
}

/// Gives the staker the newest implementation that the vault's registry offers.
pub fn vault_upgrade(setting: &Setting<'_>, vault: &Vault) -> Result<Plan, PlanError> {
    of_beneficiary(setting, vault)?;
    if vault.is_newest() == Some(true) {
        return Err(PlanError::SameValue);
    }
    let upgrade = to_newest(vault)?;
    plan(setting, upgrade.title.clone(), vec![upgrade])
}

/// Says who may call the vault's staker.
pub fn vault_operator(setting: &Setting<'_>, vault: &Vault, to: Address) -> Result<Plan, PlanError> {
    of_beneficiary(setting, vault)?;
    if operator(vault)? == to {
        return Err(PlanError::SameValue);
    }
    let title = format!("Make {} the vault’s operator", format::short_address(to));
    let call = IATP::updateStakerOperatorCall { _operator: to };
    let steps = vec![step(title.clone(), vault.address, call)];
    plan(setting, title, steps)
}

/// What the staker is allowed to take has to be exact: the vault keeps one allowance for everything.
fn approval(setting: &Setting<'_>, vault: &Vault, needed: U256) -> Result<Option<Step>, PlanError> {
    let allowance = *vault.staker.allowance.get().ok_or(PlanError::NotRead("the staker’s allowance"))?;
    if allowance >= needed {
        return Ok(None);
    }
    if setting.from != vault.beneficiary {
        return Err(VaultError::NeedsApproval(vault.beneficiary).into());
    }
    let from =
        *vault.approvable_at.get().ok_or(PlanError::NotRead("when the vault lets its tokens be staked"))?;
    if setting.read_at.timestamp < from {
        return Err(VaultError::NotApprovableBefore(from).into());
    }
    let stakeable = *vault.stakeable.get().ok_or(PlanError::NotRead("what can be staked of the vault"))?;
    if stakeable < needed {
        return Err(VaultError::StakeableOnly { stakeable, needed }.into());
    }
    let title = format!("Approve {} for the vault’s staker", setting.contracts.token.amount(needed));
    Ok(Some(step(title, vault.address, IATP::approveStakerCall { _allowance: needed })))
}

fn holds(vault: &Vault, needed: U256) -> Result<(), PlanError> {
    let held = *vault.balance.get().ok_or(PlanError::NotRead("the vault’s balance"))?;
    if held < needed { Err(VaultError::HoldsOnly { held, needed }.into()) } else { Ok(()) }
}

/// Stakes tokens of a vault with a provider, in one run: the staker's upgrade, the operator, the allowance, then one
/// `stakeWithProvider` for each sequencer. What is done already is left out.
///
/// The withdrawer is the staker, whatever `intent` says, and `figures` are those of the provider: the tokens are the
/// vault's. `take_over` makes the beneficiary operator where somebody else is. Without that, and where another account is
/// operator, the plan of the beneficiary ends with the allowance.
pub fn vault_stake(
    setting: &Setting<'_>,
    vault: &Vault,
    intent: &StakeIntent,
    figures: &StakeFigures,
    take_over: bool,
) -> Result<Plan, PlanError> {
    let (contracts, count) = (setting.contracts, intent.sequencers);
    if count == 0 {
        return Err(PlanError::NothingChosen);
    }
    if count > figures.open_slots {
        return Err(PlanError::NotEnoughKeys(figures.open_slots));
    }
    if intent.follow_upgrades && contracts.can_follow() != Some(true) {
        return Err(PlanError::CannotFollow);
    }
    let needed = figures.activation_threshold.checked_mul(U256::from(count));
    let needed = needed.ok_or(PlanError::NothingChosen)?;
    holds(vault, needed)?;
    check_keys(&figures.keys, count)?;
    let (from, operator) = (setting.from, operator(vault)?);
    let (is_owner, is_operator) = (from == vault.beneficiary, from == operator);
    if !is_owner && !is_operator {
        return Err(VaultError::NotBeneficiary(vault.beneficiary).into());
    }
    let mut steps = Vec::new();
    if let Some(step) = upgrade(vault, Ability::StakeWithProvider)? {
        if !is_owner {
            return Err(VaultError::NeedsUpgrade(vault.beneficiary).into());
        }
        steps.push(step);
    }
    let becomes = is_owner && !is_operator && (operator.is_zero() || take_over);
    if becomes {
        steps.push(become_operator(vault, from));
    }
    steps.extend(approval(setting, vault, needed)?);
    let amount = contracts.token.amount(needed);
    if !is_operator && !becomes {
        if steps.is_empty() {
            return Err(VaultError::NotOperator(operator).into());
        }
        return plan(setting, format!("Prepare to stake {amount} from the vault"), steps);
    }
    let stake = IStaker::stakeWithProviderCall {
        _rollupVersion: contracts.canonical().version,
        _providerIdentifier: U256::from(intent.provider_id),
        _expectedProviderTakeRate: intent.take_rate.get(),
        _userRewardsRecipient: intent.rewards_recipient,
        _moveWithLatestRollup: intent.follow_upgrades,
    };
    for number in 1..=count {
        let title = match count {
            1 => "Stake from the vault".to_owned(),
            _ => format!("Stake, sequencer {} of {}", format::count(number), format::count(count)),
        };
        steps.push(step(title, vault.staker.address, stake.clone()));
    }
    plan(setting, format!("Delegate {amount} from the vault to {}", intent.provider), steps)
}

/// Starts an exit, or names where a zombie's stake goes: to the vault. A staker without an exit is upgraded first.
pub fn vault_exit(
    setting: &Setting<'_>,
    rollup: &Rollup,
    vault: &Vault,
    attester: Address,
) -> Result<Plan, PlanError> {
    let call = IStaker::initiateWithdrawCall { _rollupVersion: rollup.version, _attester: attester };
    let title = format!("Start the exit of {}", format::short_address(attester));
    operate(setting, vault, (Ability::Exit, U256::ZERO), title, call)
}

/// Sends to the vault what its staker holds itself, as it does after a deposit that failed.
pub fn vault_return(setting: &Setting<'_>, vault: &Vault) -> Result<Plan, PlanError> {
    let held = *vault.staker.holds.get().ok_or(PlanError::NotRead("what the staker holds"))?;
    if held.is_zero() {
        return Err(VaultError::NothingToReturn.into());
    }
    let title = format!("Return {} to the vault", setting.contracts.token.amount(held));
    operate(setting, vault, (Ability::Return, U256::ZERO), title, IStaker::moveFundsBackToATPCall {})
}

/// Pays out all that is in the vault to its beneficiary, through its staker. Only that way does a vault that is never
/// claimable pay out. The staker must have staked once, its time must have come, and it must be allowed to take all of it.
pub fn vault_empty(setting: &Setting<'_>, vault: &Vault) -> Result<Plan, PlanError> {
    let held = *vault.balance.get().ok_or(PlanError::NotRead("the vault’s balance"))?;
    if held.is_zero() {
        return Err(VaultError::HoldsOnly { held, needed: U256::ONE }.into());
    }
    if !can(vault, Ability::Empty)? {
        // an upgrade brings the function, not the stake that it wants to have seen
        upgrade(vault, Ability::Empty)?;
        return Err(VaultError::NeedsUpgrade(vault.beneficiary).into());
    }
    let has_staked =
        vault.staker.has_staked.get().ok_or(PlanError::NotRead("whether the staker has staked"))?;
    if !has_staked {
        return Err(VaultError::NeverStaked.into());
    }
    let from =
        *vault.staker.empties_at.get().ok_or(PlanError::NotRead("from when on the vault can be emptied"))?;
    if setting.read_at.timestamp < from {
        return Err(VaultError::NotBefore(from).into());
    }
    let title = format!("Withdraw {} from the vault", setting.contracts.token.amount(held));
    let call = IStaker::withdrawAllTokensToBeneficiaryCall {};
    operate(setting, vault, (Ability::Empty, held), title, call)
}

/// Gives the vote of stake of a vault to a wallet. Of stake that follows upgrades only a staker can that looks for the
/// instance which holds it: another one's call succeeds and moves nothing.
pub fn vault_voter(
    setting: &Setting<'_>,
    vault: &Vault,
    rollup: &Rollup,
    stake: &Backing,
    delegatee: Address,
) -> Result<Plan, PlanError> {
    let instance = stake.instance.ok_or(PlanError::NoStake)?;
    if stake.delegatee == delegatee {
        return Err(PlanError::SameValue);
    }
    if delegatee == vault.staker.address || delegatee == vault.address {
        return Err(VaultError::StakerCannotVote.into());
    }
    let ability = if instance == rollup.address { Ability::Delegate } else { Ability::DelegateFollowing };
    let call = IStaker::delegateCall {
        _rollupVersion: rollup.version,
        _attester: stake.attester,
        _delegatee: delegatee,
    };
    let title = format!("Let {} vote with the stake", format::short_address(delegatee));
    operate(setting, vault, (ability, U256::ZERO), title, call)
}

/// Deposits tokens of the vault into Governance, where they are voting power of its staker.
pub fn vault_deposit(setting: &Setting<'_>, vault: &Vault, amount: U256) -> Result<Plan, PlanError> {
    if amount.is_zero() {
        return Err(PlanError::NoAmount);
    }
    holds(vault, amount)?;
    let title = format!("Deposit {} of the vault into Governance", setting.contracts.token.amount(amount));
    let call = IStaker::depositIntoGovernanceCall { _amount: amount };
    operate(setting, vault, (Ability::Deposit, amount), title, call)
}

/// Votes with what the staker deposited. What was voted stays voted.
pub fn vault_vote(
    setting: &Setting<'_>,
    vault: &Vault,
    id: u64,
    usable: &Usable,
    amount: U256,
    support: bool,
) -> Result<Plan, PlanError> {
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
    let word = if support { "yea" } else { "nay" };
    let title = format!("Vote {word} on proposal {id} with {}", setting.contracts.token.amount(amount));
    let call =
        IStaker::voteInGovernanceCall { _proposalId: U256::from(id), _amount: amount, _support: support };
    operate(setting, vault, (Ability::Vote, U256::ZERO), title, call)
}

/// Begins to take tokens out of Governance, back to the vault. Their power is gone at once.
pub fn vault_back(setting: &Setting<'_>, vault: &Vault, amount: U256) -> Result<Plan, PlanError> {
    if amount.is_zero() {
        return Err(PlanError::NoAmount);
    }
    let held = *vault.staker.power.get().ok_or(PlanError::NotRead("the staker’s voting power"))?;
    if held < amount {
        return Err(PlanError::NotEnoughPower { needed: amount, held });
    }
    let title = format!("Begin to withdraw {} to the vault", setting.contracts.token.amount(amount));
    operate(
        setting,
        vault,
        (Ability::Withdraw, U256::ZERO),
        title,
        IStaker::initiateWithdrawFromGovernanceCall { _amount: amount },
    )
}

/// Of two abilities that are both needed, the one that decides about an upgrade: one that the staker lacks, if any. The
/// newest staker takes the place of the present one, so it has to have both.
fn with_both(vault: &Vault, both: [Ability; 2]) -> Result<Ability, PlanError> {
    let [first, second] = both;
    let lacking = match (upgrade(vault, first)?, upgrade(vault, second)?) {
        (None, None) => return Ok(first),
        (Some(_), _) => first,
        (None, Some(_)) => second,
    };
    let newest = vault.staker.newest_can.get();
    let newest = newest.ok_or(PlanError::NotRead("what the newest staker can do"))?;
    if both.iter().all(|ability| newest.has(*ability)) {
        Ok(lacking)
    } else {
        Err(VaultError::NoFunction.into())
    }
}

/// Proposes a payload by locking `amount` of power that the staker has in Governance; what it lacks of that is deposited from
/// the vault before. Who gets the lock back is written in the staker's code: the simulation tells it.
pub fn vault_propose(
    setting: &Setting<'_>,
    vault: &Vault,
    payload: Address,
    amount: U256,
) -> Result<Plan, PlanError> {
    let power = *vault.staker.power.get().ok_or(PlanError::NotRead("the staker’s voting power"))?;
    let token = &setting.contracts.token;
    let missing = amount.saturating_sub(power);
    let mut ability = Ability::Propose;
    let mut calls = Vec::new();
    if !missing.is_zero() {
        holds(vault, missing)?;
        ability = with_both(vault, [Ability::Propose, Ability::Deposit])?;
        let deposit = IStaker::depositIntoGovernanceCall { _amount: missing };
        let title = format!("Deposit {} of the vault into Governance", token.amount(missing));
        calls.push(step(title, vault.staker.address, deposit));
    }
    let title = format!(
        "Propose {} with {} of the vault locked",
        format::short_address(payload),
        token.amount(amount)
    );
    let propose = IStaker::proposeWithLockCall { _payload: payload };
    calls.push(step(title.clone(), vault.staker.address, propose));
    operate_all(setting, vault, (ability, missing), title, calls)
}
