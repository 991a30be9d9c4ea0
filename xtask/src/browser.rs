//! Chromium and its driver: found, or installed where the system's package manager can do it.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    error::{Error, Result},
    paths, process, ui,
};

/// Where a program may be.
struct Wanted {
    name: &'static str,
    variable: &'static str,
    programs: &'static [&'static str],
    files: &'static [&'static str],
    package: &'static str,
    remedy_on_macos: &'static str,
}

const CHROMIUM: Wanted = Wanted {
    name: "Chromium",
    variable: "ROTA_CHROMIUM",
    programs: &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    files: &[
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ],
    package: "chromium",
    remedy_on_macos: "brew install --cask chromium",
};

const CHROMEDRIVER: Wanted = Wanted {
    name: "chromedriver",
    variable: "CHROMEDRIVER",
    programs: &["chromedriver"],
    files: &[],
    package: "chromium-driver",
    remedy_on_macos: "brew install --cask chromedriver",
};

/// The browser.
pub(crate) fn chromium() -> Result<PathBuf> {
    CHROMIUM.find_or_install()
}

/// What drives it for wasm tests.
pub(crate) fn chromedriver() -> Result<PathBuf> {
    CHROMEDRIVER.find_or_install()
}

impl Wanted {
    fn find_or_install(&self) -> Result<PathBuf> {
        let Self { name, variable, package, .. } = self;
        if let Some(given) = env::var_os(variable).filter(|given| !given.is_empty()) {
            let given = PathBuf::from(given);
            if !paths::is_program(&given) {
                return Err(Error::new(format!("{variable} names {}, which is no program", given.display())));
            }
            return Ok(given);
        }
        if let Some(found) = self.find() {
            ui::present(format_args!("{name} ({})", found.display()));
            return Ok(found);
        }
        ui::say(format_args!("{name}: installing the package {package}"));
        apt_install(package).map_err(|error| {
            let remedy = self.remedy();
            Error::new(format!("{name} is missing, and {error}: `{remedy}`, or set {variable} to its path"))
        })?;
        self.find().ok_or_else(|| {
            Error::new(format!(
                "the package {package} brought no {name}: install it and set {variable} to its path"
            ))
        })
    }

    fn find(&self) -> Option<PathBuf> {
        let on_path = self.programs.iter().find_map(|name| paths::program(name));
        on_path.or_else(|| self.files.iter().map(PathBuf::from).find(|file| paths::is_program(file)))
    }

    fn remedy(&self) -> String {
        if cfg!(target_os = "macos") {
            self.remedy_on_macos.to_owned()
        } else {
            format!("sudo apt-get install {}", self.package)
        }
    }
}

fn apt_install(package: &str) -> Result<()> {
    let Some(apt) = paths::program("apt-get") else {
        return Err(Error::new("there is no apt-get to install it with"));
    };
    // a fresh machine may know no packages yet
    process::run("apt-get update", &mut as_root(&apt, &["update"])?)?;
    process::run(
        "apt-get install",
        &mut as_root(&apt, &["install", "--yes", "--no-install-recommends", package])?,
    )
}

fn as_root(program: &Path, arguments: &[&str]) -> Result<Command> {
    let mut command = if nix::unistd::geteuid().is_root() {
        Command::new(program)
    } else {
        let sudo = paths::program("sudo").ok_or_else(|| Error::new("only root may install it"))?;
        let mut command = Command::new(sudo);
        // never asks for a password: nobody may be there to give it
        command.arg("-n").arg(program);
        command
    };
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    Ok(command)
}
