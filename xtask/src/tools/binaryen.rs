use std::path::PathBuf;

use super::npm_install;
use crate::{cache::Tool, error::Result, pins};

const TOOL: Tool = Tool {
    name: "binaryen",
    version: pins::BINARYEN,
    proof: "node_modules/.bin/wasm-opt",
    effort: "fetching it from npm",
};

/// The folder with wasm-opt, which makes the wasm smaller.
pub(super) fn folder() -> Result<PathBuf> {
    let package = format!("binaryen@{}", pins::BINARYEN);
    Ok(TOOL.installed(|site| npm_install(&site.root, &[package]))?.join("node_modules/.bin"))
}
