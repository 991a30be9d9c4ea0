//! Widgets that know no system and no network: functions from plain values to views.
//!
//! A page is a tree of such values. What changes stands in [`live`]: one closure for a whole panel, which computes
//! its values and draws; the framework compares the result with what is on the screen and changes only what differs,
//! so that focus, selection and scrolling stay. A closure for every single text would be finer than anybody can see,
//! and costs four times the bytes (`cargo xtask size`).

mod addr;
pub(crate) mod chart;
mod code;
mod copy;
mod cut;
mod dialog;
mod empty;
mod field;
mod figure;
mod icon;
mod ident;
mod live;
mod menu;
mod readout;
mod source_pop;
mod sources;
mod toast;

pub(crate) use addr::{addr, full_addr, hash_link};
pub(crate) use code::code;
pub(crate) use copy::{copy_button, listen_for_copies};
pub(crate) use cut::cut;
pub(crate) use dialog::dialog;
pub(crate) use empty::empty;
pub(crate) use field::{Field, Kind, field};
pub(crate) use figure::{Figure, Written};
pub(crate) use icon::{icon, spinner};
pub(crate) use ident::{Shape, ident};
pub(crate) use live::{holds, later, live, press, submitted, ticked, typed};
pub(crate) use menu::{Menu, listen_for_choices, menu};
pub(crate) use readout::readout;
pub(crate) use source_pop::{Describe, Described, source_pop};
pub(crate) use sources::Sources;
pub(crate) use toast::{Toasts, toast_tray};
