//! The checks, one by one. Each may leave the closing lines of the runner behind it.

mod deny;
mod devnet;
mod e2e;
mod native;
mod rust;
mod wasm;

use crate::{browser, build, error::Result, tools};

/// One check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    /// Rust is formatted.
    Fmt,
    /// Clippy finds nothing, natively and for wasm.
    Clippy,
    /// The documentation builds without a warning.
    Doc,
    /// Licences, sources and advisories of the crates.
    Deny,
    /// The local network is what its tests say, and the app knows the published interface of the contracts.
    Devnet,
    /// Rust tests, against a local network.
    Native,
    /// Rust tests in a browser.
    Wasm,
    /// The release builds, names no folder of this machine, and its first load is within its budget.
    Size,
    /// The app in a browser, against a local network.
    E2e,
}

impl Gate {
    pub(crate) const ALL: [Self; 9] = [
        Self::Fmt,
        Self::Clippy,
        Self::Doc,
        Self::Deny,
        Self::Devnet,
        Self::Native,
        Self::Wasm,
        Self::Size,
        Self::E2e,
    ];

    /// As it is named on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Clippy => "clippy",
            Self::Doc => "doc",
            Self::Deny => "deny",
            Self::Devnet => "devnet",
            Self::Native => "native",
            Self::Wasm => "wasm",
            Self::Size => "size",
            Self::E2e => "e2e",
        }
    }

    /// Finds or installs its tools.
    pub(crate) fn prepare(self) -> Result<()> {
        match self {
            Self::Fmt | Self::Doc => Ok(()),
            Self::Clippy => tools::wasm_target(),
            Self::Deny => tools::cargo_deny().and_then(|_| tools::crates()),
            Self::Devnet | Self::Native => crate::devnet::ready(),
            Self::Wasm => {
                tools::wasm_target()?;
                tools::test_runner()?;
                browser::chromium()?;
                browser::chromedriver().map(drop)
            }
            Self::Size => tools::trunk().map(drop),
            Self::E2e => {
                tools::trunk()?;
                crate::devnet::ready()?;
                browser::chromium().map(drop)
            }
        }
    }

    /// Checks. The closing lines of its runner, where it has one.
    pub(crate) fn run(self) -> Result<Vec<String>> {
        match self {
            Self::Fmt => rust::fmt().map(|()| Vec::new()),
            Self::Clippy => rust::clippy().map(|()| Vec::new()),
            Self::Doc => rust::doc().map(|()| Vec::new()),
            Self::Deny => deny::run(),
            Self::Devnet => devnet::run(),
            Self::Native => native::run(),
            Self::Wasm => wasm::run(),
            Self::Size => build::run().map(|()| Vec::new()),
            Self::E2e => e2e::run(),
        }
    }
}
