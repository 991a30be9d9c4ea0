//! Small phrases that several pages share.

use crate::{
    aztec::{
        model::ExitView,
        rules::{JoinTime, Position},
    },
    units::format,
};

/// Mark, tone and word of a position, as the design has them.
pub(super) fn position(
    position: &Position,
    activation: Option<alloy_primitives::U256>,
) -> (&'static str, &'static str, &'static str) {
    match position {
        Position::Queued { .. } => ("st-que", "live", "Queued"),
        Position::Validating { balance, .. } if activation.is_some_and(|full| *balance < full) => {
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
