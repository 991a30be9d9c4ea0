//! The local network's own tests, in node.

use std::process::Command;

use crate::{closing, error::Result, foundry, paths, process};

pub(super) fn run() -> Result<Vec<String>> {
    let mut lines = Command::new("node");
    process::run(
        "tests/tools/abi-lines.mjs",
        lines.current_dir(paths::root()).arg("tests/tools/abi-lines.mjs"),
    )?;
    let mut command = Command::new("npm");
    command.current_dir(paths::tests()).args(["run", "--silent", "test:devnet"]);
    // a colour would stand between a closing line and its recognition
    command.env_remove("FORCE_COLOR");
    foundry::tell(&mut command)?;
    process::run_keeping("the local network's tests", &mut command, closing::node)
}
