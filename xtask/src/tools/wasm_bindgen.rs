use std::path::PathBuf;

use super::cargo_install;
use crate::{cache::Tool, error::Result, pins};

const TOOL: Tool = Tool {
    name: "wasm-bindgen-cli",
    version: pins::WASM_BINDGEN,
    proof: "bin/wasm-bindgen",
    effort: "compiling it, about 3 minutes",
};

/// Writes the JavaScript beside the wasm.
pub(super) fn folder() -> Result<PathBuf> {
    // Not --locked: its lock file names a version that not every registry has.
    TOOL.installed(|site| cargo_install(&TOOL, site, &[]))
}

/// Runs wasm tests in a browser.
pub(crate) fn test_runner() -> Result<PathBuf> {
    Ok(folder()?.join("bin/wasm-bindgen-test-runner"))
}
