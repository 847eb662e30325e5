//! QRadar: its console's API, its token service, its tables, its commands.
//!
//! - [`accounts`], [`capability`], [`token_service`], [`services`]: who may call, and what; [`guard`] sees to it.
//! - [`reference`], [`siem`], [`ariel`], [`system`]: the four parts of the API.
//! - [`lexer`], below two languages: [`aql`], that of searches, and that of the `filter` of lists ([`list`]).
//! - [`schema`], [`load`], [`traffic`]: a new database, feeds, and the events and flows of a small network.
//! - [`failure`], [`request`]: the common forms.
//!
//! What clients and public documents show is imitated; where the platform's behaviour is unknown, a choice
//! was made, and the comment at the place says so.

mod accounts;
mod aql;
mod ariel;
mod capability;
pub mod command;
mod failure;
mod guard;
mod lexer;
mod list;
pub mod load;
mod reference;
mod request;
mod routes;
mod schema;
mod services;
mod settings;
mod siem;
mod system;
mod token_service;
mod traffic;

use std::sync::Arc;

use axum::Router;
use rusqlite::Connection;
use serde::Serialize;

use crate::clock::Clock;
use crate::database::Database;
use crate::{Error, secret};
use accounts::NewService;
use ariel::searches::Searches;
use capability::Capabilities;
use failure::Failure;
use guard::Lockout;

pub use settings::Settings;

/// The name in records and in the request log.
pub const PLATFORM: &str = "qradar";

/// The client whose secret is printed at start.
const DEMO_CLIENT: &str = "Sandbox demo";
/// The user whose password is printed at start.
const DEMO_USER: &str = "admin";

/// What handlers share.
struct QRadar {
    database: Database,
    settings: Settings,
    clock: Clock,
    searches: Searches,
    lockout: Lockout,
}

/// A handle to it.
type App = Arc<QRadar>;

/// A platform ready to be served, at two addresses.
pub struct Platform {
    /// The console's routes, from the root.
    pub console: Router,
    /// The token service's routes, from the root.
    pub token_service: Router,
    /// How to get in; the addresses come later.
    pub access: Access,
}

/// Addresses and credentials; all are new at every start.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Access {
    /// Of the console, without a slash at the end.
    pub base_url: String,
    /// Where tokens are got.
    pub token_url: String,
    /// For the token service, with the next one. An administrator's.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// A service token for everything.
    pub sec_token: String,
    /// For Basic, with the next one.
    pub user: String,
    /// Its password.
    pub password: String,
    /// Further service tokens: some for a part only, some that are refused.
    pub tokens: Vec<ServiceToken>,
}

/// A service token for demos and tests.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceToken {
    /// What it stands for.
    pub label: &'static str,
    /// The token.
    pub sec_token: String,
}

impl Access {
    /// The same, at these addresses.
    pub fn at(self, console: String, token_service: String) -> Access {
        Access { base_url: console, token_url: format!("{token_service}/token"), ..self }
    }

    /// What is printed for people.
    pub fn rows(&self) -> Vec<(&'static str, String)> {
        let mut rows = vec![
            ("base URL", self.base_url.clone()),
            ("token URL", self.token_url.clone()),
            ("client id", self.client_id.clone()),
            ("client secret", self.client_secret.clone()),
            ("SEC token", self.sec_token.clone()),
            ("user", format!("{}  {}", self.user, self.password)),
        ];
        rows.extend(self.tokens.iter().map(|token| (token.label, token.sec_token.clone())));
        rows
    }
}

/// Makes sure that the tables are there, and that there is somebody to log in.
pub fn start(database: &Database, settings: Settings, clock: &Clock) -> Result<Platform, Error> {
    prepare(database, clock)?;
    let access = database.change(|db| demo_accounts(db, clock))?;
    let app = Arc::new(QRadar {
        database: database.clone(),
        settings,
        clock: clock.clone(),
        searches: Searches::default(),
        lockout: Lockout::default(),
    });
    Ok(Platform { console: routes::routes(app.clone()), token_service: token_service::routes(app), access })
}

/// Makes the tables of a new database, with the embedded data.
pub fn prepare(database: &Database, clock: &Clock) -> Result<(), Error> {
    database.change(|db| schema::ensure(db, clock.now()))
}

/// The accounts of one start. Services of earlier starts stay, but nobody knows their tokens any more.
fn demo_accounts(db: &Connection, clock: &Clock) -> Result<Access, Error> {
    let now = clock.now();
    let capabilities = |text: &str| Capabilities::parse(text).map_err(Error::System);
    let admin = capabilities("ADMIN")?;
    let client = accounts::put_client(db, DEMO_CLIENT, &admin)?;
    let (_, sec_token) = accounts::add_service(db, &NewService::new("Sandbox", admin.clone(), now), now)?;
    let password = secret::made_password()?;
    accounts::put_user(db, DEMO_USER, &password, &admin)?;
    let mut tokens = Vec::new();
    for (label, text) in [
        ("analyst", "OFFENSES,EVENTS,REFERENCE_READ,REFERENCE_WRITE"),
        ("offenses", "OFFENSES"),
        ("events", "EVENTS"),
        ("reference", "REFERENCE_READ"),
        ("expired", "ADMIN"),
        ("undeployed", "ADMIN"),
    ] {
        let mut service = NewService::new(label, capabilities(text)?, now);
        if label == "expired" {
            service.expires_at = now;
        }
        service.deployed = label != "undeployed";
        tokens.push(ServiceToken { label, sec_token: accounts::add_service(db, &service, now)?.1 });
    }
    Ok(Access {
        base_url: String::new(),
        token_url: String::new(),
        client_id: client.client_id,
        client_secret: client.client_secret,
        sec_token,
        user: DEMO_USER.to_owned(),
        password,
        tokens,
    })
}

impl QRadar {
    /// Milliseconds since 1970.
    fn now_ms(&self) -> i64 {
        self.clock.now().saturating_mul(1_000)
    }

    /// Reads the database, away from the threads that serve.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let database = self.database.clone();
        aside(move || database.read(work)).await
    }

    /// Changes the database in one transaction, away from the threads that serve.
    async fn change<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let database = self.database.clone();
        aside(move || database.change(|transaction| work(transaction))).await
    }
}

async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T, Failure> + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Failure::from(Error::System(error.to_string())))?
}
