use alloy_primitives::{Address, U256};

use super::Sheet;
use crate::{
    aztec::{
        events::{Fact, Place},
        history::History,
        read::ProposalRow,
        rules::{Position, ProposalState},
    },
    units::Bps,
};

/// Something that somebody with stake may want to be told at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// An exit can be finalised.
    Finalisable {
        /// Of which key.
        attester: Address,
        /// In token units.
        amount: U256,
        /// Since when, Unix seconds.
        since: u64,
    },
    /// Stake was taken away.
    Slashed {
        /// From which key.
        attester: Address,
        /// In token units.
        amount: U256,
        /// Where it was told.
        place: Place,
    },
    /// A provider of one's stakes changed what it takes of new ones.
    Commission {
        /// Which.
        provider: u64,
        /// From now on.
        take_rate: Bps,
        /// Where it was told.
        place: Place,
    },
    /// The power that counts for a proposal is about to be taken down: until then votes can be given to somebody else.
    Snapshot {
        /// Which.
        proposal: u64,
        /// Unix seconds of the last block that counts.
        until: u64,
    },
}

impl Notice {
    /// What makes it another one than those before, however it is worded.
    pub fn identity(&self) -> String {
        match self {
            Self::Finalisable { attester, .. } => format!("finalisable-{attester}"),
            Self::Slashed { place, .. } => format!("slashed-{}-{}", place.tx, place.index),
            Self::Commission { place, .. } => format!("commission-{}-{}", place.tx, place.index),
            Self::Snapshot { proposal, .. } => format!("snapshot-{proposal}"),
        }
    }
}

/// Seconds before a snapshot from which on it is told: a day.
pub const SNAPSHOT_AHEAD: u64 = 86_400;

/// All there is to be told at a moment, as far as it is read; what was there before is for whoever tells to know.
pub fn notices(sheet: &Sheet, history: &History, proposals: &[ProposalRow], now: u64) -> Vec<Notice> {
    let mut all = Vec::new();
    for line in &sheet.lines {
        let attester = line.stake.attester;
        if let Some(Position::Exiting { exit, .. }) = line.position.get()
            && let Ok(since) = exit.ends_at()
            && since <= now
        {
            all.push(Notice::Finalisable { attester, amount: exit.amount, since });
        }
        let slashes = line.stake.slashes.iter();
        all.extend(slashes.map(|(place, amount)| Notice::Slashed {
            attester,
            amount: *amount,
            place: *place,
        }));
    }
    let mine = |provider: u64| {
        let live = sheet.lines.iter().filter(|line| line.position.get().is_none_or(Position::is_live));
        live.filter_map(|line| line.stake.delegation.as_ref()).any(|made| made.provider_id == provider)
    };
    let rates = history.facts().filter_map(|told| match told.fact {
        Fact::TakeRateSet { provider, take_rate } if mine(provider) => {
            Some(Notice::Commission { provider, take_rate, place: told.place })
        }
        _ => None,
    });
    all.extend(rates);
    // only what validates has a vote to give away
    if sheet.count(|position| matches!(position, Position::Validating { .. })) > 0 {
        all.extend(proposals.iter().filter_map(|row| snapshot(row, now)));
    }
    all
}

fn snapshot(row: &ProposalRow, now: u64) -> Option<Notice> {
    let until = row.proposal.get()?.standing.phases.pending;
    let soon = *row.state.get()? == ProposalState::Pending
        && until >= now
        && until <= now.saturating_add(SNAPSHOT_AHEAD);
    soon.then_some(Notice::Snapshot { proposal: row.id, until })
}
