//! What is around every page.

mod banners;
mod connection;
mod finder;
mod footer;
mod keyboard;
mod nav;
mod network_menu;
mod not_found;
mod picker;
mod runs;
mod skeleton;
mod strip;
mod top_bar;
mod unopened;
mod wallet;

pub(crate) use banners::banners;
pub(crate) use finder::finder;
pub(crate) use footer::footer;
pub(crate) use keyboard::{keyboard, keys};
pub(crate) use nav::tab_bar;
pub(crate) use not_found::not_found;
pub(crate) use picker::picker;
pub(crate) use runs::{follow, run_list};
pub(crate) use skeleton::page_skeleton;
pub(crate) use top_bar::top_bar;
pub(crate) use unopened::unopened;
