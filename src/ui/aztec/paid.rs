//! Who is paid for a provider's sequencers, as the chain shows it: the same on the provider's own page and on its public one.

use alloy_primitives::{Address, U256};
use leptos::prelude::*;

use crate::{
    aztec::{
        Deployment,
        coinbase::{self, Audit, NotChecked, Paid, Payee, Seen, home, paid},
        history::History,
        positions::{Due, due},
        read::{Rewards, Stakes},
        rules::positions,
    },
    chain::{ReadError, Reading, Source},
    state::Screen,
    ui::{
        Cx,
        kit::{Figure, Written, icon},
        text,
    },
    units::{Token, format},
};

/// A delegation and the verdict on it.
pub(super) type Verdict = (Payee, Paid);

/// The verdicts on a provider's delegations, newest first; `None` while something they need is read.
pub(super) fn verdicts(
    cx: Cx,
    provider_id: u64,
    audit: Screen<Audit>,
    stakes: Screen<Stakes>,
) -> Option<Vec<Verdict>> {
    let contracts = cx.scope.deployment()?;
    cx.scope.ledger.with(|ledger| {
        let ledger = ledger.as_ref().filter(|ledger| ledger.is_complete())?;
        let payees = coinbase::payees(&ledger.history, provider_id);
        audit.with(|audit| match (audit.last(), audit.failure()) {
            (Some(at), _) => stakes.with(|stakes| {
                let stakes = stakes.last().map(|at| &at.value);
                let verdict = |payee: Payee| {
                    let home = standing(&contracts, &ledger.history, stakes, provider_id, &payee);
                    let found = match home {
                        Ok(home) => paid(&at.value, &payee, home),
                        // without its rollup an absence would be a guess; what was seen is not
                        Err(error) => match paid(&at.value, &payee, None) {
                            Paid::NotProposed => Paid::NotChecked(NotChecked::NotRead(error)),
                            seen => seen,
                        },
                    };
                    (payee, found)
                };
                Some(payees.into_iter().map(verdict).collect())
            }),
            (None, Some(error)) => {
                let unread = |payee| (payee, Paid::NotChecked(NotChecked::NotRead(error.clone())));
                Some(payees.into_iter().map(unread).collect())
            }
            (None, None) => None,
        })
    })
}

/// The rollup that a delegation's sequencer is on.
fn standing(
    contracts: &Deployment,
    history: &History,
    stakes: Option<&Stakes>,
    provider_id: u64,
    payee: &Payee,
) -> Result<Option<Address>, ReadError> {
    let stakes = stakes.ok_or(ReadError::Incomplete)?;
    let made = history.of_provider(provider_id).find(|made| made.split == payee.split);
    let found = made.and_then(|made| positions(contracts, history, &[made], stakes).pop());
    let position = found.ok_or(ReadError::Incomplete)??;
    Ok(home(&contracts.rollups, Some(&position)))
}

/// How many have which verdict, in words; those that need an act first.
pub(super) fn tally(verdicts: &[Verdict]) -> AnyView {
    let count = |is: fn(&Paid) -> bool| verdicts.iter().filter(|(_, paid)| is(paid)).count();
    let all = [
        (count(|paid| matches!(paid, Paid::Other { .. })), "bad", "x", "pay somebody else"),
        (count(|paid| matches!(paid, Paid::Split { .. })), "ok", "check", "pay their split"),
        (count(|paid| matches!(paid, Paid::NotProposed)), "", "clock", "without a checkpoint"),
        (count(|paid| matches!(paid, Paid::NotChecked(_))), "warn", "warn", "not checked"),
    ];
    let said = all.into_iter().filter(|(count, ..)| *count > 0).map(|(count, tone, mark, word)| {
        view! { <span class=format!("status {tone}")>{icon(mark, 14)}{format!("{count} {word}")}</span> }
            .into_any()
    });
    let said: Vec<_> = said.collect();
    view! { <span class="row wide-gap" role="status">{said}</span> }.into_any()
}

/// What needs an act has the lowest number.
pub(super) const fn urgency(found: &Paid) -> u8 {
    match found {
        Paid::Other { .. } => 0,
        Paid::NotChecked(_) => 1,
        Paid::NotProposed => 2,
        Paid::Split { .. } => 3,
    }
}

/// Which blocks were looked at.
pub(super) fn window(audit: Screen<Audit>) -> Option<String> {
    audit.with(|audit| {
        let (first, last) = audit.last()?.value.blocks;
        Some(format!("Blocks {} to {}", format::count(first), format::count(last)))
    })
}

fn evidence(cx: Cx, seen: &Seen) -> AnyView {
    let word = if seen.credited { "Credited by the proof " } else { "Named by the proposal " };
    view! { <span class="sub small muted">{word}{cx.hash(seen.tx)}</span> }.into_any()
}

/// A verdict with what it rests on.
pub(super) fn verdict(cx: Cx, found: &Paid) -> AnyView {
    let status = |tone: &str, mark, said: AnyView| {
        view! { <span class=format!("status wrap {tone}")>{icon(mark, 14)}<span>{said}</span></span> }
            .into_any()
    };
    match found {
        Paid::Split { newest, astray, .. } => {
            let before = (*astray > 0).then(|| {
                let said =
                    format!("{} before paid somebody else", format::plural(*astray as u64, "checkpoint"));
                view! { <span class="sub small warnc">{said}</span> }
            });
            view! { {status("ok", "check", "Its split".into_any())}{evidence(cx, newest)}{before} }.into_any()
        }
        Paid::Other { to, newest, .. } => {
            let said = view! { "Pays "{cx.addr(*to)} }.into_any();
            view! { {status("bad", "x", said)}{evidence(cx, newest)} }.into_any()
        }
        Paid::NotProposed => view! {
            {status("", "clock", "No checkpoint yet".into_any())}
            <span class="sub small muted">"None in the blocks that were looked at"</span>
        }
        .into_any(),
        Paid::NotChecked(why) => {
            let why = match why {
                NotChecked::NothingTold => {
                    "Its rollup told of no checkpoint in a form that Rota knows".to_owned()
                }
                NotChecked::UnknownForm => "Its transactions have a form that Rota does not know".to_owned(),
                NotChecked::NotRead(error) => text::read_error(error).what,
            };
            view! { {status("warn", "warn", "Not checked".into_any())}<span class="sub small muted">{why}</span> }
                .into_any()
        }
    }
}

/// What rollups owe a split, and what lies there: money that only arrives where the coinbase was right. One line for
/// each token that rewards are paid in.
pub(super) fn arrived(cx: Cx, earned: Screen<Rewards>, payee: &Payee) -> AnyView {
    let split = payee.split;
    let lines = earned.with(|earned| {
        let Some(at) = earned.last() else {
            let absent = Figure::within(None::<&()>, earned.failure(), |()| Figure::Loading);
            return vec![cx.sources.fig(format!("Owed to {split}"), absent, "w6")];
        };
        let line = |(address, token): (&Address, &Reading<Token>)| {
            let figure = |pick| {
                let found = sum(&at.value, split, *address, pick);
                let write = |raw: &U256| match token.get() {
                    Some(token) => Written::amount(token, *raw),
                    None => Written::Text(raw.to_string()),
                };
                Figure::of(&found, write).aged(earned.aged())
            };
            let owed = figure(|due: &Due| due.accrued.saturating_add(due.held_back));
            let there = figure(|due: &Due| due.at_split);
            view! {
                <span>{cx.sources.fig(format!("Owed to {split} in {address}"), owed, "w6")}</span>
                <span class="sub small muted">{cx.sources.fig(format!("In the split {split} in {address}"), there, "w6")}" in it"</span>
            }
            .into_any()
        };
        at.value.tokens.iter().map(line).collect()
    });
    lines.into_any()
}

fn sum(rewards: &Rewards, of: Address, token: Address, pick: fn(&Due) -> U256) -> Reading<U256> {
    let split = rewards.splits.get(&of);
    let accrued = split.into_iter().flat_map(|split| &split.accrued);
    let owed = accrued.map(|one| ("getSequencerRewards", one.source.clone()));
    let held = split.and_then(|split| split.balances.get(&token));
    let held = held.into_iter().flat_map(|balance| {
        [
            ("balance of the split", balance.held.source.clone()),
            ("in the warehouse", balance.stored.source.clone()),
        ]
    });
    let source = Source::derived("what the rollups owe the split; what it holds", owed.chain(held));
    let value = split.ok_or(ReadError::Incomplete).and_then(|split| due(rewards, split, token));
    Reading { value: value.map(|due| pick(&due)), source }
}
