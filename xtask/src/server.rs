//! tests/tools/serve.mjs: dist/ as a static host serves it.

use std::{
    io::BufRead as _,
    net::{Ipv4Addr, TcpListener},
    ops::RangeInclusive,
    process::Command,
};

use crate::{
    error::{Error, Result, While as _},
    paths,
    process::Running,
};

/// Runs beside us until it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    /// Of the start page.
    pub(crate) url: String,
    _running: Running,
}

impl Server {
    /// Serves dist/ on the first free of the ports.
    pub(crate) fn start(ports: RangeInclusive<u16>) -> Result<Self> {
        let taken = format!("the ports {} to {} are all in use", ports.start(), ports.end());
        let port = ports.into_iter().find(|port| is_free(*port)).ok_or_else(|| Error::new(taken))?;
        let mut command = Command::new("node");
        command.current_dir(paths::root()).args([
            "--import",
            "./xtask/stdin-bound.mjs",
            "tests/tools/serve.mjs",
            "dist",
        ]);
        let (running, mut output) =
            Running::beside("the server", command.args(["--port", &port.to_string()]))?;
        let mut url = String::new();
        output.read_line(&mut url).while_doing("the server")?;
        if url.is_empty() {
            return Err(Error::new("the server did not start"));
        }
        Ok(Self { url: url.trim_end().to_owned(), _running: running })
    }
}

/// Whether nobody listens on the port.
pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}
