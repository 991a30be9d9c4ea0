//! Signals: what the pages watch, and the long-running work behind it. No views, no ABI.
//!
//! [`Shell`] lives as long as the page: settings, networks, wallet. [`Scope`] lives as long as one network is open:
//! endpoints, head, contracts, events, transactions. Loops started here end with the scope they were started in.

mod agreement;
mod asked;
mod civics;
mod dates;
mod find;
mod freshness;
mod gaps;
mod head;
mod ledger;
mod moves;
mod named_splits;
mod new_keys;
mod positions;
mod provide;
mod reading;
mod readings;
mod remote;
pub(crate) mod route;
mod scope;
mod screens;
mod session;
mod settings;
mod shell;
mod tasks;
mod tx_center;
mod vaults;
mod visits;

pub(crate) use agreement::Comparison;
pub(crate) use dates::Dates;
pub(crate) use find::{Findable, Hit, find};
pub(crate) use gaps::{Gap, Gaps};
pub(crate) use head::Head;
pub(crate) use ledger::{Following, Ledger};
pub(crate) use moves::Moves;
pub(crate) use named_splits::{Looked, Naming};
pub(crate) use new_keys::{KeyFile, NewKeys};
pub(crate) use positions::Told;
pub(crate) use remote::{Remote, Rhythm};
pub(crate) use route::{Page, ProvidersView, Route, Sort};
pub(crate) use scope::{Scope, endpoint_label};
pub(crate) use screens::{Cost, Screen, Tried};
pub(crate) use session::{Choice, Session};
pub(crate) use settings::{EndpointChoice, Settings, exported, keep_publishers, publishers, remember_export};
pub(crate) use shell::Shell;
pub(crate) use tasks::{pause, spawn, watch};
pub(crate) use tx_center::{RunView, TxCenter};
pub(crate) use vaults::{Holdings, Other};
