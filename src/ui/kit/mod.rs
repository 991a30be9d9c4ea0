//! Widgets that know no system and no network.

mod addr;
mod code;
mod copy;
mod dialog;
mod empty;
mod field;
mod figure;
mod icon;
mod ident;
mod menu;
mod source_pop;
mod toast;

pub(crate) use addr::{Addr, FullAddr, HashLink};
pub(crate) use code::Code;
pub(crate) use copy::CopyButton;
pub(crate) use dialog::Dialog;
pub(crate) use empty::Empty;
pub(crate) use field::{Field, Parsed};
pub(crate) use figure::{Fig, Figure, Written, figure};
pub(crate) use icon::{Icon, Spinner};
pub(crate) use ident::{Ident, Shape};
pub(crate) use menu::Menu;
pub(crate) use source_pop::{Described, SourcePop, Sources};
pub(crate) use toast::{ToastTray, Toasts};
