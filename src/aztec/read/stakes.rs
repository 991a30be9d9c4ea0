use alloy_primitives::{Address, U256};

use super::{
    attesters::{States, Unlocks, Views, unknown},
    queues::{EntryQueue, Heads, Waiting},
};
use crate::{
    aztec::{
        Deployment,
        abi::{IGSE, IRollup},
    },
    chain::{Answers, At, Batch, BlockRef, Pool, ReadError, Reading, Slot},
};

/// What attesters, queues and the GSE say, at one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stakes {
    /// Every attester that was asked for.
    pub states: States,
    /// Entry queues in the order of [`Deployment::rollups`].
    pub queues: Vec<EntryQueue>,
    /// All stake of all rollups, without entry queues and exits: `GSE.totalSupply()`, token units.
    pub total: Reading<U256>,
    /// Sequencers that validate, in the order of [`Deployment::rollups`]: `getActiveAttesterCount()`.
    pub active: Vec<Reading<u64>>,
}

impl Stakes {
    /// Why it is not complete, when it is that nobody answered.
    pub fn unanswered(&self) -> Option<ReadError> {
        let queues = self.queues.iter().find_map(EntryQueue::unanswered);
        let active = || self.active.iter().find_map(Reading::unanswered);
        queues
            .or_else(|| self.total.unanswered())
            .or_else(active)
            .or_else(|| self.states.values().find_map(Reading::unanswered))
    }
}

/// Reads where attesters are, who waits to join, and what is staked in all.
///
/// Two requests' time, and a third where an attester leaves an older rollup. Never fails as a whole.
pub async fn stakes(
    pool: &Pool,
    contracts: &Deployment,
    attesters: &[Address],
    block: BlockRef,
) -> At<Stakes> {
    let mut first = Batch::new();
    let asking = Asking::begin(&mut first, contracts, attesters);
    let answers = first.run(pool, &block).await;
    let mut second = Batch::new();
    let going = asking.go_on(&answers, &mut second, contracts);
    let rest = if second.is_empty() { None } else { Some(second.run(pool, &block).await) };
    At { block, value: going.finish(rest.as_ref(), pool, contracts, &block).await }
}

/// The first step of reading [`Stakes`]: what others ask goes into the same request.
pub(super) struct Asking {
    heads: Heads,
    total: Slot<U256>,
    active: Vec<Slot<U256>>,
    search: Search,
}

/// The second step.
pub(super) struct Going {
    waiting: Waiting,
    total: Reading<U256>,
    active: Vec<Reading<u64>>,
    search: Search,
}

impl Asking {
    /// Asks for queues and sums, and for attesters where nearly all are.
    pub(super) fn begin(batch: &mut Batch, contracts: &Deployment, attesters: &[Address]) -> Self {
        Self {
            heads: Heads::ask(batch, contracts),
            total: batch.add(contracts.gse, IGSE::totalSupplyCall {}),
            active: contracts
                .rollups
                .iter()
                .map(|rollup| batch.add(rollup.address, IRollup::getActiveAttesterCountCall {}))
                .collect(),
            search: Search::begin(batch, contracts, attesters),
        }
    }

    /// Takes the answers, and asks for entries and for those who are elsewhere.
    pub(super) fn go_on(mut self, answers: &Answers, batch: &mut Batch, contracts: &Deployment) -> Going {
        let waiting = self.heads.settle(answers, batch);
        self.search.go_on(answers, batch, contracts);
        let count =
            |slot| answers.get(slot).and_then(|n: U256| n.try_into().map_err(|_error| ReadError::Decode));
        Going {
            waiting,
            total: answers.get(self.total),
            active: self.active.into_iter().map(count).collect(),
            search: self.search,
        }
    }
}

impl Going {
    /// Takes the rest of the answers; one more request where an attester leaves an older rollup.
    pub(super) async fn finish(
        self,
        rest: Option<&Answers>,
        pool: &Pool,
        contracts: &Deployment,
        block: &BlockRef,
    ) -> Stakes {
        Stakes {
            queues: self.waiting.settle(rest),
            total: self.total,
            active: self.active,
            states: self.search.finish(rest, pool, contracts, block).await,
        }
    }
}

/// Reads where attesters are, and nothing else.
pub async fn attester_states(
    pool: &Pool,
    contracts: &Deployment,
    attesters: &[Address],
    block: BlockRef,
) -> At<States> {
    let (mut first, mut second) = (Batch::new(), Batch::new());
    let mut search = Search::begin(&mut first, contracts, attesters);
    if first.is_empty() {
        return At { block, value: States::new() };
    }
    search.go_on(&first.run(pool, &block).await, &mut second, contracts);
    let rest = if second.is_empty() { None } else { Some(second.run(pool, &block).await) };
    At { block, value: search.finish(rest.as_ref(), pool, contracts, &block).await }
}

/// Reads the entry queue of every rollup, in the order of [`Deployment::rollups`].
pub async fn entry_queues(pool: &Pool, contracts: &Deployment, block: BlockRef) -> At<Vec<EntryQueue>> {
    let (mut first, mut second) = (Batch::new(), Batch::new());
    let heads = Heads::ask(&mut first, contracts);
    let waiting = heads.settle(&first.run(pool, &block).await, &mut second);
    let rest = if second.is_empty() { None } else { Some(second.run(pool, &block).await) };
    At { block, value: waiting.settle(rest.as_ref()) }
}

/// Looks for attesters: on the canonical rollup first, where nearly all are, and those it does not know on all others;
/// beside that, for the governance unlock of every exit.
struct Search {
    states: States,
    views: Option<Views>,
    unlocks: Option<Unlocks>,
}

impl Search {
    fn begin(batch: &mut Batch, contracts: &Deployment, attesters: &[Address]) -> Self {
        let views = Views::ask(batch, contracts, attesters.iter().copied(), &[contracts.canonical]);
        Self { states: States::new(), views: Some(views), unlocks: None }
    }

    fn go_on(&mut self, answers: &Answers, batch: &mut Batch, contracts: &Deployment) {
        if let Some(views) = self.views.take() {
            views.settle(answers, &mut self.states);
        }
        // newest first
        let others: Vec<usize> =
            (0..contracts.rollups.len()).rev().filter(|index| *index != contracts.canonical).collect();
        self.views = Some(Views::ask(batch, contracts, unknown(&self.states), &others));
        self.unlocks = Some(Unlocks::ask(batch, contracts, &mut self.states));
    }

    async fn finish(
        mut self,
        rest: Option<&Answers>,
        pool: &Pool,
        contracts: &Deployment,
        block: &BlockRef,
    ) -> States {
        let (Some(rest), Some(views), Some(unlocks)) = (rest, self.views, self.unlocks) else {
            return self.states;
        };
        unlocks.settle(rest, &mut self.states);
        views.settle(rest, &mut self.states);
        let mut batch = Batch::new();
        let late = Unlocks::ask(&mut batch, contracts, &mut self.states);
        if !batch.is_empty() {
            late.settle(&batch.run(pool, block).await, &mut self.states);
        }
        self.states
    }
}
