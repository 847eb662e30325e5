//! Registered OAuth clients: public ones (the UI, for the password grant) and private ones with a secret.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::App;
use super::answer::Answer;
use super::caller::Group;
use super::sources;
use crate::clock::Seconds;
use crate::{Error, secret};

/// The public client of the user interface; every installation has it.
pub(super) const UI_CLIENT: &str = "ThreatQ UI";

/// Session length of registered clients, unless told otherwise.
pub(super) const SESSION_MINUTES: i64 = 1_440;

/// Whether a client has a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientType {
    /// Has a secret, logs in by itself.
    Private,
    /// Has none; users log in through it.
    Public,
}

impl ClientType {
    /// The name on the command line and in its output.
    pub fn name(self) -> &'static str {
        match self {
            ClientType::Private => "private",
            ClientType::Public => "public",
        }
    }
}

/// A registered client, without its secret.
#[derive(Clone, Debug)]
pub(super) struct Client {
    /// Row of the client; not the `client_id`.
    pub(super) id: i64,
    /// Chosen by whoever registered it.
    pub(super) name: String,
    /// Private or public.
    pub(super) kind: ClientType,
    /// 32 characters.
    pub(super) client_id: String,
    /// What it may do.
    pub(super) group: String,
    /// Life of its access tokens.
    pub(super) session_minutes: i64,
    /// When it was registered.
    pub(super) created_at: Seconds,
    /// When its secret was made.
    pub(super) updated_at: Seconds,
    secret_digest: Option<String>,
}

impl Client {
    /// Whether this is its secret. A public client has none, and none fits.
    pub(super) fn fits(&self, candidate: &str) -> bool {
        self.secret_digest.as_deref() == Some(secret::digest(candidate).as_str())
    }
}

const COLUMNS: &str = "id, name, type, client_id, user_group, session_minutes, created_at, updated_at, secret_digest";

fn client(row: &Row<'_>) -> rusqlite::Result<Client> {
    let kind: String = row.get(2)?;
    Ok(Client {
        id: row.get(0)?,
        name: row.get(1)?,
        kind: if kind == "public" { ClientType::Public } else { ClientType::Private },
        client_id: row.get(3)?,
        group: row.get(4)?,
        session_minutes: row.get(5)?,
        created_at: row.get(6)?,
        updated_at: row.get(7)?,
        secret_digest: row.get(8)?,
    })
}

/// The client of that `client_id`.
pub(super) fn by_client_id(db: &Connection, client_id: &str) -> rusqlite::Result<Option<Client>> {
    db.query_row(&format!("SELECT {COLUMNS} FROM tq_client WHERE client_id = ?"), [client_id], client).optional()
}

/// The client of that name.
pub(super) fn by_name(db: &Connection, name: &str) -> rusqlite::Result<Option<Client>> {
    db.query_row(&format!("SELECT {COLUMNS} FROM tq_client WHERE name = ?"), [name], client).optional()
}

/// The clients of a group, oldest first.
pub(super) fn of_group(db: &Connection, group: Group) -> rusqlite::Result<Vec<Client>> {
    db.prepare(&format!("SELECT {COLUMNS} FROM tq_client WHERE user_group = ? ORDER BY id"))?
        .query_map([group.name()], client)?
        .collect()
}

/// Registers a client; the secret of a private one is told here and never again.
pub fn register(
    db: &Connection,
    name: &str,
    kind: ClientType,
    group: Group,
    now: Seconds,
) -> Result<Option<String>, Error> {
    let source = sources::ensure(db, name, "clients", now)?;
    let secret = match kind {
        ClientType::Private => Some(new_secret()?),
        ClientType::Public => None,
    };
    db.execute(
        "INSERT INTO tq_client (name, type, client_id, secret_digest, user_group, session_minutes,
                                hide_reference_lists, source_id, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?8)",
        params![
            name,
            kind.name(),
            STANDARD.encode(secret::random_hex(24)?).to_ascii_lowercase(),
            secret.as_deref().map(secret::digest),
            group.name(),
            SESSION_MINUTES,
            source,
            now
        ],
    )?;
    Ok(secret)
}

/// Gives a client a new secret. The old one is refused at once; tokens that were issued live on.
pub(super) fn renew_secret(db: &Connection, name: &str, now: Seconds) -> Result<String, Error> {
    let secret = new_secret()?;
    db.execute(
        "UPDATE tq_client SET secret_digest = ?2, updated_at = ?3 WHERE name = ?1",
        params![name, secret::digest(&secret), now],
    )?;
    Ok(secret)
}

fn new_secret() -> Result<String, Error> {
    Ok(STANDARD.encode(secret::random_hex(48)?))
}

/// `GET /assets/js/config.js`: readable without a login; where people find the UI client's id.
pub(super) async fn config_js(State(app): State<App>) -> Answer<Response> {
    let client = app.read(|db| Ok(by_name(db, UI_CLIENT)?)).await?;
    let id = client.map(|client| client.client_id).unwrap_or_default();
    let script = format!("window.tqConfig = {{\n  apiBase: \"/api\",\n  clientId: \"{id}\"\n}};\n");
    Ok(([(header::CONTENT_TYPE, "text/javascript")], script).into_response())
}
