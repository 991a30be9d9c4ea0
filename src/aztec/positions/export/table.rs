use alloy_primitives::U256;

use crate::{
    aztec::{
        Names,
        events::Place,
        positions::{Fate, Sheet, Stake},
    },
    units::{Token, format},
};

/// One thing that happened.
struct Row {
    place: Place,
    what: &'static str,
    /// In token units; `None` while it is not known.
    amount: Option<U256>,
    note: String,
}

/// Everything that happened to the stakes, oldest first, as CSV (RFC 4180).
///
/// `fee` stays empty: what a transaction cost is not in its events. A time that the node did not send stays empty too,
/// and the note has the block.
pub fn table(sheet: &Sheet, token: &Token, names: &Names) -> String {
    let mut rows: Vec<Row> = sheet.lines.iter().flat_map(|line| of_stake(&line.stake, names)).collect();
    rows.sort_by_key(|row| row.place.position());
    let mut text = "time,type,amount,token,fee,transaction hash,note\r\n".to_owned();
    for row in rows {
        let amount = row.amount.map(|raw| format::exact(raw, token.decimals)).unwrap_or_default();
        let note = format!("{}; block {}", row.note, row.place.block);
        let fields = [
            format::iso(row.place.time),
            row.what.to_owned(),
            amount,
            token.symbol.clone(),
            String::new(),
            row.place.tx.to_string(),
            note,
        ];
        text += &fields.map(|field| quoted(&field)).join(",");
        text += "\r\n";
    }
    text
}

fn of_stake(stake: &Stake, names: &Names) -> Vec<Row> {
    let key = stake.attester;
    let with = match &stake.delegation {
        Some(made) => format!("with {}", names.label(made.provider_id)),
        None => "own sequencer".to_owned(),
    };
    let mut rows = vec![Row {
        place: stake.queued,
        what: "stake",
        amount: stake.deposited,
        note: format!("{with}, attester {key}"),
    }];
    let mut add = |place, what, amount, note| rows.push(Row { place, what, amount, note });
    if let Fate::Refunded(place) = stake.fate {
        add(place, "refund", stake.deposited, format!("the deposit failed, attester {key}"));
    }
    for (place, amount) in &stake.slashes {
        add(*place, "slash", Some(*amount), format!("{with}, attester {key}"));
    }
    if let Some(step) = &stake.exit_started {
        add(step.place, "exit started", Some(step.amount), format!("to {}, attester {key}", step.recipient));
    }
    if let Some(step) = &stake.paid {
        add(step.place, "exit paid", Some(step.amount), format!("to {}, attester {key}", step.recipient));
    }
    rows
}

/// A field, in quotes where it needs them. Names come from others: one that a spreadsheet would run as a formula is
/// made text.
fn quoted(field: &str) -> String {
    let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let field = if formula { format!("'{field}") } else { field.to_owned() };
    if field.contains([',', '"', '\r', '\n']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn fields_survive_and_are_never_formulas() {
        for (field, written) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "'=1+1"),
            ("@x,y", "\"'@x,y\""),
            ("", ""),
        ] {
            assert_eq!(quoted(field), written);
        }
    }
}
