//! What became of one split: its terms, what rollups paid it, what it shared out. Money reaches a split only when its
//! sequencer's node names it, so that this is evidence, whatever was or was not found in calldata.

use alloy_primitives::{Address, U256};
use leptos::prelude::*;

use crate::{
    aztec::{
        events::Place,
        positions::SplitTerms,
        read::{Deed, Rewards, SplitPast, SplitPastAsked},
    },
    chain::{At, ReadError, Reading},
    platform::dom,
    state::{Ledger, Remote, Screen},
    ui::{
        Cx,
        kit::{icon, live, press},
        text,
    },
    units::{Bps, Token, format},
};

/// Lines drawn at most, the newest ones.
const MOST: usize = 50;
const PANEL: &str = "split-past";

/// The split that is looked at, and what was read of it.
#[derive(Clone, Copy)]
pub(super) struct SplitHistory {
    cx: Cx,
    chosen: RwSignal<Option<(Address, u64)>>,
    earned: Screen<Rewards>,
    past: Screen<SplitPast>,
    /// What to read of the chosen one, or why that is not known: `None` while it is on its way.
    asked: Memo<Option<Result<SplitPastAsked, Option<ReadError>>>>,
}

/// What to read of a split, by what its provider's splits earn. Not known where a rollup did not say what it pays in: what
/// is not looked for would look like nothing paid.
fn to_ask(
    earned: &Remote<At<Rewards>>,
    (split, since): (Address, u64),
) -> Result<SplitPastAsked, Option<ReadError>> {
    let rewards = &earned.last().ok_or_else(|| earned.failure().cloned())?.value;
    let found = rewards.splits.get(&split).ok_or(None)?;
    let warehouse = found.warehouse.need()?;
    let tokens = rewards.rollups.iter().map(|rollup| rollup.fee_asset.need());
    let mut tokens = tokens.collect::<Result<Vec<_>, _>>()?;
    tokens.sort_unstable();
    tokens.dedup();
    Ok(SplitPastAsked { split, since, tokens, warehouse })
}

impl SplitHistory {
    /// Nothing is looked at yet.
    pub(super) fn new(cx: Cx, earned: Screen<Rewards>) -> Self {
        let chosen = RwSignal::new(None);
        let asked =
            Memo::new(move |_| chosen.get().map(|chosen| earned.with(|earned| to_ask(earned, chosen))));
        let known = move || asked.get()?.ok();
        Self { cx, chosen, earned, past: cx.scope.split_past(known), asked }
    }

    /// The button in a delegation's line. `since` is the block it was made in.
    pub(super) fn button(self, split: Address, since: u64) -> AnyView {
        let look = press(move || {
            self.chosen.set(Some((split, since)));
            dom::reveal(PANEL);
        });
        let name = format!("History of split {}", format::short_address(split));
        let mark = split.to_string();
        view! { <button type="button" class="btn sm quiet" data-history=mark aria-label=name on:click=look>"History"</button> }
            .into_any()
    }

    /// What was asked for, below the table.
    pub(super) fn panel(self) -> AnyView {
        let body = live(move || match self.chosen.get() {
            Some((split, _)) => self.shown(split),
            None => ().into_any(),
        });
        view! {
            <div id=PANEL tabindex="-1" role="group" aria-label="History of a split">
                <span class="vh" role="status">{live(move || self.announced().into_any())}</span>
                {body}
            </div>
        }
        .into_any()
    }

    /// One sentence for screen readers: the lines themselves are read by going there.
    fn announced(self) -> String {
        let Some((split, _)) = self.chosen.get() else { return String::new() };
        let what = format!("The history of split {}", format::short_address(split));
        let trouble = self.trouble();
        self.past.with(|past| match (past.last(), trouble) {
            (Some(_), _) => format!("{what} is below."),
            (None, Some(_)) => format!("{what} was not read."),
            (None, None) => format!("{what} is being read."),
        })
    }

    /// Why nothing is shown of the chosen split, where it is not just on its way.
    fn trouble(self) -> Option<ReadError> {
        let before = self.asked.with(|asked| match asked {
            Some(Err(error)) => error.clone(),
            _ => None,
        });
        before.or_else(|| self.past.with(|past| past.failure().cloned()))
    }

    /// What it waits for, where that takes long.
    fn waits(self) -> Option<&'static str> {
        let complete = self.cx.scope.ledger.with(|ledger| ledger.as_ref().is_some_and(Ledger::is_complete));
        (!complete).then_some("Waits until all events are read.")
    }

    fn shown(self, split: Address) -> AnyView {
        let cx = self.cx;
        let close = press(move || {
            self.chosen.set(None);
            // to where it was opened; the panel stays where that line is not drawn any more
            dom::focus(PANEL);
            dom::focus_marked("data-history", &split.to_string());
        });
        let trouble = self.trouble();
        let body = self.past.with(|past| match (past.last(), trouble) {
            (Some(at), _) => self.lines(at),
            (None, Some(error)) => {
                let said = text::read_error(&error);
                let said = format!("Not read. {} {}", said.what, said.todo);
                view! { <p class="body status bad wrap">{icon("warn", 14)}{said}</p> }.into_any()
            }
            (None, None) => {
                let waits = self.waits().map(|said| view! { <p class="small ink2">{said}</p> });
                view! { <div class="body" aria-busy="true"><span class="skel w12"></span>{waits}</div> }
                    .into_any()
            }
        });
        view! {
            <div class="body row apart rule">
                <h3 class="small">"Split "{cx.addr(split)}</h3>
                <button type="button" class="btn sm quiet" on:click=close>"Close"</button>
            </div>
            {body}
        }
        .into_any()
    }

    fn lines(self, at: &At<SplitPast>) -> AnyView {
        let past = &at.value;
        let mut all: Vec<(Place, AnyView)> = Vec::new();
        for (place, terms) in &past.terms {
            all.push(self.line(place, "stack", self.terms(terms), String::new()));
        }
        for moved in &past.moves {
            let (said, mark, token, amount) = match moved.deed {
                Deed::Claimed { rollup, token, amount, .. } => {
                    let said = view! { "Paid by rollup "{self.cx.addr(rollup)} };
                    (said.into_any(), "down", token, amount)
                }
                Deed::Shared { token, amount, .. } => {
                    ("Shared out to both".into_any(), "wallet", token, amount)
                }
                // not done with a split
                _ => continue,
            };
            all.push(self.line(&moved.place, mark, said, self.written(token, amount)));
        }
        all.sort_by_key(|(place, _)| std::cmp::Reverse(place.position()));
        let rest = all.len().saturating_sub(MOST);
        let rest = (rest > 0).then(|| view! { <p class="body xs muted">{format!("and {rest} older")}</p> });
        let paid = past.moves.iter().any(|moved| matches!(moved.deed, Deed::Claimed { .. }));
        let said = if paid {
            "A rollup pays a split only for checkpoints that named it."
        } else {
            "No rollup has paid it yet. What is owed to it stands in the table."
        };
        let lines: Vec<_> = all.into_iter().take(MOST).map(|(_, line)| line).collect();
        let until = format!("{said} Read to block {}.", format::count(at.block.number));
        view! { <ul class="feed">{lines}</ul>{rest}<p class="body xs muted">{until}</p> }.into_any()
    }

    fn terms(self, terms: &SplitTerms) -> AnyView {
        let part = |(to, part): (&Address, &alloy_primitives::U256)| {
            let share = part
                .checked_mul(U256::from(Bps::WHOLE.get()))
                .and_then(|part| part.checked_div(terms.total))
                .and_then(|part| Bps::new(part.try_into().ok()?));
            let share = share.map_or_else(|| format!("{part} of {}", terms.total), |share| share.to_string());
            view! { <span>{share}" to "{self.cx.addr(*to)}</span>" " }.into_any()
        };
        let parts: Vec<_> = terms.recipients.iter().zip(&terms.allocations).take(8).map(part).collect();
        view! { "Made: "{parts} }.into_any()
    }

    fn written(self, token: Address, amount: U256) -> String {
        let known = self.earned.with(|earned| {
            earned.last().and_then(|at| at.value.tokens.get(&token).and_then(Reading::get).cloned())
        });
        known.map_or_else(|| format!("{amount} units of {token}"), |token: Token| token.amount(amount))
    }

    fn line(self, place: &Place, mark: &'static str, said: AnyView, figure: String) -> (Place, AnyView) {
        let scope = self.cx.scope;
        let when = match scope.dates.of(place).zip(scope.head.now()) {
            Some((time, now)) => format::date(time, now),
            None => format!("block {}", format::count(place.block)),
        };
        let drawn = view! {
            <li>
                <time title=format!("Block {}", place.block)>{when}</time>
                <span class="row fix gap5"><span class="muted">{icon(mark, 14)}</span><span class="min0">{said}" "<span class="muted">{self.cx.hash(place.tx)}</span></span></span>
                <span class="num">{figure}</span>
            </li>
        };
        (*place, drawn.into_any())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use alloy_primitives::B256;

    use super::*;
    use crate::{
        aztec::read::{RollupRewards, SplitRewards},
        chain::{BlockRef, RpcError, Source},
    };

    const SPLIT: Address = Address::repeat_byte(1);
    const TOKEN: Address = Address::repeat_byte(2);

    const fn block() -> BlockRef {
        BlockRef { number: 9, hash: B256::ZERO, parent: B256::ZERO, timestamp: 108 }
    }

    fn figure<T>(value: Result<T, ReadError>) -> Reading<T> {
        Reading { value, source: Source::derived("a test", []) }
    }

    fn rewards(warehouse: Result<Address, ReadError>, fees: [Result<Address, ReadError>; 2]) -> Rewards {
        let split = SplitRewards {
            terms: Err(ReadError::Incomplete),
            warehouse: figure(warehouse),
            paused: figure(Ok(false)),
            accrued: Vec::new(),
            balances: std::collections::BTreeMap::new(),
        };
        let rollup = |fee_asset| RollupRewards { fee_asset: figure(fee_asset), claimable: figure(Ok(true)) };
        Rewards {
            rollups: fees.map(rollup).into(),
            splits: [(SPLIT, split)].into(),
            tokens: [(TOKEN, figure(Err(ReadError::Incomplete)))].into(),
            ..Rewards::default()
        }
    }

    fn asked(of: Rewards) -> Result<Vec<Address>, Option<ReadError>> {
        let at = At { block: block(), value: of };
        let unanswered = ReadError::Rpc(RpcError::NoEndpoint);
        to_ask(&Remote::Partial(Arc::new(at), unanswered), (SPLIT, 7)).map(|asked| asked.tokens)
    }

    #[test]
    fn what_a_rollup_pays_in_has_to_be_known_of_each() {
        let unread = || ReadError::Rpc(RpcError::NoEndpoint);
        assert_eq!(asked(rewards(Ok(TOKEN), [Ok(TOKEN), Ok(TOKEN)])), Ok(vec![TOKEN]));
        assert_eq!(asked(rewards(Ok(TOKEN), [Ok(TOKEN), Err(unread())])), Err(Some(unread())));
        assert_eq!(asked(rewards(Err(unread()), [Ok(TOKEN), Ok(TOKEN)])), Err(Some(unread())));
    }

    #[test]
    fn a_failure_before_it_is_said() {
        let unread = ReadError::Rpc(RpcError::NoEndpoint);
        assert_eq!(to_ask(&Remote::Failed(unread.clone()), (SPLIT, 7)), Err(Some(unread)));
        assert_eq!(to_ask(&Remote::Loading, (SPLIT, 7)), Err(None), "on its way");
        let others = At { block: block(), value: Rewards::default() };
        assert_eq!(to_ask(&Remote::Ready(Arc::new(others)), (SPLIT, 7)), Err(None), "of a newer delegation");
    }
}
