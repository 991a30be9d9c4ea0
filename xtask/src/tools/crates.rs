use std::process::Command;

use crate::{error::Result, paths, process};

/// Fetches what Cargo.lock names: trunk and cargo-deny are told to do without the network. Where all is there, nothing is
/// asked of it here either.
pub(crate) fn crates() -> Result<()> {
    let mut command = Command::new("cargo");
    process::run("cargo fetch", command.current_dir(paths::root()).args(["fetch", "--locked"]))
}
