//! The node programs' packages, exactly as tests/package-lock.json says.

use std::{fs, process::Command};

use crate::{
    error::{Result, While as _},
    paths, prerequisites, process, ui,
};

/// A copy of the lock file, written when `npm ci` has ended well.
const STAMP: &str = "node_modules/.rota-package-lock.json";

/// Installs them, unless that was done for this very lock file.
pub(crate) fn packages() -> Result<()> {
    prerequisites::node()?;
    let folder = paths::tests();
    let lock = fs::read(folder.join("package-lock.json")).while_doing("tests/package-lock.json")?;
    if fs::read(folder.join(STAMP)).is_ok_and(|stamp| stamp == lock) {
        ui::present("npm packages of tests/");
        return Ok(());
    }
    ui::say("npm packages of tests/: fetching them");
    let mut command = Command::new("npm");
    command.current_dir(&folder).args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
    process::run("npm ci", &mut command)?;
    fs::write(folder.join(STAMP), lock).while_doing(STAMP)
}
