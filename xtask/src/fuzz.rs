//! What strangers write, mutated: the parsers that read it, for a minute each. `cargo xtask test native` gives each a second.

use std::process::Command;

use crate::{error::Result, npm, paths, process, ui};

/// Runs them one after the other, so that each has a core of its own, and prints how many inputs that were.
pub(crate) fn run() -> Result<()> {
    ui::timed("set-up", npm::packages)?;
    let mut command = Command::new("cargo");
    command.current_dir(paths::root()).args(["test", "--locked", "--test", "encoder", "fuzz_the", "--"]);
    command.args(["--ignored", "--nocapture", "--test-threads=1"]);
    process::run("the mutations", &mut command)
}
