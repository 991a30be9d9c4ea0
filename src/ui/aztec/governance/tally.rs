use alloy_primitives::U256;
use leptos::prelude::*;

use super::words::{length, whole, yea_needed};
use crate::{
    aztec::{
        read::{Proposal, ProposalRow},
        rules::{ProposalState, Tally, Verdict},
    },
    chain::Reading,
    ui::{
        Cx,
        kit::{Figure, Written, icon},
    },
    units::{Ratio, Token},
};

/// A share, or a dash where there is nothing to share.
pub(super) fn percent(part: U256, of: U256) -> String {
    Ratio::new(part, of).map_or_else(|| "–".to_owned(), Ratio::percent)
}

/// Votes cast of all power.
pub(super) fn turnout(row: &ProposalRow) -> Reading<String> {
    row.counted("(yea + nay) / total power", |proposal, power| {
        percent(proposal.standing.ballot.cast(), power)
    })
}

/// Yea of the votes cast.
pub(super) fn yea_share(row: &ProposalRow) -> Reading<String> {
    row.proposal.as_ref().map(|proposal| {
        let ballot = proposal.standing.ballot;
        percent(ballot.yea, ballot.cast())
    })
}

/// A bar of the list: how far, and where the threshold is.
pub(super) fn meter(part: String, at: String, tone: &'static str) -> AnyView {
    view! {
        <span class="meter sm-hide thin" aria-hidden="true"><i class=tone style=("--v", part)></i><b style=("--at", at)></b></span>
    }
    .into_any()
}

/// Lengths of a list's turnout bar, which ends at twice the quorum.
pub(super) fn turnout_lengths(proposal: &Proposal, power: U256) -> (String, String) {
    let needed = proposal.standing.thresholds.tally(proposal.standing.ballot, power).needed;
    let end = needed.saturating_mul(U256::from(2)).min(power);
    (length(proposal.standing.ballot.cast(), end), length(needed, end))
}

/// The panel that says what the votes come to.
pub(super) fn result(cx: Cx, row: &ProposalRow, token: &Token) -> AnyView {
    let forecast = row.is_forecast.then(|| {
        view! { <div class="end"><span class="muted small">"Power of now: what counts is the power when voting begins"</span></div> }
    });
    // one that can be dropped may still be voted on
    let over = row.state.get().is_some_and(|state| {
        !matches!(state, ProposalState::Pending | ProposalState::Active | ProposalState::Droppable)
    });
    let title = if over { "Result" } else { "Result so far" };
    let (Some(proposal), Some(power)) = (row.proposal.get().copied(), row.power.get().copied()) else {
        let turnout = cx.sources.fig("Turnout", Figure::of(&turnout(row), |said| said.clone().into()), "w4");
        let yea = cx.sources.fig("Yea share", Figure::of(&yea_share(row), |said| said.clone().into()), "w4");
        return view! {
            <section class="panel"><header><h2>{title}</h2></header><div class="body"><dl class="facts end"><dt>"Turnout"</dt><dd>{turnout}</dd><dt>"Yea share"</dt><dd>{yea}</dd></dl></div></section>
        }
        .into_any();
    };
    let standing = proposal.standing;
    let tally = standing.thresholds.tally(standing.ballot, power);
    view! {
        <section class="panel">
            <header><h2>{title}</h2>{forecast}</header>
            <div class="body"><div class="votes">
                {turnout_bar(cx, row, &proposal, power, tally, token)}
                {yea_bar(cx, row, &proposal, tally, token)}
            </div></div>
            {outcome(row, &proposal, power, tally, token, over)}
        </section>
    }
    .into_any()
}

fn turnout_bar(
    cx: Cx,
    row: &ProposalRow,
    proposal: &Proposal,
    power: U256,
    tally: Tally,
    token: &Token,
) -> AnyView {
    let quorum = percent(proposal.standing.thresholds.quorum, whole());
    let (part, at) = turnout_lengths(proposal, power);
    let cast = row.proposal.as_ref().map(|proposal| proposal.standing.ballot.cast());
    let needed = row.counted("ceil(total power × quorum / 10^18)", |_, _| tally.needed);
    let amount = |label: &'static str, reading: &Reading<U256>| {
        cx.sources.fig(label, Figure::of(reading, |raw| Written::amount(token, *raw)), "w8")
    };
    let share = cx.sources.fig("Turnout", Figure::of(&turnout(row), |said| said.clone().into()), "w4");
    view! {
        <div>
            <div class="row apart base"><h3>"Turnout"</h3><span><b class="mid">{share}</b><span class="muted">" of all power"</span></span></div>
            <div class="vbar" aria-hidden="true" style=("--v", part) style=("--at", at)><i></i><b></b><span>{format!("{quorum} quorum")}</span></div>
            <div class="row xs apart"><span class="ink2">"Cast "{amount("Votes cast", &cast)}</span><span class="ink2">"Needed "{amount("Votes needed", &needed)}</span></div>
        </div>
    }
    .into_any()
}

fn yea_bar(cx: Cx, row: &ProposalRow, proposal: &Proposal, tally: Tally, token: &Token) -> AnyView {
    let ballot = proposal.standing.ballot;
    let needed = yea_needed(proposal.standing.thresholds.required_yea_margin);
    let said = match tally.yea_limit {
        None if ballot.cast().is_zero() => "Nobody has voted.".to_owned(),
        None => "Every vote is yea.".to_owned(),
        Some(limit) => format!("Yea must exceed {} of the votes cast.", token.amount(limit)),
    };
    let amount = |label: &'static str, pick: fn(&Proposal) -> U256| {
        let reading = row.proposal.as_ref().map(pick);
        cx.sources.fig(label, Figure::of(&reading, |raw| Written::amount(token, *raw)), "w8")
    };
    let share = cx.sources.fig("Yea share", Figure::of(&yea_share(row), |said| said.clone().into()), "w4");
    let class = if ballot.cast().is_zero() { "vbar" } else { "vbar split" };
    view! {
        <div>
            <div class="row apart base"><h3>"Yea share"</h3><span><b class="mid">{share}</b><span class="muted">" of votes cast"</span></span></div>
            <div class=class aria-hidden="true" style=("--v", length(ballot.yea, ballot.cast())) style=("--at", length(needed, whole()))><i></i><b></b><span>{format!("{} needed", percent(needed, whole()))}</span></div>
            <div class="row xs apart"><span class="ok">"Yea "{amount("Yea votes", |proposal| proposal.standing.ballot.yea)}</span><span class="bad">"Nay "{amount("Nay votes", |proposal| proposal.standing.ballot.nay)}</span></div>
            <p class="small ink2">{said}</p>
        </div>
    }
    .into_any()
}

/// What follows, or would follow if voting ended now, and how much is missing.
fn outcome(
    row: &ProposalRow,
    proposal: &Proposal,
    power: U256,
    tally: Tally,
    token: &Token,
    over: bool,
) -> AnyView {
    let standing = &proposal.standing;
    let passes = tally.verdict == Verdict::Accepted;
    let (tone, mark, what) = match (over, passes) {
        (false, _) if row.is_forecast => ("", "clock", "Nobody can vote yet"),
        (false, true) => ("ok", "check", "Would pass if voting ended now"),
        (false, false) => ("warn", "clock", "Would not pass if voting ended now"),
        (true, true) => ("ok", "check", "Accepted"),
        (true, false) => ("bad", "x", "Not accepted"),
    };
    let why = match tally.verdict {
        Verdict::Accepted => "Quorum and margin are reached.".to_owned(),
        Verdict::PowerBelowMinimum => format!(
            "All power together is below the minimum of {}: no votes can change that.",
            token.amount(standing.thresholds.minimum_votes)
        ),
        Verdict::QuorumInvalid | Verdict::MarginInvalid => {
            "Its rules ask for more than there is: no votes can change that.".to_owned()
        }
        Verdict::TooFewVotes => format!(
            "{} more must vote to reach the quorum.",
            token.amount(tally.needed.saturating_sub(standing.ballot.cast()))
        ),
        Verdict::TooFewYeas => "Enough votes were cast, too few of them yea.".to_owned(),
    };
    let missing =
        (!over && !passes).then(|| match standing.thresholds.missing_yeas(standing.ballot, power) {
            Some(missing) => format!("{} of yea would be enough.", token.amount(missing)),
            None => "All the power that has not voted yet would not be enough.".to_owned(),
        });
    let unread = row.state.value.is_err().then_some("Its state was not read.");
    view! {
        <footer class="row verdict"><span class=format!("status {tone}")>{icon(mark, 14)}<b>{what}</b></span><span class="ink2 small">{why}" "{missing}" "{unread}</span></footer>
    }
    .into_any()
}
