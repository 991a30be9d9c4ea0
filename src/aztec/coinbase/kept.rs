//! What an audit found in final blocks, as bytes for the next visit.
//!
//! Kept is what cannot change any more: events up to a final block, who proposed in epochs that began before it, and whom
//! checkpoints named whose proposal (and proof, where there is one) lie below it. A checkpoint that is proven later is
//! looked into again: what was credited counts, not what was named.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, B256, U256};
use serde::{Deserialize, Serialize};

use super::{Audit, Draw, Event, Seen, Step, standing};
use crate::{
    aztec::{Deployment, events::Place},
    chain::BlockRef,
};

/// The form below. Records of another form are dropped.
const FORM: u8 = 1;
/// Epochs of a rollup whose committees are kept, the newest ones: more than a week has.
const EPOCHS: u64 = 600;

/// What is kept of one network's audits, of all its providers together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    form: u8,
    /// Height and hash of a block that was final: only a chain that has it has the rest.
    pub seal: (u64, B256),
    first: u64,
    /// All others are named by their place in here.
    rollups: Vec<Address>,
    events: Vec<KeptEvent>,
    draws: Vec<(usize, u64, U256, Vec<Address>)>,
    seen: Vec<KeptSeen>,
}

/// Block, index, transaction, time.
type KeptPlace = (u64, u64, B256, Option<u64>);
/// Rollup, place, kind, number, archive.
type KeptEvent = (usize, KeptPlace, u8, u64, Option<B256>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct KeptSeen {
    a: Address,
    r: usize,
    n: u64,
    s: u64,
    archive: B256,
    at: KeptPlace,
    tx: B256,
    proven: bool,
    credited: bool,
    to: Address,
    by: Option<Address>,
}

const fn packed(place: &Place) -> KeptPlace {
    (place.block, place.index, place.tx, place.time)
}

const fn unpacked((block, index, tx, time): KeptPlace) -> Place {
    Place { block, index, tx, time }
}

impl Kept {
    /// What of an audit is final as of `seal`, with what was kept of other providers before, as far as it lies in the
    /// audit's window. `None` when the window ends below.
    pub fn of(
        audit: &Audit,
        contracts: &Deployment,
        seal: &BlockRef,
        before: Option<&Audit>,
    ) -> Option<Self> {
        let (first, last) = audit.blocks;
        if !(first..=last).contains(&seal.number) {
            return None;
        }
        let rollups: Vec<Address> = contracts.rollups.iter().map(|rollup| rollup.address).collect();
        let place_of = |rollup: Address| rollups.iter().position(|one| *one == rollup);
        let is_final = |place: &Place| (first..=seal.number).contains(&place.block);
        let events: Vec<Event> =
            audit.events.iter().filter(|event| is_final(&event.place)).copied().collect();
        let begun = |rollup: Address, epoch: u64| {
            let clock = contracts.rollup(rollup).and_then(|rollup| rollup.clock.get().copied());
            clock.is_some_and(|clock| clock.epoch_start(epoch) <= seal.timestamp)
        };
        let newest = |rollup: Address| {
            let of_it = audit.draws.range((rollup, 0)..=(rollup, u64::MAX));
            of_it.map(|((_, epoch), _)| *epoch).filter(|epoch| begun(rollup, *epoch)).max()
        };
        let draws = audit.draws.iter().filter(|((rollup, epoch), _)| {
            let since = newest(*rollup).map(|newest| newest.saturating_sub(EPOCHS));
            begun(*rollup, *epoch) && since.is_some_and(|since| *epoch >= since)
        });
        let draws = draws.filter_map(|((rollup, epoch), draw)| {
            Some((place_of(*rollup)?, *epoch, draw.seed, draw.committee.clone()))
        });
        let proven = proven(&events);
        let others = before.into_iter().flat_map(|before| &before.seen);
        let mut seen: Vec<&Seen> = audit.seen.iter().chain(others).collect();
        seen.retain(|seen| {
            is_final(&seen.place)
                && proven.get(&(seen.rollup, seen.place.tx, seen.archive)) == Some(&seen.proven)
        });
        seen.sort_by_key(|seen| seen.place.position());
        seen.dedup_by_key(|seen| (seen.place.position(), seen.attester));
        let seen = seen.into_iter().filter_map(|seen| {
            Some(KeptSeen {
                a: seen.attester,
                r: place_of(seen.rollup)?,
                n: seen.number,
                s: seen.slot,
                archive: seen.archive,
                at: packed(&seen.place),
                tx: seen.tx,
                proven: seen.proven,
                credited: seen.credited,
                to: *seen.coinbase.as_ref().ok()?,
                by: seen.publisher,
            })
        });
        Some(Self {
            form: FORM,
            seal: (seal.number, seal.hash),
            first,
            draws: draws.collect(),
            seen: seen.collect(),
            events: events
                .iter()
                .filter_map(|event| Some(kept_event(place_of(event.rollup)?, event)))
                .collect(),
            rollups,
        })
    }

    /// As bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        // numbers, texts and lists only: this does not fail, and a record that is empty is not read
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// `None` for anything that [`Self::to_bytes`] did not write in this form.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let kept: Self = serde_json::from_slice(bytes).ok()?;
        let inside = |place: &KeptPlace| (kept.first..=kept.seal.0).contains(&place.0);
        let known = |rollup: usize| rollup < kept.rollups.len();
        let fine = kept.form == FORM
            && kept
                .events
                .iter()
                .all(|(rollup, place, kind, ..)| known(*rollup) && inside(place) && *kind < 4)
            && kept.draws.iter().all(|(rollup, ..)| known(*rollup))
            && kept.seen.iter().all(|seen| known(seen.r) && inside(&seen.at));
        fine.then_some(kept)
    }

    /// As an audit that the next one begins from.
    pub fn audit(&self) -> Audit {
        let rollup = |at: usize| self.rollups.get(at).copied().unwrap_or_default();
        let seen = self.seen.iter().map(|seen| Seen {
            attester: seen.a,
            rollup: rollup(seen.r),
            number: seen.n,
            slot: seen.s,
            archive: seen.archive,
            place: unpacked(seen.at),
            tx: seen.tx,
            proven: seen.proven,
            credited: seen.credited,
            coinbase: Ok(seen.to),
            publisher: seen.by,
        });
        let draws = self.draws.iter().map(|(at, epoch, seed, committee)| {
            ((rollup(*at), *epoch), Draw { committee: committee.clone(), seed: *seed })
        });
        let events = self.events.iter().map(|(at, place, kind, number, archive)| {
            let number = *number;
            let step = match kind {
                0 => Step::Proposed { number, archive: archive.unwrap_or_default() },
                1 => Step::Proven { end: number },
                2 => Step::Pruned { kept: number },
                _ => Step::Invalidated { number },
            };
            Event { rollup: rollup(*at), place: unpacked(*place), step }
        });
        Audit {
            blocks: (self.first, self.seal.0),
            seen: seen.collect(),
            rollups: BTreeSet::new(),
            gap: None,
            events: events.collect(),
            draws: draws.collect(),
        }
    }
}

fn kept_event(rollup: usize, event: &Event) -> KeptEvent {
    let (kind, number, archive) = match event.step {
        Step::Proposed { number, archive } => (0, number, Some(archive)),
        Step::Proven { end } => (1, end, None),
        Step::Pruned { kept } => (2, kept, None),
        Step::Invalidated { number } => (3, number, None),
    };
    (rollup, packed(&event.place), kind, number, archive)
}

/// Whether each checkpoint that stands by these events is proven, by rollup, transaction and archive root.
fn proven(events: &[Event]) -> BTreeMap<(Address, B256, B256), bool> {
    let rollups: BTreeSet<Address> = events.iter().map(|event| event.rollup).collect();
    let mut found = BTreeMap::new();
    for rollup in rollups {
        for one in standing(events.iter().filter(|event| event.rollup == rollup).copied()) {
            found.insert((rollup, one.place.tx, one.archive), one.proof.is_some());
        }
    }
    found
}
