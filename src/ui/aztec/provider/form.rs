//! The state of the delegate panel, and the plan it amounts to.

use alloy_primitives::Address;
use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::{
        plan::{self, PlanError, Setting, StakeFigures, StakeIntent},
        read::{Funds, KeyVerdict},
        vaults::Vault,
    },
    state::{Holdings, Screen, watch},
    tx::Plan,
    units,
};

/// Where something goes: to the account that signs, or elsewhere.
#[derive(Clone, Copy)]
pub(super) struct Target {
    /// What it is about.
    pub(super) title: &'static str,
    /// Name of the field for another address.
    pub(super) label: &'static str,
    /// What to know about it.
    pub(super) hint: &'static str,
    pub(super) own: RwSignal<bool>,
    pub(super) other: RwSignal<String>,
}

impl Target {
    fn new(title: &'static str, label: &'static str, hint: &'static str) -> Self {
        Self { title, label, hint, own: RwSignal::new(true), other: RwSignal::new(String::new()) }
    }

    /// The address, given the account that signs.
    fn address(&self, account: Address) -> Option<Address> {
        if self.own.get() { Some(account) } else { units::address(&self.other.get()).ok() }
    }
}

/// What the person chose, and what the choice is judged by.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub(super) desk: Desk,
    pub(super) count: RwSignal<u64>,
    pub(super) withdrawer: Target,
    pub(super) rewards: Target,
    /// `None` until the person decided; then the chain's default no longer counts.
    pub(super) follow: RwSignal<Option<bool>>,
    pub(super) funds: Screen<Funds>,
    keys: Screen<Vec<KeyVerdict>>,
    /// The token vaults of the account.
    pub(super) vaults: Screen<Holdings>,
    /// The vault whose tokens are staked; `None` for the account's own.
    pub(super) source: RwSignal<Option<Address>>,
    /// Whether the beneficiary becomes operator where somebody else is.
    pub(super) take_over: RwSignal<bool>,
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Missing {
    /// Nobody to plan for.
    Account,
    /// Figures are on their way.
    Reading,
    /// A field has a mistake; it says so itself.
    Field,
    /// The plan itself is refused.
    Refused(PlanError),
}

/// A figure that the plan needs.
fn need<T>(found: Option<T>, what: &'static str) -> Result<T, Missing> {
    found.ok_or(Missing::Refused(PlanError::NotRead(what)))
}

impl Form {
    pub(super) fn new(desk: Desk) -> Self {
        let (count, source, take_over) = (RwSignal::new(1), RwSignal::new(None), RwSignal::new(false));
        // a vault of one account is none of another's
        watch(move || {
            desk.cx.account();
            source.set(None);
            take_over.set(false);
        });
        Self {
            desk,
            count,
            withdrawer: Target::new(
                "Stake returns to",
                "Stake returns to: address",
                "Only this address can exit, receive the stake and vote with it. It can never be changed.",
            ),
            rewards: Target::new(
                "Rewards go to",
                "Rewards go to: address",
                "Rewards only. Fixed in the split contract of this delegation.",
            ),
            follow: RwSignal::new(None),
            funds: desk.cx.scope.funds(move || desk.cx.account()),
            keys: desk.cx.scope.next_keys(desk.provider_id, move || Some(count.get())),
            vaults: desk.cx.scope.vaults(move || desk.cx.account(), RwSignal::new(Vec::new())),
            source,
            take_over,
        }
    }

    /// The vault that was chosen, of the account that is connected.
    pub(super) fn vault(&self) -> Option<Vault> {
        let (chosen, account) = (self.source.get()?, self.desk.cx.account()?);
        self.vaults.with(|vaults| {
            let found = &vaults.last()?.value;
            let own = found.vaults.iter().find(|vault| vault.address == chosen);
            own.filter(|_| found.owner == account).cloned()
        })
    }

    /// Who gets the rewards unless somebody says otherwise: whoever owns the tokens.
    pub(super) fn rewarded(&self) -> Option<Address> {
        self.vault().map_or_else(|| self.desk.cx.account(), |vault| Some(vault.beneficiary))
    }

    /// Whether stake can follow upgrades now.
    pub(super) fn can_follow(&self) -> Option<bool> {
        self.desk.cx.scope.deployment().and_then(|contracts| contracts.can_follow())
    }

    /// Whether stake follows upgrades: as the person decided, otherwise if it can.
    pub(super) fn follows(&self) -> bool {
        self.follow.get().unwrap_or_else(|| self.can_follow().unwrap_or(false))
    }

    /// The plan, or why there is none.
    pub(super) fn plan(&self) -> Result<Plan, Missing> {
        let Desk { cx, provider_id, page, .. } = self.desk;
        let contracts = cx.scope.deployment().ok_or(Missing::Reading)?;
        let from = cx.account().ok_or(Missing::Account)?;
        let vault = self.vault();
        if vault.is_none() && self.source.get().is_some() {
            return Err(Missing::Reading);
        }
        let withdrawer = match &vault {
            Some(vault) => vault.staker.address,
            None => self.withdrawer.address(from).ok_or(Missing::Field)?,
        };
        let rewarded = vault.as_ref().map_or(from, |vault| vault.beneficiary);
        let rewards_recipient = self.rewards.address(rewarded).ok_or(Missing::Field)?;
        let (page, funds, keys) = (page.get(), self.funds.get(), self.keys.get());
        let sequencers = self.count.get();
        if page.last().is_none() && page.error().is_none() {
            return Err(Missing::Reading);
        }
        let page = need(page.last(), "the provider")?;
        let config = need(page.value.config.get(), "the provider")?;
        if config.admin.is_zero() {
            return Err(Missing::Refused(PlanError::NoSuchProvider));
        }
        let open_slots = *need(page.value.open_slots.get(), "the number of open slots")?;
        // said first: without keys nothing else matters
        if sequencers > open_slots {
            return Err(Missing::Refused(PlanError::NotEnoughKeys(open_slots)));
        }
        let funds = match funds.last().filter(|at| at.value.account == from) {
            Some(at) => &at.value,
            None if funds.error().is_some() => return need(None, "your balance"),
            None => return Err(Missing::Reading),
        };
        let keys = match keys.last() {
            Some(at) => at.value.clone(),
            None if keys.error().is_some() => return need(None, "the provider's next keys"),
            None => return Err(Missing::Reading),
        };
        let figures = StakeFigures {
            open_slots,
            activation_threshold: *need(page.value.activation_threshold.get(), "the amount of one stake")?,
            tokens: *need(funds.tokens.get(), "your balance")?,
            allowance: *need(funds.allowance.get(), "your allowance")?,
            keys,
        };
        let intent = StakeIntent {
            provider_id,
            provider: cx.scope.label(provider_id),
            sequencers,
            withdrawer,
            rewards_recipient,
            follow_upgrades: self.follows(),
            take_rate: config.take_rate,
        };
        let network = cx.scope.network.with_value(|network| network.id.clone());
        let setting = Setting { network: &network, contracts: &contracts, from, read_at: page.block };
        let plan = match &vault {
            Some(vault) => plan::vault_stake(&setting, vault, &intent, &figures, self.take_over.get()),
            None => plan::stake(&setting, &intent, &figures),
        };
        plan.map_err(Missing::Refused)
    }
}
