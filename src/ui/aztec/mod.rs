//! The pages of Aztec.

mod provide;
mod provider;
mod providers;
mod source;
mod words;

pub(crate) use provide::ProvidePage;
pub(crate) use provider::ProviderPage;
pub(crate) use providers::ProvidersPage;
pub(crate) use source::SourceView;
