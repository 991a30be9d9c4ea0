//! What the toolchain itself checks.

use std::process::Command;

use crate::{error::Result, paths, process, tools::WASM_TARGET};

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(paths::root()).args(arguments);
    command
}

pub(super) fn fmt() -> Result<()> {
    process::run("cargo fmt", &mut cargo(&["fmt", "--all", "--check"]))
}

/// The app is checked twice: as tests compile it, and as the page runs it, where more is forbidden. Unit tests are native.
pub(super) fn clippy() -> Result<()> {
    let native = ["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"];
    process::run("cargo clippy", &mut cargo(&native))?;
    let page = [
        "clippy",
        "--locked",
        "--package=rota",
        "--lib",
        "--bins",
        "--test=web",
        "--target",
        WASM_TARGET,
        "--",
        "-D",
        "warnings",
    ];
    process::run("cargo clippy for wasm", cargo(&page).env("CLIPPY_CONF_DIR", paths::root().join(".ci/wasm")))
}

pub(super) fn doc() -> Result<()> {
    let mut command = cargo(&["doc", "--locked", "--workspace", "--no-deps"]);
    process::run("cargo doc", command.env("RUSTDOCFLAGS", "-D warnings"))
}
