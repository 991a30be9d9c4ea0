use std::path::PathBuf;

use super::cargo_install;
use crate::{cache::Tool, error::Result, pins};

const TOOL: Tool = Tool {
    name: "wasm_split_cli_support",
    version: pins::WASM_SPLIT,
    proof: "bin/wasm-split-cli",
    effort: "compiling it, about 2 minutes",
};

/// Cuts the release's wasm in two.
pub(super) fn folder() -> Result<PathBuf> {
    TOOL.installed(|site| cargo_install(&TOOL, site, &["--locked", "--features=build-binary"]))
}
