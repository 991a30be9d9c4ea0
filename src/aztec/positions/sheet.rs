use alloy_primitives::{Address, U256};

use super::{
    Fate, Stake,
    gains::{Gain, Total, gains, totals},
    received::{Others, Receiver, receivers},
    standings,
};
use crate::{
    aztec::{
        Deployment,
        model::{Delegation, ExitView},
        read::{Backing, Positions, Stakes},
        rules::{JoinTime, Position, join_time},
    },
    chain::{ReadError, Reading, Source},
};

/// One stake as a person is told about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What the events say.
    pub stake: Stake,
    /// Where it is.
    pub position: Reading<Position>,
    /// What is in it, in token units: the effective balance, what an exit returns, or the deposit that waits.
    pub amount: Reading<U256>,
    /// When a deposit that waits joins at the earliest.
    pub joins: Option<Result<JoinTime, ReadError>>,
    /// Who receives its rewards, after the provider. `None` without a provider, or while the split's terms are unread.
    pub recipient: Option<Address>,
    /// Who votes with it; `None` while it does not validate: then nobody can.
    pub backing: Option<Reading<Backing>>,
    /// What that recipient gets of it, by token. Empty without a provider, and while no rollup says what it pays in.
    pub gains: Vec<Gain>,
}

/// All stakes of one withdrawer and their sums, in token units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// In chain order.
    pub lines: Vec<Line>,
    /// Splits that pay the address for stakes of others, in chain order.
    pub received: Vec<Receiver>,
    /// What validates.
    pub staked: Reading<U256>,
    /// What leaves: exits and zombies.
    pub exiting: Reading<U256>,
    /// What the address itself earned, by token, that of its stake first. Never empty: where no rollup says what it
    /// pays in, the one entry is of the staking token and unread.
    pub totals: Vec<Total>,
}

impl Line {
    /// What its recipient gets in a token.
    pub fn gain(&self, token: Address) -> Option<&Gain> {
        self.gains.iter().find(|gain| gain.token == token)
    }
}

impl Sheet {
    /// Puts splits beside it that pay the address for stakes of others, and adds what they bring to what it earned.
    #[must_use]
    pub fn receiving(
        self,
        contracts: &Deployment,
        owner: Address,
        others: &Others,
        read: &Positions,
    ) -> Self {
        let received = receivers(contracts, others, read);
        let totals = totals(contracts, owner, (&self.lines, &received), read);
        Self { received, totals, ..self }
    }

    /// The splits that pay the address, and those of its stakes that pay somebody else.
    pub fn splits(&self) -> Vec<Address> {
        let own = self.lines.iter().filter_map(|line| Some(line.stake.delegation.as_ref()?.split));
        own.chain(self.received.iter().map(|received| received.split)).collect()
    }

    /// The delegation that a split was made for.
    pub fn delegation(&self, split: Address) -> Option<&Delegation> {
        let own = self.lines.iter().filter_map(|line| line.stake.delegation.as_ref());
        own.chain(self.received.iter().filter_map(|received| received.made.as_ref()))
            .find(|made| made.split == split)
    }

    /// What the address earned in a token.
    pub fn total(&self, token: Address) -> Option<&Total> {
        self.totals.iter().find(|total| total.token == token)
    }

    /// How many stakes are in a state.
    pub fn count(&self, wanted: impl Fn(&Position) -> bool) -> usize {
        self.lines.iter().filter(|line| line.position.get().is_some_and(&wanted)).count()
    }
}

/// Puts events and state together. A sum with an unread part is unread.
pub fn sheet(contracts: &Deployment, owner: Address, made: Vec<Stake>, read: &Positions) -> Sheet {
    let rollups: Vec<Address> = contracts.rollups.iter().map(|rollup| rollup.address).collect();
    let decided = standings(&made, &rollups, &read.stakes);
    let lines: Vec<Line> =
        made.into_iter().zip(decided).map(|(stake, decided)| line(contracts, stake, decided, read)).collect();
    let amounts = |wanted: fn(&Position) -> bool| {
        let mut sum = U256::ZERO;
        for line in &lines {
            if wanted(&line.position.need()?) {
                sum = sum.saturating_add(line.amount.need()?);
            }
        }
        Ok(sum)
    };
    let first = |name: &'static str, pick: fn(&Line) -> Option<Source>| {
        lines.iter().find_map(pick).map(|source| (name, source))
    };
    let amount_source = || first("the first one", |line| Some(line.amount.source.clone()));
    let staked = Reading {
        value: amounts(|position| matches!(position, Position::Validating { .. })),
        source: Source::derived("sum of effectiveBalance over the stakes that validate", amount_source()),
    };
    let exiting = Reading {
        value: amounts(|position| matches!(position, Position::Exiting { .. } | Position::Zombie { .. })),
        source: Source::derived("sum of exit.amount over the stakes that leave", amount_source()),
    };
    let totals = totals(contracts, owner, (&lines, &[]), read);
    Sheet { lines, received: Vec::new(), staked, exiting, totals }
}

fn line(
    contracts: &Deployment,
    stake: Stake,
    decided: Result<Position, ReadError>,
    read: &Positions,
) -> Line {
    let position = Reading { value: decided, source: position_source(&read.stakes, &stake) };
    let joins = match position.get() {
        Some(Position::Queued { rollup, ahead }) => {
            let pace = read.queues.get(*rollup).cloned().unwrap_or(Err(ReadError::Incomplete));
            Some(pace.map(|pace| join_time(*ahead, pace)))
        }
        _ => None,
    };
    let split = stake.delegation.as_ref().map(|made| read.rewards.splits.get(&made.split));
    let recipient = split.flatten().and_then(|split| split.terms.as_ref().ok()?.delegator());
    let gains = split.map(|split| gains(contracts, split, read)).unwrap_or_default();
    let backing = match position.get() {
        Some(Position::Validating { rollup, balance }) => {
            Some(read.backing(contracts, stake.attester, (*rollup, *balance)))
        }
        _ => None,
    };
    Line { amount: amount(contracts, &position), stake, position, joins, recipient, backing, gains }
}

fn amount(contracts: &Deployment, position: &Reading<Position>) -> Reading<U256> {
    let source = position.source.clone();
    let value = position.need().and_then(|position| match position {
        Position::Validating { balance, .. } => Ok(balance),
        Position::Exiting { exit: ExitView { amount, .. }, .. }
        | Position::Zombie { exit: ExitView { amount, .. }, .. } => Ok(amount),
        Position::Queued { rollup, .. } => {
            contracts.rollups.get(rollup).ok_or(ReadError::Incomplete)?.activation_threshold.need()
        }
        Position::Refunded | Position::Finished => Ok(U256::ZERO),
    });
    Reading { value, source }
}

/// What a position was read from: the attester, and the entry queue while the deposit waits there.
fn position_source(chain: &Stakes, stake: &Stake) -> Source {
    let attester = chain.states.get(&stake.attester).map(|state| ("attester", state.source.clone()));
    let waits = stake.fate == Fate::Waiting;
    let queue = chain.queues.last().filter(|_| waits);
    let queue = queue.map(|queue| ("the entries from 0 to its length", queue.length.source.clone()));
    let formula = "the events of the deposit, then the attester’s stake if its withdrawer is this one";
    Source::derived(formula, attester.into_iter().chain(queue))
}
