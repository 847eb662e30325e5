//! Events: something that happened, with a type, a title and a time.

use axum::extract::{Path, State};
use axum::response::Response;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};
use serde_json::{Value, json};

use super::answer::{self, Answer};
use super::caller::{Reads, Writes};
use super::failure::Failure;
use super::indicator::create::{Attached, Creation};
use super::indicator::list_shape::With;
use super::object::Object;
use super::relations::{self, Children, json_array};
use super::request::{Body, Pairs, id_in_path, id_of, object, one_or_many};
use super::sql::{self, Condition};
use super::{App, attributes, date, links, reference, sources, tags};
use crate::secret;

const TYPES: [&str; 14] = [
    "Spearphish",
    "Watering Hole",
    "SQL Injection Attack",
    "DoS Attack",
    "Malware",
    "Watchlist",
    "C&C",
    "Anonymization",
    "Exfiltration",
    "Host Characteristics",
    "Compromised PKI Certificate",
    "Login Compromise",
    "Incident",
    "Sighting",
];
/// "Consume" takes no more at once.
const MOST_CONSUMED: usize = 1_000;
const COLUMNS: &str = "id, type_id, title, description, happened_at, created_at, updated_at, touched_at";

/// What `with` may bring to an event, beside its type.
const RELATIONS: [&str; 8] =
    ["sources", "attributes", "tags", "indicators", "adversaries", "attachments", "comments", "signatures"];

/// Fills the table of types of a new database.
pub(super) fn install(db: &Connection) -> rusqlite::Result<()> {
    let mut insert = db.prepare("INSERT INTO tq_event_type VALUES (?, ?)")?;
    for (index, name) in TYPES.iter().enumerate() {
        insert.execute(params![index + 1, name])?;
    }
    Ok(())
}

fn record(row: &Row<'_>) -> rusqlite::Result<Value> {
    let (id, title): (i64, String) = (row.get(0)?, row.get(2)?);
    let mut hash = secret::digest(&format!("event\n{id}\n{title}"));
    hash.truncate(32);
    Ok(json!({
        "id": id,
        "type_id": row.get::<_, i64>(1)?,
        "title": title,
        "description": row.get::<_, Option<String>>(3)?,
        "happened_at": date::text(row.get(4)?),
        "hash": hash,
        "created_at": date::text(row.get(5)?),
        "updated_at": date::text(row.get(6)?),
        "touched_at": date::text(row.get(7)?),
    }))
}

/// The records of these events, in the order of their ids.
fn records(db: &Connection, ids: &[i64], with: &With) -> rusqlite::Result<Vec<Value>> {
    let mut relations = Vec::new();
    for name in RELATIONS.into_iter().filter(|name| with.has(name)) {
        let children = match name {
            "sources" => sources::of(db, Object::Event, ids)?,
            "attributes" => attributes::of(db, Object::Event, ids, true)?,
            "tags" => tags::of(db, Object::Event, ids)?,
            "indicators" => links::indicators_of_events(db, ids, &with.under(name))?,
            // The sandbox attaches nothing else to events.
            _ => Children::default(),
        };
        relations.push((name, children));
    }
    let sql = format!("SELECT {COLUMNS} FROM tq_event WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id");
    let mut records: Vec<Value> =
        db.prepare_cached(&sql)?.query_map([json_array(ids)], record)?.collect::<Result<_, _>>()?;
    for record in &mut records {
        let id = record.get("id").and_then(Value::as_i64).unwrap_or_default();
        if with.has("type") {
            let kind = record.get("type_id").and_then(Value::as_i64).unwrap_or_default();
            let name: String = db.query_row("SELECT name FROM tq_event_type WHERE id = ?", [kind], |row| row.get(0))?;
            relations::put(record, "type", json!({ "id": kind, "name": name }));
        }
        for (name, children) in &mut relations {
            relations::put(record, name, children.take(id));
        }
    }
    Ok(records)
}

/// The events of these indicators.
pub(super) fn of_indicators(db: &Connection, ids: &[i64], with: &With) -> rusqlite::Result<Children> {
    let mut children = relations::children(
        db,
        "SELECT l.indicator_id, l.object_id, l.id FROM tq_link l
         WHERE l.indicator_id IN (SELECT value FROM json_each(?1)) AND l.object = ?2 ORDER BY l.id",
        Object::Event,
        ids,
        |row| {
            let event: i64 = row.get(1)?;
            Ok(json!({ "id": event, "pivot": links::pivot(row.get(2)?, row.get(0)?, Object::Event, event) }))
        },
    )?;
    for record in children.iter_mut() {
        let Some(event) = record.get("id").and_then(Value::as_i64) else { continue };
        let link = record.get("pivot").cloned();
        if let Some(mut full) = records(db, &[event], with)?.pop() {
            relations::put(&mut full, "pivot", link);
            *record = full;
        }
    }
    Ok(children)
}

/// `GET /api/events` `?limit,offset,sort,with,title,type_id`
pub(super) async fn list(State(app): State<App>, _: Reads, query: Pairs) -> Answer<Response> {
    app.read(move |db| {
        let with = With::parse(&query.csv("with"))?;
        let mut parts = Vec::new();
        if let Some(title) = query.get("title") {
            parts.push(sql::alternatives("title", title));
        }
        if let Some(kind) = query.number("type_id")? {
            parts.push(Condition::new("type_id = ?", [sql::whole(kind)]));
        }
        let fit = Condition::all(parts);
        let order = match query.get("sort").unwrap_or("id") {
            "id" => "id",
            "-id" => "id DESC",
            "happened_at" => "happened_at, id",
            "-happened_at" => "happened_at DESC, id",
            "created_at" => "created_at, id",
            "-created_at" => "created_at DESC, id",
            "-updated_at" => "updated_at DESC, id",
            other => return Err(Failure::query(format!("Cannot sort by \"{other}\"."))),
        };
        let total: u64 = db.query_row(
            &format!("SELECT count(*) FROM tq_event WHERE {}", fit.sql),
            params_from_iter(&fit.values),
            |row| row.get(0),
        )?;
        let mut values = fit.values;
        values.push(query.number("limit")?.map_or(Sql::Integer(-1), sql::whole));
        values.push(sql::whole(query.number("offset")?.unwrap_or(0)));
        let ids: Vec<i64> = db
            .prepare(&format!("SELECT id FROM tq_event WHERE {} ORDER BY {order} LIMIT ? OFFSET ?", fit.sql))?
            .query_map(params_from_iter(values), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let mut found = Vec::new();
        for id in ids {
            found.extend(records(db, &[id], &with)?);
        }
        Ok(answer::list(total, found))
    })
    .await
}

/// `GET /api/events/{id}`
pub(super) async fn one(State(app): State<App>, _: Reads, Path(id): Path<String>, query: Pairs) -> Answer<Response> {
    let id = id_in_path(&id)?;
    app.read(move |db| {
        let with = With::parse(&query.csv("with"))?;
        records(db, &[id], &with)?.pop().map(answer::data).ok_or(Failure::NotFound)
    })
    .await
}

/// `GET /api/event/types`
pub(super) async fn types(State(app): State<App>, _: Reads, query: Pairs) -> Answer<Response> {
    app.read(move |db| {
        reference::list(db, "tq_event_type", "id, name", &query, |row| {
            Ok(json!({ "id": row.get::<_, i64>(0)?, "name": row.get::<_, String>(1)? }))
        })
    })
    .await
}

/// `POST /api/events` `{title,type,happened_at,description,sources,attributes,tags}`
pub(super) async fn create(State(app): State<App>, Writes(caller): Writes, Body(body): Body) -> Answer<Response> {
    let by = Creation { source_id: caller.source_id, now: app.clock.now() };
    app.change(move |db| {
        object(&body)?;
        let id = put(db, &body, by)?;
        let with = With::parse(&["sources", "attributes", "tags"])?;
        let record = records(db, &[id], &with)?.pop().ok_or(Failure::NotFound)?;
        Ok(answer::created(answer::data(record)))
    })
    .await
}

/// `POST /api/events/consume`: an array of at most 1000
pub(super) async fn consume(State(app): State<App>, Writes(caller): Writes, Body(body): Body) -> Answer<Response> {
    let by = Creation { source_id: caller.source_id, now: app.clock.now() };
    app.change(move |db| {
        let items = one_or_many(&body)?;
        if items.len() > MOST_CONSUMED {
            return Err(Failure::Request(format!("At most {MOST_CONSUMED} events at once.")));
        }
        let mut found = Vec::new();
        for item in items {
            match put(db, item, by) {
                Ok(id) => found.extend(records(db, &[id], &With::default())?),
                Err(failure @ Failure::Internal(_)) => return Err(failure),
                Err(failure) => {
                    found.push(json!({ "error": failure.message(), "title": item.get("title") }));
                }
            }
        }
        Ok(answer::data(found))
    })
    .await
}

/// Stores an event, or completes the one with this type, title and time; its id.
fn put(db: &Connection, body: &Value, by: Creation) -> Result<i64, Failure> {
    let title = body.get("title").and_then(Value::as_str).map(str::trim).filter(|title| !title.is_empty());
    let title = title.ok_or_else(|| Failure::member("title", "A title is needed."))?;
    let kind = type_id(db, body)?;
    let happened_at = match body.get("happened_at") {
        None | Some(Value::Null) => by.now,
        Some(text) => text
            .as_str()
            .and_then(date::parse)
            .ok_or_else(|| Failure::member("happened_at", "Not a time: YYYY-MM-DD HH:MM:SS."))?,
    };
    let description = body.get("description").and_then(Value::as_str);
    let attached = Attached::parse(body)?;
    let known: Option<i64> = db
        .query_row(
            "SELECT id FROM tq_event WHERE title = ? AND type_id = ? AND happened_at = ?",
            params![title, kind, happened_at],
            |row| row.get(0),
        )
        .optional()?;
    let id = match known {
        Some(id) => {
            db.execute(
                "UPDATE tq_event SET description = coalesce(?2, description), updated_at = ?3, touched_at = ?3
                 WHERE id = ?1",
                params![id, description, by.now],
            )?;
            id
        }
        None => {
            db.execute(
                "INSERT INTO tq_event (type_id, title, description, happened_at, created_at, updated_at, touched_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?5)",
                params![kind, title, description, happened_at, by.now],
            )?;
            db.last_insert_rowid()
        }
    };
    for claim in &attached.sources {
        sources::attach(db, (Object::Event, id), claim, by.source_id, by.now)?;
    }
    for (name, value) in &attached.attributes {
        attributes::attach(db, (Object::Event, id), (name, value), by.now)?;
    }
    for tag in &attached.tags {
        let tag = tags::ensure(db, tag)?;
        tags::attach(db, (Object::Event, id), tag)?;
    }
    Ok(id)
}

/// `type_id`, `type:"Sighting"` or `type:{"name"}`.
fn type_id(db: &Connection, body: &Value) -> Result<i64, Failure> {
    let kind = body.get("type");
    let name = kind.and_then(|kind| kind.as_str().or(kind.get("name").and_then(Value::as_str)));
    let id = body.get("type_id").or(kind.and_then(|kind| kind.get("id"))).and_then(id_of);
    db.query_row("SELECT id FROM tq_event_type WHERE name = ? OR id = ?", params![name, id], |row| row.get(0))
        .optional()?
        .ok_or_else(|| Failure::member("type", "Unknown event type."))
}
