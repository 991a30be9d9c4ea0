//! What is on the screen: functions from values and signals to views. They read no chain, know no ABI and do no
//! arithmetic. How such a function is written, and why: [`kit`].

mod app;
mod aztec;
mod cx;
mod frame;
mod kit;
mod rest;
mod settings;
mod text;
mod tx;

pub(crate) use app::mount;
use cx::Cx;
