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
    chain::{At, Reading},
    platform::dom,
    state::Screen,
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
}

impl SplitHistory {
    /// Nothing is looked at yet.
    pub(super) fn new(cx: Cx, earned: Screen<Rewards>) -> Self {
        let chosen = RwSignal::new(None);
        let asked = Memo::new(move |_| {
            let (split, since) = chosen.get()?;
            earned.with(|earned| {
                let rewards = &earned.last()?.value;
                let warehouse = *rewards.splits.get(&split)?.warehouse.get()?;
                let tokens = rewards.tokens.keys().copied().collect();
                Some(SplitPastAsked { split, since, tokens, warehouse })
            })
        });
        Self { cx, chosen, earned, past: cx.scope.split_past(move || asked.get()) }
    }

    /// The button in a delegation's line. `since` is the block it was made in.
    pub(super) fn button(self, split: Address, since: u64) -> AnyView {
        let look = press(move || {
            self.chosen.set(Some((split, since)));
            dom::reveal(PANEL);
        });
        let name = format!("History of split {}", format::short_address(split));
        view! { <button type="button" class="btn sm quiet" aria-label=name on:click=look>"History"</button> }
            .into_any()
    }

    /// What was asked for, below the table.
    pub(super) fn panel(self) -> AnyView {
        let body = live(move || match self.chosen.get() {
            Some((split, _)) => self.shown(split),
            None => ().into_any(),
        });
        view! { <div id=PANEL tabindex="-1" aria-live="polite">{body}</div> }.into_any()
    }

    fn shown(self, split: Address) -> AnyView {
        let cx = self.cx;
        let close = press(move || self.chosen.set(None));
        let body = self.past.with(|past| match (past.last(), past.failure()) {
            (Some(at), _) => self.lines(at),
            (None, Some(error)) => {
                let said = text::read_error(error);
                view! { <p class="body status bad wrap" role="alert">{icon("warn", 14)}{said.what}</p> }
                    .into_any()
            }
            (None, None) => {
                view! { <div class="body" aria-busy="true"><span class="skel w12"></span></div> }.into_any()
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
