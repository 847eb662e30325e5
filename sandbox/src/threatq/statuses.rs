//! Indicator statuses: five that every installation has, others from id 6.

use axum::extract::{Path, State};
use axum::response::Response;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};

use super::answer::{self, Answer};
use super::caller::{Configures, Reads};
use super::failure::Failure;
use super::reference;
use super::request::{Body, Pairs, id_in_path};
use super::{App, date};
use crate::clock::Seconds;

/// Name and description, ids from 1. The last is an example of one that an installation added.
const INSTALLED: [(&str, &str); 6] = [
    ("Active", "A threat today; exported to other tools."),
    ("Expired", "Was a threat once."),
    ("Indirect", "Belongs to something that is a threat."),
    ("Review", "Somebody has to look at it."),
    ("Whitelisted", "Known to be harmless; never exported."),
    ("False Positive", "Looked like a threat and is none."),
];
/// So many of them cannot be changed.
const PROTECTED: usize = 5;

/// Fills the table of a new database.
pub(super) fn install(db: &Connection, now: Seconds) -> rusqlite::Result<()> {
    let mut insert = db.prepare("INSERT INTO tq_status VALUES (?1, ?2, ?3, ?4, ?5, ?5)")?;
    for (index, (name, description)) in INSTALLED.iter().enumerate() {
        let protected = if index < PROTECTED { "Y" } else { "N" };
        insert.execute(params![index + 1, name, description, protected, now])?;
    }
    Ok(())
}

/// The id of a status, by its name in any case.
pub(super) fn id(db: &Connection, name: &str) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT id FROM tq_status WHERE name = ?")?.query_row([name], |row| row.get(0)).optional()
}

const COLUMNS: &str = "id, name, description, protected, created_at, updated_at";

fn record(row: &Row<'_>) -> rusqlite::Result<Value> {
    let protected: String = row.get(3)?;
    Ok(json!({
        "id": row.get::<_, i64>(0)?,
        "name": row.get::<_, String>(1)?,
        "description": row.get::<_, String>(2)?,
        "user_editable": if protected == "Y" { "N" } else { "Y" },
        "visible": "Y",
        "include_in_export": "Y",
        "protected": protected,
        "created_at": date::text(row.get(4)?),
        "updated_at": date::text(row.get(5)?),
    }))
}

/// `GET /api/indicator/statuses`
pub(super) async fn list(State(app): State<App>, Reads(caller): Reads, query: Pairs) -> Answer<Response> {
    if caller.hide_reference_lists {
        return Ok(answer::nothing());
    }
    app.read(move |db| reference::list(db, "tq_status", COLUMNS, &query, record)).await
}

/// `GET /api/indicator/statuses/{id}`
pub(super) async fn one(State(app): State<App>, _: Reads, Path(id): Path<String>) -> Answer<Response> {
    let id = id_in_path(&id)?;
    app.read(move |db| reference::one(db, "tq_status", COLUMNS, id, record)).await
}

/// `POST /api/indicator/statuses` `{"name","description"}`
pub(super) async fn create(State(app): State<App>, _: Configures, Body(body): Body) -> Answer<Response> {
    let now = app.clock.now();
    app.change(move |db| {
        let name = reference::name(&body)?;
        if id(db, name)?.is_some() {
            return Err(Failure::member("name", "There is such a status already."));
        }
        let description = body.get("description").and_then(Value::as_str).unwrap_or_default();
        db.execute(
            "INSERT INTO tq_status (name, description, protected, created_at, updated_at)
             VALUES (?1, ?2, 'N', ?3, ?3)",
            params![name, description, now],
        )?;
        let id = db.last_insert_rowid();
        reference::one(db, "tq_status", COLUMNS, id, record).map(answer::created)
    })
    .await
}
