//! tests/web.rs in Chromium.

use std::process::Command;

use crate::{
    browser, closing,
    error::Result,
    paths, process,
    tools::{self, WASM_TARGET},
};

pub(super) fn run() -> Result<Vec<String>> {
    let mut command = Command::new("cargo");
    command.current_dir(paths::root()).args([
        "test",
        "--locked",
        "--package=rota",
        "--test=web",
        "--target",
        WASM_TARGET,
    ]);
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", tools::test_runner()?);
    command.env("CHROMEDRIVER", browser::chromedriver()?);
    process::run_keeping("cargo test for wasm", &mut command, closing::cargo)
}
