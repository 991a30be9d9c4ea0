//! Plans, made from what the chain says as the app's forms make them.

use std::collections::BTreeMap;

use alloy_primitives::Address;
use rota::{
    aztec::{
        Book, commission, events,
        history::History,
        model::{ExitView, Standing},
        plan::{self, PlanError, Setting, StakeFigures, StakeIntent},
        positions::{self, Sheet, Stake},
        read::{self, Asked, Positions, Rewards},
    },
    chain::logs,
    tx::Plan,
};

use super::Chain;

/// Where plans are made: an account on a chain.
pub struct Planner<'a> {
    pub chain: &'a Chain,
    pub book: &'a Book,
    pub from: Address,
}

impl Planner<'_> {
    /// What every plan carries, at the newest block.
    pub async fn setting(&self) -> Setting<'_> {
        let read_at = self.chain.latest().await;
        Setting { network: "aztec-local", contracts: &self.book.contracts, from: self.from, read_at }
    }

    /// What the chain says about staking with a provider.
    pub async fn figures(&self, provider_id: u64, sequencers: u64) -> StakeFigures {
        let (pool, contracts, block) = (self.chain.pool(), &self.book.contracts, self.chain.latest().await);
        let page = read::provider(&pool, contracts, provider_id, block).await.value;
        let funds = read::funds(&pool, contracts, self.from, block).await.value;
        let keys =
            read::next_keys(&pool, contracts, provider_id, sequencers, block).await.expect("read").value;
        StakeFigures {
            open_slots: page.open_slots.value.expect("read"),
            activation_threshold: page.activation_threshold.value.expect("read"),
            tokens: funds.tokens.value.expect("read"),
            allowance: funds.allowance.value.expect("read"),
            keys,
        }
    }

    /// What a delegator usually chooses: everything for themselves, at the provider's commission of the moment.
    pub async fn intent(&self, provider_id: u64, sequencers: u64) -> StakeIntent {
        let pool = self.chain.pool();
        let page =
            read::provider(&pool, &self.book.contracts, provider_id, self.chain.latest().await).await.value;
        StakeIntent {
            provider_id,
            provider: self.book.names.label(provider_id),
            sequencers,
            withdrawer: self.from,
            rewards_recipient: self.from,
            follow_upgrades: true,
            take_rate: page.config.value.expect("read").take_rate,
        }
    }

    /// The plan for an intent.
    pub async fn stake_as(&self, intent: &StakeIntent) -> Result<Plan, PlanError> {
        let figures = self.figures(intent.provider_id, intent.sequencers).await;
        plan::stake(&self.setting().await, intent, &figures)
    }

    /// The splits of somebody's delegations, and where their rewards are.
    pub async fn rewards(&self, owner: Address) -> (Vec<Address>, Rewards) {
        let (asked, _, found) = self.positions(owner).await;
        (asked.splits.iter().map(|asked| asked.split).collect(), found.rewards)
    }

    /// What the page shows of somebody's stakes.
    pub async fn sheet(&self, owner: Address) -> Sheet {
        let (_, stakes, found) = self.positions(owner).await;
        positions::sheet(&self.book.contracts, owner, stakes, &found)
    }

    /// The splits of a provider, whoever received its commission by its events, and where all of it is.
    pub async fn commission(&self, provider_id: u64) -> (Vec<Address>, Vec<Address>, Rewards) {
        let (pool, block) = (self.chain.pool(), self.chain.latest().await);
        let (asked, recipients) = commission::asked(&self.history().await, provider_id);
        let about = (asked.as_slice(), recipients.as_slice());
        let found = read::commission(&pool, &self.book.contracts, about, &BTreeMap::new(), block).await.value;
        (asked.iter().map(|asked| asked.split).collect(), recipients, found)
    }

    /// The same with the stakes of the stakers of its vaults.
    pub async fn sheet_with(&self, owner: Address, others: &[Address]) -> Sheet {
        let (_, stakes, found) = self.positions_with(owner, others).await;
        positions::sheet(&self.book.contracts, owner, stakes, &found)
    }

    async fn positions(&self, owner: Address) -> (Asked, Vec<Stake>, Positions) {
        self.positions_with(owner, &[]).await
    }

    async fn history(&self) -> History {
        let (pool, block) = (self.chain.pool(), self.chain.latest().await);
        let contracts = &self.book.contracts;
        let mut parts = Vec::new();
        logs::scan(&pool, &events::query(contracts), 0..=block.number, |part| parts.push(part))
            .await
            .expect("all");
        parts.sort_by_key(|part| *part.range.start());
        History::of(contracts, parts.iter().flat_map(|part| &part.entries))
    }

    async fn positions_with(&self, owner: Address, others: &[Address]) -> (Asked, Vec<Stake>, Positions) {
        let (pool, block) = (self.chain.pool(), self.chain.latest().await);
        let contracts = &self.book.contracts;
        let history = self.history().await;
        let withdrawers: Vec<Address> = std::iter::once(owner).chain(others.iter().copied()).collect();
        let stakes = positions::stakes_of(&history, &withdrawers);
        let asked = positions::asked(&history, owner, &stakes);
        let found = read::positions(&pool, contracts, &asked, &BTreeMap::new(), block).await.value;
        (asked, stakes, found)
    }

    /// The running exit of a key.
    pub async fn exit(&self, attester: Address) -> ExitView {
        let (pool, block) = (self.chain.pool(), self.chain.latest().await);
        let states = read::attester_states(&pool, &self.book.contracts, &[attester], block).await.value;
        match states[&attester].value.clone().expect("read").standing {
            Standing::Exiting { exit, .. } | Standing::Zombie { exit, .. } => *exit,
            other => panic!("{other:?}"),
        }
    }

    /// The plan that a delegator usually makes.
    pub async fn stake(&self, provider_id: u64, sequencers: u64) -> Plan {
        self.stake_as(&self.intent(provider_id, sequencers).await).await.expect("a plan")
    }
}
