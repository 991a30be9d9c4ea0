use std::{path::Path, process::Command};

use crate::{error::Result, paths, prerequisites, process, ui};

pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The standard library for wasm. Asked of rustc, not of rustup: other toolchains may have it too.
pub(crate) fn wasm_target() -> Result<()> {
    let mut question = Command::new("rustc");
    question.current_dir(paths::root()).args(["--print", "target-libdir", "--target", WASM_TARGET]);
    let folder = process::output("rustc", &mut question)?;
    if Path::new(folder.trim()).is_dir() {
        ui::present(WASM_TARGET);
        return Ok(());
    }
    prerequisites::rustup()?;
    ui::say(format_args!("{WASM_TARGET}: fetching it"));
    let mut command = Command::new("rustup");
    process::run("rustup target add", command.current_dir(paths::root()).args(["target", "add", WASM_TARGET]))
}
