//! What stake earns in a year: what was observed, with its range, beside what today's settings would pay.

use std::{collections::BTreeMap, sync::Arc};

use alloy_primitives::Address;
use leptos::prelude::*;

use super::{Desk, label, proofs};
use crate::{
    aztec::{
        positions::{
            self, Began, ENOUGH_SECONDS, Given, KeptReading, Line, Observed, Outcome, Outcomes, Sheet, pooled,
        },
        read::{Deed, Positions, Proofs},
        rules::{Position, RewardTerms},
    },
    chain::{Origin, ReadError, Reading, Source},
    state::{Moves, Screen, Told, watch},
    ui::{
        Cx,
        kit::{Figure, Written, cut, live},
    },
    units::{Bps, Ratio, format},
};

/// Rows drawn before somebody asks for all of them.
const FIRST: usize = 8;

/// What each rollup pays.
pub(super) type Terms = Screen<Vec<Reading<RewardTerms>>>;

/// What the page knows of rates.
#[derive(Clone, Copy)]
pub(super) struct Earned {
    /// What each rollup pays.
    pub(super) terms: Terms,
    /// What each delegation was credited; `None` until all that it needs is read.
    observed: Memo<Option<Arc<Outcomes>>>,
    /// Proofs that somebody had decoded.
    pub(super) decoded: proofs::Decoded,
    /// What those credited each delegation, by its place in the sheet.
    proven: Memo<Option<Arc<BTreeMap<usize, Observed>>>>,
}

/// What each delegation was credited, once claims and settings are read. What is owed now is kept for later visits.
pub(super) fn observe(
    cx: Cx,
    owner: Memo<Option<Address>>,
    (told, sheet): (Memo<Option<Told>>, Memo<Option<Arc<Sheet>>>),
    (read, moves, terms): (Screen<Positions>, Moves, Terms),
) -> Earned {
    let decoded = proofs::Decoded::new(owner);
    let kept = Memo::new(move |_| owner.get().map(|owner| cx.scope.kept_readings(owner)).unwrap_or_default());
    // an hour of chain time between two looks at what is kept
    let mut looked: Option<(Address, u64)> = None;
    watch(move || {
        let Some((owner, contracts)) = owner.get().zip(cx.scope.deployment()) else { return };
        // those of earlier visits are taken before this one is added
        kept.with(|_| ());
        let new = read.with(|read| {
            let at = read.last()?;
            if !told.with(|told| told.as_ref().is_some_and(|told| told.is_kept(owner, &at.value))) {
                return None;
            }
            let now = at.block.timestamp;
            let lately = |(of, at): &(Address, u64)| *of == owner && at.saturating_add(3_600) > now;
            if looked.as_ref().is_some_and(lately) {
                return None;
            }
            looked = Some((owner, now));
            KeptReading::of(&contracts, &at.value, (at.block.number, now))
        });
        if let Some(new) = new {
            cx.scope.keep_reading(owner, new);
        }
    });
    let given = Asked { cx, told, sheet, read, moves, terms, kept };
    let observed = Memo::new(move |_| given.with(|sheet, given| Arc::new(positions::observed(sheet, given))));
    let proven = Memo::new(move |_| {
        let proofs = decoded.of(owner.get())?;
        given.with(|sheet, given| {
            let of = |(place, line)| Some((place, positions::by_proofs(line, &proofs, given)?));
            Arc::new(sheet.lines.iter().enumerate().filter_map(of).collect())
        })
    });
    Earned { terms, observed, decoded, proven }
}

/// What observations are made of.
#[derive(Clone, Copy)]
struct Asked {
    cx: Cx,
    told: Memo<Option<Told>>,
    sheet: Memo<Option<Arc<Sheet>>>,
    read: Screen<Positions>,
    moves: Moves,
    terms: Terms,
    kept: Memo<Vec<KeptReading>>,
}

impl Asked {
    /// Makes something of it; `None` until all of it is read.
    fn with<T>(self, make: impl FnOnce(&Sheet, Given<'_>) -> T) -> Option<T> {
        let (contracts, sheet) = (self.cx.scope.deployment()?, self.sheet.get()?);
        let told = self.told.with(|told| told.as_ref().is_some_and(|told| told.complete));
        // a claim that is not known would be missing from what was credited
        let moves = self.moves.whole().filter(|_| told)?.value;
        self.terms.with(|terms| {
            let terms = &terms.last()?.value;
            self.read.with(|read| {
                let at = read.last().filter(|at| at.value.owner == moves.owner())?;
                let given = Given {
                    contracts: &contracts,
                    read: &at.value,
                    terms,
                    moves: &moves.all,
                    kept: &self.kept.read(),
                    now: at.block.timestamp,
                    time: &|place| self.cx.scope.dates.of(place),
                };
                Some(make(&sheet, given))
            })
        })
    }
}

/// The panel; nothing where no stake of the address is with a provider.
pub(super) fn rates(desk: Desk) -> AnyView {
    let everything = RwSignal::new(false);
    live(move || {
        let Some(sheet) = desk.sheet.get() else { return ().into_any() };
        let made: Vec<&Line> = sheet
            .lines
            .iter()
            .filter(|line| line.stake.delegation.is_some() && line.stake.joined().is_some())
            .collect();
        if made.is_empty() {
            return ().into_any();
        }
        let Earned { observed, proven, .. } = desk.rates.get_value();
        let found = observed.get();
        let (limit, more) = cut(everything, FIRST, made.len());
        let proven = proven.get();
        let by_proofs = |place: &usize| proven.as_ref()?.get(place).copied();
        let rows: Vec<_> = match &found {
            Some(found) => found
                .iter()
                .rev()
                .take(limit)
                .filter_map(|(place, outcome)| {
                    Some(row(desk, sheet.lines.get(*place)?, (Some(outcome), by_proofs(place))))
                })
                .collect(),
            None => made.iter().rev().take(limit).map(|line| row(desk, line, (None, None))).collect(),
        };
        let busy = if found.is_some() { "false" } else { "true" };
        view! {
            <section class="panel" aria-busy=busy>
                <header><h2>"Reward rate"</h2><p>"Of a year, by the stake, nothing reinvested"</p></header>
                <div class="body">{sums(desk, found.as_deref().map(Vec::as_slice))}</div>
                <div class="tablewrap">
                    <table class="table tight cards">
                        <thead><tr>
                            <th scope="col">"Delegation"</th><th scope="col" class="num">"Credited, net"</th>
                            <th scope="col" class="num">"Observed, net"</th><th scope="col" class="num">"By today’s settings, net"</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
                {more}
                {proofs::foot(desk)}
                <div class="body"><p class="muted xs">"Who proposes is drawn by lot. The range in brackets is what chance leaves open: it is too narrow once in ten times. The number of checkpoints is computed from what one pays today, with fees counted as rewards."</p></div>
            </section>
        }
        .into_any()
    })
}

fn range((low, high): (Ratio, Ratio)) -> String {
    let percent = |ratio: Ratio| ratio.percent().trim_end_matches(" %").to_owned();
    if percent(low) == percent(high) {
        high.percent()
    } else {
        format!("{} to {}", percent(low), high.percent())
    }
}

/// `19.1 % (10.3 to 32.4 %)`.
fn written(found: &Observed) -> Option<Written> {
    let (rate, ends) = found.rate()?;
    Some(Written::Text(format!("{} ({})", rate.percent(), range(ends))))
}

/// What the settings of a rollup would pay somebody who keeps this share.
fn by_settings(desk: Desk, terms: &Reading<RewardTerms>, kept: Bps) -> Figure {
    let Some(contracts) = desk.cx.scope.deployment() else { return Figure::Loading };
    if let Some(terms) = terms.get().filter(|terms| terms.token != contracts.token.address) {
        let said = format!("paid in {}: no rate", format::short_address(terms.token));
        return Figure::Shown(Written::Text(said), Source::derived("getFeeAsset()", []));
    }
    let staked = contracts.token.address;
    let yearly = terms.clone().and_then(|terms| terms.yearly(kept, staked).ok_or(ReadError::Incomplete));
    Figure::of(&yearly, |ends| Written::Text(range(*ends)))
}

/// All delegations together, and what the network would pay anybody.
fn sums(desk: Desk, found: Option<&[(usize, Outcome)]>) -> AnyView {
    let canonical = desk.cx.scope.deployment().map_or(0, |contracts| contracts.canonical);
    let theory = desk.rates.get_value().terms.with(|terms| {
        Figure::at(terms, |at| {
            at.value.get(canonical).map_or(Figure::Loading, |terms| by_settings(desk, terms, Bps::WHOLE))
        })
    });
    let (all, below) = match found.map(pooled) {
        None => (desk.cx.sources.fig("Observed", loading(desk), "w8"), None),
        Some(None) => {
            (view! { <span class="muted">"not every delegation could be observed"</span> }.into_any(), None)
        }
        Some(Some(sum)) => {
            let below = sample(&sum);
            match written(&sum) {
                Some(written) => {
                    let figure = Figure::Shown(written, source(desk, None));
                    (desk.cx.sources.fig("Observed, all delegations", figure, "w8"), Some(below))
                }
                None => (view! { <span class="muted">{too_few(&sum)}</span> }.into_any(), Some(below)),
            }
        }
    };
    view! {
        <dl class="facts end">
            <dt>"Observed, all delegations since they joined, net"</dt><dd>{all}{below.map(|said| view! { <span class="sub">{said}</span> })}</dd>
            <dt>"By today’s settings, before commission and without fees"</dt>
            <dd>{desk.cx.sources.fig("By today’s settings", theory, "w8")}<span class="sub">"if slots get proven as often as so far, and if all of them do"</span></dd>
        </dl>
    }
    .into_any()
}

/// On its way, or why not.
fn loading(desk: Desk) -> Figure {
    let failed = desk.moves.failure();
    match failed.or_else(|| desk.rates.get_value().terms.with(|terms| terms.failure().cloned())) {
        Some(error) => Figure::NotRead(error, None),
        None => Figure::Loading,
    }
}

fn sample(found: &Observed) -> String {
    format!(
        "about {} in {}",
        format::plural(found.checkpoints, "checkpoint"),
        format::plural(found.days(), "day")
    )
}

fn too_few(found: &Observed) -> String {
    let needed = format::plural(ENOUGH_SECONDS / 86_400, "day");
    format!("too few: {} of {needed}", format::count(found.days()))
}

fn row(desk: Desk, line: &Line, (outcome, proven): (Option<&Outcome>, Option<Observed>)) -> AnyView {
    let cx = desk.cx;
    let made = line.stake.delegation.as_ref();
    let name = made.map(|made| cx.scope.label(made.provider_id));
    let muted = |said: String| view! { <span class="muted">{said}</span> }.into_any();
    let (credited, rate) = match outcome {
        None | Some(Outcome::Waiting) => {
            (().into_any(), cx.sources.fig(label("Observed rate", line), loading(desk), "w8"))
        }
        Some(Outcome::OtherToken) => (().into_any(), muted("paid in another token: no rate".to_owned())),
        Some(Outcome::Unread(error)) => {
            let figure = Figure::NotRead(error.clone(), Some(source(desk, Some(line))));
            (().into_any(), cx.sources.fig(label("Observed rate", line), figure, "w8"))
        }
        Some(Outcome::Known(whole, last)) => {
            let net = Figure::Shown(desk.amount(whole.net), source(desk, Some(line)));
            let net = cx.sources.fig(label("Credited", line), net, "w8");
            let rate = match written(whole) {
                Some(written) => {
                    let figure = Figure::Shown(written, source(desk, Some(line)));
                    cx.sources.fig(label("Observed rate", line), figure, "w8")
                }
                None => muted(too_few(whole)),
            };
            // proofs tell it where neither a claim nor a visit does
            let last = last.as_deref().copied().or(proven).and_then(|found| recent(desk, line, &found));
            (
                view! { {net}<span class="sub">{sample(whole)}</span> }.into_any(),
                view! { {rate}{last} }.into_any(),
            )
        }
    };
    let theory = theory(desk, line);
    let outside = made.filter(|made| {
        cx.scope.names.with(|names| names.get(made.provider_id).is_some_and(|name| name.audit.is_some()))
    });
    let outside =
        outside.map(|_| view! { <span class="sub">"without what it pays outside the protocol"</span> });
    view! {
        <tr>
            <td class="full"><div class="who"><div><span class="n">{name}</span><span class="sub">{cx.addr(line.stake.attester)}</span>{outside}</div></div></td>
            <td class="num" data-l="Credited, net">{credited}</td>
            <td class="num" data-l="Observed, net">{rate}</td>
            <td class="num" data-l="By today’s settings, net">{theory}</td>
        </tr>
    }
    .into_any()
}

/// The rate since the last moment that is known and long enough ago.
fn recent(desk: Desk, line: &Line, found: &Observed) -> Option<AnyView> {
    let figure = Figure::Shown(written(found)?, source(desk, Some(line)));
    let since = match found.began {
        Began::Joined => "joining",
        Began::Claimed => "a claim",
        Began::Read => "a visit",
        Began::Proofs => return proven_rate(desk, line, found),
    };
    let said = format!(", {}, since {since} on {}", sample(found), format::date(found.since, desk.now()));
    let figure = desk.cx.sources.fig(label("Observed rate lately", line), figure, "w8");
    Some(view! { <span class="sub">{figure}{said}</span> }.into_any())
}

/// The same by decoded proofs: with the checkpoints that they credited, or why that is too little for a rate.
fn proven_rate(desk: Desk, line: &Line, found: &Observed) -> Option<AnyView> {
    let credited = format::plural(found.checkpoints, "checkpoint");
    let since = format::date(found.since, desk.now());
    let Some(rate) = written(found) else {
        let said = format!("{credited} by decoded proofs since {since}; {}", too_few(found));
        return Some(view! { <span class="sub">{said}</span> }.into_any());
    };
    let proofs = desk.rates.get_value().decoded.of(desk.owner.get())?;
    let split = line.stake.delegation.as_ref()?.split;
    let rollups = desk.cx.scope.deployment()?.rollups.iter().map(|rollup| rollup.address).collect::<Vec<_>>();
    let source = proven_source(&proofs, &rollups, (split, found.checkpoints));
    let figure =
        desk.cx.sources.fig(label("Observed rate by proofs", line), Figure::Shown(rate, source), "w8");
    let days = format::plural(found.days(), "day");
    let said = format!(", {credited} in {days} by decoded proofs since {since}, without fees");
    Some(view! { <span class="sub">{figure}{said}</span> }.into_any())
}

/// Where a rate by proofs is from: the events that name the transactions of all proofs, and what was found in those.
fn proven_source(proofs: &Proofs, rollups: &[Address], (split, checkpoints): (Address, u64)) -> Source {
    let (from, to) = proofs.blocks;
    let event = "L2ProofVerified(uint256,address)";
    let of_rollup = |(rollup, matches): (&Address, &usize)| {
        let origin =
            Origin::Logs { contracts: vec![*rollup], event, topic: None, from, to, matches: *matches };
        ("proofs of a rollup", Source::from(origin))
    };
    let answer = format!(
        "{} of {} that credited something name {split} as coinbase",
        format::plural(checkpoints, "checkpoint"),
        format::plural(proofs.count as u64, "proof"),
    );
    let named = Origin::Node { method: "eth_getTransactionByHash, of each proof", answer, block: to };
    let formula = "checkpoints of decoded proofs whose coinbase is the split × floor(paid × sequencerBps / 10,000 / added), without fees; \
                   net = own share of it; rate = net × 365 d / (deposit × time); range: Poisson, 90 %";
    let events = rollups.iter().zip(&proofs.events).filter(|(_, matches)| **matches > 0).map(of_rollup);
    Source::derived(formula, events.chain([("checkpoints of the split", Source::from(named))]))
}

/// What today's settings would pay a stake on its rollup, after its frozen commission; nothing once it ended.
fn theory(desk: Desk, line: &Line) -> Option<AnyView> {
    let Position::Validating { rollup, .. } = line.position.get()? else { return None };
    let kept = desk.kept(line)?;
    let figure = desk.rates.get_value().terms.with(|terms| {
        Figure::at(terms, |at| {
            at.value.get(*rollup).map_or(Figure::Loading, |terms| by_settings(desk, terms, kept))
        })
    });
    Some(desk.cx.sources.fig(label("Rate by settings", line), figure, "w8"))
}

/// Where an observation is from: of one line, or of all.
fn source(desk: Desk, line: Option<&Line>) -> Source {
    let split = line.and_then(|line| Some(line.stake.delegation.as_ref()?.split));
    let contracts = desk.cx.scope.deployment();
    let claims = desk.moves.whole().and_then(|at| {
        let claimed = at.value.all.iter().filter(|moved| match moved.deed {
            Deed::Claimed { split: of, .. } => split.is_none_or(|split| split == of),
            _ => false,
        });
        let origin = Origin::Logs {
            contracts: vec![contracts.as_ref()?.token.address],
            event: "Transfer(address,address,uint256)",
            topic: None,
            from: contracts.as_ref()?.from_block.block(),
            to: at.block.number,
            matches: claimed.count(),
        };
        Some(("claims", Source::from(origin)))
    });
    let owed: Vec<_> = desk
        .read
        .with(|read| {
            let splits = read.last().map(|at| &at.value.rewards.splits);
            let found = split.and_then(|split| splits?.get(&split));
            found.map(|found| {
                found.accrued.iter().map(|accrued| ("owed now", accrued.source.clone())).collect()
            })
        })
        .unwrap_or_default();
    let terms = desk.rates.get_value().terms.with(|terms| {
        let canonical = contracts.as_ref()?.canonical;
        Some(("what one checkpoint pays", terms.last()?.value.get(canonical)?.source.clone()))
    });
    let formula = "credited = claims since then + owed now − owed then; net = own share of it; rate = net × 365 d / (deposit × time); \
                   checkpoints = credited / what one pays; range: Poisson, 90 %";
    Source::derived(formula, claims.into_iter().chain(owed).chain(terms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_by_proofs_says_how_many_events_there_are_and_how_many_checkpoints_count() {
        let [old, new, split] = [1, 2, 3].map(Address::repeat_byte);
        let proofs = Proofs { blocks: (5, 9), count: 4, events: vec![0, 7], ..Proofs::default() };
        let source = proven_source(&proofs, &[old, new], (split, 2));
        let Origin::Derived { inputs, .. } = &*source.0 else { panic!("{source:?}") };
        let [(_, events), (_, named)] = inputs.as_slice() else { panic!("{inputs:?}") };
        // what `cast logs` returns for the same
        let Origin::Logs { contracts, from: 5, to: 9, matches: 7, .. } = &*events.0 else {
            panic!("{events:?}")
        };
        assert_eq!(contracts, &[new]);
        let Origin::Node { answer, .. } = &*named.0 else { panic!("{named:?}") };
        assert!(answer.starts_with("2 checkpoints of 4 proofs"), "{answer}");
    }
}
