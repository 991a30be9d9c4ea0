//! What the calls of vaults and stakers mean, and what they brought about.

use alloy_primitives::Address;
use alloy_sol_types::{SolCall as _, SolEvent as _};

use crate::{
    aztec::{
        Deployment,
        abi::{IATP, IGSE, IStaker},
        delegated,
    },
    chain::{abi::DecodedCall, logs::Log},
    tx::Call,
    units::format,
};

/// What an argument of a call to a vault or its staker means to a person.
pub(in crate::aztec) fn meaning(
    contracts: &Deployment,
    decoded: &DecodedCall,
    argument: usize,
) -> Option<String> {
    let argument = decoded.args.get(argument)?;
    let value = &argument.value;
    Some(match (decoded.name.as_str(), argument.name.as_str()) {
        ("upgradeStaker", "_version") => "As the vault’s registry numbers them".to_owned(),
        ("updateStakerOperator", "_operator") => {
            "May stake, exit and vote with this vault. Nothing of it goes to it".to_owned()
        }
        ("approveStaker", "_allowance")
        | ("depositIntoGovernance" | "voteInGovernance" | "initiateWithdrawFromGovernance", "_amount") => {
            contracts.token.amount(value.as_uint()?.0)
        }
        ("voteInGovernance", "_support") => if value.as_bool()? { "Yea" } else { "Nay" }.to_owned(),
        ("initiateWithdraw", "_attester") if decoded.signature == "initiateWithdraw(uint256,address)" => {
            "Its stake goes to the vault".to_owned()
        }
        _ => return None,
    })
}

/// What a call to a vault or its staker brought about; `None` where its events are told as anybody's.
pub(in crate::aztec) fn outcome(contracts: &Deployment, call: &Call, events: &[Log]) -> Option<String> {
    let claimed = events.iter().filter(|event| event.address == call.to);
    let mut claimed = claimed.filter_map(|event| IATP::Claimed::decode_log_data(&event.data()).ok());
    if let Some(claimed) = claimed.next() {
        return Some(format!("{} left the vault.", contracts.token.amount(claimed.amount)));
    }
    let asked = IStaker::delegateCall::abi_decode(&call.data).ok()?;
    // of the call that the staker makes in turn only the delegatee counts here
    let inner = IGSE::delegateCall {
        _instance: Address::ZERO,
        _attester: asked._attester,
        _delegatee: asked._delegatee,
    };
    let inner = Call::new(contracts.gse, inner.abi_encode());
    delegated::outcome(contracts, &inner, events)
}

/// What an address is, by the vaults that are known: a vault and its staker each.
pub(in crate::aztec) fn name(vaults: &[(Address, Address)], address: Address) -> Option<String> {
    vaults.iter().find_map(|(vault, staker)| {
        let short = format::short_address(*vault);
        if *vault == address {
            Some(format!("Vault {short}"))
        } else {
            (*staker == address).then(|| format!("Staker of vault {short}"))
        }
    })
}
