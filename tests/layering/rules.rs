//! What may be named where. Each rule is a function of one file, so that a file which breaks it can be shown to it.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{Kind, Source};

/// A line, and what is wrong there.
pub(crate) type Finding = (usize, String);

/// The table in `src/lib.rs`: each module, and those it may use.
pub(crate) const LAYERS: [(&str, &[&str]); 7] = [
    ("units", &[]),
    ("chain", &["units"]),
    ("tx", &["units", "chain"]),
    ("aztec", &["units", "chain", "tx"]),
    ("platform", &["units", "chain", "tx"]),
    ("state", &["units", "chain", "tx", "aztec", "platform"]),
    ("ui", &["units", "chain", "tx", "aztec", "platform", "state"]),
];

fn is_layer(name: &str) -> bool {
    LAYERS.iter().any(|(layer, _)| *layer == name)
}

/// The layers that the file uses, other than its own, with the line of each use.
pub(crate) fn uses<'a>(source: &Source<'a>) -> Vec<(usize, &'a str)> {
    let own = source.layer();
    let layer = |(line, path): (usize, Vec<&'a str>)| match path.as_slice() {
        ["crate", layer, ..] if is_layer(layer) && Some(*layer) != own => Some((line, *layer)),
        _ => None,
    };
    source.paths().filter_map(layer).collect()
}

/// Each layer uses only what the table lets it.
pub(crate) fn edges(source: &Source<'_>) -> Vec<Finding> {
    let Some(own) = source.layer() else { return Vec::new() };
    let Some((_, allowed)) = LAYERS.iter().find(|(layer, _)| *layer == own) else {
        return vec![(1, format!("`{own}` is not in the table of layers"))];
    };
    let forbidden = uses(source).into_iter().filter(|(_, layer)| !allowed.contains(layer));
    forbidden.map(|(line, layer)| (line, format!("`{own}` may not use `{layer}`"))).collect()
}

/// No two layers use each other, not even by way of others. The answer is one such circle.
pub(crate) fn cycle<'a>(sources: &[Source<'a>]) -> Option<Vec<&'a str>> {
    let mut graph: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for source in sources {
        if let Some(own) = source.layer() {
            graph.entry(own).or_default().extend(uses(source).into_iter().map(|(_, layer)| layer));
        }
    }
    graph.keys().find_map(|start| back_to(&graph, start, &mut vec![*start]))
}

fn back_to<'a>(
    graph: &BTreeMap<&'a str, BTreeSet<&'a str>>,
    start: &str,
    way: &mut Vec<&'a str>,
) -> Option<Vec<&'a str>> {
    let last = way.last()?;
    for next in graph.get(last)? {
        if *next == start {
            return Some(way.clone());
        }
        if !way.contains(next) {
            way.push(next);
            let found = back_to(graph, start, way);
            if found.is_some() {
                return found;
            }
            way.pop();
        }
    }
    None
}

/// Findings for every word that `is_wrong`.
fn words(source: &Source<'_>, is_wrong: impl Fn(&str) -> bool, sentence: &str) -> Vec<Finding> {
    let wrong = source.tokens.iter().filter(|token| token.kind == Kind::Word && is_wrong(token.text));
    wrong.map(|token| (token.line, format!("`{}` {sentence}", token.text))).collect()
}

/// Only `platform` names the browser.
pub(crate) fn browser(source: &Source<'_>) -> Vec<Finding> {
    if source.layer() == Some("platform") {
        return Vec::new();
    }
    let begins =
        ["web_sys", "js_sys", "wasm_bindgen", "serde_wasm_bindgen", "gloo_", "console_error_panic_hook"];
    words(source, |word| begins.iter().any(|begin| word.starts_with(begin)), "belongs into src/platform")
}

/// What can be used without a page knows nothing of the page's framework.
pub(crate) fn framework(source: &Source<'_>) -> Vec<Finding> {
    if !matches!(source.layer(), Some("units" | "chain" | "tx" | "aztec")) {
        return Vec::new();
    }
    let begins = ["leptos", "reactive_graph", "reactive_stores", "tachys"];
    words(
        source,
        |word| begins.iter().any(|begin| word.starts_with(begin)),
        "belongs into src/state and src/ui",
    )
}

/// Views read nothing: figures come to them through `state`.
pub(crate) fn views_read_nothing(source: &Source<'_>) -> Vec<Finding> {
    if source.layer() != Some("ui") {
        return Vec::new();
    }
    let is_function = |name: &str| name.starts_with(|c: char| c.is_lowercase());
    let wrong = |path: &[&str]| match path {
        ["crate", "chain", "rpc" | "logs" | "Batch", ..] => true,
        ["crate", "aztec", "abi", name, ..] => *name != "CATALOG",
        ["crate", "aztec", "read", name, ..] => is_function(name) || *name == "*",
        _ => false,
    };
    let mut found: Vec<Finding> = source
        .paths()
        .filter(|(_, path)| wrong(path))
        .map(|(line, path)| (line, format!("a view may not use `{}`", path.join("::"))))
        .collect();
    let macros = source.tokens.windows(2).filter(|pair| pair[0].is_word("sol") && pair[1].is_mark("!"));
    found.extend(macros.map(|pair| (pair[0].line, "a view may not use `sol!`".to_owned())));
    found
}

/// One file asks a wallet for signatures, and one a Safe's page for proposals; only the first is called.
pub(crate) fn signing(source: &Source<'_>) -> Vec<Finding> {
    let places: [(&str, &[&str]); 2] = [
        ("src/tx/wallet.rs", &["eth_send", "eth_sign", "personal_", "wallet_send", "wallet_sign"]),
        ("src/tx/safe_app.rs", &["sendTransactions", "signMessage", "signTypedMessage"]),
    ];
    let mut found = Vec::new();
    for (place, begins) in places.into_iter().filter(|(place, _)| source.path != *place) {
        let signs = |text: &str| {
            let mut names = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
            names.any(|name| begins.iter().any(|begin| name.starts_with(begin)))
        };
        let wrong = source.tokens.iter().filter(|token| token.kind != Kind::Mark && signs(token.text));
        found.extend(wrong.map(|token| (token.line, format!("`{}` belongs into {place}", token.text))));
    }
    found
}

/// The page's policy refuses style attributes; `style:x=` and `style=("x", …)` go another way.
pub(crate) fn style_attributes(source: &Source<'_>) -> Vec<Finding> {
    let attribute = source.tokens.windows(3).enumerate().filter(|(at, three)| {
        let is_variable = *at > 0 && ["let", "mut"].iter().any(|word| source.tokens[at - 1].is_word(word));
        three[0].is_word("style") && three[1].is_mark("=") && three[2].kind == Kind::Text && !is_variable
    });
    let in_views = attribute.map(|(_, three)| three[0].line);
    let texts = source.tokens.iter().filter(|token| token.kind == Kind::Text);
    let in_texts = texts.filter(|token| token.text.contains(" style=")).map(|token| token.line);
    let sentence = || "the page's policy refuses style attributes: a class, or `style:name=`".to_owned();
    in_views.chain(in_texts).map(|line| (line, sentence())).collect()
}

/// The compiler forbids it too; this also sees it where a macro hides it.
pub(crate) fn no_unsafe(source: &Source<'_>) -> Vec<Finding> {
    words(source, |word| word == "unsafe", "is not needed here")
}
