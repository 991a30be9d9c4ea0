//! What deserves a warning among the calls of a proposal. By name and target alone: what a call does in the end is up to
//! the contract that it calls.

use alloy_primitives::Address;

use super::{
    Deployment,
    abi::{CATALOG, IPayload},
    read::Action,
};
use crate::{chain::abi::DecodedCall, tx::Call, tx::Lexicon};

/// Why a call deserves a second look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Danger {
    /// The target is none of the network's contracts.
    UnknownTarget,
    /// The target is known, the function is not.
    UnknownFunction,
    /// Governance may not call its own token: the whole proposal would revert.
    CallsToken,
    /// A contract gets another owner.
    Ownership,
    /// A rollup is added: stake that follows upgrades moves to it.
    Rollup,
    /// What governs is replaced, or the rules of governing change.
    Governance,
    /// Who may slash, or whether anybody may, changes.
    Slashing,
    /// Where rewards come from, or what they are, changes.
    Rewards,
    /// Tokens are made or moved.
    Tokens,
}

/// What a payload does by one of its calls.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The call, where both its target and its function are known.
    pub decoded: Option<DecodedCall>,
    /// The wrapper's own last call, which only checks that the stake is where it should be.
    pub is_own_check: bool,
    /// Why it deserves a second look.
    pub danger: Option<Danger>,
}

/// Judges a call of a payload. `wrapper` is the governance proposer's wrapper, where the payload is one.
pub fn judge(
    book: &dyn Lexicon,
    contracts: &Deployment,
    wrapper: Option<Address>,
    action: &Action,
) -> Judged {
    if wrapper == Some(action.target) {
        let decoded = CATALOG.call(&action.data);
        let is_own_check = is_check(&action.data);
        let danger = (!is_own_check).then_some(Danger::UnknownTarget);
        return Judged { decoded: decoded.filter(|_| is_own_check), is_own_check, danger };
    }
    let decoded = book.decode(&Call::new(action.target, action.data.clone()));
    let danger = match &decoded {
        _ if action.target == contracts.token.address => Some(Danger::CallsToken),
        _ if book.name(action.target).is_none() => Some(Danger::UnknownTarget),
        None => Some(Danger::UnknownFunction),
        Some(call) => by_name(&call.name),
    };
    Judged { decoded, is_own_check: false, danger }
}

/// Whether revert data is the wrapper's refusal: less than two thirds of the stake are where they should be.
pub fn check_failed(data: &[u8]) -> bool {
    CATALOG.error(data).is_some_and(|error| error.name == "GovernanceProposer__GSEPayloadInvalid")
}

fn is_check(data: &[u8]) -> bool {
    use alloy_sol_types::SolCall as _;
    data == IPayload::amIValidCall::SELECTOR
}

fn by_name(function: &str) -> Option<Danger> {
    Some(match function {
        "transferOwnership" | "renounceOwnership" | "acceptOwnership" | "acceptTokenOwnership" => {
            Danger::Ownership
        }
        "addRollup" => Danger::Rollup,
        "updateGovernanceProposer"
        | "setGovernance"
        | "updateConfiguration"
        | "addBeneficiary"
        | "openFloodgates"
        | "updateEscapeHatch" => Danger::Governance,
        "setSlasher" | "setSlashingEnabled" | "vetoPayload" | "slash" | "setLocalEjectionThreshold" => {
            Danger::Slashing
        }
        "setRewardConfig" | "updateRewardDistributor" | "setRewardsClaimable" => Danger::Rewards,
        "mint" | "addMinter" | "removeMinter" | "transfer" | "transferFrom" | "approve" | "recover"
        | "claim" => Danger::Tokens,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_that_warn_exist() {
        let known: Vec<_> = CATALOG.functions().map(|function| function.name.as_str()).collect();
        for name in [
            "transferOwnership",
            "addRollup",
            "updateGovernanceProposer",
            "updateConfiguration",
            "setSlasher",
            "setRewardConfig",
            "mint",
        ] {
            assert!(known.contains(&name) && by_name(name).is_some(), "{name}");
        }
        assert_eq!(by_name("updateStakingQueueConfig"), None);
    }

    #[test]
    fn the_wrappers_refusal_is_an_error_of_the_contracts() {
        let error = CATALOG.errors().find(|error| error.name == "GovernanceProposer__GSEPayloadInvalid");
        assert!(check_failed(error.expect("known").selector().as_slice()));
        assert!(!check_failed(&[]));
    }

    #[test]
    fn only_the_bare_check_is_the_check() {
        use alloy_sol_types::SolCall as _;
        assert!(is_check(&IPayload::amIValidCall {}.abi_encode()));
        assert!(!is_check(&[IPayload::amIValidCall {}.abi_encode(), vec![0]].concat()));
        assert!(!is_check(&[]));
    }
}
