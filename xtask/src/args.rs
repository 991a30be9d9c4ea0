//! The command line.

use crate::{
    error::{Error, Result},
    gates::Gate,
};

pub(crate) const HELP: &str = "\
cargo xtask <command>

  demo               a local network with 120 days of history, the app built and served; prints its address
  test [name …]      every check, or only those named: fmt clippy doc deny devnet native wasm size e2e
  build              the release, into dist/; fails when the first load is over its size budget
  size [--json]      what the files in dist/ weigh: raw, gzip, brotli
  bench [--json] [--scale [n]]
                     requests, bytes, time and memory of what matters, against their budgets, in Chromium
  fuzz               the key parser and the header decoder for a minute each; prints how many inputs that were
  devnet [--port n] [--scale [n]]
                     the local network alone (port 8545, if not given); prints its entry for the app as JSON;
                     with --scale a large one: n times 300 providers, 2,000 delegations, 30,000 logs
  help               this

Needed: rustup, a C compiler, Node.js 20 or later. Everything else is installed on first use, into the user's cache
folder, where other clones find it. Ctrl-C ends everything that was started.

Environment:
  ROTA_CHROMIUM, CHROMEDRIVER   the browser and its driver, where they are not found by themselves
  ROTA_ANVIL, ROTA_CAST         Foundry's programs, where npm has none for this machine
  ROTA_ADVISORY_DB              a clone of the RustSec advisory database, for `test deny` without a network
  CARGO_TARGET_DIR              as for cargo";

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Demo,
    /// All gates, if none is named.
    Test {
        gates: Vec<Gate>,
    },
    Build,
    Size {
        json: bool,
    },
    Bench {
        json: bool,
        scale: Option<u16>,
    },
    Fuzz,
    Devnet {
        port: u16,
        scale: Option<u16>,
    },
}

/// The command in the words after `cargo xtask`.
pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Command> {
    let words: Vec<String> = words.collect();
    let Some((name, rest)) = words.split_first() else { return Ok(Command::Help) };
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    let command = match (name.as_str(), rest.as_slice()) {
        ("help" | "--help" | "-h", _) | (_, ["--help" | "-h"]) => Command::Help,
        ("demo", []) => Command::Demo,
        ("test", names) => {
            Command::Test { gates: names.iter().map(|name| gate(name)).collect::<Result<_>>()? }
        }
        ("build", []) => Command::Build,
        ("fuzz", []) => Command::Fuzz,
        ("size", []) => Command::Size { json: false },
        ("size", ["--json"]) => Command::Size { json: true },
        ("bench", options) => bench(options)?,
        ("devnet", options) => devnet(options)?,
        ("demo" | "build" | "fuzz" | "size", rest) => return Err(not_taken(name, rest)),
        _ => return Err(Error::new(format!("there is no command `{name}`: see cargo xtask help"))),
    };
    Ok(command)
}

fn gate(name: &str) -> Result<Gate> {
    let names = || Gate::ALL.map(Gate::name).join(" ");
    let found = Gate::ALL.into_iter().find(|gate| gate.name() == name);
    found.ok_or_else(|| Error::new(format!("there is no test `{name}`, only {}", names())))
}

fn not_taken(name: &str, rest: &[&str]) -> Error {
    Error::new(format!("`{name}` does not take `{}`: see cargo xtask help", rest.join(" ")))
}

fn bench(mut options: &[&str]) -> Result<Command> {
    let (mut json, mut scale) = (false, None);
    while !options.is_empty() {
        (options, json, scale) = match options {
            ["--json", rest @ ..] => (rest, true, scale),
            ["--scale", rest @ ..] => times(rest).map(|(n, rest)| (rest, json, Some(n)))?,
            rest => return Err(not_taken("bench", rest)),
        };
    }
    Ok(Command::Bench { json, scale })
}

fn devnet(mut options: &[&str]) -> Result<Command> {
    let (mut port, mut scale) = (crate::devnet::PORT, None);
    while !options.is_empty() {
        (options, port, scale) = match options {
            ["--port", given, rest @ ..] => (rest, number(given)?, scale),
            ["--scale", rest @ ..] => times(rest).map(|(n, rest)| (rest, port, Some(n)))?,
            rest => return Err(not_taken("devnet", rest)),
        };
    }
    Ok(Command::Devnet { port, scale })
}

/// The number after `--scale`, once if there is none, and what comes after it.
fn times<'a, 'b>(options: &'a [&'b str]) -> Result<(u16, &'a [&'b str])> {
    match options {
        [given, rest @ ..] if !given.starts_with("--") => match given.parse() {
            Ok(n) if (1..=20).contains(&n) => Ok((n, rest)),
            _ => Err(Error::new(format!("a scale is a number from 1 to 20, not `{given}`"))),
        },
        rest => Ok((1, rest)),
    }
}

fn number(port: &str) -> Result<u16> {
    let sentence = || format!("a port is a number from 0 (any free one) to 65535, not `{port}`");
    port.parse().map_err(|_not_a_number| Error::new(sentence()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn every_command_is_understood() {
        for (line, command) in [
            ("", Command::Help),
            ("size --help", Command::Help),
            ("demo", Command::Demo),
            ("fuzz", Command::Fuzz),
            ("test", Command::Test { gates: vec![] }),
            ("test fmt e2e", Command::Test { gates: vec![Gate::Fmt, Gate::E2e] }),
            ("size", Command::Size { json: false }),
            ("bench --json", Command::Bench { json: true, scale: None }),
            ("bench --scale --json", Command::Bench { json: true, scale: Some(1) }),
            ("bench --scale 4", Command::Bench { json: false, scale: Some(4) }),
            ("devnet", Command::Devnet { port: crate::devnet::PORT, scale: None }),
            ("devnet --port 0", Command::Devnet { port: 0, scale: None }),
            ("devnet --scale 2 --port 0", Command::Devnet { port: 0, scale: Some(2) }),
        ] {
            assert_eq!(parsed(line).expect(line), command);
        }
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (line, named) in [
            ("deploy", "`deploy`"),
            ("demo --port 1", "`--port 1`"),
            ("test lint", "`lint`"),
            ("devnet --port 70000", "`70000`"),
            ("devnet --port", "`--port`"),
            ("devnet --scale 0", "`0`"),
            ("bench --scale many", "`many`"),
            ("bench --fast", "`--fast`"),
        ] {
            assert!(parsed(line).expect_err(line).to_string().contains(named), "{line}");
        }
    }

    #[test]
    fn help_names_every_gate() {
        let names = Gate::ALL.map(Gate::name).join(" ");
        assert!(HELP.contains(&names), "{names}");
    }
}
