//! What cannot be installed for the person: one sentence each, with what to do.

use std::process::{Command, Stdio};

use crate::{
    error::{Error, Result},
    pins, process, ui,
};

/// For `rustup target add` only: a toolchain from elsewhere may have the target already.
pub(crate) fn rustup() -> Result<()> {
    answers("rustup", "--version").ok_or_else(|| {
        Error::new(
            "rustup is missing, and with it the target wasm32-unknown-unknown: \
             `curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh`",
        )
    })?;
    Ok(())
}

/// For tools that are compiled here.
pub(crate) fn c_compiler() -> Result<()> {
    let remedy =
        if cfg!(target_os = "macos") { "xcode-select --install" } else { "apt-get install build-essential" };
    answers("cc", "--version")
        .ok_or_else(|| Error::new(format!("a C compiler (cc) is missing: `{remedy}`")))?;
    Ok(())
}

/// Node.js and npm.
pub(crate) fn node() -> Result<()> {
    let remedy = if cfg!(target_os = "macos") {
        "`brew install node`, or the installer from https://nodejs.org"
    } else {
        "`nvm install 20`, or a package from https://nodejs.org"
    };
    let wanted = pins::NODE;
    let version = answers("node", "--version")
        .ok_or_else(|| Error::new(format!("Node.js {wanted} or later is missing: {remedy}")))?;
    if major(&version).is_none_or(|major| major < wanted) {
        return Err(Error::new(format!(
            "Node.js {wanted} or later is needed, and this is {version}: {remedy}"
        )));
    }
    answers("npm", "--version").ok_or_else(|| {
        Error::new("npm is missing; it comes with Node.js from https://nodejs.org, or `apt-get install npm`")
    })?;
    ui::present(format_args!("Node.js {version}"));
    Ok(())
}

/// What a program answers, if it is there and works.
fn answers(program: &str, question: &str) -> Option<String> {
    let answer = process::output(program, Command::new(program).arg(question).stderr(Stdio::null())).ok()?;
    Some(answer.trim().to_owned())
}

fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_number_of_a_version_counts() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("v9.1.0"), Some(9));
        assert_eq!(major("20"), None);
    }
}
