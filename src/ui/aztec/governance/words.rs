//! States, shares and dates of proposals in words.

use alloy_primitives::U256;
use leptos::prelude::*;

use crate::{
    aztec::{
        read::ProposalRow,
        rules::{ProposalState, Verdict},
    },
    ui::kit::icon,
    units::{Ratio, format},
};

/// One, in the contract's fractions.
pub(super) fn whole() -> U256 {
    U256::from(10).pow(U256::from(18))
}

/// Tone, mark and word of a state.
pub(super) const fn state(state: ProposalState) -> (&'static str, &'static str, &'static str) {
    match state {
        ProposalState::Pending => ("", "clock", "Pending"),
        ProposalState::Active => ("live", "clock", "Active"),
        ProposalState::Queued => ("", "clock", "Queued"),
        ProposalState::Executable => ("warn", "warn", "Executable"),
        ProposalState::Rejected => ("bad", "x", "Rejected"),
        ProposalState::Executed => ("ok", "check", "Executed"),
        ProposalState::Droppable => ("warn", "warn", "Droppable"),
        ProposalState::Dropped => ("", "x", "Dropped"),
        ProposalState::Expired => ("", "x", "Expired"),
    }
}

/// A state as a badge, or that it was not read.
pub(super) fn badge(row: &ProposalRow) -> AnyView {
    match &row.state.value {
        Ok(found) => {
            let (tone, mark, word) = state(*found);
            view! { <span class=format!("badge {tone}")>{icon(mark, 12)}{word}</span> }.into_any()
        }
        Err(error) => view! { <span class="notread" title=error.to_string()>"Not read"</span> }.into_any(),
    }
}

/// A part as a length: `17.2%`. Never more than all of it.
pub(super) fn length(part: U256, of: U256) -> String {
    let permille = permille(part, of);
    format!("{}.{}%", permille / 10, permille % 10)
}

/// A part in thousandths of the whole, never more than all of it.
pub(super) fn permille(part: U256, of: U256) -> u64 {
    Ratio::new(part, of).map_or(0, Ratio::permille).min(1_000)
}

/// Part of the votes cast that yea must exceed, of 10^18: half of one and the margin, rounded up.
pub(super) fn yea_needed(margin: U256) -> U256 {
    margin.saturating_add(whole()).div_ceil(U256::from(2))
}

/// What happens next, and when; as two lines.
pub(super) fn next(row: &ProposalRow, now: u64) -> (String, String) {
    let (Ok(state), Ok(proposal)) = (&row.state.value, &row.proposal.value) else {
        return ("Not read".to_owned(), String::new());
    };
    let phases = proposal.standing.phases;
    let until = |what: &str, end: u64| {
        let left = end.saturating_add(1).saturating_sub(now);
        (format!("{what} {}", format::date(end, now)), format!("in {}", format::duration(left)))
    };
    let over = |what: &str, at: u64| (format!("{what} {}", format::date(at, now)), String::new());
    match state {
        ProposalState::Pending => until("Voting begins", phases.pending),
        ProposalState::Active => until("Voting ends", phases.active),
        ProposalState::Queued => until("Executable", phases.queued),
        ProposalState::Executable => until("Expires", phases.executable),
        ProposalState::Rejected => match row.power.get().map(|power| verdict(row, *power)) {
            Some(Some(Verdict::TooFewVotes)) => over("Quorum missed", phases.active),
            Some(Some(Verdict::TooFewYeas)) => over("Too few yea", phases.active),
            _ => over("Ended", phases.active),
        },
        ProposalState::Expired => over("Not executed by", phases.executable),
        ProposalState::Droppable => {
            ("Its proposer was replaced".to_owned(), "anybody may drop it".to_owned())
        }
        ProposalState::Executed | ProposalState::Dropped => ("None".to_owned(), String::new()),
    }
}

/// What its votes come to against this power.
pub(super) fn verdict(row: &ProposalRow, power: U256) -> Option<Verdict> {
    let standing = &row.proposal.get()?.standing;
    Some(standing.thresholds.tally(standing.ballot, power).verdict)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_end_at_the_whole() {
        let length = |part: u64, of: u64| length(U256::from(part), U256::from(of));
        assert_eq!(length(172, 1000), "17.2%");
        assert_eq!(length(3, 2), "100.0%");
        assert_eq!(length(3, 0), "0.0%");
    }

    #[test]
    fn a_margin_of_a_third_asks_for_two_thirds() {
        let needed = yea_needed(whole() / U256::from(100) * U256::from(33));
        assert_eq!(Ratio::new(needed, whole()).expect("a whole").percent(), "66.5 %");
    }
}
