use alloy_primitives::Address;

use crate::{
    aztec::{model::ExitView, positions::Sheet, rules::Position},
    units::{Token, format},
};

/// The ends of exits as a calendar (RFC 5545). `now` is the time of the block that the sheet is of. An exit keeps its
/// entry when the file is made again: the identifier is of the key and of governance's withdrawal.
pub fn calendar(sheet: &Sheet, token: &Token, chain_id: u64, now: u64) -> String {
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Rota//Positions//EN".to_owned(),
    ];
    for line in &sheet.lines {
        // a zombie has no date before its withdrawer says where the stake goes
        if let Some(Position::Exiting { exit, .. }) = line.position.get()
            && let Ok(end) = exit.ends_at()
        {
            lines.extend(event(line.stake.attester, exit, end, token, chain_id, now));
        }
    }
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| folded(line)).collect()
}

fn event(key: Address, exit: &ExitView, end: u64, token: &Token, chain_id: u64, now: u64) -> Vec<String> {
    let stamp = |at: u64| format::iso(Some(at)).replace(['-', ':'], "");
    let amount = format!("{} {}", format::exact(exit.amount, token.decimals), token.symbol);
    let to = exit.recipient.map(|to| format!(" to {to}")).unwrap_or_default();
    let said = format!(
        "{amount}{to}. Anybody may finalise it from then on. The rollup lets go on {}, until when it can be slashed.",
        format::iso(Some(exit.exitable_at))
    );
    vec![
        "BEGIN:VEVENT".to_owned(),
        format!("UID:exit-{chain_id}-{key}-{}@rota", exit.withdrawal_id),
        format!("DTSTAMP:{}", stamp(now)),
        format!("DTSTART:{}", stamp(end)),
        format!("SUMMARY:{}", text(&format!("Exit of {} can be finalised", format::short_address(key)))),
        format!("DESCRIPTION:{}", text(&said)),
        "END:VEVENT".to_owned(),
    ]
}

fn text(plain: &str) -> String {
    plain.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// A line of at most 75 bytes and its continuations, never cut inside a character.
fn folded(line: &str) -> String {
    let mut text = String::new();
    let mut width = 0;
    for c in line.chars() {
        if width + c.len_utf8() > 75 {
            text += "\r\n ";
            width = 1;
        }
        text.push(c);
        width += c.len_utf8();
    }
    text + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_long_lines_are_folded() {
        assert_eq!(text("a, b; c\\d\ne"), "a\\, b\\; c\\\\d\\ne");
        assert_eq!(folded("short"), "short\r\n");
        let long = "ä".repeat(60);
        let folded = folded(&long);
        assert!(folded.split("\r\n").all(|part| part.len() <= 75), "{folded}");
        assert_eq!(folded.replace("\r\n ", "").trim_end(), long);
    }
}
