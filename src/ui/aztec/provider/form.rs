//! The state of the delegate panel, and the plan it amounts to.

use alloy_primitives::Address;
use leptos::prelude::*;

use super::Screen;
use crate::{
    aztec::{
        plan::{self, PlanError, Setting, StakeFigures, StakeIntent},
        read::{Funds, KeyVerdict},
    },
    chain::At,
    state::{Remote, Scope, Shell},
    tx::Plan,
    ui::kit::Parsed,
    units,
};

/// Where something goes: to the account that signs, or elsewhere.
#[derive(Clone, Copy)]
pub(super) struct Target {
    pub(super) own: RwSignal<bool>,
    pub(super) other: RwSignal<Parsed<Address>>,
}

impl Target {
    fn new() -> Self {
        Self { own: RwSignal::new(true), other: RwSignal::new(Parsed::new("", units::address)) }
    }

    /// The address, given the account that signs.
    pub(super) fn address(&self, account: Option<Address>) -> Option<Address> {
        if self.own.get() { account } else { self.other.with(|other| other.value.clone().ok()) }
    }
}

/// What the person chose.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub(super) count: RwSignal<u64>,
    pub(super) withdrawer: Target,
    pub(super) rewards: Target,
    /// `None` until the person decided; then the chain's default no longer counts.
    pub(super) follow: RwSignal<Option<bool>>,
    pub(super) account: Signal<Option<Address>>,
    pub(super) funds: ReadSignal<Remote<At<Funds>>>,
    pub(super) keys: ReadSignal<Remote<At<Vec<KeyVerdict>>>>,
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

impl Form {
    pub(super) fn new(scope: Scope, shell: Shell, screen: Screen) -> Self {
        let count = RwSignal::new(1);
        let account =
            Signal::derive(move || shell.session.account().or_else(|| shell.route.with(|route| route.watch)));
        Self {
            count,
            withdrawer: Target::new(),
            rewards: Target::new(),
            follow: RwSignal::new(None),
            account,
            funds: scope.funds(account),
            keys: scope.next_keys(screen.provider_id, count.into()),
        }
    }

    /// Whether stake follows upgrades: as the person decided, otherwise if it can.
    pub(super) fn follows(&self, scope: Scope) -> bool {
        self.follow.get().unwrap_or_else(|| {
            scope.deployment().and_then(|contracts| contracts.can_follow()).unwrap_or(false)
        })
    }

    /// The plan, or why there is none.
    pub(super) fn plan(&self, scope: Scope, screen: Screen) -> Result<Plan, Missing> {
        let contracts = scope.deployment().ok_or(Missing::Reading)?;
        let from = self.account.get().ok_or(Missing::Account)?;
        let withdrawer = self.withdrawer.address(Some(from)).ok_or(Missing::Field)?;
        let rewards_recipient = self.rewards.address(Some(from)).ok_or(Missing::Field)?;
        let refused = |what| Missing::Refused(PlanError::NotRead(what));
        let (page, funds) = (screen.page.get(), self.funds.get());
        let page = match (page.last(), page.error()) {
            (Some(at), _) => at.clone(),
            (None, Some(_)) => return Err(refused("the provider")),
            (None, None) => return Err(Missing::Reading),
        };
        let config = page.value.config.get().copied().ok_or_else(|| refused("the provider"))?;
        if config.admin.is_zero() {
            return Err(Missing::Refused(PlanError::NoSuchProvider));
        }
        let open_slots =
            page.value.open_slots.get().copied().ok_or_else(|| refused("the number of open slots"))?;
        let sequencers = self.count.get();
        // said first: without keys nothing else matters
        if sequencers > open_slots {
            return Err(Missing::Refused(PlanError::NotEnoughKeys(open_slots)));
        }
        let funds = match (funds.last(), funds.error()) {
            (Some(at), _) if at.value.account == from => at.value.clone(),
            (_, Some(_)) => return Err(refused("your balance")),
            _ => return Err(Missing::Reading),
        };
        let keys = self.keys.with(|keys| match (keys.last(), keys.error()) {
            (Some(at), _) => Ok(at.value.clone()),
            (None, Some(_)) => Err(refused("the provider's next keys")),
            (None, None) => Err(Missing::Reading),
        })?;
        let figures = StakeFigures {
            open_slots,
            activation_threshold: page
                .value
                .activation_threshold
                .get()
                .copied()
                .ok_or_else(|| refused("the amount of one stake"))?,
            tokens: funds.tokens.get().copied().ok_or_else(|| refused("your balance"))?,
            allowance: funds.allowance.get().copied().ok_or_else(|| refused("your allowance"))?,
            keys,
        };
        let intent = StakeIntent {
            provider_id: screen.provider_id,
            provider: scope.names.with(|names| names.label(screen.provider_id)),
            sequencers,
            withdrawer,
            rewards_recipient,
            follow_upgrades: self.follows(scope),
            take_rate: config.take_rate,
        };
        let network = scope.network.with_value(|network| network.id.clone());
        let setting = Setting { network: &network, contracts: &contracts, from, read_at: page.block };
        plan::stake(&setting, &intent, &figures).map_err(Missing::Refused)
    }
}
