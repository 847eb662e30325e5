//! Sets of reference data: `/api/reference_data_collections/sets`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};

use super::EntryType;
use crate::clock::Seconds;
use crate::qradar::App;
use crate::qradar::failure::Failure;
use crate::qradar::list::field::{Field, flag, number, text};
use crate::qradar::list::{Part, Resource, Wanted};
use crate::qradar::request::{Body, Query, id_in_path};

/// A filter that does not fit.
const BAD_FILTER: i64 = 14_001;
/// No such set.
const MISSING: i64 = 1_002;
/// A set of that name is there.
const EXISTS: i64 = 10_006;
/// A body that does not describe a set.
const BAD_BODY: i64 = 14_002;

/// A set, as far as others need it.
#[derive(Clone, Debug)]
pub(in crate::qradar) struct Set {
    pub(in crate::qradar) id: i64,
    pub(in crate::qradar) name: String,
    pub(in crate::qradar) entry_type: EntryType,
}

/// A set to be made.
#[derive(Clone, Debug)]
pub(in crate::qradar) struct NewSet {
    pub(in crate::qradar) name: String,
    pub(in crate::qradar) entry_type: EntryType,
    pub(in crate::qradar) expiry_type: String,
    pub(in crate::qradar) time_to_live: i64,
    pub(in crate::qradar) description: String,
}

impl NewSet {
    /// One whose entries stay.
    pub(in crate::qradar) fn named(name: &str, entry_type: EntryType) -> NewSet {
        NewSet {
            name: name.to_owned(),
            entry_type,
            expiry_type: "NO_EXPIRY".to_owned(),
            time_to_live: 0,
            description: String::new(),
        }
    }
}

const FIELDS: &[Field] = &[
    number("id"),
    text("name"),
    text("entry_type"),
    text("expiry_type"),
    number("time_to_live"),
    number("number_of_entries"),
    text("namespace"),
    number("tenant_id"),
    number("creation_time"),
    text("description"),
    flag("delete_entries"),
    text("expired_log_option"),
    text("global_id"),
];

/// A set as a row with the columns of its fields.
pub(super) const ROWS: &str = "\
    SELECT s.id, s.name, s.entry_type, s.expiry_type, s.time_to_live,
      (SELECT count(*) FROM qr_entry e WHERE e.collection_id = s.id) AS number_of_entries, s.namespace,
      NULL AS tenant_id, s.creation_time, s.description, 1 AS delete_entries, 'LOG_NONE' AS expired_log_option,
      printf('00000000-0000-4000-a000-%012d', s.id) AS global_id FROM qr_set s";

fn resource() -> Resource {
    Resource {
        rows: format!(
            "SELECT *, json_object('id', id, 'name', name, 'entry_type', entry_type, 'expiry_type', expiry_type,
               'time_to_live', time_to_live, 'number_of_entries', number_of_entries, 'namespace', namespace,
               'tenant_id', tenant_id, 'creation_time', creation_time, 'description', description,
               'delete_entries', json('true'), 'expired_log_option', expired_log_option, 'global_id', global_id)
               AS object FROM ({ROWS})"
        ),
        parameters: Vec::new(),
        fields: FIELDS,
        bad_filter: BAD_FILTER,
        order: "id",
        sortable: true,
    }
}

/// Makes a set. Its name must be free.
pub(in crate::qradar) fn insert(db: &Connection, set: &NewSet, now: Seconds) -> rusqlite::Result<Set> {
    db.execute(
        "INSERT INTO qr_set (name, entry_type, expiry_type, time_to_live, namespace, description, creation_time)
         VALUES (?, ?, ?, ?, 'SHARED', ?, ?)",
        params![
            set.name,
            set.entry_type.name(),
            set.expiry_type,
            set.time_to_live,
            set.description,
            now.saturating_mul(1_000)
        ],
    )?;
    Ok(Set { id: db.last_insert_rowid(), name: set.name.clone(), entry_type: set.entry_type })
}

/// The set of that name.
pub(in crate::qradar) fn by_name(db: &Connection, name: &str) -> rusqlite::Result<Option<Set>> {
    one(db, "SELECT id, name, entry_type FROM qr_set WHERE name = ?", name)
}

/// The set of that id.
pub(super) fn by_id(db: &Connection, id: i64) -> rusqlite::Result<Option<Set>> {
    one(db, "SELECT id, name, entry_type FROM qr_set WHERE id = ?", id)
}

fn one(db: &Connection, sql: &str, key: impl rusqlite::ToSql) -> rusqlite::Result<Option<Set>> {
    db.prepare_cached(sql)?
        .query_row([key], |row| {
            let entry_type: String = row.get(2)?;
            let entry_type = EntryType::from_name(&entry_type).unwrap_or(EntryType::Aln);
            Ok(Set { id: row.get(0)?, name: row.get(1)?, entry_type })
        })
        .optional()
}

/// Takes a set away with its entries.
pub(super) fn delete(db: &Connection, id: i64) -> rusqlite::Result<()> {
    db.execute("DELETE FROM qr_entry WHERE collection_id = ?", [id])?;
    db.execute("DELETE FROM qr_set WHERE id = ?", [id])?;
    Ok(())
}

/// That there is no such set.
pub(super) fn missing(what: &str) -> Failure {
    Failure::missing(MISSING, what, "The reference set does not exist.")
}

/// `GET …/sets`
pub(in crate::qradar) async fn list(State(app): State<App>, wanted: Wanted) -> Result<Part, Failure> {
    app.read(move |db| resource().list(db, &wanted)).await
}

/// `POST …/sets`
pub(in crate::qradar) async fn create(State(app): State<App>, Body(body): Body) -> Result<Response, Failure> {
    let set = new_set(&body)?;
    let now = app.clock.now();
    let made = app
        .change(move |db| {
            if by_name(db, &set.name)?.is_some() {
                return Err(taken(&set.name));
            }
            let set = insert(db, &set, now)?;
            object(db, set.id)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

/// That the name is taken.
pub(super) fn taken(name: &str) -> Failure {
    Failure::conflict(EXISTS, format!("The reference set {name} already exists"))
}

fn new_set(body: &Value) -> Result<NewSet, Failure> {
    let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let wrong = |name: &str| Failure::invalid(BAD_BODY, format!("\"{name}\" is missing or not valid"));
    let entry_type = text("entry_type").and_then(EntryType::from_name).ok_or_else(|| wrong("entry_type"))?;
    let mut set = NewSet::named(text("name").ok_or_else(|| wrong("name"))?, entry_type);
    if let Some(expiry_type) = text("expiry_type") {
        if !["FIRST_SEEN", "LAST_SEEN", "NO_EXPIRY"].contains(&expiry_type) {
            return Err(wrong("expiry_type"));
        }
        expiry_type.clone_into(&mut set.expiry_type);
    }
    set.time_to_live = body.get("time_to_live").and_then(Value::as_i64).unwrap_or(0);
    text("description").unwrap_or_default().clone_into(&mut set.description);
    Ok(set)
}

/// A set as the API gives it.
fn object(db: &Connection, id: i64) -> Result<Value, Failure> {
    let rows = resource().rows;
    let found: Option<String> =
        db.query_row(&format!("SELECT object FROM ({rows}) WHERE id = ?"), [id], |row| row.get(0)).optional()?;
    let found = found.ok_or_else(|| missing(&id.to_string()))?;
    Ok(serde_json::from_str(&found).unwrap_or_default())
}

/// `GET …/sets/{id}`
pub(in crate::qradar) async fn one_by_id(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query,
) -> Result<Json<Value>, Failure> {
    let id = id_in_path(&id, MISSING)?;
    let found = app.read(move |db| object(db, id)).await?;
    resource().chosen(found, query.get("fields")).map(Json)
}

/// `POST …/sets/{id}`: changes what may change.
pub(in crate::qradar) async fn update(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Json<Value>, Failure> {
    let id = id_in_path(&id, MISSING)?;
    app.change(move |db| {
        by_id(db, id)?.ok_or_else(|| missing(&id.to_string()))?;
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        db.execute(
            "UPDATE qr_set SET name = coalesce(?2, name), description = coalesce(?3, description),
               expiry_type = coalesce(?4, expiry_type), time_to_live = coalesce(?5, time_to_live) WHERE id = ?1",
            params![
                id,
                text("name"),
                text("description"),
                text("expiry_type"),
                body.get("time_to_live").and_then(Value::as_i64)
            ],
        )?;
        object(db, id)
    })
    .await
    .map(Json)
}

/// `DELETE …/sets/{id}`: a task, that is done by the time of its answer.
pub(in crate::qradar) async fn remove(State(app): State<App>, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = id_in_path(&id, MISSING)?;
    let now = app.clock.now().saturating_mul(1_000);
    app.change(move |db| {
        by_id(db, id)?.ok_or_else(|| missing(&id.to_string()))?;
        Ok(delete(db, id)?)
    })
    .await?;
    let task = json!({
        "id": id, "name": "Delete a reference set", "status": "COMPLETED", "created": now, "created_by": "sandbox",
        "started": now, "modified": now, "completed": now, "error_code": null, "error_message": null,
    });
    Ok((StatusCode::ACCEPTED, Json(task)).into_response())
}
