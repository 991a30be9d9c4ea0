//! Intents into transactions. Pure: figures in, a [`Plan`] or a typed reason out; nothing is read, nothing is sent.

mod claim;
mod govern;
mod keys;
mod leave;
mod own;
mod provide;
mod stake;
mod vault;

pub use claim::{Arrival, Claim, LeftOut, claim, commission};
pub use govern::{
    Lock, Purse, default_vote, delegate_vote, delegate_votes, deposit, finalise_withdraw, initiate_withdraw,
    propose_with_lock, settle, submit_round, vote,
};
pub use keys::{KEYS_AT_ONCE, accept_admin, add_keys, drip, offer_admin};
pub use leave::{finish_exit, start_exit};
pub use own::{OwnFigures, OwnIntent, stake_own};
pub(super) use own::{OwnStake, own_stake_of};
pub use provide::{ProviderChange, change_provider, register};
pub(super) use stake::stake_of;
pub use stake::{StakeFigures, StakeIntent, return_allowance, return_allowance_of, stake, staked_with};

pub use vault::{
    VaultError, vault_back, vault_claim, vault_deposit, vault_empty, vault_exit, vault_operator,
    vault_propose, vault_return, vault_signer, vault_stake, vault_upgrade, vault_vote, vault_voter,
};

use alloy_primitives::{Address, U256};

use super::read::KeyProblem;
use crate::tx::{Call, Plan, Step};

/// Where a plan is made: what every plan carries.
#[derive(Clone, Debug)]
pub struct Setting<'a> {
    /// The network's id in Settings.
    pub network: &'a str,
    /// Its contracts.
    pub contracts: &'a super::Deployment,
    /// Who will sign.
    pub from: Address,
    /// The block whose figures are used.
    pub read_at: crate::chain::BlockRef,
}

impl Setting<'_> {
    /// A plan of these steps that needs no allowance.
    fn plan(&self, title: String, steps: Vec<Step>) -> Plan {
        Plan {
            network: self.network.to_owned(),
            chain_id: self.contracts.chain_id,
            from: self.from,
            read_at: self.read_at,
            steps,
            title,
            allowance: None,
        }
    }

    /// A plan of one call.
    fn one(&self, title: String, call: Call) -> Plan {
        let step = Step { title: title.clone(), call };
        self.plan(title, vec![step])
    }
}

/// Why an intent cannot become a plan. Each is something the person can act on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The network's contracts contradict each other.
    #[error("the contracts of this network do not refer to each other as they should")]
    ContractsDisagree,
    /// A figure that the plan needs was not read.
    #[error("{0} was not read")]
    NotRead(&'static str),
    /// No sequencer was chosen.
    #[error("choose at least one sequencer")]
    NothingChosen,
    /// There is no provider with this number.
    #[error("no provider has this number")]
    NoSuchProvider,
    /// More sequencers than keys.
    #[error("the provider has {0} keys left")]
    NotEnoughKeys(u64),
    /// One of the next keys must not be used.
    #[error("key {attester} cannot be used")]
    BadKey {
        /// Keys before it in the queue.
        place: usize,
        /// Which.
        attester: Address,
        /// Why.
        problem: KeyProblem,
    },
    /// Not enough tokens.
    #[error("needs {needed}, the account holds {held}")]
    NotEnoughTokens {
        /// In token units.
        needed: U256,
        /// In token units.
        held: U256,
    },
    /// Stake cannot follow upgrades: the canonical rollup is not the GSE's latest.
    #[error("stake cannot follow upgrades at present")]
    CannotFollow,
    /// The signer is not the provider's admin.
    #[error("only the admin {0} can change this provider")]
    NotAdmin(Address),
    /// No key was chosen.
    #[error("choose at least one key")]
    NoKeys,
    /// The signer is not who the provider was offered to; zero is nobody.
    #[error("the provider was offered to {0}")]
    NotOffered(Address),
    /// No amount was entered.
    #[error("enter an amount")]
    NoAmount,
    /// Not enough voting power.
    #[error("needs {needed} of power, {held} is left")]
    NotEnoughPower {
        /// In token units.
        needed: U256,
        /// In token units.
        held: U256,
    },
    /// The proposal's snapshot is still to come.
    #[error("voting has not begun")]
    NotVotingYet,
    /// The attester's stake is on no rollup.
    #[error("there is no stake to vote with")]
    NoStake,
    /// A delay is not over.
    #[error("not before {0}")]
    NotUntil(u64),
    /// A proposal that can neither be executed nor dropped.
    #[error("the proposal can neither be executed nor dropped")]
    NothingToSettle,
    /// The signer is not who may exit.
    #[error("only the withdrawer {0} can start this exit")]
    NotWithdrawer(Address),
    /// Nobody said yet where the stake goes.
    #[error("the withdrawer has to name a recipient first")]
    NoRecipient,
    /// Rollup or governance holds the stake until this Unix second.
    #[error("cannot be finalised before {0}")]
    NotYet(u64),
    /// No reward can be moved at present: what stays, and why.
    #[error("there is nothing to claim")]
    NothingToClaim(Vec<LeftOut>),
    /// The value is what it was.
    #[error("nothing changes")]
    SameValue,
    /// What a token vault does not allow.
    #[error(transparent)]
    Vault(#[from] VaultError),
}
