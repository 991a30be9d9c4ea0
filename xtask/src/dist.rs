//! Whether dist/ holds a release of the sources as they are.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::SystemTime,
};

use crate::{
    build,
    error::{Result, While as _},
    paths, ui,
};

/// All that the build reads. Folders count themselves: their time changes when a file goes.
const SOURCES: [&str; 15] = [
    ".cargo/config.toml",
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "index.html",
    "keycheck",
    "public",
    "rust-toolchain.toml",
    "src",
    "style",
    "xtask/post-build.mjs",
    "xtask/split",
    "xtask/src/build.rs",
    "xtask/src/flags.rs",
    "xtask/src/pins.rs",
];

/// Builds the release, unless it is there and newer than its sources.
pub(crate) fn release() -> Result<()> {
    if is_fresh() {
        ui::present("dist/ (newer than its sources)");
        return Ok(());
    }
    build::release()
}

/// Remembers that dist/ holds the release of the sources as they were when its build began. A development build by trunk
/// itself would not be one.
pub(crate) fn remember(begun: SystemTime) -> Result<()> {
    let page = page().while_doing("dist/index.html")?;
    let stamp = stamp();
    if let Some(folder) = stamp.parent() {
        fs::create_dir_all(folder).while_doing(folder.display())?;
    }
    fs::write(&stamp, page).while_doing(stamp.display())?;
    let file = File::options().write(true).open(&stamp).while_doing(stamp.display())?;
    file.set_modified(begun).while_doing(stamp.display())
}

/// The page names all other files with their fingerprints, so it stands for them.
fn page() -> std::io::Result<Vec<u8>> {
    fs::read(paths::dist().join("index.html"))
}

fn stamp() -> PathBuf {
    paths::target().join("xtask").join("release.html")
}

fn is_fresh() -> bool {
    let (Ok(page), Ok(stamp)) = (page(), fs::read(stamp())) else { return false };
    let built = changed(&self::stamp());
    page == stamp && SOURCES.into_iter().all(|source| newest(&paths::root().join(source)) < built)
}

fn changed(file: &Path) -> Option<SystemTime> {
    file.metadata().and_then(|meta| meta.modified()).ok()
}

/// The latest change of a file, or of anything in a folder.
fn newest(path: &Path) -> Option<SystemTime> {
    let inside = fs::read_dir(path).into_iter().flatten().flatten();
    inside.map(|entry| newest(&entry.path())).max().flatten().max(changed(path))
}
