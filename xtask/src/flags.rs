//! Compiler flags of the release: those of every build, and names in place of this machine's folders.
//!
//! Where code panics, its file is part of the program. Without a name the wasm would tell who built it and where, and would
//! differ from machine to machine.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    error::{Error, Result, While as _},
    paths, process,
};

/// Those of .cargo/config.toml, which the environment replaces rather than adds to.
const EVERY_BUILD: [&str; 2] = ["--cfg", "erase_components"];

/// What the tool that cuts the wasm in two needs to know of it, and a quarter of a megabyte of stack: memory that is taken and
/// never given back. A tenth of it was the most that was seen in use; who needs more traps, and overwrites nothing.
const LINKED: [&str; 2] = ["-C", "link-args=--emit-relocs -z stack-size=262144"];

/// For `CARGO_ENCODED_RUSTFLAGS`, which goes before `RUSTFLAGS`: the release is the same whatever that says.
pub(crate) fn encoded() -> Result<String> {
    let names = folders()?.into_iter().map(|(folder, name)| {
        let folder = folder.to_str().ok_or_else(|| {
            Error::new(format!("{} is not UTF-8, so the compiler cannot be told its name", folder.display()))
        })?;
        Ok(format!("--remap-path-prefix={folder}={name}"))
    });
    let fixed = EVERY_BUILD.into_iter().chain(LINKED).map(|flag| Ok(flag.to_owned()));
    Ok(fixed.chain(names).collect::<Result<Vec<_>>>()?.join("\u{1f}"))
}

/// Folders that the compiler reads, and what the program calls them. Of two that match the later counts.
///
/// The repository is not among them: cargo itself names its files from there on. A flag with its path would make each of
/// several clones that share a target folder compile everything anew.
fn folders() -> Result<Vec<(PathBuf, &'static str)>> {
    let mut rustc = Command::new("rustc");
    let sysroot = process::output("rustc", rustc.current_dir(paths::root()).args(["--print", "sysroot"]))?;
    let cargo = cargo_home()?;
    let mut folders =
        vec![(sysroot.trim().into(), "rust"), (cargo.clone(), "cargo"), (paths::target(), "target")];
    folders.extend(registries(&cargo)?.into_iter().map(|folder| (folder, "crates")));
    Ok(folders)
}

/// Where cargo keeps the sources of crates: a folder for each registry, named after its host.
fn registries(cargo: &Path) -> Result<Vec<PathBuf>> {
    let sources = cargo.join("registry/src");
    // crates may all be vendored
    if !sources.is_dir() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(&sources).while_doing(sources.display())?;
    let mut folders =
        entries.map(|entry| Ok(entry.while_doing(sources.display())?.path())).collect::<Result<Vec<_>>>()?;
    // the same flags in the same order, or everything is compiled anew
    folders.sort();
    Ok(folders)
}

fn cargo_home() -> Result<PathBuf> {
    match env::var_os("CARGO_HOME").filter(|path| !path.is_empty()) {
        Some(path) => Ok(path.into()),
        None => Ok(paths::home()?.join(".cargo")),
    }
}

/// Fails if a file of dist/ names a folder of this machine, or the registry that the crates came from.
pub(crate) fn check_shipped() -> Result<()> {
    let mut private: Vec<PathBuf> = folders()?.into_iter().map(|(folder, _)| folder).collect();
    private.extend(private.clone().iter().filter_map(|folder| folder.canonicalize().ok()));
    private.extend([paths::root(), paths::home()?]);
    let mut names: Vec<String> =
        private.iter().map(|folder| format!("{}/", folder.to_string_lossy().trim_end_matches('/'))).collect();
    // a home at the root of the file system would be found everywhere
    names.retain(|name| name != "/");
    names.extend(registries(&cargo_home()?)?.iter().filter_map(|folder| {
        let name = folder.file_name()?.to_string_lossy();
        // without the checksum at its end
        Some(name.rsplit_once('-').map_or(&*name, |(host, _)| host).to_owned())
    }));
    let found = shipped_names(&paths::dist(), &names)?;
    if found.is_empty() { Ok(()) } else { Err(Error::new(found.join("; "))) }
}

/// One sentence for each file that holds one of the names.
fn shipped_names(dist: &Path, names: &[String]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for path in paths::files_below(dist)? {
        let bytes = fs::read(dist.join(&path)).while_doing(&path)?;
        let holds = |name: &&String| bytes.windows(name.len()).any(|window| window == name.as_bytes());
        if let Some(name) = names.iter().find(holds) {
            found.push(format!("dist/{path} tells of this machine: it names {name}"));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_has_the_flags_of_every_build() {
        let config = fs::read_to_string(paths::root().join(".cargo/config.toml")).expect("config.toml");
        let line = config.lines().find_map(|line| line.strip_prefix("rustflags = ")).expect("rustflags");
        assert_eq!(serde_json::from_str::<Vec<String>>(line).expect("a list"), EVERY_BUILD);
        let flags = encoded().expect("flags");
        let begin = [&EVERY_BUILD[..], &LINKED, &["--remap-path-prefix="]].concat().join("\u{1f}");
        assert!(flags.starts_with(&begin), "{flags}");
    }

    #[test]
    fn a_registry_has_no_host() {
        let flags = encoded().expect("flags");
        let all = registries(&cargo_home().expect("a home")).expect("folders");
        for folder in all {
            assert!(flags.contains(&format!("{}=crates", folder.display())), "{}", folder.display());
        }
    }

    #[test]
    fn a_file_that_names_a_folder_is_found() {
        let dist = env::temp_dir().join(format!("rota-xtask-{}-shipped", std::process::id()));
        fs::create_dir_all(dist.join("deep")).expect("made");
        fs::write(dist.join("fine.js"), "crates/alloy-1.0.0/src/lib.rs /home/other/").expect("written");
        fs::write(dist.join("deep/app.wasm"), b"\0\xff/home/me/.cargo/registry/src/lib.rs\0")
            .expect("written");
        let names = ["/tmp/x/".to_owned(), "/home/me/".to_owned()];
        assert_eq!(
            shipped_names(&dist, &names).expect("read"),
            ["dist/deep/app.wasm tells of this machine: it names /home/me/"]
        );
        fs::remove_dir_all(dist).expect("removed");
    }
}
