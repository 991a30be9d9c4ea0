//! Everything to try Rota on this machine, with nothing to sign up for and nothing to lose.

use crate::{
    devnet::{self, Devnet},
    dist,
    error::{Error, Result},
    server::{Server, is_free},
    ui,
};

/// Time between two blocks: pending states can be seen, and nobody waits for them.
const BLOCK_SECONDS: &str = "2";

/// Runs until Ctrl-C.
pub(crate) fn run() -> Result<()> {
    // the app's entry `aztec-local` names this port; better to know before a long build than after it
    if !is_free(devnet::PORT) {
        return Err(Error::new(format!(
            "port {} is in use, probably by another local network: end that program first",
            devnet::PORT
        )));
    }
    ui::timed("set-up", devnet::ready)?;
    dist::release()?;
    let port = devnet::PORT.to_string();
    let network =
        ui::timed("local network", || Devnet::start(&["--port", &port, "--block-time", BLOCK_SECONDS]))?;
    let server = Server::start(8080..=8090)?;
    println!("\n{}#/aztec-local/providers\n", server.url);
    println!(
        "Choose a provider, connect \"Local account\", and delegate: nothing on this network is worth anything."
    );
    println!("A block comes every {BLOCK_SECONDS} seconds. Ctrl-C ends everything.");
    network.until_it_ends()
}
