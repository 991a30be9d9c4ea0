use std::path::PathBuf;

use super::cargo_install;
use crate::{cache::Tool, error::Result, pins};

const TOOL: Tool = Tool {
    name: "cargo-deny",
    version: pins::CARGO_DENY,
    proof: "bin/cargo-deny",
    effort: "compiling it, about 3 minutes",
};

/// Checks licences, sources and advisories of the crates.
pub(crate) fn cargo_deny() -> Result<PathBuf> {
    let folder = TOOL.installed(|site| cargo_install(&TOOL, site, &["--locked"]))?;
    Ok(folder.join("bin/cargo-deny"))
}
