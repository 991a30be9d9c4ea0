//! What one line of the table shows, and which lines there are.

use std::{cmp::Ordering, ops::RangeInclusive, sync::Arc};

use alloy_primitives::{Address, U256};

use crate::{
    aztec::{
        Deployment, Names,
        events::{self, Place},
        read::ProviderRow,
        record::Brief,
        summary::{Rest, Summary},
    },
    chain::{Origin, ReadError, Source},
    state::{ProvidersView, Sort},
    ui::kit::{Figure, Written},
    units::{Bps, Token, fold, format, sorted},
};

/// One provider as the table shows it. The plain values beside the figures are what it is sorted and filtered by;
/// `None` was not read and sorts last.
#[derive(Debug, PartialEq)]
pub(crate) struct Row {
    pub(super) provider_id: u64,
    pub(super) label: String,
    pub(super) named: bool,
    pub(super) site: Option<String>,
    pub(super) admin: Option<Address>,
    pub(super) take_rate: Option<Bps>,
    pub(super) open_slots: Option<u64>,
    pub(super) sequencers: Option<u64>,
    pub(super) stake: Option<U256>,
    pub(super) commission: Figure,
    pub(super) slots_figure: Figure,
    pub(super) sequencers_figure: Figure,
    pub(super) others: Option<String>,
    pub(super) stake_figure: Figure,
    pub(super) share: Option<Figure>,
    /// What the events tell of it; `None` until all are read.
    pub(super) past: Option<Brief>,
    /// What was slashed.
    pub(super) slashed_figure: Figure,
    /// Where its registration is told.
    pub(super) told: Option<Source>,
}

/// What the events tell of all providers.
pub(super) struct Pasts<'a> {
    /// At the places of their numbers; `None` until all events are read.
    pub(super) briefs: Option<&'a [Brief]>,
    /// Whose events were looked at.
    pub(super) contracts: &'a Deployment,
    /// In which blocks.
    pub(super) covered: Option<RangeInclusive<u64>>,
    /// Whether reading them does not get on.
    pub(super) trouble: bool,
}

impl Pasts<'_> {
    fn events(&self, contracts: Vec<Address>, name: &str, of: Option<u64>, matches: u64) -> Option<Source> {
        let covered = self.covered.as_ref()?;
        Some(Source::from(Origin::Logs {
            contracts,
            event: events::signature(name)?,
            topic: of.map(|id| U256::from(id).into()),
            from: *covered.start(),
            to: *covered.end(),
            matches: usize::try_from(matches).ok()?,
        }))
    }

    fn registered(&self, provider_id: u64) -> Option<Source> {
        self.events(vec![self.contracts.staking_registry], "ProviderRegistered", Some(provider_id), 1)
    }

    fn slashed(&self, past: &Brief) -> Option<Source> {
        let rollups = self.contracts.rollups.iter().map(|rollup| rollup.address).collect();
        let events = self.events(rollups, "Slashed", None, past.slashes)?;
        let formula = "sum of what Slashed took from its sequencers, on all rollups";
        Some(Source::derived(formula, [("those of its sequencers, on the first rollup", events)]))
    }
}

impl Row {
    /// Marks figures as old, with the blocks that providers and stakes were read at.
    pub(super) fn aged(mut self, providers: Option<u64>, stakes: Option<u64>) -> Self {
        self.commission = self.commission.aged(providers);
        self.slots_figure = self.slots_figure.aged(providers);
        self.sequencers_figure = self.sequencers_figure.aged(stakes);
        self.stake_figure = self.stake_figure.aged(stakes);
        self.share = self.share.map(|share| share.aged(stakes.or(providers)));
        self
    }

    /// The commission that was set last after the first one, and whether it went up.
    pub(super) fn last_change(&self) -> Option<(&Place, bool)> {
        let [.., before, (place, now)] = &*self.past.as_ref()?.rates else { return None };
        Some((place, *now > before.1))
    }

    pub(super) fn new(
        row: &ProviderRow,
        summary: &Summary,
        names: &Names,
        token: &Token,
        pasts: &Pasts<'_>,
    ) -> Self {
        let trouble = pasts.trouble;
        let past = pasts.briefs.map(|briefs| {
            let place = usize::try_from(row.provider_id).unwrap_or(usize::MAX);
            briefs.get(place).cloned().unwrap_or_default()
        });
        let entry = names.get(row.provider_id);
        let waiting = [(summary.queued, "queued"), (summary.leaving, "leaving")];
        let others: Vec<_> =
            waiting.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
        let amount = |raw: &U256| {
            let (whole, fraction) = format::amount_parts(*raw, token.decimals, 4);
            Written::Amount(whole, fraction, String::new())
        };
        Self {
            provider_id: row.provider_id,
            label: names.label(row.provider_id),
            named: entry.is_some(),
            site: entry.and_then(|entry| entry.website.clone()),
            admin: row.config.get().map(|config| config.admin),
            take_rate: row.config.get().map(|config| config.take_rate),
            open_slots: row.open_slots.get().copied(),
            sequencers: summary.validating.get().copied(),
            stake: summary.stake.get().copied(),
            commission: Figure::of(&row.config, |config| config.take_rate.to_string().into()),
            slots_figure: Figure::of(&row.open_slots, |n| Written::count(*n)),
            sequencers_figure: Figure::of(&summary.validating, |n| Written::count(*n))
                .awaiting_events(trouble),
            others: (!others.is_empty() && summary.validating.value.is_ok()).then(|| others.join(", ")),
            stake_figure: Figure::of(&summary.stake, amount).awaiting_events(trouble),
            share: summary.share().map(|share| Figure::of(&share, |ratio| ratio.percent().into())),
            slashed_figure: match past.as_ref().and_then(|past| Some((past, pasts.slashed(past)?))) {
                Some((past, source)) if past.slashes == 0 => Figure::Shown("none".to_owned().into(), source),
                Some((past, source)) => Figure::Shown(amount(&past.slashed), source),
                None => Figure::NotRead(ReadError::LogsMissing, None).awaiting_events(trouble),
            },
            past,
            told: pasts.registered(row.provider_id),
        }
    }
}

/// What no provider runs, as the last line shows it.
#[derive(Debug, PartialEq)]
pub(super) struct Own {
    pub(super) sequencers: Figure,
    pub(super) stake: Figure,
}

impl Own {
    pub(super) fn new(rest: &Rest, token: &Token, stakes: Option<u64>) -> Self {
        let amount = |raw: &U256| {
            let (whole, fraction) = format::amount_parts(*raw, token.decimals, 4);
            Written::Amount(whole, fraction, String::new())
        };
        Self {
            sequencers: Figure::of(&rest.validating, |n| Written::count(*n)).aged(stakes),
            stake: Figure::of(&rest.stake, amount).aged(stakes),
        }
    }
}

/// Rows in order. Cheap to clone; the same when nothing in them changed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rows(pub(super) Arc<[Arc<Row>]>, pub(super) Option<Arc<Own>>);

impl Rows {
    pub(super) fn new(rows: Vec<Row>, own: Option<Own>) -> Self {
        Self(rows.into_iter().map(Arc::new).collect(), own.map(Arc::new))
    }
}

/// A sum over all rows. One that waits or was not read makes the sum wait or not be read: it is never left out.
pub(super) fn total(
    rows: &[Arc<Row>],
    formula: &'static str,
    pick: fn(&Row) -> (Option<u64>, &Figure),
) -> Figure {
    let sum: Option<u64> = rows.iter().map(|row| pick(row).0).sum();
    let figures = || rows.iter().map(|row| pick(row).1);
    let first = figures().find_map(|figure| match figure {
        Figure::Shown(_, source) => Some(("of the first one", source.clone())),
        _ => None,
    });
    match sum {
        Some(sum) => Figure::Shown(Written::count(sum), Source::derived(formula, first)),
        None => {
            figures().find(|figure| !matches!(figure, Figure::Shown(..))).cloned().unwrap_or(Figure::Loading)
        }
    }
}

/// What was not read comes last, whichever way the rest goes.
fn order<T: Ord>(a: Option<T>, b: Option<T>, descending: bool) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if descending => b.cmp(&a),
        (Some(a), Some(b)) => a.cmp(&b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

/// The rows that match, in order; what no provider runs stands below all of them, and below a part of them nowhere.
pub(super) fn select(all: &Rows, view: &ProvidersView) -> Rows {
    let rows = &all.0;
    let wanted = fold(view.search.trim());
    let matches = |row: &&Arc<Row>| {
        let found = wanted.is_empty()
            || fold(&row.label).contains(&wanted)
            || row.site.as_ref().is_some_and(|site| fold(site).contains(&wanted))
            || row.admin.is_some_and(|admin| fold(&admin.to_string()).contains(&wanted))
            || row.provider_id.to_string() == wanted;
        found
            && (!view.open_only || row.open_slots.is_some_and(|n| n > 0))
            && view.most.is_none_or(|most| row.take_rate.is_some_and(|rate| rate <= most))
    };
    let list: Vec<Arc<Row>> = rows.iter().filter(matches).cloned().collect();
    let descending = view.sort.starts_descending() != view.reversed;
    let list = sorted(list, |a, b| {
        let by = match view.sort {
            Sort::Name => order(Some(fold(&a.label)), Some(fold(&b.label)), descending),
            Sort::Commission => order(a.take_rate, b.take_rate, descending),
            Sort::Sequencers => order(a.sequencers, b.sequencers, descending),
            Sort::Stake => order(a.stake, b.stake, descending),
            Sort::OpenSlots => order(a.open_slots, b.open_slots, descending),
            Sort::Slashed => {
                let taken = |row: &Row| row.past.as_ref().map(|past| past.slashed);
                order(taken(a), taken(b), descending)
            }
            Sort::Registered => {
                let since = |row: &Row| row.past.as_ref()?.registered.map(|place| place.position());
                order(since(a), since(b), descending)
            }
        };
        by.then(a.provider_id.cmp(&b.provider_id))
    });
    let own = all.1.clone().filter(|_| list.len() == rows.len());
    Rows(list.into(), own)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(provider_id: u64, rate: Option<u16>, slots: Option<u64>) -> Row {
        let loading = || Figure::Loading;
        Row {
            provider_id,
            label: format!("Provider {provider_id}"),
            named: false,
            site: None,
            admin: Some(Address::repeat_byte(0xab)),
            take_rate: rate.and_then(Bps::new),
            open_slots: slots,
            sequencers: slots,
            stake: None,
            commission: loading(),
            slots_figure: loading(),
            sequencers_figure: loading(),
            others: None,
            stake_figure: loading(),
            share: None,
            past: None,
            slashed_figure: loading(),
            told: None,
        }
    }

    #[test]
    fn a_sum_leaves_nothing_out() {
        let source = || Source::from(Origin::Block { field: "number", block: 1 });
        let known = |slots| {
            let mut row = row(1, None, Some(slots));
            row.slots_figure = Figure::Shown(Written::count(slots), source());
            Arc::new(row)
        };
        let slots: fn(&Row) -> (Option<u64>, &Figure) = |row| (row.open_slots, &row.slots_figure);
        let sum = total(&[known(3), known(4)], "sum", slots);
        assert!(matches!(sum, Figure::Shown(written, _) if written == Written::count(7)));
        let mut unread = row(2, None, None);
        assert_eq!(total(&[known(3), Arc::new(row(3, None, None))], "sum", slots), Figure::Loading);
        unread.slots_figure = Figure::NotRead(ReadError::Decode, None);
        assert_eq!(
            total(&[known(3), Arc::new(unread)], "sum", slots),
            Figure::NotRead(ReadError::Decode, None)
        );
    }

    fn ids(view: &ProvidersView) -> Vec<u64> {
        let rows = [
            row(1, Some(500), Some(3)),
            row(2, None, Some(9)),
            row(3, Some(0), Some(0)),
            row(4, Some(900), None),
        ];
        select(&Rows(rows.map(Arc::new).into(), None), view).0.iter().map(|row| row.provider_id).collect()
    }

    #[test]
    fn what_was_not_read_sorts_last_both_ways() {
        for (sort, reversed, expected) in [
            (Sort::Commission, false, [3, 1, 4, 2]),
            (Sort::Commission, true, [4, 1, 3, 2]),
            (Sort::OpenSlots, false, [2, 1, 3, 4]),
            (Sort::OpenSlots, true, [3, 1, 2, 4]),
            (Sort::Name, false, [1, 2, 3, 4]),
            (Sort::Stake, false, [1, 2, 3, 4]),
        ] {
            assert_eq!(
                ids(&ProvidersView { sort, reversed, ..Default::default() }),
                expected,
                "{sort:?} {reversed}"
            );
        }
    }

    #[test]
    fn filters_drop_what_they_cannot_judge() {
        assert_eq!(ids(&ProvidersView { open_only: true, ..Default::default() }), [2, 1]);
        assert_eq!(ids(&ProvidersView { most: Bps::new(500), ..Default::default() }), [1, 3]);
        let search = |text: &str| ids(&ProvidersView { search: text.to_owned(), ..Default::default() });
        assert_eq!(search(" provider 4 "), [4]);
        assert_eq!(search("3"), [3]);
        assert_eq!(search("0xABab").len(), 4);
        assert!(search("nobody").is_empty());
    }
}
