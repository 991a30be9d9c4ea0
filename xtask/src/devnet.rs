//! The local network: tests/devnet, as a program beside us.

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{ChildStdout, Command},
};

use serde_json::Value;

use crate::{
    error::{Error, Result, While as _},
    foundry, npm, paths,
    process::Running,
    ui,
};

/// Where the app's entry `aztec-local` expects it.
pub(crate) const PORT: u16 = 8545;

/// Installs what it needs.
pub(crate) fn ready() -> Result<()> {
    npm::packages()?;
    foundry::tell(&mut Command::new("node"))
}

/// The network alone, until Ctrl-C; so many times a large one, if that is wanted.
pub(crate) fn run(port: u16, scale: Option<u16>) -> Result<()> {
    ready()?;
    let port = port.to_string();
    let scale = scale_option(scale);
    let mut options = vec!["--port", &port];
    options.extend(scale.iter().map(String::as_str));
    let network = Devnet::start(&options)?;
    println!("{}", network.entry);
    ui::say("it runs until Ctrl-C");
    network.until_it_ends()
}

fn scale_option(scale: Option<u16>) -> Option<String> {
    scale.map(|n| format!("--scale={n}"))
}

/// A network that runs beside us.
#[derive(Debug)]
pub(crate) struct Devnet {
    /// Its entry for the app, as JSON.
    pub(crate) entry: String,
    running: Running,
    output: BufReader<ChildStdout>,
}

impl Devnet {
    /// Starts it with options of tests/devnet/cli.mjs and waits until it is ready.
    pub(crate) fn start(options: &[&str]) -> Result<Self> {
        let mut command = Command::new("node");
        command.current_dir(paths::root()).arg("tests/devnet/cli.mjs").arg("--stdin-bound").args(options);
        foundry::tell(&mut command)?;
        let (running, mut output) = Running::beside("the local network", &mut command)?;
        let mut entry = String::new();
        output.read_line(&mut entry).while_doing("the local network")?;
        if entry.is_empty() {
            // it has said why
            return Err(Error::new("the local network did not start"));
        }
        Ok(Self { entry: entry.trim_end().to_owned(), running, output })
    }

    /// Waits for its end, which is not expected.
    pub(crate) fn until_it_ends(mut self) -> Result<()> {
        let mut rest = String::new();
        // ends with the process
        while self.output.read_line(&mut rest).is_ok_and(|length| length > 0) {}
        self.running.wait()?;
        Err(Error::new("the local network has ended"))
    }
}

/// A network with a proxy before it, for tests, on free ports; they find it by a file of facts.
#[derive(Debug)]
pub(crate) struct TestNetwork {
    /// The file.
    pub(crate) facts: PathBuf,
    /// Of the proxy that behaves like a public endpoint.
    pub(crate) proxy: String,
    _network: Devnet,
}

impl TestNetwork {
    /// Starts it: that of the scenario, or so many times a large one.
    pub(crate) fn start(scale: Option<u16>) -> Result<Self> {
        let facts = env::temp_dir().join(format!("rota-facts-{}.json", std::process::id()));
        let file = facts.to_string_lossy();
        let scale = scale_option(scale);
        let mut options = vec!["--port", "0", "--proxy-port", "0", "--facts", &file];
        options.extend(scale.iter().map(String::as_str));
        let network = Devnet::start(&options)?;
        let text = fs::read_to_string(&facts).while_doing(&file)?;
        let told: Value =
            serde_json::from_str(&text).map_err(|error| Error::new(format!("{file}: {error}")))?;
        let proxy =
            told["proxy"].as_str().ok_or_else(|| Error::new("the local network has no proxy"))?.to_owned();
        Ok(Self { facts, proxy, _network: network })
    }
}

impl Drop for TestNetwork {
    fn drop(&mut self) {
        // a file in the folder for temporary ones does no harm
        fs::remove_file(&self.facts).ok();
    }
}
