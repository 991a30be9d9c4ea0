//! The user's cache folder, where tools are kept by version. Clones share it; nothing in it is ever stale.

use std::{
    env,
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use crate::{
    error::{Error, Result, While as _},
    paths, ui,
};

/// `rota` among the user's caches.
pub(crate) fn folder() -> Result<PathBuf> {
    let caches = match env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()) {
        _ if cfg!(target_os = "macos") => paths::home()?.join("Library/Caches"),
        Some(path) => path.into(),
        None => paths::home()?.join(".cache"),
    };
    Ok(caches.join("rota"))
}

/// One version of one tool.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tool {
    /// Of the package.
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    /// A file below the tool's folder; without it the tool is not there.
    pub(crate) proof: &'static str,
    /// What the person waits for, and how long on two cores.
    pub(crate) effort: &'static str,
}

/// Where an installation works.
#[derive(Debug)]
pub(crate) struct Site {
    /// Becomes the tool's folder.
    pub(crate) root: PathBuf,
    /// For what is needed only meanwhile. What an interrupted installation has built here, the next one finds.
    pub(crate) scratch: PathBuf,
}

impl Tool {
    /// The tool's folder, after `install` has made it if need be.
    pub(crate) fn installed(&self, install: impl FnOnce(&Site) -> Result<()>) -> Result<PathBuf> {
        self.installed_in(&folder()?.join("tools"), install)
    }

    fn installed_in(&self, tools: &Path, install: impl FnOnce(&Site) -> Result<()>) -> Result<PathBuf> {
        let Self { name, version, proof, effort } = self;
        let done = tools.join(format!("{name}-{version}"));
        if done.join(proof).exists() {
            ui::present(format_args!("{name} {version}"));
            return Ok(done);
        }
        fs::create_dir_all(tools).while_doing(tools.display())?;
        let _lock = lock(&tools.join(format!(".{name}-{version}.lock")), name)?;
        if done.join(proof).exists() {
            ui::present(format_args!("{name} {version}"));
            return Ok(done);
        }
        ui::say(format_args!("{name} {version}: {effort}, once for this machine"));
        let part = tools.join(format!(".{name}-{version}.part"));
        let site = Site { root: part.join("root"), scratch: part.join("scratch") };
        remove(&site.root)?;
        for folder in [&site.root, &site.scratch] {
            fs::create_dir_all(folder).while_doing(folder.display())?;
        }
        install(&site)?;
        if !site.root.join(proof).exists() {
            return Err(Error::new(format!("the installation of {name} {version} brought no {proof}")));
        }
        // Only now it gets its name: what was interrupted is never taken for finished.
        remove(&done)?;
        fs::rename(&site.root, &done).while_doing(done.display())?;
        remove(&part)?;
        Ok(done)
    }
}

/// Keeps other runs from doing the same at the same time, until it is dropped or this process is gone.
pub(crate) fn lock(path: &Path, name: &str) -> Result<File> {
    let file = File::create(path).while_doing(path.display())?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            ui::say(format_args!("{name}: another run is at it; waiting for that"));
            file.lock().while_doing(path.display())?;
        }
        Err(TryLockError::Error(error)) => return Err(error).while_doing(path.display()),
    }
    Ok(file)
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() { fs::remove_dir_all(folder).while_doing(folder.display()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicU32, Ordering},
        thread,
        time::Duration,
    };

    use super::*;

    const TOOL: Tool = Tool { name: "tool", version: "1", proof: "bin/tool", effort: "takes a moment" };

    /// An empty folder of this test's own.
    fn empty(name: &str) -> PathBuf {
        let folder = env::temp_dir().join(format!("rota-xtask-{}-{name}", std::process::id()));
        remove(&folder).expect("removed");
        folder
    }

    fn write(site: &Site) -> Result<()> {
        fs::create_dir_all(site.root.join("bin")).while_doing("bin")?;
        fs::write(site.root.join("bin/tool"), "").while_doing("tool")
    }

    #[test]
    fn a_tool_is_installed_once() {
        let tools = empty("once");
        let folder = TOOL.installed_in(&tools, write).expect("installed");
        assert_eq!(folder, tools.join("tool-1"));
        TOOL.installed_in(&tools, |_| panic!("again")).expect("present");
        let names: Vec<_> =
            fs::read_dir(&tools).expect("folder").map(|entry| entry.expect("entry").file_name()).collect();
        assert_eq!(names.len(), 2, "the tool and the lock, not {names:?}");
        remove(&tools).expect("removed");
    }

    #[test]
    fn an_interrupted_installation_is_not_taken_for_a_finished_one() {
        let tools = empty("interrupted");
        let half = |site: &Site| {
            fs::write(site.root.join("rubbish"), "").expect("written");
            fs::write(site.scratch.join("kept"), "").expect("written");
            Err(Error::new("interrupted"))
        };
        TOOL.installed_in(&tools, half).expect_err("interrupted");
        assert!(!tools.join("tool-1").exists());
        let again = |site: &Site| {
            assert!(!site.root.join("rubbish").exists() && site.scratch.join("kept").exists());
            write(site)
        };
        TOOL.installed_in(&tools, again).expect("installed");
        remove(&tools).expect("removed");
    }

    #[test]
    fn an_installation_without_the_program_fails() {
        let tools = empty("without");
        let error = TOOL.installed_in(&tools, |_| Ok(())).expect_err("nothing installed");
        assert_eq!(error.to_string(), "the installation of tool 1 brought no bin/tool");
        remove(&tools).expect("removed");
    }

    #[test]
    fn of_two_runs_one_installs_and_the_other_waits() {
        let tools = empty("two");
        let installations = AtomicU32::new(0);
        let install = || {
            TOOL.installed_in(&tools, |site| {
                installations.fetch_add(1, Ordering::SeqCst);
                thread::sleep(Duration::from_millis(50));
                write(site)
            })
        };
        thread::scope(|scope| {
            let both = [scope.spawn(install), scope.spawn(install)];
            for run in both {
                run.join().expect("ended").expect("installed");
            }
        });
        assert_eq!(installations.load(Ordering::SeqCst), 1);
        remove(&tools).expect("removed");
    }
}
