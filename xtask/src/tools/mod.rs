//! The programs that build and check, at their pinned versions.

mod binaryen;
mod cargo_deny;
mod crates;
mod trunk;
mod wasm_bindgen;
mod wasm_split;
mod wasm_target;

pub(crate) use cargo_deny::cargo_deny;
pub(crate) use crates::crates;
pub(crate) use wasm_bindgen::test_runner;
pub(crate) use wasm_target::{WASM_TARGET, wasm_target};

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    cache::{Site, Tool},
    error::{Error, Result},
    paths, prerequisites, process,
};

/// Trunk, and on its search path what it runs to build the release in two parts (xtask/split).
pub(crate) fn trunk() -> Result<Command> {
    prerequisites::node()?;
    wasm_target()?;
    crates()?;
    let trunk = trunk::folder()?.join("bin");
    // what stands for wasm-bindgen, and calls it
    let splitter = paths::root().join("xtask/split");
    let bindgen = wasm_bindgen::folder()?.join("bin/wasm-bindgen");
    let path = search_path([&trunk, &splitter, &wasm_split::folder()?.join("bin"), &binaryen::folder()?])?;
    let mut command = Command::new(trunk.join("trunk"));
    command.current_dir(paths::root()).env("PATH", path);
    command.env("ROTA_WASM_BINDGEN", bindgen).env("ROTA_SPLIT", paths::target().join("xtask/split"));
    // trunk takes the common `NO_COLOR=1` for a wrong option
    command.env_remove("NO_COLOR");
    Ok(command)
}

/// Our folders, then those of the person.
fn search_path<const N: usize>(first: [&PathBuf; N]) -> Result<OsString> {
    let rest = env::var_os("PATH").unwrap_or_default();
    let folders = first.into_iter().cloned().chain(env::split_paths(&rest));
    env::join_paths(folders)
        .map_err(|error| Error::new(format!("the search path cannot be extended: {error}")))
}

/// `cargo install` of a tool, with what else it needs to be told.
fn cargo_install(tool: &Tool, site: &Site, options: &[&str]) -> Result<()> {
    prerequisites::c_compiler()?;
    let mut command = Command::new("cargo");
    command.current_dir(paths::root()).args(["install", tool.name, "--version", tool.version]);
    command.arg("--root").arg(&site.root).arg("--target-dir").arg(&site.scratch).args(options);
    process::run(&format!("the installation of {}", tool.name), &mut command)
}

/// `npm install` of packages into a folder of their own.
pub(crate) fn npm_install(folder: &Path, packages: &[String]) -> Result<()> {
    prerequisites::node()?;
    let mut command = Command::new("npm");
    command.arg("install").arg("--prefix").arg(folder).args(["--no-audit", "--no-fund", "--ignore-scripts"]);
    process::run(&format!("npm install {}", packages.join(" ")), command.args(packages))
}
