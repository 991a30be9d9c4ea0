//! Text that others wrote (token symbols, node messages, wallet names) before it may be shown.

/// At most `limit` characters on one line; control and direction-changing characters dropped.
///
/// Escaping is the renderer's work (text nodes only); this keeps a foreign text from breaking a layout or
/// reordering the words around it.
pub fn tame(text: &str, limit: usize) -> String {
    let clean = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let mut chars = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(clean);
    let mut out: String = chars.by_ref().take(limit).collect();
    if chars.next().is_some() {
        out.push('…');
    }
    out
}

/// The address of a link that a stranger wrote, if it may be followed: `https` only, no credentials, no spaces.
pub fn https_link(text: &str) -> Option<&str> {
    let text = text.trim();
    let rest = text.strip_prefix("https://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let harmless =
        text.len() <= 300 && text.bytes().all(|b| b.is_ascii_graphic() && !b"\"'<>\\`{}|^".contains(&b));
    (harmless && host.contains('.') && !host.contains('@')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_stays_on_its_line() {
        assert_eq!(tame("AZTEC", 12), "AZTEC");
        assert_eq!(tame("a\nb\tc\u{0}\u{202e}d", 12), "a b cd");
        assert_eq!(tame("abcdef", 3), "abc…");
    }

    #[test]
    fn only_plain_https_is_a_link() {
        assert!(https_link("https://nethermind.io/x?y=1#z").is_some());
        for bad in [
            "http://a.b",
            "javascript:alert(1)",
            "https://a.b@evil.c",
            "https://localhost",
            "https://a b.c",
            "HTTPS://a.b",
            "https://a.b/<x>",
            "data:text/html,x",
        ] {
            assert_eq!(https_link(bad), None, "{bad}");
        }
    }
}
