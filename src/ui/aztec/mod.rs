//! The pages of Aztec.

mod governance;
mod news;
mod outlook;
mod overview;
mod paid;
mod positions;
mod propose;
mod provide;
mod provider;
mod providers;
mod source;
mod split_past;
mod words;

pub(crate) use governance::{governance_page, proposal_page};
pub(crate) use overview::overview_page;
pub(crate) use positions::positions_page;
pub(crate) use provide::provide_page;
pub(crate) use provider::provider_page;
pub(crate) use providers::{Rows, compare, providers_page};
pub(crate) use source::source;
