use std::path::PathBuf;

use super::cargo_install;
use crate::{cache::Tool, error::Result, pins};

const TOOL: Tool =
    Tool { name: "trunk", version: pins::TRUNK, proof: "bin/trunk", effort: "compiling it, about 4 minutes" };

/// As it is published it is compiled in one piece, for its best speed: a quarter of an hour that a build never regains.
const LIGHT: [&str; 8] = [
    "--no-default-features",
    "--features=rustls",
    "--config",
    "profile.release.lto=false",
    "--config",
    "profile.release.codegen-units=16",
    "--config",
    "profile.release.opt-level=1",
];

/// The bundler: fingerprints files, runs wasm-bindgen and wasm-opt, writes index.html.
pub(super) fn folder() -> Result<PathBuf> {
    TOOL.installed(|site| cargo_install(&TOOL, site, &[&["--locked"], LIGHT.as_slice()].concat()))
}
