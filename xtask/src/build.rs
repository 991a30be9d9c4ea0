//! The release build.

use std::{fs, time::SystemTime};

use crate::{
    cache, dist,
    error::{Result, While as _},
    flags, paths, process, size, tools, ui,
};

/// Builds dist/ and fails when the first load is over its budget.
pub(crate) fn run() -> Result<()> {
    release()?;
    size::check()
}

/// Builds dist/, and sees that it tells nothing of this machine.
pub(crate) fn release() -> Result<()> {
    ui::timed("release build", || {
        // clones may share the target folder, and with it what cargo, wasm-bindgen and trunk hand to one another
        let folder = paths::target().join("xtask");
        fs::create_dir_all(&folder).while_doing(folder.display())?;
        let _lock = cache::lock(&folder.join("release.lock"), "release build")?;
        let begun = SystemTime::now();
        let mut trunk = tools::trunk()?;
        trunk.args(["build", "--release", "--offline", "--locked", "--skip-version-check"]);
        trunk.args(["--features", "split"]);
        process::run("trunk build", trunk.env("CARGO_ENCODED_RUSTFLAGS", flags::encoded()?))?;
        flags::check_shipped()?;
        dist::remember(begun)
    })
}
