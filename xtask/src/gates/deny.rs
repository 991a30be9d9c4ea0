//! cargo-deny, with deny.toml.

use std::{env, path::Path, process::Command};

use crate::{
    closing,
    error::{Error, Result},
    paths, process, tools, ui,
};

/// Where cargo-deny clones the advisories from.
const DATABASE: &str = "https://github.com/RustSec/advisory-db";

pub(super) fn run() -> Result<Vec<String>> {
    let deny = tools::cargo_deny()?;
    let command = |arguments: &[&str]| {
        let mut command = Command::new(&deny);
        command.current_dir(paths::root()).arg("--workspace").args(arguments);
        command
    };
    let check = ["--offline", "check", "--hide-inclusion-graph"];
    let run =
        |what: &[&str]| process::run_keeping("cargo-deny", command(&check).args(what), closing::cargo_deny);
    let mut lines = run(&["licenses", "bans", "sources"])?;
    match fetch(&mut command(&["fetch", "db"])) {
        Ok(()) => lines.extend(run(&["advisories"])?),
        // asked for, so its absence is a failure
        Err(error) if given().is_some() => return Err(error),
        Err(_) if process::interrupted() => return Err(Error::new("told to end")),
        Err(error) => {
            let line = format!("advisories: NOT CHECKED ({error}; ROTA_ADVISORY_DB may name a clone)");
            ui::say(&line);
            lines.push(line);
        }
    }
    Ok(lines)
}

fn given() -> Option<String> {
    env::var("ROTA_ADVISORY_DB").ok().filter(|folder| !folder.is_empty())
}

/// Gets the advisories from the network, or from the clone that the person has.
fn fetch(command: &mut Command) -> Result<()> {
    command.env("GIT_TERMINAL_PROMPT", "0");
    if let Some(folder) = given() {
        let folder = Path::new(&folder)
            .canonicalize()
            .map_err(|error| Error::new(format!("ROTA_ADVISORY_DB: {error}")))?;
        // git, which cargo-deny clones with, then takes the folder for the address
        let instead = format!("url.file://{}.insteadOf", folder.display());
        command.envs([
            ("GIT_CONFIG_COUNT", "1"),
            ("GIT_CONFIG_KEY_0", &instead),
            ("GIT_CONFIG_VALUE_0", DATABASE),
        ]);
    }
    process::run("fetching the advisory database", command)
}
