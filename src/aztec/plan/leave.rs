use alloy_primitives::Address;
use alloy_sol_types::SolCall;

use super::{PlanError, Setting};
use crate::{
    aztec::{Rollup, abi::IRollup, model::ExitView},
    tx::{Call, Plan, Step},
    units::format,
};

fn plan(setting: &Setting<'_>, rollup: &Rollup, title: String, data: Vec<u8>) -> Result<Plan, PlanError> {
    if setting.contracts.blocking().next().is_some() {
        return Err(PlanError::ContractsDisagree);
    }
    Ok(Plan {
        network: setting.network.to_owned(),
        chain_id: setting.contracts.chain_id,
        from: setting.from,
        read_at: setting.read_at,
        steps: vec![Step { title: title.clone(), call: Call::new(rollup.address, data) }],
        title,
        allowance: None,
    })
}

/// Starts an exit (`Rollup.initiateWithdraw`), or names the recipient of one that an ejection started. Only the
/// withdrawer may. `rollup` is where the stake is now, which need not be where it was deposited.
///
/// A withdrawer that is a contract, as a vault's staker is, exits by a call of its own.
pub fn start_exit(
    setting: &Setting<'_>,
    rollup: &Rollup,
    attester: Address,
    withdrawer: Address,
    recipient: Address,
) -> Result<Plan, PlanError> {
    if withdrawer != setting.from {
        return Err(PlanError::NotWithdrawer(withdrawer));
    }
    let call = IRollup::initiateWithdrawCall { _attester: attester, _recipient: recipient };
    plan(setting, rollup, format!("Start the exit of {}", format::short_address(attester)), call.abi_encode())
}

/// Pays an exit out (`Rollup.finalizeWithdraw`) to the recipient that its withdrawer named. Anybody may. `rollup` holds
/// the exit's record: exits do not move with upgrades.
pub fn finish_exit(
    setting: &Setting<'_>,
    rollup: &Rollup,
    attester: Address,
    exit: &ExitView,
) -> Result<Plan, PlanError> {
    if exit.recipient.is_none() {
        return Err(PlanError::NoRecipient);
    }
    let end = exit.ends_at().map_err(|_error| PlanError::NotRead("when governance lets go"))?;
    if setting.read_at.timestamp < end {
        return Err(PlanError::NotYet(end));
    }
    let call = IRollup::finalizeWithdrawCall { _attester: attester };
    plan(
        setting,
        rollup,
        format!("Finalise the exit of {}", format::short_address(attester)),
        call.abi_encode(),
    )
}
