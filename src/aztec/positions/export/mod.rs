//! A sheet in other programs' formats. Pure: text out, nothing is sent anywhere.

mod calendar;
mod json;
mod table;

pub use calendar::calendar;
pub use json::json;
pub use table::{Reader, Terms, table};
