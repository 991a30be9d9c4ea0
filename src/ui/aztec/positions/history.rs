use std::sync::Arc;

use leptos::prelude::*;

use super::{Desk, gaps::Of};
use crate::{
    aztec::{
        positions::{self, Happened, Income, Kind, Sheet, Total, income, said},
        read::{Deed, Positions, StakeVotes},
    },
    chain::{Origin, Reading, Source},
    state::{Moves, Screen, Told},
    ui::{
        Cx,
        kit::{Figure, cut, icon, live},
    },
    units::format,
};

/// Lines drawn before somebody asks for all of them.
const FIRST: usize = 12;

/// Everything that happened, in chain order; `None` until events and positions are read.
pub(super) fn story(
    cx: Cx,
    (told, sheet): (Memo<Option<Told>>, Memo<Option<Arc<Sheet>>>),
    read: Screen<Positions>,
    (moves, votes): (Moves, Screen<StakeVotes>),
) -> Memo<Option<Arc<Vec<Happened>>>> {
    Memo::new(move |_| {
        let (contracts, sheet) = (cx.scope.deployment()?, sheet.get()?);
        let owner = told.with(|told| told.as_ref().filter(|told| told.complete).map(|told| told.owner))?;
        let history = cx.scope.ledger.with(|ledger| Some(ledger.as_ref()?.history.clone()))?;
        let names = cx.scope.names.get();
        // answers of before a switch are about another address
        let votes = votes.with(|votes| {
            let found = &votes.last()?.value;
            (found.owner == owner).then(|| found.votes.clone())
        });
        let moves = moves
            .last(owner)
            .map(|found| found.all.iter().copied().chain(votes.into_iter().flatten()).collect::<Vec<_>>());
        read.with(|read| {
            let rewards = &read.last().filter(|at| at.value.owner == owner)?.value.rewards;
            let moves = (owner, moves.as_deref());
            Some(Arc::new(positions::story(&contracts, &sheet, &history, moves, (&names, rewards))))
        })
    })
}

/// What the history lacks beside the stakes, which come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// Rewards and votes are on their way.
    Awaited,
    /// Only the votes with stake are.
    VotesAwaited,
    /// Rewards and votes were not read.
    Unread,
    /// Only the votes with stake were not.
    VotesUnread,
}

impl Missing {
    /// For the two readings that the history is put together from: whether each is there, and whether it failed.
    const fn of(moves: (bool, bool), stake_votes: (bool, bool)) -> Option<Self> {
        match (moves, stake_votes) {
            ((false, true), _) => Some(Self::Unread),
            ((false, false), _) => Some(Self::Awaited),
            (_, (false, true)) => Some(Self::VotesUnread),
            (_, (false, false)) => Some(Self::VotesAwaited),
            _ => None,
        }
    }

    /// Whether it was tried in vain.
    pub(super) const fn is_failure(self) -> bool {
        matches!(self, Self::Unread | Self::VotesUnread)
    }

    /// In words.
    pub(super) const fn said(self) -> &'static str {
        match self {
            Self::Awaited => "Rewards and votes are being read",
            Self::VotesAwaited => "Votes with stake are being read",
            Self::Unread => "Rewards and votes were not read; stakes are complete",
            Self::VotesUnread => "Votes with stake were not read; the rest is complete",
        }
    }
}

/// What is missing of it; a table of what happened would not show that.
pub(super) fn missing(desk: Desk) -> Option<Missing> {
    let moves = (desk.moves.whole().is_some(), desk.moves.failure().is_some());
    let votes = desk.stake_votes.with(|votes| (votes.last().is_some(), votes.failure().is_some()));
    Missing::of(moves, votes)
}

/// Everything that happened, newest first.
pub(super) fn history(desk: Desk) -> AnyView {
    let everything = RwSignal::new(false);
    live(move || {
        let Some(story) = desk.story.get() else { return ().into_any() };
        let missing = missing(desk);
        // stakes that are not known have a history too
        let hole = desk.missing(Of::Rewards);
        let read = missing.is_none() && hole.is_none();
        let note = hole.or_else(|| missing.map(|missing| missing.said().to_owned()));
        // before rewards and votes are read, what is new is not known either
        let visited = desk.visited.get().filter(|_| read);
        let is_new = |happened: &Happened| visited.is_some_and(|until| happened.place.block > until);
        let news = story.iter().filter(|happened| is_new(happened)).count();
        let since = visited.map(|_| match news {
            0 => "Nothing since your last visit".to_owned(),
            n => format!("{} new since your last visit", format::count(n as u64)),
        });
        let note = note.or(since);
        let (limit, more) = cut(everything, FIRST, story.len());
        let lines: Vec<_> =
            story.iter().rev().take(limit).map(|happened| line(desk, happened, is_new(happened))).collect();
        let body = if lines.is_empty() {
            let said = if read { "Nothing happened yet." } else { "Nothing is known so far." };
            view! { <div class="body"><p class="small ink2">{said}</p></div> }.into_any()
        } else {
            view! { <ul class="feed">{lines}</ul> }.into_any()
        };
        let unseen = view! { {unseen(desk)}{by_somebody(desk)} };
        let busy = if read { "false" } else { "true" };
        view! {
            <section class="panel" aria-busy=busy>
                <header><h2>"History"</h2>{note.map(|note| view! { <p>{note}</p> })}</header>
                {body}{more}{unseen}
            </section>
        }
        .into_any()
    })
}

/// Proposals that may be the address's own: who made them was not read.
fn by_somebody(desk: Desk) -> Option<AnyView> {
    let moves = desk.moves.last(desk.owner.get()?)?;
    let unknown = moves.all.iter().filter_map(|moved| match moved.deed {
        Deed::ProposedBySomebody { proposal } => Some(proposal.to_string()),
        _ => None,
    });
    let found: Vec<String> = unknown.collect();
    let said = match found.as_slice() {
        [] => return None,
        [one] => format!("Who made proposal {one} was not read"),
        [few @ .., last] if few.len() < 8 => {
            format!("Who made proposals {} and {last} was not read", few.join(", "))
        }
        many => format!("Who made {} proposals was not read", format::count(many.len() as u64)),
    };
    Some(view! {
        <footer><span class="muted small">{said}": no endpoint has the transaction any more. One that this address made is missing here."</span></footer>
    }
    .into_any())
}

/// Votes with delegated stake that no plain transaction shows: how much is known, when and how is not. That they were not
/// read is said too.
fn unseen(desk: Desk) -> AnyView {
    let votes = desk.stake_votes.get();
    let Some(at) = votes.last() else {
        let failed = votes
            .failure()
            .map(|_| "Votes with stake that was delegated to this address were not read. Rota tries again.");
        return failed
            .map(|said| view! { <footer><span class="muted small">{said}</span></footer> })
            .into_any();
    };
    let Some(contracts) = desk.cx.scope.deployment() else { return ().into_any() };
    let line = |(proposal, amount): &(u64, alloy_primitives::U256)| {
        let amount = contracts.token.amount(*amount);
        let said = match at.value.unread as u64 {
            0 => format!(
                "On proposal {proposal}, {amount} of stake delegated to this address voted through another contract: when, and whether yea or nay, is not public without a trace."
            ),
            unread => format!(
                "On proposal {proposal}, {amount} of stake delegated to this address voted: when, and whether yea or nay, is not known. {} with votes not read so far.",
                format::plural(unread, "transaction")
            ),
        };
        view! { <footer><span class="muted small">{said}</span></footer> }.into_any()
    };
    at.value.unseen.iter().map(line).collect::<Vec<_>>().into_any()
}

fn mark(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Stake => ("plus", "accentc"),
        Kind::Refund => ("x", "status warn"),
        Kind::Slash => ("st-zom", "status bad"),
        Kind::ExitStarted => ("st-exit", "status warn"),
        Kind::ExitPaid => ("st-done", "muted"),
        Kind::Claim | Kind::Distribute | Kind::Withdraw => ("wallet", "muted"),
        Kind::Vote | Kind::Propose => ("check", "muted"),
        Kind::GovernanceDeposit => ("plus", "muted"),
        Kind::GovernanceWithdrawal => ("st-exit", "muted"),
        Kind::Commission => ("asc", "status warn"),
    }
}

fn line(desk: Desk, happened: &Happened, is_new: bool) -> AnyView {
    let place = happened.place;
    let time = desk.cx.scope.dates.of(&place);
    let now = desk.now();
    let when = match time {
        Some(time) => format::date_time(time, now),
        None => format!("#{}", format::count(place.block)),
    };
    let tokens = desk.tokens();
    let amount = happened.amount.map(|raw| {
        let token = tokens.iter().find(|token| token.address == happened.token);
        token.map_or_else(|| format!("{raw} units"), |token| token.amount(raw))
    });
    let (shape, class) = mark(happened.kind);
    let new = is_new.then(|| view! { <span class="badge">"New"</span>" " });
    view! {
        <li>
            <time title=format!("Block {}", place.block)>{when}</time>
            <span class="row fix gap5"><span class=class>{icon(shape, 14)}</span><span class="min0">{new}{said(happened)}" "{desk.cx.hash(place.tx)}</span></span>
            <span class="num">{amount}</span>
        </li>
    }
    .into_any()
}

/// What came to the address so far, by token; part of the panel about rewards.
pub(super) fn so_far(desk: Desk, total: &Total) -> AnyView {
    let Some(owner) = desk.owner.get() else { return ().into_any() };
    // a sum over some of the splits is not their sum
    let found = desk.moves.whole().map(|at| {
        let sums = desk.read.with(|read| {
            let rewards = &read.last()?.value.rewards;
            income(owner, total.token, &at.value.all, rewards)
        });
        (sums.ok_or(crate::chain::ReadError::Incomplete), at.block.number, at.value.all.len())
    });
    let failed = desk.moves.failure();
    let first = desk.cx.scope.deployment().map_or(0, |contracts| contracts.from_block.block());
    let figure = |name: &'static str, event: &'static str, pick: fn(Income) -> alloy_primitives::U256| {
        let shown = Figure::within(found.as_ref(), failed.as_ref(), |(sums, to, matches)| {
            let contracts = desk.read.with(|read| {
                let rewards = &read.last()?.value.rewards;
                let warehouses = rewards.purses.iter().map(|purse| purse.warehouse);
                Some(rewards.splits.keys().copied().chain(warehouses).collect())
            });
            let source = Source::from(Origin::Logs {
                contracts: contracts.unwrap_or_else(Vec::new),
                event,
                topic: None,
                from: first,
                to: *to,
                matches: *matches,
            });
            let value = sums.clone().map(pick);
            desk.coin(total.token, &Reading { value, source })
        });
        let label = format!("{name} in {}", total.token);
        view! { <dt>{name}</dt><dd>{desk.cx.sources.fig(label, shown, "w8")}</dd> }
    };
    view! {
        {figure("Shared out to this address so far, net", "SplitDistributed(address,address,uint256)", |sums| sums.shared)}
        {figure("Withdrawn so far, from all splits", "Withdraw(address,address,address,uint256,uint256)", |sums| sums.withdrawn)}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_without_votes_with_stake_is_not_whole() {
        const THERE: (bool, bool) = (true, false);
        const FAILED: (bool, bool) = (false, true);
        const AWAITED: (bool, bool) = (false, false);
        for (moves, votes, expected) in [
            (THERE, THERE, None),
            // the last good answer stands although a newer one failed
            ((true, true), (true, true), None),
            (THERE, AWAITED, Some(Missing::VotesAwaited)),
            (THERE, FAILED, Some(Missing::VotesUnread)),
            (AWAITED, THERE, Some(Missing::Awaited)),
            (FAILED, AWAITED, Some(Missing::Unread)),
        ] {
            assert_eq!(Missing::of(moves, votes), expected, "{moves:?} {votes:?}");
        }
    }
}
