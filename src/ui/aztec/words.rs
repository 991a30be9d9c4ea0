//! Small phrases that several pages share.

use alloy_primitives::U256;

use crate::{
    aztec::{
        model::ExitView,
        rules::{JoinTime, Position},
    },
    units::format,
};

/// Mark, tone and word of a position, as the design has them. `full` is what one stake is on the position's own rollup.
pub(super) fn position(
    position: &Position,
    full: Option<U256>,
) -> (&'static str, &'static str, &'static str) {
    match position {
        Position::Queued { .. } => ("st-que", "live", "Queued"),
        Position::Validating { balance, .. } if full.is_some_and(|full| *balance < full) => {
            ("st-val", "warn", "Slashed, validating")
        }
        Position::Validating { .. } => ("st-val", "ok", "Validating"),
        Position::Exiting { .. } => ("st-exit", "warn", "Exiting"),
        Position::Zombie { .. } => ("st-zom", "bad", "Zombie"),
        Position::Refunded => ("st-none", "", "Refunded"),
        Position::Finished => ("st-done", "", "Finished"),
    }
}

/// The word that a position is filtered by in the address.
pub(super) fn filter_word(position: &Position) -> &'static str {
    match position {
        Position::Queued { .. } => "queued",
        Position::Validating { .. } => "validating",
        Position::Exiting { .. } => "exiting",
        Position::Zombie { .. } => "zombie",
        Position::Refunded | Position::Finished => "over",
    }
}

/// Why a zombie is one. A slash takes something; the sequencer's own key, which can end it since the sixth generation,
/// takes nothing.
pub(super) fn zombie(exit: &ExitView, full: Option<U256>) -> &'static str {
    match full {
        Some(full) if exit.amount >= full => "ended by its own key; waits for its withdrawer",
        Some(_) => "slashed, no longer validating; waits for its withdrawer",
        None => "no longer validating; waits for its withdrawer",
    }
}

/// When an exit ends, or that it is not known.
pub(super) fn exit_end(exit: &ExitView, now: u64) -> String {
    match exit.ends_at() {
        Ok(end) if end <= now => "can be finalised".to_owned(),
        Ok(end) => format!("until {}", format::date_time(end, now)),
        Err(_) => "end not read".to_owned(),
    }
}

/// When a deposit joins at the earliest.
pub(super) fn join(join: JoinTime, now: u64) -> String {
    match join {
        JoinTime::Now => "now, as soon as somebody flushes the queue".to_owned(),
        JoinTime::NotAdmitting => "not known: the rollup admits nobody at present".to_owned(),
        JoinTime::At(time) if time <= now => "now, as soon as somebody flushes the queue".to_owned(),
        JoinTime::At(time) => format!("in {} at the earliest", format::duration((time - now) / 60 * 60 + 60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lost_something_was_slashed() {
        let full = Some(U256::from(200));
        let validating = |balance| Position::Validating { rollup: 0, balance: U256::from(balance) };
        assert_eq!(position(&validating(199), full).2, "Slashed, validating");
        assert_eq!(position(&validating(200), full).2, "Validating");
        assert_eq!(position(&validating(100), Some(U256::from(100))).2, "Validating");
        assert_eq!(position(&validating(199), None).2, "Validating");
        let exit = |amount| ExitView {
            amount: U256::from(amount),
            exitable_at: 0,
            withdrawal_id: U256::ZERO,
            unlocks_at: Ok(0),
            recipient: None,
        };
        assert!(zombie(&exit(200), full).starts_with("ended by its own key"));
        assert!(zombie(&exit(190), full).starts_with("slashed"));
        assert!(zombie(&exit(190), None).starts_with("no longer validating"));
    }
}
