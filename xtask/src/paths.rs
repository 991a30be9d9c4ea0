//! Where things are.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::error::{Error, Result, While as _};

/// The person's own folder.
pub(crate) fn home() -> Result<PathBuf> {
    let home = env::var_os("HOME").filter(|path| !path.is_empty());
    home.map(PathBuf::from).ok_or_else(|| Error::new("HOME is not set, so there is no folder for caches"))
}

/// The repository.
pub(crate) fn root() -> PathBuf {
    // What cargo says at run time: several clones may share a target folder, and with it this program's file.
    let xtask =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    xtask.parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// The folder with the node programs.
pub(crate) fn tests() -> PathBuf {
    root().join("tests")
}

/// The built app.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// Cargo's target folder.
pub(crate) fn target() -> PathBuf {
    // absolute paths replace the root, relative ones are meant from it
    root().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// The first program of that name on the search path.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders).map(|folder| folder.join(name)).find(|file| is_program(file))
}

/// Whether the file is there and may be run.
pub(crate) fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// Every file below a folder, as paths from there on, with slashes.
pub(crate) fn files_below(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut below = vec![PathBuf::new()];
    while let Some(inner) = below.pop() {
        for entry in fs::read_dir(folder.join(&inner)).while_doing(folder.display())? {
            let entry = entry.while_doing(folder.display())?;
            let path = inner.join(entry.file_name());
            if entry.file_type().while_doing(path.display())?.is_dir() {
                below.push(path);
            } else {
                found.push(path.to_string_lossy().into_owned());
            }
        }
    }
    Ok(found)
}
