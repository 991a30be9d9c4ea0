//! Token vaults (`ATP`): tokens of one beneficiary that unlock over time and can be staked before, through a staker contract
//! that is the withdrawer of that stake.
//!
//! [`created`] finds the vaults of a beneficiary by the events of the factories that a network lists; [`vaults`] reads any,
//! however it was found. What a staker can do is looked up in its code ([`Abilities`]), never inferred from its version.

mod abilities;
mod found;
mod read;
mod words;

pub use abilities::{Abilities, Ability};
pub use found::created;
pub use read::{Kind, NotAVault, Staker, Vault, vaults};
pub(in crate::aztec) use words::{meaning, name, outcome};
