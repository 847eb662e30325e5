//! QRadar: its console's API, its token service, its tables.

mod settings;

use axum::Router;
use axum::http::StatusCode;
use serde::Serialize;

use crate::Error;
use crate::clock::Clock;
use crate::database::Database;

pub use settings::Settings;

/// The name in records and in the request log.
pub const PLATFORM: &str = "qradar";

/// A platform ready to be served, at two addresses.
pub struct Platform {
    /// The console's routes, from the root.
    pub console: Router,
    /// The token service's routes, from the root.
    pub token_service: Router,
    /// How to get in; the addresses come later.
    pub access: Access,
}

/// Addresses and credentials.
#[derive(Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Access {
    /// Of the console, without a slash at the end.
    pub base_url: String,
    /// Where tokens are got.
    pub token_url: String,
}

impl Access {
    /// The same, at these addresses.
    pub fn at(self, console: String, token_service: String) -> Access {
        Access { base_url: console, token_url: format!("{token_service}/token") }
    }

    /// What is printed for people.
    pub fn rows(&self) -> Vec<(&'static str, String)> {
        vec![("base URL", self.base_url.clone()), ("token URL", self.token_url.clone())]
    }
}

/// Makes sure that the tables are there, and that there is somebody to log in.
pub fn start(database: &Database, _: Settings, clock: &Clock) -> Result<Platform, Error> {
    prepare(database, clock)?;
    let nothing = || Router::new().fallback(async || StatusCode::NOT_FOUND);
    Ok(Platform { console: nothing(), token_service: nothing(), access: Access::default() })
}

/// Makes the tables of a new database, with the embedded data.
pub fn prepare(_: &Database, _: &Clock) -> Result<(), Error> {
    Ok(())
}
