//! `cargo test`, with a local network that tests find by `ROTA_FACTS`.

use std::process::Command;

use crate::{closing, devnet::TestNetwork, error::Result, foundry, paths, process};

pub(super) fn run() -> Result<Vec<String>> {
    let network = TestNetwork::start(None)?;
    let mut command = Command::new("cargo");
    command.current_dir(paths::root()).args(["test", "--locked", "--workspace", "--no-fail-fast"]);
    command.env("ROTA_FACTS", &network.facts);
    foundry::tell(&mut command)?;
    process::run_keeping("cargo test", &mut command, closing::cargo)
}
