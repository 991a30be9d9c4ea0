use alloy_primitives::Address;

use crate::{
    aztec::{model::ExitView, positions::Sheet, rules::Position},
    units::{
        Token,
        calendar::{self, Entry},
        format,
    },
};

/// The ends of exits as a calendar (RFC 5545). `now` is the time of the block that the sheet is of. An exit keeps its
/// entry when the file is made again: the identifier is of the key and of governance's withdrawal.
pub fn calendar(sheet: &Sheet, token: &Token, chain_id: u64, now: u64) -> String {
    let entries = sheet.lines.iter().filter_map(|line| match line.position.get() {
        // a zombie has no date before its withdrawer says where the stake goes
        Some(Position::Exiting { exit, .. }) => {
            Some(entry(line.stake.attester, exit, exit.ends_at().ok()?, token, chain_id))
        }
        _ => None,
    });
    calendar::calendar("Positions", &entries.collect::<Vec<_>>(), now)
}

fn entry(key: Address, exit: &ExitView, end: u64, token: &Token, chain_id: u64) -> Entry {
    let amount = format!("{} {}", format::exact(exit.amount, token.decimals), token.symbol);
    let to = exit.recipient.map(|to| format!(" to {to}")).unwrap_or_default();
    Entry {
        uid: format!("exit-{chain_id}-{key}-{}@rota", exit.withdrawal_id),
        at: end,
        summary: format!("Exit of {} can be finalised", format::short_address(key)),
        description: format!(
            "{amount}{to}. Anybody may finalise it from then on. The rollup lets go on {}, until when it can be slashed.",
            format::iso(Some(exit.exitable_at))
        ),
        link: None,
    }
}
