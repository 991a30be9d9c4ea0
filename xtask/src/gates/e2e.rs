//! Playwright, which starts what it needs by itself.

use std::process::Command;

use crate::{browser, closing, dist, error::Result, foundry, paths, process, size};

pub(super) fn run() -> Result<Vec<String>> {
    dist::release()?;
    let mut command = Command::new("node");
    // not npx, which would fetch what is missing
    command.current_dir(paths::tests()).args(["node_modules/@playwright/test/cli.js", "test"]);
    command.args(["--config", "e2e/playwright.config.mjs"]);
    command
        .env("ROTA_CHROMIUM", browser::chromium()?)
        .env("ROTA_DIST", paths::dist())
        .env("ROTA_FIRST_LOAD", size::counted()?)
        .env_remove("FORCE_COLOR");
    foundry::tell(&mut command)?;
    process::run_keeping("playwright", &mut command, closing::playwright)
}
