//! What is on the screen. Components take values and signals and return views; they read no chain, know no ABI and do
//! no arithmetic.

mod app;
mod aztec;
mod frame;
mod kit;
mod settings;
mod text;
mod tx;

pub(crate) use app::mount;
