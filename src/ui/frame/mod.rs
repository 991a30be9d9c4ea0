//! What is around every page.

mod banners;
mod connection;
mod footer;
mod nav;
mod network_menu;
mod not_found;
mod strip;
mod top_bar;
mod unopened;
mod wallet;

pub(crate) use banners::Banners;
pub(crate) use footer::Footer;
pub(crate) use nav::TabBar;
pub(crate) use not_found::NotFound;
pub(crate) use top_bar::TopBar;
pub(crate) use unopened::Unopened;
pub(crate) use wallet::WalletDialog;
