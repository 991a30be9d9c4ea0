//! What the calls of a proposal set: which function tells a setting now, and what it will be. By name and target alone; a
//! contract that does something else behind a known name is not one of the network's.

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::{Address, Bytes, U256};

pub use super::abi::{Emitted, emitted};
use super::{Deployment, abi::CATALOG};
use crate::{
    chain::abi::{Argument, DecodedCall},
    tx::Call,
};

/// How a setting is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// An address.
    Address,
    /// Yes or no.
    Flag,
    /// A number of things.
    Count,
    /// Token units.
    Tokens,
    /// Seconds.
    Seconds,
    /// Parts of 10^18.
    Fraction,
    /// Hundredths of a per cent.
    Bps,
}

/// The kind of contract that has a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Registry,
    Gse,
    Governance,
    Rollup,
    /// Each of them has an owner.
    Owned,
}

/// What a setting is after the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    /// The call's arguments, in the order of the getter's results.
    Arguments,
    /// Yes, for the argument, which the getter is asked about.
    YesForArgument,
    /// Yes.
    Yes,
    /// The zero address.
    Nobody,
}

struct Setter {
    target: Target,
    /// The function that sets.
    function: &'static str,
    /// The function that tells; empty where the contract has none.
    getter: &'static str,
    after: After,
    /// What it sets, in the order of the getter's results, tuples laid open.
    fields: &'static [(&'static str, Unit)],
}

const fn set(
    target: Target,
    function: &'static str,
    getter: &'static str,
    fields: &'static [(&'static str, Unit)],
) -> Setter {
    Setter { target, function, getter, after: After::Arguments, fields }
}

/// Every setting that is known.
const SETTERS: &[Setter] = &[
    set(
        Target::Governance,
        "updateConfiguration",
        "getConfiguration()",
        &[
            ("Lock of a proposal without signals, time", Unit::Seconds),
            ("Lock of a proposal without signals, amount", Unit::Tokens),
            ("Voting delay", Unit::Seconds),
            ("Voting duration", Unit::Seconds),
            ("Execution delay", Unit::Seconds),
            ("Grace period", Unit::Seconds),
            ("Quorum", Unit::Fraction),
            ("Required yea margin", Unit::Fraction),
            ("Minimum of all power", Unit::Tokens),
        ],
    ),
    set(
        Target::Governance,
        "updateGovernanceProposer",
        "governanceProposer()",
        &[("Governance proposer", Unit::Address)],
    ),
    Setter {
        after: After::YesForArgument,
        ..set(
            Target::Governance,
            "addBeneficiary",
            "isPermittedInGovernance(address)",
            &[("It may have deposits", Unit::Flag)],
        )
    },
    Setter {
        after: After::Yes,
        ..set(
            Target::Governance,
            "openFloodgates",
            "isAllBeneficiariesAllowed()",
            &[("Anybody may have deposits", Unit::Flag)],
        )
    },
    set(Target::Registry, "addRollup", "getCanonicalRollup()", &[("Canonical rollup", Unit::Address)]),
    set(
        Target::Registry,
        "updateRewardDistributor",
        "getRewardDistributor()",
        &[("Reward distributor", Unit::Address)],
    ),
    set(
        Target::Gse,
        "addRollup",
        "getLatestRollup()",
        &[("Rollup with the stake that follows upgrades", Unit::Address)],
    ),
    set(Target::Gse, "setGovernance", "getGovernance()", &[("Governance", Unit::Address)]),
    set(
        Target::Gse,
        "setProofOfPossessionGasLimit",
        "proofOfPossessionGasLimit()",
        &[("Gas for checking a key", Unit::Count)],
    ),
    set(
        Target::Rollup,
        "setRewardConfig",
        "getRewardConfig()",
        &[
            ("Reward distributor", Unit::Address),
            ("Sequencers’ share", Unit::Bps),
            ("Booster of provers", Unit::Address),
            ("Reward per checkpoint", Unit::Tokens),
        ],
    ),
    set(
        Target::Rollup,
        "setRewardsClaimable",
        "isRewardsClaimable()",
        &[("Rewards can be claimed", Unit::Flag)],
    ),
    set(Target::Rollup, "setSlasher", "getSlasher()", &[("Slasher", Unit::Address)]),
    set(
        Target::Rollup,
        "setLocalEjectionThreshold",
        "getLocalEjectionThreshold()",
        &[("Ejected below", Unit::Tokens)],
    ),
    set(
        Target::Rollup,
        "setProvingCostPerMana",
        "getProvingCostPerManaInEth()",
        &[("Proving cost per mana, wei", Unit::Count)],
    ),
    set(Target::Rollup, "updateManaTarget", "getManaTarget()", &[("Mana target", Unit::Count)]),
    set(Target::Rollup, "updateEscapeHatch", "getEscapeHatch()", &[("Escape hatch", Unit::Address)]),
    set(
        Target::Rollup,
        "updateStakingQueueConfig",
        "",
        &[
            ("Sequencers of the bootstrap", Unit::Count),
            ("Joining at the bootstrap", Unit::Count),
            ("Joining per epoch, minimum", Unit::Count),
            ("Queue divisor", Unit::Count),
            ("Joining per epoch, ceiling", Unit::Count),
        ],
    ),
    set(Target::Owned, "transferOwnership", "owner()", &[("Owner", Unit::Address)]),
    Setter {
        after: After::Nobody,
        ..set(Target::Owned, "renounceOwnership", "owner()", &[("Owner", Unit::Address)])
    },
];

/// One setting and what it is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// What it is.
    pub label: &'static str,
    /// How it is written.
    pub unit: Unit,
    /// What the call makes it.
    pub after: DynSolValue,
}

/// The settings of one call.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The call that tells them now, to the same contract. `None` where the contract has no such function.
    pub getter: Option<Bytes>,
    /// In the order of the getter's results.
    pub settings: Vec<Setting>,
}

fn is_target(contracts: &Deployment, target: Target, address: Address) -> bool {
    match target {
        Target::Registry => address == contracts.registry,
        Target::Gse => address == contracts.gse,
        Target::Governance => address == contracts.governance,
        Target::Rollup => contracts.rollup(address).is_some(),
        Target::Owned => {
            address == contracts.registry || address == contracts.gse || contracts.rollup(address).is_some()
        }
    }
}

/// Calldata of a getter without arguments, or with those of the call that sets.
fn ask(getter: &str, arguments: &[Argument]) -> Option<Bytes> {
    if getter.is_empty() {
        return None;
    }
    let mut data = alloy_primitives::keccak256(getter)[..4].to_vec();
    let values = arguments.iter().map(|argument| argument.value.clone()).collect();
    data.extend(DynSolValue::Tuple(values).abi_encode_params());
    Some(data.into())
}

/// Values with tuples laid open.
pub fn leaves(values: impl IntoIterator<Item = DynSolValue>) -> Vec<DynSolValue> {
    let mut open = Vec::new();
    for value in values {
        match value {
            DynSolValue::Tuple(parts) => open.extend(leaves(parts)),
            leaf => open.push(leaf),
        }
    }
    open
}

/// What a call sets, where that is known.
pub fn change(contracts: &Deployment, call: &Call, decoded: &DecodedCall) -> Option<Change> {
    let setter = SETTERS
        .iter()
        .find(|setter| setter.function == decoded.name && is_target(contracts, setter.target, call.to))?;
    let (asked, after) = match setter.after {
        After::Arguments => (&[][..], leaves(decoded.args.iter().map(|argument| argument.value.clone()))),
        After::YesForArgument => (&decoded.args[..], vec![DynSolValue::Bool(true)]),
        After::Yes => (&[][..], vec![DynSolValue::Bool(true)]),
        After::Nobody => (&[][..], vec![DynSolValue::Address(Address::ZERO)]),
    };
    let settings = setter.fields.iter().zip(after);
    let settings = settings.map(|(&(label, unit), after)| Setting { label, unit, after });
    Some(Change { getter: ask(setter.getter, asked), settings: settings.collect() })
}

/// A setting of a contract that a rehearsal looks at before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// The contract.
    pub of: Address,
    /// The call that tells it.
    pub getter: Bytes,
    /// What it tells.
    pub fields: &'static [(&'static str, Unit)],
}

/// Every setting that a contract is known to have and to tell.
pub fn watched(contracts: &Deployment, of: Address) -> Vec<Watched> {
    let known = SETTERS.iter().filter(|setter| is_target(contracts, setter.target, of));
    let told = known.filter(|setter| setter.after != After::YesForArgument && setter.after != After::Nobody);
    told.filter_map(|setter| Some(Watched { of, getter: ask(setter.getter, &[])?, fields: setter.fields }))
        .collect()
}

/// What a getter returned, tuples laid open; `None` where the bytes are no answer to it.
pub fn told(getter: &[u8], returned: &[u8]) -> Option<Vec<DynSolValue>> {
    let values = CATALOG.returned(getter, returned)?;
    Some(leaves(values.into_iter().map(|argument| argument.value)))
}

/// A number as it is.
pub fn number(value: &DynSolValue) -> Option<U256> {
    value.as_uint().map(|(number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setter_and_getter_is_a_function_of_the_contracts() {
        for setter in SETTERS {
            let functions: Vec<_> =
                CATALOG.functions().filter(|known| known.name == setter.function).collect();
            assert!(!functions.is_empty(), "{}", setter.function);
            if setter.getter.is_empty() {
                continue;
            }
            let data = ask(setter.getter, &[]).expect("there is one");
            let selector = data.first_chunk::<4>().expect("a selector").into();
            let getter = CATALOG.function(selector).unwrap_or_else(|| panic!("{}", setter.getter));
            // a word for each field tells how many the getter has
            let words = vec![0; 32 * setter.fields.len()];
            let answer = told(&data, &words).unwrap_or_else(|| panic!("{} has other results", getter.name));
            assert_eq!(answer.len(), setter.fields.len(), "{}", setter.getter);
            for (value, (label, unit)) in answer.iter().zip(setter.fields) {
                let fits = match unit {
                    Unit::Address => value.as_address().is_some(),
                    Unit::Flag => value.as_bool().is_some(),
                    _ => value.as_uint().is_some(),
                };
                assert!(fits, "{}: {label} is no {unit:?}", setter.getter);
            }
        }
    }
}
