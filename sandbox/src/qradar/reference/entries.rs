//! Entries of sets: `/api/reference_data_collections/set_entries`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

use super::sets::{self, Set};
use super::{EntryType, bulk};
use crate::qradar::App;
use crate::qradar::failure::Failure;
use crate::qradar::list::field::{Field, flag, number, text};
use crate::qradar::list::{Compare, Part, Resource, Wanted};
use crate::qradar::request::{Body, Query, id_in_path};

/// A filter that does not fit.
const BAD_FILTER: i64 = 24_001;
/// An entry type that is none.
const BAD_TYPE: i64 = 24_002;
/// A value that does not fit the type.
const BAD_VALUE: i64 = 24_004;
/// No such entry.
const MISSING: i64 = 22_001;
/// A body without a value, of an unknown set, or of a value that does not fit.
const NO_VALUE: i64 = 20_001;
const NO_SET: i64 = 20_002;
const UNFIT: i64 = 20_003;

/// An entry to be made or renewed.
#[derive(Clone, Debug)]
pub(in crate::qradar) struct NewEntry {
    pub(in crate::qradar) value: String,
    pub(in crate::qradar) source: String,
    pub(in crate::qradar) notes: Option<String>,
    pub(in crate::qradar) domain_id: Option<i64>,
    /// When it is seen, in milliseconds.
    pub(in crate::qradar) seen_ms: i64,
}

impl NewEntry {
    /// One without notes.
    pub(in crate::qradar) fn of(value: &str, source: &str, seen_ms: i64) -> NewEntry {
        NewEntry { value: value.to_owned(), source: source.to_owned(), notes: None, domain_id: None, seen_ms }
    }
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::qradar) struct Put {
    pub(in crate::qradar) id: i64,
    pub(in crate::qradar) is_new: bool,
}

const FIELDS: &[Field] = &[
    number("id"),
    number("collection_id"),
    text("value"),
    text("source"),
    text("notes"),
    number("first_seen"),
    number("last_seen"),
    number("domain_id"),
    flag("delete_entry"),
];

const ROWS: &str = "\
    SELECT id, collection_id, value, source, notes, first_seen, last_seen, domain_id, 0 AS delete_entry, key,
      json_object('id', id, 'collection_id', collection_id, 'value', value, 'source', source, 'notes', notes,
        'first_seen', first_seen, 'last_seen', last_seen, 'domain_id', domain_id, 'delete_entry', json('false'))
      AS object
    FROM qr_entry";

fn resource(entry_type: Option<EntryType>) -> Resource {
    let of_type = entry_type
        .map(|kind| format!(" WHERE collection_id IN (SELECT id FROM qr_set WHERE entry_type = '{}')", kind.name()));
    Resource {
        rows: format!("{ROWS}{}", of_type.unwrap_or_default()),
        parameters: Vec::new(),
        fields: FIELDS,
        bad_filter: BAD_FILTER,
        order: "id",
        sortable: true,
    }
}

/// Adds an entry, or renews the one that is the same; nothing if the value does not fit the set.
pub(in crate::qradar) fn put(db: &Connection, set: &Set, entry: &NewEntry) -> rusqlite::Result<Option<Put>> {
    let Some(key) = set.entry_type.key(&entry.value) else { return Ok(None) };
    let known = find(db, set.id, &key, entry.domain_id)?;
    if let Some(id) = known {
        db.execute(
            "UPDATE qr_entry SET source = ?2, notes = coalesce(?3, notes), last_seen = ?4 WHERE id = ?1",
            params![id, entry.source, entry.notes, entry.seen_ms],
        )?;
        return Ok(Some(Put { id, is_new: false }));
    }
    db.execute(
        "INSERT INTO qr_entry (collection_id, value, key, source, notes, first_seen, last_seen, domain_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)",
        params![set.id, entry.value, key, entry.source, entry.notes, entry.seen_ms, entry.domain_id],
    )?;
    Ok(Some(Put { id: db.last_insert_rowid(), is_new: true }))
}

/// The id of the entry with that key.
pub(super) fn find(db: &Connection, set: i64, key: &str, domain_id: Option<i64>) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT id FROM qr_entry WHERE key = ? AND collection_id = ? AND domain_id IS ?")?
        .query_row(params![key, set, domain_id], |row| row.get(0))
        .optional()
}

/// `GET …/set_entries`: with `entry_type`, values are compared as sets of that type do.
pub(in crate::qradar) async fn list(
    State(app): State<App>,
    Query(query): Query,
    wanted: Wanted,
) -> Result<Part, Failure> {
    let entry_type = query.get("entry_type").map(|name| {
        EntryType::from_name(name).ok_or_else(|| Failure::invalid(BAD_TYPE, format!("\"{name}\" is no entry type")))
    });
    let entry_type = entry_type.transpose()?;
    app.read(move |db| {
        let Some(kind) = entry_type else { return resource(None).list(db, &wanted) };
        let key = |value: &str| {
            kind.key(value).ok_or_else(|| {
                Failure::invalid(BAD_VALUE, format!("\"{value}\" cannot be converted to {}", kind.name()))
            })
        };
        let compare = Compare { through: Some(("value", "key", &key)) };
        resource(entry_type).list_comparing(db, &wanted, &compare)
    })
    .await
}

/// `POST …/set_entries`: 201 for a new one, 200 for one that was renewed.
pub(in crate::qradar) async fn create(State(app): State<App>, Body(body): Body) -> Result<Response, Failure> {
    let now_ms = app.now_ms();
    let (put, entry) = app
        .change(move |db| {
            let put = put_body(db, &body, now_ms)?;
            Ok((put, object(db, put.id)?))
        })
        .await?;
    let status = if put.is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(entry)).into_response())
}

/// Puts what a body describes.
pub(super) fn put_body(db: &Connection, body: &Value, now_ms: i64) -> Result<Put, Failure> {
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let value = match body.get("value") {
        Some(Value::String(text)) if !text.is_empty() => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => return Err(Failure::invalid(NO_VALUE, "An entry needs a value")),
    };
    let set = match body.get("collection_id").and_then(Value::as_i64) {
        Some(id) => sets::by_id(db, id)?,
        None => None,
    };
    let set = set.ok_or_else(|| Failure::invalid(NO_SET, "An entry needs the collection_id of a set"))?;
    let mut entry = NewEntry::of(&value, text("source").unwrap_or("reference data api"), now_ms);
    entry.notes = text("notes").map(str::to_owned);
    entry.domain_id = body.get("domain_id").and_then(Value::as_i64);
    put(db, &set, &entry)?
        .ok_or_else(|| Failure::invalid(UNFIT, format!("\"{value}\" does not fit a set of {}", set.entry_type.name())))
}

fn object(db: &Connection, id: i64) -> Result<Value, Failure> {
    let found: Option<String> =
        db.query_row(&format!("SELECT object FROM ({ROWS}) WHERE id = ?"), [id], |row| row.get(0)).optional()?;
    let found = found.ok_or_else(|| missing(id))?;
    Ok(serde_json::from_str(&found).unwrap_or_default())
}

fn missing(id: i64) -> Failure {
    Failure::missing(MISSING, &id.to_string(), "The entry does not exist.")
}

/// `PATCH …/set_entries`: many at once, as a task.
pub(in crate::qradar) async fn create_many(State(app): State<App>, Body(body): Body) -> Result<Response, Failure> {
    let now_ms = app.now_ms();
    let task = app.change(move |db| bulk::perform(db, &body, now_ms)).await?;
    Ok((StatusCode::ACCEPTED, Json(task)).into_response())
}

/// `GET …/set_entries/{id}`
pub(in crate::qradar) async fn one(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query,
) -> Result<Json<Value>, Failure> {
    let id = id_in_path(&id, MISSING)?;
    let found = app.read(move |db| object(db, id)).await?;
    resource(None).chosen(found, query.get("fields")).map(Json)
}

/// `POST …/set_entries/{id}`: changes source and notes.
pub(in crate::qradar) async fn update(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Json<Value>, Failure> {
    let id = id_in_path(&id, MISSING)?;
    let now_ms = app.now_ms();
    app.change(move |db| {
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        db.execute(
            "UPDATE qr_entry SET source = coalesce(?2, source), notes = coalesce(?3, notes), last_seen = ?4
             WHERE id = ?1",
            params![id, text("source"), text("notes"), now_ms],
        )?;
        object(db, id)
    })
    .await
    .map(Json)
}

/// `DELETE …/set_entries/{id}`
pub(in crate::qradar) async fn remove(State(app): State<App>, Path(id): Path<String>) -> Result<StatusCode, Failure> {
    let id = id_in_path(&id, MISSING)?;
    app.change(move |db| match db.execute("DELETE FROM qr_entry WHERE id = ?", [id])? {
        0 => Err(missing(id)),
        _ => Ok(StatusCode::NO_CONTENT),
    })
    .await
}
