//! Dates as a calendar file (RFC 5545).

use super::format;

/// One moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is known by: the same when the file is made again, so that calendars replace it.
    pub uid: String,
    /// Unix seconds.
    pub at: u64,
    /// What it is.
    pub summary: String,
    /// More about it.
    pub description: String,
    /// Where to read on.
    pub link: Option<String>,
}

/// The file. `part` is the part of the app that makes it; `now` the time it is made at, in Unix seconds.
pub fn calendar(part: &str, entries: &[Entry], now: u64) -> String {
    let stamp = |at: u64| format::iso(Some(at)).replace(['-', ':'], "");
    let mut lines =
        vec!["BEGIN:VCALENDAR".to_owned(), "VERSION:2.0".to_owned(), format!("PRODID:-//Rota//{part}//EN")];
    for entry in entries {
        lines.extend([
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}", entry.uid),
            format!("DTSTAMP:{}", stamp(now)),
            format!("DTSTART:{}", stamp(entry.at)),
            format!("SUMMARY:{}", text(&entry.summary)),
            format!("DESCRIPTION:{}", text(&entry.description)),
        ]);
        lines.extend(entry.link.as_ref().map(|link| format!("URL:{link}")));
        lines.push("END:VEVENT".to_owned());
    }
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| folded(line)).collect()
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
    fn an_entry_is_a_block_of_folded_lines() {
        let entry = Entry {
            uid: "x@rota".to_owned(),
            at: 86_400,
            summary: "a, b; c\\d\ne".to_owned(),
            description: "ä".repeat(60),
            link: None,
        };
        let file = calendar("Governance", &[entry], 0);
        assert!(file.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Rota//Governance//EN\r\n"));
        assert!(file.contains("DTSTART:19700102T000000Z\r\n"), "{file}");
        assert!(file.contains("SUMMARY:a\\, b\\; c\\\\d\\ne\r\n"), "{file}");
        assert!(file.split("\r\n").all(|line| line.len() <= 75), "{file}");
        assert!(file.replace("\r\n ", "").contains(&format!("DESCRIPTION:{}", "ä".repeat(60))));
        assert!(file.ends_with("END:VEVENT\r\nEND:VCALENDAR\r\n") && !file.contains("URL:"));
    }
}
