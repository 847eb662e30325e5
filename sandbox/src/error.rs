//! What can go wrong outside of a request: at the command line, at start, in a file, in the database.
//!
//! A failing *request* never gets here: each platform answers it in its own words.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Ends a command. Its text is one sentence for the person at the terminal.
#[derive(Debug)]
pub enum Error {
    /// The command line asks for what cannot be: exit code 2.
    Usage(String),
    /// The command was understood and refused: exit code 1.
    Refused(String),
    /// A file or an address could not be used.
    Io {
        /// The file, or the address as text.
        what: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// SQLite said no.
    Database(rusqlite::Error),
    /// The operating system or a library failed where it hardly ever does.
    System(String),
}

impl Error {
    /// An [`Error::Io`] about this file or address: `map_err(Error::at(path))`.
    pub fn at(what: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Error {
        let what = what.as_ref().to_path_buf();
        move |error| Error::Io { what, error }
    }

    /// 2 for a command line that cannot be carried out, 1 for everything else.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Usage(_) => 2,
            _ => 1,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Usage(text) | Error::Refused(text) | Error::System(text) => out.write_str(text),
            Error::Io { what, error } => write!(out, "{}: {error}", what.display()),
            Error::Database(error) => write!(out, "database: {error}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Error {
        Error::Database(error)
    }
}
