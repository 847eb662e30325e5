//! The older names of reference data, deprecated and still served: `/api/reference_data`.
//!
//! Sets go by name. Maps and tables are not imitated; their lists are empty.

use std::borrow::Cow;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};

use super::sets::{self, NewSet, Set, missing, taken};
use super::{EntryType, NewEntry, entries};
use crate::qradar::App;
use crate::qradar::failure::Failure;
use crate::qradar::list::field::{Field, number, text};
use crate::qradar::list::{Part, Resource, Wanted};
use crate::qradar::request::{Body, Form, Query, Range};

/// A filter that does not fit.
const BAD_FILTER: i64 = 1_010;
/// A value that is not in the set.
const NOT_THERE: i64 = 1_003;
/// A value that does not fit the set, or no value.
const BAD_VALUE: i64 = 1_005;
/// So many entries come when no Range says how many.
const WITHOUT_RANGE: Range = Range { first: 0, last: 19 };

const SET_FIELDS: &[Field] = &[
    text("name"),
    text("element_type"),
    text("timeout_type"),
    text("time_to_live"),
    number("number_of_elements"),
    text("namespace"),
    number("collection_id"),
    number("creation_time"),
];

const ENTRY_FIELDS: &[Field] =
    &[text("value"), text("source"), number("first_seen"), number("last_seen"), number("domain_id")];

fn resource() -> Resource {
    Resource {
        rows: format!(
            "SELECT name, entry_type AS element_type, timeout_type, time_to_live, number_of_entries AS
               number_of_elements, namespace, id AS collection_id, creation_time,
               json_object('name', name, 'element_type', entry_type, 'timeout_type', timeout_type, 'time_to_live',
                 time_to_live || ' seconds', 'number_of_elements', number_of_entries, 'namespace', namespace,
                 'collection_id', id, 'creation_time', creation_time) AS object
             FROM (SELECT *, CASE expiry_type WHEN 'NO_EXPIRY' THEN 'UNKNOWN' ELSE expiry_type END AS timeout_type
                   FROM ({}))",
            sets::ROWS
        ),
        parameters: Vec::new(),
        fields: SET_FIELDS,
        bad_filter: BAD_FILTER,
        order: "collection_id",
        sortable: false,
    }
}

fn entries_of(set: &Set) -> Resource {
    Resource {
        rows: format!(
            "SELECT id, value, source, first_seen, last_seen, domain_id, json_object('value', value, 'source', source,
               'first_seen', first_seen, 'last_seen', last_seen, 'domain_id', domain_id) AS object
             FROM qr_entry WHERE collection_id = {}",
            set.id
        ),
        parameters: Vec::new(),
        fields: ENTRY_FIELDS,
        bad_filter: BAD_FILTER,
        order: "id",
        sortable: false,
    }
}

/// Names and values in these paths are encoded twice: the second time is undone here.
fn decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

fn named(db: &Connection, name: &str) -> Result<Set, Failure> {
    let name = decoded(name);
    sets::by_name(db, &name)?.ok_or_else(|| missing(&name))
}

/// `GET …/maps`, `…/tables` and their kind
pub(in crate::qradar) async fn nothing() -> Json<[(); 0]> {
    Json([])
}

/// `GET …/sets`
pub(in crate::qradar) async fn list(State(app): State<App>, wanted: Wanted) -> Result<Part, Failure> {
    app.read(move |db| resource().list(db, &wanted)).await
}

/// `POST …/sets`
pub(in crate::qradar) async fn create(State(app): State<App>, Form(form): Form) -> Result<Response, Failure> {
    let name = form.need("name")?.to_owned();
    let entry_type = EntryType::from_name(form.need("element_type")?)
        .ok_or_else(|| Failure::invalid(BAD_VALUE, "element_type is not valid"))?;
    let now = app.clock.now();
    let made = app
        .change(move |db| {
            if sets::by_name(db, &name)?.is_some() {
                return Err(taken(&name));
            }
            let set = sets::insert(db, &NewSet::named(&name, entry_type), now)?;
            object(db, &set)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

fn object(db: &Connection, set: &Set) -> Result<Value, Failure> {
    let rows = resource().rows;
    let found: Option<String> = db
        .query_row(&format!("SELECT object FROM ({rows}) WHERE collection_id = ?"), params![set.id], |row| row.get(0))
        .optional()?;
    let found = found.ok_or_else(|| missing(&set.name))?;
    Ok(serde_json::from_str(&found).unwrap_or_default())
}

/// `GET …/sets/{name}`: filter and Range are about the entries.
pub(in crate::qradar) async fn one(
    State(app): State<App>,
    Path(name): Path<String>,
    mut wanted: Wanted,
) -> Result<Response, Failure> {
    let fields = wanted.fields.take();
    let ranged = wanted.range.is_some();
    wanted.range.get_or_insert(WITHOUT_RANGE);
    let (object, sent) = app
        .read(move |db| {
            let set = named(db, &name)?;
            let (data, sent) = entries_of(&set).list(db, &wanted)?.into_parts();
            let mut object = object(db, &set)?;
            if let Some(members) = object.as_object_mut() {
                members.insert("data".to_owned(), data);
            }
            Ok((select(object, fields.as_deref())?, sent))
        })
        .await?;
    let range = sent.filter(|_| ranged).map(|sent| [(header::CONTENT_RANGE, sent)]);
    Ok((range, Json(object)).into_response())
}

fn select(object: Value, fields: Option<&str>) -> Result<Value, Failure> {
    use crate::qradar::list::field::objects;
    const WITH_DATA: &[Field] = &[
        text("name"),
        text("element_type"),
        text("timeout_type"),
        text("time_to_live"),
        number("number_of_elements"),
        text("namespace"),
        number("collection_id"),
        number("creation_time"),
        objects("data", ENTRY_FIELDS),
    ];
    Resource { fields: WITH_DATA, ..resource() }.chosen(object, fields)
}

/// `POST …/sets/{name}`: adds a value, or renews it.
pub(in crate::qradar) async fn add(
    State(app): State<App>,
    Path(name): Path<String>,
    Form(form): Form,
) -> Result<Json<Value>, Failure> {
    let source = form.get("source").unwrap_or("reference data api");
    let entry = NewEntry::of(form.need("value")?, source, app.now_ms());
    app.change(move |db| {
        let set = named(db, &name)?;
        entries::put(db, &set, &entry)?.ok_or_else(|| unfit(&entry.value))?;
        object(db, &set)
    })
    .await
    .map(Json)
}

fn unfit(value: &str) -> Failure {
    Failure::invalid(BAD_VALUE, format!("\"{value}\" does not fit the type of the set"))
}

/// `DELETE …/sets/{name}`: the set, or with `purge_only` its entries.
pub(in crate::qradar) async fn remove(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(query): Query,
) -> Result<Response, Failure> {
    // A client in Python writes its own True.
    let purge_only = query.get("purge_only").is_some_and(|flag| flag.eq_ignore_ascii_case("true"));
    let set = app
        .change(move |db| {
            let set = named(db, &name)?;
            if purge_only {
                db.execute("DELETE FROM qr_entry WHERE collection_id = ?", [set.id])?;
            } else {
                sets::delete(db, set.id)?;
            }
            Ok(set)
        })
        .await?;
    let task = json!({ "id": set.id, "status": "COMPLETED", "message": format!("{} was deleted", set.name) });
    Ok((StatusCode::ACCEPTED, Json(task)).into_response())
}

/// `DELETE …/sets/{name}/{value}`
pub(in crate::qradar) async fn remove_value(
    State(app): State<App>,
    Path((name, value)): Path<(String, String)>,
) -> Result<Json<Value>, Failure> {
    app.change(move |db| {
        let set = named(db, &name)?;
        let value = decoded(&value);
        let removed = match set.entry_type.key(&value) {
            Some(key) => {
                db.execute("DELETE FROM qr_entry WHERE key = ? AND collection_id = ?", params![key, set.id])?
            }
            None => 0,
        };
        if removed == 0 {
            return Err(Failure::missing(NOT_THERE, &value, "The value is not in the set."));
        }
        object(db, &set)
    })
    .await
    .map(Json)
}

/// `POST …/sets/bulk_load/{name}`: an array of texts.
pub(in crate::qradar) async fn bulk_load(
    State(app): State<App>,
    Path(name): Path<String>,
    Body(body): Body,
) -> Result<Json<Value>, Failure> {
    let now_ms = app.now_ms();
    app.change(move |db| {
        let set = named(db, &name)?;
        let values = body.as_array().ok_or_else(|| Failure::invalid(BAD_VALUE, "The body must be an array"))?;
        for value in values {
            let value = value.as_str().ok_or_else(|| Failure::invalid(BAD_VALUE, "The body must hold texts only"))?;
            entries::put(db, &set, &NewEntry::of(value, "reference data api", now_ms))?.ok_or_else(|| unfit(value))?;
        }
        object(db, &set)
    })
    .await
    .map(Json)
}
