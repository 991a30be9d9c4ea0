//! What went wrong, as one sentence for the person at the shell. Nothing here reacts to a kind of error, so there is one.

use std::{fmt, io};

pub(crate) type Result<T> = std::result::Result<T, Error>;

/// One clear sentence.
#[derive(Debug)]
pub(crate) struct Error(String);

impl Error {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Says what was being done when the system refused it.
pub(crate) trait While<T> {
    fn while_doing(self, what: impl fmt::Display) -> Result<T>;
}

impl<T> While<T> for io::Result<T> {
    fn while_doing(self, what: impl fmt::Display) -> Result<T> {
        self.map_err(|error| Error(format!("{what}: {error}")))
    }
}
