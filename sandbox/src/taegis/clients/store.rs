//! Client credentials in the database. Of a secret only its digest is kept; the secret itself is told once.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};

use crate::Error;
use crate::clock::Seconds;
use crate::secret::digest;
use crate::taegis::role::Role;
use crate::taegis::{date, id};

/// A client, without its secret.
#[derive(Clone, Debug)]
pub(in crate::taegis) struct Client {
    row: i64,
    /// A UUID; not the `client_id`.
    pub(in crate::taegis) id: String,
    /// Half of its credentials.
    pub(in crate::taegis) client_id: String,
    pub(in crate::taegis) tenant: String,
    owner_tenant: String,
    pub(in crate::taegis) name: String,
    created_at: String,
    updated_at: String,
    created_by: String,
    updated_by: String,
    token_request_time: Option<String>,
    pub(in crate::taegis) token_request_count: i64,
    pub(in crate::taegis) assignments: Vec<Assignment>,
}

/// A role in a tenant.
#[derive(Clone, Debug)]
pub(in crate::taegis) struct Assignment {
    id: String,
    tenant: String,
    pub(in crate::taegis) role: Role,
}

const COLUMNS: &str = "row, id, client_id, tenant, owner_tenant, name, created_at, updated_at, created_by, updated_by,
                       token_request_time, token_request_count";

fn client(row: &Row<'_>) -> rusqlite::Result<Client> {
    Ok(Client {
        row: row.get(0)?,
        id: row.get(1)?,
        client_id: row.get(2)?,
        tenant: row.get(3)?,
        owner_tenant: row.get(4)?,
        name: row.get(5)?,
        created_at: row.get(6)?,
        updated_at: row.get(7)?,
        created_by: row.get(8)?,
        updated_by: row.get(9)?,
        token_request_time: row.get(10)?,
        token_request_count: row.get(11)?,
        assignments: Vec::new(),
    })
}

/// Clients that are not deleted and fulfil a condition, in the order of their making, with their roles.
fn select(db: &Connection, condition: &str, parameters: &[Sql]) -> rusqlite::Result<Vec<Client>> {
    let text = format!("SELECT {COLUMNS} FROM tg_client WHERE deleted_at IS NULL AND {condition} ORDER BY row");
    let mut statement = db.prepare_cached(&text)?;
    let found = statement.query_map(rusqlite::params_from_iter(parameters), client)?;
    found.map(|client| with_assignments(db, client?)).collect()
}

fn with_assignments(db: &Connection, client: Client) -> rusqlite::Result<Client> {
    let mut statement =
        db.prepare_cached("SELECT id, tenant, role FROM tg_role_assignment WHERE client = ? ORDER BY rowid")?;
    let found = statement.query_map([client.row], |row| {
        let role: String = row.get(2)?;
        Ok((row.get(0)?, row.get(1)?, Role::from_id(&role)))
    })?;
    let mut assignments = Vec::new();
    for assignment in found {
        if let (id, tenant, Some(role)) = assignment? {
            assignments.push(Assignment { id, tenant, role });
        }
    }
    Ok(Client { assignments, ..client })
}

/// The clients of these tenants.
pub(in crate::taegis) fn of_tenants(db: &Connection, tenants: &[String]) -> rusqlite::Result<Vec<Client>> {
    let tenants = Value::from(tenants.to_vec()).to_string();
    select(db, "tenant IN (SELECT value FROM json_each(?))", &[tenants.into()])
}

/// The client of that id, which may also be its `client_id`.
pub(in crate::taegis) fn by_text(db: &Connection, text: &str) -> rusqlite::Result<Option<Client>> {
    Ok(select(db, "(id = ?1 OR client_id = ?1)", &[text.to_owned().into()])?.pop())
}

/// The client of that name; names are unique in a tenant.
pub(in crate::taegis) fn by_name(db: &Connection, tenant: &str, name: &str) -> rusqlite::Result<Option<Client>> {
    let parameters = [tenant.to_owned().into(), name.to_owned().into()];
    Ok(select(db, "tenant = ? AND name = ?", &parameters)?.pop())
}

/// What a new client is to be.
pub(in crate::taegis) struct New<'a> {
    pub(in crate::taegis) tenant: &'a str,
    pub(in crate::taegis) owner_tenant: &'a str,
    pub(in crate::taegis) name: &'a str,
    /// `client_id` of who makes it.
    pub(in crate::taegis) by: &'a str,
}

/// Makes a client without a role; the client and its secret. The name must be free.
pub(in crate::taegis) fn create(db: &Connection, new: &New<'_>, now: Seconds) -> Result<(Client, String), Error> {
    let (client_id, secret) = (made_text(24)?, made_text(48)?);
    db.execute(
        "INSERT INTO tg_client (id, client_id, tenant, owner_tenant, name, secret_digest,
                                created_at, updated_at, created_by, updated_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?8)",
        params![
            id::random()?,
            client_id,
            new.tenant,
            new.owner_tenant,
            new.name,
            digest(&secret),
            date::text(now),
            new.by
        ],
    )?;
    let made = by_text(db, &client_id)?.ok_or_else(|| Error::System("the new client is gone".to_owned()))?;
    Ok((made, secret))
}

/// Letters, digits, `-` and `_` from so many random bytes: no colon, so Basic can carry it.
fn made_text(bytes: usize) -> Result<String, Error> {
    let mut random = vec![0; bytes];
    getrandom::fill(&mut random).map_err(|error| Error::System(format!("no randomness from the system: {error}")))?;
    Ok(URL_SAFE_NO_PAD.encode(random))
}

/// Gives the client this secret, or a new one; the secret. The old one is refused from now on.
pub(in crate::taegis) fn rotate(
    db: &Connection,
    client: &Client,
    wanted: Option<String>,
    by: &str,
    now: Seconds,
) -> Result<String, Error> {
    let secret = wanted.map_or_else(|| made_text(48), Ok)?;
    db.execute(
        "UPDATE tg_client SET secret_digest = ?, updated_at = ?, updated_by = ? WHERE row = ?",
        params![digest(&secret), date::text(now), by, client.row],
    )?;
    Ok(secret)
}

/// Takes the client away. Its row stays for the tokens it has.
pub(super) fn delete(db: &Connection, client: &Client, now: Seconds) -> rusqlite::Result<()> {
    db.execute("UPDATE tg_client SET deleted_at = ? WHERE row = ?", params![date::text(now), client.row])?;
    Ok(())
}

/// Gives the client a role in a tenant; one that it has stays one.
pub(in crate::taegis) fn grant(db: &Connection, client: &Client, tenant: &str, role: Role) -> Result<(), Error> {
    db.execute(
        "INSERT OR IGNORE INTO tg_role_assignment (id, client, tenant, role) VALUES (?, ?, ?, ?)",
        params![id::random()?, client.row, tenant, role.id()],
    )?;
    Ok(())
}

/// Takes a role in a tenant away.
pub(super) fn withdraw(db: &Connection, client: &Client, tenant: &str, role: Role) -> rusqlite::Result<()> {
    db.execute(
        "DELETE FROM tg_role_assignment WHERE client = ? AND tenant = ? AND role = ?",
        params![client.row, tenant, role.id()],
    )?;
    Ok(())
}

/// What a token says of its client.
pub(in crate::taegis) struct LoggedIn {
    pub(in crate::taegis) client_id: String,
    /// Its own tenant first.
    pub(in crate::taegis) tenants: Vec<String>,
}

/// The client with these credentials, counted as one token request.
pub(in crate::taegis) fn log_in(
    db: &Connection,
    client_id: &str,
    secret: &str,
    now: Seconds,
) -> rusqlite::Result<Option<LoggedIn>> {
    let parameters = [client_id.to_owned().into(), digest(secret).into()];
    let Some(client) = select(db, "client_id = ? AND secret_digest = ?", &parameters)?.pop() else {
        return Ok(None);
    };
    db.execute(
        "UPDATE tg_client SET token_request_time = ?, token_request_count = token_request_count + 1 WHERE row = ?",
        params![date::text(now), client.row],
    )?;
    let mut tenants = vec![client.tenant];
    for assignment in client.assignments {
        if !tenants.contains(&assignment.tenant) {
            tenants.push(assignment.tenant);
        }
    }
    Ok(Some(LoggedIn { client_id: client.client_id, tenants }))
}

/// The most powerful role of a client in a tenant, also of one that was deleted: its tokens live on.
pub(in crate::taegis) fn role_in(db: &Connection, client_id: &str, tenant: &str) -> rusqlite::Result<Option<Role>> {
    let row: Option<i64> =
        db.query_row("SELECT row FROM tg_client WHERE client_id = ?", [client_id], |row| row.get(0)).optional()?;
    let mut statement = db.prepare_cached("SELECT role FROM tg_role_assignment WHERE client = ? AND tenant = ?")?;
    let ids = statement.query_map(params![row, tenant], |row| row.get::<_, String>(0))?;
    let roles: Vec<Option<Role>> = ids.map(|id| Ok(Role::from_id(&id?))).collect::<rusqlite::Result<_>>()?;
    Ok(roles.into_iter().flatten().max())
}

impl Client {
    /// The most powerful of its roles.
    pub(in crate::taegis) fn rank(&self) -> Option<Role> {
        self.assignments.iter().map(|assignment| assignment.role).max()
    }

    /// When it last asked for a token.
    pub(super) fn last_token(&self) -> Option<&str> {
        self.token_request_time.as_deref()
    }

    /// As GraphQL has it: every member in the present and in the older spelling.
    pub(in crate::taegis) fn json(&self) -> Value {
        let assignments: Vec<Value> = self.assignments.iter().map(Assignment::json).collect();
        let roles: Vec<String> = self.assignments.iter().map(|assignment| small(assignment.role.title())).collect();
        json!({
            "id": self.id, "name": self.name, "roles": roles.join(","), "environment": "sandbox", "enabled": true,
            "clientID": self.client_id, "client_id": self.client_id,
            "tenantID": self.tenant, "tenant_id": self.tenant,
            "ownerTenantID": self.owner_tenant, "owner_tenant_id": self.owner_tenant,
            "createdAt": self.created_at, "created_at": self.created_at,
            "updatedAt": self.updated_at, "updated_at": self.updated_at,
            "createdBy": self.created_by, "created_by": self.created_by,
            "updatedBy": self.updated_by, "updated_by": self.updated_by,
            "tokenRequestTime": self.token_request_time, "token_request_time": self.token_request_time,
            "tokenRequestCount": self.token_request_count, "token_request_count": self.token_request_count,
            "roleAssignments": assignments, "role_assignments": assignments,
        })
    }
}

impl Assignment {
    fn json(&self) -> Value {
        let (id, title) = (self.role.id(), self.role.title());
        json!({
            "id": self.id, "tenantID": self.tenant, "tenant_id": self.tenant, "roleID": id, "role_id": id,
            "roleName": title, "role_name": title, "expiresAt": null, "expires_at": null,
        })
    }
}

/// `tenantAnalyst` of `TenantAnalyst`.
fn small(title: &str) -> String {
    let mut characters = title.chars();
    characters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(characters).collect()
}
