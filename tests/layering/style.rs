//! Colours stand in `style/tokens.css`, once for light and dark.

use crate::rules::Finding;

/// Notations of a colour that are functions. `color-mix` of tokens is none.
const FUNCTIONS: [&str; 11] =
    ["rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch", "color", "device-cmyk"];

/// Names of colours that somebody might write; `transparent`, `currentcolor` and the system's are no literals.
const NAMES: [&str; 28] = [
    "aqua",
    "beige",
    "black",
    "blue",
    "brown",
    "crimson",
    "cyan",
    "darkgray",
    "fuchsia",
    "gold",
    "gray",
    "green",
    "grey",
    "indigo",
    "lightgray",
    "lime",
    "magenta",
    "maroon",
    "navy",
    "olive",
    "orange",
    "pink",
    "purple",
    "red",
    "silver",
    "teal",
    "white",
    "yellow",
];

/// Literal colours in a style sheet other than that of the tokens.
pub(crate) fn literal_colours(path: &str, text: &str) -> Vec<Finding> {
    if path == "style/tokens.css" {
        return Vec::new();
    }
    let declarations = declarations(&blank(text));
    let wrong = declarations.iter().filter_map(|(line, name, value)| {
        // in a mask a colour is only its opacity
        let colour = if name.contains("mask") { None } else { literal(value) }?;
        Some((*line, format!("the colour `{colour}` belongs into style/tokens.css")))
    });
    wrong.collect()
}

/// The text with comments, strings and addresses blanked, lines kept.
fn blank(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let delimited = [("/*", "*/"), ("\"", "\""), ("'", "'"), ("url(", ")")];
        let Some((begin, end)) = delimited.into_iter().find(|(begin, _)| rest.starts_with(begin)) else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        let length = rest[begin.len()..].find(end).map_or(rest.len(), |at| begin.len() + at + end.len());
        out.extend(rest[..length].chars().map(|c| if c == '\n' { c } else { ' ' }));
        rest = &rest[length..];
    }
    out
}

/// Line, property and value. What ends with a brace is a selector or an at-rule.
fn declarations(css: &str) -> Vec<(usize, String, String)> {
    let mut found = Vec::new();
    let (mut line, mut begin) = (1, 0);
    for (at, c) in css.char_indices().filter(|(_, c)| "{};".contains(*c)) {
        let piece = &css[begin..at];
        let text = piece.trim_start();
        line += piece[..piece.len() - text.len()].matches('\n').count();
        if let (true, Some((name, value))) = (c != '{', text.split_once(':')) {
            found.push((line, name.trim().to_owned(), value.to_owned()));
        }
        line += text.matches('\n').count();
        begin = at + 1;
    }
    found
}

/// The first literal colour in a value.
fn literal(value: &str) -> Option<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_#".contains(c);
    let mut rest = value;
    while let Some(begin) = rest.find(is_name) {
        let length = rest[begin..].find(|c| !is_name(c)).unwrap_or(rest.len() - begin);
        let word = &rest[begin..begin + length];
        rest = &rest[begin + length..];
        let lower = word.to_ascii_lowercase();
        let is_hex = lower.strip_prefix('#').is_some_and(|digits| {
            matches!(digits.len(), 3 | 4 | 6 | 8) && digits.bytes().all(|b| b.is_ascii_hexdigit())
        });
        let is_function = rest.starts_with('(') && FUNCTIONS.contains(&lower.as_str());
        if is_hex || is_function || NAMES.contains(&lower.as_str()) {
            return Some(word.to_owned());
        }
    }
    None
}
