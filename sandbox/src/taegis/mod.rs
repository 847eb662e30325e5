//! Taegis XDR: one region with its token endpoint and its GraphQL, for two tenants.
//!
//! - [`token`], [`caller`], [`role`], [`clients`]: who may call, and what.
//! - [`graphql`]: the endpoint, over the schema in `schema.graphql`.
//! - [`own`], [`intelligence`], [`reputation`]: what is known about an indicator.
//! - [`load`], [`seed`]: a new database. [`date`], [`id`], [`failure`]: the common forms.
//!
//! What clients and public documents show is imitated; where the platform's behaviour is unknown, a choice was made,
//! and the comment at the place says so.

mod caller;
mod clients;
pub mod command;
mod date;
mod failure;
mod graphql;
mod id;
mod intelligence;
mod load;
mod own;
mod reputation;
mod role;
mod routes;
mod seed;
mod settings;
mod token;

use std::sync::Arc;

use axum::Router;
use rusqlite::Connection;
use serde::Serialize;

use crate::Error;
use crate::clock::Clock;
use crate::database::Database;
use crate::layers::Rate;
use failure::Failure;

pub use role::Role;
pub use settings::{ErrorsStyle, Settings, ThrottleHeader};

/// The name in records and in the request log.
pub const PLATFORM: &str = "taegis";
/// The tenant whose own list holds the embedded data.
pub const TENANT: &str = "4242";
/// Its partner, with a list of its own.
pub const PARTNER_TENANT: &str = "4243";

/// What handlers share.
struct Taegis {
    database: Database,
    settings: Settings,
    clock: Clock,
    rate: Option<Rate>,
}

/// A handle to it.
type App = Arc<Taegis>;

/// A platform ready to be served.
pub struct Platform {
    /// Its routes, from the root.
    pub routes: Router,
    /// How to get in; the address comes later.
    pub access: Access,
}

/// Address and credentials. The first client is an administrator of both tenants.
#[derive(Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Access {
    /// Without a slash at the end.
    pub base_url: String,
    /// For client credentials, with the next one.
    pub client_id: String,
    /// New at every start.
    pub client_secret: String,
    /// The client's own tenant.
    pub tenant_id: String,
    /// One client of each role in the tenant, and an analyst of the partner's.
    pub clients: Vec<Credentials>,
}

/// A client for demos and tests.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Credentials {
    /// Name of the role.
    pub role: &'static str,
    /// Its one tenant.
    pub tenant_id: String,
    /// For client credentials, with the next one.
    pub client_id: String,
    /// New at every start.
    pub client_secret: String,
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
            ("client id", self.client_id.clone()),
            ("client secret", self.client_secret.clone()),
            ("tenant id", self.tenant_id.clone()),
        ];
        for client in &self.clients {
            rows.push((client.role, format!("{}  {}  {}", client.tenant_id, client.client_id, client.client_secret)));
        }
        rows
    }
}

/// Makes sure that the tables are there, and that there is somebody to log in.
pub fn start(database: &Database, settings: Settings, clock: &Clock) -> Result<Platform, Error> {
    prepare(database, clock)?;
    graphql::schema()?;
    let access = database.change(|db| demo_clients(db, clock))?;
    let rate = settings.throttle.map(|limit| Rate::new(limit, clock.clone()));
    let app = Arc::new(Taegis { database: database.clone(), settings, clock: clock.clone(), rate });
    Ok(Platform { routes: routes::routes(app), access })
}

/// Makes the tables of a new database, with the embedded data.
pub fn prepare(database: &Database, clock: &Clock) -> Result<(), Error> {
    database.change(|db| seed::ensure(db, clock.now()))
}

/// The clients that are told at start, all with new secrets: only digests are stored, so those of the last start cannot
/// be told again.
fn demo_clients(db: &Connection, clock: &Clock) -> Result<Access, Error> {
    let now = clock.now();
    let (administrator, client_secret) = demo_client(db, "Sandbox demo", TENANT, Role::Administrator, now)?;
    clients::grant(db, &administrator, PARTNER_TENANT, Role::Administrator)?;
    let mut clients = Vec::new();
    for (role, tenant) in Role::ALL.map(|role| (role, TENANT)).into_iter().chain([(Role::Analyst, PARTNER_TENANT)]) {
        let name = format!("Sandbox {}", role.name());
        let (client, client_secret) = demo_client(db, &name, tenant, role, now)?;
        let (client_id, tenant_id) = (client.client_id, tenant.to_owned());
        clients.push(Credentials { role: role.name(), tenant_id, client_id, client_secret });
    }
    Ok(Access {
        base_url: String::new(),
        client_id: administrator.client_id,
        client_secret,
        tenant_id: TENANT.to_owned(),
        clients,
    })
}

fn demo_client(
    db: &Connection,
    name: &str,
    tenant: &str,
    role: Role,
    now: i64,
) -> Result<(clients::Client, String), Error> {
    if let Some(client) = clients::by_name(db, tenant, name)? {
        let secret = clients::rotate(db, &client, None, &client.client_id, now)?;
        return Ok((client, secret));
    }
    let new = clients::New { tenant, owner_tenant: tenant, name, by: "sandbox" };
    let (client, secret) = clients::create(db, &new, now)?;
    clients::grant(db, &client, tenant, role)?;
    Ok((client, secret))
}

impl Taegis {
    /// Counts a call; one that is too many ends here.
    fn throttle(&self) -> Result<(), Failure> {
        match &self.rate {
            Some(rate) if !rate.admits() => Err(Failure::Throttled(self.settings.throttle_header)),
            _ => Ok(()),
        }
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

/// Does something slow, away from the threads that serve.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T, Failure> + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Failure::Internal(error.to_string()))?
}
