use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;

use super::{PlanError, Setting};
use crate::{
    aztec::{
        Deployment,
        abi::{IERC20, IRollup, KeyStore},
    },
    tx::{Allowance, Call, Plan, Step},
    units::format,
};

/// What somebody chose who stakes with sequencers of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnIntent {
    /// The sequencers' public keys, each judged before ([`crate::aztec::keys::judge`]).
    pub keys: Vec<KeyStore>,
    /// Who may exit and vote, for ever.
    pub withdrawer: Address,
    /// Whether the stake moves to the next rollup when governance adopts one.
    pub follow_upgrades: bool,
}

/// What the chain said when they chose, in token units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnFigures {
    /// What one sequencer stakes.
    pub activation_threshold: U256,
    /// Tokens of the signer.
    pub tokens: U256,
    /// What the rollup may take of them already.
    pub allowance: U256,
}

/// Stakes with sequencers of one's own: an exact approval where the allowance is too small, then one `deposit` on the
/// current rollup for each key.
///
/// The rollup takes the tokens from the signer, one activation threshold per call. It checks no key: a bad one waits in
/// the entry queue, fails there and is paid back to the withdrawer.
pub fn stake_own(setting: &Setting<'_>, intent: &OwnIntent, figures: &OwnFigures) -> Result<Plan, PlanError> {
    let contracts = setting.contracts;
    if contracts.blocking().next().is_some() {
        return Err(PlanError::ContractsDisagree);
    }
    if intent.keys.is_empty() {
        return Err(PlanError::NoKeys);
    }
    if intent.follow_upgrades && contracts.can_follow() != Some(true) {
        return Err(PlanError::CannotFollow);
    }
    let count = intent.keys.len() as u64;
    let held = figures.tokens;
    let needed = figures.activation_threshold.checked_mul(U256::from(count)).unwrap_or(U256::MAX);
    if held < needed {
        return Err(PlanError::NotEnoughTokens { needed, held });
    }
    let rollup = contracts.canonical().address;
    let amount = contracts.token.amount(needed);
    let mut steps = Vec::new();
    if figures.allowance < needed {
        let data = IERC20::approveCall { spender: rollup, value: needed }.abi_encode();
        steps.push(Step {
            title: format!("Approve {amount}"),
            call: Call::new(contracts.token.address, data),
        });
    }
    steps.extend(intent.keys.iter().map(|key| {
        let call = IRollup::depositCall {
            _attester: key.attester,
            _withdrawer: intent.withdrawer,
            _publicKeyInG1: key.publicKeyG1.clone(),
            _publicKeyInG2: key.publicKeyG2.clone(),
            _proofOfPossession: key.proofOfPossession.clone(),
            _moveWithLatestRollup: intent.follow_upgrades,
        };
        let title = format!("Stake sequencer {}", format::short_address(key.attester));
        Step { title, call: Call::new(rollup, call.abi_encode()) }
    }));
    Ok(Plan {
        title: format!("Stake {amount} with {}", format::plural(count, "own sequencer")),
        network: setting.network.to_owned(),
        chain_id: contracts.chain_id,
        from: setting.from,
        read_at: setting.read_at,
        steps,
        allowance: Some(Allowance { token: contracts.token.address, spender: rollup }),
    })
}

/// A deposit of one's own sequencer, by its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::aztec) struct OwnStake {
    /// Where.
    pub(in crate::aztec) rollup: Address,
    /// With which key.
    pub(in crate::aztec) key: KeyStore,
    /// Whether it follows upgrades.
    pub(in crate::aztec) follows: bool,
}

/// What a call deposits on a rollup, by its bytes.
pub(in crate::aztec) fn own_stake_of(contracts: &Deployment, call: &Call) -> Option<OwnStake> {
    contracts.rollup(call.to)?;
    let deposit = IRollup::depositCall::abi_decode(&call.data).ok()?;
    Some(OwnStake {
        rollup: call.to,
        key: KeyStore {
            attester: deposit._attester,
            publicKeyG1: deposit._publicKeyInG1,
            publicKeyG2: deposit._publicKeyInG2,
            proofOfPossession: deposit._proofOfPossession,
        },
        follows: deposit._moveWithLatestRollup,
    })
}
