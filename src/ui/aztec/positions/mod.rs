//! Everything that one address has staked, on every rollup: what it holds, what it earned, when it comes back.

mod act;
mod backing;
mod choose;
mod exits;
mod exports;
mod figures;
mod gaps;
mod head;
mod history;
mod leave;
mod name_vault;
mod named_splits;
mod notify;
mod own;
mod proofs;
mod rates;
mod received;
mod rewards;
mod seen;
mod sign;
mod stakes;
mod vaults;

use std::sync::Arc;

use alloy_primitives::{Address, U256};
use leptos::prelude::*;

use self::gaps::Of;
use crate::{
    aztec::{
        Deployment,
        positions::{self, Happened, Line, Sheet},
        read::{Positions, Proposals, Received, Seen, StakeVotes},
        rules::Position,
    },
    chain::{At, ReadError, Reading},
    platform,
    state::{Moves, Page, Remote, Screen, Told, watch},
    ui::{
        Cx,
        aztec::outlook::Outlook,
        frame::run_list,
        kit::{Figure, Written, live},
    },
    units::{Bps, Token, format},
};

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Desk {
    cx: Cx,
    /// Whose positions.
    owner: Memo<Option<Address>>,
    told: Memo<Option<Told>>,
    read: Screen<Positions>,
    /// Stakes of others whose rewards are this address’s.
    received: Screen<Received>,
    /// Splits that somebody named because they pay this address.
    named: named_splits::NamedSplits,
    /// Without events, while they cannot be read.
    seen: Screen<Vec<Seen>>,
    /// All of it put together; `None` until the chain was asked.
    sheet: Memo<Option<Arc<Sheet>>>,
    /// What was done with rewards and votes.
    moves: Moves,
    /// What the address voted with stake.
    stake_votes: Screen<StakeVotes>,
    /// Everything that happened, in chain order.
    story: Memo<Option<Arc<Vec<Happened>>>>,
    /// What stake earns.
    rates: StoredValue<rates::Earned>,
    /// The block up to which all of that was seen at an earlier visit.
    visited: Memo<Option<u64>>,
    /// What stands in the field for an address.
    typed: RwSignal<String>,
    /// The exit that somebody is about to start.
    leaving: leave::Leaving,
    /// The vote that somebody is about to give.
    backers: backing::Backers,
    /// Token vaults of the address.
    vaults: vaults::Vaults,
    /// Whether receipts are read for a file.
    exporting: RwSignal<bool>,
    /// Whether the browser may notify.
    may_notify: RwSignal<bool>,
    /// Open proposals, while that is looked at or notified of.
    proposals: Screen<Proposals>,
    /// The call that somebody is about to take along for another signer.
    outlook: Outlook,
}

impl Desk {
    /// Whether the positions are those of the connected account.
    fn is_own(self) -> bool {
        self.owner.get().is_some() && self.owner.get() == self.cx.shell.session.account()
    }

    /// Unix seconds of the newest block; chain time, never the computer's clock.
    fn now(self) -> u64 {
        self.cx.scope.head.block.with(|block| block.map_or(0, |block| block.timestamp))
    }

    /// A figure of the sheet: on its way, read, or why not. Where a part of it may be missing, what is known of it.
    fn figure(self, of: Of, pick: impl FnOnce(&Sheet) -> Figure) -> Figure {
        let complete = self.told.with(|told| told.as_ref().is_some_and(|told| told.complete));
        let sheet = self.sheet.get();
        let absent = self.read.with(|read| read.failure().cloned());
        let trouble = self.cx.scope.events_in_trouble();
        match (sheet, complete) {
            (Some(sheet), true) => {
                let is_sum = match of {
                    Of::Stakes => !sheet.lines.is_empty(),
                    Of::Rewards => !sheet.splits().is_empty(),
                    Of::Itself => true,
                };
                let figure = match pick(&sheet) {
                    Figure::NotRead(ReadError::Incomplete, _) if self.is_catching_up() => Figure::Loading,
                    figure => figure.aged(self.read.with(Remote::aged)),
                };
                gaps::partial(figure, self.gap(of), is_sum)
            }
            (None, true) => Figure::within(None, absent.as_ref(), |(): &()| Figure::Loading),
            // a sum of some of the stakes is not their sum
            (_, false) => Figure::NotRead(ReadError::LogsMissing, None).awaiting_events(trouble),
        }
    }

    /// Whether stakes or splits were found that the next answer of the chain is about.
    fn is_catching_up(self) -> bool {
        self.read.with(|read| {
            let lacks = |at: &Arc<At<Positions>>| {
                self.told.with(|told| told.as_ref().is_some_and(|told| !told.is_read_in(&at.value)))
            };
            read.error().is_none() && read.last().is_some_and(lacks)
        })
    }

    /// The tokens that are known by name: the staked one, and those that rewards are paid in.
    fn tokens(self) -> Vec<Token> {
        let staked = self.cx.scope.deployment().map(|contracts| contracts.token.clone());
        let read = self.read.with(|read| {
            let rewards = &read.last()?.value.rewards;
            Some(rewards.tokens.values().filter_map(|token| token.get().cloned()).collect::<Vec<_>>())
        });
        let others = read.unwrap_or_default().into_iter().filter(|token| Some(token) != staked.as_ref());
        staked.iter().cloned().chain(others).collect()
    }

    /// An amount of a token that rewards are paid in; not read, where the token's own name and decimals are not.
    fn coin(self, token: Address, amount: &Reading<U256>) -> Figure {
        let name = self.sheet.get().and_then(|sheet| Some(sheet.total(token)?.name.clone()));
        match name {
            Some(Reading { value: Ok(token), .. }) => Figure::of(amount, |raw| Written::amount(&token, *raw)),
            Some(Reading { value: Err(error), source }) if amount.value.is_ok() => {
                Figure::NotRead(error, Some(source))
            }
            _ => Figure::of(amount, |raw| Written::Text(raw.to_string())),
        }
    }

    /// The share of its rewards that the recipient of a stake keeps; `None` while that is not known.
    fn kept(self, line: &Line) -> Option<Bps> {
        let Some(made) = &line.stake.delegation else { return Some(Bps::WHOLE) };
        self.read.with(|read| {
            let terms = read.last()?.value.rewards.splits.get(&made.split)?.terms.as_ref().ok()?;
            let kept = terms.share_of(terms.delegator()?, U256::from(Bps::WHOLE.get()));
            u16::try_from(kept).ok().and_then(Bps::new)
        })
    }

    fn amount(self, raw: U256) -> Written {
        match self.cx.scope.deployment() {
            Some(contracts) => Written::amount(&contracts.token, raw),
            None => Written::Text(raw.to_string()),
        }
    }
}

/// What every row needs besides its own line.
struct Terms {
    contracts: Option<Arc<Deployment>>,
    now: u64,
}

impl Terms {
    fn of(desk: Desk) -> Self {
        Self { contracts: desk.cx.scope.deployment(), now: desk.now() }
    }

    /// Without the symbol, which the head of a column has.
    fn bare(&self, raw: U256) -> Written {
        let decimals = self.contracts.as_ref().map_or(0, |contracts| contracts.token.decimals);
        let (whole, fraction) = format::amount_parts(raw, decimals, 4);
        Written::Amount(whole, fraction, String::new())
    }

    fn symbol(&self) -> String {
        self.contracts.as_ref().map_or_else(String::new, |contracts| contracts.token.symbol.clone())
    }

    /// What one stake is on the rollup of the position; they need not agree.
    fn full(&self, position: &Position) -> Option<U256> {
        let rollup = self.contracts.as_ref()?.rollups.get(position.rollup()?)?;
        rollup.activation_threshold.get().copied()
    }

    /// The rollup of a position, by the number that the registry gives it.
    fn version(&self, position: &Position) -> Option<String> {
        Some(self.contracts.as_ref()?.rollups.get(position.rollup()?)?.version.to_string())
    }
}

/// Names a figure of one stake once on the page: a key can be staked twice, its block tells the stakes apart.
fn label(what: &str, line: &Line) -> String {
    let key = format::short_address(line.stake.attester);
    format!("{what}, {key} of block {}", format::count(line.stake.queued.block))
}

/// The positions of an address, of the connected account, or a field to name one.
pub(crate) fn positions_page(cx: Cx) -> AnyView {
    platform::set_title("Positions · Rota");
    let owner = Memo::new(move |_| match cx.shell.route.with(|route| route.page.clone()) {
        Page::Positions(Some(address)) => Some(address),
        Page::Positions(None) => cx.account(),
        _ => None,
    });
    let vaults = vaults::Vaults::new(cx, owner);
    let stakers = vaults.stakers(owner);
    let pairs = vaults.pairs(owner);
    let ready = RwSignal::new(false);
    let received = cx.scope.received(owner, ready);
    let named = named_splits::NamedSplits::new(cx, owner);
    let told = cx.scope.told(owner, (vaults.read, stakers), received, named.read());
    let read = cx.scope.positions(told);
    tell(read, ready);
    let sheet = Memo::new(move |_| {
        let (contracts, told) = (cx.scope.deployment()?, told.get()?);
        read.with(|read| {
            // for a moment after a switch the answer is about another address
            let at = read.last().filter(|at| at.value.owner == told.owner)?;
            let sheet = positions::sheet(&contracts, told.owner, told.stakes.to_vec(), &at.value);
            Some(Arc::new(sheet.receiving(&contracts, told.owner, &told.others, &at.value)))
        })
    });
    let moves = cx.scope.moves(told, read, pairs);
    let stake_votes = cx.scope.stake_votes(owner, ready);
    let story = history::story(cx, (told, sheet), read, (moves, stake_votes));
    // read before this visit is kept as one
    let visited = Memo::new(move |_| cx.scope.seen_until(owner.get()?));
    watch(move || {
        let Some(owner) = owner.get() else { return };
        visited.get_untracked();
        let read_at = moves.whole().map(|at| at.block.number);
        let block = told.with(|told| told.as_ref()?.seen_until(owner, read_at?));
        if let Some(block) = block {
            cx.scope.mark_seen(owner, block);
        }
    });
    let terms = cx.scope.reward_terms(move || ready.get());
    let rates = rates::observe(cx, owner, (told, sheet), (read, moves, terms));
    let backers = backing::Backers::new();
    let may_notify = RwSignal::new(platform::may_notify());
    let desk = Desk {
        cx,
        owner,
        told,
        read,
        received,
        named,
        seen: cx.scope.seen(owner, stakers),
        sheet,
        moves,
        stake_votes,
        story,
        rates: StoredValue::new(rates),
        visited,
        typed: RwSignal::new(String::new()),
        leaving: leave::Leaving::new(),
        vaults,
        backers,
        exporting: RwSignal::new(false),
        may_notify,
        proposals: cx
            .scope
            .proposals_while(move || backers.open.get() || (may_notify.get() && owner.get().is_some())),
        outlook: Outlook::new(cx, "the signer"),
    };
    notify::follow(desk);
    let known = Memo::new(move |_| owner.get().is_some());
    let body = live(move || if known.get() { untrack(|| of_somebody(desk)) } else { of_nobody(desk) });
    view! { {live(move || head::heading(desk))}{body} }.into_any()
}

/// Says once that the positions are read: whoever waits for it is not woken at every block.
fn tell(read: Screen<Positions>, ready: RwSignal<bool>) {
    watch(move || {
        let now = read.with(|read| read.last().is_some());
        if ready.get_untracked() != now {
            ready.set(now);
        }
    });
}

fn of_nobody(desk: Desk) -> AnyView {
    view! { <div class="pagebody">{choose::first(desk)}{own::own(desk)}</div> }.into_any()
}

fn of_somebody(desk: Desk) -> AnyView {
    view! {
        {live(move || head::watching(desk))}
        {run_list(desk.cx)}
        {leave::leave(desk)}
        {backing::change(desk)}
        {vaults::act(desk)}
        <div class="pagebody">
            <section class="panel" aria-label="Totals">{live(move || figures::figures(desk))}</section>
            {stakes::stakes(desk)}
            {live(move || vaults::panel(desk))}
            {live(move || received::received(desk))}
            <div class="cols withside">
                <div class="stack main">{live(move || exits::exits(desk))}{rates::rates(desk)}{history::history(desk)}{own::own(desk)}{choose::another(desk)}</div>
                <div class="side stack">{live(move || rewards::rewards(desk))}</div>
            </div>
        </div>
    }
    .into_any()
}
