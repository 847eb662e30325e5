//! ThreatQ: its token endpoint, its API, its tables, its commands.
//!
//! - [`token`], [`users`], [`clients`], [`caller`]: who may call, and what.
//! - [`indicator`] and what is attached to indicators: [`sources`], [`attributes`], [`tags`], [`comments`],
//!   [`adversaries`], [`links`], [`watchlist`]; beside them [`events`], [`imports`], [`search`].
//! - [`types`], [`statuses`], [`tlp`]: reference lists. [`schema`], [`load`]: a new database, and feeds.
//! - [`answer`], [`failure`], [`request`], [`sql`]: the common forms.
//!
//! What clients and public documents show is imitated; where the platform's behaviour is unknown, a choice
//! was made, and the comment at the place says so.

mod adversaries;
mod answer;
mod attributes;
mod caller;
mod clients;
pub mod command;
mod comments;
mod date;
mod events;
mod failure;
mod imports;
mod indicator;
mod links;
pub mod load;
mod object;
mod reference;
mod relations;
mod request;
mod routes;
mod schema;
mod search;
mod settings;
mod sources;
mod sql;
mod statuses;
mod tags;
mod tlp;
mod token;
mod types;
mod users;
mod watchlist;

use std::sync::Arc;

use axum::Router;
use rusqlite::Connection;
use serde::Serialize;

use crate::clock::Clock;
use crate::database::Database;
use crate::{Error, secret};
use failure::Failure;

pub use caller::Group;
pub use clients::{ClientType, register};
pub use settings::{ErrorStyle, Settings, TokenShapes};
pub use types::Vintage;
pub use users::{NewUser, put as put_user};

/// The name in records and in the request log.
pub const PLATFORM: &str = "threatq";

/// The private client whose secret is printed at start.
const DEMO_CLIENT: &str = "Sandbox demo";
/// Session length of users, unless told otherwise.
const SESSION_MINUTES: i64 = 60;

/// What handlers share.
struct ThreatQ {
    database: Database,
    settings: Settings,
    clock: Clock,
}

/// A handle to it.
type App = Arc<ThreatQ>;

/// A platform ready to be served.
pub struct Platform {
    /// Its routes, from the root.
    pub routes: Router,
    /// How to get in; the address comes later.
    pub access: Access,
}

/// Address and credentials. The user and the private client are analysts.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Access {
    /// Without a slash at the end.
    pub base_url: String,
    /// For the password grant, with the next two.
    pub email: String,
    /// New at every start.
    pub password: String,
    /// The public client of the user interface.
    pub client_id: String,
    /// For client credentials, with the next one.
    pub private_client_id: String,
    /// New at every start.
    pub private_client_secret: String,
    /// One user of each group, the analyst of above among them.
    pub users: Vec<User>,
}

/// A user for demos and tests.
#[derive(Clone, Serialize)]
pub struct User {
    /// Name of the group.
    pub group: &'static str,
    /// E-mail address.
    pub email: String,
    /// New at every start.
    pub password: String,
}

impl Access {
    /// The same, at an address.
    pub fn at(self, base_url: String) -> Access {
        Access { base_url, ..self }
    }

    /// What is printed for people.
    pub fn rows(&self) -> Vec<(&'static str, String)> {
        let mut rows = vec![
            ("base URL", self.base_url.clone()),
            ("client id (UI)", self.client_id.clone()),
            ("private client id", self.private_client_id.clone()),
            ("private client secret", self.private_client_secret.clone()),
        ];
        for user in &self.users {
            rows.push((user.group, format!("{}  {}", user.email, user.password)));
        }
        rows
    }
}

/// Makes sure that the tables are there, and that there is somebody to log in.
pub fn start(database: &Database, settings: Settings, clock: &Clock) -> Result<Platform, Error> {
    prepare(database, &settings, clock)?;
    let access = database.change(|db| demo_accounts(db, clock))?;
    let app = Arc::new(ThreatQ { database: database.clone(), settings, clock: clock.clone() });
    Ok(Platform { routes: routes::routes(app), access })
}

/// Makes the tables of a new database, with the embedded data.
pub fn prepare(database: &Database, settings: &Settings, clock: &Clock) -> Result<(), Error> {
    database.change(|db| schema::ensure(db, settings, clock.now()))
}

/// One user per group and one private client, all with new secrets: only hashes are stored, so those of the
/// last start cannot be told again.
fn demo_accounts(db: &Connection, clock: &Clock) -> Result<Access, Error> {
    let now = clock.now();
    let mut users = Vec::new();
    for group in Group::ALL {
        let user = User {
            group: group.name(),
            email: format!("{}@sandbox.example", group.name()),
            password: secret::made_password()?,
        };
        let new = NewUser {
            email: user.email.clone(),
            password_hash: secret::hash_made_password(&user.password)?,
            group,
            session_minutes: SESSION_MINUTES,
            two_step: false,
            hide_reference_lists: false,
        };
        users::put(db, &new, now)?;
        users.push(user);
    }
    let private_client_secret = match clients::by_name(db, DEMO_CLIENT)? {
        Some(_) => clients::renew_secret(db, DEMO_CLIENT, now)?,
        None => register(db, DEMO_CLIENT, ClientType::Private, Group::Analyst, now)?.unwrap_or_default(),
    };
    let client_id = |name| -> Result<String, Error> {
        Ok(clients::by_name(db, name)?.map(|client| client.client_id).unwrap_or_default())
    };
    let analyst = users.iter().find(|user| user.group == Group::Analyst.name());
    let (email, password) = analyst.map(|user| (user.email.clone(), user.password.clone())).unwrap_or_default();
    Ok(Access {
        base_url: String::new(),
        email,
        password,
        client_id: client_id(clients::UI_CLIENT)?,
        private_client_id: client_id(DEMO_CLIENT)?,
        private_client_secret,
        users,
    })
}

impl ThreatQ {
    /// Reads the database, away from the threads that serve.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let database = self.database.clone();
        self.aside(move || database.read(work)).await
    }

    /// Changes the database in one transaction, away from the threads that serve.
    async fn change<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let database = self.database.clone();
        self.aside(move || database.change(|transaction| work(transaction))).await
    }

    /// Does something slow, away from the threads that serve.
    async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        tokio::task::spawn_blocking(work).await.map_err(|error| Failure::Internal(error.to_string()))?
    }
}
