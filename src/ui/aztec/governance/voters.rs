//! Who voted, and when.

use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};
use leptos::prelude::*;

use super::{proposal::Desk, tally::percent, words::length};
use crate::{
    aztec::{
        Deployment,
        events::Place,
        read::{Delegatees, Past, ProposalPage, StakeVoter, Vote},
        rules::Ballot,
    },
    chain::Reading,
    ui::{
        Cx,
        kit::{
            Figure, Shape, Written,
            chart::{END, Looking, Stair, Told, across, chart, gridline, stairs},
            cut, icon, ident, press,
        },
    },
    units::format,
};

/// Voters drawn until somebody asks for all.
const FEW: usize = 10;
/// Voters drawn at most.
const MOST: usize = 500;

const HEIGHT: u32 = 176;
const TOP: u64 = 24;
const ZERO: u64 = 168;

/// Which voters are shown, and how the chart is looked at. Lives outside of what is drawn again.
#[derive(Clone, Copy)]
pub(super) struct Looks {
    chart: Looking,
    all: RwSignal<bool>,
    side: RwSignal<Option<bool>>,
}

impl Looks {
    /// The largest of both sides, and the drawing.
    pub(super) fn new() -> Self {
        Self { chart: Looking::new(), all: RwSignal::new(false), side: RwSignal::new(None) }
    }
}

/// One voter's votes together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Voter {
    address: Address,
    ballot: Ballot,
    last: Place,
}

/// Votes by voter, the largest first.
fn by_voter(votes: &[Vote]) -> Vec<Voter> {
    let mut all: BTreeMap<Address, Voter> = BTreeMap::new();
    for vote in votes {
        let empty = Voter { address: vote.voter, ballot: Ballot::default(), last: vote.place };
        let entry = all.entry(vote.voter).or_insert(empty);
        let part = if vote.support { &mut entry.ballot.yea } else { &mut entry.ballot.nay };
        *part = part.saturating_add(vote.amount);
        entry.last = vote.place;
    }
    let mut all: Vec<_> = all.into_values().collect();
    all.sort_by_key(|voter| std::cmp::Reverse(voter.ballot.cast()));
    all
}

/// The panels about votes; nothing before voting began.
pub(super) fn voters(desk: Desk, looks: Looks, page: &ProposalPage) -> AnyView {
    let cx = desk.cx;
    let Some(contracts) = cx.scope.deployment() else { return ().into_any() };
    let found = desk.past.get();
    let Some(at) = found.last() else { return ().into_any() };
    let votes = match &at.value.votes.value {
        Ok(votes) if votes.is_empty() => return ().into_any(),
        Ok(votes) => votes,
        Err(_) => {
            let unread = Figure::of(&at.value.votes, |_| Written::Text(String::new()));
            let unread = cx.sources.fig("Votes", unread, "w8");
            return view! { <section class="panel"><header><h2>"Voters"</h2></header><div class="body"><p class="small">{unread}</p></div></section> }
                .into_any();
        }
    };
    view! {
        {over_time(desk, looks.chart, page, votes, &contracts)}
        {table(desk, looks, page, &at.value, &contracts)}
    }
    .into_any()
}

/// `Cx::when` without asking for the blocks of hundreds of votes.
fn moment(cx: Cx, place: &Place) -> String {
    match place.time.zip(cx.scope.head.now()) {
        Some((time, now)) => format::date_time(time, now),
        None => format!("block {}", format::count(place.block)),
    }
}

fn table(desk: Desk, looks: Looks, page: &ProposalPage, past: &Past, contracts: &Deployment) -> AnyView {
    let cx = desk.cx;
    let Some(votes) = past.votes.get() else { return ().into_any() };
    let all = by_voter(votes);
    let cast = page.row.proposal.get().map_or(U256::ZERO, |proposal| proposal.standing.ballot.cast());
    let told = all.iter().fold(U256::ZERO, |sum, voter| sum.saturating_add(voter.ballot.cast()));
    let side = looks.side.get();
    let has = |side: Option<bool>| {
        move |voter: &&Voter| match side {
            None => true,
            Some(true) => !voter.ballot.yea.is_zero(),
            Some(false) => !voter.ballot.nay.is_zero(),
        }
    };
    let choose = |word: &'static str, of: Option<bool>| {
        let count = all.iter().filter(has(of)).count();
        let act = press(move || looks.side.set(of));
        let on = if side == of { "true" } else { "false" };
        view! { <button type="button" aria-pressed=on on:click=act>{format!("{word} {}", format::count(count as u64))}</button> }.into_any()
    };
    let shown: Vec<&Voter> = all.iter().filter(has(side)).collect();
    let (most, more) = cut(looks.all, FEW, shown.len());
    let drawn = shown.iter().take(most.min(MOST));
    let lines: Vec<_> = drawn.map(|voter| line(cx, contracts, cast, voter)).collect();
    let more = more.or_else(|| {
        let said = format!("The {MOST} with most votes of {}", format::count(shown.len() as u64));
        (shown.len() > MOST).then(|| view! { <footer class="row"><span>{said}</span></footer> }.into_any())
    });
    // the tally is of a newer block than the events, at times
    let short = (told < cast).then(|| {
        let missing = contracts.token.amount(cast - told);
        view! { <p class="body small ink2">{format!("The newest votes, {missing}, are still being read.")}</p> }
    });
    let count = Figure::of(&past.votes, |votes| Written::Text(format::plural(votes.len() as u64, "vote")));
    view! {
        <section class="panel" aria-label="Voters">
            <header><h2>"Voters"</h2><p>{cx.sources.fig("Votes", count, "w4")}</p><div class="end"><div class="seg" role="group" aria-label="Which votes">{choose("All", None)}{choose("Yea", Some(true))}{choose("Nay", Some(false))}</div></div></header>
            <div class="tablewrap"><table class="table cards"><thead><tr><th scope="col">"Voter"</th><th scope="col">"Vote"</th><th class="num" scope="col">{format!("Votes, {}", contracts.token.symbol)}</th><th scope="col">"Of votes cast"</th><th class="num" scope="col">"Last"</th></tr></thead><tbody>{lines}</tbody></table></div>
            {short}
            {more}
        </section>
    }
    .into_any()
}

fn line(cx: Cx, contracts: &Deployment, cast: U256, voter: &Voter) -> AnyView {
    let Voter { address, ballot, last } = *voter;
    let name = if address == contracts.gse {
        Some("All stake, through the GSE")
    } else {
        (cx.account() == Some(address)).then_some("You")
    };
    let (tone, mark, word) = match (ballot.yea.is_zero(), ballot.nay.is_zero()) {
        (false, true) => ("ok", "check", "Yea".to_owned()),
        (true, _) => ("bad", "x", "Nay".to_owned()),
        (false, false) => (
            "",
            "info",
            format!("Yea {}, nay {}", percent(ballot.yea, ballot.cast()), percent(ballot.nay, ballot.cast())),
        ),
    };
    let amount = format::amount(ballot.cast(), contracts.token.decimals, 4);
    let part = length(ballot.cast(), cast);
    view! {
        <tr>
            <td class="full"><span class="row gap5">{ident(address, Shape::Round, 20)}{cx.addr(address)}</span><span class="sub">{name}</span></td>
            <td data-l="Vote"><span class=format!("status {tone}")>{icon(mark, 14)}{word}</span></td>
            <td class="num" data-l="Votes">{amount}</td>
            <td data-l="Of votes cast"><span class="mm"><span class="meter thin sm-hide" aria-hidden="true"><i class=tone style=("--v", part)></i></span>{percent(ballot.cast(), cast)}</span></td>
            <td class="num" data-l="Last"><span class="muted">{cx.when(&last)}</span></td>
        </tr>
    }
    .into_any()
}

/// Votes so far after each vote.
fn over_time(
    desk: Desk,
    looking: Looking,
    page: &ProposalPage,
    votes: &[Vote],
    contracts: &Deployment,
) -> AnyView {
    let cx = desk.cx;
    let (Some(proposal), Some(power)) = (page.row.proposal.get(), page.row.power.get()) else {
        return ().into_any();
    };
    let standing = &proposal.standing;
    let needed = standing.thresholds.tally(standing.ballot, *power).needed;
    let newest = cx.scope.head.block.with(|block| block.map_or(0, |block| block.number));
    let (first, last) = desk.past.with(|past| past.last().map_or((0, 0), |at| at.value.blocks));
    let last = if last >= newest { newest } else { last };
    let span = last.saturating_sub(first).max(1);
    let place = |block: u64| block.saturating_sub(first).min(span) * END / span;
    let mut so_far = Vec::new();
    let mut ballot = Ballot::default();
    for vote in votes {
        let part = if vote.support { &mut ballot.yea } else { &mut ballot.nay };
        *part = part.saturating_add(vote.amount);
        so_far.push((vote, ballot));
    }
    let most = ballot.cast().max(needed);
    let up = |part: U256| super::words::permille(part, most);
    let start = Stair { from: 0, up: 0 };
    let marks = |of: fn(&Ballot) -> U256| -> Vec<Stair> {
        let steps =
            so_far.iter().map(|(vote, ballot)| Stair { from: place(vote.place.block), up: up(of(ballot)) });
        std::iter::once(start).chain(steps).collect()
    };
    let token = &contracts.token;
    let row = |(vote, ballot): &(&Vote, Ballot)| {
        let side = if vote.support { "Yea" } else { "Nay" };
        vec![
            moment(cx, &vote.place),
            if vote.voter == contracts.gse { "GSE".to_owned() } else { format::short_address(vote.voter) },
            side.to_owned(),
            token.amount(vote.amount),
            token.amount(ballot.yea),
            token.amount(ballot.nay),
        ]
    };
    let reached = if ballot.cast() >= needed { "the quorum is reached" } else { "the quorum is not reached" };
    let told = Told {
        finding: format!(
            "{} cast in {}, {} of it yea; {reached}.",
            token.amount(ballot.cast()),
            format::plural(votes.len() as u64, "vote"),
            percent(ballot.yea, ballot.cast())
        ),
        columns: ["When", "Voter", "Vote", "Amount", "Yea so far", "Nay so far"].map(str::to_owned).to_vec(),
        rows: so_far.iter().rev().take(MOST).rev().map(row).collect(),
    };
    let height = |part: U256| ZERO - up(part) * (ZERO - TOP) / 1_000;
    let (end, quorum) = (height(ballot.cast()), height(needed));
    let drawing = view! {
        {gridline(ZERO, "axis", String::new())}
        {stairs(&marks(|ballot| ballot.cast()), (TOP, ZERO))}
        {side_line(&marks(|ballot| ballot.nay))}
        <line x1="0" x2=across(END) y1=quorum y2=quorum class="m-line"></line>
        <text x="0" y=quorum.saturating_sub(6) class="strong">"Quorum"</text>
        <text x=across(END) dx="8" y=end + 4 class="strong">"Cast"</text>
        {(!ballot.nay.is_zero()).then(|| view! { <text x=across(END) dx="8" y=height(ballot.nay).max(end + 16) + 4>"Nay"</text> })}
    };
    let finding = told.finding.clone();
    view! {
        <section class="panel" aria-label="Votes over time"><header><h2>"Votes over time"</h2><div class="end">{looking.toggle()}</div></header><div class="body">{chart(looking, told, HEIGHT, drawing.into_any())}<p class="xs muted">{finding}</p></div></section>
    }
    .into_any()
}

/// A part of the whole below its stairs: a dashed line, so that it is told apart without a colour.
fn side_line(marks: &[Stair]) -> AnyView {
    let y = |stair: &Stair| ZERO - stair.up * (ZERO - TOP) / 1_000;
    let draw = |(place, stair): (usize, &Stair)| {
        let next = marks.get(place + 1);
        let end = next.map_or(END, |next| next.from).max(stair.from);
        let riser = next.map(|next| {
            view! { <line x1=across(end) x2=across(end) y1=y(stair) y2=y(next) class="m-part"></line> }
        });
        view! { <line x1=across(stair.from) x2=across(end) y1=y(stair) y2=y(stair) class="m-part"></line>{riser} }
            .into_any()
    };
    marks.iter().enumerate().map(draw).collect::<Vec<_>>().into_any()
}

/// Who voted with stake, as far as that is public.
pub(super) fn with_stake(desk: Desk, page: &ProposalPage) -> AnyView {
    let (found, Some(contracts)) = (desk.past.get(), desk.cx.scope.deployment()) else {
        return ().into_any();
    };
    let Some(at) = found.last() else { return ().into_any() };
    let used: Vec<&StakeVoter> =
        at.value.stake.iter().filter(|voter| voter.used.get().is_none_or(|used| !used.is_zero())).collect();
    let bonus = at.value.bonus.get().copied();
    let lines: Vec<_> = used.iter().map(|voter| stake_line(desk.cx, &contracts, bonus, voter)).collect();
    let cast = page.staked_ballot.get().map(|ballot| ballot.cast());
    let rest = cast.and_then(|cast| remainder(cast, &used)).map(|(rest, whole)| {
        let rest = contracts.token.amount(rest);
        let rest = if whole { rest } else { format!("At most {rest}") };
        let said = by_whom(whole, at.value.delegatees.as_ref());
        view! { <li class="small">{rest}<span class="sub">{said}</span></li> }
    });
    view! { <ul class="own">{lines}{rest}</ul> }.into_any()
}

/// What of the votes with stake these did not cast, and whether that is known: where the power of one of them was not read,
/// it is in there. `None` where nothing is left.
fn remainder(cast: U256, voters: &[&StakeVoter]) -> Option<(U256, bool)> {
    let read = voters.iter().filter_map(|voter| voter.used.get());
    let rest = cast.checked_sub(read.fold(U256::ZERO, |sum, used| sum.saturating_add(*used)))?;
    let whole = voters.iter().all(|voter| voter.used.get().is_some());
    Some((rest, whole)).filter(|(rest, _)| !rest.is_zero())
}

/// Why it is not told who cast the rest.
fn by_whom(whole: bool, looked: Option<&Reading<Delegatees>>) -> String {
    match looked.map(Reading::get) {
        _ if !whole => "by others: the power of some voters above was not read".to_owned(),
        Some(None) => {
            "by whom was not read: the GSE’s events that name who had power could not be".to_owned()
        }
        Some(Some(Delegatees { left_out: 1.., asked })) => format!(
            "by whom was not looked for among all: only the {} with the most power were asked",
            format::count(asked.len() as u64)
        ),
        _ => "by whom is not public without a trace".to_owned(),
    }
}

fn stake_line(cx: Cx, contracts: &Deployment, bonus: Option<Address>, voter: &StakeVoter) -> AnyView {
    let amount = Figure::of(&voter.used, |used| Written::amount(&contracts.token, *used));
    let amount = cx.sources.fig(format!("Power used by {}", voter.delegatee), amount, "w8");
    let who = match contracts.rollup(voter.delegatee) {
        Some(rollup) => format!("Rollup {}, ", rollup.version),
        None if bonus == Some(voter.delegatee) => "Stake that follows upgrades, ".to_owned(),
        None if cx.account() == Some(voter.delegatee) => "You, ".to_owned(),
        None => String::new(),
    };
    let shown = voter.shown;
    let how = match (voter.is_default, shown.yea.is_zero(), shown.nay.is_zero()) {
        (true, ..) => "yea by default".to_owned(),
        (false, false, true) if voter.used.get() == Some(&shown.yea) => "yea".to_owned(),
        (false, true, false) if voter.used.get() == Some(&shown.nay) => "nay".to_owned(),
        (false, true, true) => "yea or nay is not public without a trace".to_owned(),
        _ => format!(
            "yea {}, nay {} by plain transactions; the rest is not public without a trace",
            contracts.token.amount(shown.yea),
            contracts.token.amount(shown.nay)
        ),
    };
    view! { <li class="small">{amount}<span class="sub">{who}{cx.addr(voter.delegatee)}" "{how}</span></li> }
        .into_any()
}

#[cfg(test)]
mod tests {
    use alloy_primitives::B256;

    use super::*;
    use crate::chain::{Origin, ReadError, Source};

    #[test]
    fn what_was_not_read_of_a_voter_is_not_said_to_be_somebody_elses() {
        let source = || Source::from(Origin::Block { field: "timestamp", block: 1 });
        let voter = |value: Result<u64, ReadError>| StakeVoter {
            delegatee: Address::ZERO,
            used: Reading { value: value.map(U256::from), source: source() },
            shown: Ballot::default(),
            is_default: false,
        };
        let (five, none, unread) = (voter(Ok(5)), voter(Ok(0)), voter(Err(ReadError::Incomplete)));
        let of = |voters: &[&StakeVoter]| remainder(U256::from(7), voters);
        assert_eq!(of(&[&five, &none]), Some((U256::from(2), true)));
        assert_eq!(of(&[&five, &unread]), Some((U256::from(2), false)));
        assert_eq!(remainder(U256::from(5), &[&five]), None);
        let looked = |left_out| Reading::new(Delegatees { asked: vec![Address::ZERO], left_out }, source());
        assert!(by_whom(false, None).contains("was not read"));
        assert!(by_whom(true, Some(&looked(0))).contains("without a trace"));
        assert!(by_whom(true, Some(&looked(3))).contains("only the 1 with the most power"));
    }

    #[test]
    fn votes_of_one_voter_are_one_line() {
        let vote = |voter, support, amount: u64, block| Vote {
            voter: Address::repeat_byte(voter),
            support,
            amount: U256::from(amount),
            place: Place { block, index: 0, tx: B256::ZERO, time: None },
        };
        let found = by_voter(&[vote(1, true, 5, 1), vote(2, false, 9, 2), vote(1, false, 3, 3)]);
        let read: Vec<_> = found
            .iter()
            .map(|voter| (voter.address, voter.ballot.yea, voter.ballot.nay, voter.last.block))
            .collect();
        let [one, two] = [1, 2].map(Address::repeat_byte);
        assert_eq!(read, [(two, U256::ZERO, U256::from(9), 2), (one, U256::from(5), U256::from(3), 3),]);
    }
}
