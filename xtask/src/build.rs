//! The release build.

use std::time::SystemTime;

use crate::{dist, error::Result, flags, process, size, tools, ui};

/// Builds dist/ and fails when the first load is over its budget.
pub(crate) fn run() -> Result<()> {
    release()?;
    size::check()
}

/// Builds dist/, and sees that it tells nothing of this machine.
pub(crate) fn release() -> Result<()> {
    ui::timed("release build", || {
        let begun = SystemTime::now();
        let mut trunk = tools::trunk()?;
        trunk.args(["build", "--release", "--offline", "--locked", "--skip-version-check"]);
        trunk.args(["--features", "split"]);
        process::run("trunk build", trunk.env("CARGO_ENCODED_RUSTFLAGS", flags::encoded()?))?;
        flags::check_shipped()?;
        dist::remember(begun)
    })
}
