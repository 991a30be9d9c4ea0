//! What happened lately, in lines that a person reads: what belongs to one transaction is one line.

use alloy_primitives::{Address, U256};

use super::{
    events::{Fact, Place},
    history::History,
};
use crate::units::Bps;

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Stakes with a provider.
    Delegated {
        /// The provider.
        provider: u64,
        /// Who paid: a wallet, or a vault's staker.
        account: Address,
        /// How many.
        sequencers: u64,
    },
    /// Sequencers left the entry queue and validate.
    Joined {
        /// How many.
        sequencers: u64,
        /// What they staked, token units.
        amount: U256,
    },
    /// Deposits that could not join were paid back.
    Refunded {
        /// How many.
        sequencers: u64,
    },
    /// A provider came to be.
    Registered {
        /// The provider.
        provider: u64,
        /// Its commission.
        take_rate: Bps,
    },
    /// A commission changed, for new delegations.
    Rate {
        /// The provider.
        provider: u64,
        /// Before; `None` while older events are not read.
        from: Option<Bps>,
        /// Now.
        to: Bps,
    },
    /// A commission goes to another account, for new delegations.
    Recipient {
        /// The provider.
        provider: u64,
        /// Who receives it.
        recipient: Address,
    },
    /// A provider has, or is offered to, another admin.
    Admin {
        /// The provider.
        provider: u64,
        /// The account.
        admin: Address,
        /// Whether it accepted.
        accepted: bool,
    },
    /// Keys were added to a queue.
    KeysAdded {
        /// The provider.
        provider: u64,
        /// How many.
        keys: u64,
    },
    /// Keys were taken out of a queue unused.
    KeysDripped {
        /// The provider.
        provider: u64,
        /// How many.
        keys: u64,
    },
    /// Stake was taken away. The reason is not on chain.
    Slashed {
        /// Of how many sequencers.
        sequencers: u64,
        /// Of one of them.
        attester: Address,
        /// In all, token units.
        amount: U256,
    },
    /// Exits were started.
    ExitStarted {
        /// How many.
        sequencers: u64,
        /// Of one of them.
        attester: Address,
        /// In all, token units.
        amount: U256,
    },
    /// Exits were paid out.
    ExitFinished {
        /// How many.
        sequencers: u64,
        /// In all, token units.
        amount: U256,
    },
}

impl Deed {
    /// Whether it is about stake, and not about how a provider runs.
    pub fn is_stake(&self) -> bool {
        !matches!(
            self,
            Self::Registered { .. }
                | Self::Rate { .. }
                | Self::Recipient { .. }
                | Self::Admin { .. }
                | Self::KeysAdded { .. }
                | Self::KeysDripped { .. }
        )
    }

    /// Takes in another deed of the same transaction, or gives it back where it is something else.
    fn join(&mut self, other: Self) -> Option<Self> {
        match (self, other) {
            (
                Self::Delegated { provider, account, sequencers },
                Self::Delegated { provider: same, account: by, sequencers: more },
            ) if (*provider, *account) == (same, by) => *sequencers += more,
            (Self::Joined { sequencers, amount }, Self::Joined { sequencers: more, amount: and })
            | (
                Self::ExitFinished { sequencers, amount },
                Self::ExitFinished { sequencers: more, amount: and },
            )
            | (
                Self::Slashed { sequencers, amount, .. },
                Self::Slashed { sequencers: more, amount: and, .. },
            )
            | (
                Self::ExitStarted { sequencers, amount, .. },
                Self::ExitStarted { sequencers: more, amount: and, .. },
            ) => {
                *sequencers += more;
                *amount = amount.saturating_add(and);
            }
            (Self::Refunded { sequencers }, Self::Refunded { sequencers: more }) => *sequencers += more,
            (Self::KeysAdded { provider, keys }, Self::KeysAdded { provider: same, keys: more })
            | (Self::KeysDripped { provider, keys }, Self::KeysDripped { provider: same, keys: more })
                if *provider == same =>
            {
                *keys += more;
            }
            (_, other) => return Some(other),
        }
        None
    }
}

/// A line, and where it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where; of the last of its events.
    pub place: Place,
    /// What.
    pub deed: Deed,
}

/// The newest lines, newest first. `wanted` chooses.
pub fn latest(history: &History, most: usize, wanted: impl Fn(&Deed) -> bool) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for told in history.facts().rev() {
        let Some(deed) = deed(history, told.place, &told.fact).filter(&wanted) else { continue };
        let rest = match lines.last_mut().filter(|line| line.place.tx == told.place.tx) {
            Some(line) => line.deed.join(deed),
            None => Some(deed),
        };
        if let Some(deed) = rest {
            if lines.len() == most {
                break;
            }
            lines.push(Line { place: told.place, deed });
        }
    }
    lines
}

fn deed(history: &History, place: Place, fact: &Fact) -> Option<Deed> {
    Some(match fact {
        Fact::Staked { provider, account, .. } => {
            Deed::Delegated { provider: *provider, account: *account, sequencers: 1 }
        }
        Fact::Deposited { amount, .. } => Deed::Joined { sequencers: 1, amount: *amount },
        Fact::Refunded { .. } => Deed::Refunded { sequencers: 1 },
        Fact::Registered { provider, take_rate, .. } => {
            Deed::Registered { provider: *provider, take_rate: *take_rate }
        }
        Fact::TakeRateSet { provider, take_rate } => {
            let before = history
                .rates
                .iter()
                .rev()
                .find(|(id, step)| id == provider && (step.block, step.index) < place.position());
            let from = before.map(|(_, step)| step.take_rate);
            Deed::Rate { provider: *provider, from, to: *take_rate }
        }
        Fact::RecipientSet { provider, recipient } => {
            Deed::Recipient { provider: *provider, recipient: *recipient }
        }
        Fact::AdminOffered { provider, admin } => {
            Deed::Admin { provider: *provider, admin: *admin, accepted: false }
        }
        Fact::AdminSet { provider, admin } => {
            Deed::Admin { provider: *provider, admin: *admin, accepted: true }
        }
        Fact::KeysAdded { provider, attesters } => {
            Deed::KeysAdded { provider: *provider, keys: attesters.len() as u64 }
        }
        Fact::KeyDripped { provider, .. } => Deed::KeysDripped { provider: *provider, keys: 1 },
        Fact::Slashed { attester, amount } => {
            Deed::Slashed { sequencers: 1, attester: *attester, amount: *amount }
        }
        Fact::ExitStarted { attester, amount, .. } | Fact::ExitStartedByKey { attester, amount, .. } => {
            Deed::ExitStarted { sequencers: 1, attester: *attester, amount: *amount }
        }
        Fact::ExitFinished { amount, .. } => Deed::ExitFinished { sequencers: 1, amount: *amount },
        // what a stake brings with it, or what concerns nobody's stake
        Fact::Queued { .. } | Fact::Unread { .. } => {
            return None;
        }
    })
}

/// What slashes took in a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slashes {
    /// In all, token units.
    pub amount: U256,
    /// Events.
    pub events: usize,
    /// Sequencers.
    pub sequencers: usize,
}

/// Blocks whose times are asked for before the first answers are waited for.
const AT_ONCE: usize = 48;

/// Blocks, newest first, of which it is not known when they were.
#[derive(Default)]
struct Undated {
    blocks: usize,
    last: Option<u64>,
}

impl Undated {
    /// One more event of such a block; many events may be of one. Whether that is enough for now.
    fn add(&mut self, place: &Place) -> bool {
        if self.last.replace(place.block) != Some(place.block) {
            self.blocks += 1;
        }
        self.blocks > AT_ONCE
    }

    const fn is_empty(&self) -> bool {
        self.blocks == 0
    }
}

/// Slashes since a Unix second; `None` when `time` does not know when one of them was.
pub fn slashed_since(history: &History, since: u64, time: impl Fn(&Place) -> Option<u64>) -> Option<Slashes> {
    let mut undated = Undated::default();
    let mut found = Slashes::default();
    let mut hit = Vec::new();
    for told in history.facts().rev() {
        let Fact::Slashed { attester, amount } = told.fact else { continue };
        match time(&told.place) {
            Some(time) if time < since => break,
            None if undated.add(&told.place) => break,
            Some(_) | None => {}
        }
        found.amount = found.amount.saturating_add(amount);
        found.events += 1;
        if !hit.contains(&attester) {
            hit.push(attester);
        }
    }
    found.sequencers = hit.len();
    undated.is_empty().then_some(found)
}

/// Attesters of which an exit was started, or that a slash may have ejected, and whose stake was not paid out since: those
/// that may be leaving. What they really do only their rollup knows.
pub fn may_be_leaving(history: &History) -> Vec<Address> {
    let mut leaving = Vec::new();
    for told in history.facts() {
        match told.fact {
            Fact::ExitFinished { attester, .. } => leaving.retain(|known| *known != attester),
            Fact::ExitStarted { attester, .. }
            | Fact::ExitStartedByKey { attester, .. }
            | Fact::Slashed { attester, .. }
                if !leaving.contains(&attester) =>
            {
                leaving.push(attester);
            }
            _ => {}
        }
    }
    leaving
}

/// Attesters whose stake an account owns or owned, through a provider or not, in the order of their deposits.
pub fn staked_by(history: &History, account: Address) -> Vec<Address> {
    let mut own = Vec::new();
    for told in history.facts() {
        if let Fact::Deposited { attester, withdrawer, .. } = told.fact
            && withdrawer == account
            && !own.contains(&attester)
        {
            own.push(attester);
        }
    }
    own
}

/// Sequencers that joined and that began to leave on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Unix seconds of its beginning, UTC.
    pub begins: u64,
    /// Sequencers that left the entry queue and validate.
    pub joined: u64,
    /// Exits that were started.
    pub left: u64,
}

/// The last so many days, oldest first, with the one of `now` last; `None` when `time` does not know when one of the
/// events was.
pub fn days(
    history: &History,
    now: u64,
    count: u64,
    time: impl Fn(&Place) -> Option<u64>,
) -> Option<Vec<Day>> {
    const DAY: u64 = 86_400;
    let mut undated = Undated::default();
    let today = now - now % DAY;
    let first = today.saturating_sub(DAY * count.saturating_sub(1));
    let mut days: Vec<Day> =
        (0..count).map(|day| Day { begins: first + day * DAY, joined: 0, left: 0 }).collect();
    for told in history.facts().rev() {
        let (joined, left) = match told.fact {
            Fact::Deposited { .. } => (1, 0),
            Fact::ExitStarted { .. } | Fact::ExitStartedByKey { .. } => (0, 1),
            _ => continue,
        };
        let Some(time) = time(&told.place) else {
            if undated.add(&told.place) {
                break;
            }
            continue;
        };
        if time < first {
            break;
        }
        let place = usize::try_from((time - first) / DAY).ok()?;
        if let Some(day) = days.get_mut(place) {
            day.joined += joined;
            day.left += left;
        }
    }
    undated.is_empty().then_some(days)
}
