//! What each page reads, kept up to date with the head.

use std::sync::Arc;

use alloy_primitives::Address;
use leptos::prelude::*;

use super::{
    Remote, Rhythm, Scope,
    remote::{self, whole},
};
use crate::{
    aztec::{
        Deployment, activity,
        history::History,
        read::{
            self, Funds, KeyVerdict, Power, ProposalPage, ProposalPower, Proposals, ProviderPage, Providers,
            Pulse, Signalling, Stakes, States, Withdrawals,
        },
        summary::{Summary, summarise},
    },
    chain::{At, FeeMarket, ReadError, Reading, unanswered},
    tx::{
        Call, Plan, Refusal,
        driver::try_out,
        simulate::{Simulated, Simulation, simulate},
    },
    units::sorted,
};

/// A screen as it is read again and again.
pub(crate) type Screen<T> = ReadSignal<Remote<At<T>>>;

/// An account and its attesters.
type Owner = (Arc<Deployment>, Address, Arc<Vec<Address>>);

/// What a plan would cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// Gas of all steps, where each was simulated.
    pub(crate) gas: Option<u64>,
    /// The block they were simulated on.
    pub(crate) block: u64,
    /// The price of gas.
    pub(crate) fees: FeeMarket,
}

/// What trying a plan out came to: gas of all steps, where each was simulated, or why it would not be signed here.
pub(crate) type Tried = Result<Simulation, Refusal>;

/// Stakes change by slashes, exits and entries. New delegations are known from their events at once; for the rest
/// five minutes of 12 s blocks are soon enough for a list.
const STAKES_PERIOD: u64 = 25;

/// A slot holds one signal; it is six blocks long.
const SLOT: u64 = 6;

impl Scope {
    /// All providers.
    pub(crate) fn providers(&self) -> Screen<Providers> {
        let scope = *self;
        remote::read(
            self.head,
            Rhythm::every_block(),
            move || scope.deployment(),
            move |contracts, block| {
                let pool = scope.pool.get_value();
                Box::pin(async move {
                    let answer = read::providers(&pool, &contracts, block).await?;
                    let unanswered = answer.value.unanswered();
                    whole(answer, unanswered)
                })
            },
        )
    }

    /// How the network is doing.
    pub(crate) fn pulse(&self) -> Screen<Pulse> {
        let scope = *self;
        remote::read(
            self.head,
            Rhythm::every_block(),
            move || scope.deployment(),
            move |contracts, block| {
                let pool = scope.pool.get_value();
                Box::pin(async move {
                    let found = read::pulse(&pool, &contracts, block).await;
                    let unanswered = found.value.unanswered();
                    whole(found, unanswered)
                })
            },
        )
    }

    /// All proposals.
    pub(crate) fn proposals(&self) -> Screen<Proposals> {
        self.proposals_while(|| true)
    }

    /// All proposals, read only while somebody looks at them.
    pub(crate) fn proposals_while(&self, wanted: impl Fn() -> bool + 'static) -> Screen<Proposals> {
        let scope = *self;
        remote::read(
            self.head,
            Rhythm::every_block(),
            move || scope.deployment().filter(|_| wanted()),
            move |contracts, block| {
                let pool = scope.pool.get_value();
                Box::pin(async move {
                    let found = read::proposals(&pool, &contracts, block).await;
                    let unanswered = found.value.unanswered();
                    whole(found, unanswered)
                })
            },
        )
    }

    /// One proposal.
    pub(crate) fn proposal(&self, id: u64) -> Screen<ProposalPage> {
        let scope = *self;
        remote::read(
            self.head,
            Rhythm::every_block(),
            move || scope.deployment(),
            move |contracts, block| {
                let pool = scope.pool.get_value();
                Box::pin(async move {
                    let found = read::proposal(&pool, &contracts, id, block).await?;
                    let unanswered = found.value.unanswered();
                    whole(found, unanswered)
                })
            },
        )
    }

    /// Signalling rounds. A new proposal may come from one of them: then they are read again at once.
    pub(crate) fn signalling(&self, proposals: Screen<Proposals>) -> Screen<Signalling> {
        let scope = *self;
        let rhythm = Rhythm { period: SLOT, same_screen: |_, _| true };
        let count = move || {
            proposals.with(|found| match (found.last(), found.failure()) {
                (Some(at), _) => Some(at.value.count.get().copied()),
                (None, Some(_)) => Some(None),
                (None, None) => None,
            })
        };
        remote::read(
            self.head,
            rhythm,
            move || Some((scope.deployment()?, count()?)),
            move |(contracts, _): (Arc<Deployment>, Option<u64>), block| {
                let pool = scope.pool.get_value();
                Box::pin(async move {
                    let found = read::signalling(&pool, &contracts, block).await?;
                    let unanswered = found.value.signals.unanswered();
                    whole(found, unanswered)
                })
            },
        )
    }

    /// What an account can vote with. Its stakes are those that the events told so far.
    pub(crate) fn power(&self, account: impl Fn() -> Option<Address> + 'static) -> Screen<Power> {
        let scope = *self;
        let key = move || {
            let account = account()?;
            let own = scope.ledger.with(|ledger| {
                let ledger = ledger.as_ref()?;
                Some(Arc::new(activity::staked_by(&ledger.history, account)))
            })?;
            Some((scope.deployment()?, account, own))
        };
        let rhythm = Rhythm { period: 1, same_screen: |a: &Owner, b: &Owner| a.1 == b.1 };
        remote::read(self.head, rhythm, key, move |(contracts, account, own): Owner, block| {
            let pool = scope.pool.get_value();
            Box::pin(async move {
                let found = read::power(&pool, &contracts, account, &own, block).await;
                let unanswered = found.value.unanswered();
                whole(found, unanswered)
            })
        })
    }

    /// What an account can vote with on a proposal with this snapshot.
    pub(crate) fn proposal_power(
        &self,
        id: u64,
        snapshot: impl Fn() -> Option<u64> + 'static,
        account: impl Fn() -> Option<Address> + 'static,
    ) -> Screen<ProposalPower> {
        let scope = *self;
        let key = move || Some((scope.deployment()?, account()?, snapshot()?));
        remote::read(
            self.head,
            Rhythm::every_block(),
            key,
            move |(contracts, account, snapshot): (Arc<Deployment>, Address, u64), block| {
                let pool = scope.pool.get_value();
                Box::pin(async move {
                    let found = read::proposal_power(&pool, &contracts, account, (id, snapshot), block).await;
                    let power = &found.value;
                    let unanswered = power.deposited.unanswered().or_else(|| power.delegated.unanswered());
                    whole(found, unanswered)
                })
            },
        )
    }

    /// Withdrawals from Governance to an account that were not paid out.
    pub(crate) fn withdrawals(&self, account: impl Fn() -> Option<Address> + 'static) -> Screen<Withdrawals> {
        let scope = *self;
        let key = move || Some((scope.deployment()?, account()?));
        // short after the first time: one's own should be seen in the block that has it
        let rhythm = Rhythm::every_block();
        let before = StoredValue::new((Address::ZERO, Withdrawals::default()));
        remote::read(
            self.head,
            rhythm,
            key,
            move |(contracts, account): (Arc<Deployment>, Address), block| {
                let pool = scope.pool.get_value();
                Box::pin(async move {
                    let (of, known) = before.try_get_value().unwrap_or_default();
                    let known = if of == account { known } else { Withdrawals::default() };
                    let found = read::withdrawals(&pool, &contracts, account, &known, block).await?;
                    before.try_set_value((account, found.value.clone()));
                    Ok(found)
                })
            },
        )
    }

    /// Attesters and entry queues: of one provider's delegations as far as they are known, or of all as soon as all
    /// are.
    pub(crate) fn stakes(&self, provider_id: Option<u64>) -> Screen<Stakes> {
        let scope = *self;
        let attesters = move || {
            let ledger = scope.ledger.get()?;
            if provider_id.is_none() && !ledger.is_complete() {
                return None;
            }
            let all = ledger.history.delegations.iter();
            let wanted = all.filter(|delegation| provider_id.is_none_or(|id| id == delegation.provider_id));
            let mut attesters = sorted(wanted.map(|delegation| delegation.attester).collect(), Address::cmp);
            attesters.dedup();
            Some(Arc::new(attesters))
        };
        let rhythm = Rhythm {
            period: if provider_id.is_some() { 1 } else { STAKES_PERIOD },
            same_screen: |_, _| true,
        };
        let key = move || Some((scope.deployment()?, attesters()?));
        remote::read(
            self.head,
            rhythm,
            key,
            move |(contracts, attesters): (Arc<Deployment>, Arc<Vec<Address>>), block| {
                let pool = scope.pool.get_value();
                Box::pin(async move {
                    let found = read::stakes(&pool, &contracts, &attesters, block).await;
                    let unanswered = found.value.unanswered();
                    whole(found, unanswered)
                })
            },
        )
    }

    /// Attesters that may be leaving, as their rollups see them; not before all events are read.
    pub(crate) fn leaving(&self) -> Screen<States> {
        let scope = *self;
        let key = move || {
            let may = scope.ledger.with(|ledger| {
                let ledger = ledger.as_ref().filter(|ledger| ledger.is_complete())?;
                Some(Arc::new(activity::may_be_leaving(&ledger.history)))
            })?;
            Some((scope.deployment()?, may))
        };
        let rhythm = Rhythm { period: STAKES_PERIOD, same_screen: |_, _| true };
        remote::read(
            self.head,
            rhythm,
            key,
            move |(contracts, may): (Arc<Deployment>, Arc<Vec<Address>>), block| {
                let pool = scope.pool.get_value();
                Box::pin(async move {
                    let states = read::attester_states(&pool, &contracts, &may, block).await;
                    let unanswered = states.value.values().find_map(Reading::unanswered);
                    whole(states, unanswered)
                })
            },
        )
    }

    /// A provider's sequencers and stake; `None` until the contracts are known. What waits for events is
    /// [`ReadError::LogsMissing`].
    pub(crate) fn summary(&self, stakes: &Remote<At<Stakes>>, provider_id: u64) -> Option<Summary> {
        static WAITS: ReadError = ReadError::LogsMissing;
        let known = match (stakes.last(), stakes.failure()) {
            (Some(at), _) => Ok(&at.value),
            (None, Some(error)) => Err(error),
            (None, None) => Err(&WAITS),
        };
        let contracts = self.deployment()?;
        self.ledger.with(|ledger| {
            let nothing = History::default();
            let (history, covered) = match ledger {
                Some(ledger) => (&*ledger.history, ledger.covered.as_ref()),
                None => (&nothing, None),
            };
            Some(summarise(&contracts, history, covered, known, provider_id))
        })
    }

    /// Whether reading the events does not get on.
    pub(crate) fn events_in_trouble(&self) -> bool {
        self.ledger.with(|ledger| ledger.as_ref().is_some_and(|ledger| ledger.problem.is_some()))
    }

    /// The newest block whose events are read; the newest one of all while none are.
    pub(crate) fn read_until(&self) -> u64 {
        let covered =
            self.ledger.with(|ledger| ledger.as_ref()?.covered.as_ref().map(|covered| *covered.end()));
        covered.unwrap_or_else(|| self.head.block.with(|block| block.map_or(0, |block| block.number)))
    }

    /// One provider and the terms of staking with it.
    pub(crate) fn provider(&self, provider_id: u64) -> Screen<ProviderPage> {
        let scope = *self;
        remote::read(
            self.head,
            Rhythm::every_block(),
            move || scope.deployment(),
            move |contracts, block| {
                let pool = scope.pool.get_value();
                Box::pin(async move {
                    let page = read::provider(&pool, &contracts, provider_id, block).await;
                    let unanswered = page.value.unanswered();
                    whole(page, unanswered)
                })
            },
        )
    }

    /// Whether an account is a contract (`eth_getCode`). It hardly ever changes.
    pub(crate) fn is_contract(&self, account: impl Fn() -> Option<Address> + 'static) -> Screen<bool> {
        let scope = *self;
        let rhythm = Rhythm { period: 300, same_screen: PartialEq::eq };
        remote::read(self.head, rhythm, account, move |account: Address, block| {
            let pool = scope.pool.get_value();
            Box::pin(async move {
                let value = pool.is_contract(account, block.number).await.map_err(ReadError::from)?;
                Ok(At { block, value })
            })
        })
    }

    /// What an account holds.
    pub(crate) fn funds(&self, account: impl Fn() -> Option<Address> + 'static) -> Screen<Funds> {
        let scope = *self;
        let key = move || Some((scope.deployment()?, account()?));
        remote::read(
            self.head,
            Rhythm::every_block(),
            key,
            move |(contracts, account): (Arc<Deployment>, Address), block| {
                let pool = scope.pool.get_value();
                Box::pin(async move {
                    let funds = read::funds(&pool, &contracts, account, block).await;
                    let unanswered = funds.value.unanswered();
                    whole(funds, unanswered)
                })
            },
        )
    }

    /// The keys that the next stakes with a provider would take, checked.
    pub(crate) fn next_keys(
        &self,
        provider_id: u64,
        count: impl Fn() -> Option<u64> + 'static,
    ) -> Screen<Vec<KeyVerdict>> {
        let scope = *self;
        // how many there are is not known before it is read: none is an answer too
        let key = move || Some((scope.deployment()?, count()?));
        remote::read(
            self.head,
            Rhythm::every_block(),
            key,
            move |(contracts, count): (Arc<Deployment>, u64), block| {
                let pool = scope.pool.get_value();
                Box::pin(async move {
                    let keys = read::next_keys(&pool, &contracts, provider_id, count, block).await?;
                    let unanswered = keys.value.iter().find_map(|key| unanswered(&key.problem));
                    whole(keys, unanswered)
                })
            },
        )
    }

    /// Whether a plan that somebody else is to sign would be put before a wallet here: simulated as its signer and
    /// guarded, at every block.
    pub(crate) fn tried(&self, plan: impl Fn() -> Option<Plan> + 'static) -> ReadSignal<Remote<Tried>> {
        let scope = *self;
        let same_screen = |before: &Plan, now: &Plan| before.from == now.from && before.steps == now.steps;
        remote::read(self.head, Rhythm { period: 1, same_screen }, plan, move |plan: Plan, block| {
            let (pool, lexicon) = (scope.pool.get_value(), scope.transactions.lexicon());
            Box::pin(async move {
                let lexicon = lexicon.ok_or(ReadError::Incomplete)?;
                Ok(try_out(&pool, &*lexicon, &plan, block.number).await)
            })
        })
    }

    /// What a plan costs. Simulated now and then, not signed.
    pub(crate) fn cost(&self, plan: impl Fn() -> Option<Plan> + 'static) -> ReadSignal<Remote<Cost>> {
        let scope = *self;
        let calls = move || {
            let plan = plan()?;
            Some((plan.from, plan.steps.into_iter().map(|step| step.call).collect::<Vec<Call>>()))
        };
        let rhythm = Rhythm { period: 5, same_screen: PartialEq::eq };
        remote::read(self.head, rhythm, calls, move |(from, calls), _| {
            let pool = scope.pool.get_value();
            Box::pin(async move {
                let simulation = simulate(&pool, from, &calls, 0).await?;
                let fees = pool.fees().await?;
                let gas = simulation.calls.iter().map(Simulated::gas).sum();
                Ok(Cost { gas, block: simulation.block.number, fees })
            })
        })
    }
}
