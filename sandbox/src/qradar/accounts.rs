//! Who may call: authorized services with their tokens, OAuth clients with theirs, and users.
//!
//! Only digests and hashes are stored; a token or secret is told once, when it is made.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::{Connection, OptionalExtension, params};

use super::capability::Capabilities;
use crate::Error;
use crate::clock::Seconds;
use crate::secret::{self, digest, random_bytes, random_hex};

/// Life of a service token, unless told otherwise.
pub(super) const SERVICE_DAYS: i64 = 30;
/// Life of a bearer token. Nothing tells clients.
pub(super) const BEARER_SECONDS: Seconds = 3_600;
const DAY: Seconds = 24 * 3_600;

/// An authorized service to be made.
#[derive(Clone, Debug)]
pub(super) struct NewService {
    pub(super) label: String,
    pub(super) capabilities: Capabilities,
    pub(super) expires_at: Seconds,
    /// Made in the console's user interface, a token works after the next deployment only.
    pub(super) deployed: bool,
}

impl NewService {
    /// One that works at once and as long as usual.
    pub(super) fn new(label: &str, capabilities: Capabilities, now: Seconds) -> NewService {
        NewService { label: label.to_owned(), capabilities, expires_at: now + SERVICE_DAYS * DAY, deployed: true }
    }
}

/// Makes an authorized service: its id and its token, which is a UUID.
pub(super) fn add_service(db: &Connection, service: &NewService, now: Seconds) -> Result<(i64, String), Error> {
    let token = uuid()?;
    db.execute(
        "INSERT INTO qr_service_token (label, digest, capabilities, created_at, expires_at, deployed)
         VALUES (?, ?, ?, ?, ?, ?)",
        params![
            service.label,
            digest(&token),
            service.capabilities.joined(","),
            now,
            service.expires_at,
            service.deployed
        ],
    )?;
    Ok((db.last_insert_rowid(), token))
}

/// Makes every token work that waits for a deployment; how many did.
pub(super) fn deploy(db: &Connection) -> rusqlite::Result<usize> {
    db.execute("UPDATE qr_service_token SET deployed = 1 WHERE NOT deployed", [])
}

/// Takes a service away; whether it was there.
pub(super) fn remove_service(db: &Connection, id: i64) -> rusqlite::Result<bool> {
    Ok(db.execute("DELETE FROM qr_service_token WHERE id = ?", [id])? > 0)
}

/// What a service token allows; nothing while it is unknown, expired, or not deployed yet.
pub(super) fn by_service_token(db: &Connection, token: &str, now: Seconds) -> rusqlite::Result<Option<Capabilities>> {
    db.prepare_cached("SELECT capabilities FROM qr_service_token WHERE digest = ? AND expires_at > ? AND deployed")?
        .query_row(params![digest(token), now], |row| row.get::<_, String>(0))
        .optional()
        .map(|found| found.map(|text| capabilities(&text)))
}

/// An OAuth client as it is told once.
pub(super) struct NewClient {
    pub(super) client_id: String,
    pub(super) client_secret: String,
}

/// Makes an OAuth client, or gives the one of that name a new secret and these capabilities.
pub(super) fn put_client(db: &Connection, name: &str, capabilities: &Capabilities) -> Result<NewClient, Error> {
    let known: Option<String> =
        db.query_row("SELECT client_id FROM qr_oauth_client WHERE name = ?", [name], |row| row.get(0)).optional()?;
    let client_id = match known {
        Some(client_id) => client_id,
        None => {
            let next: i64 =
                db.query_row("SELECT 1051 + coalesce(max(id), 0) FROM qr_oauth_client", [], |row| row.get(0))?;
            format!("QRadar_App_{next}")
        }
    };
    // 64 random bytes are 86 characters.
    let client_secret = URL_SAFE_NO_PAD.encode(random_bytes(64)?);
    db.execute(
        "INSERT INTO qr_oauth_client (name, client_id, secret_digest, capabilities) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (name) DO UPDATE SET secret_digest = ?3, capabilities = ?4",
        params![name, client_id, digest(&client_secret), capabilities.joined(",")],
    )?;
    Ok(NewClient { client_id, client_secret })
}

/// A bearer token as it is told once.
pub(super) struct Bearer {
    pub(super) token: String,
    pub(super) capabilities: Capabilities,
}

/// Issues a token to a client; nothing if its id or secret is wrong.
pub(super) fn issue_bearer(
    db: &Connection,
    client_id: &str,
    client_secret: &str,
    life: Seconds,
    now: Seconds,
) -> Result<Option<Bearer>, Error> {
    let found: Option<(i64, String)> = db
        .query_row(
            "SELECT id, capabilities FROM qr_oauth_client WHERE client_id = ? AND secret_digest = ?",
            params![client_id, digest(client_secret)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((client, text)) = found else { return Ok(None) };
    let token = URL_SAFE_NO_PAD.encode(random_bytes(36)?);
    db.execute("DELETE FROM qr_bearer WHERE expires_at <= ?", [now])?;
    db.execute("INSERT INTO qr_bearer VALUES (?, ?, ?)", params![digest(&token), client, now.saturating_add(life)])?;
    Ok(Some(Bearer { token, capabilities: capabilities(&text) }))
}

/// What a bearer token allows.
pub(super) fn by_bearer(db: &Connection, token: &str, now: Seconds) -> rusqlite::Result<Option<Capabilities>> {
    db.prepare_cached(
        "SELECT c.capabilities FROM qr_bearer b JOIN qr_oauth_client c ON c.id = b.client
         WHERE b.digest = ? AND b.expires_at > ?",
    )?
    .query_row(params![digest(token), now], |row| row.get::<_, String>(0))
    .optional()
    .map(|found| found.map(|text| capabilities(&text)))
}

/// Makes a user, or gives one another password. The password is one that was made, not chosen.
pub(super) fn put_user(db: &Connection, name: &str, password: &str, capabilities: &Capabilities) -> Result<(), Error> {
    db.execute(
        "INSERT OR REPLACE INTO qr_user VALUES (?, ?, ?)",
        params![name, secret::hash_made_password(password)?, capabilities.joined(",")],
    )?;
    Ok(())
}

/// What a user may do who knows the password.
pub(super) fn by_password(db: &Connection, name: &str, password: &str) -> rusqlite::Result<Option<Capabilities>> {
    let found: Option<(String, String)> = db
        .query_row("SELECT password_hash, capabilities FROM qr_user WHERE name = ?", [name], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    Ok(found.filter(|(hash, _)| secret::verify_password(password, hash)).map(|(_, text)| capabilities(&text)))
}

/// As they were stored: only what can be read is.
fn capabilities(text: &str) -> Capabilities {
    Capabilities::parse(text).unwrap_or_default()
}

/// A random UUID, in the usual form.
pub(super) fn uuid() -> Result<String, Error> {
    let digits = random_hex(32)?;
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    Ok(format!("{}-{}-4{}-a{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32)))
}
