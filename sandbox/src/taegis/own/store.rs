//! Own indicators in the database. A deleted one stays, with the time of its deletion.

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, Row, params, params_from_iter};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Error;
use crate::clock::Seconds;
use crate::taegis::{date, id};

/// What GraphQL calls `ObjectType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::taegis) enum ObjectType {
    Domain,
    Hash,
    Ip,
    Url,
}

impl ObjectType {
    pub(in crate::taegis) fn name(self) -> &'static str {
        match self {
            ObjectType::Domain => "domain",
            ObjectType::Hash => "hash",
            ObjectType::Ip => "ip",
            ObjectType::Url => "url",
        }
    }
}

/// What GraphQL calls `Severity`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(in crate::taegis) enum Severity {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    pub(in crate::taegis) fn name(self) -> &'static str {
        match self {
            Severity::Info => "INFO",
            Severity::Low => "LOW",
            Severity::Medium => "MEDIUM",
            Severity::High => "HIGH",
            Severity::Critical => "CRITICAL",
        }
    }
}

/// What a new indicator is to be.
pub(in crate::taegis) struct New<'a> {
    pub(in crate::taegis) tenant: &'a str,
    pub(in crate::taegis) value: &'a str,
    pub(in crate::taegis) object_type: ObjectType,
    pub(in crate::taegis) object_subtype: Option<&'a str>,
    pub(in crate::taegis) name: Option<&'a str>,
    pub(in crate::taegis) description: Option<&'a str>,
    pub(in crate::taegis) severity: Option<Severity>,
    pub(in crate::taegis) source_name: Option<&'a str>,
    pub(in crate::taegis) reference_url: Option<&'a str>,
    pub(in crate::taegis) integration_id: Option<i64>,
    pub(in crate::taegis) created_at: Seconds,
    pub(in crate::taegis) updated_at: Seconds,
}

/// Adds an indicator, or changes the one of the same tenant, value and type; a deleted one comes back. Its row.
pub(in crate::taegis) fn put(db: &Connection, new: &New<'_>) -> Result<i64, Error> {
    let row = db
        .prepare_cached(
            "INSERT INTO tg_own (id, tenant, value, object_type, object_subtype, name, description, severity,
                                 source_name, reference_url, integration_id, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
             ON CONFLICT (tenant, value, object_type) DO UPDATE SET
               object_subtype = ?5, name = ?6, description = ?7, severity = ?8, source_name = ?9,
               reference_url = ?10, integration_id = ?11, updated_at = ?13, deleted_at = NULL
             RETURNING row",
        )?
        .query_row(
            params![
                id::random()?,
                new.tenant,
                new.value,
                new.object_type.name(),
                new.object_subtype,
                new.name,
                new.description,
                new.severity.map(Severity::name),
                new.source_name,
                new.reference_url,
                new.integration_id,
                date::text(new.created_at),
                date::text(new.updated_at)
            ],
            |row| row.get(0),
        )?;
    Ok(row)
}

/// Deletes the oldest active indicators of a tenant that are more than this many.
pub(super) fn keep(db: &Connection, tenant: &str, most: u32, now: Seconds) -> rusqlite::Result<()> {
    db.execute(
        "UPDATE tg_own SET deleted_at = ?3 WHERE row IN (
           SELECT row FROM tg_own WHERE tenant = ?1 AND deleted_at IS NULL
           ORDER BY updated_at DESC, row DESC LIMIT -1 OFFSET ?2)",
        params![tenant, most, date::text(now)],
    )?;
    Ok(())
}

/// A condition over `tg_own` and its parameters.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    sql: String,
    parameters: Vec<Sql>,
}

impl Selection {
    /// All indicators of these tenants.
    pub(super) fn of(tenants: &[String]) -> Selection {
        let tenants = Value::from(tenants.to_vec()).to_string();
        Selection { sql: "tenant IN (SELECT value FROM json_each(?))".to_owned(), parameters: vec![tenants.into()] }
    }

    /// The indicators in these rows.
    pub(super) fn of_rows(rows: Vec<i64>) -> Selection {
        let rows = Value::from(rows).to_string();
        Selection { sql: "row IN (SELECT value FROM json_each(?))".to_owned(), parameters: vec![rows.into()] }
    }

    /// Those that fulfil a further condition.
    pub(super) fn and(mut self, sql: &str, parameters: impl IntoIterator<Item = Sql>) -> Selection {
        self.sql.push_str(" AND (");
        self.sql.push_str(sql);
        self.sql.push(')');
        self.parameters.extend(parameters);
        self
    }

    pub(super) fn count(&self, db: &Connection) -> rusqlite::Result<usize> {
        let text = format!("SELECT count(*) FROM tg_own WHERE {}", self.sql);
        db.query_row(&text, params_from_iter(&self.parameters), |row| row.get(0))
    }

    /// All, newest first, as GraphQL has them.
    pub(super) fn all(&self, db: &Connection) -> rusqlite::Result<Vec<Value>> {
        Ok(self.read(db, 0, usize::MAX)?.into_iter().map(|(_, indicator)| indicator).collect())
    }

    /// Newest first: the rows, and the indicators as GraphQL has them.
    pub(super) fn read(&self, db: &Connection, skip: usize, count: usize) -> rusqlite::Result<Vec<(i64, Value)>> {
        // SQLite counts in 64 bits with a sign.
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let skip = i64::try_from(skip).unwrap_or(i64::MAX);
        let text = format!(
            "SELECT row, id, name, description, tenant, value, reference_url, source_name, integration_id, created_at,
                    updated_at, deleted_at, object_type, object_subtype, severity
             FROM tg_own WHERE {} ORDER BY updated_at DESC, row DESC LIMIT {count} OFFSET {skip}",
            self.sql
        );
        db.prepare(&text)?.query_map(params_from_iter(&self.parameters), indicator)?.collect()
    }

    /// Deletes those that are not deleted yet.
    pub(super) fn delete(&self, db: &Connection, now: Seconds) -> rusqlite::Result<()> {
        let text = format!("UPDATE tg_own SET deleted_at = ? WHERE {}", self.sql);
        let at: Sql = date::text(now).into();
        db.execute(&text, params_from_iter(std::iter::once(&at).chain(&self.parameters)))?;
        Ok(())
    }
}

fn indicator(row: &Row<'_>) -> rusqlite::Result<(i64, Value)> {
    let text = |index: usize| row.get::<_, Option<String>>(index);
    let indicator = json!({
        "id": text(1)?, "name": text(2)?, "description": text(3)?, "tenant_id": text(4)?, "value": text(5)?,
        "reference_url": text(6)?, "source_name": text(7)?, "integration_id": row.get::<_, Option<i64>>(8)?,
        "created_at": text(9)?, "updated_at": text(10)?, "deleted_at": text(11)?,
        "object_type": text(12)?, "object_subtype": text(13)?, "severity": text(14)?,
    });
    Ok((row.get(0)?, indicator))
}
