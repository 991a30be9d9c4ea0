//! Bytes back into what a person can read: calldata, returned data, revert data and the `cast` line that does the
//! same. The names come from a [`Catalog`] of human-readable ABI lines that each system supplies.

mod cast;
mod catalog;
mod value;

pub use cast::{cast_call, cast_logs, cast_send, shell_word};
pub use catalog::{Argument, Catalog, CatalogError, DecodedCall, DecodedError};
pub use value::write_value;
