//! Rust text as tokens and paths: enough to see what a file names, without a compiler.

use std::collections::BTreeMap;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name, a keyword or a number.
    Word,
    /// The content of a string.
    Text,
    /// `::` or a single other character.
    Mark,
}

/// A token and its line. Comments are none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token<'a> {
    pub(crate) line: usize,
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
}

impl Token<'_> {
    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text == word
    }

    pub(crate) fn is_mark(&self, mark: &str) -> bool {
        self.kind == Kind::Mark && self.text == mark
    }
}

/// The tokens of a Rust file.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while !rest.is_empty() {
        let (length, found) = first(rest);
        if let Some((kind, text)) = found {
            tokens.push(Token { line, kind, text });
        }
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    tokens
}

/// How long the first piece of `rest` is, and what it is, if it is a token.
fn first(rest: &str) -> (usize, Option<(Kind, &str)>) {
    let skipped = comment(rest).or_else(|| char_or_lifetime(rest));
    if let Some(length) = skipped {
        return (length, None);
    }
    if let Some((length, content)) = raw_string(rest).or_else(|| string(rest)) {
        return (length, Some((Kind::Text, content)));
    }
    let name = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
    if name > 0 {
        return (name, Some((Kind::Word, &rest[..name])));
    }
    let length = if rest.starts_with("::") { 2 } else { rest.chars().next().map_or(1, char::len_utf8) };
    let mark = &rest[..length];
    (length, (!mark.trim().is_empty()).then_some((Kind::Mark, mark)))
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn comment(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    rest.strip_prefix("/*")?;
    // they nest
    let (mut depth, mut at) = (0_usize, 0);
    loop {
        match rest.as_bytes().get(at..at + 2) {
            Some(b"/*") => (depth, at) = (depth + 1, at + 2),
            Some(b"*/") => (depth, at) = (depth - 1, at + 2),
            Some(_) => at += 1,
            None => return Some(rest.len()),
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

fn char_or_lifetime(rest: &str) -> Option<usize> {
    let quoted = rest.strip_prefix("b'").or_else(|| rest.strip_prefix('\''))?;
    let before = rest.len() - quoted.len();
    let mut chars = quoted.chars();
    let length = match (chars.next()?, chars.next()) {
        // the escaped character, then the closing quote
        ('\\', Some(escaped)) => 1 + escaped.len_utf8() + chars.as_str().find('\'')? + 1,
        (c, Some('\'')) => c.len_utf8() + 1,
        _ => quoted.find(|c| !is_name(c)).unwrap_or(quoted.len()),
    };
    Some(before + length)
}

fn string(rest: &str) -> Option<(usize, &str)> {
    let content = ["\"", "b\"", "c\""].iter().find_map(|begin| rest.strip_prefix(begin))?;
    let before = rest.len() - content.len();
    let mut escaped = false;
    for (at, c) in content.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some((before + at + 1, &content[..at])),
            _ => {}
        }
    }
    Some((rest.len(), content))
}

fn raw_string(rest: &str) -> Option<(usize, &str)> {
    let hashes = ["r", "br", "cr"].iter().find_map(|begin| rest.strip_prefix(begin))?;
    let content = hashes.trim_start_matches('#').strip_prefix('"')?;
    let count = hashes.len() - content.len() - 1;
    let end = format!("\"{}", "#".repeat(count));
    let length = content.find(&end)?;
    Some((rest.len() - content.len() + length + end.len(), &content[..length]))
}

/// A path as it is written, groups in `use` taken apart: `a::{b, c::d}` is `a::b` and `a::c::d`.
#[derive(Debug)]
struct Written<'a> {
    line: usize,
    segments: Vec<&'a str>,
    /// The name it gives in this file, in a `use`.
    name: Option<&'a str>,
}

/// One file of `src/`.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    /// From the repository on, with slashes.
    pub(crate) path: &'a str,
    pub(crate) tokens: Vec<Token<'a>>,
    written: Vec<Written<'a>>,
    imports: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Source<'a> {
    pub(crate) fn new(path: &'a str, text: &'a str) -> Self {
        let tokens = tokens(text);
        let written = written(&tokens);
        let mut source = Self { path, tokens, written, imports: BTreeMap::new() };
        let uses =
            source.written.iter().filter_map(|path| Some((path.name?, source.absolute(&path.segments))));
        source.imports = uses.collect();
        source
    }

    /// The modules on the way to this file: `src/chain/rpc/pool.rs` is `chain`, `rpc`, `pool`.
    fn module(&self) -> Vec<&'a str> {
        let path = self.path.strip_prefix("src/").unwrap_or(self.path);
        let path = path.strip_suffix(".rs").unwrap_or(path);
        path.split('/').filter(|part| !["mod", "lib", "main"].contains(part)).collect()
    }

    /// The module right below the root; nothing for `lib.rs` and `main.rs`.
    pub(crate) fn layer(&self) -> Option<&'a str> {
        self.module().first().copied()
    }

    /// Everything that the file names, with its line: our own from `crate` on, other crates' from their name on.
    pub(crate) fn paths(&self) -> impl Iterator<Item = (usize, Vec<&'a str>)> {
        self.written.iter().map(|path| {
            let imported = path.name.is_none().then(|| self.imports.get(path.segments[0])).flatten();
            let absolute = match imported {
                Some(import) => import.iter().chain(&path.segments[1..]).copied().collect(),
                None => self.absolute(&path.segments),
            };
            (path.line, absolute)
        })
    }

    /// `self` and `super` resolved. In a module inside the file `super` is taken for that of the file: what is right
    /// below the root is told apart by its name, and no two modules of different depth share one.
    fn absolute(&self, segments: &[&'a str]) -> Vec<&'a str> {
        let ups = segments.iter().take_while(|segment| **segment == "super").count();
        if ups == 0 && segments[0] != "self" {
            return segments.to_vec();
        }
        let module = self.module();
        let above = &module[..module.len().saturating_sub(ups)];
        let below = &segments[ups.max(1)..];
        ["crate"].iter().chain(above).chain(below).copied().collect()
    }
}

fn written<'a>(tokens: &[Token<'a>]) -> Vec<Written<'a>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let is_use = tokens[at].is_word("use");
        // not the middle of a path, not a field or a method
        let begins = at == 0 || !(tokens[at - 1].is_mark("::") || tokens[at - 1].is_mark("."));
        at = match tokens[at].kind {
            _ if is_use => tree(tokens, at + 1, &[], true, &mut found),
            Kind::Word if begins => tree(tokens, at, &[], false, &mut found),
            _ => at + 1,
        };
    }
    found
}

/// Takes the path or group at `at` apart; returns where it ends.
fn tree<'a>(
    tokens: &[Token<'a>],
    mut at: usize,
    before: &[&'a str],
    is_use: bool,
    found: &mut Vec<Written<'a>>,
) -> usize {
    let is = |at: usize, mark: &str| tokens.get(at).is_some_and(|token| token.is_mark(mark));
    let word = |at: usize| tokens.get(at).filter(|token| token.kind == Kind::Word).map(|token| token.text);
    let mut segments = before.to_vec();
    // a path from the outermost on
    at += usize::from(is(at, "::"));
    let line = tokens.get(at).map_or(0, |token| token.line);
    loop {
        if is(at, "{") && (is_use || !segments.is_empty()) {
            at += 1;
            while at < tokens.len() && !is(at, "}") {
                at = tree(tokens, at, &segments, is_use, found);
                at += usize::from(!is(at, "}"));
            }
            return at + 1;
        }
        let Some(segment) = word(at).or_else(|| is(at, "*").then_some("*")) else { break };
        segments.push(segment);
        at += 1;
        if !is(at, "::") || (word(at + 1).is_none() && !is(at + 1, "{") && !is(at + 1, "*")) {
            break;
        }
        at += 1;
    }
    // `use a::{self}` is `use a`
    if is_use && segments.len() > 1 && segments.last() == Some(&"self") {
        segments.pop();
    }
    let mut name = segments.last().copied().filter(|_| is_use);
    if is_use && word(at) == Some("as") {
        name = word(at + 1);
        at += 2;
    }
    if segments.is_empty() {
        return at + 1;
    }
    found.push(Written { line, segments, name });
    at
}
