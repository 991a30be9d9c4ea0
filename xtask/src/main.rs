//! Builds, serves, tests and measures Rota. `cargo xtask help` lists the commands.
//!
//! Standard output carries results only; what is being done goes to standard error. Every process that is started here
//! ends with this one.

mod args;
mod bench;
mod browser;
mod build;
mod cache;
mod closing;
mod demo;
mod devnet;
mod dist;
mod error;
mod flags;
mod foundry;
mod fuzz;
mod gates;
mod npm;
mod paths;
mod pins;
mod prerequisites;
mod process;
mod server;
mod size;
mod test;
mod tools;
mod ui;

use std::process::ExitCode;

use args::Command;
use error::Result;

fn main() -> ExitCode {
    process::end_children_on_signals();
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        // as shells report a program that was told to end
        Err(_) if process::interrupted() => ExitCode::from(130),
        Err(error) => {
            ui::fail(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    match args::parse(std::env::args().skip(1))? {
        Command::Help => {
            println!("{}", args::HELP);
            Ok(())
        }
        Command::Demo => demo::run(),
        Command::Test { gates } => test::run(&gates),
        Command::Build => build::run(),
        Command::Size { json } => size::run(json),
        Command::Bench { json, scale } => bench::run(json, scale),
        Command::Fuzz => fuzz::run(),
        Command::Devnet { port, scale } => devnet::run(port, scale),
    }
}
