//! What the compiler does not enforce: which module may use which, and where the browser, the wallet and a colour may be
//! named. Every rule is also shown a file that breaks it (`tests/fixtures/broken/layering`).
#![cfg(not(target_arch = "wasm32"))]

#[path = "layering/rules.rs"]
mod rules;
#[path = "layering/source.rs"]
mod source;
#[path = "layering/style.rs"]
mod style;

use std::{
    fs,
    path::{Path, PathBuf},
};

use rules::{Finding, LAYERS};
use source::Source;

type Rule = fn(&Source<'_>) -> Vec<Finding>;

/// By the names of their broken files.
const RULES: [(&str, Rule); 7] = [
    ("edges", rules::edges),
    ("browser", rules::browser),
    ("framework", rules::framework),
    ("views_read_nothing", rules::views_read_nothing),
    ("signing", rules::signing),
    ("style_attributes", rules::style_attributes),
    ("no_unsafe", rules::no_unsafe),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Path from the repository on and text of every file with that ending below a folder.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|own| own == ending) {
                let name = path.strip_prefix(root()).expect("below the root").to_string_lossy().into_owned();
                found.push((name, fs::read_to_string(&path).expect("text")));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no .{ending} in {folder}");
    found
}

/// `path:line: what is wrong there` for each, as editors and terminals understand it.
fn report(path: &str, findings: Vec<Finding>) -> Vec<String> {
    findings.into_iter().map(|(line, text)| format!("{path}:{line}: {text}")).collect()
}

fn assert_none(findings: &[String]) {
    assert!(findings.is_empty(), "{} found:\n{}", findings.len(), findings.join("\n"));
}

#[test]
fn the_sources_keep_the_rules() {
    let files = files("src", "rs");
    let sources: Vec<_> = files.iter().map(|(path, text)| Source::new(path, text)).collect();
    let findings = sources
        .iter()
        .flat_map(|source| RULES.iter().flat_map(|(_, rule)| report(source.path, rule(source))));
    assert_none(&findings.collect::<Vec<_>>());
    // rules that see nothing would find nothing: every layer but the first uses another
    for (layer, _) in &LAYERS[1..] {
        let own = sources.iter().filter(|source| source.layer() == Some(layer));
        assert!(own.flat_map(rules::uses).next().is_some(), "{layer} uses nothing");
    }
    assert_eq!(rules::cycle(&sources), None, "modules that use each other");
}

#[test]
fn the_table_names_every_module() {
    let text = fs::read_to_string(root().join("src/lib.rs")).expect("lib.rs");
    let tokens = source::tokens(&text);
    let mut declared: Vec<_> =
        tokens.windows(2).filter(|pair| pair[0].is_word("mod")).map(|pair| pair[1].text).collect();
    let mut layers = LAYERS.map(|(layer, _)| layer);
    declared.sort_unstable();
    layers.sort_unstable();
    assert_eq!(declared, layers);
    // and each of them may only use those that stand before it
    for (at, (layer, allowed)) in LAYERS.iter().enumerate() {
        let before = LAYERS[..at].iter().map(|(layer, _)| layer).collect::<Vec<_>>();
        assert!(allowed.iter().all(|used| before.contains(&used)), "{layer}");
    }
}

#[test]
fn colours_stand_in_the_tokens_only() {
    let findings = files("style", "css").into_iter().flat_map(|(path, text)| {
        let found = style::literal_colours(&path, &text);
        report(&path, found)
    });
    assert_none(&findings.collect::<Vec<_>>());
}

/// The page is not Rust, but the same policy holds for it.
#[test]
fn the_page_has_no_style_attribute() {
    let text = fs::read_to_string(root().join("index.html")).expect("index.html");
    let lines = text.lines().enumerate().filter(|(_, line)| line.contains(" style="));
    assert_none(
        &lines.map(|(at, _)| format!("index.html:{}: a style attribute", at + 1)).collect::<Vec<_>>(),
    );
}

/// What the end-to-end tests show to the browser to see the policy work is the policy itself.
#[test]
fn the_page_that_breaks_the_policy_has_the_same_one() {
    let policy = |file: &str| {
        let text = fs::read_to_string(root().join(file)).expect(file);
        let line = text.lines().find(|line| line.contains("Content-Security-Policy")).expect("a policy");
        line.trim().to_owned()
    };
    assert_eq!(policy("tests/fixtures/broken/csp.html"), policy("index.html"));
}

/// A broken file holds one or more files, each after a line `// as <path>`; wrong lines end with `// broken`.
fn fixture(name: &str) -> String {
    let path = Path::new("tests/fixtures/broken/layering").join(name);
    fs::read_to_string(root().join(&path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn parts(text: &str) -> Vec<(&str, &str)> {
    let parts = text.split("// as ").skip(1);
    parts.map(|part| part.split_once('\n').expect("a path and a text")).collect()
}

fn wrong_lines(text: &str) -> Vec<usize> {
    let wrong = text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.contains("// broken") || line.contains("/* broken */"));
    wrong.map(|(at, _)| at + 1).collect()
}

fn lines(findings: &[Finding]) -> Vec<usize> {
    let mut lines: Vec<_> = findings.iter().map(|(line, _)| *line).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

#[test]
fn every_rule_finds_what_breaks_it_and_nothing_else() {
    for (name, rule) in RULES {
        let text = fixture(&format!("{name}.rs"));
        let parts = parts(&text);
        let broken = parts.iter().filter(|(_, text)| !wrong_lines(text).is_empty()).count();
        assert!(broken > 0, "{name} has nothing to find");
        for (path, text) in parts {
            assert_eq!(lines(&rule(&Source::new(path, text))), wrong_lines(text), "{name}: {path}");
        }
    }
}

#[test]
fn a_circle_is_found() {
    let text = fixture("cycle.rs");
    let mut sources: Vec<_> = parts(&text).into_iter().map(|(path, text)| Source::new(path, text)).collect();
    assert_eq!(rules::cycle(&sources), Some(vec!["chain", "units", "tx"]));
    sources.pop();
    assert_eq!(rules::cycle(&sources), None);
}

#[test]
fn a_literal_colour_is_found() {
    let text = fixture("colours.css");
    assert_eq!(lines(&style::literal_colours("style/kit.css", &text)), wrong_lines(&text));
    assert_eq!(style::literal_colours("style/tokens.css", &text), []);
}
